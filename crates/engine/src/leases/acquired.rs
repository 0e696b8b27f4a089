//! Waits for lanes.

use pg::TenantId;
use tokio::sync::broadcast::{Receiver, error::RecvError};

use super::Leases;

/// Lanes as they are acquired.
pub struct Acquired {
    leases: Leases,
    receiver: Receiver<TenantId>,
    known: Vec<TenantId>,
}

impl Acquired {
    pub(super) fn new(leases: Leases, receiver: Receiver<TenantId>) -> Self {
        Self {
            known: leases.held(),
            leases,
            receiver,
        }
    }

    /// The next tenant whose lane was acquired; one may come twice.
    pub async fn next(&mut self) -> TenantId {
        loop {
            if let Some(tenant) = self.known.pop() {
                return tenant;
            }
            match self.receiver.recv().await {
                Ok(tenant) => return tenant,
                Err(RecvError::Lagged(_)) => self.known = self.leases.held(),
                Err(RecvError::Closed) => std::future::pending().await,
            }
        }
    }
}
