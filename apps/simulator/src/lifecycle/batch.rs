//! Statuses that share a webhook: those of an app wait for each other for a moment.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use crate::{delivery::Webhook, escape::to_meta_json, payload, simulator::Simulator};

/// Statuses that wait for company.
#[derive(Default)]
pub struct Waiting {
    statuses: BTreeMap<Envelope, Vec<payload::Status>>,
}

/// What statuses have to share to share a webhook: where it goes, and who signs it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Envelope {
    url: Option<String>,
    secret: Option<String>,
}

impl Waiting {
    /// Adds a status and says how many there are now.
    fn push(&mut self, envelope: &Envelope, status: payload::Status) -> usize {
        let waiting = self.statuses.entry(envelope.clone()).or_default();
        waiting.push(status);
        waiting.len()
    }

    fn take(&mut self, envelope: &Envelope) -> Vec<payload::Status> {
        self.statuses.remove(envelope).unwrap_or_default()
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
        let callback = inner.world.callback_of(Some(&status.line.waba_id));
        let envelope = Envelope {
            url: callback.map(|callback| callback.url.clone()),
            secret: status.line.app_secret.clone(),
        };
        let together = inner.waiting.push(&envelope, status);
        if together >= batching.size {
            let statuses = inner.waiting.take(&envelope);
            drop(inner);
            self.deliver_after(delay, webhook(&statuses));
        } else if together == 1 {
            drop(inner);
            self.gather(envelope, Duration::from_millis(batching.within_ms), delay);
        }
    }

    /// Posts what waits after a while, however little it is.
    fn gather(self: &Arc<Self>, envelope: Envelope, within: Duration, delay: Duration) {
        let simulator = Arc::clone(self);
        self.spawn(async move {
            tokio::time::sleep(within).await;
            let statuses = simulator.lock().waiting.take(&envelope);
            if !statuses.is_empty() {
                simulator.deliver_after(delay, webhook(&statuses));
            }
        });
    }
}

/// The webhook of statuses that share an envelope.
pub(super) fn webhook(statuses: &[payload::Status]) -> Webhook {
    let body = to_meta_json(&payload::statuses(statuses));
    match statuses.first() {
        Some(first) => Webhook::of_account("status", body, &first.line),
        None => Webhook::signed("status", body, None),
    }
}
