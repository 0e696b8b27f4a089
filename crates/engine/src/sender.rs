//! Sends what is in the outboxes of the tenants whose lanes this process holds.
//! Tenants take turns of bounded work, with a few calls to Meta under way at
//! once in each; a conversation's messages go one after the other.
//!
//! A tenant is looked at when its lane is acquired, on every hint, when its
//! last look said that something would be due, and every few minutes anyway.

mod attempt;

use std::{sync::Arc, time::Duration};

use pg::{DbError, TenantId};
use resolver::{ResolveError, TenantHandle, Unready};
use tenant::{
    conversation::{next_wake, wake_due},
    outbox,
};
use tokio::{
    task::JoinSet,
    time::{Instant, sleep_until},
};

use crate::{Engine, turns::Next};

/// Calls to Meta under way for one tenant.
const PARALLEL: usize = 8;
/// Tenants whose turn it is at once.
const SLOTS: usize = 64;
/// A turn ends after so many messages, or so long.
const SLICE: usize = 200;
const SLICE_TIME: Duration = Duration::from_secs(2);
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
            self.0.turns.wake(tenant);
        } else {
            self.0.leases.nudge();
            self.0.hints.outbox(tenant);
        }
    }

    /// The same as another process said it: whoever holds the lane looks.
    pub(crate) fn wake_if_held(&self, tenant: TenantId) -> bool {
        let held = self.0.leases.holds(tenant).is_some();
        if held {
            self.0.turns.wake(tenant);
            self.0.fetcher.turns.wake(tenant);
        } else {
            // Perhaps nobody holds it yet.
            self.0.leases.nudge();
        }
        held
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
            for turns in [&self.0.turns, &self.0.fetcher.turns] {
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

    /// Sends what is due, up to a limit; then says when to look again.
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
        self.wake_snoozed(&handle).await?;
        let mut calls = JoinSet::new();
        let claimed = self.claim_some(&handle, &mut calls).await;
        // A call under way is seen to its end whatever happened: dropping it would
        // leave a message that nobody knows of whether it was sent.
        while calls.join_next().await.is_some() {}
        if claimed? {
            return Ok(Next::Again);
        }
        let mut conn = handle.db().await?.conn().await?;
        let due = [outbox::next_due(&mut conn).await?, next_wake(&mut conn).await?];
        let due = due.into_iter().flatten().min().map(|due| {
            let wait = (due - self.clock().now()).to_std().unwrap_or_default();
            Instant::now() + wait + Duration::from_millis(20)
        });
        Ok(Next::At(due.map_or(safety, |due| due.min(safety))))
    }

    /// Conversations whose sleep is over come back with the tenant's next look.
    async fn wake_snoozed(&self, handle: &TenantHandle) -> Result<(), OutboxFailure> {
        let mut conn = handle.db().await?.conn().await?;
        if wake_due(&mut conn, self.clock().now()).await? > 0 {
            self.0.feeds.hint(handle.tenant.id);
        }
        Ok(())
    }

    /// Claims and makes calls until nothing is due and none is under way, the
    /// turn is over (then true), or the lane is no longer held.
    async fn claim_some(
        &self,
        handle: &Arc<TenantHandle>,
        calls: &mut JoinSet<()>,
    ) -> Result<bool, OutboxFailure> {
        let end = Instant::now() + SLICE_TIME;
        let mut claimed = 0;
        loop {
            if claimed >= SLICE || Instant::now() >= end {
                return Ok(true);
            }
            if self.0.turns.is_closed() || self.0.leases.holds(handle.tenant.id).is_none() {
                return Ok(false);
            }
            match self.claim(handle).await? {
                Some(attempt) => {
                    claimed += 1;
                    let (engine, handle) = (self.clone(), Arc::clone(handle));
                    calls.spawn(async move { engine.make(&handle, attempt).await });
                    if calls.len() >= PARALLEL {
                        calls.join_next().await;
                    }
                }
                // A finished call may free the next message of its conversation.
                None if calls.is_empty() => return Ok(false),
                None => {
                    tokio::select! {
                        _ = calls.join_next() => {}
                        () = sleep_until(end) => {}
                    }
                }
            }
        }
    }

    async fn claim(&self, handle: &TenantHandle) -> Result<Option<outbox::Attempt>, OutboxFailure> {
        let now = self.clock().now();
        let mut conn = handle.db().await?.conn().await?;
        if outbox::expire_leases(&mut conn, now).await? > 0 {
            self.0.feeds.hint(handle.tenant.id);
        }
        Ok(outbox::claim_next(&mut conn, now).await?)
    }
}

/// How long a tenant is left alone at most: two minutes and up to a quarter more; the last byte of an id is as good as random.
pub(crate) fn safety(tenant: TenantId) -> Duration {
    SAFETY + SAFETY / 4 * u32::from(tenant.uuid().as_bytes()[15]) / 256
}
