//! Brings what was spooled to the tenants' databases: per tenant in the order
//! it came, a slice at a time, so that a long queue delays nobody else's.
//!
//! A slice is applied first and deleted in the control plane after. A crash
//! between the two repeats it, and applying twice changes nothing.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use control::spool::{Spool, Waiting};
use pg::{Conn, Control, DbError, TenantId};
use resolver::{ResolveError, TenantHandle, Unready};
use tenant::inbound::InboundItem;
use tokio::{
    runtime::Handle,
    sync::Semaphore,
    time::{MissedTickBehavior, interval, timeout},
};

use crate::{
    BreakerState, Engine,
    breaker::Admission,
    ingest::LaneError,
    spool::{chain, contents},
};

/// How often the spool is looked at.
const SWEEP: Duration = Duration::from_secs(1);
/// Sweeps between two counts of the rows.
const COUNTED: u32 = 15;
/// Slices under way at once: each holds a connection of the control plane.
const SLICES: usize = 2;
/// Items in a slice, unless one row alone has more.
const ITEMS: i64 = 200;
/// Sealed bytes in a slice, unless one row alone has more.
const BYTES: i64 = 4 * 1024 * 1024;
/// Databases that are being tried at once, before a slice begins.
const REACHING: usize = 16;
/// How long a database may take to give a connection.
const REACH: Duration = Duration::from_secs(2);
/// How long a database may take to apply a slice.
const APPLY: Duration = Duration::from_secs(10);
/// A row whose work broke off this often is put aside.
const ATTEMPTS: i32 = 5;

/// Which tenants are being looked after, and how many at once.
pub(crate) struct Drains {
    runtime: Handle,
    running: Arc<Mutex<HashSet<TenantId>>>,
    slices: Semaphore,
    reaching: Semaphore,
}

impl Drains {
    pub(crate) fn new() -> Self {
        Self {
            runtime: Handle::current(),
            running: Arc::default(),
            slices: Semaphore::new(SLICES),
            reaching: Semaphore::new(REACHING),
        }
    }
}

/// The tenant is being looked after while this lives.
struct Running {
    tenant: TenantId,
    all: Arc<Mutex<HashSet<TenantId>>>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut all = self.all.lock().unwrap_or_else(PoisonError::into_inner);
        all.remove(&self.tenant);
    }
}

/// How a slice ended.
enum Slice {
    /// All of it is applied; there may be more.
    Applied,
    /// Nothing waits.
    Empty,
    /// Another process is at it, the tenant's lane is full, or the control plane does not answer.
    Later,
    /// The tenant's database could not take it.
    Failed(String),
}

impl Engine {
    /// Looks after everything that waits, again and again. Never returns.
    pub(crate) async fn sweep_spool(&self) {
        let mut tick = interval(SWEEP);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let mut until_count = 0;
        loop {
            tick.tick().await;
            if let Err(error) = self.look_at_spool(until_count == 0).await {
                tracing::warn!(%error, "cannot look at the spool");
            }
            until_count = if until_count == 0 {
                COUNTED
            } else {
                until_count - 1
            };
            for state in BreakerState::ALL {
                let count = u32::try_from(self.0.spooler.guards.count(state)).unwrap_or(u32::MAX);
                metrics::gauge!("breakers", "state" => state.as_str()).set(f64::from(count));
            }
        }
    }

    async fn look_at_spool(&self, counts: bool) -> Result<(), DbError> {
        let mut conn = self.resolver().control().conn().await?;
        let heads = Spool::new(&mut conn).heads().await?;
        if counts {
            let rows = Spool::new(&mut conn).waiting().await?;
            metrics::gauge!("spool_rows").set(f64::from(u32::try_from(rows).unwrap_or(u32::MAX)));
        }
        drop(conn);
        let now = self.clock().now();
        let oldest = heads.iter().map(|head| now - head.received_at).max();
        let seconds = oldest.map_or(0.0, |age| age.as_seconds_f64().max(0.0));
        metrics::gauge!("spool_oldest_seconds").set(seconds);
        for head in &heads {
            if self.0.leases.holds(head.tenant_id).is_some() {
                self.wake_drain(head.tenant_id);
            } else if self.0.parts.sends {
                self.note_homeless(head.tenant_id).await?;
            }
        }
        Ok(())
    }

