//! Runs pgbench with the plain transaction, and reads what it did from its log.
//!
//! Only what ended inside a window counts, for transactions and for CPU alike: pgbench's
//! connecting (a process and a password check each) is the yardstick's no more than the server's.

use std::{
    path::{Path, PathBuf},
    process::Stdio,
    time::{Duration, SystemTime, UNIX_EPOCH},
};

use anyhow::{Context, bail};
use pgcluster::{Account, Binaries, Cluster, Search, Source};
use serde::Serialize;
use tokio::{
    process::{Child, Command},
    time::{sleep, timeout},
};
use tokio_postgres::config::Host;

use crate::{
    figures::{Cpu, Latencies, Spread, Used, per_second},
    plain::{self, Mode},
    proc, sql,
};

/// How long connecting may take.
const CONNECT: Duration = Duration::from_mins(1);

/// What pgbench reached.
#[derive(Debug, Clone, Copy, Serialize)]
pub struct Reached {
    /// Transactions a second.
    pub per_second: f64,
    /// CPU of each, pgbench standing for the application.
    pub cpu: Cpu,
    /// How long each took.
    pub latency: Option<Spread>,
}

/// pgbench, where it is installed beside the server's programs.
pub struct Pgbench {
    program: PathBuf,
    dir: PathBuf,
}

/// One run.
pub struct Run<'a> {
    /// The databases that clients are spread over.
    pub urls: &'a [String],
    /// Clients in total.
    pub clients: usize,
    /// How statements travel.
    pub mode: Mode,
    /// Customers in each database.
    pub contacts: u64,
    /// Before it counts.
    pub warm: Duration,
    /// How long it counts.
    pub window: Duration,
}

impl Pgbench {
    /// Finds it; `None` where the server's programs came without it.
    pub fn find(cluster: &Cluster, cache: &Path, dir: &Path) -> anyhow::Result<Option<Self>> {
        let found = Binaries::find(&Search {
            source: Source::from_env()?,
            cache,
            major: Some(cluster.version().major),
            account: Account::choose()?,
        })?;
        let program = found.program("pgbench");
        let dir = dir.to_path_buf();
        Ok(program.is_file().then_some(Self { program, dir }))
    }

    /// Runs the plain transaction.
    pub async fn run(&self, cluster: &Cluster, run: &Run<'_>) -> anyhow::Result<Reached> {
        let logs = self.dir.join("pgbench");
        // What an earlier run left there.
        let _ = std::fs::remove_dir_all(&logs);
        std::fs::create_dir_all(&logs)?;
        let script = logs.join("plain.sql");
        std::fs::write(&script, plain::script(run.mode, run.contacts))?;
        let databases = run.urls.len().min(run.clients).max(1);
        let mut children = Vec::new();
        for (index, url) in run.urls.iter().take(databases).enumerate() {
            let clients = run.clients / databases + usize::from(index < run.clients % databases);
            children.push(self.spawn(&logs, &script, url, clients, run)?);
        }
        wait_for_clients(cluster, run.clients).await?;
        sleep(run.warm).await;
        let used = || Used {
            application: children
                .iter()
                .filter_map(Child::id)
                .map(proc::cpu)
                .sum::<Duration>(),
            postgres: proc::tree_cpu(cluster.pid()),
            client: Duration::ZERO,
        };
        let (begun, before) = (epoch(), used());
        sleep(run.window).await;
        let (ended, after) = (epoch(), used());
        for child in &mut children {
            if child.try_wait()?.is_some() {
                bail!("pgbench ended early; see {}", logs.join("errors.txt").display());
            }
        }
        send_away(cluster).await?;
        for mut child in children {
            // Told that its connections are gone, it ends and writes the rest of its log; killed, it would not.
            child.wait().await?;
        }
        let (count, latencies) = read_logs(&logs, begun, ended)?;
        if count == 0 {
            bail!("pgbench did nothing; see {}", logs.display());
        }
        Ok(Reached {
            per_second: per_second(count, ended.saturating_sub(begun)),
            cpu: after.since(before, count),
            latency: latencies.summary(),
        })
    }

    fn spawn(
        &self,
        logs: &Path,
        script: &Path,
        url: &str,
        clients: usize,
        run: &Run<'_>,
    ) -> anyhow::Result<Child> {
        let config: tokio_postgres::Config = url.parse()?;
        let raw = plain::raw();
        let threads = clients.min(2);
        let seconds = run.warm + run.window + CONNECT * 2;
        let mut command = Command::new(&self.program);
        command
            .args(["--no-vacuum", "--log", "--log-prefix=log", "-M", run.mode.name()])
            .arg(format!("--client={clients}"))
            .arg(format!("--jobs={threads}"))
            .arg(format!("--time={}", seconds.as_secs()))
            .arg(format!("--define=raw={raw}"))
            .arg(format!("--file={}", script.display()))
            .current_dir(logs)
            .env("PGHOST", host(&config))
            .env(
                "PGPORT",
                config.get_ports().first().copied().unwrap_or(5432).to_string(),
            )
            .env("PGUSER", config.get_user().unwrap_or_default())
            .env("PGDATABASE", config.get_dbname().unwrap_or_default())
            .env(
                "PGPASSWORD",
                String::from_utf8_lossy(config.get_password().unwrap_or_default()).as_ref(),
            )
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(std::fs::File::create(logs.join("errors.txt"))?)
            .kill_on_drop(true);
        command.spawn().context("cannot start pgbench")
    }
}

fn host(config: &tokio_postgres::Config) -> String {
    match config.get_hosts().first() {
        Some(Host::Tcp(name)) => name.clone(),
        _ => "127.0.0.1".to_owned(),
    }
}

async fn wait_for_clients(cluster: &Cluster, clients: usize) -> anyhow::Result<()> {
    let server = sql::connect(&cluster.url("postgres")).await?;
    let here = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgbench'";
    let all = async {
        loop {
            let count = sql::number(&server, here).await?;
            if usize::try_from(count).is_ok_and(|count| count >= clients) {
                return Ok::<_, anyhow::Error>(());
            }
            sleep(Duration::from_millis(50)).await;
        }
    };
    timeout(CONNECT, all).await.context("pgbench did not connect")?
}

async fn send_away(cluster: &Cluster) -> anyhow::Result<()> {
    let server = sql::connect(&cluster.url("postgres")).await?;
    let all = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgbench'";
    server.batch_execute(all).await?;
    Ok(())
}

fn epoch() -> Duration {
    SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default()
}

/// Transactions that ended in the window, from pgbench's logs: `client number latency script seconds micros`.
fn read_logs(dir: &Path, begun: Duration, ended: Duration) -> anyhow::Result<(u64, Latencies)> {
    let (mut count, mut latencies) = (0, Latencies::default());
    for entry in std::fs::read_dir(dir)?.flatten() {
        if !entry.file_name().to_string_lossy().starts_with("log.") {
            continue;
        }
        for line in std::fs::read_to_string(entry.path())?.lines() {
            let fields: Vec<u64> = line.split(' ').filter_map(|field| field.parse().ok()).collect();
            let [_, _, latency, _, seconds, micros] = fields[..] else {
                continue;
            };
            let at = Duration::from_secs(seconds) + Duration::from_micros(micros);
            if (begun..ended).contains(&at) {
                count += 1;
                latencies.record(Duration::from_micros(latency));
            }
        }
    }
    Ok((count, latencies))
}
