//! The run: clusters, tenants and server first, then scenario after scenario.

use std::time::Duration;

use bench::{
    load::{Content, Pace, Plan},
    machine::Machine,
    pgbench::{Pgbench, Run},
    plain::{self, Mode},
    proc,
    provision::{CONTROL, Platform, Tenant, Wanted, copy},
    report::{Idle, Report, Row, goals},
    scenario::{self, Outcome, Processes, Times},
    server::{Server, Spec},
    spread, sql,
    stand::Folder,
};
use pgcluster::Cluster;
use tokio::time::sleep;

use crate::Args;

/// Databases that the plain transaction is spread over at most.
const PLAIN: usize = 50;
/// Connections of an open loop.
const OPEN: usize = 256;
/// After how much rest the server counts as idle.
const REST: Duration = Duration::from_secs(10);

/// What stands, and what was asked for.
struct Bench {
    cluster: Cluster,
    platform: Platform,
    tenants: Vec<Tenant>,
    plain: Vec<String>,
    pgbench: Option<Pgbench>,
    server: Server,
    port: u16,
    times: Times,
    content: Option<Content>,
    scenario: u32,
}

/// The scenarios that the arguments ask for.
struct Grid {
    tenants: Vec<usize>,
    in_flight: Vec<usize>,
    seconds: f64,
}

impl Grid {
    fn new(args: &Args) -> Self {
        let or =
            |given: &[usize], standard: &[usize]| if given.is_empty() { standard } else { given }.to_vec();
        let tenants: &[usize] = if args.quick { &[1, 50] } else { &[1, 50, 500] };
        Self {
            tenants: or(&args.tenants, tenants),
            in_flight: or(&args.in_flight, &[1, 16, 64, 256]),
            seconds: args.seconds.unwrap_or(if args.quick { 3.0 } else { 10.0 }),
        }
    }

    fn most(&self) -> usize {
        self.tenants.iter().copied().max().unwrap_or(1)
    }
}

pub(crate) async fn run(args: &Args) -> anyhow::Result<Report> {
    let grid = Grid::new(args);
    let folder = Folder::create(&args.dir, "run", args.keep)?;
    say("PostgreSQL, databases, tenants");
    let mut bench = Bench::set_up(args, &grid, &folder).await?;
    let machine = Machine::look(&bench.cluster, folder.path())?;
    let idle = bench.idle().await?;
    let mut rows = Vec::new();
    for tenants in &grid.tenants {
        bench.introduce(*tenants).await?;
        let closed = grid.in_flight.iter().map(|count| Pace::Closed(*count));
        let open = args.rate.iter().map(|rate| Pace::Open {
            rate: *rate,
            connections: OPEN,
        });
        for pace in closed.chain(open) {
            rows.push(bench.row(*tenants, pace).await?);
        }
    }
    let bulk = match bench.plain.first() {
        Some(url) => Some(plain::bulk(url, bench.cluster.pid()).await?),
        None => None,
    };
    drop(bench);
    Ok(Report {
        machine,
        seconds: grid.seconds,
        goals: goals(&rows, Some(idle)),
        rows,
        bulk,
        idle: Some(idle),
    })
}

impl Bench {
    async fn set_up(args: &Args, grid: &Grid, folder: &Folder) -> anyhow::Result<Self> {
        let cluster = folder.cluster("pg")?;
        let platform = Platform::create(&cluster, "bench-app-secret").await?;
        platform.template(&cluster).await?;
        let wanted = (0..grid.most()).map(|index| Wanted {
            cluster: &cluster,
            index,
            with_admin: index == 0,
            own_secret: true,
            sends: false,
        });
        let tenants = platform.tenants(wanted.collect()).await?;
        let mut plain = Vec::new();
        for index in 0..grid.most().min(PLAIN) * usize::from(!args.no_yardsticks) {
            let name = format!("plain_{index}");
            copy(&cluster, &name).await?;
            plain::prepare(&cluster.url(&name), contacts(grid.most().min(PLAIN))).await?;
            plain.push(cluster.url(&name));
        }
        let pgbench = Pgbench::find(&cluster, &args.dir.join("pg-bin"), folder.path())?;
        if pgbench.is_none() && !args.no_yardsticks {
            say("pgbench is not installed beside the server's programs: no plain transaction, no ratios");
        }
        let spec = Spec::new(&args.server, folder.path(), &cluster.url(CONTROL), &platform)?
            // One for each tenant's writer, and some for readers, as the runbook tells.
            .with("TENANT_CONNECTIONS", (grid.most() + 30).max(80));
        Ok(Self {
            server: Server::start_ready(&spec).await?,
            port: spec.port,
            cluster,
            platform,
            tenants,
            plain,
            pgbench,
            times: Times {
                warm: Duration::from_secs_f64((grid.seconds / 4.0).clamp(1.0, 3.0)),
                window: Duration::from_secs_f64(grid.seconds),
            },
            content: args.strangers.then_some(Content::Strangers),
            scenario: 0,
        })
    }

