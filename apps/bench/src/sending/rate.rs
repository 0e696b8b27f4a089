//! How fast a line goes whose answers take their time, at each of Meta's speeds: it has to use nearly
//! all that Meta takes in a second, and never a message more.

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::Serialize;
use serde_json::json;
use tokio::time::sleep;

use super::{simulator::Simulator, stand::Ground};
use crate::{
    figures::{Cpu, Used, float, per_second},
    http::Connection,
    proc,
    provision::Tenant,
    server::Server,
    socket::log_in,
    sql,
};

/// How long Meta takes to answer, in milliseconds.
const LATENCY_MS: u64 = 150;
/// Meta's speeds, in messages a second, and its words for them (Cloud API, throughput).
const SPEEDS: [(u64, &str); 2] = [(80, "STANDARD"), (1_000, "HIGH")];
/// The part of it that has to be reached.
pub const GOAL: f64 = 0.95;
/// Three times as long as it should take.
const PATIENCE: u32 = 3;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's program; the simulator's is beside it.
    pub server: PathBuf,
    /// Where databases and logs are put.
    pub dir: PathBuf,
    /// Whether they stay there.
    pub keep: bool,
    /// How long each line sends, in seconds.
    pub seconds: u64,
}

/// What a line did.
#[derive(Debug, Serialize)]
pub struct Rate {
    /// What Meta takes in a second.
    pub limit: u64,
    /// How many messages there were.
    pub messages: u64,
    /// Of them in a second, from the first to the last.
    pub per_second: f64,
    /// The most in any second, as the simulator counts them.
    pub most_in_a_second: u64,
    /// CPU per message: server and Postgres.
    pub cpu: Cpu,
}

impl Rate {
    /// Whether it is fast enough and never too fast.
    pub fn holds(&self) -> bool {
        self.per_second >= GOAL * float(self.limit) && self.most_in_a_second <= self.limit
    }

    /// As a line of a table.
    pub fn row(&self) -> String {
        format!(
            "  {}  line of {:>5}/s: {:>7.1}/s ({:.1} %), most in a second {:>5}, CPU {:>4.0} µs a message ({:.0} server + {:.0} Postgres)",
            if self.holds() { "met   " } else { "MISSED" },
            self.limit,
            self.per_second,
            100.0 * self.per_second / float(self.limit),
            self.most_in_a_second,
            self.cpu.total(),
            self.cpu.application,
            self.cpu.postgres,
        )
    }
}

/// Measures each speed on a line of its own, one after the other.
pub async fn measure(settings: &Settings) -> anyhow::Result<Vec<Rate>> {
    let ground = Ground::lay(&settings.server, &settings.dir, settings.keep, SPEEDS.len()).await?;
    let server = Server::start_ready(&ground.spec).await?;
    let simulator = ground.simulator(ground.spec.port).await?;
    let slow = json!({ "latency_ms": LATENCY_MS, "drop_statuses": true });
    simulator.post("/simulator/faults", &slow).await?;
    simulator
        .post("/simulator/limits", &json!({ "window": false }))
        .await?;
    let mut rates = Vec::new();
    for ((limit, level), tenant) in SPEEDS.into_iter().zip(&ground.tenants) {
        let line = json!({ "phone_number_id": tenant.line.phone_number_id, "throughput_level": level });
        simulator.post("/simulator/lines/state", &line).await?;
        let used = || Used {
            application: proc::cpu(server.pid()),
            postgres: proc::tree_cpu(ground.cluster.pid()),
            client: proc::own_cpu(),
        };
        rates.push(
            one(
                &simulator,
                ground.spec.port,
                tenant,
                limit,
                settings.seconds,
                used,
            )
            .await?,
        );
    }
    Ok(rates)
}

