//! Whose turn it is: tenants take turns of bounded work, so that one with a
//! huge backlog delays the others by one turn and no more. Knows nothing of
//! what a turn does.

use std::{
    collections::{BTreeSet, HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use pg::TenantId;
use tokio::{
    sync::{Notify, Semaphore},
    time::Instant,
};

/// How long a tenant rests whose turn broke off.
const REST: Duration = Duration::from_secs(30);

/// When a tenant wants its next turn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Next {
    /// There is more to do: at the end of the queue.
    Again,
    /// At this moment, unless woken before.
    At(Instant),
    /// When woken.
    Woken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Place {
    Queued,
    Running { again: bool },
    Waiting(Instant),
}

#[derive(Default)]
struct State {
    places: HashMap<TenantId, Place>,
    queue: VecDeque<TenantId>,
    waiting: BTreeSet<(Instant, TenantId)>,
    running: usize,
    closed: bool,
}

/// A turn under way, over when this is dropped: also where it broke off.
struct Running {
    turns: Arc<Turns>,
    tenant: TenantId,
    next: Option<Next>,
}

impl Drop for Running {
    fn drop(&mut self) {
        let next = self.next.unwrap_or_else(|| Next::At(Instant::now() + REST));
        self.turns.done(self.tenant, next);
    }
}

/// Tenants waiting for a turn.
#[derive(Default)]
pub(crate) struct Turns {
    state: Mutex<State>,
    changed: Notify,
    idle: Notify,
}

impl Turns {
    /// The tenant wants a turn now. One that has a turn gets another after it.
    pub(crate) fn wake(&self, tenant: TenantId) {
        self.state().wake(tenant);
        self.changed.notify_one();
    }

    /// The tenant wants a turn after `delay`, unless it waits for an earlier one.
    pub(crate) fn wake_in(&self, tenant: TenantId, delay: Duration) {
        let at = Instant::now() + delay;
        let mut state = self.state();
        match state.places.get(&tenant) {
            Some(Place::Waiting(earlier)) if *earlier <= at => {}
            Some(Place::Queued | Place::Running { .. }) => {}
            Some(Place::Waiting(_)) | None => state.wait(tenant, at),
        }
        drop(state);
        self.changed.notify_one();
    }

    /// Gives turns, up to `slots` at once, each on a task of its own. Never returns.
    pub(crate) async fn give<F>(self: &Arc<Self>, slots: usize, turn: impl Fn(TenantId) -> F)
    where
        F: Future<Output = Next> + Send + 'static,
    {
        let slots = Arc::new(Semaphore::new(slots));
        loop {
            let slot = Arc::clone(&slots).acquire_owned().await;
            let tenant = self.next().await;
            let mut running = Running {
                turns: Arc::clone(self),
                tenant,
                next: None,
            };
            let turn = turn(tenant);
            tokio::spawn(async move {
                running.next = Some(turn.await);
                drop(running);
                drop(slot);
            });
        }
    }

    /// The next turn, waiting for one; only one caller may wait at a time.
    async fn next(&self) -> TenantId {
        loop {
            let due = {
                let mut state = self.state();
                if state.closed {
                    None
                } else {
                    state.queue_due(Instant::now());
                    if let Some(tenant) = state.queue.pop_front() {
                        state.places.insert(tenant, Place::Running { again: false });
                        state.running += 1;
                        return tenant;
                    }
                    state.waiting.first().map(|(at, _)| *at)
                }
            };
            match due {
                Some(at) => drop(tokio::time::timeout_at(at, self.changed.notified()).await),
                None => self.changed.notified().await,
            }
        }
    }

    /// The tenant's turn is over.
    fn done(&self, tenant: TenantId, next: Next) {
        let mut state = self.state();
        let again = state.places.remove(&tenant) == Some(Place::Running { again: true });
        state.running = state.running.saturating_sub(1);
        match next {
            _ if again => state.wake(tenant),
            Next::Again => state.wake(tenant),
            Next::At(at) => state.wait(tenant, at),
            Next::Woken => {}
        }
        let idle = state.running == 0;
        drop(state);
        self.changed.notify_one();
        if idle {
            self.idle.notify_waiters();
        }
    }

    /// No turn begins any more.
    pub(crate) fn close(&self) {
        self.state().closed = true;
        self.changed.notify_one();
    }

    /// Whether somebody's turn has come who has no place yet.
    pub(crate) fn others_wait(&self) -> bool {
        let mut state = self.state();
        state.queue_due(Instant::now());
        !state.queue.is_empty()
    }

    /// Whether no turn begins any more.
    pub(crate) fn is_closed(&self) -> bool {
        self.state().closed
    }

    /// Waits until no turn is under way.
    pub(crate) async fn ended(&self) {
        loop {
            let idle = self.idle.notified();
            let mut idle = std::pin::pin!(idle);
            idle.as_mut().enable();
            if self.state().running == 0 {
                return;
            }
            idle.await;
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn wake(&mut self, tenant: TenantId) {
        match self.places.get_mut(&tenant) {
            Some(Place::Queued) => return,
            Some(Place::Running { again }) => {
                *again = true;
                return;
            }
            Some(Place::Waiting(at)) => {
                self.waiting.remove(&(*at, tenant));
            }
            None => {}
        }
        self.places.insert(tenant, Place::Queued);
        self.queue.push_back(tenant);
    }

    fn wait(&mut self, tenant: TenantId, at: Instant) {
        if let Some(Place::Waiting(before)) = self.places.insert(tenant, Place::Waiting(at)) {
            self.waiting.remove(&(before, tenant));
        }
        self.waiting.insert((at, tenant));
    }

    fn queue_due(&mut self, now: Instant) {
        while let Some(&(at, tenant)) = self.waiting.first()
            && at <= now
        {
            self.wake(tenant);
        }
    }
}

#[cfg(test)]
mod tests {
    use futures_util::FutureExt;

    use super::*;

    #[tokio::test]
    async fn whoever_has_more_to_do_goes_to_the_end_and_whoever_is_woken_comes_again() {
        let turns = Turns::default();
        let (large, small) = (TenantId::generate(), TenantId::generate());
        turns.wake(large);
        assert_eq!(turns.next().await, large);
        turns.wake(small);
        turns.done(large, Next::Again);
        assert_eq!(turns.next().await, small);
        assert_eq!(turns.next().await, large);
        turns.wake(small);
        turns.done(large, Next::Woken);
        turns.done(small, Next::Woken);
        assert_eq!(turns.next().await, small);
    }

    #[tokio::test]
    async fn a_turn_comes_when_it_is_due_or_earlier_when_woken() {
        let turns = Turns::default();
        let (first, second) = (TenantId::generate(), TenantId::generate());
        turns.wake_in(second, Duration::from_hours(1));
        turns.wake_in(first, Duration::from_millis(1));
        assert_eq!(turns.next().await, first);
        turns.wake(second);
        assert_eq!(turns.next().await, second);
        turns.done(second, Next::At(Instant::now() + Duration::from_millis(1)));
        turns.done(first, Next::Woken);
        assert_eq!(turns.next().await, second);
    }

    #[tokio::test]
    async fn a_turn_that_breaks_off_is_over_and_the_tenant_comes_again() {
        let turns = Arc::new(Turns::default());
        let (told, mut begun) = tokio::sync::mpsc::unbounded_channel();
        let giving = tokio::spawn({
            let turns = Arc::clone(&turns);
            async move {
                let turn = |tenant| {
                    told.send(tenant).unwrap();
                    async { panic!("the turn breaks off") }
                };
                turns.give(1, turn).await;
            }
        });
        let tenant = TenantId::generate();
        turns.wake(tenant);
        assert_eq!(begun.recv().await, Some(tenant));
        turns.wake(tenant);
        assert_eq!(begun.recv().await, Some(tenant));
        turns.close();
        turns.ended().await;
        giving.abort();
    }

    #[tokio::test]
    async fn after_closing_turns_end_and_none_begins() {
        let turns = Turns::default();
        let tenant = TenantId::generate();
        turns.wake(tenant);
        assert_eq!(turns.next().await, tenant);
        turns.close();
        turns.wake(TenantId::generate());
        assert!(turns.next().now_or_never().is_none());
        turns.done(tenant, Next::Again);
        turns.ended().await;
    }
}
