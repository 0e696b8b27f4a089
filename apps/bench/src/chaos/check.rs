//! Holds the databases against the ledger.

use std::collections::HashMap;

use serde::Serialize;
use tokio_postgres::Client;

use crate::{
    chaos::{
        ledger::{Expected, Status},
        meta::Meta,
    },
    sql,
};

/// Examples of each fault that are named.
const NAMED: usize = 5;

/// What was found. Everything but the first three must be zero.
#[derive(Debug, Default, Clone, Serialize)]
pub struct Verdict {
    /// Messages acknowledged.
    pub messages: usize,
    /// Statuses acknowledged.
    pub statuses: usize,
    /// Events of the databases' own, looked through.
    pub events: i64,
    /// Acknowledged messages that are not stored.
    pub lost: usize,
    /// Messages stored more than once.
    pub doubled: usize,
    /// Messages stored that nobody sent to this tenant, or that say something else.
    pub foreign: usize,
    /// Acknowledged statuses that the message does not show.
    pub statuses_lost: usize,
    /// Statuses shown that nobody sent.
    pub statuses_foreign: usize,
    /// Conversations whose counter or last message is not what their messages make.
    pub conversations_wrong: i64,
    /// Numbers missing in the tenants' event sequences.
    pub event_gaps: i64,
    /// Messages that were not told of exactly once.
    pub events_wrong: i64,
    /// Parked statuses whose message is there.
    pub orphans: i64,
    /// Items set aside: nothing here was poisonous.
    pub dead_letters: i64,
    /// Rows that still wait in the control plane's spool.
    pub spooled: i64,
    /// A few of what is wrong.
    pub examples: Vec<String>,
}

impl Verdict {
    /// Whether everything is there, once.
    pub fn is_clean(&self) -> bool {
        let counts = [
            self.lost,
            self.doubled,
            self.foreign,
            self.statuses_lost,
            self.statuses_foreign,
        ];
        let rows = [
            self.conversations_wrong,
            self.event_gaps,
            self.events_wrong,
            self.orphans,
            self.dead_letters,
            self.spooled,
        ];
        counts.iter().all(|count| *count == 0) && rows.iter().all(|count| *count == 0)
    }

    /// Whether only waiting could still change it: what was acknowledged may be on its way.
    pub fn may_pass(&self) -> bool {
        self.doubled == 0 && self.foreign == 0 && self.statuses_foreign == 0
    }

    fn example(&mut self, of: usize, text: impl FnOnce() -> String) {
        if of <= NAMED {
            self.examples.push(text());
        }
    }
}

/// Looks at every tenant's database and at the control plane's.
pub async fn check(meta: &Meta, control_url: &str) -> anyhow::Result<Verdict> {
    let mut verdict = Verdict {
        spooled: spooled(control_url).await?,
        ..Verdict::default()
    };
    for (index, tenant) in meta.tenants.iter().enumerate() {
        let client = sql::connect(&tenant.url).await?;
        let expected = meta.ledger.expected(index);
        messages(&client, &tenant.slug, &expected, &mut verdict).await?;
        statuses(&client, &tenant.slug, &expected, &mut verdict).await?;
        consistency(&client, &tenant.slug, &mut verdict).await?;
    }
    Ok(verdict)
}

async fn messages(
    client: &Client,
    slug: &str,
    expected: &Expected,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let stored = client
        .query(
            "SELECT wamid, coalesce(body, ''), count(*) FROM messages WHERE direction = 'in' GROUP BY 1, 2",
            &[],
        )
        .await?;
    let mut seen: HashMap<String, i64> = HashMap::with_capacity(stored.len());
    for row in &stored {
        let (wamid, body): (String, String) = (row.try_get(0)?, row.try_get(1)?);
        if expected
            .messages
            .get(&wamid)
            .is_none_or(|(wanted, _)| *wanted != body)
        {
            verdict.foreign += 1;
            verdict.example(verdict.foreign, || format!("{slug}: {wamid} was not sent here"));
        }
        *seen.entry(wamid).or_default() += row.try_get::<_, i64>(2)?;
    }
    for (wamid, count) in seen.iter().filter(|(_, count)| **count > 1) {
        verdict.doubled += 1;
        verdict.example(verdict.doubled, || {
            format!("{slug}: {wamid} is there {count} times")
        });
    }
    for (wamid, _) in expected
        .messages
        .iter()
        .filter(|(_, (_, acknowledged))| *acknowledged)
    {
        verdict.messages += 1;
        if !seen.contains_key(wamid) {
            verdict.lost += 1;
            verdict.example(verdict.lost, || {
                format!("{slug}: {wamid} was acknowledged and is not there")
            });
        }
    }
    Ok(())
}

