//! What one tenant may cost this process: whether its database is left alone
//! for now, and how many bytes may be under way for it.

use std::{
    collections::HashMap,
    hash::{BuildHasher, RandomState},
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicUsize, Ordering},
    },
    time::Instant,
};

use pg::TenantId;

use crate::breaker::{Admission, Breaker, BreakerState};

/// Bytes of raw items under way to one tenant's database; more goes to the spool.
const APPLYING: usize = 32 * 1024 * 1024;
/// Bytes on their way to the spool for one tenant; more is refused, and Meta comes again.
const SPOOLING: usize = 16 * 1024 * 1024;

/// Bytes under way, up to a limit.
#[derive(Debug)]
pub(super) struct Budget {
    used: AtomicUsize,
    limit: usize,
}

/// Bytes that are counted until this is dropped.
#[derive(Debug)]
pub(crate) struct Reserved {
    budget: Arc<Budget>,
    bytes: usize,
}

impl Budget {
    pub(super) fn new(limit: usize) -> Arc<Self> {
        Arc::new(Self {
            used: AtomicUsize::new(0),
            limit,
        })
    }

    /// Counts `bytes`, unless that is too much.
    pub(super) fn reserve(self: &Arc<Self>, bytes: usize) -> Option<Reserved> {
        let before = self.used.fetch_add(bytes, Ordering::Relaxed);
        let reserved = Reserved {
            budget: Arc::clone(self),
            bytes,
        };
        (before.saturating_add(bytes) <= self.limit).then_some(reserved)
    }
}

impl Drop for Reserved {
    fn drop(&mut self) {
        self.budget.used.fetch_sub(self.bytes, Ordering::Relaxed);
    }
}

/// One tenant's breaker and budgets.
#[derive(Debug)]
pub(crate) struct Guard {
    breaker: Mutex<Breaker>,
    applying: Arc<Budget>,
    pub(super) spooling: Arc<Budget>,
}

impl Guard {
    fn new() -> Self {
        Self {
            breaker: Mutex::new(Breaker::new(Instant::now())),
            applying: Budget::new(APPLYING),
            spooling: Budget::new(SPOOLING),
        }
    }

    /// Room for so many bytes on their way to the database.
    pub(crate) fn reserve(&self, bytes: usize) -> Option<Reserved> {
        self.applying.reserve(bytes)
    }

    /// Asks to use the database. Whoever is let in says how it went.
    pub(crate) fn admit(&self) -> Admission {
        lock(&self.breaker).admit(Instant::now())
    }

    /// The database did its work; true if it had not for a while.
    pub(crate) fn succeeded(&self) -> bool {
        lock(&self.breaker).succeeded(Instant::now())
    }

    /// The database could not be used.
    pub(crate) fn failed(&self) {
        // Each state hashes with keys of its own: a number as good as random.
        let random = u32::try_from(RandomState::new().hash_one(()) >> 32).unwrap_or_default();
        let jitter = (f64::from(random) / f64::from(u32::MAX)).mul_add(2.0, -1.0);
        lock(&self.breaker).failed(Instant::now(), jitter);
    }

    /// Nothing was learnt of the database. A probe that says so has failed.
    pub(crate) fn undecided(&self) {
        if self.state() == BreakerState::HalfOpen {
            self.failed();
        }
    }

    /// What the breaker does now.
    pub(crate) fn state(&self) -> BreakerState {
        lock(&self.breaker).state()
    }

    /// Starts over, because somebody says that the database is back.
    pub(crate) fn reset(&self) {
        *lock(&self.breaker) = Breaker::new(Instant::now());
    }
}

/// Every tenant's guard.
#[derive(Debug, Default)]
pub(crate) struct Guards(Mutex<HashMap<TenantId, Arc<Guard>>>);

impl Guards {
    /// The tenant's own.
    pub(crate) fn of(&self, tenant: TenantId) -> Arc<Guard> {
        let mut guards = lock(&self.0);
        Arc::clone(guards.entry(tenant).or_insert_with(|| Arc::new(Guard::new())))
    }

    /// What the tenant's breaker does; closed if nothing ever came for it.
    pub(crate) fn state(&self, tenant: TenantId) -> BreakerState {
        let known = lock(&self.0).get(&tenant).map(Arc::clone);
        known.map_or(BreakerState::Closed, |guard| guard.state())
    }

    /// How many breakers are in which state.
    pub(crate) fn count(&self, state: BreakerState) -> usize {
        let guards: Vec<Arc<Guard>> = lock(&self.0).values().map(Arc::clone).collect();
        guards.iter().filter(|guard| guard.state() == state).count()
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_count_until_they_are_given_back_and_a_refusal_costs_nothing() {
        let budget = Budget::new(10);
        let first = budget.reserve(6).unwrap();
        assert!(budget.reserve(5).is_none());
        let second = budget.reserve(4).unwrap();
        drop(first);
        assert!(budget.reserve(7).is_none());
        drop(second);
        assert!(budget.reserve(10).is_some());
    }

    #[test]
    fn one_tenants_failures_are_its_own() {
        let guards = Guards::default();
        let (sol, luna) = (TenantId::generate(), TenantId::generate());
        assert_eq!(guards.of(luna).admit(), Admission::Go);
        for _ in 0..3 {
            guards.of(sol).failed();
        }
        assert_eq!(
            (guards.state(sol), guards.state(luna)),
            (BreakerState::Open, BreakerState::Closed)
        );
        assert_eq!(
            (
                guards.count(BreakerState::Open),
                guards.count(BreakerState::Closed)
            ),
            (1, 1)
        );
        guards.of(sol).reset();
        assert_eq!(guards.of(sol).admit(), Admission::Go);
    }
}