async fn one(
    simulator: &Simulator,
    port: u16,
    tenant: &Tenant,
    limit: u64,
    seconds: u64,
    used: impl Fn() -> Used,
) -> anyhow::Result<Rate> {
    let token = log_in(port, tenant).await?;
    let mut connection = Connection::open(port).await?;
    // The server learns the line's speed as it does in life: it asks Meta.
    let check = format!("/api/channels/{}/health/check", tenant.line.channel);
    connection.post_as(&token, "check", &check, b"").await?;
    let messages = limit * seconds;
    let thread = fill(tenant, messages - 1).await?;
    let before = used();
    let path = format!("/api/conversations/{thread}/messages");
    let last = json!({ "type": "text", "text": { "body": "y una más" } }).to_string();
    let answer = connection.post_as(&token, "last", &path, last.as_bytes()).await?;
    anyhow::ensure!(answer.status == 202, "a message was not taken: {}", answer.status);
    let (first, begun) = until(simulator, tenant, 1, Duration::from_secs(10)).await?;
    let patience = Duration::from_secs(seconds) * PATIENCE;
    let (all, ended) = until(simulator, tenant, messages, patience).await?;
    let most = counted(simulator, tenant).await?.1;
    Ok(Rate {
        limit,
        messages,
        per_second: per_second(all - first, ended - begun),
        most_in_a_second: most,
        cpu: used().since(before, messages),
    })
}

/// Puts messages to as many customers into the outbox, and returns the thread of one of them.
async fn fill(tenant: &Tenant, messages: u64) -> anyhow::Result<String> {
    let client = sql::connect(&tenant.url).await?;
    let channel = &tenant.line.channel;
    client
        .batch_execute(&format!(
            "INSERT INTO contacts (id, user_key, phone) \
             SELECT gen_random_uuid(), phone, phone \
             FROM (SELECT (34600000000 + i)::text AS phone FROM generate_series(1, {messages}) AS i) AS of; \
             INSERT INTO conversations (id, channel_id, user_key, contact_id, last_activity_at, window_expires_at) \
             SELECT gen_random_uuid(), '{channel}', user_key, id, now(), now() + interval '20 hours' FROM contacts; \
             INSERT INTO messages (id, conversation_id, channel_id, direction, kind, body, author_kind, state, occurred_at) \
             SELECT gen_random_uuid(), id, channel_id, 'out', 'text', 'hola', 'agent', 'queued', now() FROM conversations; \
             INSERT INTO outbox (id, message_id, conversation_id, channel_id) \
             SELECT gen_random_uuid(), id, conversation_id, channel_id FROM messages; \
             ANALYZE;"
        ))
        .await?;
    let row = client
        .query_one("SELECT id::text FROM conversations LIMIT 1", &[])
        .await?;
    Ok(row.try_get(0)?)
}

/// How many messages of the line Meta took, and the most in one second.
async fn counted(simulator: &Simulator, tenant: &Tenant) -> anyhow::Result<(u64, u64)> {
    let path = format!(
        "/simulator/sends?brief=true&phone_number_id={}",
        tenant.line.phone_number_id
    );
    let sends = simulator.get(&path).await?;
    let number = |name: &str| sends["lines"][0][name].as_u64().unwrap_or_default();
    Ok((number("accepted"), number("most_calls_in_a_second")))
}

async fn until(
    simulator: &Simulator,
    tenant: &Tenant,
    wanted: u64,
    patience: Duration,
) -> anyhow::Result<(u64, Instant)> {
    let begun = Instant::now();
    loop {
        let count = counted(simulator, tenant).await?.0;
        if count >= wanted {
            return Ok((count, Instant::now()));
        }
        if begun.elapsed() > patience {
            bail!(
                "{count} of {wanted} messages were sent in {} s",
                patience.as_secs()
            );
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// The table of what was measured.
pub fn table(rates: &[Rate]) -> anyhow::Result<String> {
    use std::fmt::Write;
    let mut text = format!("Sending, each answer of Meta's after {LATENCY_MS} ms\n");
    for rate in rates {
        writeln!(text, "{}", rate.row()).context("a table")?;
    }
    Ok(text)
}
