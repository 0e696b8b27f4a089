//! Stands between a webhook and a tenant's lane: what the tenant's database
//! cannot take, or not in time, is kept sealed in the control plane, and is
//! as good as taken. `drain` brings it to the tenant later.
//!
//! Nobody else feels one tenant's trouble: its database is left alone while it
//! fails ([`crate::breaker`]), and what may be under way for it is bounded.

pub(crate) mod contents;
mod guard;
mod writer;

use std::time::Duration;

use control::spool::{NewSpooled, SpoolReason};
use pg::{Control, Db, TenantId};
use resolver::ResolveError;
use tenant::inbound::InboundItem;
use tokio::runtime::Handle;
use whatsapp::webhook::Change;

pub(crate) use self::guard::Reserved;
use self::{
    guard::{Guard, Guards},
    writer::{SpoolError, Writer},
};
use crate::{Engine, breaker::Admission, breaker::BreakerState, ingest::LaneError, ingest::translate::Place};

/// How long a webhook waits for the tenant's database before it is spooled.
const PATIENCE: Duration = Duration::from_secs(2);

/// One tenant's part of a webhook.
#[derive(Default)]
pub(crate) struct Part<'e> {
    items: Vec<InboundItem>,
    changes: Vec<(&'e Change, Place)>,
}

impl<'e> Part<'e> {
    /// Adds the items that `change` holds for `place`.
    pub(crate) fn add(&mut self, change: &'e Change, place: Place, items: Vec<InboundItem>) {
        if !items.is_empty() {
            self.items.extend(items);
            self.changes.push((change, place));
        }
    }

    /// Whether something in it brings a file to fetch.
    pub(crate) fn brings_files(&self) -> bool {
        self.items.iter().any(InboundItem::has_file)
    }

    /// What is in it.
    pub(crate) fn items(&self) -> &[InboundItem] {
        &self.items
    }

    /// Whether there is nothing to do.
    pub(crate) fn is_empty(&self) -> bool {
        self.items.is_empty()
    }
}

/// Every tenant's guard, and the way into the spool.
pub(crate) struct Spooler {
    pub(crate) guards: Guards,
    writer: Writer,
}

impl Spooler {
    pub(crate) fn new(control: Db<Control>) -> Self {
        Self {
            guards: Guards::default(),
            writer: Writer::start(&Handle::current(), control),
        }
    }
}

/// A tenant's part was neither applied nor spooled.
#[derive(Debug, thiserror::Error)]
pub(crate) enum KeepError {
    #[error("the changes cannot be written as JSON")]
    Contents(#[from] serde_json::Error),
    #[error(transparent)]
    Spool(#[from] SpoolError),
}

/// Why the lane did not take a part.
struct Detour {
    reason: SpoolReason,
    error: Option<String>,
}

impl Detour {
    fn new(reason: SpoolReason) -> Self {
        Self { reason, error: None }
    }
}

impl Engine {
    /// Applies a tenant's part, or spools it. `Ok`: it is committed, here or there.
    pub(crate) async fn keep(&self, tenant: TenantId, part: Part<'_>) -> Result<(), KeepError> {
        let guard = self.0.spooler.guards.of(tenant);
        let Part { items, changes } = part;
        let count = items.len();
        let Err(detour) = self.try_lane(&guard, tenant, items).await else {
            return Ok(());
        };
        let error = detour.error.as_deref();
        tracing::warn!(tenant.id = %tenant, reason = detour.reason.as_str(), error, items = count, "spooling");
        metrics::counter!("spooled_total", "reason" => detour.reason.as_str()).increment(1);
        let contents = contents::write(&changes)?;
        let (keyring, now) = (self.resolver().keyring(), self.clock().now());
        let row = NewSpooled::seal(keyring, tenant, &contents, count, now).because(detour.reason, error);
        Ok(self.0.spooler.writer.write(&guard, row).await?)
    }

    async fn try_lane(&self, guard: &Guard, tenant: TenantId, items: Vec<InboundItem>) -> Result<(), Detour> {
        let size = items.iter().map(|item| item.raw.len()).sum();
        let reserved = guard
            .reserve(size)
            .ok_or_else(|| Detour::new(SpoolReason::Busy))?;
        if guard.admit() == Admission::Rest {
            return Err(Detour::new(SpoolReason::Resting));
        }
        // Where the database is takes as long as it takes: a slow control plane is not the tenant's fault.
        let handle = match self.resolver().tenant(tenant).await {
            Ok(Some(handle)) => handle,
            // The line was known a moment ago; its tenant is gone, and whatever was the tenant's with it.
            Ok(None) => {
                guard.undecided();
                return Ok(());
            }
            Err(error) => return Err(blame(guard, &LaneError::Resolve(error))),
        };
        // The lane works on after the webhook lost its patience, and the bytes count until then.
        let applying = self.0.lanes.apply(handle, items, Some(reserved));
        match tokio::time::timeout(PATIENCE, applying).await {
            Ok(Ok(())) => {
                if guard.succeeded() {
                    self.wake_drain(tenant);
                }
                Ok(())
            }
            Ok(Err(error)) => Err(blame(guard, &error)),
            Err(_elapsed) => {
                guard.failed();
                Err(Detour::new(SpoolReason::Slow))
            }
        }
    }

    /// What this process's breaker for the tenant does now.
    pub fn breaker(&self, tenant: TenantId) -> BreakerState {
        self.0.spooler.guards.state(tenant)
    }

    /// Somebody says that the tenant's database is back: look at once.
    pub fn drain_now(&self, tenant: TenantId) {
        self.0.spooler.guards.of(tenant).reset();
        self.wake_drain(tenant);
    }
}

/// Tells the breaker, if it is the database's fault, and says why the part is spooled.
fn blame(guard: &Guard, error: &LaneError) -> Detour {
    let reason = match error {
        LaneError::Full | LaneError::Ended | LaneError::Resolve(ResolveError::Unavailable(_)) => {
            guard.undecided();
            SpoolReason::Busy
        }
        LaneError::Resolve(ResolveError::TenantNotReady(_)) | LaneError::Db(_) => {
            guard.failed();
            SpoolReason::Down
        }
    };
    Detour {
        reason,
        error: Some(chain(error)),
    }
}

/// The error and its causes in one line. An error that hands its cause's text
/// on as its own is not said twice.
pub(crate) fn chain(error: &dyn std::error::Error) -> String {
    let mut text = error.to_string();
    let mut next = error.source();
    while let Some(cause) = next {
        let said = cause.to_string();
        if !text.ends_with(&said) {
            text.push_str(": ");
            text.push_str(&said);
        }
        next = cause.source();
    }
    text
}
