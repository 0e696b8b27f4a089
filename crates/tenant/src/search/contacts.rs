//! Finding conversations by whom they are with.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, ListError, Page, PageRequest, Tenant};

use super::{contact_query, index};
use crate::{
    conversation::{ConversationView, Conversations, Sight},
    id::ConversationId,
};

/// Conversations that are looked through before an index is asked: what many customers are called is found among
/// the most active ones at once, and what few are called the index knows few of.
const LOOKED_THROUGH: i64 = 1_000;

/// A conversation with a customer who is called so.
pub type ContactHit = ConversationView;

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = SqlUuid)]
    id: ConversationId,
    #[diesel(sql_type = Timestamptz)]
    at: DateTime<Utc>,
}

/// Among the most active conversations after a place.
const AMONG_THE_NEWEST: &str = "\
    SELECT c.id, c.last_activity_at AS at FROM ( \
        SELECT id, last_activity_at, contact_id, assignee_id FROM conversations \
        WHERE $3 IS NULL OR (last_activity_at, id) < ($3, $4) \
        ORDER BY last_activity_at DESC, id DESC LIMIT $6) AS c \
    JOIN contact_search s USING (contact_id) \
    WHERE s.words @@ $1::tsquery AND ($2 IS NULL OR c.assignee_id IS NULL OR c.assignee_id = $2) \
    ORDER BY c.last_activity_at DESC, c.id DESC LIMIT $5";

/// Among all that the index knows.
const AMONG_ALL: &str = "\
    WITH called AS MATERIALIZED (SELECT contact_id FROM contact_search WHERE words @@ $1::tsquery) \
    SELECT c.id, c.last_activity_at AS at FROM called JOIN conversations c USING (contact_id) \
    WHERE ($2 IS NULL OR c.assignee_id IS NULL OR c.assignee_id = $2) \
      AND ($3 IS NULL OR (c.last_activity_at, c.id) < ($3, $4)) \
    ORDER BY c.last_activity_at DESC, c.id DESC LIMIT $5";

/// Conversations in sight whose customers have names or numbers with each of the words of `text` in them, the most
/// recently active first.
pub async fn find_conversations(
    conn: &mut Conn<Tenant>,
    text: &str,
    sight: Sight,
    page: &PageRequest,
) -> Result<Page<ContactHit>, ListError> {
    let after = page.after::<(DateTime<Utc>, ConversationId)>()?;
    let Some(query) = contact_query(text) else {
        return Ok(Page {
            items: Vec::new(),
            next: None,
        });
    };
    index::catch_up(conn).await?;
    let mut found = Vec::new();
    for (sql, most) in [(AMONG_THE_NEWEST, Some(LOOKED_THROUGH)), (AMONG_ALL, None)] {
        let asked = diesel::sql_query(sql)
            .into_boxed()
            .bind::<Text, _>(query.clone())
            .bind::<Nullable<SqlUuid>, _>(sight.only_of())
            .bind::<Nullable<Timestamptz>, _>(after.map(|(at, _)| at))
            .bind::<Nullable<SqlUuid>, _>(after.map(|(_, id)| id))
            .bind::<BigInt, _>(page.fetch_limit());
        let asked = match most {
            Some(most) => asked.bind::<BigInt, _>(most),
            None => asked,
        };
        found = asked.load::<Found>(&mut **conn).await?;
        if found.len() > page.limit {
            break;
        }
    }
    let page = Page::from_rows(found, page.limit, |row| (row.at, row.id));
    let ids: Vec<ConversationId> = page.items.iter().map(|row| row.id).collect();
    let items = Conversations::new(conn).views(&ids).await?;
    Ok(Page {
        items,
        next: page.next,
    })
}
