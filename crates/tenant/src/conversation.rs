//! One thread per customer and line: its state, its owner, its window.

mod begin;
mod bulk;
mod change;
mod counts;
mod filter;
mod list;
mod query;
mod sight;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

pub(crate) use self::{begin::thread_with, list::escape_like};
pub use self::{
    bulk::{BulkAction, BulkOutcome, MOST_AT_ONCE, MOST_TAGS, apply_to_all},
    change::{ChangeError, ConversationChanges, change, mark_read, next_wake, set_tags, wake_due},
    counts::{Counts, MOST_COUNTED},
    filter::{AssigneeFilter, ConversationFilter, ConversationSort, TagFilter, WindowFilter},
    list::{ConversationView, UserRef},
    sight::Sight,
};
pub use crate::id::ConversationId;
use crate::{id::ContactId, id::MessageId, id::UserId, schema::conversations};

crate::text_enum! {
    /// Where a conversation stands.
    ConversationStatus {
        /// Waits for the team or the bot.
        Open = "open",
        /// A person has to act.
        Pending = "pending",
        /// Out of sight until a time.
        Snoozed = "snoozed",
        /// Done; a new message opens it again.
        Closed = "closed",
    }
}

/// A thread.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = conversations)]
#[expect(missing_docs, reason = "the columns are commented in the migration")]
pub struct Conversation {
    pub id: ConversationId,
    pub channel_id: ChannelId,
    pub user_key: String,
    pub contact_id: ContactId,
    #[diesel(deserialize_as = String)]
    pub status: ConversationStatus,
    pub snoozed_until: Option<DateTime<Utc>>,
    pub assignee_id: Option<UserId>,
    pub unread_count: i32,
    pub last_message_id: Option<MessageId>,
    pub last_activity_at: DateTime<Utc>,
    pub last_inbound_at: Option<DateTime<Utc>>,
    pub window_expires_at: Option<DateTime<Utc>>,
    pub created_at: DateTime<Utc>,
    pub entry_point_expires_at: Option<DateTime<Utc>>,
}

impl Conversation {
    /// Whether free-form messages may be sent: within 24 hours of the
    /// customer's newest message (Meta, "customer service windows").
    pub fn in_service_window(&self, now: DateTime<Utc>) -> bool {
        self.window_expires_at.is_some_and(|end| now < end)
    }
}

/// Queries over `conversations`.
pub struct Conversations<'c>(&'c mut Conn<Tenant>);

impl<'c> Conversations<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// One conversation.
    pub async fn find(&mut self, id: ConversationId) -> Result<Option<Conversation>, DbError> {
        Ok(conversations::table
            .find(id)
            .select(Conversation::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// One conversation, locked until the transaction ends.
    pub(crate) async fn lock(&mut self, id: ConversationId) -> Result<Option<Conversation>, DbError> {
        Ok(conversations::table
            .find(id)
            .select(Conversation::as_select())
            .for_update()
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// Whether any conversation hangs on `channel`.
    pub async fn any_on(&mut self, channel: ChannelId) -> Result<bool, DbError> {
        Ok(diesel::select(diesel::dsl::exists(
            conversations::table.filter(conversations::channel_id.eq(channel)),
        ))
        .get_result(&mut **self.0)
        .await?)
    }
}
