//! What an engine does by itself.

use std::time::Duration;

use control::{OUTBOX_CHANNEL, session::Sessions};
use pg::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Engine, spool::chain};

/// How often unregistered lines are written down, and idle connections closed.
const HOUSEKEEPING: Duration = Duration::from_secs(2);
/// How often every tenant's outbox is looked at, whatever the hints said.
const SWEEP: Duration = Duration::from_secs(20);

/// How often what has expired is deleted: sessions, and what tenants do not need any more.
const CLEANING: Duration = Duration::from_hours(1);

impl Engine {
    /// Follows changes of the configuration, keeps house, and, where this
    /// process sends, looks after every tenant's outbox. Never returns.
    pub async fn run(&self) {
        let senders = async {
            if self.0.parts.sends {
                let told = self
                    .resolver()
                    .follow_tenants(OUTBOX_CHANNEL, |tenant| self.wake_sender(tenant));
                tokio::join!(self.sweep_outboxes(), told);
            }
        };
        tokio::join!(
            self.resolver().follow_changes(),
            self.keep_house(),
            self.forget_sessions(),
            // On the heap: whoever runs an engine should not carry what its rarer work needs.
            Box::pin(self.sweep_spool()),
            Box::pin(self.clean_tenants()),
            senders
        );
    }

    async fn keep_house(&self) {
        let mut tick = interval(HOUSEKEEPING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.flush_unrouted().await;
            self.resolver().sweep();
        }
    }

    async fn forget_sessions(&self) {
        let mut tick = interval(CLEANING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let deleted = async {
                let mut conn = self.resolver().control().conn().await?;
                Sessions::new(&mut conn).delete_expired(self.clock().now()).await
            };
            if let Err(error) = deleted.await {
                tracing::warn!(%error, "cannot delete sessions that have expired");
            }
        }
    }

    async fn clean_tenants(&self) {
        let mut tick = interval(CLEANING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            let tenants = match self.resolver().active_tenants().await {
                Ok(tenants) => tenants,
                Err(error) => {
                    tracing::warn!(%error, "cannot list the tenants");
                    continue;
                }
            };
            for tenant in tenants {
                if let Err(error) = self.clean_tenant(tenant.id).await {
                    tracing::debug!(tenant.id = %tenant.id, error, "cannot delete what is old");
                }
            }
        }
    }

    async fn clean_tenant(&self, tenant: TenantId) -> Result<(), String> {
        let found = self
            .resolver()
            .tenant(tenant)
            .await
            .map_err(|error| chain(&error))?;
        let Some(handle) = found else {
            return Ok(());
        };
        let db = handle.db().await.map_err(|error| chain(&error))?;
        let mut conn = db.conn().await.map_err(|error| chain(&error))?;
        let cleaned = tenant::housekeeping::clean(&mut conn, self.clock().now()).await;
        let deleted = cleaned.map_err(|error| chain(&error))?;
        if deleted > 0 {
            tracing::info!(tenant.id = %tenant, deleted, "deleted what is old");
        }
        Ok(())
    }

    async fn sweep_outboxes(&self) {
        let mut tick = interval(SWEEP);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            match self.resolver().active_tenants().await {
                Ok(tenants) => tenants.iter().for_each(|tenant| self.wake_sender(tenant.id)),
                Err(error) => tracing::warn!(%error, "cannot list the tenants"),
            }
        }
    }
}
