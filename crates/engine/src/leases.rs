//! Which tenants this process works on.
//!
//! Every process that works registers with the control plane, renews all its
//! lanes by one statement, takes lanes that nobody holds up to its fair share,
//! and gives back what is over it when others join. A lane is worked on only
//! while its lease runs, measured by this process's own monotonic clock from
//! before the statement that renewed it was sent: so it stops before another
//! one can begin, and nothing is taken for granted while the control plane is
//! down.
//!
//! Lanes keep order and rate cheap. Correctness never depends on them: attempts
//! are fenced in the tenant's own database.

mod acquired;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

use control::lane::{HeldLane, Lanes, WorkerId};
use pg::{Control, Db, DbError, TenantId};
use tokio::sync::{Notify, broadcast};

pub use self::acquired::Acquired;
pub use control::lane::Epoch;

/// After a hint the control plane is asked at most this often.
const NUDGE_GAP: Duration = Duration::from_millis(300);
/// A renewal that failed is tried again so soon.
const AGAIN: Duration = Duration::from_secs(1);
/// Lanes acquired that a listener may not have seen yet.
const BACKLOG: usize = 1024;

/// How long leases run.
#[derive(Debug, Clone, Copy)]
pub struct LeaseTimes {
    /// How long a lane is held without being renewed.
    pub lease: Duration,
    /// How often it is renewed.
    pub renew: Duration,
}

impl Default for LeaseTimes {
    fn default() -> Self {
        Self {
            lease: Duration::from_secs(30),
            renew: Duration::from_secs(8),
        }
    }
}

/// The lanes of this process. Cheap to clone.
#[derive(Clone)]
pub struct Leases(Arc<Inner>);

struct Inner {
    worker: WorkerId,
    name: String,
    /// `None` in a process that leaves the work to others.
    db: Option<Db<Control>>,
    times: LeaseTimes,
    state: Mutex<State>,
    nudge: Notify,
    acquired: broadcast::Sender<TenantId>,
}

#[derive(Default)]
struct State {
    held: HashMap<TenantId, Held>,
    ending: bool,
}

#[derive(Clone, Copy)]
struct Held {
    epoch: Epoch,
    until: Instant,
}

impl Leases {
    /// Leases kept in `db`, or none ever where this process leaves the work to others.
    pub(crate) fn new(db: Option<Db<Control>>, times: LeaseTimes) -> Self {
        Self(Arc::new(Inner {
            worker: WorkerId::generate(),
            name: name(),
            db,
            times,
            state: Mutex::default(),
            nudge: Notify::new(),
            acquired: broadcast::channel(BACKLOG).0,
        }))
    }

    /// This process.
    pub fn worker(&self) -> WorkerId {
        self.0.worker
    }

    /// The epoch of a lane that this process holds now; `None` if it holds none
    /// of this tenant. Ask again before each piece of work.
    pub fn holds(&self, tenant: TenantId) -> Option<Epoch> {
        let state = self.state();
        let held = state.held.get(&tenant)?;
        (!state.ending && Instant::now() < held.until).then_some(held.epoch)
    }

    /// The tenants whose lanes this process holds now.
    pub fn held(&self) -> Vec<TenantId> {
        let (state, now) = (self.state(), Instant::now());
        if state.ending {
            return Vec::new();
        }
        let held = state.held.iter().filter(|(_, held)| now < held.until);
        held.map(|(tenant, _)| *tenant).collect()
    }

    /// Every lane held now, and then each one as it is acquired.
    pub fn acquired(&self) -> Acquired {
        Acquired::new(self.clone(), self.0.acquired.subscribe())
    }

    /// There may be lanes to take: looks soon.
    pub fn nudge(&self) {
        self.0.nudge.notify_one();
    }

    /// From now on nothing is held or taken; [`Leases::release_all`] gives it back.
    pub(crate) fn end(&self) {
        self.state().ending = true;
    }

    /// Gives every lane back, so that others take them at once.
    pub async fn release_all(&self) -> Result<(), DbError> {
        let tenants: Vec<TenantId> = {
            let mut state = self.state();
            state.ending = true;
            state.held.drain().map(|(tenant, _)| tenant).collect()
        };
        let Some(db) = &self.0.db else { return Ok(()) };
        let mut conn = db.conn().await?;
        let mut lanes = Lanes::new(&mut conn);
        lanes.leave(self.0.worker).await?;
        lanes.release(self.0.worker, &tenants).await
    }

