//! Putting messages into the outbox: answers, first messages, messages for later.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::{Idempotency, OutboxId, SendClass, Upload};
use crate::{
    contact::Identity,
    conversation::{Conversation, ConversationId, ConversationStatus, Conversations, thread_with},
    event::{self, EventKind, NewEvent},
    media,
    message::{AuthorKind, Direction, Message, MessageId, MessageStatus},
    schema::{contacts, conversations, messages, outbox},
    user::UserId,
};

/// Whom a message is for.
#[derive(Debug, Clone)]
pub enum Target {
    /// A thread.
    Thread(ConversationId),
    /// Somebody on a line, with whom there may be no thread yet.
    Person {
        /// The line.
        channel: ChannelId,
        /// The ids he is known by.
        identity: Identity,
    },
}

/// What a message says.
#[derive(Debug, Clone, Default)]
pub struct NewContent<'a> {
    /// Meta's type.
    pub kind: &'a str,
    /// The words in it, for the list and for searching; of a text: the text.
    pub body: Option<String>,
    /// The object named after the type, in Meta's shape; not needed for a plain text.
    pub payload: Option<serde_json::Value>,
    /// The message that it answers, or is about.
    pub context_wamid: Option<&'a str>,
    /// The file that it carries, if it is one of ours.
    pub file: Option<&'a Upload>,
}

/// A message to send.
#[derive(Debug, Clone)]
pub struct QueueMessage<'a> {
    /// Whom it is for.
    pub target: Target,
    /// Who waits for it.
    pub class: SendClass,
    /// Which person wrote it; `None` where nobody did.
    pub author: Option<UserId>,
    /// What it says.
    pub content: NewContent<'a>,
    /// When it should go out; `None`: at once.
    pub send_at: Option<DateTime<Utc>>,
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
    /// The team has blocked the customer.
    #[error("this customer is blocked; unblock him to write")]
    Blocked,
    /// The customer wants no marketing messages, and a template may be one.
    #[error("this customer wants no marketing messages; answer when he writes again")]
    OptedOut,
    /// The key was used before with something else.
    #[error("this Idempotency-Key was used for another request")]
    IdempotencyMismatch,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Stores a message and its send job together, so neither exists without the other. The same
/// idempotency key and body give the same message again. What is for later is judged when its time
/// has come; everything else must be allowed now.
pub async fn queue_message(
    conn: &mut Conn<Tenant>,
    new: &QueueMessage<'_>,
    now: DateTime<Utc>,
) -> Result<Message, QueueMessageError> {
    let mut queued = conn.transaction(async |tx| queue_in(tx, new, now).await).await;
    if matches!(&queued, Err(QueueMessageError::Db(error)) if was_met(error)) {
        queued = conn.transaction(async |tx| queue_in(tx, new, now).await).await;
    }
    match (queued, &new.idempotency) {
        // Two requests with one key ran side by side; the other one won.
        (Err(QueueMessageError::Db(error)), Some(key)) if Idempotency::is_lost_race(&error) => {
            key.earlier(conn).await?.ok_or(QueueMessageError::Db(error))
        }
        (result, _) => result,
    }
}

/// Whether somebody made the same contact or thread at the same time: the next look finds it.
fn was_met(error: &DbError) -> bool {
    [
        "contacts_user_key_key",
        "contact_keys_pkey",
        "conversations_channel_id_user_key_key",
    ]
    .iter()
    .any(|name| error.conflicts_with(name))
}

