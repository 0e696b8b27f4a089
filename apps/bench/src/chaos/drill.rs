//! The drill from beginning to end: databases, servers, events and faults, then the check.

use std::{
    collections::{HashMap, VecDeque},
    path::PathBuf,
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use anyhow::{Context, bail};
use fastrand::Rng;
use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use pgcluster::Cluster;
use serde::Serialize;
use tokio::{
    task::spawn_blocking,
    time::{sleep, sleep_until},
};

use crate::{
    chaos::{
        check::{Verdict, check},
        faults::{Database, Fault, Schedule},
        ledger::Status,
        meta::{Meta, Period, Statuses},
        sabotage::Sabotage,
        servers::Servers,
    },
    figures::float,
    provision::{CONTROL, Platform, Tenant, Wanted},
    server::Spec,
    sql,
    stand::Folder,
};

/// How much the others may feel one server's outage.
pub const RATIO: f64 = 1.2;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's program.
    pub server: PathBuf,
    /// Where databases and logs are put.
    pub dir: PathBuf,
    /// Whether they stay there.
    pub keep: bool,
    /// Events a second.
    pub rate: u32,
    /// For how long.
    pub length: Duration,
    /// How long deliveries, and then the server's own catching up, may take after that.
    pub grace: Duration,
    /// Servers killed.
    pub kills: usize,
    /// Database servers stopped.
    pub stops: usize,
    /// Servers behind the generator.
    pub servers: usize,
    /// Tenants, half of them on each of two database servers.
    pub tenants: usize,
    /// What is drawn from it can be drawn again.
    pub seed: u64,
    /// What is spoilt before the check.
    pub sabotage: Vec<Sabotage>,
}

/// What came of it.
#[derive(Debug, Serialize)]
pub struct Outcome {
    /// The seed, to do it again.
    pub seed: u64,
    /// How long events were made.
    pub seconds: f64,
    /// Events made.
    pub events: usize,
    /// Events that were answered 200.
    pub acknowledged: usize,
    /// Webhooks that held them, and how many held several.
    pub webhooks: u64,
    /// Webhooks with several events.
    pub batches: u64,
    /// Deliveries tried.
    pub deliveries: u64,
    /// Answers other than 200.
    pub refused: u64,
    /// Connections that broke.
    pub broken: u64,
    /// Webhooks delivered again although they had been acknowledged.
    pub duplicates: u64,
    /// Webhooks held back.
    pub reordered: u64,
    /// Webhooks that never were acknowledged in the time given.
    pub given_up: usize,
    /// `kill -9` of a server.
    pub kills: usize,
    /// Servers that ended by themselves.
    pub ended: usize,
    /// Immediate stops of database servers.
    pub stops: usize,
    /// How long the struck tenants' server was down.
    pub outage_seconds: f64,
    /// The others' 99th percentile while all was well, in milliseconds.
    pub calm_p99: Option<f64>,
    /// … and while the struck tenants' server was down.
    pub outage_p99: Option<f64>,
    /// The one divided by the other.
    pub p99_ratio: Option<f64>,
    /// How long it took after the last delivery until everything was stored.
    pub drained_seconds: f64,
    /// What was found.
    pub verdict: Verdict,
    /// What was found after the sabotage, if there was any.
    pub spoilt: Option<Verdict>,
}

impl Outcome {
    /// The last verdict.
    pub fn last(&self) -> &Verdict {
        self.spoilt.as_ref().unwrap_or(&self.verdict)
    }
}

/// Runs it.
pub async fn run(settings: &Settings) -> anyhow::Result<Outcome> {
    let folder = Folder::create(&settings.dir, "chaos", settings.keep)?;
    let mut rng = Rng::with_seed(settings.seed);
    say("databases, tenants, servers");
    let mut databases = Databases::start(folder).await?;
    let control = databases.cluster(Database::Control)?;
    let (control_url, platform) = (
        control.url(CONTROL),
        Platform::create(control, "chaos-app-secret").await?,
    );
    let (tenants, struck) = tenants(&platform, &databases, settings.tenants).await?;
    let spec = Spec::new(&settings.server, databases.folder.path(), &control_url, &platform)?;
    let servers = Servers::start(spec, settings.servers.max(1)).await?;
    let meta = Arc::new(Meta::new(
        tenants,
        struck,
        servers.ports(),
        platform.app_secret.clone(),
    ));
    meta.greet(rng.fork()).await;
    let statuses = seed_sent(&meta.tenants, settings, &mut rng).await?;

    let schedule = Schedule::draw(settings.length, settings.kills, settings.stops, &mut rng);
    say("events and faults");
    let begun = Instant::now();
    let (given_up, stopped, ()) = tokio::join!(
        meta.run(
            settings.rate,
            settings.length,
            settings.grace,
            rng.fork(),
            statuses
        ),
        databases.suffer(&schedule, &meta, begun),
        killing(&schedule, &servers, begun),
    );
    let stops = stopped?;
    if !servers.ready().await {
        bail!("a server does not answer any more");
    }
    say("waiting until everything is stored");
    let draining = Instant::now();
    let verdict = drained(&meta, &control_url, settings.grace).await?;
    let drained_seconds = draining.elapsed().as_secs_f64();
    let spoilt = spoil(settings, &meta, &control_url).await?;
    Ok(outcome(
        settings,
        &meta,
        &servers,
        &schedule,
        Ended {
            given_up,
            stops,
            drained_seconds,
            verdict,
            spoilt,
        },
    ))
}

