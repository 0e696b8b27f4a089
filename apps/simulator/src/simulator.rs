//! The simulator that every request shares: state behind one lock, events, and a way to run
//! things later.

use std::{
    collections::HashMap,
    future::Future,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use serde::Serialize;
use tokio::{
    runtime::Handle,
    sync::{Notify, Semaphore, broadcast},
};

use crate::{
    config::{Config, Timing},
    delivery::Log,
    faults::Faults,
    files::Files,
    lifecycle::Waiting,
    rules::Rules,
    world::{Callback, ChatKey, World, pairs::Pairs},
};

/// How many webhooks are under way at once.
const DELIVERIES: usize = 64;

/// What the page is told.
#[derive(Debug, Clone, Serialize)]
pub struct Event {
    /// `message`, `status`, `read`, `typing`, `lines` or `reset`.
    pub kind: &'static str,
    /// The chat it happened in.
    #[serde(flatten)]
    pub chat: Option<ChatKey>,
}

/// Everything behind the lock.
#[derive(Default)]
pub struct Inner {
    /// Lines, people and chats.
    pub world: World,
    /// What goes wrong.
    pub faults: Faults,
    /// Which of Meta's rules hold.
    pub rules: Rules,
    /// How fast each person is written to.
    pub(crate) pairs: Pairs,
    /// Files that customers sent, and that businesses left to send.
    pub files: Files,
    /// The latest webhooks.
    pub log: Log,
    /// Statuses that wait for company.
    pub(crate) waiting: Waiting,
    /// The chats that are on a screen, and on how many.
    pub on_screen: HashMap<ChatKey, usize>,
}

/// The simulator.
pub struct Simulator {
    inner: Mutex<Inner>,
    events: broadcast::Sender<Event>,
    runtime: Handle,
    generation: AtomicU64,
    pub(crate) http: reqwest::Client,
    pub(crate) slots: Semaphore,
    pub(crate) timing: Timing,
    pub(crate) version: String,
    pub(crate) changed: Notify,
}

impl Simulator {
    /// A simulator with a configuration and, when it had run before, what it remembers. What the
    /// configuration says replaces what was remembered.
    pub fn new(config: Config, mut world: World, http: reqwest::Client, runtime: Handle) -> Arc<Self> {
        for line in config.lines {
            world.lines.insert(line.phone_number_id.clone(), line);
        }
        if let Some(url) = config.callback_url {
            world.callback = Some(Callback {
                url,
                verify_token: config.verify_token,
            });
        }
        Arc::new(Self {
            inner: Mutex::new(Inner {
                world,
                ..Inner::default()
            }),
            events: broadcast::channel(256).0,
            runtime,
            generation: AtomicU64::new(0),
            http,
            slots: Semaphore::new(DELIVERIES),
            timing: config.timing,
            version: config.version,
            changed: Notify::new(),
        })
    }

    /// The state, for a moment: never across an await.
    pub fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Tells the page, and the state file.
    pub fn tell(&self, kind: &'static str, chat: Option<ChatKey>) {
        self.changed.notify_one();
        // Without a page nobody listens.
        drop(self.events.send(Event { kind, chat }));
    }

    /// What the page is told from now on.
    pub fn listen(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }

    /// Runs something that outlives the request.
    pub fn spawn<F>(&self, work: F) -> tokio::task::JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.runtime.spawn(work)
    }

    /// Forgets chats, faults and logs. Work that is under way notices and stops.
    pub fn reset(&self) {
        self.generation.fetch_add(1, Ordering::Relaxed);
        let mut inner = self.lock();
        inner.world.forget();
        inner.faults = Faults::default();
        inner.rules = Rules::default();
        inner.pairs = Pairs::default();
        inner.files = Files::default();
        inner.log.forget();
        inner.waiting = Waiting::default();
        drop(inner);
        self.tell("reset", None);
    }

    /// Changes with every reset.
    pub(crate) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Relaxed)
    }

    /// Waits as long as Meta may take before the next status.
    pub(crate) async fn pause(&self, step: u64) {
        let Timing {
            status_min_ms: min,
            status_max_ms: max,
            ..
        } = self.timing;
        // A spread that depends on the message: no two take the same time.
        let spread = step.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 33;
        let length = min + spread % (max.saturating_sub(min) + 1);
        tokio::time::sleep(Duration::from_millis(length)).await;
    }
}
