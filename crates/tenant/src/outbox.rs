//! Messages on their way to Meta: `queued → sending → accepted`, or `retry`,
//! `failed`, `unknown`.
//!
//! An attempt is committed before its call and fenced by its id, so a worker
//! that was thought dead cannot overwrite what came after it. An attempt whose
//! outcome is unknown is never repeated by itself: Meta has no idempotency key.

mod claim;
mod queue;
mod settle;

use std::str::FromStr;

use chrono::{DateTime, Utc};
use pg::ChannelId;
use uuid::Uuid;

pub use self::{
    claim::{claim_next, expire_leases, next_due},
    queue::{Idempotency, QueueMessageError, QueueText, RetryError, queue_text, retry_message},
    settle::{Settlement, settle},
};
pub(crate) use self::{queue::show_as_newest, settle::settle_by_status};
use crate::{conversation::ConversationId, message::MessageId};

pg::id_type! {
    /// One entry of the outbox.
    OutboxId
}

/// Names one attempt in the callback data that Meta echoes in every status:
/// `o1:<message id>:<attempt>`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AttemptRef {
    /// The message that was being sent.
    pub message: MessageId,
    /// Which attempt, from 1.
    pub attempt: i32,
}

impl std::fmt::Display for AttemptRef {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "o1:{}:{}", self.message, self.attempt)
    }
}

/// The callback data is not ours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not callback data of this product")]
pub struct ForeignCallbackData;

impl FromStr for AttemptRef {
    type Err = ForeignCallbackData;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let mut parts = text.split(':');
        let (Some("o1"), Some(message), Some(attempt), None) =
            (parts.next(), parts.next(), parts.next(), parts.next())
        else {
            return Err(ForeignCallbackData);
        };
        Ok(Self {
            message: message.parse().map_err(|_source| ForeignCallbackData)?,
            attempt: attempt.parse().map_err(|_source| ForeignCallbackData)?,
        })
    }
}

/// Permission to make one call: durable before a byte leaves.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// The entry.
    pub outbox: OutboxId,
    /// Fences the settlement.
    pub attempt_id: Uuid,
    /// For the callback data.
    pub reference: AttemptRef,
    /// The thread.
    pub conversation: ConversationId,
    /// The line to send on.
    pub channel: ChannelId,
    /// Digits of the customer's phone, if known.
    pub phone: Option<String>,
    /// The customer's business-scoped user id, if known.
    pub bsuid: Option<String>,
    /// The key of the conversation, where neither is known.
    pub user_key: String,
    /// The text to send.
    pub body: String,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// After this moment another worker takes the attempt for lost.
    pub lease_until: DateTime<Utc>,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn callback_data_survives_the_way_through_meta() {
        let reference = AttemptRef {
            message: MessageId::generate(),
            attempt: 3,
        };
        assert_eq!(reference.to_string().parse(), Ok(reference));
    }

    #[test]
    fn foreign_callback_data_is_told_apart() {
        for text in ["", "o1", "o1:x:1", "tenant=7;msg=01HF", "o1:0193:1:2", "o2::"] {
            assert_eq!(text.parse::<AttemptRef>(), Err(ForeignCallbackData), "{text}");
        }
    }
}
