//! Small, lazy pools to tenants' databases, under one budget.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use control::{
    database::{TenantDatabase, TenantDatabases},
    tenant::{Tenant, Tenants},
};
use crypto::Keyring;
use moka::{Expiry, future::Cache};
use pg::{Connector, Control, Db, DbError, TenantId, migrate::SchemaState};
use tokio::sync::{OnceCell, Semaphore};

use crate::{Limits, ResolveError};

/// A tenant with its database.
pub struct TenantHandle {
    /// The tenant's row, as fresh as the cache.
    pub tenant: Tenant,
    pool: Arc<Pool>,
}

impl TenantHandle {
    /// The tenant's database, checked to be the tenant's own.
    pub async fn db(&self) -> Result<&Db<pg::Tenant>, ResolveError> {
        self.pool.checked(self.tenant.id).await?;
        Ok(&self.pool.db)
    }

    /// The same database by the connections that apply what Meta delivers: no
    /// reader's query keeps these waiting.
    pub async fn ingest_db(&self) -> Result<&Db<pg::Tenant>, ResolveError> {
        self.pool.checked(self.tenant.id).await?;
        Ok(&self.pool.ingest)
    }

    /// Whether both reach the tenant's database by the same URL.
    pub fn same_database(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.pool, &other.pool)
    }
}

/// Why a tenant's database cannot be used.
#[derive(Debug, Clone, thiserror::Error)]
pub enum Unready {
    /// None is attached.
    #[error("no database is attached")]
    NotAttached,
    /// Its URL does not open with this server's keys.
    #[error("its URL cannot be read with this server's MASTER_KEY")]
    Sealed,
    /// It carries another tenant's id.
    #[error("it belongs to another tenant")]
    OfAnother,
    /// Its schema is not the one this release needs.
    #[error("its schema is not up to date; run `provision tenant migrate`")]
    Schema,
    /// It cannot be reached.
    #[error("it cannot be reached")]
    Unreachable(#[source] Arc<DbError>),
}

/// One batch of a tenant is applied at a time; the second connection is for the moment of a change.
const INGEST_CONNECTIONS: usize = 2;

struct Pool {
    db: Db<pg::Tenant>,
    ingest: Db<pg::Tenant>,
    /// When the URL was saved: another time means another URL.
    saved_at: DateTime<Utc>,
    checked: OnceCell<()>,
    used: Mutex<Instant>,
}

impl Pool {
    fn both(&self) -> [&Db<pg::Tenant>; 2] {
        [&self.db, &self.ingest]
    }

    fn open_connections(&self) -> usize {
        self.both().iter().map(|db| db.open_connections()).sum()
    }

    fn close(&self) {
        self.both().iter().for_each(|db| db.close());
    }

    fn close_idle(&self, age: Duration) {
        self.both().iter().for_each(|db| db.close_idle(age));
    }

    async fn checked(&self, tenant: TenantId) -> Result<(), Unready> {
        *lock(&self.used) = Instant::now();
        self.checked
            .get_or_try_init(|| async {
                let unreachable = |error: DbError| Unready::Unreachable(Arc::new(error));
                let mut conn = self.db.conn().await.map_err(unreachable)?;
                let status = pg::migrate::status(&mut conn, &tenant::MIGRATIONS)
                    .await
                    .map_err(unreachable)?;
                if !matches!(status.state, SchemaState::Current | SchemaState::Ahead { .. }) {
                    return Err(Unready::Schema);
                }
                let owner = tenant::meta::owner(&mut conn).await.map_err(unreachable)?;
                if owner != Some(tenant) {
                    return Err(Unready::OfAnother);
                }
                // Each connection after this one is asked whose database it has reached.
                for db in self.both() {
                    db.admit_only_where(|| tenant::meta::only_of(tenant));
                }
                Ok(())
            })
            .await
            .copied()
    }
}

#[derive(Clone)]
struct Answer {
    handle: Option<Arc<TenantHandle>>,
    believe: Duration,
    /// How often everything had been forgotten when the control plane was asked.
    generation: u64,
}

struct Believe;

impl Expiry<TenantId, Answer> for Believe {
    fn expire_after_create(&self, _id: &TenantId, answer: &Answer, _now: Instant) -> Option<Duration> {
        Some(answer.believe)
    }
}

/// How long an old answer serves before the control plane, which is down, is asked again.
const STALE: Duration = Duration::from_secs(5);

pub(crate) struct Pools {
    connector: Connector,
    control: Db<Control>,
    keyring: Arc<Keyring>,
    limits: Limits,
    budget: Arc<Semaphore>,
    answers: Cache<TenantId, Answer>,
    generation: AtomicU64,
    open: Mutex<HashMap<TenantId, Arc<TenantHandle>>>,
}

impl Pools {
    pub(crate) fn new(
        connector: &Connector,
        control: Db<Control>,
        keyring: Arc<Keyring>,
        limits: Limits,
    ) -> Self {
        Self {
            connector: connector.clone(),
            control,
            keyring,
            limits,
            budget: Arc::new(Semaphore::new(limits.connections.max(1))),
            answers: Cache::builder()
                .max_capacity(20_000)
                .expire_after(Believe)
                .build(),
            generation: AtomicU64::new(0),
            open: Mutex::default(),
        }
    }

