//! Fetches the files that customers' messages carry, while Meta has them, for the tenants whose
//! lanes this process holds; so many files at once, for a tenant and for the process.
//!
//! A message is shown before its file is there. The attempt is committed before the call and its
//! lease outlasts it; no transaction is open while bytes come. Repeating an attempt does no harm:
//! a file is stored under its own hash.

mod attempt;
mod read;

use std::{sync::Arc, time::Duration};

use pg::{DbError, TenantId};
use resolver::{ResolveError, TenantHandle, Unready};
use tenant::{
    media::{self, MediaAttempt},
    message::MessageId,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
    time::Instant,
};

pub use self::read::{OpenMediaError, StoredMedia};
use crate::{
    Engine,
    sender::safety,
    turns::{Next, Turns},
};

/// Files under way at once in this process: each may hold a few megabytes.
const PARALLEL: usize = 6;
/// Of them, one tenant's: nobody waits for another's album.
const PARALLEL_OF_TENANT: usize = 2;
/// How long a tenant's task rests after its database failed.
const REST: Duration = Duration::from_secs(3);
/// Tenants whose turn it is at once: most of them only look.
const SLOTS: usize = 16;

/// Tenants with files to fetch, and the places for those under way.
pub(crate) struct Fetcher {
    pub(crate) turns: Arc<Turns>,
    slots: Arc<Semaphore>,
}

impl Fetcher {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::default(),
            slots: Arc::new(Semaphore::new(PARALLEL)),
        }
    }
}

/// The tenant's files could not be worked on.
#[derive(Debug, thiserror::Error)]
enum FetchFailure {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a file is not fetched again.
#[derive(Debug, thiserror::Error)]
pub enum FetchAgainError {
    /// The file's own reason.
    #[error(transparent)]
    Media(#[from] media::FetchAgainError),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// It failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Fetches a message's file again that did not come.
    pub async fn fetch_media_again(
        &self,
        handle: &TenantHandle,
        message: MessageId,
    ) -> Result<(), FetchAgainError> {
        let mut conn = handle.db().await?.conn().await?;
        media::fetch_again(&mut conn, message, self.clock().now()).await?;
        self.hint(handle.tenant.id);
        self.wake_fetcher(handle.tenant.id);
        Ok(())
    }

    /// This tenant may have a file to fetch: it is looked at here, or its owner told.
    pub(crate) fn wake_fetcher(&self, tenant: TenantId) {
        if self.0.leases.holds(tenant).is_some() {
            self.0.fetcher.turns.wake(tenant);
        } else {
            self.0.leases.nudge();
            self.0.hints.outbox(tenant);
        }
    }

    /// Gives tenants their turns at fetching. Never returns.
    pub(crate) async fn take_file_turns(&self) {
        let turn = |tenant| {
            let engine = self.clone();
            async move { engine.file_turn(tenant).await }
        };
        self.0.fetcher.turns.give(SLOTS, turn).await;
    }

    async fn file_turn(&self, tenant: TenantId) -> Next {
        // A lane that is acquired again brings a look with it.
        if self.0.leases.holds(tenant).is_none() {
            return Next::Woken;
        }
        let now = Instant::now();
        match self.fetch_all(tenant).await {
            Ok(Some(wait)) => Next::At(now + wait.min(safety(tenant))),
            Ok(None) => Next::At(now + safety(tenant)),
            Err(error) => {
                tracing::warn!(tenant.id = %tenant, %error, "cannot work on the files; trying again soon");
                Next::At(now + REST)
            }
        }
    }

    /// Fetches all that is due; then says how long until something is, if ever.
    async fn fetch_all(&self, tenant: TenantId) -> Result<Option<Duration>, FetchFailure> {
        let Some(handle) = self.fetches_for(tenant).await? else {
            return Ok(None);
        };
        let mut under_way = JoinSet::new();
        let claimed = self.claim_files(&handle, &mut under_way).await;
        while under_way.join_next().await.is_some() {}
        claimed?;
        let due = media::next_due(&mut handle.db().await?.conn().await?).await?;
        Ok(
            due.map(|due| {
                (due - self.clock().now()).to_std().unwrap_or_default() + Duration::from_millis(20)
            }),
        )
    }

    /// The tenant, if this process is to fetch its files.
    async fn fetches_for(&self, tenant: TenantId) -> Result<Option<Arc<TenantHandle>>, FetchFailure> {
        match self.resolver().tenant(tenant).await {
            Ok(handle) => Ok(handle.filter(|handle| handle.tenant.is_active)),
            // A tenant that has no database yet has nothing to fetch either.
            Err(ResolveError::TenantNotReady(Unready::NotAttached)) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn claim_files(
        &self,
        handle: &Arc<TenantHandle>,
        under_way: &mut JoinSet<()>,
    ) -> Result<(), FetchFailure> {
        loop {
            let Some((attempt, slot)) = self.claim_file(handle).await? else {
                return Ok(());
            };
            let (engine, handle) = (self.clone(), Arc::clone(handle));
            under_way.spawn(async move {
                engine.fetch(&handle, attempt).await;
                drop(slot);
            });
            if under_way.len() >= PARALLEL_OF_TENANT {
                under_way.join_next().await;
            }
        }
    }

    /// A place first, then the file: the lease must not run while it waits for one.
    async fn claim_file(
        &self,
        handle: &TenantHandle,
    ) -> Result<Option<(MediaAttempt, OwnedSemaphorePermit)>, FetchFailure> {
        let now = self.clock().now();
        let mut conn = handle.db().await?.conn().await?;
        if media::next_due(&mut conn).await?.is_none_or(|due| due > now) {
            return Ok(None);
        }
        drop(conn);
        let Ok(slot) = Arc::clone(&self.0.fetcher.slots).acquire_owned().await else {
            return Ok(None);
        };
        let mut conn = handle.db().await?.conn().await?;
        let attempt = media::claim_next(&mut conn, self.clock().now()).await?;
        Ok(attempt.map(|attempt| (attempt, slot)))
    }
}
