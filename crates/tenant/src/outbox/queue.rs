//! Putting messages into the outbox: an agent's answer, and the retry of one that failed.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::OutboxId;
use crate::{
    audit::{self, AuditEntry},
    conversation::{Conversation, ConversationId, ConversationStatus, Conversations},
    event::{self, EventKind, NewEvent},
    message::{AuthorKind, Direction, Message, MessageId, MessageStatus, Messages},
    schema::{conversations, idempotency_keys, messages, outbox},
    user::UserId,
};

/// A request that may come twice.
#[derive(Debug, Clone)]
pub struct Idempotency {
    /// The client's key.
    pub key: String,
    /// Digest of conversation and body: the same key with another one is a mistake.
    pub body_digest: Vec<u8>,
}

/// An agent's text.
#[derive(Debug, Clone)]
pub struct QueueText<'a> {
    /// The thread.
    pub conversation: ConversationId,
    /// Who writes.
    pub author: UserId,
    /// What.
    pub body: &'a str,
    /// The message it answers, by wamid.
    pub context_wamid: Option<&'a str>,
    /// Set when the client sent an idempotency key.
    pub idempotency: Option<Idempotency>,
}

/// Why a message was not queued.
#[derive(Debug, thiserror::Error)]
pub enum QueueMessageError {
    /// No such conversation.
    #[error("there is no such conversation")]
    UnknownConversation,
    /// Only templates may be sent now.
    #[error("the 24-hour window is closed; only an approved template may be sent")]
    WindowClosed {
        /// Until when it was open; `None` if the customer never wrote.
        since: Option<DateTime<Utc>>,
    },
    /// The key was used before with something else.
    #[error("this Idempotency-Key was used for another request")]
    IdempotencyMismatch,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Stores an agent's text and its send job together, so neither exists without
/// the other. The same idempotency key and body give the same message again.
pub async fn queue_text(
    conn: &mut Conn<Tenant>,
    text: &QueueText<'_>,
    now: DateTime<Utc>,
) -> Result<Message, QueueMessageError> {
    let queued = conn.transaction(async |tx| queue_in(tx, text, now).await).await;
    match (queued, &text.idempotency) {
        // Two requests with one key ran side by side; the other one won.
        (Err(QueueMessageError::Db(error)), Some(idempotency))
            if error.conflicts_with("idempotency_keys_pkey") =>
        {
            earlier(conn, text.author, idempotency)
                .await?
                .ok_or(QueueMessageError::Db(error))
        }
        (result, _) => result,
    }
}

async fn queue_in(
    tx: &mut Conn<Tenant>,
    text: &QueueText<'_>,
    now: DateTime<Utc>,
) -> Result<Message, QueueMessageError> {
    if let Some(idempotency) = &text.idempotency
        && let Some(message) = earlier(tx, text.author, idempotency).await?
    {
        return Ok(message);
    }
    let conversation = Conversations::new(tx)
        .lock(text.conversation)
        .await?
        .ok_or(QueueMessageError::UnknownConversation)?;
    if !conversation.in_service_window(now) {
        return Err(QueueMessageError::WindowClosed {
            since: conversation.window_expires_at,
        });
    }
    let message = insert(tx, &conversation, text, now).await?;
    enqueue(tx, &message, now).await?;
    if let Some(idempotency) = &text.idempotency {
        diesel::insert_into(idempotency_keys::table)
            .values((
                idempotency_keys::user_id.eq(text.author.uuid()),
                idempotency_keys::key.eq(&idempotency.key),
                idempotency_keys::body_digest.eq(&idempotency.body_digest),
                idempotency_keys::message_id.eq(message.id),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
    }
    show_as_newest(tx, &conversation, &message).await?;
    let new = |kind| NewEvent {
        kind,
        conversation: conversation.id,
        message: Some(message.id),
    };
    event::append(
        tx,
        &[
            new(EventKind::MessageCreated),
            new(EventKind::ConversationUpdated),
        ],
    )
    .await?;
    Ok(message)
}

async fn insert(
    tx: &mut Conn<Tenant>,
    conversation: &Conversation,
    text: &QueueText<'_>,
    now: DateTime<Utc>,
) -> Result<Message, DbError> {
    Ok(diesel::insert_into(messages::table)
        .values((
            messages::id.eq(MessageId::generate()),
            messages::conversation_id.eq(conversation.id),
            messages::channel_id.eq(conversation.channel_id),
            messages::direction.eq(Direction::Out.as_str()),
            messages::kind.eq("text"),
            messages::body.eq(text.body),
            messages::author_kind.eq(AuthorKind::Agent.as_str()),
            messages::author_id.eq(text.author),
            messages::context_wamid.eq(text.context_wamid),
            messages::state.eq(MessageStatus::Queued.as_str()),
            messages::occurred_at.eq(now),
        ))
        .returning(Message::as_returning())
        .get_result(&mut **tx)
        .await?)
}

async fn earlier(
    conn: &mut Conn<Tenant>,
    author: UserId,
    idempotency: &Idempotency,
) -> Result<Option<Message>, QueueMessageError> {
    let found: Option<(Vec<u8>, MessageId)> = idempotency_keys::table
        .find((author.uuid(), &idempotency.key))
        .select((idempotency_keys::body_digest, idempotency_keys::message_id))
        .first(&mut **conn)
        .await
        .optional()
        .map_err(DbError::from)?;
    match found {
        None => Ok(None),
        Some((digest, _)) if digest != idempotency.body_digest => Err(QueueMessageError::IdempotencyMismatch),
        Some((_, message)) => Ok(Messages::new(conn).find(message).await?),
    }
}

async fn enqueue(tx: &mut Conn<Tenant>, message: &Message, now: DateTime<Utc>) -> Result<(), DbError> {
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(OutboxId::generate()),
            outbox::message_id.eq(message.id),
            outbox::conversation_id.eq(message.conversation_id),
            outbox::channel_id.eq(message.channel_id),
            outbox::next_attempt_at.eq(now),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Puts `message` into the conversation's row of the list. Whoever answers has
/// read what came before, and an answer reopens what was closed or asleep.
pub(crate) async fn show_as_newest(
    tx: &mut Conn<Tenant>,
    conversation: &Conversation,
    message: &Message,
) -> Result<(), DbError> {
    let status = match (message.direction, conversation.status) {
        (Direction::Out, ConversationStatus::Closed | ConversationStatus::Snoozed) => {
            ConversationStatus::Open
        }
        (_, status) => status,
    };
    let snoozed_until = conversation
        .snoozed_until
        .filter(|_| status == ConversationStatus::Snoozed);
    diesel::update(conversations::table.find(conversation.id))
        .set((
            conversations::last_message_id.eq(message.id),
            conversations::last_activity_at.eq(conversation.last_activity_at.max(message.occurred_at)),
            conversations::unread_count.eq(0),
            conversations::status.eq(status.as_str()),
            conversations::snoozed_until.eq(snoozed_until),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

/// Why a message is not sent again.
#[derive(Debug, thiserror::Error)]
pub enum RetryError {
    /// No such message.
    #[error("there is no such message")]
    Unknown,
    /// It neither failed nor is unconfirmed.
    #[error("only a message that failed or is not confirmed can be sent again")]
    NotFailed,
    /// Only templates may be sent now.
    #[error("the 24-hour window is closed; only an approved template may be sent")]
    WindowClosed {
        /// Until when it was open.
        since: Option<DateTime<Utc>>,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Puts a failed or unconfirmed message back into the queue, because a person asked for it.
pub async fn retry_message(
    conn: &mut Conn<Tenant>,
    id: MessageId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Message, RetryError> {
    conn.transaction(async |tx| {
        let message = Messages::new(tx).find(id).await?.ok_or(RetryError::Unknown)?;
        let conversation = Conversations::new(tx)
            .lock(message.conversation_id)
            .await?
            .ok_or(RetryError::Unknown)?;
        // Read again under the conversation's lock: two clicks are one retry.
        let message = Messages::new(tx).find(id).await?.ok_or(RetryError::Unknown)?;
        if !matches!(message.status(), MessageStatus::Failed | MessageStatus::Unknown) {
            return Err(RetryError::NotFailed);
        }
        if !conversation.in_service_window(now) {
            return Err(RetryError::WindowClosed {
                since: conversation.window_expires_at,
            });
        }
        let message = requeue(tx, &message, now).await?;
        let target = Some(id.to_string());
        let data = serde_json::json!({});
        audit::record(
            tx,
            AuditEntry {
                actor: Some(actor),
                action: "message.retried",
                target,
                data,
            },
            now,
        )
        .await?;
        let new = NewEvent {
            kind: EventKind::MessageUpdated,
            conversation: message.conversation_id,
            message: Some(id),
        };
        event::append(tx, &[new]).await?;
        Ok(message)
    })
    .await
}

async fn requeue(
    tx: &mut Conn<Tenant>,
    message: &Message,
    now: DateTime<Utc>,
) -> Result<Message, RetryError> {
    let id = message.id;
    // What Meta still reports of an attempt that failed is of no interest any
    // more; a report of one that is not confirmed makes the repetition needless.
    let disowned = i32::from(message.status() == MessageStatus::Failed);
    let requeued = diesel::update(outbox::table.filter(outbox::message_id.eq(id)))
        .set((
            outbox::state.eq("queued"),
            outbox::attempt.eq(outbox::attempt + disowned),
            outbox::attempt_id.eq(None::<uuid::Uuid>),
            outbox::lease_until.eq(None::<DateTime<Utc>>),
            outbox::next_attempt_at.eq(now),
        ))
        .execute(&mut **tx)
        .await
        .map_err(DbError::from)?;
    if requeued == 0 {
        // It was sent from the business's phone; there is nothing here to send again.
        return Err(RetryError::NotFailed);
    }
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
