//! Everything said in a conversation: what customers and the team wrote, and notes.

mod note;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, Cursor, DbError, InvalidCursor, Page, PageRequest, Tenant};

pub use self::note::{AddNoteError, MOST_MENTIONED, NewNote, add_note};
pub use crate::id::MessageId;
use crate::{id::ConversationId, id::UserId, schema::messages, status::SendFailure};

crate::text_enum! {
    /// Which way a message went.
    Direction {
        /// From the customer.
        In = "in",
        /// To the customer.
        Out = "out",
        /// To nobody: the team's own note.
        Note = "note",
    }
}

crate::text_enum! {
    /// Who wrote.
    AuthorKind {
        /// The customer.
        Contact = "contact",
        /// One of the team.
        Agent = "agent",
        /// The bot.
        Bot = "bot",
        /// A campaign.
        Campaign = "campaign",
        /// The system itself.
        System = "system",
    }
}

crate::text_enum! {
    /// How far a message got, the furthest that is known: the contract's words.
    MessageStatus {
        /// Inbound messages and notes.
        Received = "received",
        /// Waits for its turn.
        Queued = "queued",
        /// A call to Meta is under way.
        Sending = "sending",
        /// Meta took it.
        Accepted = "accepted",
        /// Left Meta's servers.
        Sent = "sent",
        /// Reached a device.
        Delivered = "delivered",
        /// Was shown.
        Read = "read",
        /// Was refused or not delivered.
        Failed = "failed",
        /// The call may or may not have reached Meta.
        Unknown = "unknown",
    }
}

/// A message or note, without its raw JSON.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = messages)]
#[expect(missing_docs, reason = "the columns are commented in the migration")]
pub struct Message {
    pub id: MessageId,
    pub conversation_id: ConversationId,
    pub channel_id: ChannelId,
    pub wamid: Option<String>,
    #[diesel(deserialize_as = String)]
    pub direction: Direction,
    pub kind: String,
    pub body: Option<String>,
    pub payload: Option<serde_json::Value>,
    #[diesel(deserialize_as = String)]
    pub author_kind: AuthorKind,
    pub author_id: Option<UserId>,
    pub context_wamid: Option<String>,
    pub state: Option<String>,
    pub sent_at: Option<DateTime<Utc>>,
    pub delivered_at: Option<DateTime<Utc>>,
    pub read_at: Option<DateTime<Utc>>,
    pub failed_at: Option<DateTime<Utc>>,
    pub error_code: Option<i32>,
    pub error_title: Option<String>,
    pub error_detail: Option<String>,
    pub occurred_at: DateTime<Utc>,
    pub created_at: DateTime<Utc>,
    pub send_at: Option<DateTime<Utc>>,
}

impl Message {
    /// The furthest that is known. A failure that came after `sent` shows; one
    /// that came after `delivered` is contradicted by the delivery.
    pub fn status(&self) -> MessageStatus {
        if self.direction != Direction::Out {
            return MessageStatus::Received;
        }
        if self.read_at.is_some() {
            MessageStatus::Read
        } else if self.delivered_at.is_some() {
            MessageStatus::Delivered
        } else if self.failed_at.is_some() {
            MessageStatus::Failed
        } else if self.sent_at.is_some() {
            MessageStatus::Sent
        } else {
            match self.state.as_deref() {
                Some("sending") => MessageStatus::Sending,
                Some("accepted") => MessageStatus::Accepted,
                Some("failed") => MessageStatus::Failed,
                Some("unknown") => MessageStatus::Unknown,
                _ => MessageStatus::Queued,
            }
        }
    }

    /// Why it failed, while it counts as failed.
    pub fn failure(&self) -> Option<SendFailure> {
        (self.status() == MessageStatus::Failed).then(|| SendFailure {
            code: self.error_code,
            title: self.error_title.clone().unwrap_or_default(),
            detail: self.error_detail.clone(),
        })
    }
}

/// A stretch of a conversation around one of its messages.
#[derive(Debug)]
pub struct Around {
    /// Newest first.
    pub items: Vec<Message>,
    /// Where newer ones go on; `None` where the newest is there.
    pub newer: Option<Cursor>,
    /// Where older ones go on; `None` where the oldest is there.
    pub older: Option<Cursor>,
}

/// Queries over `messages`.
pub struct Messages<'c>(&'c mut Conn<Tenant>);

