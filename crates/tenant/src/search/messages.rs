//! Finding what was said.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, ListError, Page, PageRequest, Tenant};
use uuid::Uuid;

use super::{
    fold::{self, Range},
    index, query_of, terms,
};
use crate::{
    contact::Contact,
    conversation::Sight,
    id::{ConversationId, MessageId},
    message::Message,
    schema::{contacts, conversations, messages},
};

/// Searched messages among which the newest stretch of time is looked for.
const NEWEST: i64 = 4_000;
/// How much longer each stretch is than the one before it.
const LONGER: i32 = 16;
/// Stretches before everything that is left is searched.
const STRETCHES: usize = 3;
/// After everything: the end of the year 9999, since what is scheduled has its time already.
const LATEST: DateTime<Utc> = match DateTime::from_timestamp(253_402_300_799, 0) {
    Some(latest) => latest,
    None => DateTime::<Utc>::MAX_UTC,
};
/// Characters of a message that are shown around what was found.
const SHOWN: usize = 160;
const BEFORE: usize = 40;

/// A message in which something was found.
#[derive(Debug, Clone)]
pub struct MessageHit {
    /// The message; of an edit, the one that it changed, if that is known.
    pub id: MessageId,
    /// Its thread.
    pub conversation: ConversationId,
    /// The thread's line.
    pub channel: ChannelId,
    /// The thread's customer.
    pub contact: Contact,
    /// The message that holds the words.
    pub message: Message,
    /// The part of the text that holds what was found.
    pub snippet: String,
    /// Where in `snippet` it stands.
    pub highlights: Vec<Range>,
}

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: MessageId,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct Begin {
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Of the newest stretch everything is looked at: a word that everybody uses would have the index name each of
/// its places. OFFSET 0 keeps PostgreSQL from asking the index all the same.
const IN_THE_NEWEST: &str = "\
    SELECT at, message_id FROM ( \
        SELECT at, message_id, words FROM message_search \
        WHERE at <= $2 AND at >= $3 AND (at, message_id) < ($2, $4) OFFSET 0) AS newest \
    WHERE words @@ $1::tsquery";

/// In a longer one the index is asked.
const IN_A_STRETCH: &str = "\
    SELECT at, message_id FROM message_search \
    WHERE words @@ $1::tsquery AND at <= $2 AND at >= $3 AND (at, message_id) < ($2, $4)";

/// Of what was said the newest in sight. Without MATERIALIZED PostgreSQL may go through a whole stretch in order, in
/// the hope of finding enough on the way.
fn newest_of(said: &str, sight: Sight) -> String {
    let seen = match sight.only_of() {
        // Whose conversation it is need not be read.
        None => "SELECT message_id AS id, at FROM said ORDER BY at DESC, message_id DESC LIMIT $5",
        Some(_) => {
            "SELECT m.id, said.at FROM said \
                JOIN messages m ON m.id = said.message_id JOIN conversations c ON c.id = m.conversation_id \
            WHERE c.assignee_id IS NULL OR c.assignee_id = $6 \
            ORDER BY said.at DESC, m.id DESC LIMIT $5"
        }
    };
    format!("WITH said AS MATERIALIZED ({said}) {seen}")
}

/// Where the newest stretch before a time begins.
const NEWEST_STRETCH: &str = "SELECT min(at) AS at FROM (SELECT at FROM message_search WHERE at <= $1 \
    ORDER BY at DESC, message_id DESC LIMIT $2) AS newest HAVING count(*) > 0";

/// Messages in sight that hold words beginning with each of the words of `text`, the newest first.
///
/// Time is gone through backwards in stretches that grow: a word that everybody uses fills a page from the newest
/// one, and by the time everything is searched the word is known to be rare.
pub async fn find_messages(
    conn: &mut Conn<Tenant>,
    text: &str,
    sight: Sight,
    page: &PageRequest,
) -> Result<Page<MessageHit>, ListError> {
    let after = page.after::<(DateTime<Utc>, MessageId)>()?;
    let terms = terms(text);
    let Some(query) = query_of(&terms) else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    index::catch_up(conn).await?;
    let mut found = Vec::new();
    let mut until = after.unwrap_or((LATEST, MessageId(Uuid::max())));
    for (place, since) in stretches(conn, until.0).await?.into_iter().enumerate() {
        let wanted = page.fetch_limit() - i64::try_from(found.len()).unwrap_or(i64::MAX);
        let said = if place == 0 { IN_THE_NEWEST } else { IN_A_STRETCH };
        let stretch = Stretch { said, since, until };
        found.extend(in_stretch(conn, &query, sight, &stretch, wanted).await?);
        if found.len() > page.limit {
            break;
        }
        // What is at that very time was searched.
        until = (since, MessageId(Uuid::nil()));
    }
    let page = Page::from_rows(found, page.limit, |row| (row.at, row.id));
    let ids: Vec<MessageId> = page.items.iter().map(|row| row.id).collect();
    Ok(Page {
        items: complete(conn, &ids, &terms).await?,
        next: page.next,
    })
}

/// Where each stretch before `until` begins, the newest first; the last reaches back to the beginning of time.
async fn stretches(conn: &mut Conn<Tenant>, until: DateTime<Utc>) -> Result<Vec<DateTime<Utc>>, DbError> {
    let begin: Option<Begin> = diesel::sql_query(NEWEST_STRETCH)
        .bind::<Timestamptz, _>(until)
        .bind::<BigInt, _>(NEWEST)
        .get_result(&mut **conn)
        .await
        .optional()?;
    let Some(Begin { at: first }) = begin else {
        return Ok(Vec::new());
    };
    let newest: Option<Begin> = diesel::sql_query(NEWEST_STRETCH)
        .bind::<Timestamptz, _>(until)
        .bind::<BigInt, _>(1_i64)
        .get_result(&mut **conn)
        .await
        .optional()?;
    let mut length = newest.map_or(TimeDelta::zero(), |newest| newest.at - first);
    let mut all = vec![first];
    let mut begin = first;
    for _ in 1..STRETCHES {
        length = length.checked_mul(LONGER).unwrap_or(TimeDelta::MAX);
        match begin.checked_sub_signed(length) {
            Some(earlier) if earlier > DateTime::UNIX_EPOCH => begin = earlier,
            _ => break,
        }
        all.push(begin);
    }
    all.push(DateTime::UNIX_EPOCH);
    Ok(all)
}

/// A stretch of time, from `since` to a place in it.
struct Stretch {
    said: &'static str,
    since: DateTime<Utc>,
    until: (DateTime<Utc>, MessageId),
}

async fn in_stretch(
    conn: &mut Conn<Tenant>,
    query: &str,
    sight: Sight,
    stretch: &Stretch,
    limit: i64,
) -> Result<Vec<Found>, DbError> {
    let (until, id) = stretch.until;
    let asked = diesel::sql_query(newest_of(stretch.said, sight))
        .into_boxed()
        .bind::<Text, _>(query.to_owned())
        .bind::<Timestamptz, _>(until)
        .bind::<Timestamptz, _>(stretch.since)
        .bind::<SqlUuid, _>(id)
        .bind::<BigInt, _>(limit);
    let asked = match sight.only_of() {
        None => asked,
        Some(user) => asked.bind::<SqlUuid, _>(user),
    };
    Ok(asked.load(&mut **conn).await?)
}

/// What was found with all that is shown of it, in this order.
async fn complete(
    conn: &mut Conn<Tenant>,
    ids: &[MessageId],
    terms: &[String],
) -> Result<Vec<MessageHit>, DbError> {
    let rows: Vec<(Message, ChannelId, Contact)> = messages::table
        .inner_join(conversations::table.on(conversations::id.eq(messages::conversation_id)))
        .inner_join(contacts::table.on(contacts::id.eq(conversations::contact_id)))
        .filter(messages::id.eq_any(ids))
        .select((
            Message::as_select(),
            conversations::channel_id,
            Contact::as_select(),
        ))
        .load(&mut **conn)
        .await?;
    let targets = edited(conn, &rows).await?;
    let mut by_id: HashMap<MessageId, MessageHit> = rows
        .into_iter()
        .map(|(message, channel, contact)| {
            let (snippet, highlights) = snippet(message.body.as_deref().unwrap_or_default(), terms);
            let hit = MessageHit {
                id: targets.get(&message.id).copied().unwrap_or(message.id),
                conversation: message.conversation_id,
                channel,
                contact,
                snippet,
                highlights,
                message,
            };
            (hit.message.id, hit)
        })
        .collect();
    Ok(ids.iter().filter_map(|id| by_id.remove(id)).collect())
}

/// Of each edit the message that it changed.
async fn edited(
    conn: &mut Conn<Tenant>,
    rows: &[(Message, ChannelId, Contact)],
) -> Result<HashMap<MessageId, MessageId>, DbError> {
    let edits: Vec<MessageId> = rows
        .iter()
        .filter(|(message, ..)| message.kind == "edit")
        .map(|(message, ..)| message.id)
        .collect();
    if edits.is_empty() {
        return Ok(HashMap::new());
    }
    let target = diesel::alias!(messages as target);
    let found = messages::table
        .inner_join(
            target.on(target
                .field(messages::channel_id)
                .eq(messages::channel_id)
                .and(target.field(messages::wamid).eq(messages::context_wamid))),
        )
        .filter(messages::id.eq_any(edits))
        .select((messages::id, target.field(messages::id)))
        .load(&mut **conn)
        .await?;
    Ok(found.into_iter().collect())
}

/// The part of a text around the first thing found, on one line, and where in it things were found.
fn snippet(text: &str, terms: &[String]) -> (String, Vec<Range>) {
    let line: String = text
        .chars()
        .map(|c| if c.is_control() { ' ' } else { c })
        .collect();
    let hits = fold::hits(&line, terms, false);
    let length = line.chars().count();
    let first = hits.as_slice().first().map_or(0, |(start, _)| *start);
    let begin = if first + BEFORE < SHOWN || length <= SHOWN {
        0
    } else {
        first - BEFORE
    };
    let end = (begin + SHOWN).min(length);
    let mut shown = String::new();
    if begin > 0 {
        shown.push('…');
    }
    let moved = usize::from(begin > 0);
    shown.extend(line.chars().skip(begin).take(end - begin));
    if end < length {
        shown.push('…');
    }
    let places: Vec<(usize, usize)> = hits
        .into_iter()
        .filter(|(start, stop)| *start >= begin && *stop <= end)
        .map(|(start, stop)| (start - begin + moved, stop - begin + moved))
        .collect();
    let highlights = fold::in_utf16(&shown, &places);
    (shown, highlights)
}
