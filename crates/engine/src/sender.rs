//! Sends what is in the outboxes of the tenants whose lanes this process holds.
//! Tenants take turns; a turn ends when nothing is due, or after a while when
//! others wait. A conversation's messages go one after the other, a line's no
//! faster than Meta takes them, the most urgent first.
//!
//! A tenant is looked at when its lane is acquired, on every hint, when its
//! last look said that something would be due, and every few minutes anyway.

mod attempt;
mod compose;
mod failure;
mod files;
mod pace;
mod pump;

use std::{sync::Arc, time::Duration};

use pg::{DbError, TenantId};
use resolver::{ResolveError, Unready};
use tenant::{conversation::next_wake, outbox};
use tokio::time::Instant;

use self::pump::{Pump, Stop};
pub(crate) use self::{files::Uploads, pace::Paces};
use crate::{Engine, turns::Next};

/// Tenants whose turn it is at once.
const SLOTS: usize = 64;
/// Calls to Meta under way at once, of all tenants.
pub(crate) const MOST_CALLS: usize = 1_024;
/// How long a tenant rests after its database failed.
const REST: Duration = Duration::from_secs(3);
/// How often a tenant is looked at without any reason; up to a quarter more, so that they spread.
const SAFETY: Duration = Duration::from_mins(2);
/// Lanes acquired in bulk are looked at in this rhythm after the first few.
const FIRST: u32 = 32;
const RHYTHM: Duration = Duration::from_millis(50);

/// The outbox could not be worked on.
#[derive(Debug, thiserror::Error)]
enum OutboxFailure {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Something may be due in this tenant's outbox: it is looked at here, or its owner told.
    pub(crate) fn wake_sender(&self, tenant: TenantId) {
        if self.0.leases.holds(tenant).is_some() {
            self.look_at_outbox(tenant);
        } else {
            self.0.leases.nudge();
            self.0.hints.outbox(tenant);
        }
    }

    /// The same as another process said it: whoever holds the lane looks.
    pub(crate) fn wake_if_held(&self, tenant: TenantId) -> bool {
        let held = self.0.leases.holds(tenant).is_some();
        if held {
            self.look_at_outbox(tenant);
            self.0.fetcher.turns.wake(tenant);
        } else {
            // Perhaps nobody holds it yet.
            self.0.leases.nudge();
        }
        held
    }

    fn look_at_outbox(&self, tenant: TenantId) {
        self.0.turns.wake(tenant);
        self.0.paces.of(tenant).wake();
    }

    /// Looks at each tenant whose lane is acquired. Never returns.
    pub(crate) async fn greet_lanes(&self) {
        let mut acquired = self.0.leases.acquired();
        let (mut place, mut last) = (0_u32, Instant::now());
        loop {
            let tenant = acquired.next().await;
            let now = Instant::now();
            if now > last + RHYTHM * place.saturating_sub(FIRST).saturating_add(20) {
                (place, last) = (0, now);
            }
            let delay = RHYTHM * place.saturating_sub(FIRST);
            let pushing = self.0.pusher.turns();
            for turns in [&self.0.turns, &self.0.fetcher.turns, &self.0.searching, &pushing] {
                turns.wake_in(tenant, (last + delay).saturating_duration_since(now));
            }
            place += 1;
        }
    }

    /// Gives tenants their turns at sending. Never returns.
    pub(crate) async fn take_turns(&self) {
        let turn = |tenant| {
            let engine = self.clone();
            async move { engine.turn(tenant).await }
        };
        self.0.turns.give(SLOTS, turn).await;
    }

    async fn turn(&self, tenant: TenantId) -> Next {
        // A lane that is acquired again brings a look with it.
        if self.0.leases.holds(tenant).is_none() {
            return Next::Woken;
        }
        match self.slice(tenant).await {
            Ok(next) => next,
            Err(error) => {
                tracing::warn!(tenant.id = %tenant, %error, "cannot work on the outbox; trying again soon");
                Next::At(Instant::now() + REST)
            }
        }
    }

    /// Sends what is due; then says when to look again.
    async fn slice(&self, tenant: TenantId) -> Result<Next, OutboxFailure> {
        let handle = match self.resolver().tenant(tenant).await {
            Ok(Some(handle)) => handle,
            // A tenant that has no database yet has nothing to send either.
            Ok(None) | Err(ResolveError::TenantNotReady(Unready::NotAttached)) => return Ok(Next::Woken),
            Err(error) => return Err(error.into()),
        };
        let safety = Instant::now() + safety(tenant);
        if !handle.tenant.is_active {
            return Ok(Next::At(safety));
        }
        let mut pump = Pump::new(self.clone(), Arc::clone(&handle), self.0.paces.of(tenant));
        let stopped = pump.run().await;
        // A call under way is seen to its end whatever happened: dropping it would
        // leave a message that nobody knows of whether it was sent.
        let finished = pump.finish().await;
        let Stop::Idle { held, again_at } = stopped? else {
            return Ok(Next::Again);
        };
        finished?;
        let mut conn = handle.db().await?.conn().await?;
        let due = [
            outbox::next_due(&mut conn, &held).await?,
            next_wake(&mut conn).await?,
        ];
        let due = due.into_iter().flatten().min().map(|due| {
            let wait = (due - self.clock().now()).to_std().unwrap_or_default();
            Instant::now() + wait + Duration::from_millis(20)
        });
        let next = [due, again_at].into_iter().flatten().min();
        Ok(Next::At(next.map_or(safety, |next| next.min(safety))))
    }
}

/// How long a tenant is left alone at most: two minutes and up to a quarter more; the last byte of an id is as good as random.
pub(crate) fn safety(tenant: TenantId) -> Duration {
    SAFETY + SAFETY / 4 * u32::from(tenant.uuid().as_bytes()[15]) / 256
}
