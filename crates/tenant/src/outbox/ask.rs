//! What a person asks of a message that is on its way: to send it again, or not to send it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{QueueMessageError, queue};
use crate::{
    audit::{self, AuditEntry},
    conversation::Conversations,
    event::{self, EventKind, NewEvent},
    message::{Message, MessageId, MessageStatus, Messages},
    schema::{messages, outbox},
    user::UserId,
};

/// The title of a message that somebody called off.
pub(super) const CANCELLED: &str = "cancelled";

/// Why a message is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// No such message.
    #[error("there is no such message")]
    Unknown,
    /// It neither failed nor is unconfirmed.
    #[error("only a message that failed or is not confirmed can be sent again")]
    NotFailed,
    /// It may not be sent now.
    #[error(transparent)]
    Refused(QueueMessageError),
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl From<QueueMessageError> for RetryError {
    fn from(error: QueueMessageError) -> Self {
        match error {
            QueueMessageError::Db(error) => Self::Db(error),
            other => Self::Refused(other),
        }
    }
}

/// Puts a failed or unconfirmed message back into the queue, because a person asked for it.
pub async fn retry_message(
    conn: &mut Conn<Tenant>,
    id: MessageId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Message, RetryError> {
    conn.transaction(async |tx| {
        // Whoever settles the entry waits, or has settled it: two clicks are one retry, and what has
        // just been confirmed is not sent again.
        let entry: Option<Option<DateTime<Utc>>> = outbox::table
            .filter(outbox::message_id.eq(id))
            .select(outbox::unknown_at)
            .for_update()
            .first(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?;
        let message = Messages::new(tx).find(id).await?.ok_or(RetryError::Unknown)?;
        // What was sent from the business's phone cannot be sent again from here.
        let unknown_at = entry.ok_or(RetryError::NotFailed)?;
        let conversation = Conversations::new(tx)
            .lock(message.conversation_id)
            .await?
            .ok_or(RetryError::Unknown)?;
        if !matches!(message.status(), MessageStatus::Failed | MessageStatus::Unknown) {
            return Err(RetryError::NotFailed);
        }
        queue::judge(tx, &conversation, &message.kind, now).await?;
        let message = requeue(tx, id, unknown_at.is_none(), now).await?;
        record(tx, "message.retried", &message, actor, now).await?;
        Ok(message)
    })
    .await
}

async fn requeue(
    tx: &mut Conn<Tenant>,
    id: MessageId,
    disowns: bool,
    now: DateTime<Utc>,
) -> Result<Message, RetryError> {
    // What Meta still reports of an attempt that failed is of no interest any
    // more; a report of one that is not confirmed makes the repetition needless.
    diesel::update(outbox::table.filter(outbox::message_id.eq(id)))
        .set((
            outbox::state.eq("queued"),
            outbox::attempt.eq(outbox::attempt + i32::from(disowns)),
            outbox::tries.eq(0),
            outbox::attempt_id.eq(None::<uuid::Uuid>),
            outbox::lease_until.eq(None::<DateTime<Utc>>),
            outbox::next_attempt_at.eq(now),
        ))
        .execute(&mut **tx)
        .await
        .map_err(DbError::from)?;
    Ok(diesel::update(messages::table.find(id))
        .set((
            messages::state.eq(MessageStatus::Queued.as_str()),
            messages::wamid.eq(None::<String>),
            messages::sent_at.eq(None::<DateTime<Utc>>),
            messages::failed_at.eq(None::<DateTime<Utc>>),
            messages::error_code.eq(None::<i32>),
            messages::error_title.eq(None::<String>),
            messages::error_detail.eq(None::<String>),
        ))
        .returning(Message::as_returning())
        .get_result(&mut **tx)
        .await
        .map_err(DbError::from)?)
}

/// Why a message is not called off.
#[derive(Debug, thiserror::Error)]
pub enum CancelError {
    /// No such message.
    #[error("there is no such message")]
    Unknown,
    /// It is on its way, or there already.
    #[error("only a message that still waits can be called off")]
    TooLate,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Calls a message off that waits for its turn or its time. Nothing of it has left, or what left was
/// turned away; from here on nothing does.
pub async fn cancel_message(
    conn: &mut Conn<Tenant>,
    id: MessageId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Message, CancelError> {
    conn.transaction(async |tx| {
        let called_off = diesel::update(outbox::table.filter(outbox::message_id.eq(id)))
            .filter(outbox::state.eq_any(["scheduled", "queued", "retry"]))
            // One that is not confirmed and was to be sent again may have arrived: there is nothing to call off.
            .filter(outbox::unknown_at.is_null())
            .set(outbox::state.eq("cancelled"))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        if called_off == 0 {
            let known = Messages::new(tx).find(id).await?;
            return Err(known.map_or(CancelError::Unknown, |_| CancelError::TooLate));
        }
        let message = diesel::update(messages::table.find(id))
            .set((
                messages::state.eq(MessageStatus::Failed.as_str()),
                messages::failed_at.eq(now),
                messages::error_title.eq(CANCELLED),
            ))
            .returning(Message::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        record(tx, "message.cancelled", &message, actor, now).await?;
        Ok(message)
    })
    .await
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &'static str,
    message: &Message,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor: Some(actor),
        action,
        target: Some(message.id.to_string()),
        data: serde_json::json!({}),
    };
    audit::record(tx, entry, now).await?;
    let told = NewEvent {
        kind: EventKind::MessageUpdated,
        conversation: message.conversation_id,
        message: Some(message.id),
    };
    event::append(tx, &[told]).await
}
