//! One lane per tenant: what queued while the previous commit ran, or while it was
//! others' turn ([`super::gate`]), is applied in one transaction. Nobody waits for
//! company, and a busy tenant commits no more often than its disk allows.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use pg::{DbError, TenantId};
use resolver::{ResolveError, TenantHandle};
use tenant::inbound::{self, Applier, InboundItem};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::gate::Gate;
use crate::{Clock, realtime::Feeds, spool::Reserved};

/// Webhooks that may wait for one tenant; further ones are spooled.
const QUEUE: usize = 512;
/// Items applied in one transaction at most: it holds locks while it runs.
const BATCH: usize = 500;
/// A lane that had nothing to do for this long ends.
const IDLE: Duration = Duration::from_mins(1);

/// Why a tenant's part was not stored.
#[derive(Debug, thiserror::Error)]
pub(crate) enum LaneError {
    #[error("too much is waiting for this tenant")]
    Full,
    #[error("the lane ended")]
    Ended,
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error("the tenant's database did not take it: {0}")]
    Db(String),
}

struct Job {
    handle: Arc<TenantHandle>,
    items: Vec<InboundItem>,
    /// What is under way counts until it is done, also when nobody waits for it any more.
    _reserved: Option<Reserved>,
    done: oneshot::Sender<Result<(), LaneError>>,
}

/// What a lane remembers of the database that it applied to last.
#[derive(Default)]
struct Worker {
    database: Option<Arc<TenantHandle>>,
    applier: Applier,
}

impl Worker {
    /// Another database has other threads.
    fn applier(&mut self, handle: &Arc<TenantHandle>) -> &mut Applier {
        if self
            .database
            .as_ref()
            .is_none_or(|known| !known.same_database(handle))
        {
            self.applier = Applier::default();
        }
        self.database = Some(Arc::clone(handle));
        &mut self.applier
    }
}

#[derive(Clone)]
pub(crate) struct Lanes {
    runtime: Handle,
    clock: Clock,
    feeds: Feeds,
    gate: Gate,
    open: Arc<Mutex<HashMap<TenantId, mpsc::Sender<Job>>>>,
}

impl Lanes {
    pub(crate) fn new(clock: Clock, feeds: Feeds) -> Self {
        Self {
            runtime: Handle::current(),
            clock,
            feeds,
            gate: Gate::new(),
            open: Arc::default(),
        }
    }

    /// Applies `items` and returns when they are committed. They are applied also
    /// when the caller gives up waiting; `reserved` is held until then.
    pub(crate) async fn apply(
        &self,
        handle: Arc<TenantHandle>,
        items: Vec<InboundItem>,
        reserved: Option<Reserved>,
    ) -> Result<(), LaneError> {
        let (done, committed) = oneshot::channel();
        self.enqueue(Job {
            handle,
            items,
            _reserved: reserved,
            done,
        })?;
        committed.await.unwrap_or(Err(LaneError::Ended))
    }

    fn enqueue(&self, job: Job) -> Result<(), LaneError> {
        let tenant = job.handle.tenant.id;
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let lane = open.entry(tenant).or_insert_with(|| self.start(tenant));
        match lane.try_send(job) {
            Ok(()) => Ok(()),
            Err(mpsc::error::TrySendError::Full(_)) => Err(LaneError::Full),
            Err(mpsc::error::TrySendError::Closed(job)) => {
                let lane = self.start(tenant);
                let sent = lane.try_send(job).map_err(|_rejected| LaneError::Ended);
                open.insert(tenant, lane);
                sent
            }
        }
    }

    fn start(&self, tenant: TenantId) -> mpsc::Sender<Job> {
        let (sender, receiver) = mpsc::channel(QUEUE);
        let lanes = self.clone();
        self.runtime
            .spawn(async move { lanes.run(tenant, receiver).await });
        sender
    }

