//! Hints to whoever watches a tenant. The truth is the tenant's event table: a
//! feed reads it once per tenant and process, and hands the events to every
//! watcher. A watcher that falls behind is told to start over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use pg::{DbError, TenantId};
use resolver::{ResolveError, Resolver, TenantHandle, Unready};
use tenant::event::{self, Event};
use tokio::{
    runtime::Handle,
    sync::{Notify, broadcast},
};

use crate::{Engine, hints::Hints, turns::Turns};

/// Events a watcher may lag behind.
const BACKLOG: usize = 1024;
/// Events read at once.
const READ: i64 = 500;
/// How often a feed looks without a hint, in case one was lost.
const SWEEP: Duration = Duration::from_secs(5);

/// Lets sockets watch tenants.
#[derive(Clone)]
pub(crate) struct Feeds {
    runtime: Handle,
    resolver: Resolver,
    hints: Hints,
    /// Whoever works on what happened a little later, and how much later.
    after: [(Arc<Turns>, Duration); 2],
    open: Arc<Mutex<HashMap<TenantId, Feed>>>,
}

#[derive(Clone)]
struct Feed {
    handle: Arc<TenantHandle>,
    events: broadcast::Sender<Event>,
    hint: Arc<Notify>,
}

/// A place in a tenant's stream of events.
pub struct Watch {
    /// Events after this number come by [`Watch::next`].
    pub seq: i64,
    events: broadcast::Receiver<Event>,
}

/// The watcher fell too far behind and must read everything again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too many events were missed")]
pub struct Lagged;

impl Watch {
    /// The next event. Ends with an error when some were missed.
    pub async fn next(&mut self) -> Result<Event, Lagged> {
        loop {
            let event = self.events.recv().await.map_err(|_lagged_or_closed| Lagged)?;
            if event.seq > self.seq + 1 {
                return Err(Lagged);
            }
            if event.seq == self.seq + 1 {
                self.seq = event.seq;
                return Ok(event);
            }
        }
    }
}

impl Feeds {
    pub(crate) fn new(resolver: Resolver, hints: Hints, after: [(Arc<Turns>, Duration); 2]) -> Self {
        Self {
            runtime: Handle::current(),
            resolver,
            hints,
            after,
            open: Arc::default(),
        }
    }

    /// Something was committed in this tenant: tells watchers here and in other processes.
    pub(crate) fn hint(&self, tenant: TenantId) {
        self.hints.event(tenant);
        for (turns, soon) in &self.after {
            turns.wake_in(tenant, *soon);
        }
        self.wake(tenant);
    }

    /// Hints may have been missed: every feed looks.
    pub(crate) fn wake_all(&self) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        for feed in open.values() {
            feed.hint.notify_one();
        }
    }

    /// Something may have happened in this tenant: watchers here look.
    pub(crate) fn wake(&self, tenant: TenantId) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = open.get(&tenant) {
            feed.hint.notify_one();
        }
    }

    /// Joins the tenant's feed, or starts one that begins after `seq`; true when it was started.
    fn subscribe(&self, handle: &Arc<TenantHandle>, seq: i64) -> (broadcast::Receiver<Event>, bool) {
        let tenant = handle.tenant.id;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = open.get(&tenant)
            && feed.events.receiver_count() > 0
            && feed.handle.same_database(handle)
        {
            return (feed.events.subscribe(), false);
        }
        let (events, receiver) = broadcast::channel(BACKLOG);
        let feed = Feed {
            handle: Arc::clone(handle),
            events,
            hint: Arc::default(),
        };
        open.insert(tenant, feed.clone());
        let feeds = self.clone();
        self.runtime.spawn(async move { feeds.run(feed, seq).await });
        (receiver, true)
    }

    async fn run(&self, feed: Feed, mut seq: i64) {
        let tenant = feed.handle.tenant.id;
        while feed.events.receiver_count() > 0 {
            match self.read(&feed.handle, seq).await {
                // Another database counts its events anew: the watchers start over there.
                Ok(None) => break,
                Ok(Some(events)) => {
                    let full = events.len() >= usize::try_from(READ).unwrap_or(usize::MAX);
                    seq = events.last().map_or(seq, |event| event.seq);
                    for event in events {
                        // An error means that the last watcher has just left.
                        drop(feed.events.send(event));
                    }
                    if full {
                        continue;
                    }
                }
                Err(error) => tracing::warn!(tenant.id = %tenant, %error, "cannot read events"),
            }
            drop(tokio::time::timeout(SWEEP, feed.hint.notified()).await);
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open
            .get(&tenant)
            .is_some_and(|now| now.events.same_channel(&feed.events))
        {
            open.remove(&tenant);
        }
    }

    /// What happened after `seq`; `None` if the tenant's database is another one by now.
    async fn read(&self, handle: &TenantHandle, seq: i64) -> Result<Option<Vec<Event>>, ResolveError> {
        let now = self.resolver.tenant(handle.tenant.id).await?;
        if now.is_none_or(|now| !now.same_database(handle)) {
            return Ok(None);
        }
        let mut conn = handle.db().await?.conn().await.map_err(unreachable)?;
        let events = event::since(&mut conn, seq, READ).await;
        Ok(Some(events.map_err(unreachable)?))
    }
}

async fn newest(handle: &TenantHandle) -> Result<i64, ResolveError> {
    let mut conn = handle.db().await?.conn().await.map_err(unreachable)?;
    event::newest(&mut conn).await.map_err(unreachable)
}

fn unreachable(error: DbError) -> ResolveError {
    Unready::Unreachable(Arc::new(error)).into()
}

impl Engine {
    /// Watches a tenant from the newest event on.
    pub async fn watch(&self, handle: &Arc<TenantHandle>) -> Result<Watch, ResolveError> {
        // A new feed begins at this number. One that runs may be anywhere: it is
        // joined before the number is read, so nothing falls between the two.
        let before = newest(handle).await?;
        let (events, started) = self.0.feeds.subscribe(handle, before);
        let seq = if started { before } else { newest(handle).await? };
        Ok(Watch { seq, events })
    }

    /// Something was committed in this tenant: watchers look at once.
    pub fn hint(&self, tenant: TenantId) {
        self.0.feeds.hint(tenant);
    }

    /// Something was put into this tenant's outbox, or falls asleep until a time: watchers and senders look at once.
    pub fn queued(&self, tenant: TenantId) {
        self.hint(tenant);
        self.wake_sender(tenant);
    }
}
