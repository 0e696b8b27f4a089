//! The team's own notes. A note never has a wamid nor an outbox entry: it
//! cannot be sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::json;

use super::{AuthorKind, Direction, Message, MessageId};
use crate::{
    conversation::{ConversationId, Conversations, Sight},
    event::{self, EventKind, NewEvent},
    notification::{self, NewNotification, NotificationKind},
    outbox::show_as_newest,
    schema::messages,
    user::{Permission, User, UserId, Users},
};

/// Why a note was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AddNoteError {
    /// No such conversation.
    #[error("there is no such conversation")]
    UnknownConversation,
    /// Somebody named in it is nobody of the team, is locked out, or does not see the conversation.
    #[error("one of the people named does not see this conversation")]
    InvalidMention {
        /// Which of those named, counted from 0.
        place: usize,
    },
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// People that a note names at most.
pub const MOST_MENTIONED: usize = 20;

/// A note to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewNote<'a> {
    /// Who writes.
    pub author: UserId,
    /// What.
    pub body: &'a str,
    /// Whom it names, at most [`MOST_MENTIONED`]; they are told.
    pub mentions: &'a [UserId],
}

/// Adds a note to a conversation.
pub async fn add_note(
    conn: &mut Conn<Tenant>,
    conversation: ConversationId,
    new: NewNote<'_>,
    now: DateTime<Utc>,
) -> Result<Message, AddNoteError> {
    conn.transaction(async |tx| {
        let conversation = Conversations::new(tx)
            .lock(conversation)
            .await?
            .ok_or(AddNoteError::UnknownConversation)?;
        let named = named(tx, new.mentions, conversation.assignee_id).await?;
        let people: Vec<_> = named
            .iter()
            .map(|user| json!({ "id": user.id, "name": user.name }))
            .collect();
        let payload = (!people.is_empty()).then(|| json!({ "mentions": people }));
        let note: Message = diesel::insert_into(messages::table)
            .values((
                messages::id.eq(MessageId::generate()),
                messages::conversation_id.eq(conversation.id),
                messages::channel_id.eq(conversation.channel_id),
                messages::direction.eq(Direction::Note.as_str()),
                messages::kind.eq("text"),
                messages::body.eq(new.body),
                messages::payload.eq(payload),
                messages::author_kind.eq(AuthorKind::Agent.as_str()),
                messages::author_id.eq(new.author),
                messages::occurred_at.eq(now),
            ))
            .returning(Message::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        show_as_newest(tx, &conversation, &note).await?;
        let told = |kind| NewEvent {
            kind,
            conversation: conversation.id,
            message: Some(note.id),
        };
        event::append(
            tx,
            &[
                told(EventKind::MessageCreated),
                told(EventKind::ConversationUpdated),
            ],
        )
        .await?;
        let mentions: Vec<_> = named
            .iter()
            .map(|user| NewNotification {
                user: user.id,
                kind: NotificationKind::Mention,
                conversation: conversation.id,
                message: Some(note.id),
            })
            .collect();
        notification::tell(tx, &mentions, new.author, now).await?;
        Ok(note)
    })
    .await
}

/// Those named, each once; each must see a conversation with this owner.
async fn named(
    tx: &mut Conn<Tenant>,
    ids: &[UserId],
    assignee: Option<UserId>,
) -> Result<Vec<User>, AddNoteError> {
    let mut named: Vec<User> = Vec::new();
    for (place, id) in ids.iter().enumerate() {
        let user = Users::new(tx).find(*id).await?;
        let user = user
            .filter(|user| user.is_active && user.role.allows(Permission::ChatRead))
            .filter(|user| Sight::of(user).sees(assignee))
            .ok_or(AddNoteError::InvalidMention { place })?;
        if named.iter().all(|known| known.id != user.id) {
            named.push(user);
        }
    }
    Ok(named)
}
