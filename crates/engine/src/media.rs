//! Fetches the files that customers' messages carry, while Meta has them. Each tenant with
//! something due has one task here; so many files at once, for a tenant and for the process.
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
    sync::{Notify, OwnedSemaphorePermit, Semaphore},
    task::JoinSet,
};

pub use self::read::{OpenMediaError, StoredMedia};
use crate::{Engine, wakers::Wakers};

/// Files under way at once in this process: each may hold a few megabytes.
const PARALLEL: usize = 6;
/// Of them, one tenant's: nobody waits for another's album.
const PARALLEL_OF_TENANT: usize = 2;
/// How long a tenant's task rests after its database failed.
const REST: Duration = Duration::from_secs(3);
/// A task with nothing due sooner than this ends; the sweep starts it again.
const WORTH_WAITING: Duration = Duration::from_secs(20);

/// Tenants' tasks, and what they share.
pub(crate) struct Fetcher {
    wakers: Wakers,
    slots: Arc<Semaphore>,
}

impl Fetcher {
    pub(crate) fn new() -> Self {
        Self {
            wakers: Wakers::new(),
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

    /// This tenant may have a file to fetch.
    pub(crate) fn wake_fetcher(&self, tenant: TenantId) {
        if !self.0.parts.sends {
            self.tell_senders(tenant);
            return;
        }
        let engine = self.clone();
        self.0.fetcher.wakers.wake(
            tenant,
            |notify| async move { engine.fetch_due(tenant, &notify).await },
        );
    }

    async fn fetch_due(&self, tenant: TenantId, notify: &Notify) {
        loop {
            match self.fetch_all(tenant).await {
                Ok(Some(wait)) if wait < WORTH_WAITING => {
                    // Woken or due: either way it looks again.
                    drop(tokio::time::timeout(wait, notify.notified()).await);
                }
                Ok(_) => {
                    if self.0.fetcher.wakers.may_end(tenant) {
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, %error, "cannot work on the files; trying again soon");
                    tokio::time::sleep(REST).await;
                }
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
