//! Tells the other processes which tenants have news: after the commit, on a
//! connection of its own, many tenants in one notification, at most twenty
//! times a second. Nothing depends on a hint; whoever misses one looks later.

use std::{
    collections::HashSet,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use control::{EVENTS_CHANNEL, MAX_HINTED, OUTBOX_CHANNEL, hint};
use pg::{Control, Db, DbError, TenantId};
use tokio::sync::Notify;
use uuid::Uuid;

/// Between two rounds of notifications.
const GAP: Duration = Duration::from_millis(50);

/// Tenants to be named to the other processes. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Hints(Arc<Inner>);

struct Inner {
    me: Uuid,
    db: Db<Control>,
    pending: Mutex<Pending>,
    some: Notify,
}

#[derive(Default)]
struct Pending {
    events: HashSet<TenantId>,
    outbox: HashSet<TenantId>,
}

impl Hints {
    /// Hints that go out by `db` and are signed with `me`.
    pub(crate) fn new(me: Uuid, db: Db<Control>) -> Self {
        Self(Arc::new(Inner {
            me,
            db,
            pending: Mutex::default(),
            some: Notify::new(),
        }))
    }

    /// What this process signs its hints with.
    pub(crate) fn me(&self) -> Uuid {
        self.0.me
    }

    /// Something happened in this tenant.
    pub(crate) fn event(&self, tenant: TenantId) {
        self.put(|pending| pending.events.insert(tenant));
    }

    /// Something may be due in this tenant's outbox.
    pub(crate) fn outbox(&self, tenant: TenantId) {
        self.put(|pending| pending.outbox.insert(tenant));
    }

    fn put(&self, put: impl FnOnce(&mut Pending) -> bool) {
        let added = put(&mut self.0.pending.lock().unwrap_or_else(PoisonError::into_inner));
        if added {
            self.0.some.notify_one();
        }
    }

    /// Sends what is put here. Never returns.
    pub(crate) async fn run(&self) {
        loop {
            self.0.some.notified().await;
            let pending = std::mem::take(&mut *self.0.pending.lock().unwrap_or_else(PoisonError::into_inner));
            if let Err(error) = self.send(pending).await {
                tracing::warn!(%error, "cannot hint to the other processes");
            }
            tokio::time::sleep(GAP).await;
        }
    }

    async fn send(&self, pending: Pending) -> Result<(), DbError> {
        let mut conn = self.0.db.conn().await?;
        for (channel, tenants) in [(OUTBOX_CHANNEL, pending.outbox), (EVENTS_CHANNEL, pending.events)] {
            let tenants: Vec<TenantId> = tenants.into_iter().collect();
            for part in tenants.chunks(MAX_HINTED) {
                hint(&mut conn, channel, Some(self.0.me), part).await?;
            }
        }
        Ok(())
    }
}
