//! The plain transaction from an application that serves many tenants: any message may be of any
//! of them, as in the load. pgbench ties each client to one database, so that sixteen clients keep
//! sixteen databases warm and leave the others alone; this shows what that spares.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
    time::{Duration, Instant},
};

use tokio::task::LocalSet;
use tokio_postgres::{Client, NoTls, Statement};
use uuid::Uuid;

use crate::{
    figures::{Latencies, Used, per_second, scatter},
    pgbench::Reached,
    plain, proc,
};

/// One run.
#[derive(Clone)]
pub struct Run {
    /// The tenants' databases.
    pub urls: Vec<String>,
    /// Transactions in flight.
    pub in_flight: usize,
    /// Customers in each database.
    pub contacts: u64,
    /// Postgres's first process.
    pub postgres: u32,
    /// Before it counts.
    pub warm: Duration,
    /// How long it counts.
    pub window: Duration,
}

/// Runs the plain transaction, each message's tenant at random. Takes this thread.
pub fn run(run: &Run) -> anyhow::Result<Reached> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let application = Rc::new(Application {
        pools: run.urls.iter().map(|_url| RefCell::default()).collect(),
        run: run.clone(),
        next: Cell::new(0),
        done: Cell::new(0),
        phase: Cell::new(Phase::Warming),
        latencies: RefCell::default(),
    });
    let local = LocalSet::new();
    let workers: Vec<_> = (0..run.in_flight)
        .map(|_| local.spawn_local(Rc::clone(&application).work()))
        .collect();
    let measured = local.block_on(&runtime, async {
        tokio::time::sleep(run.warm).await;
        application.phase.set(Phase::Counting);
        let (begun, before, count) = (Instant::now(), application.used(), application.done.get());
        tokio::time::sleep(run.window).await;
        let (window, after) = (begun.elapsed(), application.used());
        let count = application.done.get() - count;
        application.phase.set(Phase::Ending);
        for worker in workers {
            worker.await??;
        }
        anyhow::Ok((per_second(count, window), after.since(before, count)))
    });
    let (per_second, cpu) = measured?;
    let latency = application.latencies.borrow().summary();
    Ok(Reached {
        per_second,
        cpu,
        latency,
    })
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Phase {
    Warming,
    Counting,
    Ending,
}

struct Application {
    run: Run,
    /// Each tenant's idle connections; as many are opened as are wanted at once.
    pools: Vec<RefCell<Vec<Session>>>,
    next: Cell<u64>,
    done: Cell<u64>,
    phase: Cell<Phase>,
    latencies: RefCell<Latencies>,
}

impl Application {
    fn used(&self) -> Used {
        Used {
            application: proc::own_cpu(),
            postgres: proc::tree_cpu(self.run.postgres),
            client: Duration::ZERO,
        }
    }

    async fn work(self: Rc<Self>) -> anyhow::Result<()> {
        let raw = plain::raw();
        while self.phase.get() != Phase::Ending {
            let n = self.next.replace(self.next.get() + 1);
            let tenants = u64::try_from(self.pools.len().max(1))?;
            let tenant = usize::try_from(scatter(n) % tenants)?;
            let (Some(pool), Some(url)) = (self.pools.get(tenant), self.run.urls.get(tenant)) else {
                return Ok(());
            };
            let begun = Instant::now();
            let idle = pool.borrow_mut().pop();
            let session = match idle {
                Some(session) => session,
                None => Session::open(url).await?,
            };
            let customer = scatter(n ^ 0x5bd1_e995) % self.run.contacts.max(1);
            session.transaction(i64::try_from(customer)?, &raw).await?;
            pool.borrow_mut().push(session);
            self.done.set(self.done.get() + 1);
            if self.phase.get() == Phase::Counting {
                self.latencies.borrow_mut().record(begun.elapsed());
            }
        }
        Ok(())
    }
}

/// A connection with its prepared statements.
struct Session {
    client: Client,
    statements: [Statement; 4],
}

impl Session {
    async fn open(url: &str) -> anyhow::Result<Self> {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await?;
        tokio::task::spawn_local(connection);
        let [contact, conversation, message, counted] = plain::numbered();
        let statements = [
            client.prepare(&contact).await?,
            client.prepare(&conversation).await?,
            client.prepare(&message).await?,
            client.prepare(&counted).await?,
        ];
        Ok(Self { client, statements })
    }

    async fn transaction(&self, customer: i64, raw: &str) -> anyhow::Result<()> {
        let [contact, conversation, message, counted] = &self.statements;
        // What is behind the time in such an id is random.
        let number = i64::from_le_bytes(Uuid::now_v7().as_u64_pair().1.to_le_bytes()).saturating_abs();
        let client = &self.client;
        client.batch_execute("BEGIN").await?;
        let row = client.query_one(contact, &[&customer]).await?;
        let row = client
            .query_one(conversation, &[&customer, &row.try_get::<_, Uuid>(0)?])
            .await?;
        let thread: Uuid = row.try_get(0)?;
        let row = client.query_one(message, &[&thread, &number, &raw]).await?;
        client
            .execute(counted, &[&thread, &row.try_get::<_, Uuid>(0)?])
            .await?;
        Ok(client.batch_execute("COMMIT").await?)
    }
}
