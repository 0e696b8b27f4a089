//! The inbox of a company that has been at it for years: how long its list, its threads and its search take, over
//! HTTP, while agents watch. Says as well which tables were read from end to end, which none of the large ones may be.

mod ask;
pub mod desk;
mod fill;

use std::{
    path::PathBuf,
    time::{Duration, Instant},
};

use anyhow::{Context, ensure};
use serde::Serialize;
use tokio::time::sleep;
use tokio_postgres::Client;

use self::{
    ask::Figure,
    desk::{Desk, DeskFigures},
};
use crate::{
    sending::stand::Ground,
    server::Server,
    socket::{Watcher, log_in},
    sql,
};

/// Agents who are connected.
const WATCHERS: usize = 20;
/// What 99 of 100 answers have to stay below, in milliseconds.
pub const GOAL_MS: f64 = 50.0;
/// Tables that nothing may read from end to end.
const LARGE: [&str; 5] = [
    "contact_search",
    "contacts",
    "conversations",
    "message_search",
    "messages",
];
/// PostgreSQL's processes tell what they read once they have been idle for a while.
const SETTLED: Duration = Duration::from_secs(12);
/// How long the search may take to know everything.
const PATIENCE: Duration = Duration::from_hours(1);

/// What is asked for.
#[derive(Debug, Clone)]
pub struct Settings {
    /// The server's program.
    pub server: PathBuf,
    /// Where databases and logs are put.
    pub dir: PathBuf,
    /// Whether they stay there.
    pub keep: bool,
    /// How many conversations there are.
    pub conversations: u32,
    /// How many messages there are.
    pub messages: u32,
    /// How often each question is asked.
    pub rounds: u32,
    /// Whether a browser opens it as well.
    pub desk: Option<Desk>,
}

/// What was measured.
#[derive(Debug, Serialize)]
pub struct Report {
    /// How many conversations there are.
    pub conversations: i64,
    /// How many messages there are.
    pub messages: i64,
    /// How long it took to make all of them searchable, in seconds, beside nothing else.
    pub indexed_in_s: f64,
    /// What the tables that are searched take, in MB.
    pub search_mb: i64,
    /// Each question.
    pub figures: Vec<Figure>,
    /// In a browser, if that was asked for.
    pub desk: Option<DeskFigures>,
    /// Large tables that were read from end to end meanwhile.
    pub read_whole: Vec<String>,
}

impl Report {
    /// Whether every question was answered in time and by indexes.
    pub fn holds(&self) -> bool {
        let is_quick = self.desk.as_ref().is_none_or(DeskFigures::holds);
        is_quick && self.read_whole.is_empty() && self.figures.iter().all(Figure::holds)
    }

    /// As a table.
    pub fn table(&self) -> String {
        let whole = if self.read_whole.is_empty() {
            "none".to_owned()
        } else {
            self.read_whole.join(", ")
        };
        let rows: String = self.figures.iter().map(Figure::row).collect();
        let desk = self.desk.as_ref().map(DeskFigures::table).unwrap_or_default();
        format!(
            "{} conversations, {} messages; searchable in {:.0} s, {} MB; {WATCHERS} agents connected\n{rows}{desk}  \
             large tables read from end to end: {whole}\n",
            self.conversations, self.messages, self.indexed_in_s, self.search_mb
        )
    }
}

/// Fills a tenant's database, lets the server make it searchable, and asks.
pub async fn measure(settings: &Settings) -> anyhow::Result<Report> {
    let ground = Ground::lay(&settings.server, &settings.dir, settings.keep, 1).await?;
    let tenant = ground.tenants.first().context("a tenant was to be made")?;
    let client = sql::connect(&tenant.url).await?;
    fill::fill(
        &client,
        &tenant.line.channel,
        settings.conversations,
        settings.messages,
    )
    .await?;
    let spec = match &settings.desk {
        Some(desk) => ground.spec.clone().serving(&desk.files()?),
        None => ground.spec.clone(),
    };
    let _server = Server::start_ready(&spec).await?;
    let indexed_in_s = indexed(&client).await?;
    client.batch_execute("VACUUM ANALYZE").await?;
    let mut watchers = Vec::new();
    for _ in 0..WATCHERS {
        watchers.push(Watcher::open(ground.spec.port, tenant).await?);
    }
    let samples = ask::Samples::of(&client).await?;
    sleep(SETTLED).await;
    let before = scans(&client).await?;
    let token = log_in(ground.spec.port, tenant).await?;
    let figures = ask::all(&samples, ground.spec.port, &token, settings.rounds).await?;
    ensure!(watchers.iter().all(Watcher::is_open), "a watcher was let go");
    sleep(SETTLED).await;
    let after = scans(&client).await?;
    let desk = match &settings.desk {
        Some(desk) => {
            let _simulator = ground.simulator(spec.port).await?;
            Some(desk.measure(tenant, spec.port, ground.simulator_port()).await?)
        }
        None => None,
    };
    let read_whole = LARGE.iter().zip(before.iter().zip(after));
    let count = |table: &str| format!("SELECT count(*) FROM {table}");
    Ok(Report {
        conversations: sql::number(&client, &count("conversations")).await?,
        messages: sql::number(&client, &count("messages")).await?,
        indexed_in_s,
        search_mb: sql::number(
            &client,
            "SELECT (pg_total_relation_size('message_search') + pg_total_relation_size('contact_search')) / 1000000",
        )
        .await?,
        figures,
        desk,
        read_whole: read_whole
            .filter(|(_, (before, after))| *before != after)
            .map(|(table, _)| (*table).to_owned())
            .collect(),
    })
}

/// Waits until the search knows everything; how many seconds that took.
async fn indexed(client: &Client) -> anyhow::Result<f64> {
    let begun = Instant::now();
    while sql::number(
        client,
        "SELECT count(*) FROM search_progress WHERE messages_before IS NOT NULL",
    )
    .await?
        > 0
    {
        ensure!(
            begun.elapsed() < PATIENCE,
            "the search does not come to know everything"
        );
        sleep(Duration::from_millis(200)).await;
    }
    Ok(begun.elapsed().as_secs_f64())
}

/// How often each large table was read from end to end.
async fn scans(client: &Client) -> anyhow::Result<Vec<i64>> {
    let mut all = Vec::new();
    for table in LARGE {
        let asked = format!("SELECT seq_scan FROM pg_stat_user_tables WHERE relname = '{table}'");
        all.push(sql::number(client, &asked).await?);
    }
    Ok(all)
}
