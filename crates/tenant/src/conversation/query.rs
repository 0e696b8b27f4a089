//! The SQL of the list and the counts. What is asked for falls into stretches, one person's (or nobody's) of one
//! state each, that an index holds in order: each gives its first rows, and the first of those are the answer. A
//! condition over several states or owners at once would make PostgreSQL read and sort all of them.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    pg::Pg,
    query_builder::{BoxedSqlQuery, SqlQuery},
    sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid},
};
use uuid::Uuid;

use super::{
    AssigneeFilter, ConversationFilter, ConversationStatus, Sight, TagFilter, WindowFilter, escape_like,
};
use crate::{search, user::UserId};

/// How long before its end a window counts as closing.
const CLOSING: TimeDelta = TimeDelta::hours(4);
/// Whose window is open was active in this time: a window lasts a day from the customer's message, and his clock is
/// believed some minutes.
const OPENED_WITHIN: TimeDelta = TimeDelta::hours(25);

enum Value {
    Uuid(Uuid),
    Text(String),
    Time(DateTime<Utc>),
    Count(i64),
}

/// Statements with their values, put together piece by piece.
#[derive(Default)]
pub(super) struct Values(Vec<Value>);

impl Values {
    fn put(&mut self, value: Value) -> String {
        self.0.push(value);
        format!("${}", self.0.len())
    }

    pub fn uuid(&mut self, value: Uuid) -> String {
        self.put(Value::Uuid(value))
    }

    pub fn text(&mut self, value: impl Into<String>) -> String {
        self.put(Value::Text(value.into()))
    }

    pub fn time(&mut self, value: DateTime<Utc>) -> String {
        self.put(Value::Time(value))
    }

    pub fn count(&mut self, value: i64) -> String {
        self.put(Value::Count(value))
    }

    /// The statement with its values.
    pub fn bound(self, sql: String) -> BoxedSqlQuery<'static, Pg, SqlQuery> {
        let mut query = diesel::sql_query(sql).into_boxed();
        for value in self.0 {
            query = match value {
                Value::Uuid(value) => query.bind::<SqlUuid, _>(value),
                Value::Text(value) => query.bind::<Text, _>(value),
                Value::Time(value) => query.bind::<Timestamptz, _>(value),
                Value::Count(value) => query.bind::<BigInt, _>(value),
            };
        }
        query
    }
}

/// One stretch: of one owner, of one state, or of any.
#[derive(Clone, Copy)]
struct Stretch {
    owner: Option<AssigneeFilter>,
    status: Option<ConversationStatus>,
}

fn owners(filter: &ConversationFilter, sight: Sight) -> Vec<Option<AssigneeFilter>> {
    match (filter.assignee, sight) {
        (Some(AssigneeFilter::Unassigned), _) => vec![Some(AssigneeFilter::Unassigned)],
        (Some(AssigneeFilter::User(user)), _) if sight.sees(Some(user)) => {
            vec![Some(AssigneeFilter::User(user))]
        }
        (Some(AssigneeFilter::User(_)), _) => Vec::new(),
        (None, Sight::Everything) => vec![None],
        (None, Sight::OwnAndUnassigned(user)) => {
            vec![Some(AssigneeFilter::Unassigned), Some(AssigneeFilter::User(user))]
        }
    }
}

fn stretches(filter: &ConversationFilter, sight: Sight) -> Vec<Stretch> {
    let wanted = |status: &&ConversationStatus| filter.status.is_empty() || filter.status.contains(status);
    let states: Vec<ConversationStatus> = ConversationStatus::ALL.iter().filter(wanted).copied().collect();
    let every = states.len() == ConversationStatus::ALL.len();
    let owners = owners(filter, sight).into_iter();
    owners
        .flat_map(|owner| {
            let states: Vec<_> = match owner {
                // The list of everything has an index of its own.
                None if every => vec![None],
                _ => states.iter().copied().map(Some).collect(),
            };
            states.into_iter().map(move |status| Stretch { owner, status })
        })
        .collect()
}

/// What one statement asks: in which order, after which row, how many.
pub(super) struct Asked<'a> {
    /// What to order by, before the id; a column of `c`.
    pub key: &'static str,
    /// Whether downwards.
    pub descending: bool,
    /// The last row of the page before.
    pub after: Option<(DateTime<Utc>, Uuid)>,
    /// Rows wanted.
    pub limit: i64,
    /// Narrows further than the filter does.
    pub only: Option<&'a str>,
}