    pub(crate) async fn get(&self, id: TenantId) -> Result<Option<Arc<TenantHandle>>, ResolveError> {
        loop {
            let answer = self
                .answers
                .try_get_with(id, self.load(id))
                .await
                .map_err(|error: Arc<ResolveError>| (*error).clone())?;
            if answer.generation == self.generation.load(Ordering::SeqCst) {
                return Ok(answer.handle);
            }
            // It was put away just after everything had been forgotten.
            self.answers.invalidate(&id).await;
        }
    }

    /// A pool stays until its URL turns out to be another one.
    pub(crate) fn forget_all(&self) {
        self.generation.fetch_add(1, Ordering::SeqCst);
        self.answers.invalidate_all();
    }

    async fn load(&self, id: TenantId) -> Result<Answer, ResolveError> {
        loop {
            let generation = self.generation.load(Ordering::SeqCst);
            let asked = match self.ask(id).await {
                Ok(asked) => asked,
                Err(error) => return self.recall(id, error, generation),
            };
            // A change that came while we asked may or may not be in the answer: ask again.
            if generation == self.generation.load(Ordering::SeqCst) {
                let handle = match asked {
                    None => None,
                    Some((_, None)) => return Err(Unready::NotAttached.into()),
                    Some((tenant, Some(database))) => Some(self.handle(tenant, &database)?),
                };
                return Ok(Answer {
                    handle,
                    believe: self.limits.fresh,
                    generation,
                });
            }
        }
    }

    async fn ask(&self, id: TenantId) -> Result<Option<(Tenant, Option<TenantDatabase>)>, DbError> {
        let mut conn = self.control.conn().await?;
        let Some(tenant) = Tenants::new(&mut conn).find(id).await? else {
            return Ok(None);
        };
        let database = TenantDatabases::new(&mut conn).find(id).await?;
        Ok(Some((tenant, database)))
    }

    /// The control plane is down: whoever was served before still is.
    fn recall(&self, id: TenantId, error: DbError, generation: u64) -> Result<Answer, ResolveError> {
        match lock(&self.open).get(&id) {
            Some(handle) => {
                tracing::warn!(%error, "the control plane is down; going by what it said before");
                Ok(Answer {
                    handle: Some(Arc::clone(handle)),
                    believe: STALE,
                    generation,
                })
            }
            None => Err(ResolveError::Unavailable(Arc::new(error))),
        }
    }

    fn handle(&self, tenant: Tenant, database: &TenantDatabase) -> Result<Arc<TenantHandle>, Unready> {
        let id = tenant.id;
        let mut open = lock(&self.open);
        let known = open
            .get(&id)
            .filter(|handle| handle.pool.saved_at == database.updated_at);
        let pool = match known {
            Some(handle) => Arc::clone(&handle.pool),
            None => Arc::new(self.pool(id, database)?),
        };
        let handle = Arc::new(TenantHandle { tenant, pool });
        if let Some(old) = open.insert(id, Arc::clone(&handle))
            && old.pool.saved_at != handle.pool.saved_at
        {
            old.pool.close();
        }
        Ok(handle)
    }

    fn pool(&self, id: TenantId, database: &TenantDatabase) -> Result<Pool, Unready> {
        let url = database.open_url(&self.keyring).map_err(|error| {
            tracing::error!(tenant.id = %id, %error, "a tenant's database URL did not open");
            Unready::Sealed
        })?;
        let budget = || Arc::clone(&self.budget);
        Ok(Pool {
            db: Db::new(&self.connector, &url, self.limits.per_tenant).with_budget(budget()),
            ingest: Db::for_batches(&self.connector, &url, INGEST_CONNECTIONS).with_budget(budget()),
            saved_at: database.updated_at,
            checked: OnceCell::new(),
            used: Mutex::new(Instant::now()),
        })
    }

    pub(crate) fn close(&self) {
        for handle in lock(&self.open).values() {
            handle.pool.close();
        }
    }

    pub(crate) fn open_connections(&self) -> usize {
        lock(&self.open)
            .values()
            .map(|handle| handle.pool.open_connections())
            .sum()
    }

    /// Closes what was idle for long; under pressure, the longest unused first.
    pub(crate) fn sweep(&self) {
        let mut pools: Vec<(Instant, Arc<Pool>)> = lock(&self.open)
            .values()
            .map(|handle| (*lock(&handle.pool.used), Arc::clone(&handle.pool)))
            .collect();
        pools.sort_by_key(|(used, _)| *used);
        for (_, pool) in &pools {
            pool.close_idle(self.limits.idle);
        }
        let mut open: usize = pools.iter().map(|(_, pool)| pool.open_connections()).sum();
        for (_, pool) in &pools {
            if open <= self.limits.connections {
                break;
            }
            let before = pool.open_connections();
            pool.close_idle(Duration::ZERO);
            open -= before.saturating_sub(pool.open_connections());
        }
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