    async fn run(&self, tenant: TenantId, mut jobs: mpsc::Receiver<Job>) {
        let mut worker = Worker::default();
        while let Ok(Some(first)) = tokio::time::timeout(IDLE, jobs.recv()).await {
            let turn = self.gate.enter().await;
            let mut count = first.items.len();
            let mut batch = vec![first];
            while count < BATCH
                && let Ok(next) = jobs.try_recv()
            {
                count += next.items.len();
                batch.push(next);
            }
            turn.during(self.commit(&mut worker, batch)).await;
            self.feeds.hint(tenant);
        }
        // Whatever was sent between the time-out and here is still answered.
        jobs.close();
        let mut rest = Vec::new();
        while let Some(job) = jobs.recv().await {
            rest.push(job);
        }
        if !rest.is_empty() {
            self.commit(&mut worker, rest).await;
            self.feeds.hint(tenant);
        }
    }

    async fn commit(&self, worker: &mut Worker, batch: Vec<Job>) {
        metrics::histogram!("ingest_batch_size").record(
            u32::try_from(batch.iter().map(|job| job.items.len()).sum::<usize>()).unwrap_or(u32::MAX),
        );
        let Some(newest) = batch.last() else { return };
        let all: Vec<&InboundItem> = batch.iter().flat_map(|job| &job.items).collect();
        match self.try_apply(worker, &newest.handle, &all).await {
            Ok(()) => {
                for job in batch {
                    answer(job.done, Ok(()));
                }
            }
            // One item spoils a transaction for all: find it, set it aside, keep its neighbours.
            Err(Outcome::Spoilt(_)) => {
                for job in batch {
                    let result = self.apply_singly(worker, &job).await;
                    answer(job.done, result);
                }
            }
            Err(Outcome::Down(reason)) => {
                for job in batch {
                    answer(job.done, Err(LaneError::Db(reason.clone())));
                }
            }
        }
    }

    async fn try_apply(
        &self,
        worker: &mut Worker,
        handle: &Arc<TenantHandle>,
        items: &[&InboundItem],
    ) -> Result<(), Outcome> {
        let db = handle
            .ingest_db()
            .await
            .map_err(|error| Outcome::Down(error.to_string()))?;
        let mut conn = db.conn().await.map_err(Outcome::from)?;
        worker
            .applier(handle)
            .apply(&mut conn, items, self.clock.now())
            .await
            .map_err(Outcome::from)
    }

    async fn apply_singly(&self, worker: &mut Worker, job: &Job) -> Result<(), LaneError> {
        for item in &job.items {
            match self.try_apply(worker, &job.handle, &[item]).await {
                Ok(()) => {}
                Err(Outcome::Down(reason)) => return Err(LaneError::Db(reason)),
                Err(Outcome::Spoilt(reason)) => {
                    tracing::error!(tenant.id = %job.handle.tenant.id, reason, "set an item aside");
                    metrics::counter!("ingest_dead_letters_total").increment(1);
                    let db = job.handle.db().await?;
                    let mut conn = db
                        .conn()
                        .await
                        .map_err(|error| LaneError::Db(error.to_string()))?;
                    inbound::set_aside(&mut conn, item, &reason, self.clock.now())
                        .await
                        .map_err(|error| LaneError::Db(error.to_string()))?;
                }
            }
        }
        Ok(())
    }
}

enum Outcome {
    /// The database cannot take anything now.
    Down(String),
    /// Something in the batch cannot be stored.
    Spoilt(String),
}

impl From<DbError> for Outcome {
    fn from(error: DbError) -> Self {
        let down = error.is_unavailable();
        let reason = match std::error::Error::source(&error) {
            Some(source) => format!("{error}: {source}"),
            None => error.to_string(),
        };
        if down {
            Self::Down(reason)
        } else {
            Self::Spoilt(reason)
        }
    }
}

fn answer(done: oneshot::Sender<Result<(), LaneError>>, result: Result<(), LaneError>) {
    // Nobody listens when the request was given up; what is committed stays committed.
    drop(done.send(result));
}