impl<'c> Messages<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// One message.
    pub async fn find(&mut self, id: MessageId) -> Result<Option<Message>, DbError> {
        Ok(messages::table
            .find(id)
            .select(Message::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// Messages in the order of these ids.
    pub(crate) async fn all_of(&mut self, ids: &[MessageId]) -> Result<Vec<Message>, DbError> {
        let found: Vec<Message> = messages::table
            .filter(messages::id.eq_any(ids))
            .select(Message::as_select())
            .load(&mut **self.0)
            .await?;
        let mut found: HashMap<MessageId, Message> =
            found.into_iter().map(|message| (message.id, message)).collect();
        Ok(ids.iter().filter_map(|id| found.remove(id)).collect())
    }

    /// Ids of the messages that have these wamids, on whatever line.
    pub async fn by_wamid(&mut self, wamids: &[&str]) -> Result<Vec<(String, MessageId)>, DbError> {
        if wamids.is_empty() {
            return Ok(Vec::new());
        }
        Ok(messages::table
            .filter(messages::wamid.eq_any(wamids))
            .select((messages::wamid.assume_not_null(), messages::id))
            .load(&mut **self.0)
            .await?)
    }

    /// The wamid of the newest message of a conversation's customer, if it came after `since`.
    pub async fn newest_inbound(
        &mut self,
        conversation: ConversationId,
        since: DateTime<Utc>,
    ) -> Result<Option<String>, DbError> {
        Ok(messages::table
            .filter(messages::conversation_id.eq(conversation))
            .filter(messages::occurred_at.gt(since))
            .filter(messages::direction.eq(Direction::In.as_str()))
            .filter(messages::wamid.is_not_null())
            .order((messages::occurred_at.desc(), messages::id.desc()))
            .select(messages::wamid.assume_not_null())
            .first(&mut **self.0)
            .await
            .optional()?)
    }

    /// A conversation's messages, newest first.
    pub async fn list(
        &mut self,
        conversation: ConversationId,
        page: &PageRequest,
    ) -> Result<Result<Page<Message>, InvalidCursor>, DbError> {
        let after = match page.after::<(DateTime<Utc>, MessageId)>() {
            Ok(after) => after,
            Err(invalid) => return Ok(Err(invalid)),
        };
        let rows = self
            .older(conversation, after, page.limit.saturating_add(1))
            .await?;
        Ok(Ok(Page::from_rows(rows, page.limit, |row: &Message| {
            (row.occurred_at, row.id)
        })))
    }

    /// The page of a conversation that has `id` in its middle, newest first, with the cursors of what is newer and
    /// what is older; `None` if the conversation has no such message.
    pub async fn around(
        &mut self,
        conversation: ConversationId,
        id: MessageId,
        limit: usize,
    ) -> Result<Option<Around>, DbError> {
        let found = self
            .find(id)
            .await?
            .filter(|found| found.conversation_id == conversation);
        let Some(found) = found else { return Ok(None) };
        let half = (limit / 2).max(1);
        let key = (found.occurred_at, found.id);
        let newer = self.newer(conversation, key, half).await?;
        let older = self
            .older(conversation, Some(key), half.saturating_add(1))
            .await?;
        let older = Page::from_rows(older, half, |row| (row.occurred_at, row.id));
        let mut items = newer.items;
        items.push(found);
        items.extend(older.items);
        Ok(Some(Around {
            items,
            newer: newer.next,
            older: older.next,
        }))
    }

    /// A conversation's messages after a place, newest first; `next` of the page leads on to newer ones.
    pub async fn newer_page(
        &mut self,
        conversation: ConversationId,
        page: &PageRequest,
    ) -> Result<Result<Page<Message>, InvalidCursor>, DbError> {
        match page.after::<(DateTime<Utc>, MessageId)>() {
            Ok(Some(after)) => Ok(Ok(self.newer(conversation, after, page.limit).await?)),
            _ => Ok(Err(InvalidCursor)),
        }
    }

    async fn newer(
        &mut self,
        conversation: ConversationId,
        (at, id): (DateTime<Utc>, MessageId),
        limit: usize,
    ) -> Result<Page<Message>, DbError> {
        let after = messages::occurred_at
            .gt(at)
            .or(messages::occurred_at.eq(at).and(messages::id.gt(id)));
        let rows = messages::table
            .filter(messages::conversation_id.eq(conversation))
            .filter(messages::occurred_at.ge(at))
            .filter(after)
            .order((messages::occurred_at.asc(), messages::id.asc()))
            .limit(i64::try_from(limit.saturating_add(1)).unwrap_or(i64::MAX))
            .select(Message::as_select())
            .load(&mut **self.0)
            .await?;
        let mut page = Page::from_rows(rows, limit, |row: &Message| (row.occurred_at, row.id));
        page.items.reverse();
        Ok(page)
    }

    async fn older(
        &mut self,
        conversation: ConversationId,
        after: Option<(DateTime<Utc>, MessageId)>,
        limit: usize,
    ) -> Result<Vec<Message>, DbError> {
        let mut query = messages::table
            .filter(messages::conversation_id.eq(conversation))
            .order((messages::occurred_at.desc(), messages::id.desc()))
            .limit(i64::try_from(limit).unwrap_or(i64::MAX))
            .select(Message::as_select())
            .into_boxed();
        if let Some((at, id)) = after {
            // Said twice, since the index is entered by a plain comparison.
            query = query.filter(messages::occurred_at.le(at)).filter(
                messages::occurred_at
                    .lt(at)
                    .or(messages::occurred_at.eq(at).and(messages::id.lt(id))),
            );
        }
        Ok(query.load(&mut **self.0).await?)
    }

    /// What was added to a conversation after one of its messages, oldest first, at most `limit`.
    pub async fn added_after(
        &mut self,
        conversation: ConversationId,
        known: MessageId,
        limit: i64,
    ) -> Result<Vec<Message>, DbError> {
        Ok(messages::table
            .filter(messages::conversation_id.eq(conversation))
            .filter(messages::id.gt(known))
            .order(messages::id)
            .limit(limit)
            .select(Message::as_select())
            .load(&mut **self.0)
            .await?)
    }
}
