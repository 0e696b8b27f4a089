//! What an engine does by itself.

use std::time::Duration;

use control::{OUTBOX_CHANNEL, session::Sessions};
use pg::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::Engine;

/// How often unregistered lines are written down, and idle connections closed.
const HOUSEKEEPING: Duration = Duration::from_secs(2);
/// How often every tenant's outbox is looked at, whatever the hints said.
const SWEEP: Duration = Duration::from_secs(20);

/// How often sessions that have expired are deleted.
const CLEANING: Duration = Duration::from_hours(1);

impl Engine {
    /// Follows changes of the configuration, keeps house, and, where this
    /// process sends, looks after every tenant's outbox. Never returns.
    pub async fn run(&self) {
        let senders = async {
            if self.0.parts.sends {
                let told = self
                    .resolver()
                    .follow_tenants(OUTBOX_CHANNEL, |tenant| self.wake_workers(tenant));
                tokio::join!(self.sweep_outboxes(), self.clear_files_left_behind(), told);
            }
        };
        tokio::join!(
            self.resolver().follow_changes(),
            self.keep_house(),
            self.forget_sessions(),
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

    /// A tenant may have something to send or to fetch.
    fn wake_workers(&self, tenant: TenantId) {
        self.wake_sender(tenant);
        self.wake_fetcher(tenant);
    }

    async fn clear_files_left_behind(&self) {
        let mut tick = interval(CLEANING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            if let Err(error) = self
                .0
                .parts
                .store
                .clear_left_behind(self.clock().now().into())
                .await
            {
                tracing::warn!(%error, "cannot clear files that were left half-way");
            }
        }
    }

    async fn sweep_outboxes(&self) {
        let mut tick = interval(SWEEP);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            match self.resolver().active_tenants().await {
                Ok(tenants) => tenants.iter().for_each(|tenant| self.wake_workers(tenant.id)),
                Err(error) => tracing::warn!(%error, "cannot list the tenants"),
            }
        }
    }
}
