//! Writes to the spool: one statement at a time, with everything that came
//! while the one before ran, so that a flood takes one connection of the
//! control plane and no more.

use std::{sync::Arc, time::Duration};

use control::spool::{NewSpooled, Spool};
use pg::{Control, Db};
use tokio::{
    runtime::Handle,
    sync::{mpsc, oneshot},
};

use super::guard::{Budget, Guard, Reserved};

/// Bytes on their way to the spool, over all tenants.
const WAITING: usize = 64 * 1024 * 1024;
/// Bytes in one statement, unless one row alone has more.
const STATEMENT: usize = 4 * 1024 * 1024;
/// How long a statement may take, a connection included.
const PATIENCE: Duration = Duration::from_secs(5);

/// A tenant's part could not be spooled.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum SpoolError {
    #[error("too much is on its way to the spool")]
    Full,
    #[error("the control plane did not take it: {0}")]
    Control(Arc<str>),
}

struct Job {
    row: NewSpooled,
    done: oneshot::Sender<Result<(), SpoolError>>,
    reserved: [Reserved; 2],
}

pub(crate) struct Writer {
    waiting: Arc<Budget>,
    jobs: mpsc::UnboundedSender<Job>,
}

impl Writer {
    pub(super) fn start(runtime: &Handle, control: Db<Control>) -> Self {
        let (jobs, receiver) = mpsc::unbounded_channel();
        runtime.spawn(run(control, receiver));
        Self {
            waiting: Budget::new(WAITING),
            jobs,
        }
    }

    /// Returns when the row is committed.
    pub(super) async fn write(&self, guard: &Guard, row: NewSpooled) -> Result<(), SpoolError> {
        let own = guard.spooling.reserve(row.size()).ok_or(SpoolError::Full)?;
        let all = self.waiting.reserve(row.size()).ok_or(SpoolError::Full)?;
        let (done, written) = oneshot::channel();
        let job = Job {
            row,
            done,
            reserved: [own, all],
        };
        let ended = || SpoolError::Control("the writer ended".into());
        self.jobs.send(job).map_err(|_unsent| ended())?;
        written.await.unwrap_or_else(|_dropped| Err(ended()))
    }
}

async fn run(control: Db<Control>, mut jobs: mpsc::UnboundedReceiver<Job>) {
    while let Some(first) = jobs.recv().await {
        let mut size = first.row.size();
        let mut batch = vec![first];
        while size < STATEMENT
            && let Ok(next) = jobs.try_recv()
        {
            size += next.row.size();
            batch.push(next);
        }
        let (rows, answers): (Vec<_>, Vec<_>) = batch
            .into_iter()
            .map(|job| (job.row, (job.done, job.reserved)))
            .unzip();
        let result = insert(&control, &rows).await;
        match &result {
            Ok(()) => metrics::counter!("spool_rows_total", "event" => "in").increment(rows.len() as u64),
            Err(error) => tracing::error!(%error, rows = rows.len(), "could not spool"),
        }
        for (done, reserved) in answers {
            drop(reserved);
            // Nobody listens when the request was given up; what is committed stays committed.
            drop(done.send(result.clone()));
        }
    }
}

async fn insert(control: &Db<Control>, rows: &[NewSpooled]) -> Result<(), SpoolError> {
    let written = tokio::time::timeout(PATIENCE, async {
        let mut conn = control.conn().await?;
        Spool::new(&mut conn).insert(rows).await
    });
    match written.await {
        Ok(Ok(())) => Ok(()),
        Ok(Err(error)) => Err(SpoolError::Control(super::chain(&error).into())),
        Err(_elapsed) => Err(SpoolError::Control("it did not answer in time".into())),
    }
}
