//! The yardsticks that need no server of ours: the plain transaction, and one multi-row insert.
//!
//! Both write the rows that a customer's text makes, in databases migrated as tenants' are.

use std::time::Instant;

use serde::Serialize;

use crate::{
    figures::{Used, per_second},
    pgbench::Mode,
    proc, sql,
    webhook::{self, Text},
};

/// The line that the yardsticks' conversations belong to.
const CHANNEL: &str = "01999d6e-0000-7000-8000-000000000001";
/// Rows of one insert.
const ROWS: u32 = 100;
/// How often it is done.
const REPEATS: u32 = 200;

/// What every yardstick database needs before the first transaction: its customers, and numbers
/// for events that no transaction waits for (the product's own counter is gapless and locks).
pub async fn prepare(url: &str, contacts: u64) -> anyhow::Result<()> {
    let client = sql::connect(url).await?;
    client
        .batch_execute(&format!(
            "CREATE SEQUENCE IF NOT EXISTS bench_events;
             INSERT INTO contacts (id, user_key, phone, bsuid, profile_name)
             SELECT gen_random_uuid(), 'MX.' || (90000000000000000000 + n), '52155' || lpad(n::text, 8, '0'),
                    'MX.' || (90000000000000000000 + n), 'Cliente ' || n
             FROM generate_series(0, {contacts} - 1) n ON CONFLICT DO NOTHING;
             INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at)
             SELECT gen_random_uuid(), '{CHANNEL}', user_key, id, now() FROM contacts ON CONFLICT DO NOTHING"
        ))
        .await?;
    Ok(client.batch_execute("VACUUM ANALYZE").await?)
}

/// The raw JSON of a message, as long as the load's.
pub fn raw() -> String {
    webhook::message(&Text {
        wamid: "wamid.HBgLB00001AAAAAAAAAAAAAAAA0000000000",
        contact: 1,
        at: 1_793_440_800,
        body: "Hola, ¿tienen lugar para mañana a las diez? Muchas gracias.",
    })
}

/// The transaction for pgbench: four statements, each its own round trip, between BEGIN and COMMIT.
/// `raw` is given from outside, as an application would send it each time.
pub fn script(mode: Mode, contacts: u64) -> String {
    let text = |name: &str| match mode {
        Mode::Prepared => format!(":{name}"),
        // Put into the text as it stands.
        Mode::Simple => format!("':{name}'"),
    };
    let (contact, conversation) = (text("contact"), text("conversation"));
    let (message, raw, last) = (text("message"), text("raw"), contacts.max(1) - 1);
    let key = "'MX.' || (90000000000000000000 + (:c)::bigint)";
    let body = "'Hola, ¿tienen lugar para mañana a las diez? Muchas gracias.'";
    format!(
        "\\set c random(0, {last})
\\set n random(1, 9000000000000000000)
BEGIN;
INSERT INTO contacts AS known (id, user_key, phone, bsuid, profile_name) VALUES (gen_random_uuid(), {key}, '52155' || lpad((:c)::bigint::text, 8, '0'), {key}, 'Cliente ' || (:c)::bigint) ON CONFLICT (user_key) DO UPDATE SET profile_name = excluded.profile_name, updated_at = now() RETURNING id AS contact \\gset
INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at) VALUES (gen_random_uuid(), '{CHANNEL}', {key}, ({contact})::uuid, now()) ON CONFLICT (channel_id, user_key) DO UPDATE SET contact_id = excluded.contact_id RETURNING id AS conversation \\gset
INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, raw, author_kind, occurred_at) VALUES (gen_random_uuid(), ({conversation})::uuid, '{CHANNEL}', 'wamid.HBgLB00001' || (:n)::bigint, 'in', 'text', {body}, ({raw})::json, 'contact', now()) RETURNING id AS message \\gset
WITH told AS (INSERT INTO events (seq, kind, conversation_id, message_id) VALUES (nextval('bench_events'), 'message.created', ({conversation})::uuid, ({message})::uuid)) UPDATE conversations SET unread_count = unread_count + 1, last_message_id = ({message})::uuid, last_activity_at = now(), last_inbound_at = now(), window_expires_at = now() + interval '24 hours' WHERE id = ({conversation})::uuid;
COMMIT;
"
    )
}

/// What the disk and Postgres allow when nobody asks for single rows.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Bulk {
    /// Rows of one statement, which is one transaction.
    pub rows: u32,
    /// Rows a second.
    pub per_second: f64,
    /// CPU of Postgres for a row, in microseconds.
    pub cpu: f64,
}

/// Inserts messages of one conversation, so many at a time, one transaction after the other.
pub async fn bulk(url: &str, postgres: u32) -> anyhow::Result<Bulk> {
    let client = sql::connect(url).await?;
    let insert = client
        .prepare(
            "INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, raw, author_kind, occurred_at)
             SELECT gen_random_uuid(), known.id, known.channel_id, wamid, 'in', 'text', body, raw::json, 'contact', now()
             FROM unnest($1::text[], $2::text[], $3::text[]) AS new (wamid, body, raw),
                  (SELECT id, channel_id FROM conversations LIMIT 1) AS known",
        )
        .await?;
    let used = || Used {
        postgres: proc::tree_cpu(postgres),
        ..Used::default()
    };
    let rows = usize::try_from(ROWS).unwrap_or_default();
    let raw = vec![raw(); rows];
    let text = vec!["Hola, ¿tienen lugar para mañana a las diez? Muchas gracias.".to_owned(); rows];
    let (begun, before) = (Instant::now(), used());
    for repeat in 0..REPEATS {
        let wamids: Vec<String> = (0..ROWS)
            .map(|row| format!("wamid.bulk.{repeat:05}.{row:05}"))
            .collect();
        client.execute(&insert, &[&wamids, &text, &raw]).await?;
    }
    let count = u64::from(ROWS * REPEATS);
    Ok(Bulk {
        rows: ROWS,
        per_second: per_second(count, begun.elapsed()),
        cpu: used().since(before, count).postgres,
    })
}