/// `SELECT id, at`: the ids of what is asked for in its order. `None` where nothing can match.
pub(super) fn ids(
    filter: &ConversationFilter,
    sight: Sight,
    asked: &Asked<'_>,
    values: &mut Values,
) -> Option<String> {
    let direction = if asked.descending { "DESC" } else { "ASC" };
    let limit = values.count(asked.limit);
    let mut common = conditions(filter, values);
    common.extend(asked.only.map(str::to_owned));
    if let Some((at, id)) = asked.after {
        let comparison = if asked.descending { "<" } else { ">" };
        let (at, id) = (values.time(at), values.uuid(id));
        common.push(format!("({}, c.id) {comparison} ({at}, {id})", asked.key));
    }
    let parts: Vec<String> = stretches(filter, sight)
        .into_iter()
        .map(|stretch| {
            let mut all = stretch.conditions(values);
            all.extend(common.iter().cloned());
            format!(
                "(SELECT c.id, {key} AS at FROM conversations c WHERE {} \
                  ORDER BY {key} {direction}, c.id {direction} LIMIT {limit})",
                together(&all),
                key = asked.key,
            )
        })
        .collect();
    (!parts.is_empty()).then(|| {
        format!(
            "SELECT id, at FROM ({}) AS found ORDER BY at {direction}, id {direction} LIMIT {limit}",
            parts.join(" UNION ALL ")
        )
    })
}

/// An expression: how many match, counted no further than `most`.
pub(super) fn count(filter: &ConversationFilter, sight: Sight, most: i64, values: &mut Values) -> String {
    let common = conditions(filter, values);
    let most = values.count(most);
    let parts: Vec<String> = stretches(filter, sight)
        .into_iter()
        .map(|stretch| {
            let mut all = stretch.conditions(values);
            all.extend(common.iter().cloned());
            format!(
                "(SELECT 1 FROM conversations c WHERE {} LIMIT {most})",
                together(&all)
            )
        })
        .collect();
    if parts.is_empty() {
        return "0::bigint".to_owned();
    }
    format!(
        "(SELECT count(*) FROM (SELECT 1 FROM ({}) AS matching LIMIT {most}) AS counted)",
        parts.join(" UNION ALL ")
    )
}

fn together(conditions: &[String]) -> String {
    if conditions.is_empty() {
        "true".to_owned()
    } else {
        conditions.join(" AND ")
    }
}

impl Stretch {
    fn conditions(self, values: &mut Values) -> Vec<String> {
        let owner = self.owner.map(|owner| match owner {
            AssigneeFilter::Unassigned => "c.assignee_id IS NULL".to_owned(),
            AssigneeFilter::User(UserId(user)) => format!("c.assignee_id = {}", values.uuid(user)),
        });
        let status = self
            .status
            .map(|status| format!("c.status = {}", values.text(status.as_str())));
        owner.into_iter().chain(status).collect()
    }
}

/// What holds for every row, whatever its stretch.
fn conditions(filter: &ConversationFilter, values: &mut Values) -> Vec<String> {
    let mut all = Vec::new();
    if let Some(channel) = filter.channel {
        all.push(format!("c.channel_id = {}", values.uuid(channel.uuid())));
    }
    match filter.unread {
        Some(true) => all.push("c.unread_count > 0".to_owned()),
        Some(false) => all.push("c.unread_count = 0".to_owned()),
        None => {}
    }
    if let Some(window) = filter.window {
        all.push(standing(window, filter.now, values));
    }
    if let Some(tag) = &filter.tag {
        let tag = match tag {
            TagFilter::Id(id) => format!("t.id = {}", values.uuid(id.uuid())),
            TagFilter::Name(name) => format!("t.name ILIKE {}", values.text(escape_like(name))),
        };
        all.push(format!(
            "c.id IN (SELECT ct.conversation_id FROM conversation_tags ct JOIN tags t ON t.id = ct.tag_id WHERE {tag})"
        ));
    }
    if let Some(text) = &filter.search {
        all.push(match search::contact_query(text) {
            Some(query) => format!(
                "c.contact_id IN (SELECT contact_id FROM contact_search WHERE words @@ {}::tsquery)",
                values.text(query)
            ),
            None => "false".to_owned(),
        });
    }
    all
}

/// That the window stands so. Whose window is open was active of late, which is what the indexes know.
pub(super) fn standing(window: WindowFilter, now: DateTime<Utc>, values: &mut Values) -> String {
    let at = values.time(now);
    match window {
        WindowFilter::Closed => format!("(c.window_expires_at IS NULL OR c.window_expires_at <= {at})"),
        WindowFilter::Open => {
            let since = values.time(now - OPENED_WITHIN);
            format!("c.window_expires_at > {at} AND c.last_activity_at > {since}")
        }
        WindowFilter::Closing => {
            let (since, until) = (values.time(now - OPENED_WITHIN), values.time(now + CLOSING));
            format!(
                "c.window_expires_at > {at} AND c.window_expires_at <= {until} AND c.last_activity_at > {since}"
            )
        }
    }
}
