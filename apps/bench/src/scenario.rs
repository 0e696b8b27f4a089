//! One scenario against the running server: warm up, measure, count what was stored.

use std::{
    collections::HashMap,
    sync::Arc,
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use serde::Serialize;
use tokio::time::sleep;

use crate::{
    figures::{Cpu, Latencies, Spread, Used, per_second},
    load::{self, Content, Gauge, Plan, Seen},
    proc,
    provision::Tenant,
    socket::Watcher,
    sql,
};

/// How long the socket may still tell of messages after the last acknowledgement.
const TELLING: Duration = Duration::from_secs(3);

/// The processes whose CPU counts.
#[derive(Clone, Copy)]
pub struct Processes {
    /// The server.
    pub server: u32,
    /// Postgres's first process.
    pub postgres: u32,
}

impl Processes {
    fn used(self) -> Used {
        Used {
            application: proc::tree_cpu(self.server),
            postgres: proc::tree_cpu(self.postgres),
            client: proc::own_cpu(),
        }
    }
}

/// How long things take.
#[derive(Clone, Copy)]
pub struct Times {
    /// Before it counts.
    pub warm: Duration,
    /// How long it counts.
    pub window: Duration,
}

/// What a scenario came to.
#[derive(Debug, Clone, Serialize)]
pub struct Outcome {
    /// Acknowledged messages a second.
    pub per_second: f64,
    /// CPU of each.
    pub cpu: Cpu,
    /// From sending (or from when it was due) to the acknowledgement.
    pub acknowledged: Option<Spread>,
    /// From sending to the socket of the first tenant's admin.
    pub told: Option<Spread>,
    /// Messages of the first tenant that the socket never told of.
    pub untold: usize,
    /// Answers other than 200.
    pub refused: u64,
    /// The server's highest resident memory, in bytes.
    pub server_peak: u64,
    /// Postgres's proportional memory at the end, in bytes.
    pub postgres_memory: u64,
    /// Messages stored, warm-up included; exactly those that were acknowledged.
    pub stored: u64,
}

/// Runs a load and looks at it; `watched`: while somebody follows the first tenant's events.
pub async fn run(
    plan: Plan,
    tenants: &[Tenant],
    watched: bool,
    processes: Processes,
    times: Times,
) -> anyhow::Result<Outcome> {
    let listener = match tenants.first().filter(|_first| watched) {
        Some(first) => Some(Watcher::open(plan.port, first).await?),
        None => None,
    };
    let (scenario, content) = (plan.scenario, plan.content);
    let expected = Plan {
        lines: plan.lines.clone(),
        secret: plan.secret.clone(),
        ..plan
    };
    proc::reset_peak(processes.server);
    let gauge = Arc::new(Gauge::default());
    let shared = Arc::clone(&gauge);
    let running = tokio::task::spawn_blocking(move || load::run(plan, &shared));
    sleep(times.warm).await;
    gauge.measure();
    let (begun, before, count) = (Instant::now(), processes.used(), gauge.acknowledged());
    sleep(times.window).await;
    let (window, after) = (begun.elapsed(), processes.used());
    let count = gauge.acknowledged() - count;
    gauge.end();
    let seen = running.await??;
    let postgres_memory = proc::tree_pss(processes.postgres);
    let mut outcome = Outcome {
        per_second: per_second(count, window),
        cpu: after.since(before, count),
        acknowledged: seen.latencies.summary(),
        told: None,
        untold: 0,
        refused: gauge.refused(),
        server_peak: proc::resident(processes.server).1,
        postgres_memory,
        stored: 0,
    };
    if content != Content::Nothing {
        outcome.stored = verify(&expected, tenants, gauge.sent()).await?;
        if let (Some(watcher), Some(first)) = (listener, tenants.first()) {
            let (told, untold) = told(&watcher, first, scenario, &seen).await?;
            outcome.told = told.summary();
            outcome.untold = untold;
        }
    }
    Ok(outcome)
}

/// Lets every customer of every tenant write once, which counts nowhere: those who come back are known,
/// as the yardsticks' are.
pub async fn introduce(plan: Plan) -> anyhow::Result<()> {
    let gauge = Arc::new(Gauge::default());
    tokio::task::spawn_blocking(move || load::run(plan, &gauge)).await??;
    Ok(())
}

/// Compares what is stored with what was acknowledged: message n is in its own tenant's database, once.
async fn verify(plan: &Plan, tenants: &[Tenant], sent: u64) -> anyhow::Result<u64> {
    let mut expected = vec![0_u64; tenants.len()];
    for n in 0..sent {
        if let Some(count) = expected.get_mut(plan.tenant_of(n)) {
            *count += 1;
        }
    }
    let mut total = 0;
    for (index, tenant) in tenants.iter().enumerate() {
        let client = sql::connect(&tenant.url).await?;
        let pattern = format!("{}%", load::prefix(plan.scenario));
        let rows = client
            .query("SELECT wamid FROM messages WHERE wamid LIKE $1", &[&pattern])
            .await?;
        for row in &rows {
            let wamid: &str = row.try_get(0)?;
            let number: Option<u64> = wamid
                .get(wamid.len().saturating_sub(10)..)
                .and_then(|n| n.parse().ok());
            let n = number.with_context(|| format!("{wamid} was never sent"))?;
            if n >= sent || plan.tenant_of(n) != index || plan.wamid(n) != wamid {
                bail!("{wamid} does not belong into the database of {}", tenant.slug);
            }
        }
        // Ids are unique and all of them belong here: the right number is the right set.
        let (stored, wanted) = (rows.len(), expected.get(index).copied().unwrap_or_default());
        if u64::try_from(stored).ok() != Some(wanted) {
            bail!(
                "{} has {stored} messages of {wanted} that were acknowledged",
                tenant.slug
            );
        }
        total += wanted;
    }
    Ok(total)
}

/// Joins when messages were sent with when the socket told of them, by way of the database: the
/// socket names messages by their own id, Meta by another.
async fn told(
    watcher: &Watcher,
    tenant: &Tenant,
    scenario: u32,
    seen: &Seen,
) -> anyhow::Result<(Latencies, usize)> {
    let client = sql::connect(&tenant.url).await?;
    let pattern = format!("{}%", load::prefix(scenario));
    let rows = client
        .query(
            "SELECT id::text, right(wamid, 10)::bigint FROM messages WHERE wamid LIKE $1",
            &[&pattern],
        )
        .await?;
    let mut ids: HashMap<u64, String> = HashMap::with_capacity(rows.len());
    for row in &rows {
        ids.insert(row.try_get::<_, i64>(1)?.unsigned_abs(), row.try_get(0)?);
    }
    let begun = Instant::now();
    let (mut latencies, mut missing) = (Latencies::default(), seen.first_tenant.clone());
    let mut told = HashMap::new();
    while !missing.is_empty() {
        told.extend(watcher.take());
        missing.retain(|(n, sent)| match ids.get(n).and_then(|id| told.get(id)) {
            Some(at) => {
                latencies.record(at.saturating_duration_since(*sent));
                false
            }
            None => true,
        });
        if begun.elapsed() > TELLING || !watcher.is_open() {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok((latencies, missing.len()))
}
