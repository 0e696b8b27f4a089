//! The load: closed loop (so many requests in flight, each followed by the next) or open loop
//! (so many a second, whatever the answers; latency counts from when a message was due).
//!
//! Runs on one thread of its own. Which tenant and which customer the n-th message belongs to
//! follows from n, so what must be stored afterwards can be told without keeping it all.

use std::{
    cell::RefCell,
    rc::Rc,
    sync::{
        Arc,
        atomic::{AtomicU8, AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use crypto::SecretString;
use tokio::{
    task::LocalSet,
    time::{sleep, sleep_until},
};

use crate::{
    figures::{Latencies, scatter},
    http::Connection,
    provision::{Tenant, now},
    webhook::{self, Line, Text},
};

/// A message that was refused is tried again after this long.
const AGAIN: Duration = Duration::from_millis(50);
/// Messages count. Before it, at 0, they warm things up.
const MEASURING: u8 = 1;
/// Workers end after their current message.
const ENDING: u8 = 2;

/// What each message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// Texts of so many customers for each tenant, who come back.
    Known(u64),
    /// Texts of customers who never wrote before.
    Strangers,
    /// One text of each of so many customers of each tenant; then the load ends.
    EachOnce(u64),
    /// Nothing to store.
    Nothing,
}

/// How the load is paced.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Pace {
    /// So many in flight.
    Closed(usize),
    /// So many a second, over at most this many connections.
    Open {
        /// Messages a second.
        rate: u32,
        /// Connections.
        connections: usize,
    },
}

impl Pace {
    /// Connections that it uses.
    pub fn connections(self) -> usize {
        match self {
            Self::Closed(connections) | Self::Open { connections, .. } => connections,
        }
    }
}

/// Everything that a load needs.
pub struct Plan {
    /// Where the server is.
    pub port: u16,
    /// The tenants that get messages.
    pub lines: Vec<Line>,
    /// Signs every body.
    pub secret: SecretString,
    /// Tells this run's messages from others'.
    pub scenario: u32,
    /// What they are.
    pub content: Content,
    /// How fast.
    pub pace: Pace,
}

impl Plan {
    /// A load on these tenants.
    pub fn new(port: u16, tenants: &[Tenant], secret: &SecretString, scenario: u32) -> Self {
        Self {
            port,
            lines: tenants.iter().map(|tenant| tenant.line.clone()).collect(),
            secret: secret.clone(),
            scenario,
            content: Content::Known(1000),
            pace: Pace::Closed(1),
        }
    }

    /// Which tenant the n-th message belongs to.
    pub fn tenant_of(&self, n: u64) -> usize {
        let count = self.tenants();
        let turn = match self.content {
            Content::EachOnce(_) => n,
            _ => scatter(n),
        };
        usize::try_from(turn % count).unwrap_or_default()
    }

    /// The n-th message's id at Meta.
    pub fn wamid(&self, n: u64) -> String {
        format!("{}{:016X}{n:010}", prefix(self.scenario), scatter(n))
    }

    fn tenants(&self) -> u64 {
        u64::try_from(self.lines.len().max(1)).unwrap_or(1)
    }

    fn contact_of(&self, n: u64) -> u64 {
        match self.content {
            Content::Known(contacts) => scatter(n ^ 0x5bd1_e995) % contacts.max(1),
            Content::EachOnce(_) => n / self.tenants(),
            Content::Strangers | Content::Nothing => 1_000_000 * u64::from(self.scenario) + n,
        }
    }

    fn body(&self, n: u64) -> Option<String> {
        if let Content::EachOnce(contacts) = self.content
            && n >= contacts * self.tenants()
        {
            return None;
        }
        let line = self.lines.get(self.tenant_of(n))?;
        let wamid = self.wamid(n);
        let text = Text {
            wamid: &wamid,
            contact: self.contact_of(n),
            at: now().timestamp(),
            body: "Hola, ¿tienen lugar para mañana a las diez? Muchas gracias.",
        };
        let entry = match self.content {
            Content::Nothing => webhook::empty_change(line, &text),
            _ => webhook::message_change(line, &text),
        };
        Some(webhook::body(&[entry]))
    }
}

/// How every id of a scenario begins.
pub fn prefix(scenario: u32) -> String {
    format!("wamid.HBgLB{scenario:05}")
}

/// What other threads see of a load, and how they steer it.
#[derive(Default)]
pub struct Gauge {
    phase: AtomicU8,
    next: AtomicU64,
    acknowledged: AtomicU64,
    refused: AtomicU64,
}

impl Gauge {
    /// From now on messages count.
    pub fn measure(&self) {
        self.phase.store(MEASURING, Ordering::Relaxed);
    }

    /// No further message is begun.
    pub fn end(&self) {
        self.phase.store(ENDING, Ordering::Relaxed);
    }

    /// Messages acknowledged so far.
    pub fn acknowledged(&self) -> u64 {
        self.acknowledged.load(Ordering::Relaxed)
    }

    /// Answers other than 200, and broken connections.
    pub fn refused(&self) -> u64 {
        self.refused.load(Ordering::Relaxed)
    }

    /// Messages begun; all of them are acknowledged once the load has ended.
    pub fn sent(&self) -> u64 {
        self.next.load(Ordering::Relaxed)
    }
}

/// What a load has seen.
#[derive(Default)]
pub struct Seen {
    /// How long acknowledgements took.
    pub latencies: Latencies,
    /// When messages to the first tenant were sent, by number.
    pub first_tenant: Vec<(u64, Instant)>,
}

/// Runs the load until it is told to end and everything begun is acknowledged.
pub fn run(plan: Plan, gauge: &Arc<Gauge>) -> anyhow::Result<Seen> {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let worker = Worker {
        plan: Rc::new(plan),
        gauge: Arc::clone(gauge),
        seen: Rc::default(),
        begun: Instant::now(),
    };
    let local = LocalSet::new();
    for _ in 0..worker.plan.pace.connections() {
        local.spawn_local(worker.clone().work());
    }
    runtime.block_on(local);
    Ok(worker.seen.take())
}

#[derive(Clone)]
struct Worker {
    plan: Rc<Plan>,
    gauge: Arc<Gauge>,
    seen: Rc<RefCell<Seen>>,
    begun: Instant,
}

impl Worker {
    async fn work(self) {
        let mut connection = None;
        while self.gauge.phase.load(Ordering::Relaxed) != ENDING {
            let n = self.gauge.next.fetch_add(1, Ordering::Relaxed);
            let due = self.due(n).await;
            let Some(body) = self.plan.body(n) else { return };
            let signature = webhook::sign(&self.plan.secret, &body);
            let sent = due.unwrap_or_else(Instant::now);
            self.deliver(&mut connection, &body, &signature).await;
            self.gauge.acknowledged.fetch_add(1, Ordering::Relaxed);
            if self.gauge.phase.load(Ordering::Relaxed) == MEASURING {
                let mut seen = self.seen.borrow_mut();
                seen.latencies.record(sent.elapsed());
                if self.plan.tenant_of(n) == 0 {
                    seen.first_tenant.push((n, sent));
                }
            }
        }
    }

    /// When the n-th message is due, after waiting for it, if the loop is open.
    async fn due(&self, n: u64) -> Option<Instant> {
        let Pace::Open { rate, .. } = self.plan.pace else {
            return None;
        };
        let after = Duration::from_nanos(n.saturating_mul(1_000_000_000) / u64::from(rate.max(1)));
        let due = self.begun + after;
        sleep_until(due.into()).await;
        Some(due)
    }

    async fn deliver(&self, kept: &mut Option<Connection>, body: &str, signature: &str) {
        loop {
            if kept.is_none() {
                *kept = Connection::open(self.plan.port).await.ok();
            }
            if let Some(connection) = kept {
                match connection.webhook(body.as_bytes(), signature).await {
                    Ok(200) => return,
                    Ok(_refused) => {}
                    Err(_broken) => *kept = None,
                }
            }
            self.gauge.refused.fetch_add(1, Ordering::Relaxed);
            sleep(AGAIN).await;
        }
    }
}
