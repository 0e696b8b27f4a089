//! How many batches run at once, of all tenants together. What waits for its turn
//! grows meanwhile, and a larger batch costs less for each message: a database
//! server that is asked for fifty commits at once does each of them later than one
//! that is asked for eight.

use std::{num::NonZeroUsize, sync::Arc, thread::available_parallelism, time::Duration};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Batches at once for each core of this machine.
const EACH_CORE: usize = 4;
/// A batch counts for this long. Whatever takes longer waits for something else than
/// its turn, a database far away or a tenant's lock, and delays nobody.
const COUNTS: Duration = Duration::from_millis(3);

/// Lets batches begin. Cheap to clone.
#[derive(Clone)]
pub(super) struct Gate(Arc<Semaphore>);

impl Gate {
    pub(super) fn new() -> Self {
        let cores = available_parallelism().map_or(1, NonZeroUsize::get);
        Self(Arc::new(Semaphore::new(cores * EACH_CORE)))
    }

    /// Waits for a turn; whoever came first has it first.
    pub(super) async fn enter(&self) -> Turn {
        // Fails only where the semaphore is closed, and nobody closes it.
        Turn {
            _permit: Arc::clone(&self.0).acquire_owned().await.ok(),
        }
    }
}

/// Leave to begin a batch.
pub(super) struct Turn {
    _permit: Option<OwnedSemaphorePermit>,
}

impl Turn {
    /// Runs `work`, and gives the turn back when it ends or has lasted long enough.
    pub(super) async fn during<F: Future>(self, work: F) -> F::Output {
        let mut work = std::pin::pin!(work);
        tokio::select! {
            biased;
            done = &mut work => return done,
            () = tokio::time::sleep(COUNTS) => drop(self),
        }
        work.await
    }
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use super::*;

    #[tokio::test]
    async fn a_batch_that_never_ends_keeps_nobody_from_beginning() {
        let gate = Gate(Arc::new(Semaphore::new(1)));
        let stuck = gate.enter().await;
        let waiting = tokio::spawn(async move { stuck.during(pending::<()>()).await });
        let next = gate.enter().await;
        assert_eq!(next.during(async { 7 }).await, 7);
        waiting.abort();
    }

    #[tokio::test]
    async fn no_more_begin_than_there_are_turns() {
        let gate = Gate(Arc::new(Semaphore::new(1)));
        let turn = gate.enter().await;
        let mut second = std::pin::pin!(gate.enter());
        assert!(futures_util::poll!(&mut second).is_pending());
        turn.during(async {}).await;
        assert!(futures_util::poll!(&mut second).is_ready());
    }
}
