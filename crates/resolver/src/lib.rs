//! From `phone_number_id` or tenant id to the tenant's own database and line.
//!
//! Depends on `control` for where things are and on `tenant` only for whose a
//! database is; never on a tenant's repositories. No fallback, ever: an id that
//! nobody registered resolves to nobody.

mod apps;
pub mod attach;
pub mod fleet;
mod lines;
pub mod place;
mod pools;
pub mod rotate;

use std::{sync::Arc, time::Duration};

use control::tenant::Tenant;
use crypto::Keyring;
use pg::{ChannelId, Connector, Control, DatabaseUrl, Db, DbError, TenantId};

pub use self::{
    apps::KnownApp,
    lines::Line,
    pools::{TenantHandle, Unready},
};

/// Why something could not be resolved. "Nobody" is not an error.
#[derive(Debug, Clone, thiserror::Error)]
pub enum ResolveError {
    /// The control plane cannot be asked, and there is no earlier answer to go by.
    #[error("the control plane is unavailable")]
    Unavailable(#[source] Arc<DbError>),
    /// There is such a tenant, but its database cannot be used.
    #[error("the tenant's database is not ready: {0}")]
    TenantNotReady(#[from] Unready),
}

/// Limits of what a resolver holds.
#[derive(Debug, Clone, Copy)]
pub struct Limits {
    /// Connections to tenants' databases in use at once, over all tenants.
    pub connections: usize,
    /// Connections to one tenant's database.
    pub per_tenant: usize,
    /// After how long an idle connection is closed.
    pub idle: Duration,
    /// How long an answer of the control plane is believed without asking again.
    pub fresh: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 80,
            per_tenant: 6,
            idle: Duration::from_secs(30),
            fresh: Duration::from_mins(1),
        }
    }
}

/// Knows whose a line is and how to reach a tenant's database. Cheap to clone.
#[derive(Clone)]
pub struct Resolver(Arc<Inner>);

struct Inner {
    connector: Connector,
    control: Db<Control>,
    control_url: DatabaseUrl,
    keyring: Arc<Keyring>,
    lines: lines::Lines,
    apps: apps::Apps,
    pools: pools::Pools,
}

impl Resolver {
    /// A resolver over the control plane at `control_url`. Tenants' databases are connected to as
    /// `connector` is guarded; the control plane always is.
    pub fn new(
        connector: &Connector,
        control: Db<Control>,
        control_url: DatabaseUrl,
        keyring: Arc<Keyring>,
        limits: Limits,
    ) -> Self {
        Self(Arc::new(Inner {
            connector: connector.clone(),
            lines: lines::Lines::new(control.clone(), Arc::clone(&keyring), limits.fresh),
            apps: apps::Apps::new(control.clone(), Arc::clone(&keyring), limits.fresh),
            pools: pools::Pools::new(connector, control.clone(), Arc::clone(&keyring), limits),
            control,
            control_url,
            keyring,
        }))
    }

    /// The line of a `phone_number_id`; `None` if nobody registered it or it is inactive.
    pub async fn line(&self, phone_number_id: &str) -> Result<Option<Arc<Line>>, ResolveError> {
        let found = self.0.lines.get(phone_number_id).await?;
        Ok(found.filter(|line| line.channel.is_active))
    }

    /// The line of a `phone_number_id`, active or not; `None` if nobody registered it.
    pub async fn registered_line(&self, phone_number_id: &str) -> Result<Option<Arc<Line>>, ResolveError> {
        self.0.lines.get(phone_number_id).await
    }

    /// The active lines of a WhatsApp Business account, for events of the account. Never
    /// for messages: those go by `phone_number_id` alone.
    pub async fn lines_of_account(&self, waba_id: &str) -> Result<Vec<Arc<Line>>, ResolveError> {
        self.0.lines.of_account(waba_id).await
    }

    /// The line of a channel, active or not; `None` if there is no such channel.
    pub async fn line_of_channel(&self, id: ChannelId) -> Result<Option<Arc<Line>>, ResolveError> {
        self.0.lines.of_channel(id).await
    }

