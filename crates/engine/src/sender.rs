//! Sends what is in the outboxes. Each tenant with something due has one task
//! here, with a few calls to Meta under way at once; a conversation's messages
//! go one after the other.

mod attempt;

use std::{sync::Arc, time::Duration};

use pg::{DbError, TenantId};
use resolver::{ResolveError, TenantHandle, Unready};
use tenant::{conversation::wake_due, outbox};
use tokio::{sync::Notify, task::JoinSet};

use crate::Engine;

/// Calls to Meta under way for one tenant.
const PARALLEL: usize = 8;
/// How long a tenant's task rests after its database failed.
const REST: Duration = Duration::from_secs(3);

/// The outbox could not be worked on.
#[derive(Debug, thiserror::Error)]
enum OutboxFailure {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Something may be due in this tenant's outbox.
    pub(crate) fn wake_sender(&self, tenant: TenantId) {
        if !self.0.parts.sends {
            self.tell_senders(tenant);
            return;
        }
        let engine = self.clone();
        self.0.sender.wake(
            tenant,
            |notify| async move { engine.send_due(tenant, &notify).await },
        );
    }

    /// Another process sends; a hint that is lost costs it until its next sweep.
    pub(crate) fn tell_senders(&self, tenant: TenantId) {
        let engine = self.clone();
        self.0.sender.runtime.spawn(async move {
            let told = async {
                let mut conn = engine.resolver().control().conn().await?;
                control::hint_outbox(&mut conn, tenant).await
            };
            if let Err(error) = told.await {
                tracing::warn!(tenant.id = %tenant, %error, "cannot tell the senders");
            }
        });
    }

    async fn send_due(&self, tenant: TenantId, notify: &Notify) {
        loop {
            match self.drain(tenant).await {
                Ok(Some(wait)) => {
                    // Woken or due: either way it looks again.
                    drop(tokio::time::timeout(wait, notify.notified()).await);
                }
                Ok(None) => {
                    if self.0.sender.may_end(tenant) {
                        return;
                    }
                }
                Err(error) => {
                    tracing::warn!(tenant.id = %tenant, %error, "cannot work on the outbox; trying again soon");
                    tokio::time::sleep(REST).await;
                }
            }
        }
    }

    /// Sends all that is due; then says how long until something is, if ever.
    async fn drain(&self, tenant: TenantId) -> Result<Option<Duration>, OutboxFailure> {
        let handle = match self.resolver().tenant(tenant).await {
            Ok(Some(handle)) => handle,
            // A tenant that has no database yet has nothing to send either.
            Ok(None) | Err(ResolveError::TenantNotReady(Unready::NotAttached)) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        if !handle.tenant.is_active {
            return Ok(None);
        }
        self.wake_snoozed(&handle).await?;
        let mut calls = JoinSet::new();
        let claimed = self.claim_all(&handle, &mut calls).await;
        // A call under way is seen to its end whatever happened: dropping it would
        // leave a message that nobody knows of whether it was sent.
        while calls.join_next().await.is_some() {}
        claimed?;
        let due = outbox::next_due(&mut handle.db().await?.conn().await?).await?;
        Ok(
            due.map(|due| {
                (due - self.clock().now()).to_std().unwrap_or_default() + Duration::from_millis(20)
            }),
        )
    }

    /// Conversations whose sleep is over come back with the tenant's next look.
    async fn wake_snoozed(&self, handle: &TenantHandle) -> Result<(), OutboxFailure> {
        let mut conn = handle.db().await?.conn().await?;
        if wake_due(&mut conn, self.clock().now()).await? > 0 {
            self.0.feeds.hint(handle.tenant.id);
        }
        Ok(())
    }

    /// Claims and makes calls until nothing is due and none is under way.
    async fn claim_all(
        &self,
        handle: &Arc<TenantHandle>,
        calls: &mut JoinSet<()>,
    ) -> Result<(), OutboxFailure> {
        loop {
            match self.claim(handle).await? {
                Some(attempt) => {
                    let (engine, handle) = (self.clone(), Arc::clone(handle));
                    calls.spawn(async move { engine.make(&handle, attempt).await });
                    if calls.len() >= PARALLEL {
                        calls.join_next().await;
                    }
                }
                // A finished call may free the next message of its conversation.
                None if calls.join_next().await.is_some() => {}
                None => return Ok(()),
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