async fn statuses(
    client: &Client,
    slug: &str,
    expected: &Expected,
    verdict: &mut Verdict,
) -> anyhow::Result<()> {
    let rows = client
        .query(
            "SELECT wamid, sent_at IS NOT NULL, delivered_at IS NOT NULL, read_at IS NOT NULL, failed_at IS NOT NULL
             FROM messages WHERE direction = 'out'",
            &[],
        )
        .await?;
    let mut shown: HashMap<String, [bool; 4]> = HashMap::new();
    for row in &rows {
        let flags = [row.try_get(1)?, row.try_get(2)?, row.try_get(3)?, row.try_get(4)?];
        shown.insert(row.try_get(0)?, flags);
    }
    for (wamid, flags) in &shown {
        let told = expected.statuses.get(wamid).map_or(&[][..], Vec::as_slice);
        // A later report implies the earlier ones, so only one beyond all that was sent is wrong.
        let furthest = told.iter().map(|(status, _)| *status).max();
        for (status, flag) in Status::ALL.into_iter().zip(flags) {
            let was_told = told.iter().any(|(sent, _)| *sent == status);
            let implied = status != Status::Failed && furthest.is_some_and(|furthest| furthest > status);
            if *flag && !was_told && !implied {
                verdict.statuses_foreign += 1;
                verdict.example(verdict.statuses_foreign, || {
                    format!("{slug}: {wamid} shows {}, which was not sent", status.as_str())
                });
            }
        }
    }
    for (wamid, told) in &expected.statuses {
        for (status, _) in told.iter().filter(|(_, acknowledged)| *acknowledged) {
            verdict.statuses += 1;
            let flags = shown.get(wamid).copied().unwrap_or_default();
            let mut filled = Status::ALL.into_iter().zip(flags);
            if !filled.any(|(kind, flag)| kind == *status && flag) {
                verdict.statuses_lost += 1;
                verdict.example(verdict.statuses_lost, || {
                    format!("{slug}: {wamid} does not show {}", status.as_str())
                });
            }
        }
    }
    Ok(())
}

/// Rows that contradict each other, whatever was sent. Nobody read or answered anything here, so
/// every inbound message is unread.
const WRONG: [(&str, &str); 5] = [
    (
        "conversations whose counter or last message is wrong",
        "SELECT count(*) FROM conversations c
         CROSS JOIN LATERAL (SELECT count(*) FILTER (WHERE direction = 'in') AS unread, max(occurred_at) AS newest,
                                    max(occurred_at) FILTER (WHERE direction = 'in') AS inbound
                             FROM messages WHERE conversation_id = c.id) m
         LEFT JOIN messages l ON l.id = c.last_message_id AND l.conversation_id = c.id
         WHERE c.unread_count <> m.unread OR l.id IS NULL OR l.occurred_at <> m.newest
            OR c.last_activity_at <> m.newest OR c.last_inbound_at IS DISTINCT FROM m.inbound",
    ),
    (
        "event numbers missing",
        "SELECT (SELECT last_event FROM tenant_meta) - (SELECT count(*) FROM events)",
    ),
    (
        "messages not told of exactly once",
        "SELECT count(*) FROM (
             SELECT m.id FROM messages m LEFT JOIN events e ON e.message_id = m.id AND e.kind = 'message.created'
             WHERE m.direction = 'in' GROUP BY m.id HAVING count(e.seq) <> 1) AS wrong",
    ),
    (
        "parked statuses whose message is there",
        "SELECT count(*) FROM orphan_statuses o JOIN messages m USING (channel_id, wamid)",
    ),
    ("items set aside", "SELECT count(*) FROM dead_letters"),
];

async fn consistency(client: &Client, slug: &str, verdict: &mut Verdict) -> anyhow::Result<()> {
    let mut counts = [0_i64; WRONG.len()];
    for ((what, query), count) in WRONG.iter().zip(&mut counts) {
        *count = sql::number(client, query).await?;
        if *count != 0 {
            verdict.examples.push(format!("{slug}: {what}: {count}"));
        }
    }
    let [conversations, gaps, events, orphans, dead] = counts;
    verdict.conversations_wrong += conversations;
    verdict.event_gaps += gaps.abs();
    verdict.events_wrong += events;
    verdict.orphans += orphans;
    verdict.dead_letters += dead;
    verdict.events += sql::number(client, "SELECT count(*) FROM events").await?;
    Ok(())
}

/// Rows of the control plane's spool, whatever tables it has; none where there is no spool.
async fn spooled(control_url: &str) -> anyhow::Result<i64> {
    let client = sql::connect(control_url).await?;
    let tables = client
        .query(
            "SELECT quote_ident(relname) FROM pg_class
             WHERE relkind IN ('r', 'p') AND relnamespace = 'public'::regnamespace AND relname IN ('spool', 'spool_items')",
            &[],
        )
        .await?;
    let mut rows = 0;
    for table in &tables {
        let name: &str = table.try_get(0)?;
        rows += sql::number(&client, &format!("SELECT count(*) FROM {name}")).await?;
    }
    Ok(rows)
}
