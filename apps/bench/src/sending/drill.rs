//! The drill: a team writes while servers are killed and Meta answers badly or not at all. Nobody asks
//! for a message again, so Meta may take each once, and what is shown of it has to be true.

use std::{
    path::PathBuf,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use serde::Serialize;
use serde_json::{Value, json};
use tokio::time::sleep;

use super::{
    check::{Verdict, check},
    simulator::Simulator,
    stand::{Ground, greet},
    writers::{Writers, Written},
};
use crate::chaos::servers::Servers;

/// Messages to each customer: fewer than Meta lets through in a row.
const EACH: usize = 20;
/// How many write at once.
const WRITERS: usize = 12;
/// How long after the last message leases end and everything comes to rest.
const GRACE: Duration = Duration::from_mins(3);
/// What a line may send in any second.
const LIMIT: u64 = 80;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's program; the simulator's is beside it.
    pub server: PathBuf,
    /// Where databases and logs are put.
    pub dir: PathBuf,
    /// Whether they stay there.
    pub keep: bool,
    /// Messages.
    pub sends: usize,
    /// Tenants, each with a line.
    pub tenants: usize,
    /// Time between two kills of a server.
    pub kill_every: Duration,
    /// What goes wrong at Meta is drawn from it.
    pub seed: u64,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The seed.
    pub seed: u64,
    /// How long the team wrote.
    pub writing_seconds: f64,
    /// How long it took then until nothing waited any more.
    pub resting_seconds: f64,
    /// Requests of the team's that had to be sent again.
    pub repeated_requests: u64,
    /// `kill -9` of a server.
    pub kills: usize,
    /// Servers that ended by themselves.
    pub ended: usize,
    /// How often each fault happened at Meta.
    pub faults: Value,
    /// The most that a line sent in any one second.
    pub most_in_a_second: u64,
    /// Messages of which a report was sent once more, since all had been lost.
    pub reported_again: usize,
    /// What was found before that.
    pub at_rest: Verdict,
    /// What was found at the end.
    pub verdict: Verdict,
}

impl Outcome {
    /// Whether everything held.
    pub fn is_clean(&self) -> bool {
        self.at_rest.is_clean()
            && self.verdict.is_clean()
            && self.verdict.unknown_taken == 0
            && self.most_in_a_second <= LIMIT
    }
}

/// Runs it.
pub async fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    say("databases, tenants, servers, simulator");
    let ground = Ground::lay(&settings.server, &settings.dir, settings.keep, settings.tenants).await?;
    let servers = Servers::start(ground.spec.clone(), 2).await?;
    let ports = servers.ports();
    let first = ports.first().copied().unwrap_or_default();
    let simulator = ground.simulator(first).await?;
    let customers = settings.sends.div_ceil(EACH * settings.tenants.max(1)).max(1);
    let (tokens, threads) = greet(&simulator, first, &ground.tenants, customers).await?;
    break_meta(&simulator, settings.seed).await?;
    let writers = Arc::new(Writers {
        ports,
        tokens,
        at_once: WRITERS,
        rest: Duration::from_millis(20),
        again: AtomicU64::new(0),
    });
    say("messages and faults");
    let begun = Instant::now();
    let written = tokio::select! {
        written = writers.write(&threads, settings.sends) => written?,
        never = killing(&servers, settings.kill_every) => never,
    };
    let writing_seconds = begun.elapsed().as_secs_f64();
    // What is on its way when the last servers are killed is what matters most.
    for turn in 0..2 {
        servers.kill(turn).await;
    }
    servers.ready().await;
    say("waiting until nothing is on its way");
    let resting = Instant::now();
    let at_rest = rested(&ground, &written, &simulator).await?;
    let resting_seconds = resting.elapsed().as_secs_f64();
    let verdict = reported(&ground, &written, &simulator, &at_rest).await?;
    let faults = simulator.get("/simulator/faults").await?;
    let (kills, ended) = servers.counts();
    Ok(Outcome {
        seed: settings.seed,
        writing_seconds,
        resting_seconds,
        repeated_requests: writers.again.load(Ordering::Relaxed),
        kills,
        ended,
        faults: faults["happened"].clone(),
        most_in_a_second: most_in_a_second(&simulator).await?,
        reported_again: at_rest.unheard.len(),
        at_rest,
        verdict,
    })
}

/// From now on a third of the calls goes wrong in some way, and reports are lost, late, double and in
/// the wrong order.
async fn break_meta(simulator: &Simulator, seed: u64) -> anyhow::Result<()> {
    let share = |fault: &str, share: f64| json!({ "fault": fault, "share": share });
    let faults = json!({
        "seed": seed,
        "shares": [
            share("reset_after", 0.08), share("reset_before", 0.04), share("500_after", 0.05),
            share("500", 0.03), share("429", 0.02), share("unreadable", 0.04), share("bad_gateway", 0.02),
            share("timeout", 0.005), share("timeout_before", 0.005),
        ],
        "latency_ms": 100,
        "duplicate_share": 0.2, "reorder_share": 0.2, "drop_share": 0.3, "status_delay_ms": 1500,
        "batch_statuses": { "size": 20, "within_ms": 100 },
    });
    simulator.post("/simulator/faults", &faults).await?;
    // It would only hide it if a line were too fast.
    simulator
        .post("/simulator/limits", &json!({ "throughput": false }))
        .await?;
    simulator.post("/simulator/sends/reset", &json!({})).await?;
    Ok(())
}

async fn killing<T>(servers: &Servers, every: Duration) -> T {
    let mut turn = 0;
    loop {
        sleep(every).await;
        servers.kill(turn).await;
        turn += 1;
    }
}

/// Looks until nothing waits, or for as long as that may take.
async fn rested(ground: &Ground, written: &[Written], simulator: &Simulator) -> anyhow::Result<Verdict> {
    let begun = Instant::now();
    loop {
        let verdict = check(&ground.tenants, written, simulator).await?;
        if verdict.waiting == 0 || begun.elapsed() > GRACE {
            // Reports that are under way still come.
            sleep(Duration::from_secs(5)).await;
            return check(&ground.tenants, written, simulator).await;
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Has a report sent of each message that Meta took and that nobody here knows of, and looks again.
async fn reported(
    ground: &Ground,
    written: &[Written],
    simulator: &Simulator,
    at_rest: &Verdict,
) -> anyhow::Result<Verdict> {
    for message in &at_rest.unheard {
        let thread = &message.thread;
        let Some(tenant) = ground.tenants.get(thread.tenant) else {
            continue;
        };
        let line = &tenant.line.phone_number_id;
        if let Some(wamid) = simulator.wamid(line, &thread.phone, &message.id).await? {
            let report = json!({ "wamid": wamid, "status": "delivered" });
            simulator.post("/simulator/status", &report).await?;
        }
    }
    sleep(Duration::from_secs(2)).await;
    check(&ground.tenants, written, simulator).await
}

async fn most_in_a_second(simulator: &Simulator) -> anyhow::Result<u64> {
    let sends = simulator.get("/simulator/sends?brief=true").await?;
    let lines = sends["lines"].as_array().into_iter().flatten();
    let most = lines.filter_map(|line| line["most_in_a_second"].as_u64());
    Ok(most.max().unwrap_or_default())
}

fn say(what: &str) {
    eprintln!("· sending: {what}");
}
