//! The team's own notes. A note never has a wamid nor an outbox entry: it
//! cannot be sent.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

use super::{AuthorKind, Direction, Message, MessageId};
use crate::{
    conversation::{ConversationId, Conversations},
    event::{self, EventKind, NewEvent},
    outbox::show_as_newest,
    schema::messages,
    user::UserId,
};

/// Why a note was not kept.
#[derive(Debug, thiserror::Error)]
pub enum AddNoteError {
    /// No such conversation.
    #[error("there is no such conversation")]
    UnknownConversation,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds a note to a conversation.
pub async fn add_note(
    conn: &mut Conn<Tenant>,
    conversation: ConversationId,
    author: UserId,
    body: &str,
    now: DateTime<Utc>,
) -> Result<Message, AddNoteError> {
    conn.transaction(async |tx| {
        let conversation = Conversations::new(tx)
            .lock(conversation)
            .await?
            .ok_or(AddNoteError::UnknownConversation)?;
        let note: Message = diesel::insert_into(messages::table)
            .values((
                messages::id.eq(MessageId::generate()),
                messages::conversation_id.eq(conversation.id),
                messages::channel_id.eq(conversation.channel_id),
                messages::direction.eq(Direction::Note.as_str()),
                messages::kind.eq("text"),
                messages::body.eq(body),
                messages::author_kind.eq(AuthorKind::Agent.as_str()),
                messages::author_id.eq(author),
                messages::occurred_at.eq(now),
            ))
            .returning(Message::as_returning())
            .get_result(&mut **tx)
            .await
            .map_err(DbError::from)?;
        show_as_newest(tx, &conversation, &note).await?;
        let new = |kind| NewEvent {
            kind,
            conversation: conversation.id,
            message: Some(note.id),
        };
        event::append(
            tx,
            &[
                new(EventKind::MessageCreated),
                new(EventKind::ConversationUpdated),
            ],
        )
        .await?;
        Ok(note)
    })
    .await
}