async fn queue_in(
    tx: &mut Conn<Tenant>,
    new: &QueueMessage<'_>,
    now: DateTime<Utc>,
) -> Result<Message, QueueMessageError> {
    if let Some(key) = &new.idempotency
        && let Some(message) = key.earlier(tx).await?
    {
        return Ok(message);
    }
    let mut events = Vec::new();
    let (id, moved) = match &new.target {
        Target::Thread(id) => (*id, false),
        Target::Person { channel, identity } => thread_with(tx, *channel, identity, now, &mut events).await?,
    };
    let conversation = Conversations::new(tx)
        .lock(id)
        .await?
        .ok_or(QueueMessageError::UnknownConversation)?;
    if new.send_at.is_none() {
        judge(tx, &conversation, new.content.kind, now).await?;
    }
    let message = insert(tx, &conversation, new, now).await?;
    enqueue(tx, &message, new, now).await?;
    if let Some(file) = new.content.file {
        media::attach_own(tx, &message, file, now).await?;
    }
    if let Some(key) = &new.idempotency {
        key.keep(tx, message.id, now).await?;
    }
    let told = |kind| NewEvent {
        kind,
        conversation: conversation.id,
        message: Some(message.id),
    };
    events.push(told(EventKind::MessageCreated));
    if new.send_at.is_none() {
        show_as_newest(tx, &conversation, &message).await?;
        events.push(told(EventKind::ConversationUpdated));
    }
    if moved {
        crate::contact::raise_epoch(tx).await?;
    }
    event::append(tx, &events).await?;
    Ok(message)
}

/// Whether a message of this type may go out now: the same rules as [`super::claim`] has.
pub(super) async fn judge(
    tx: &mut Conn<Tenant>,
    conversation: &Conversation,
    kind: &str,
    now: DateTime<Utc>,
) -> Result<(), QueueMessageError> {
    let (blocked, opted_out): (Option<DateTime<Utc>>, Option<DateTime<Utc>>) = contacts::table
        .find(conversation.contact_id)
        .select((contacts::blocked_at, contacts::marketing_opt_out_at))
        .first(&mut **tx)
        .await
        .map_err(DbError::from)?;
    if blocked.is_some() {
        return Err(QueueMessageError::Blocked);
    }
    if kind != "template" {
        return if conversation.in_service_window(now) {
            Ok(())
        } else {
            Err(QueueMessageError::WindowClosed {
                since: conversation.window_expires_at,
            })
        };
    }
    match opted_out {
        Some(_) => Err(QueueMessageError::OptedOut),
        None => Ok(()),
    }
}

async fn insert(
    tx: &mut Conn<Tenant>,
    conversation: &Conversation,
    new: &QueueMessage<'_>,
    now: DateTime<Utc>,
) -> Result<Message, DbError> {
    let author = match new.class {
        SendClass::Agent => AuthorKind::Agent,
        SendClass::Bot => AuthorKind::Bot,
        SendClass::Campaign => AuthorKind::Campaign,
    };
    Ok(diesel::insert_into(messages::table)
        .values((
            messages::id.eq(MessageId::generate()),
            messages::conversation_id.eq(conversation.id),
            messages::channel_id.eq(conversation.channel_id),
            messages::direction.eq(Direction::Out.as_str()),
            messages::kind.eq(new.content.kind),
            messages::body.eq(new.content.body.as_deref()),
            messages::payload.eq(new.content.payload.as_ref()),
            messages::author_kind.eq(author.as_str()),
            messages::author_id.eq(new.author),
            messages::context_wamid.eq(new.content.context_wamid),
            messages::state.eq(MessageStatus::Queued.as_str()),
            messages::occurred_at.eq(new.send_at.unwrap_or(now)),
            messages::send_at.eq(new.send_at),
        ))
        .returning(Message::as_returning())
        .get_result(&mut **tx)
        .await?)
}

async fn enqueue(
    tx: &mut Conn<Tenant>,
    message: &Message,
    new: &QueueMessage<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let state = if new.send_at.is_some() {
        "scheduled"
    } else {
        "queued"
    };
    diesel::insert_into(outbox::table)
        .values((
            outbox::id.eq(OutboxId::generate()),
            outbox::message_id.eq(message.id),
            outbox::conversation_id.eq(message.conversation_id),
            outbox::channel_id.eq(message.channel_id),
            outbox::class.eq(new.class.as_str()),
            outbox::state.eq(state),
            outbox::next_attempt_at.eq(new.send_at.unwrap_or(now)),
            outbox::created_at.eq(now),
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
