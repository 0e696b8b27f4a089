//! Texts that the team writes again and again, found by a shortcut.

mod save;
pub mod template;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, ListError, Page, PageRequest, Tenant};

pub use self::save::{
    Editor, NewQuickReply, QuickReplyChanges, SaveQuickReplyError, change_quick_reply, create_quick_reply,
    delete_quick_reply, use_quick_reply,
};
pub use crate::id::QuickReplyId;
use crate::{conversation::escape_like, schema::quick_replies, user::UserId};

/// The longest body, in characters: WhatsApp's own limit for a text.
pub const MAX_BODY: usize = 4096;

/// A text that the team writes again and again.
#[derive(Debug, Clone, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = quick_replies)]
pub struct QuickReply {
    /// Its id.
    pub id: QuickReplyId,
    /// What is typed after the slash.
    pub shortcut: String,
    /// What people call it.
    pub title: String,
    /// The text, with variables.
    pub body: String,
    /// Whose it is alone; `None`: everybody's.
    pub owner_id: Option<UserId>,
    /// How often it was put into an answer.
    pub uses: i64,
    /// When it last was.
    pub last_used_at: Option<DateTime<Utc>>,
    /// Since when it exists.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

crate::text_enum! {
    /// Whose quick replies.
    Scope {
        /// Everybody's.
        Shared = "shared",
        /// One's own.
        Own = "own",
    }
}

/// Which quick replies a list shows; an empty filter shows everybody's and one's own.
#[derive(Debug, Clone, Default)]
pub struct QuickReplyFilter {
    /// Whose.
    pub scope: Option<Scope>,
    /// Part of the shortcut, the title or the text.
    pub q: Option<String>,
}

/// Queries over `quick_replies`, as one person sees them: everybody's and his own.
pub struct QuickReplies<'c> {
    conn: &'c mut Conn<Tenant>,
    reader: UserId,
}

impl<'c> QuickReplies<'c> {
    /// Over this connection, as `reader` sees them.
    pub fn new(conn: &'c mut Conn<Tenant>, reader: UserId) -> Self {
        Self { conn, reader }
    }

    /// The quick replies by shortcut; one's own before everybody's of the same one.
    pub async fn list(
        &mut self,
        filter: &QuickReplyFilter,
        page: &PageRequest,
    ) -> Result<Page<QuickReply>, ListError> {
        let own = || quick_replies::owner_id.eq(self.reader);
        let mut query = quick_replies::table
            .select(QuickReply::as_select())
            .order((
                quick_replies::shortcut,
                quick_replies::owner_id.is_null(),
                quick_replies::id,
            ))
            .limit(page.fetch_limit())
            .into_boxed();
        query = match filter.scope {
            None => query.filter(quick_replies::owner_id.is_null().or(own())),
            Some(Scope::Shared) => query.filter(quick_replies::owner_id.is_null()),
            Some(Scope::Own) => query.filter(own()),
        };
        if let Some(q) = filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let pattern = format!("%{}%", escape_like(q));
            let found = quick_replies::shortcut
                .ilike(pattern.clone())
                .or(quick_replies::title.ilike(pattern.clone()))
                .or(quick_replies::body.ilike(pattern));
            query = query.filter(found);
        }
        if let Some((shortcut, shared)) = page.after::<(String, bool)>()? {
            let same = quick_replies::shortcut
                .eq(shortcut.clone())
                .and(quick_replies::owner_id.is_null().gt(shared));
            query = query.filter(quick_replies::shortcut.gt(shortcut).or(same));
        }
        let rows = query.load(&mut **self.conn).await?;
        Ok(Page::from_rows(rows, page.limit, |row: &QuickReply| {
            (row.shortcut.clone(), row.owner_id.is_none())
        }))
    }

    /// One quick reply, if it is everybody's or one's own.
    pub async fn find(&mut self, id: QuickReplyId) -> Result<Option<QuickReply>, DbError> {
        let own = quick_replies::owner_id.eq(self.reader);
        Ok(quick_replies::table
            .find(id)
            .filter(quick_replies::owner_id.is_null().or(own))
            .select(QuickReply::as_select())
            .first(&mut **self.conn)
            .await
            .optional()?)
    }
}
