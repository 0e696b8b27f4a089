//! The yardsticks that need no server of ours: the plain transaction, and one multi-row insert.
//!
//! Both write the rows that a customer's text makes, in databases migrated as tenants' are.

use std::time::Instant;

use serde::Serialize;

use crate::{
    figures::{Used, per_second},
    proc, sql,
    webhook::{self, Text},
};

/// The line that the yardsticks' conversations belong to.
const CHANNEL: &str = "01999d6e-0000-7000-8000-000000000001";
/// Rows of one insert.
const ROWS: u32 = 100;
/// How often it is done.
const REPEATS: u32 = 200;

/// How the statements travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Mode {
    /// Parsed once on each connection.
    Prepared,
    /// As text, parsed each time.
    Simple,
}

impl Mode {
    /// pgbench's name of it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Prepared => "prepared",
            Self::Simple => "simple",
        }
    }
}

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

/// How values are written in the transaction's statements.
struct Written<'w> {
    /// The customer's number.
    customer: &'w str,
    contact: &'w str,
    conversation: &'w str,
    message: &'w str,
    /// A number that makes an id.
    number: &'w str,
    raw: &'w str,
}

fn contact(to: &Written<'_>) -> String {
    let Written { customer, .. } = to;
    let key = key(customer);
    format!(
        "INSERT INTO contacts AS known (id, user_key, phone, bsuid, profile_name) VALUES (gen_random_uuid(), {key}, '52155' || lpad({customer}::text, 8, '0'), {key}, 'Cliente ' || {customer}) ON CONFLICT (user_key) DO UPDATE SET profile_name = excluded.profile_name, updated_at = now() RETURNING id AS contact"
    )
}

fn conversation(to: &Written<'_>) -> String {
    let Written {
        customer, contact, ..
    } = to;
    let key = key(customer);
    format!(
        "INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at) VALUES (gen_random_uuid(), '{CHANNEL}', {key}, {contact}, now()) ON CONFLICT (channel_id, user_key) DO UPDATE SET contact_id = excluded.contact_id RETURNING id AS conversation"
    )
}

fn message(to: &Written<'_>) -> String {
    let Written {
        conversation,
        number,
        raw,
        ..
    } = to;
    format!(
        "INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, raw, author_kind, occurred_at) VALUES (gen_random_uuid(), {conversation}, '{CHANNEL}', 'wamid.HBgLB00001' || {number}, 'in', 'text', 'Hola, ¿tienen lugar para mañana a las diez? Muchas gracias.', {raw}, 'contact', now()) RETURNING id AS message"
    )
}

fn counted(to: &Written<'_>) -> String {
    let Written {
        conversation,
        message,
        ..
    } = to;
    format!(
        "WITH told AS (INSERT INTO events (seq, kind, conversation_id, message_id) VALUES (nextval('bench_events'), 'message.created', {conversation}, {message})) UPDATE conversations SET unread_count = unread_count + 1, last_message_id = {message}, last_activity_at = now(), last_inbound_at = now(), window_expires_at = now() + interval '24 hours' WHERE id = {conversation}"
    )
}

fn key(customer: &str) -> String {
    format!("'MX.' || (90000000000000000000 + {customer})")
}

/// The transaction for pgbench: four statements, each its own round trip, between BEGIN and COMMIT.
/// `raw` is given from outside, as an application would send it each time.
pub fn script(mode: Mode, contacts: u64) -> String {
    let value = |name: &str, kind: &str| match mode {
        Mode::Prepared => format!("(:{name})::{kind}"),
        // Put into the text as it stands.
        Mode::Simple => format!("(':{name}')::{kind}"),
    };
    let to = Written {
        customer: "(:c)::bigint",
        contact: &value("contact", "uuid"),
        conversation: &value("conversation", "uuid"),
        message: &value("message", "uuid"),
        number: "(:n)::bigint",
        raw: &value("raw", "json"),
    };
    let last = contacts.max(1) - 1;
    format!(
        "\\set c random(0, {last})
\\set n random(1, 9000000000000000000)
BEGIN;
{} \\gset
{} \\gset
{} \\gset
{};
COMMIT;
",
        contact(&to),
        conversation(&to),
        message(&to),
        counted(&to)
    )
}

/// The same four statements for a driver that numbers values: customer; customer and contact;
/// conversation, number and raw JSON as text; conversation and message.
pub fn numbered() -> [String; 4] {
    let to = Written {
        customer: "($1)::bigint",
        contact: "($2)::uuid",
        conversation: "($1)::uuid",
        message: "($2)::uuid",
        number: "($2)::bigint",
        raw: "($3::text)::json",
    };
    [contact(&to), conversation(&to), message(&to), counted(&to)]
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