    /// Memory after the start, and after every tenant has had a message.
    async fn idle(&mut self) -> anyhow::Result<Idle> {
        say("memory at rest");
        sleep(Duration::from_secs(1)).await;
        let fresh = proc::resident(self.server.pid()).0;
        let every = self.tenants.len();
        let touching = Times {
            warm: Duration::from_millis(500),
            window: Duration::from_secs(if every > 100 { 6 } else { 1 }),
        };
        self.load(every, Pace::Closed(16), Content::Known(20), false, touching)
            .await?;
        sleep(REST).await;
        Ok(Idle {
            tenants: every,
            fresh,
            known: proc::resident(self.server.pid()).0,
        })
    }

    /// Makes every customer known, and the tables as tidy as the yardsticks' are at first.
    async fn introduce(&mut self, tenants: usize) -> anyhow::Result<()> {
        if self.content.is_some() {
            return Ok(());
        }
        say(&format!("{tenants} tenants, every customer for the first time"));
        self.scenario += 1;
        let tenants = self.tenants.get(..tenants).unwrap_or(&self.tenants);
        let plan = Plan {
            content: Content::EachOnce(contacts(tenants.len())),
            pace: Pace::Closed(64),
            ..Plan::new(self.port, tenants, &self.platform.app_secret, self.scenario)
        };
        scenario::introduce(plan).await?;
        for tenant in tenants.iter().take(PLAIN) {
            sql::connect(&tenant.url)
                .await?
                .batch_execute("VACUUM ANALYZE")
                .await?;
        }
        Ok(())
    }

    async fn row(&mut self, tenants: usize, pace: Pace) -> anyhow::Result<Row> {
        let in_flight = pace.connections();
        say(&format!("{tenants} tenants, {pace:?}"));
        let content = self.content.unwrap_or(Content::Known(contacts(tenants)));
        let server = self.load(tenants, pace, content, false, self.times).await?;
        let watched = self.load(tenants, pace, content, true, self.times).await?;
        let (mut handler, mut prepared, mut simple, mut plain_spread) = (None, None, None, None);
        // An open loop's figures follow from its rate: there is nothing to compare.
        if !self.plain.is_empty() && matches!(pace, Pace::Closed(_)) {
            let nothing = Content::Nothing;
            handler = Some(self.load(tenants, pace, nothing, false, self.times).await?);
            prepared = self.plain(tenants, in_flight, Mode::Prepared).await?;
            simple = self.plain(tenants, in_flight, Mode::Simple).await?;
            // With one tenant it is the same thing twice.
            if tenants > 1 {
                plain_spread = Some(self.spread(tenants, in_flight).await?);
            }
        }
        let mut row = Row {
            tenants,
            in_flight,
            rate: match pace {
                Pace::Closed(_) => None,
                Pace::Open { rate, .. } => Some(rate),
            },
            server,
            watched,
            handler,
            plain: prepared,
            plain_simple: simple,
            plain_spread,
            ratio: None,
        };
        row.compare();
        Ok(row)
    }

    async fn load(
        &mut self,
        tenants: usize,
        pace: Pace,
        content: Content,
        watched: bool,
        times: Times,
    ) -> anyhow::Result<Outcome> {
        self.settle().await?;
        self.scenario += 1;
        let tenants = self.tenants.get(..tenants).unwrap_or(&self.tenants);
        let plan = Plan {
            content,
            pace,
            ..Plan::new(self.port, tenants, &self.platform.app_secret, self.scenario)
        };
        let processes = Processes {
            server: self.server.pid(),
            postgres: self.cluster.pid(),
        };
        scenario::run(plan, tenants, watched, processes, times).await
    }

    async fn plain(
        &self,
        tenants: usize,
        clients: usize,
        mode: Mode,
    ) -> anyhow::Result<Option<bench::pgbench::Reached>> {
        let Some(pgbench) = &self.pgbench else {
            return Ok(None);
        };
        self.settle().await?;
        let run = Run {
            urls: self.plain.get(..tenants).unwrap_or(&self.plain),
            clients,
            mode,
            contacts: contacts(tenants),
            warm: self.times.warm,
            window: self.times.window,
        };
        Ok(Some(pgbench.run(&self.cluster, &run).await?))
    }

    async fn spread(&self, tenants: usize, in_flight: usize) -> anyhow::Result<bench::pgbench::Reached> {
        self.settle().await?;
        let run = spread::Run {
            urls: self.plain.get(..tenants).unwrap_or(&self.plain).to_vec(),
            in_flight,
            contacts: contacts(tenants),
            postgres: self.cluster.pid(),
            warm: self.times.warm,
            window: self.times.window,
        };
        tokio::task::spawn_blocking(move || spread::run(&run)).await?
    }

    /// What earlier scenarios left to be written is written before the next one counts.
    async fn settle(&self) -> anyhow::Result<()> {
        let server = sql::connect(&self.cluster.url("postgres")).await?;
        server.batch_execute("CHECKPOINT").await?;
        Ok(())
    }
}

/// Customers of each tenant: the more tenants, the fewer.
fn contacts(tenants: usize) -> u64 {
    let tenants = u64::try_from(tenants).unwrap_or(1).max(1);
    (10_000 / tenants).clamp(20, 1000)
}

fn say(what: &str) {
    eprintln!("· {what}");
}