/// What only the end tells.
struct Ended {
    given_up: usize,
    stops: usize,
    drained_seconds: f64,
    verdict: Verdict,
    spoilt: Option<Verdict>,
}

fn outcome(settings: &Settings, meta: &Meta, servers: &Servers, schedule: &Schedule, end: Ended) -> Outcome {
    let count = |counter: &std::sync::atomic::AtomicU64| counter.load(Ordering::Relaxed);
    let ((events, acknowledged), (kills, ended)) = (meta.ledger.counts(), servers.counts());
    let (tally, p99) = (&meta.tally, meta.tally.others_p99());
    Outcome {
        seed: settings.seed,
        seconds: settings.length.as_secs_f64(),
        events,
        acknowledged,
        webhooks: count(&tally.webhooks),
        batches: count(&tally.batches),
        deliveries: count(&tally.deliveries),
        refused: count(&tally.refused),
        broken: count(&tally.broken),
        duplicates: count(&tally.again),
        reordered: count(&tally.overtaken),
        given_up: end.given_up,
        kills,
        ended,
        stops: end.stops,
        outage_seconds: schedule.outage.1.saturating_sub(schedule.outage.0).as_secs_f64(),
        calm_p99: p99.map(|(calm, _)| calm),
        outage_p99: p99.map(|(_, outage)| outage),
        p99_ratio: p99.map(|(calm, outage)| outage / calm),
        drained_seconds: end.drained_seconds,
        verdict: end.verdict,
        spoilt: end.spoilt,
    }
}

/// Checks until nothing is missing, or for as long as `grace`.
async fn drained(meta: &Meta, control_url: &str, grace: Duration) -> anyhow::Result<Verdict> {
    let begun = Instant::now();
    loop {
        let verdict = check(meta, control_url).await?;
        if verdict.is_clean() || !verdict.may_pass() || begun.elapsed() > grace {
            return Ok(verdict);
        }
        sleep(Duration::from_secs(1)).await;
    }
}

/// Does the harm that was asked for, and checks again.
async fn spoil(settings: &Settings, meta: &Meta, control_url: &str) -> anyhow::Result<Option<Verdict>> {
    let (Some(first), false) = (meta.tenants.first(), settings.sabotage.is_empty()) else {
        return Ok(None);
    };
    for sabotage in &settings.sabotage {
        sabotage.commit(first).await?;
    }
    Ok(Some(check(meta, control_url).await?))
}

async fn killing(schedule: &Schedule, servers: &Servers, begun: Instant) {
    let kills = schedule.faults.iter().filter(|(_, fault)| *fault == Fault::Kill);
    for (turn, (at, _)) in kills.enumerate() {
        sleep_until((begun + *at).into()).await;
        servers.kill(turn).await;
    }
}

async fn tenants(
    platform: &Platform,
    databases: &Databases,
    count: usize,
) -> anyhow::Result<(Vec<Tenant>, Vec<bool>)> {
    let others = databases.cluster(Database::Others)?;
    let apart = databases.cluster(Database::Struck)?;
    platform.template(others).await?;
    platform.template(apart).await?;
    let struck: Vec<bool> = (0..count).map(|index| index % 2 == 1).collect();
    let wanted = struck.iter().enumerate().map(|(index, struck)| Wanted {
        cluster: if *struck { apart } else { others },
        index,
        with_admin: false,
        // The platform's secret signs: so one body may hold several tenants' events, all believed.
        own_secret: false,
        sends: false,
    });
    Ok((platform.tenants(wanted.collect()).await?, struck))
}