    /// Renews and balances until the process ends. Never returns.
    pub(crate) async fn run(&self) {
        let Some(db) = &self.0.db else {
            return std::future::pending().await;
        };
        loop {
            // An answer that takes longer is of no use any more.
            let turn = tokio::time::timeout(self.0.times.lease / 3, self.turn(db)).await;
            let wait = match turn {
                Ok(Ok(wait)) => wait,
                Ok(Err(error)) => {
                    tracing::warn!(%error, "cannot renew the lanes; trying again soon");
                    AGAIN.min(self.0.times.renew)
                }
                Err(_elapsed) => {
                    tracing::warn!("the control plane did not renew the lanes in time");
                    AGAIN.min(self.0.times.renew)
                }
            };
            if tokio::time::timeout(wait, self.0.nudge.notified()).await.is_ok() {
                tokio::time::sleep(NUDGE_GAP.min(self.0.times.renew)).await;
            }
        }
    }

    /// One round with the control plane; returns how long until the next.
    async fn turn(&self, db: &Db<Control>) -> Result<Duration, DbError> {
        if self.state().ending {
            return Ok(self.0.times.renew);
        }
        let Inner { worker, times, .. } = *self.0;
        let lease_ms = i64::try_from(times.lease.as_millis()).unwrap_or(i64::MAX);
        let mut conn = db.conn().await?;
        let mut lanes = Lanes::new(&mut conn);
        let sent = Instant::now();
        let renewed = lanes.renew(worker, &self.0.name, lease_ms).await?;
        self.keep(&renewed, sent, true);
        let balance = lanes.balance(worker, lease_ms).await?;
        let share = balance.share();
        if let Some(missing) = share.checked_sub(renewed.len()).filter(|missing| *missing > 0) {
            let sent = Instant::now();
            let claimed = lanes.claim(worker, missing, lease_ms).await?;
            self.keep(&claimed, sent, false);
        } else if renewed.len() > share {
            let excess: Vec<TenantId> = renewed[share..].iter().map(|lane| lane.tenant).collect();
            self.drop_lanes(&excess);
            lanes.release(worker, &excess).await?;
        }
        metrics::gauge!("lanes_held").set(u32::try_from(self.held().len()).unwrap_or(u32::MAX));
        // The moment when a dead worker's lanes become free is worth being awake.
        let next_end = balance
            .next_end_ms
            .and_then(|ms| u64::try_from(ms.max(0)).ok())
            .map(|ms| Duration::from_millis(ms + 50));
        Ok(next_end.map_or(times.renew, |end| end.min(times.renew)))
    }

    /// Holds these lanes (and no others, where `all` of them were renewed), and
    /// tells of those that were not held just before.
    fn keep(&self, lanes: &[HeldLane], sent: Instant, all: bool) {
        // A tenth is left for what is begun in the last moment.
        let until = sent + self.0.times.lease.mul_f32(0.9);
        let now = Instant::now();
        let mut state = self.state();
        let before = if all {
            std::mem::take(&mut state.held)
        } else {
            HashMap::new()
        };
        for lane in lanes {
            let epoch = lane.epoch;
            state.held.insert(lane.tenant, Held { epoch, until });
        }
        drop(state);
        let fresh = lanes.iter().filter(|lane| {
            before
                .get(&lane.tenant)
                .is_none_or(|held| held.epoch != lane.epoch || held.until <= now)
        });
        for lane in fresh {
            // An error means that nobody listens.
            drop(self.0.acquired.send(lane.tenant));
        }
    }

    fn drop_lanes(&self, tenants: &[TenantId]) {
        let mut state = self.state();
        for tenant in tenants {
            state.held.remove(tenant);
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// What a person recognises the process by.
fn name() -> String {
    let host = std::fs::read_to_string("/etc/hostname").unwrap_or_default();
    let host = host.trim();
    let host = if host.is_empty() { "worker" } else { host };
    format!("{host}/{}", std::process::id())
}
