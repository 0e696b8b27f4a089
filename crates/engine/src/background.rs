//! What an engine does by itself.

use std::time::Duration;

use control::{
    EVENTS_CHANNEL, OUTBOX_CHANNEL,
    login_link::LoginLinks,
    session::{Sessions, delete_old_proofs},
};
use pg::TenantId;
use tokio::time::{MissedTickBehavior, interval};

use crate::{Engine, spool::chain};

/// How often what webhooks showed is written down, and idle connections closed.
const HOUSEKEEPING: Duration = Duration::from_secs(2);
/// How long giving the lanes back may take.
const RELEASE: Duration = Duration::from_secs(2);
/// How often what has expired is deleted: sessions, and what tenants do not need any more.
const CLEANING: Duration = Duration::from_hours(1);

impl Engine {
    /// Follows changes of the configuration, keeps house, hints and hears hints,
    /// and, where this process sends, works on the outboxes of the tenants whose
    /// lanes it holds. Never returns.
    pub async fn run(&self) {
        let me = self.0.hints.me();
        let changed = |tenant| {
            self.wake_if_held(tenant);
            self.wake_checker(tenant);
        };
        let heard = self.resolver().follow_hints(
            EVENTS_CHANNEL,
            me,
            || self.0.feeds.wake_all(),
            |tenant| self.0.feeds.wake(tenant),
        );
        tokio::join!(
            self.resolver().follow_changes(changed),
            self.keep_house(),
            self.forget_sessions(),
            self.0.hints.run(),
            Box::pin(self.0.desks.run(self.resolver())),
            heard,
            self.send(),
            // On the heap: whoever runs an engine should not carry what its rarer work needs.
            Box::pin(self.sweep_spool()),
            Box::pin(self.clean_tenants()),
            Box::pin(self.take_search_turns()),
            Box::pin(self.take_push_turns()),
        );
    }

    /// Works on outboxes, where this process does.
    async fn send(&self) {
        if !self.0.parts.sends {
            return;
        }
        let look = || {
            for tenant in self.0.leases.held() {
                self.wake_if_held(tenant);
            }
        };
        let told = self
            .resolver()
            .follow_hints(OUTBOX_CHANNEL, self.0.hints.me(), look, |tenant| {
                self.wake_if_held(tenant);
            });
        tokio::join!(
            self.0.leases.run(),
            self.greet_lanes(),
            self.take_turns(),
            self.take_file_turns(),
            Box::pin(self.check_lines()),
            Box::pin(self.clear_files_left_behind()),
            told
        );
    }

    /// Ends well: nothing new is begun, calls under way are seen to their end for
    /// up to `patience`, and the lanes are given back for others to take at once.
    pub async fn shut_down(&self, patience: Duration) {
        self.0.turns.close();
        // A fetch may break off anywhere: whoever takes the lane over repeats it.
        self.0.fetcher.turns.close();
        self.0.checker.turns.close();
        self.0.searching.close();
        self.0.pusher.turns().close();
        self.0.leases.end();
        if tokio::time::timeout(patience, self.0.turns.ended())
            .await
            .is_err()
        {
            tracing::warn!("calls to Meta are still under way; their outcome will show as not confirmed");
        }
        match tokio::time::timeout(RELEASE, self.0.leases.release_all()).await {
            Ok(Ok(())) => {}
            Ok(Err(error)) => tracing::warn!(%error, "cannot give the lanes back; their leases will end"),
            Err(_elapsed) => tracing::warn!("cannot give the lanes back in time; their leases will end"),
        }
    }

    async fn keep_house(&self) {
        let mut tick = interval(HOUSEKEEPING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            self.flush_notes().await;
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
                let now = self.clock().now();
                Sessions::new(&mut conn).delete_expired(now).await?;
                delete_old_proofs(&mut conn).await?;
                LoginLinks::new(&mut conn).delete_expired(now).await
            };
            if let Err(error) = deleted.await {
                tracing::warn!(%error, "cannot delete sessions and links that have expired");
            }
        }
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

    async fn clean_tenants(&self) {
        let mut tick = interval(CLEANING);
        tick.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            tick.tick().await;
            for tenant in self.leases().held() {
                if let Err(error) = self.clean_tenant(tenant).await {
                    tracing::debug!(tenant.id = %tenant, error, "cannot delete what is old");
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
}
