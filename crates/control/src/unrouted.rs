//! Lines that write to us and are not registered. Only the ids, a count and
//! the times are kept, never a message, so that the panel can say so.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, QueryDsl,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest};

use crate::{schema::unrouted_lines, text};

/// How many lines are kept. Anybody can make ids up while webhooks are taken
/// unsigned, so further ones are dropped; those that are known go on counting.
pub const MAX_LINES: i64 = 1_000;

/// One item of a webhook that no line is registered for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnroutedHit {
    /// The line's id with Meta.
    pub phone_number_id: String,
    /// The WhatsApp Business account it belongs to.
    pub waba_id: Option<String>,
    /// Its number as Meta writes it.
    pub display_phone_number: Option<String>,
}

/// A line that writes to us and is not registered.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = unrouted_lines)]
pub struct UnroutedLine {
    /// The line's id with Meta.
    pub phone_number_id: String,
    /// The WhatsApp Business account it belongs to.
    pub waba_id: Option<String>,
    /// Its number as Meta writes it.
    pub display_phone_number: Option<String>,
    /// How many items came.
    pub hits: i64,
    /// When the first came.
    pub first_seen_at: DateTime<Utc>,
    /// When the last came.
    pub last_seen_at: DateTime<Utc>,
}

/// Counts hits of known lines, and adds new lines while there is room. Two
/// servers that add lines at the same moment may go over by those few.
const RECORD: &str = "
    WITH hit AS (
        SELECT * FROM unnest($1, $2, $3, $4) AS t (phone_number_id, waba_id, display_phone_number, hits)
    ), ranked AS (
        SELECT hit.*, known.phone_number_id IS NOT NULL AS is_known,
               row_number() OVER (PARTITION BY known.phone_number_id IS NOT NULL ORDER BY hit.phone_number_id) AS place
        FROM hit LEFT JOIN unrouted_lines known USING (phone_number_id)
    )
    INSERT INTO unrouted_lines AS line
        (phone_number_id, waba_id, display_phone_number, hits, first_seen_at, last_seen_at)
    SELECT phone_number_id, waba_id, display_phone_number, hits, $5, $5
    FROM ranked
    WHERE is_known OR place <= $6 - (SELECT count(*) FROM unrouted_lines)
    ORDER BY phone_number_id
    ON CONFLICT (phone_number_id) DO UPDATE SET
        waba_id = coalesce(excluded.waba_id, line.waba_id),
        display_phone_number = coalesce(excluded.display_phone_number, line.display_phone_number),
        hits = line.hits + excluded.hits,
        last_seen_at = greatest(line.last_seen_at, excluded.last_seen_at)";

/// Queries over `unrouted_lines`.
pub struct Unrouted<'c>(&'c mut Conn<Control>);

impl<'c> Unrouted<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Counts what came for lines that are not registered, in one statement.
    /// Ids that are not digits are no lines and are dropped.
    pub async fn record(&mut self, hits: &[UnroutedHit], now: DateTime<Utc>) -> Result<(), DbError> {
        let lines = by_line(hits);
        if lines.is_empty() {
            return Ok(());
        }
        let ids: Vec<&str> = lines.keys().copied().collect();
        let wabas: Vec<Option<&str>> = lines.values().map(|line| line.waba_id).collect();
        let numbers: Vec<Option<&str>> = lines.values().map(|line| line.number.as_deref()).collect();
        let counts: Vec<i64> = lines.values().map(|line| line.hits).collect();
        diesel::sql_query(RECORD)
            .bind::<Array<Text>, _>(ids)
            .bind::<Array<Nullable<Text>>, _>(wabas)
            .bind::<Array<Nullable<Text>>, _>(numbers)
            .bind::<Array<BigInt>, _>(counts)
            .bind::<Timestamptz, _>(now)
            .bind::<BigInt, _>(MAX_LINES)
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// The lines, the one heard from last first.
    pub async fn list(&mut self, page: &PageRequest) -> Result<Page<UnroutedLine>, ListError> {
        let mut query = UnroutedLine::query()
            .order((
                unrouted_lines::last_seen_at.desc(),
                unrouted_lines::phone_number_id.desc(),
            ))
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some((at, id)) = page.after::<(DateTime<Utc>, String)>()? {
            let same_instant = unrouted_lines::last_seen_at
                .eq(at)
                .and(unrouted_lines::phone_number_id.lt(id));
            query = query.filter(unrouted_lines::last_seen_at.lt(at).or(same_instant));
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |line: &UnroutedLine| {
            (line.last_seen_at, line.phone_number_id.clone())
        }))
    }

    /// Forgets a line; returns whether it was known.
    pub async fn delete(&mut self, phone_number_id: &str) -> Result<bool, DbError> {
        if !text::is_digits(phone_number_id, 1..=32) {
            return Ok(false);
        }
        let line = unrouted_lines::table.find(phone_number_id);
        Ok(diesel::delete(line).execute(&mut **self.0).await? == 1)
    }
}

/// What one statement adds for a line.
#[derive(Default)]
struct Added<'a> {
    waba_id: Option<&'a str>,
    number: Option<String>,
    hits: i64,
}

/// One entry per line, in the order of the ids: statements that run side by
/// side then lock rows in the same order.
fn by_line(hits: &[UnroutedHit]) -> BTreeMap<&str, Added<'_>> {
    let mut lines: BTreeMap<&str, Added<'_>> = BTreeMap::new();
    for hit in hits
        .iter()
        .filter(|hit| text::is_digits(&hit.phone_number_id, 1..=32))
    {
        let line = lines.entry(&hit.phone_number_id).or_default();
        line.hits += 1;
        line.waba_id = hit
            .waba_id
            .as_deref()
            .filter(|id| text::is_digits(id, 1..=32))
            .or(line.waba_id);
        let number = hit.display_phone_number.as_deref().and_then(text::phone_number);
        line.number = number.or(line.number.take());
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hit(id: &str, waba_id: Option<&str>) -> UnroutedHit {
        UnroutedHit {
            phone_number_id: id.to_owned(),
            waba_id: waba_id.map(str::to_owned),
            display_phone_number: Some("x\0".to_owned()),
        }
    }

    #[test]
    fn hits_of_one_line_add_up_and_rubbish_is_dropped() {
        let long = "1".repeat(33);
        let hits = [
            hit("77", Some("5")),
            hit("77", None),
            hit("", None),
            hit("7a", None),
            hit(&long, None),
        ];
        let lines = by_line(&hits);
        assert_eq!(lines.len(), 1);
        assert_eq!(
            (lines["77"].hits, lines["77"].waba_id, &lines["77"].number),
            (2, Some("5"), &None)
        );
    }
}
