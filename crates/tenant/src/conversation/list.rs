//! The inbox list: conversations with what a row shows, in a fixed number of queries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    pg::Pg,
    prelude::*,
    sql_types::{Bool, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{DbError, InvalidCursor, Page, PageRequest};
use serde::{Deserialize, Serialize};

use super::{
    Conversation, ConversationFilter, ConversationId, ConversationSort, Conversations, Sight, WindowFilter,
    query::{self, Asked, Values},
};
use crate::{
    contact::Contact,
    message::Message,
    schema::{contacts, conversations, messages},
    search,
    tag::{Tag, Tags},
    user::{UserId, Users},
};

/// Somebody's id and name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UserRef {
    /// The id.
    pub id: UserId,
    /// The name.
    pub name: String,
}

/// A conversation with all that a row of the inbox shows.
#[derive(Debug, Clone)]
pub struct ConversationView {
    /// The thread itself.
    pub conversation: Conversation,
    /// The customer.
    pub contact: Contact,
    /// The newest message or note.
    pub last_message: Option<Message>,
    /// Who wrote it, if one of the team did.
    pub last_author: Option<UserRef>,
    /// The owner.
    pub assignee: Option<UserRef>,
    /// Its tags by name.
    pub tags: Vec<Tag>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Which part of an order a row belongs to: what an order says of one row says nothing in another.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
enum Part {
    Newest,
    Oldest,
    OpenWindow,
    ClosedWindow,
}

impl Part {
    fn first(sort: ConversationSort) -> Self {
        match sort {
            ConversationSort::Newest => Self::Newest,
            ConversationSort::Oldest => Self::Oldest,
            ConversationSort::Window => Self::OpenWindow,
        }
    }

    fn next(self) -> Option<Self> {
        (self == Self::OpenWindow).then_some(Self::ClosedWindow)
    }

    fn is_of(self, sort: ConversationSort) -> bool {
        let first = Self::first(sort);
        self == first || first.next() == Some(self)
    }
}

type Key = (Part, DateTime<Utc>, ConversationId);

type Source = diesel::dsl::InnerJoinQuerySource<conversations::table, contacts::table>;
type Predicate = Box<dyn BoxableExpression<Source, Pg, SqlType = Bool>>;

impl Conversations<'_> {
    /// Conversations in sight that match, in the filter's order.
    pub async fn list(
        &mut self,
        filter: &ConversationFilter,
        sight: Sight,
        page: &PageRequest,
    ) -> Result<Result<Page<ConversationView>, InvalidCursor>, DbError> {
        let after = match page.after::<Key>() {
            Ok(after) if after.is_none_or(|(part, ..)| part.is_of(filter.sort)) => after,
            _ => return Ok(Err(InvalidCursor)),
        };
        if filter.search.is_some() {
            search::catch_up(self.0).await?;
        }
        let mut part = after.map_or(Part::first(filter.sort), |(part, ..)| part);
        let mut after = after.map(|(_, at, id)| (at, id));
        let mut keys: Vec<Key> = Vec::new();
        loop {
            let wanted = page.fetch_limit() - i64::try_from(keys.len()).unwrap_or(i64::MAX);
            let found = self.part(filter, sight, part, after, wanted).await?;
            keys.extend(found.into_iter().map(|row| (part, row.at, row.id)));
            match part.next() {
                Some(next) if keys.len() <= page.limit => (part, after) = (next, None),
                _ => break,
            }
        }
        let page = Page::from_rows(keys, page.limit, |key| *key);
        let ids: Vec<ConversationId> = page.items.iter().map(|(.., id)| *id).collect();
        let items = self.views(&ids).await?;
        Ok(Ok(Page {
            items,
            next: page.next,
        }))
    }

