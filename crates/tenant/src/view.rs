//! Ways to look at the inbox that somebody kept under a name: his own, or everybody's.

mod save;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};

pub use self::save::{
    NewView, SaveViewError, ViewChanges, ViewEditor, change_view, create_view, delete_view,
};
pub use crate::id::ViewId;
use crate::{conversation::ConversationSort, schema::views, user::UserId};

/// The longest name, in characters.
pub const MAX_NAME: usize = 60;
/// Views that one person has of his own at most, and the team together.
pub const MOST: i64 = 50;

/// A way to look at the inbox.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = views)]
pub struct View {
    /// Its id.
    pub id: ViewId,
    /// Whose it is alone; `None`: everybody's.
    pub owner_id: Option<UserId>,
    /// What people call it.
    pub name: String,
    /// Which conversations, as the list takes it.
    pub filter: serde_json::Value,
    /// In which order.
    #[diesel(deserialize_as = String)]
    pub sort: ConversationSort,
    /// Since when it exists.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Queries over `views`, as one person sees them: everybody's and his own.
pub struct Views<'c> {
    conn: &'c mut Conn<Tenant>,
    reader: UserId,
}

impl<'c> Views<'c> {
    /// Over this connection, as `reader` sees them.
    pub fn new(conn: &'c mut Conn<Tenant>, reader: UserId) -> Self {
        Self { conn, reader }
    }

    /// All of them, everybody's first, by name. [`MOST`] bounds both.
    pub async fn list(&mut self) -> Result<Vec<View>, DbError> {
        Ok(views::table
            .filter(views::owner_id.is_null().or(views::owner_id.eq(self.reader)))
            .order((views::owner_id.is_not_null(), views::name, views::id))
            .select(View::as_select())
            .load(&mut **self.conn)
            .await?)
    }

    /// One of them, locked until the transaction ends.
    async fn lock(&mut self, id: ViewId) -> Result<Option<View>, DbError> {
        Ok(views::table
            .find(id)
            .filter(views::owner_id.is_null().or(views::owner_id.eq(self.reader)))
            .select(View::as_select())
            .for_update()
            .first(&mut **self.conn)
            .await
            .optional()?)
    }

    /// How many there are of `owner`'s.
    async fn count(&mut self, owner: Option<UserId>) -> Result<i64, DbError> {
        Ok(views::table
            .filter(views::owner_id.is_not_distinct_from(owner))
            .count()
            .get_result(&mut **self.conn)
            .await?)
    }
}
