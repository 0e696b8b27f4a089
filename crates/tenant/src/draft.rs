//! Words that somebody has written and not sent yet. They are his alone, on whichever device he goes on.
//!
//! Every write gets a version that never comes again, and names the one it follows from: whoever has not
//! seen what another device wrote, or sent, overwrites nothing.

mod save;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::Value;

pub use self::save::{DraftAt, SaveDraftError, delete_draft, save_draft};
use crate::{
    conversation::{ConversationId, Sight},
    id::UploadId,
    schema::{conversations, drafts, uploads},
    text_enum,
    user::UserId,
};

/// Drafts that [`Drafts::recent`] tells of at most.
pub const MOST_LISTED: i64 = 200;

text_enum! {
    /// What the words would become.
    DraftKind {
        /// A message to the customer.
        Reply = "reply",
        /// A note for the team.
        Note = "note",
    }
}

/// A draft as it is kept.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = drafts)]
pub struct Draft {
    /// Where.
    pub conversation_id: ConversationId,
    /// What it would become.
    #[diesel(deserialize_as = String)]
    pub kind: DraftKind,
    /// Members as the desk keeps them: key, text, file, quote, `send_at`.
    pub content: Value,
    /// Which write it is.
    pub version: i64,
    /// When it was written.
    pub updated_at: DateTime<Utc>,
}

/// Queries over `drafts`, of one person's own.
pub struct Drafts<'c> {
    conn: &'c mut Conn<Tenant>,
    owner: UserId,
}

impl<'c> Drafts<'c> {
    /// Over this connection, of what `owner` has written.
    pub fn new(conn: &'c mut Conn<Tenant>, owner: UserId) -> Self {
        Self { conn, owner }
    }

    /// Those of one conversation.
    pub async fn of(&mut self, conversation: ConversationId) -> Result<Vec<Draft>, DbError> {
        Ok(drafts::table
            .filter(drafts::user_id.eq(self.owner))
            .filter(drafts::conversation_id.eq(conversation))
            .order(drafts::kind)
            .select(Draft::as_select())
            .load(&mut **self.conn)
            .await?)
    }

    /// The last written ones in conversations that these eyes see, the latest first; [`MOST_LISTED`] at most.
    pub async fn recent(&mut self, sight: Sight) -> Result<Vec<Draft>, DbError> {
        let mut query = drafts::table
            .inner_join(conversations::table)
            .filter(drafts::user_id.eq(self.owner))
            .order((drafts::updated_at.desc(), drafts::version.desc()))
            .limit(MOST_LISTED)
            .select(Draft::as_select())
            .into_boxed();
        if let Some(user) = sight.only_of() {
            let seen = conversations::assignee_id.is_null();
            query = query.filter(seen.or(conversations::assignee_id.eq(user)));
        }
        Ok(query.load(&mut **self.conn).await?)
    }

    /// Whether the file that a draft carries can still be sent.
    pub async fn has_file(&mut self, file: UploadId) -> Result<bool, DbError> {
        let found = uploads::table.filter(uploads::id.eq(file.uuid()));
        Ok(diesel::select(diesel::dsl::exists(found))
            .get_result(&mut **self.conn)
            .await?)
    }
}
