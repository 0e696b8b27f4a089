//! Statuses that share a webhook: those of an app wait for each other for a moment.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{delivery::Webhook, escape::to_meta_json, payload, simulator::Simulator};

/// Statuses that wait for company, by the secret that will sign them: a webhook is one app's.
#[derive(Default)]
pub struct Waiting {
    statuses: BTreeMap<Option<String>, Vec<payload::Status>>,
}

impl Waiting {
    /// Adds a status and says how many there are now.
    fn push(&mut self, status: payload::Status) -> usize {
        let waiting = self.statuses.entry(status.line.app_secret.clone()).or_default();
        waiting.push(status);
        waiting.len()
    }

    fn take(&mut self, secret: Option<&String>) -> Vec<payload::Status> {
        self.statuses.remove(&secret.cloned()).unwrap_or_default()
    }
}

impl Simulator {
    /// Posts a status after a while, alone or with others.
    pub(super) fn send_off(self: &Arc<Self>, status: payload::Status, delay: Duration) {
        let mut inner = self.lock();
        let batching = inner.faults.batch_statuses;
        if batching.size < 2 {
            drop(inner);
            self.deliver_after(delay, webhook(&[status]));
            return;
        }
        let secret = status.line.app_secret.clone();
        let together = inner.waiting.push(status);
        if together >= batching.size {
            let statuses = inner.waiting.take(secret.as_ref());
            drop(inner);
            self.deliver_after(delay, webhook(&statuses));
        } else if together == 1 {
            drop(inner);
            self.gather(secret, Duration::from_millis(batching.within_ms), delay);
        }
    }

    /// Posts what waits after a while, however little it is.
    fn gather(self: &Arc<Self>, secret: Option<String>, within: Duration, delay: Duration) {
        let simulator = Arc::clone(self);
        self.spawn(async move {
            tokio::time::sleep(within).await;
            let statuses = simulator.lock().waiting.take(secret.as_ref());
            if !statuses.is_empty() {
                simulator.deliver_after(delay, webhook(&statuses));
            }
        });
    }
}

/// The webhook of statuses that one secret signs.
pub(super) fn webhook(statuses: &[payload::Status]) -> Webhook {
    let secret = statuses
        .first()
        .and_then(|status| status.line.app_secret.as_deref());
    Webhook::signed("status", to_meta_json(&payload::statuses(statuses)), secret)
}
