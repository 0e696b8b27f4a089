//! Stands in for Meta: makes events at a rate, bundles and signs them, and delivers each webhook
//! again until it is answered 200, some of them once more after that, and some out of order.

use std::{
    collections::VecDeque,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use crypto::SecretString;
use fastrand::Rng;
use tokio::{
    sync::Semaphore,
    task::JoinSet,
    time::{interval, sleep, timeout},
};

use crate::{
    chaos::ledger::{Event, Ledger, Status, What},
    figures::Latencies,
    http::Connection,
    provision::{Tenant, now},
    webhook::{self, Text},
};

/// Customers of each tenant.
const CONTACTS: u64 = 200;
/// How often due events are made.
const TICK: Duration = Duration::from_millis(10);
/// An answer that takes longer is taken for none.
const PATIENCE: Duration = Duration::from_secs(20);
/// The first repetition comes after this long, each further one after twice as long, up to …
const FIRST: Duration = Duration::from_millis(500);
/// … this.
const LAST: Duration = Duration::from_secs(10);
/// Connections to the servers for each kind of webhook.
const CONNECTIONS: usize = 64;

/// Whose events a webhook holds; each kind has connections of its own, so that none waits for another's.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Of tenants that never go down alone.
    Others,
    /// Of tenants whose server is stopped.
    Struck,
    /// Of both.
    Mixed,
}

/// During which part of the drill a webhook was sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// Nothing is wrong.
    Calm,
    /// One tenants' server is down.
    Outage,
    /// Anything else.
    Other,
}

/// Counts and latencies.
#[derive(Default)]
pub struct Tally {
    /// Webhooks made.
    pub webhooks: AtomicU64,
    /// Webhooks with more than one event.
    pub batches: AtomicU64,
    /// Deliveries tried.
    pub deliveries: AtomicU64,
    /// Answers other than 200.
    pub refused: AtomicU64,
    /// Broken connections and missing answers.
    pub broken: AtomicU64,
    /// Webhooks delivered once more after they were acknowledged.
    pub again: AtomicU64,
    /// Webhooks held back so that later ones overtook them.
    pub overtaken: AtomicU64,
    calm: Mutex<Latencies>,
    outage: Mutex<Latencies>,
}

impl Tally {
    fn latency(&self, period: Period, latency: Duration) {
        let kept = match period {
            Period::Calm => &self.calm,
            Period::Outage => &self.outage,
            Period::Other => return,
        };
        kept.lock()
            .unwrap_or_else(PoisonError::into_inner)
            .record(latency);
    }

    /// The others' 99th percentile in milliseconds: calm, and while one server was down.
    pub fn others_p99(&self) -> Option<(f64, f64)> {
        let p99 = |kept: &Mutex<Latencies>| {
            let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
            kept.summary().map(|spread| spread.p99)
        };
        p99(&self.calm).zip(p99(&self.outage))
    }
}

/// Everything that delivering needs, shared by all deliveries.
pub struct Meta {
    /// The tenants.
    pub tenants: Vec<Tenant>,
    /// Which of them are on the server that is stopped.
    pub struck: Vec<bool>,
    ports: Vec<u16>,
    secret: SecretString,
    /// What was sent.
    pub ledger: Ledger,
    /// How it went.
    pub tally: Tally,
    period: Mutex<Period>,
    giving_up: AtomicBool,
    turn: AtomicUsize,
    ways: [Way; 3],
}

struct Way {
    permits: Semaphore,
    /// Idle connections, with the port that they lead to.
    idle: Mutex<Vec<(u16, Connection)>>,
}

impl Default for Way {
    fn default() -> Self {
        Self {
            permits: Semaphore::new(CONNECTIONS),
            idle: Mutex::default(),
        }
    }
}

struct Webhook {
    events: Vec<usize>,
    kind: Kind,
    body: String,
    signature: String,
}

