//! Pools and connections that know which kind of database they reach.

use std::{
    marker::PhantomData,
    ops::{Deref, DerefMut},
    sync::{Arc, OnceLock},
    time::Duration,
};

use diesel_async::{
    AsyncConnection, AsyncPgConnection, SimpleAsyncConnection, TransactionManager,
    pooled_connection::{
        AsyncDieselConnectionManager, ManagerConfig, RecyclingMethod,
        deadpool::{Object, Pool},
    },
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{Connector, DatabaseUrl, DbError};

/// Marks the control plane's database.
#[derive(Debug)]
pub enum Control {}

/// Marks one tenant's own database.
#[derive(Debug)]
pub enum Tenant {}

/// How long a caller waits for a connection before the database counts as unavailable.
const ACQUIRE_TIMEOUT: Duration = Duration::from_secs(5);

/// Set on every connection. A statement that outlives its caller would hold
/// the connection for the next one; a transaction left open holds locks.
const SESSION_SETTINGS: &str = "SET statement_timeout = '15s'; SET idle_in_transaction_session_timeout = '30s'; SET lock_timeout = '10s'";

/// In addition, for connections that run the same few statements over arrays of any
/// length: a plan made once, however many rows it is for, and by the indexes,
/// however small the tables were when it was made.
const BATCH_SETTINGS: &str = "SET plan_cache_mode = 'force_generic_plan'; SET enable_seqscan = off; \
     SET enable_hashjoin = off; SET enable_mergejoin = off; SET jit = off";

/// A small, lazy pool tagged with the kind of database it reaches.
pub struct Db<D> {
    pool: Pool<AsyncPgConnection>,
    budget: Option<Arc<Semaphore>>,
    entry: Arc<OnceLock<String>>,
    kind: PhantomData<fn() -> D>,
}

impl<D> Clone for Db<D> {
    fn clone(&self) -> Self {
        Self {
            pool: self.pool.clone(),
            budget: self.budget.clone(),
            entry: Arc::clone(&self.entry),
            kind: PhantomData,
        }
    }
}

impl<D> Db<D> {
    /// A pool of at most `size` connections; none is opened until it is needed.
    pub fn new(connector: &Connector, url: &DatabaseUrl, size: usize) -> Self {
        Self::with_settings(connector, url, size, SESSION_SETTINGS.to_owned())
    }

    /// A pool for statements over arrays, whose plan does not depend on their
    /// lengths. Not for lists: a plan for any `LIMIT` is a plan for a large one.
    pub fn for_batches(connector: &Connector, url: &DatabaseUrl, size: usize) -> Self {
        Self::with_settings(
            connector,
            url,
            size,
            format!("{SESSION_SETTINGS}; {BATCH_SETTINGS}"),
        )
    }

    fn with_settings(connector: &Connector, url: &DatabaseUrl, size: usize, settings: String) -> Self {
        let mut config = ManagerConfig::default();
        config.recycling_method = RecyclingMethod::Fast;
        let (connector, url) = (connector.clone(), url.clone());
        let entry = Arc::new(OnceLock::<String>::new());
        let condition = Arc::clone(&entry);
        config.custom_setup = Box::new(move |_url| {
            let (connector, url) = (connector.clone(), url.clone());
            let condition = condition.get().map_or("", String::as_str);
            // One message, and one answer to wait for.
            let settings = format!("{settings}; {condition}");
            Box::pin(async move {
                let mut conn = connector.connect(&url).await?;
                conn.batch_execute(&settings)
                    .await
                    .map_err(diesel::ConnectionError::CouldntSetupConfiguration)?;
                Ok(conn)
            })
        });
        // The URL goes through the closure: the manager's own is a plain string that could print.
        let manager = AsyncDieselConnectionManager::new_with_config("", config);
        let pool = Pool::builder(manager).max_size(size.max(1)).build();
        Self {
            // Building fails only where a time-out is set without a runtime, and none is set.
            pool: pool.unwrap_or_else(|error| unreachable!("pool without time-outs: {error}")),
            budget: None,
            entry,
            kind: PhantomData,
        }
    }

    /// From now on, no new connection is used on which these statements fail: a URL may lead
    /// elsewhere later. Said once; those that are open stay.
    pub fn admit_only_where(&self, statements: impl FnOnce() -> String) {
        self.entry.get_or_init(statements);
    }

    /// The same pool under a budget of connections in use that it shares with others.
    #[must_use]
    pub fn with_budget(self, budget: Arc<Semaphore>) -> Self {
        Self {
            budget: Some(budget),
            ..self
        }
    }

    /// A connection, waiting up to five seconds for a free one.
    pub async fn conn(&self) -> Result<Conn<D>, DbError> {
        let acquire = async {
            // The own pool first: whoever queues for one slow database must not
            // hold what the others share.
            let inner = self.pool.get().await?;
            let permit = match &self.budget {
                Some(budget) => Some(Arc::clone(budget).acquire_owned().await),
                None => None,
            };
            let permit = permit
                .transpose()
                .map_err(|closed| DbError::Unavailable(Box::new(closed)))?;
            Ok(Conn {
                inner,
                _permit: permit,
                kind: PhantomData,
            })
        };
        match tokio::time::timeout(ACQUIRE_TIMEOUT, acquire).await {
            Ok(conn) => conn,
            Err(elapsed) => Err(DbError::Unavailable(Box::new(elapsed))),
        }
    }

    /// Connections open now, in use or idle.
    pub fn open_connections(&self) -> usize {
        self.pool.status().size
    }

    /// Closes connections that were idle for longer than `age`.
    pub fn close_idle(&self, age: Duration) {
        self.pool.retain(|_conn, metrics| metrics.last_used() < age);
    }

    /// Lets nobody take a connection any more; those in use end when given back.
    pub fn close(&self) {
        self.pool.close();
    }
}

/// A connection to a database of kind `D`, given back to its pool when dropped.
pub struct Conn<D> {
    inner: Object<AsyncPgConnection>,
    _permit: Option<OwnedSemaphorePermit>,
    kind: PhantomData<fn() -> D>,
}

impl<D> Conn<D> {
    /// Runs `work` in a transaction: commits on `Ok`, rolls back on `Err`.
    ///
    /// If the future is dropped half-way, the pool sees the open transaction
    /// and discards the connection.
    pub async fn transaction<R, E>(
        &mut self,
        work: impl AsyncFnOnce(&mut Self) -> Result<R, E>,
    ) -> Result<R, E>
    where
        E: From<DbError>,
    {
        type Manager = <AsyncPgConnection as AsyncConnection>::TransactionManager;
        Manager::begin_transaction(&mut *self.inner)
            .await
            .map_err(DbError::from)?;
        match work(self).await {
            Ok(value) => {
                Manager::commit_transaction(&mut *self.inner)
                    .await
                    .map_err(DbError::from)?;
                Ok(value)
            }
            Err(error) => {
                if let Err(rollback) = Manager::rollback_transaction(&mut *self.inner).await {
                    tracing::debug!(error = %rollback, "rollback failed; the pool discards the connection");
                }
                Err(error)
            }
        }
    }
}

impl<D> Deref for Conn<D> {
    type Target = AsyncPgConnection;

    fn deref(&self) -> &Self::Target {
        &self.inner
    }
}

impl<D> DerefMut for Conn<D> {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.inner
    }
}
