//! Hints to whoever watches a tenant. The truth is the tenant's event table: a
//! feed reads it once per tenant and process, and hands the events to every
//! watcher. A watcher that falls behind is told to start over.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use pg::{DbError, TenantId};
use resolver::{ResolveError, Resolver, TenantHandle};
use tenant::event::{self, Event};
use tokio::{
    runtime::Handle,
    sync::{Notify, broadcast},
};

use crate::Engine;

/// Events a watcher may lag behind.
const BACKLOG: usize = 1024;
/// Events read at once.
const READ: i64 = 500;
/// How often a feed looks without a hint: other servers' commits give none here.
const SWEEP: Duration = Duration::from_millis(700);

/// Lets sockets watch tenants.
#[derive(Clone)]
pub(crate) struct Feeds {
    runtime: Handle,
    open: Arc<Mutex<HashMap<TenantId, Feed>>>,
}

#[derive(Clone)]
struct Feed {
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
    pub(crate) fn new() -> Self {
        Self {
            runtime: Handle::current(),
            open: Arc::default(),
        }
    }

    /// Something may have happened in this tenant.
    pub(crate) fn hint(&self, tenant: TenantId) {
        let open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = open.get(&tenant) {
            feed.hint.notify_one();
        }
    }

    /// What happens from now on. A feed that has to be opened begins after event `floor`.
    fn subscribe(
        &self,
        resolver: &Resolver,
        handle: &Arc<TenantHandle>,
        floor: i64,
    ) -> broadcast::Receiver<Event> {
        let tenant = handle.tenant.id;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(feed) = open.get(&tenant)
            && feed.events.receiver_count() > 0
        {
            return feed.events.subscribe();
        }
        let (events, receiver) = broadcast::channel(BACKLOG);
        let feed = Feed {
            events,
            hint: Arc::default(),
        };
        open.insert(tenant, feed.clone());
        let (feeds, resolver, handle) = (self.clone(), resolver.clone(), Arc::clone(handle));
        self.runtime
            .spawn(async move { feeds.run(&resolver, &handle, &feed, floor).await });
        receiver
    }

    async fn run(&self, resolver: &Resolver, handle: &TenantHandle, feed: &Feed, floor: i64) {
        let mut seq = floor;
        while feed.events.receiver_count() > 0 && !was_replaced(resolver, handle).await {
            match since(handle, seq).await {
                Ok(events) => {
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
                Err(error) => tracing::warn!(tenant.id = %handle.tenant.id, %error, "cannot read events"),
            }
            drop(tokio::time::timeout(SWEEP, feed.hint.notified()).await);
        }
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open
            .get(&handle.tenant.id)
            .is_some_and(|now| now.events.same_channel(&feed.events))
        {
            open.remove(&handle.tenant.id);
        }
    }
}

/// Whether the tenant's database is reached otherwise by now: the numbers may be others there,
/// so whoever watches has to begin anew.
async fn was_replaced(resolver: &Resolver, handle: &TenantHandle) -> bool {
    match resolver.tenant(handle.tenant.id).await {
        Ok(Some(now)) => !now.same_database(handle),
        Ok(None) => true,
        // Not known; the watchers wait.
        Err(_) => false,
    }
}

fn unreachable(error: DbError) -> ResolveError {
    resolver::Unready::Unreachable(Arc::new(error)).into()
}

async fn newest(handle: &TenantHandle) -> Result<i64, ResolveError> {
    let mut conn = handle.db().await?.conn().await.map_err(unreachable)?;
    event::newest(&mut conn).await.map_err(unreachable)
}

async fn since(handle: &TenantHandle, seq: i64) -> Result<Vec<Event>, ResolveError> {
    let mut conn = handle.db().await?.conn().await.map_err(unreachable)?;
    event::since(&mut conn, seq, READ).await.map_err(unreachable)
}

impl Engine {
    /// Watches a tenant from the newest event on.
    pub async fn watch(&self, handle: &Arc<TenantHandle>) -> Result<Watch, ResolveError> {
        // Where a new feed begins has to be known before there is one, and a place in a feed that
        // runs already only after joining it: so nothing falls between, either way.
        let floor = newest(handle).await?;
        let events = self.0.feeds.subscribe(self.resolver(), handle, floor);
        let seq = newest(handle).await?;
        Ok(Watch { seq, events })
    }

    /// Something was committed in this tenant: watchers and the sender look at once.
    pub fn hint(&self, tenant: TenantId) {
        self.0.feeds.hint(tenant);
        self.wake_sender(tenant);
    }
}