/// Statuses of messages that were seeded as sent, in the order in which they will be told.
pub type Statuses = Vec<VecDeque<(String, Status)>>;

impl Meta {
    /// Stands before these servers.
    pub fn new(tenants: Vec<Tenant>, struck: Vec<bool>, ports: Vec<u16>, secret: SecretString) -> Self {
        Self {
            tenants,
            struck,
            ports,
            secret,
            ledger: Ledger::default(),
            tally: Tally::default(),
            period: Mutex::new(Period::Other),
            giving_up: AtomicBool::new(false),
            turn: AtomicUsize::new(0),
            ways: Default::default(),
        }
    }

    /// Latencies count for this period from now on.
    pub fn enter(&self, period: Period) {
        *self.period.lock().unwrap_or_else(PoisonError::into_inner) = period;
    }

    fn period(&self) -> Period {
        *self.period.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Makes events at `rate` a second for `length`, then waits until all are acknowledged, for
    /// at most `grace`. Returns how many webhooks were given up.
    pub async fn run(
        self: &Arc<Self>,
        rate: u32,
        length: Duration,
        grace: Duration,
        mut rng: Rng,
        mut statuses: Statuses,
    ) -> usize {
        let mut deliveries = JoinSet::new();
        let (begun, mut made, mut tick) = (Instant::now(), 0_u64, interval(TICK));
        while begun.elapsed() < length {
            tick.tick().await;
            let due = crate::figures::micros(begun.elapsed()) * u64::from(rate) / 1_000_000;
            while made < due {
                let webhook = self.webhook(made, &mut rng, &mut statuses);
                made += u64::try_from(webhook.events.len()).unwrap_or(1);
                deliveries.spawn(Arc::clone(self).deliver(webhook, rng.fork()));
            }
            while deliveries.try_join_next().is_some() {}
        }
        let all = async { while deliveries.join_next().await.is_some() {} };
        if timeout(grace, all).await.is_err() {
            self.giving_up.store(true, Ordering::Relaxed);
            return deliveries.len();
        }
        0
    }

    /// Gives every tenant a conversation; the statuses' messages will belong to it.
    pub async fn greet(self: &Arc<Self>, mut rng: Rng) {
        for tenant in 0..self.tenants.len() {
            let number = u64::try_from(tenant).unwrap_or_default();
            let event = message(tenant, 0, number + 9_000_000_000, &mut rng);
            let webhook = self.sign(vec![event]);
            Arc::clone(self).deliver(webhook, rng.fork()).await;
        }
    }

    fn webhook(&self, number: u64, rng: &mut Rng, statuses: &mut Statuses) -> Webhook {
        let count = if rng.u8(..100) < 20 { rng.usize(2..=5) } else { 1 };
        if count > 1 {
            self.tally.batches.fetch_add(1, Ordering::Relaxed);
        }
        self.tally.webhooks.fetch_add(1, Ordering::Relaxed);
        let events = (0..count).map(|offset| {
            let tenant = rng.usize(..self.tenants.len());
            let queued = statuses.get_mut(tenant).filter(|_queue| rng.u8(..100) < 30);
            if let Some((wamid, status)) = queued.and_then(VecDeque::pop_front) {
                return Event {
                    tenant,
                    contact: 0,
                    wamid,
                    what: What::Status(status),
                    acknowledged: false,
                };
            }
            let number = number + u64::try_from(offset).unwrap_or_default();
            message(tenant, rng.u64(..CONTACTS), number, rng)
        });
        let events = events.collect();
        self.sign(events)
    }

    fn sign(&self, events: Vec<Event>) -> Webhook {
        let struck = |event: &Event| self.struck.get(event.tenant) == Some(&true);
        let kind = match events.iter().filter(|event| struck(event)).count() {
            0 => Kind::Others,
            count if count == events.len() => Kind::Struck,
            _ => Kind::Mixed,
        };
        let entries: Vec<String> = events.iter().filter_map(|event| self.entry(event)).collect();
        let body = webhook::body(&entries);
        Webhook {
            signature: webhook::sign(&self.secret, &body),
            events: events.into_iter().map(|event| self.ledger.add(event)).collect(),
            kind,
            body,
        }
    }

    fn entry(&self, event: &Event) -> Option<String> {
        let line = &self.tenants.get(event.tenant)?.line;
        let at = now().timestamp();
        Some(match &event.what {
            What::Message { body } => {
                let text = Text {
                    wamid: &event.wamid,
                    contact: event.contact,
                    at,
                    body,
                };
                webhook::message_change(line, &text)
            }
            What::Status(status) => {
                webhook::status_change(line, &event.wamid, status.as_str(), event.contact, at)
            }
        })
    }

    async fn deliver(self: Arc<Self>, webhook: Webhook, mut rng: Rng) {
        if rng.u8(..100) < 15 {
            self.tally.overtaken.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(rng.u64(..2000))).await;
        }
        if !self.until_acknowledged(&webhook, &mut rng).await {
            return;
        }
        self.ledger.acknowledge(&webhook.events);
        if rng.u8(..100) < 5 {
            self.tally.again.fetch_add(1, Ordering::Relaxed);
            sleep(Duration::from_millis(rng.u64(..5000))).await;
            self.until_acknowledged(&webhook, &mut rng).await;
        }
    }

