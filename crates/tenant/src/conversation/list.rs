//! The inbox list: conversations with what a row shows, in a fixed number of queries.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{
    dsl::exists,
    pg::Pg,
    prelude::*,
    sql_types::{BigInt, Bool, Nullable, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, DbError, InvalidCursor, Page, PageRequest};

use super::{Conversation, ConversationId, ConversationStatus, Conversations, Sight};
use crate::{
    contact::Contact,
    message::Message,
    schema::{contacts, conversation_tags, conversations, messages, tags},
    tag::{Tag, TagId, Tags},
    user::{UserId, Users},
};

/// Whose conversations.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum AssigneeFilter {
    /// Nobody's.
    Unassigned,
    /// Of this person.
    User(UserId),
}

/// A tag by id or by name.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TagFilter {
    /// By its id.
    Id(TagId),
    /// By its name, without regard to case.
    Name(String),
}

/// Which conversations to list; an empty filter lists all.
#[derive(Debug, Clone, Default)]
pub struct ConversationFilter {
    /// Any of these states.
    pub status: Vec<ConversationStatus>,
    /// Whose.
    pub assignee: Option<AssigneeFilter>,
    /// Carrying this tag.
    pub tag: Option<TagFilter>,
    /// On this line.
    pub channel: Option<ChannelId>,
    /// Only with (or only without) unread messages.
    pub unread: Option<bool>,
    /// Part of a name, phone or user key.
    pub search: Option<String>,
}

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

/// How many open and pending conversations there are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counts {
    /// Owned by the asker.
    pub mine: i64,
    /// Owned by nobody.
    pub unassigned: i64,
    /// All of them.
    pub all: i64,
    /// Of all, those with unread messages.
    pub unread: i64,
}

#[derive(QueryableByName)]
struct CountsRow {
    #[diesel(sql_type = BigInt)]
    everyone: i64,
    #[diesel(sql_type = BigInt)]
    mine: i64,
    #[diesel(sql_type = BigInt)]
    unassigned: i64,
    #[diesel(sql_type = BigInt)]
    unread: i64,
}

type Source = diesel::dsl::InnerJoinQuerySource<conversations::table, contacts::table>;
type Predicate = Box<dyn BoxableExpression<Source, Pg, SqlType = Bool>>;

impl Conversations<'_> {
    /// Conversations in sight that match, the most recently active first.
    pub async fn list(
        &mut self,
        filter: &ConversationFilter,
        sight: Sight,
        page: &PageRequest,
    ) -> Result<Result<Page<ConversationView>, InvalidCursor>, DbError> {
        let after = match page.after::<(DateTime<Utc>, ConversationId)>() {
            Ok(after) => after,
            Err(invalid) => return Ok(Err(invalid)),
        };
        let mut query = conversations::table
            .inner_join(contacts::table)
            .order((conversations::last_activity_at.desc(), conversations::id.desc()))
            .limit(page.fetch_limit())
            .select((Conversation::as_select(), Contact::as_select()))
            .into_boxed();
        for predicate in predicates(filter).into_iter().chain(seen(sight)) {
            query = query.filter(predicate);
        }
        if let Some((at, id)) = after {
            query = query.filter(
                conversations::last_activity_at
                    .lt(at)
                    .or(conversations::last_activity_at
                        .eq(at)
                        .and(conversations::id.lt(id))),
            );
        }
        let rows: Vec<(Conversation, Contact)> = query.load(&mut **self.0).await?;
        let page = Page::from_rows(rows, page.limit, |(row, _)| (row.last_activity_at, row.id));
        let items = self.complete(page.items).await?;
        Ok(Ok(Page {
            items,
            next: page.next,
        }))
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

    /// Counts of open and pending conversations in sight, for `user`.
    pub async fn counts(&mut self, user: UserId, sight: Sight) -> Result<Counts, DbError> {
        let row: CountsRow = diesel::sql_query(
            "SELECT count(*) AS everyone, \
                 count(*) FILTER (WHERE assignee_id = $1) AS mine, \
                 count(*) FILTER (WHERE assignee_id IS NULL) AS unassigned, \
                 count(*) FILTER (WHERE unread_count > 0) AS unread \
             FROM conversations WHERE status IN ('open', 'pending') \
                 AND ($2 IS NULL OR assignee_id IS NULL OR assignee_id = $2)",
        )
        .bind::<SqlUuid, _>(user)
        .bind::<Nullable<SqlUuid>, _>(sight.only_of())
        .get_result(&mut **self.0)
        .await?;
        Ok(Counts {
            mine: row.mine,
            unassigned: row.unassigned,
            all: row.everyone,
            unread: row.unread,
        })
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

fn predicates(filter: &ConversationFilter) -> Vec<Predicate> {
    let mut all: Vec<Predicate> = Vec::new();
    if !filter.status.is_empty() {
        let names: Vec<&'static str> = filter.status.iter().map(|status| status.as_str()).collect();
        all.push(Box::new(conversations::status.eq_any(names)));
    }
    match filter.assignee {
        Some(AssigneeFilter::Unassigned) => all.push(Box::new(conversations::assignee_id.is_null())),
        Some(AssigneeFilter::User(user)) => {
            all.push(Box::new(conversations::assignee_id.is_not_distinct_from(user)));
        }
        None => {}
    }
    if let Some(channel) = filter.channel {
        all.push(Box::new(conversations::channel_id.eq(channel)));
    }
    match filter.unread {
        Some(true) => all.push(Box::new(conversations::unread_count.gt(0))),
        Some(false) => all.push(Box::new(conversations::unread_count.eq(0))),
        None => {}
    }
    if let Some(tag) = &filter.tag {
        all.push(tagged(tag));
    }
    if let Some(search) = &filter.search {
        all.push(matching(search));
    }
    all
}

/// The condition that a conversation is in sight, where not all are.
fn seen(sight: Sight) -> Option<Predicate> {
    let user = sight.only_of()?;
    let nobodys_or_own = conversations::assignee_id
        .is_null()
        .or(conversations::assignee_id.is_not_distinct_from(user));
    Some(Box::new(nobodys_or_own))
}

fn tagged(tag: &TagFilter) -> Predicate {
    let carried = conversation_tags::table
        .inner_join(tags::table)
        .filter(conversation_tags::conversation_id.eq(conversations::id));
    match tag {
        TagFilter::Id(id) => Box::new(exists(carried.filter(tags::id.eq(*id)))),
        TagFilter::Name(name) => Box::new(exists(carried.filter(tags::name.ilike(escape_like(name))))),
    }
}

fn matching(search: &str) -> Predicate {
    let pattern = format!("%{}%", escape_like(search.trim()));
    let digits = dialled(search);
    let by_text = contacts::name
        .ilike(pattern.clone())
        .is_not_distinct_from(true)
        .or(contacts::profile_name
            .ilike(pattern.clone())
            .is_not_distinct_from(true))
        .or(contacts::user_key.ilike(pattern));
    if digits.is_empty() {
        Box::new(by_text)
    } else {
        let by_phone = contacts::phone
            .like(format!("%{digits}%"))
            .is_not_distinct_from(true);
        Box::new(by_text.or(by_phone))
    }
}

/// The digits of a search that is written like a part of a phone number; empty for any other.
fn dialled(search: &str) -> String {
    let decoration = |c: char| matches!(c, '+' | '-' | '(' | ')' | '.' | ' ');
    if search.chars().all(|c| c.is_ascii_digit() || decoration(c)) {
        search.chars().filter(char::is_ascii_digit).collect()
    } else {
        String::new()
    }
}

pub(crate) fn escape_like(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
