//! Messages on their way to Meta: `queued → sending → accepted`, or `retry`,
//! `failed`, `unknown`; before that perhaps `scheduled`, and `cancelled` instead.
//!
//! An attempt is committed before its call and fenced by its id, so a worker
//! that was thought dead cannot overwrite what came after it. An attempt whose
//! outcome is unknown is never repeated by itself, but for one reply of the bot:
//! Meta has no idempotency key. `tests/suite/outbox_model` says it in rules and
//! tries every way through them.

mod ask;
mod claim;
mod due;
mod idempotency;
mod queue;
mod settle;
mod tidy;
mod upload;
mod wait;

use chrono::{DateTime, Utc};
use pg::ChannelId;
use uuid::Uuid;

pub use self::{
    ask::{CancelError, RetryError, cancel_message, retry_message},
    claim::{Claimed, Room, claim},
    due::{Held, lines_due, next_due},
    idempotency::Idempotency,
    queue::{NewContent, QueueMessage, QueueMessageError, Target, queue_message},
    settle::{Outcome, Settlement, settle},
    tidy::{Tidied, tidy},
    upload::{NewUpload, Upload, WaUpload, add_upload, find_upload, remember_wa_upload, wa_upload},
    wait::{give_up_waiting, wait_until},
};
pub(crate) use self::{
    queue::show_as_newest,
    settle::{meta_said, settle_by_status},
};
use crate::id::ConversationId;
pub use crate::{
    attempt_ref::{AttemptRef, ForeignCallbackData},
    id::{OutboxId, UploadId},
};

crate::text_enum! {
    /// Who waits for a message, the most urgent first. Stored by a name whose alphabetical order is
    /// this one.
    SendClass {
        /// A person wrote it.
        Agent = "agent",
        /// The bot answers.
        Bot = "bot",
        /// One of many.
        Campaign = "campaign",
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
    /// How often it was tried since a person last asked for it, this time included.
    pub tries: i32,
    /// Who waits for it.
    pub class: SendClass,
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
    /// Meta's type of the message.
    pub kind: String,
    /// The words of a text.
    pub body: Option<String>,
    /// The object named after the type, in Meta's shape; absent for a plain text.
    pub payload: Option<serde_json::Value>,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// After this moment another worker takes the attempt for lost.
    pub lease_until: DateTime<Utc>,
}