    async fn part(
        &mut self,
        filter: &ConversationFilter,
        sight: Sight,
        part: Part,
        after: Option<(DateTime<Utc>, ConversationId)>,
        limit: i64,
    ) -> Result<Vec<Found>, DbError> {
        let mut values = Values::default();
        let only = match part {
            Part::Newest | Part::Oldest => None,
            Part::OpenWindow => Some(query::standing(WindowFilter::Open, filter.now, &mut values)),
            Part::ClosedWindow => Some(query::standing(WindowFilter::Closed, filter.now, &mut values)),
        };
        let asked = Asked {
            key: if part == Part::OpenWindow {
                "c.window_expires_at"
            } else {
                "c.last_activity_at"
            },
            descending: matches!(part, Part::Newest | Part::ClosedWindow),
            after: after.map(|(at, id)| (at, id.uuid())),
            limit,
            only: only.as_deref(),
        };
        let Some(sql) = query::ids(filter, sight, &asked, &mut values) else {
            return Ok(Vec::new());
        };
        Ok(values.bound(sql).load(&mut **self.0).await?)
    }

    /// These conversations with all that a row shows, in this order. Whoever calls has seen to it that they are in
    /// sight.
    pub(crate) async fn views(&mut self, ids: &[ConversationId]) -> Result<Vec<ConversationView>, DbError> {
        let mut rows: Vec<(Conversation, Contact)> = conversations::table
            .inner_join(contacts::table)
            .filter(conversations::id.eq_any(ids))
            .select((Conversation::as_select(), Contact::as_select()))
            .load(&mut **self.0)
            .await?;
        let place: HashMap<ConversationId, usize> =
            ids.iter().enumerate().map(|(place, id)| (*id, place)).collect();
        rows.sort_by_key(|(row, _)| place.get(&row.id).copied());
        self.complete(rows).await
    }

    /// One conversation in sight with all that a row shows.
    pub async fn view(
        &mut self,
        id: ConversationId,
        sight: Sight,
    ) -> Result<Option<ConversationView>, DbError> {
        let mut query = conversations::table
            .inner_join(contacts::table)
            .filter(conversations::id.eq(id))
            .select((Conversation::as_select(), Contact::as_select()))
            .into_boxed();
        if let Some(predicate) = seen(sight) {
            query = query.filter(predicate);
        }
        match query.first(&mut **self.0).await.optional()? {
            Some(row) => Ok(self.complete(vec![row]).await?.pop()),
            None => Ok(None),
        }
    }

    async fn complete(
        &mut self,
        rows: Vec<(Conversation, Contact)>,
    ) -> Result<Vec<ConversationView>, DbError> {
        let ids: Vec<ConversationId> = rows.iter().map(|(row, _)| row.id).collect();
        let last_ids: Vec<_> = rows.iter().filter_map(|(row, _)| row.last_message_id).collect();
        let mut last: HashMap<_, Message> = messages::table
            .filter(messages::id.eq_any(&last_ids))
            .select(Message::as_select())
            .load(&mut **self.0)
            .await?
            .into_iter()
            .map(|message: Message| (message.id, message))
            .collect();
        let mut people: Vec<UserId> = rows.iter().filter_map(|(row, _)| row.assignee_id).collect();
        people.extend(last.values().filter_map(|message| message.author_id));
        let names: HashMap<UserId, String> = Users::new(self.0).names(&people).await?.into_iter().collect();
        let reference = |id: Option<UserId>| {
            id.and_then(|id| {
                names.get(&id).map(|name| UserRef {
                    id,
                    name: name.clone(),
                })
            })
        };
        let mut tags_by: HashMap<ConversationId, Vec<Tag>> = HashMap::new();
        for (conversation, tag) in Tags::new(self.0).of(&ids).await? {
            tags_by.entry(conversation).or_default().push(tag);
        }
        Ok(rows
            .into_iter()
            .map(|(conversation, contact)| {
                let last_message = conversation.last_message_id.and_then(|id| last.remove(&id));
                ConversationView {
                    last_author: reference(last_message.as_ref().and_then(|message| message.author_id)),
                    assignee: reference(conversation.assignee_id),
                    tags: tags_by.remove(&conversation.id).unwrap_or_default(),
                    last_message,
                    contact,
                    conversation,
                }
            })
            .collect())
    }
}

/// The condition that a conversation is in sight, where not all are.
fn seen(sight: Sight) -> Option<Predicate> {
    let user = sight.only_of()?;
    let nobodys_or_own = conversations::assignee_id
        .is_null()
        .or(conversations::assignee_id.is_not_distinct_from(user));
    Some(Box::new(nobodys_or_own))
}

pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