    async fn until_acknowledged(&self, webhook: &Webhook, rng: &mut Rng) -> bool {
        let mut pause = FIRST;
        while !self.giving_up.load(Ordering::Relaxed) {
            let (period, begun) = (self.period(), Instant::now());
            if self.attempt(webhook).await {
                if webhook.kind == Kind::Others && period == self.period() {
                    self.tally.latency(period, begun.elapsed());
                }
                return true;
            }
            sleep(pause.mul_f64(0.5 + rng.f64())).await;
            pause = (pause * 2).min(LAST);
        }
        false
    }

    /// One delivery; whether it was answered 200.
    async fn attempt(&self, webhook: &Webhook) -> bool {
        let [others, struck, mixed] = &self.ways;
        let way = match webhook.kind {
            Kind::Others => others,
            Kind::Struck => struck,
            Kind::Mixed => mixed,
        };
        let Ok(_permit) = way.permits.acquire().await else {
            return false;
        };
        self.tally.deliveries.fetch_add(1, Ordering::Relaxed);
        let turn = self.turn.fetch_add(1, Ordering::Relaxed);
        let Some(port) = self.ports.get(turn % self.ports.len().max(1)).copied() else {
            return false;
        };
        match timeout(PATIENCE, way.send(port, webhook)).await {
            Ok(Ok(200)) => true,
            Ok(Ok(_status)) => {
                self.tally.refused.fetch_add(1, Ordering::Relaxed);
                false
            }
            Ok(Err(_)) | Err(_) => {
                self.tally.broken.fetch_add(1, Ordering::Relaxed);
                false
            }
        }
    }
}

fn message(tenant: usize, contact: u64, number: u64, rng: &mut Rng) -> Event {
    Event {
        tenant,
        contact,
        wamid: format!("wamid.HBgLC{number:010}{:012X}", rng.u64(..1 << 48)),
        what: What::Message {
            body: format!("mensaje {number}"),
        },
        acknowledged: false,
    }
}

impl Way {
    async fn send(&self, port: u16, webhook: &Webhook) -> std::io::Result<u16> {
        let mut connection = match self.take(port) {
            Some(kept) => kept,
            None => Connection::open(port).await?,
        };
        let status = connection
            .webhook(webhook.body.as_bytes(), &webhook.signature)
            .await?;
        self.idle
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((port, connection));
        Ok(status)
    }

    fn take(&self, port: u16) -> Option<Connection> {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let found = idle.iter().rposition(|(to, _)| *to == port)?;
        Some(idle.swap_remove(found).1)
    }
}
