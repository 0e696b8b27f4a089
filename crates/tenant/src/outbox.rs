//! Messages on their way to Meta: `queued → sending → accepted`, or `retry`,
//! `failed`, `unknown`.
//!
//! An attempt is committed before its call and fenced by its id, so a worker
//! that was thought dead cannot overwrite what came after it. An attempt whose
//! outcome is unknown is never repeated by itself: Meta has no idempotency key.

mod claim;
mod queue;
mod settle;

use chrono::{DateTime, Utc};
use pg::ChannelId;
use uuid::Uuid;

pub use self::{
    claim::{claim_next, expire_leases, next_due},
    queue::{Idempotency, QueueMessageError, QueueText, RetryError, queue_text, retry_message},
    settle::{Settlement, settle},
};
pub(crate) use self::{queue::show_as_newest, settle::settle_by_status};
use crate::id::ConversationId;
pub use crate::{
    attempt_ref::{AttemptRef, ForeignCallbackData},
    id::OutboxId,
};

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