    /// The app whose callback path ends in `key`; `None` if there is none.
    pub async fn app(&self, key: &str) -> Result<Option<Arc<KnownApp>>, ResolveError> {
        self.0.apps.get(key).await
    }

    /// A tenant's row and database; `None` if there is no such tenant.
    pub async fn tenant(&self, id: TenantId) -> Result<Option<Arc<TenantHandle>>, ResolveError> {
        self.0.pools.get(id).await
    }

    /// The tenants that may be served, from the control plane itself.
    pub async fn active_tenants(&self) -> Result<Vec<Tenant>, DbError> {
        control::tenant::Tenants::new(&mut self.control().conn().await?)
            .all_active()
            .await
    }

    /// The control plane's database.
    pub fn control(&self) -> &Db<Control> {
        &self.0.control
    }

    /// What attaching a tenant's database needs.
    pub fn platform(&self) -> attach::Platform<'_> {
        attach::Platform {
            connector: &self.0.connector,
            control: &self.0.control,
            control_url: &self.0.control_url,
            keyring: &self.0.keyring,
        }
    }

    /// Connections to tenants' databases that are open now.
    pub fn open_connections(&self) -> usize {
        self.0.pools.open_connections()
    }

    /// The keys that open what is sealed.
    pub fn keyring(&self) -> &Arc<Keyring> {
        &self.0.keyring
    }

    /// Forgets every answer, so that a change takes effect at once. Changes are
    /// rare, and an answer costs one query to get back.
    pub fn forget(&self) {
        self.0.lines.forget_all();
        self.0.apps.forget_all();
        self.0.pools.forget_all();
    }

    /// Closes idle connections; call it every few seconds.
    pub fn sweep(&self) {
        self.0.pools.sweep();
    }

    /// Follows the control plane's notifications; after a gap, anything may have
    /// changed. Names each changed tenant to `on_change`. Never returns.
    pub async fn follow_changes(&self, on_change: impl Fn(TenantId)) {
        let changed = |payload: String| {
            self.forget();
            if let Ok(tenant) = payload.parse() {
                on_change(tenant);
            }
        };
        self.follow(control::CONFIG_CHANNEL, || self.forget(), changed)
            .await;
    }

    /// Hands every tenant that another process names on a channel for hints to
    /// `on_tenant`; `me` is what this process signs its own with. `on_ready` runs
    /// whenever hints may have been missed before. Never returns.
    pub async fn follow_hints(
        &self,
        channel: &'static str,
        me: uuid::Uuid,
        on_ready: impl Fn(),
        on_tenant: impl Fn(TenantId),
    ) {
        let named = |payload: String| {
            let Some((sender, tenants)) = payload.split_once(' ') else {
                return;
            };
            if sender.parse() != Ok(me) {
                tenants
                    .split(' ')
                    .filter_map(|tenant| tenant.parse().ok())
                    .for_each(&on_tenant);
            }
        };
        self.follow(channel, on_ready, named).await;
    }

    /// Hears what other processes say on a channel, on a connection of its own; `on_ready` runs each
    /// time that it hears anew. Never returns.
    pub async fn follow_channel(
        &self,
        channel: &'static str,
        on_ready: impl Fn(),
        on_payload: impl Fn(String),
    ) {
        self.follow(channel, on_ready, on_payload).await;
    }

    /// Lets nobody take a connection any more: the process ends.
    pub fn close(&self) {
        self.0.pools.close();
        self.0.control.close();
    }

    async fn follow(&self, channel: &'static str, on_ready: impl Fn(), on_payload: impl Fn(String)) {
        loop {
            let Inner {
                connector,
                control_url,
                ..
            } = &*self.0;
            let connector = connector.unguarded();
            let ended = pg::listen::listen(&connector, control_url, channel, &on_ready, &on_payload).await;
            if let Err(error) = ended {
                tracing::warn!(channel, %error, "lost the control plane's notifications; reconnecting");
            }
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
}