    /// A tenant without a database has no lane, so that nobody else says why its rows wait.
    async fn note_homeless(&self, tenant: TenantId) -> Result<(), DbError> {
        let why = match self.resolver().tenant(tenant).await {
            Ok(None) => "there is no such tenant any more".to_owned(),
            Err(error @ ResolveError::TenantNotReady(Unready::NotAttached)) => chain(&error),
            _ => return Ok(()),
        };
        self.note_spool_failure(tenant, &why).await
    }

    /// Something may be spooled for this tenant, and its database may take it. Whoever
    /// holds its lane looks; a lock in the control plane keeps a second one away while lanes change hands.
    pub(crate) fn wake_drain(&self, tenant: TenantId) {
        if self.0.leases.holds(tenant).is_none() {
            return self.0.leases.nudge();
        }
        let drains = &self.0.drains;
        let mut running = drains.running.lock().unwrap_or_else(PoisonError::into_inner);
        if !running.insert(tenant) {
            return;
        }
        let running = Running {
            tenant,
            all: Arc::clone(&drains.running),
        };
        let engine = self.clone();
        drains.runtime.spawn(async move {
            engine.drain_spool(tenant).await;
            drop(running);
        });
    }

    /// Applies what waits for the tenant, until nothing does or its database fails.
    async fn drain_spool(&self, tenant: TenantId) {
        let guard = self.0.spooler.guards.of(tenant);
        while guard.admit() == Admission::Go {
            let error = match self.drain_slice(tenant).await {
                Ok(Slice::Applied) => {
                    guard.succeeded();
                    continue;
                }
                Ok(Slice::Empty | Slice::Later) => return guard.undecided(),
                Ok(Slice::Failed(error)) => error,
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, %error, "cannot work on the spool");
                    return guard.undecided();
                }
            };
            guard.failed();
            tracing::warn!(tenant.id = %tenant, error, "what is spooled has to wait on");
            if let Err(error) = self.note_spool_failure(tenant, &error).await {
                tracing::warn!(tenant.id = %tenant, %error, "cannot note why the spool waits");
            }
        }
    }

    async fn note_spool_failure(&self, tenant: TenantId, error: &str) -> Result<(), DbError> {
        let mut conn = self.resolver().control().conn().await?;
        Spool::new(&mut conn)
            .note_failure(tenant, error, self.clock().now())
            .await
    }

    async fn drain_slice(&self, tenant: TenantId) -> Result<Slice, DbError> {
        let handle = match self.resolver().tenant(tenant).await {
            Ok(Some(handle)) => handle,
            Ok(None) => return Ok(Slice::Failed("there is no such tenant any more".to_owned())),
            Err(ResolveError::Unavailable(_)) => return Ok(Slice::Later),
            Err(error) => return Ok(Slice::Failed(chain(&error))),
        };
        // A database that does not answer must not hold what the others' slices need.
        let reached = {
            let _reaching = self.0.drains.reaching.acquire().await;
            timeout(REACH, reach(&handle)).await
        };
        match reached {
            Ok(Ok(())) => {}
            Ok(Err(error)) => return Ok(Slice::Failed(chain(&error))),
            Err(_elapsed) => {
                return Ok(Slice::Failed(
                    "the tenant's database gave no connection in time".to_owned(),
                ));
            }
        }
        let _slice = self.0.drains.slices.acquire().await;
        let mut conn = self.resolver().control().conn().await?;
        conn.transaction(async |tx| {
            if !Spool::new(tx).claim(tenant).await? {
                return Ok(Slice::Later);
            }
            let rows = Spool::new(tx).slice(tenant, ITEMS, BYTES).await?;
            if rows.is_empty() {
                return Ok(Slice::Empty);
            }
            self.apply_rows(tx, &handle, rows).await
        })
        .await
    }

    async fn apply_rows(
        &self,
        tx: &mut Conn<Control>,
        handle: &Arc<TenantHandle>,
        rows: Vec<Waiting>,
    ) -> Result<Slice, DbError> {
        let mut readable = Vec::new();
        for row in rows {
            match self.read(&row) {
                Ok(items) => readable.push((row, items)),
                Err(error) => self.put_aside(tx, row.id, &error).await?,
            }
        }
        let all = readable.iter().flat_map(|(_, items)| items.clone()).collect();
        let ids: Vec<i64> = readable.iter().map(|(row, _)| row.id).collect();
        match self.apply_spooled(handle, all).await {
            Ok(()) => {
                applied(tx, &ids).await?;
                self.wake_fetcher(handle.tenant.id);
                Ok(Slice::Applied)
            }
            Err(ApplyFailure::Full) => Ok(Slice::Later),
            Err(ApplyFailure::Broke) => self.apply_one_by_one(tx, handle, readable).await,
            Err(ApplyFailure::Down(error)) => Ok(Slice::Failed(error)),
        }
    }

    /// Something in the slice breaks whatever works on it: find it, keep its neighbours.
    async fn apply_one_by_one(
        &self,
        tx: &mut Conn<Control>,
        handle: &Arc<TenantHandle>,
        rows: Vec<(Waiting, Vec<InboundItem>)>,
    ) -> Result<Slice, DbError> {
        let error = "the work on it broke off";
        for (row, items) in rows {
            match self.apply_spooled(handle, items).await {
                Ok(()) => applied(tx, &[row.id]).await?,
                Err(ApplyFailure::Full) => return Ok(Slice::Later),
                Err(ApplyFailure::Broke) if row.attempts + 1 < ATTEMPTS => {
                    let now = self.clock().now();
                    Spool::new(tx).count_failure(row.id, error, now).await?;
                }
                Err(ApplyFailure::Broke) => self.put_aside(tx, row.id, error).await?,
                Err(ApplyFailure::Down(error)) => return Ok(Slice::Failed(error)),
            }
        }
        Ok(Slice::Applied)
    }

    async fn apply_spooled(
        &self,
        handle: &Arc<TenantHandle>,
        items: Vec<InboundItem>,
    ) -> Result<(), ApplyFailure> {
        if items.is_empty() {
            return Ok(());
        }
        match timeout(APPLY, self.0.lanes.apply(Arc::clone(handle), items, None)).await {
            Ok(Ok(())) => Ok(()),
            Ok(Err(LaneError::Full)) => Err(ApplyFailure::Full),
            Ok(Err(LaneError::Ended)) => Err(ApplyFailure::Broke),
            Ok(Err(error)) => Err(ApplyFailure::Down(chain(&error))),
            Err(_elapsed) => Err(ApplyFailure::Down(
                "the tenant's database did not apply it in time".to_owned(),
            )),
        }
    }

    fn read(&self, row: &Waiting) -> Result<Vec<InboundItem>, String> {
        let opened = row
            .open(self.resolver().keyring())
            .map_err(|error| chain(&error))?;
        contents::read(&opened).map_err(|error| chain(&error))
    }

    async fn put_aside(&self, tx: &mut Conn<Control>, id: i64, error: &str) -> Result<(), DbError> {
        tracing::error!(row = id, error, "a row of the spool cannot be applied");
        metrics::counter!("spool_rows_total", "event" => "failed").increment(1);
        Spool::new(tx).fail(id, error, self.clock().now()).await
    }
}

/// Why items were not applied.
enum ApplyFailure {
    /// Too much waits for the tenant already.
    Full,
    /// Whatever worked on them ended without an answer.
    Broke,
    /// The database cannot take them now.
    Down(String),
}

/// Whether the tenant's database gives a connection.
async fn reach(handle: &TenantHandle) -> Result<(), ResolveError> {
    let unreachable = |error| Unready::Unreachable(Arc::new(error));
    drop(handle.db().await?.conn().await.map_err(unreachable)?);
    Ok(())
}

async fn applied(tx: &mut Conn<Control>, ids: &[i64]) -> Result<(), DbError> {
    Spool::new(tx).delete(ids).await?;
    metrics::counter!("spool_rows_total", "event" => "out").increment(ids.len() as u64);
    Ok(())
}