/// Puts messages into each tenant's database as they are after they were sent, and returns what
/// will be told of them, somewhat out of order.
async fn seed_sent(tenants: &[Tenant], settings: &Settings, rng: &mut Rng) -> anyhow::Result<Statuses> {
    let statuses = 0.33 * f64::from(settings.rate) * settings.length.as_secs_f64();
    let each = statuses / float(u64::try_from(tenants.len().max(1))?) / 2.3;
    let mut all = Vec::new();
    for (index, tenant) in tenants.iter().enumerate() {
        let mut wamids = Vec::new();
        let mut told = VecDeque::new();
        while float(u64::try_from(wamids.len())?) < each {
            let wamid = format!("wamid.HBgLD{index:04}{:08}", wamids.len());
            let course: &[Status] = match rng.u8(..10) {
                0 => &[Status::Failed],
                1 => &[Status::Sent],
                2 | 3 => &[Status::Sent, Status::Delivered],
                _ => &[Status::Sent, Status::Delivered, Status::Read],
            };
            told.extend(course.iter().map(|status| (wamid.clone(), *status)));
            wamids.push(wamid);
        }
        for place in 0..told.len() {
            told.swap(place, (place + rng.usize(..12)).min(told.len() - 1));
        }
        let client = sql::connect(&tenant.url).await?;
        client
            .execute(
                "INSERT INTO messages (id, conversation_id, channel_id, wamid, direction, kind, body, author_kind, state, occurred_at)
                 SELECT gen_random_uuid(), c.id, c.channel_id, w, 'out', 'text', 'gracias', 'agent', 'accepted', now() - interval '1 hour'
                 FROM unnest($1::text[]) AS w, (SELECT id, channel_id FROM conversations LIMIT 1) AS c",
                &[&wamids],
            )
            .await?;
        all.push(told);
    }
    Ok(all)
}

/// The three database servers.
struct Databases {
    running: HashMap<Database, Cluster>,
    // Last: the clusters are stopped before their folder goes.
    folder: Folder,
}

impl Databases {
    async fn start(folder: Folder) -> anyhow::Result<Self> {
        spawn_blocking(move || {
            let mut running = HashMap::new();
            for database in [Database::Control, Database::Others, Database::Struck] {
                running.insert(database, folder.cluster(database.name())?);
            }
            Ok(Self { running, folder })
        })
        .await?
    }

    /// Goes through the schedule's parts and stops. Returns how many stops there were.
    async fn suffer(&mut self, schedule: &Schedule, meta: &Meta, begun: Instant) -> anyhow::Result<usize> {
        let until = |at: Duration| sleep_until((begun + at).into());
        until(schedule.calm.0).await;
        meta.enter(Period::Calm);
        until(schedule.calm.1).await;
        meta.enter(Period::Other);
        let length = schedule.outage.1.saturating_sub(schedule.outage.0);
        let port = self.stop(Database::Struck).await?;
        meta.enter(Period::Outage);
        sleep(length).await;
        meta.enter(Period::Other);
        self.restart(Database::Struck, port).await?;
        let mut stops = 1;
        for (at, fault) in &schedule.faults {
            let Fault::Stop(database, pause) = fault else {
                continue;
            };
            until(*at).await;
            let port = self.stop(*database).await?;
            stops += 1;
            sleep(*pause).await;
            self.restart(*database, port).await?;
        }
        Ok(stops)
    }

    fn cluster(&self, database: Database) -> anyhow::Result<&Cluster> {
        self.running.get(&database).context("a database server is down")
    }

    /// `pg_ctl stop -m immediate`: SIGQUIT to the first process; nothing is put in order.
    /// Returns the port, which the server gets again.
    async fn stop(&mut self, database: Database) -> anyhow::Result<u16> {
        let mut cluster = self.running.remove(&database).context("it is down already")?;
        let pid = i32::try_from(cluster.pid()).context("a process id")?;
        kill(Pid::from_raw(pid), Signal::SIGQUIT)?;
        while cluster.exited().is_none() {
            sleep(Duration::from_millis(20)).await;
        }
        Ok(cluster.access().port)
    }

    async fn restart(&mut self, database: Database, port: u16) -> anyhow::Result<()> {
        let (dir, options) = (self.folder.path().join(database.name()), self.folder.options()?);
        let started = spawn_blocking(move || Cluster::start(&dir, &options)).await??;
        if started.access().port != port {
            bail!(
                "somebody else took the port of the {} database server",
                database.name()
            );
        }
        self.running.insert(database, started);
        Ok(())
    }
}

fn say(what: &str) {
    eprintln!("· {what}");
}
