//! Posting webhooks as Meta does: signed, and again with growing pauses until somebody answers
//! 200.

use std::{
    collections::VecDeque,
    sync::Arc,
    time::{Duration, Instant},
};

use chrono::{DateTime, Utc};
use reqwest::header::{CONTENT_TYPE, USER_AGENT};
use secrecy::SecretString;
use serde::Serialize;
use serde_json::Value;
use whatsapp::signature;

use crate::{clock, config::Line, escape::to_meta_json, simulator::Simulator};

const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(10);
const LONGEST_PAUSE: Duration = Duration::from_mins(5);
const GIVE_UP_AFTER: Duration = Duration::from_hours(7 * 24);
const REMEMBERED: usize = 1000;

/// A body on its way to the callback.
pub struct Webhook {
    kind: &'static str,
    body: String,
    signature: Option<String>,
    /// The account it is about, if it is about one.
    account: Option<String>,
}

/// How a webhook fares.
#[derive(Debug, Clone, Serialize)]
pub struct Delivery {
    id: u64,
    kind: &'static str,
    at: DateTime<Utc>,
    attempts: u32,
    delivered: bool,
    status: Option<u16>,
    error: Option<String>,
}

/// The latest deliveries, oldest first.
#[derive(Default)]
pub struct Log {
    next: u64,
    entries: VecDeque<Delivery>,
}

impl Webhook {
    /// What happened on a line, written and signed as Meta does it.
    pub fn of_line(kind: &'static str, line: &Line, value: &Value) -> Self {
        Self::of_account(kind, to_meta_json(value), line)
    }

    /// A body about a line's account.
    pub fn of_account(kind: &'static str, body: String, line: &Line) -> Self {
        Self {
            account: Some(line.waba_id.clone()),
            ..Self::signed(kind, body, line.app_secret.as_deref())
        }
    }

    /// Any body, signed with any secret or with none.
    pub fn signed(kind: &'static str, body: String, secret: Option<&str>) -> Self {
        let secret = secret.filter(|secret| !secret.is_empty()).map(SecretString::from);
        let signature = secret.map(|secret| signature::sign(&secret, body.as_bytes()));
        Self {
            kind,
            body,
            signature,
            account: None,
        }
    }
}

impl Log {
    /// The deliveries, oldest first.
    pub fn entries(&self) -> impl Iterator<Item = &Delivery> {
        self.entries.iter()
    }

    /// Forgets the deliveries. Ids go on: those still under way are not taken for later ones.
    pub fn forget(&mut self) {
        self.entries.clear();
    }

    fn open(&mut self, kind: &'static str) -> Delivery {
        self.next += 1;
        let delivery = Delivery {
            id: self.next,
            kind,
            at: clock::now(),
            attempts: 0,
            delivered: false,
            status: None,
            error: None,
        };
        self.entries.push_back(delivery.clone());
        if self.entries.len() > REMEMBERED {
            self.entries.pop_front();
        }
        delivery
    }

    fn update(&mut self, delivery: &Delivery) {
        // Ids have no gaps, so the place follows from the first.
        let first = self.entries.front().map_or(0, |entry| entry.id);
        let place = delivery
            .id
            .checked_sub(first)
            .and_then(|n| usize::try_from(n).ok());
        if let Some(entry) = place.and_then(|place| self.entries.get_mut(place)) {
            entry.clone_from(delivery);
        }
    }
}

impl Simulator {
    /// Posts a webhook and says how the first attempt went. Later attempts go on by themselves.
    pub async fn deliver(self: &Arc<Self>, webhook: Webhook) -> Delivery {
        let mut delivery = self.lock().log.open(webhook.kind);
        let generation = self.generation();
        self.attempt(&webhook, &mut delivery).await;
        if !delivery.delivered && self.callback_url(&webhook).is_some() {
            let (simulator, mut later) = (Arc::clone(self), delivery.clone());
            self.spawn(async move { simulator.insist(&webhook, &mut later, generation).await });
        }
        delivery
    }

    /// Posts a webhook that nobody waits for, after a while.
    pub fn deliver_after(self: &Arc<Self>, delay: Duration, webhook: Webhook) {
        let (simulator, generation) = (Arc::clone(self), self.generation());
        self.spawn(async move {
            if !delay.is_zero() {
                tokio::time::sleep(delay).await;
            }
            if simulator.generation() == generation {
                simulator.deliver(webhook).await;
            }
        });
    }

    async fn insist(&self, webhook: &Webhook, delivery: &mut Delivery, generation: u64) {
        let began = Instant::now();
        let mut pause = Duration::from_millis(self.timing.retry_ms);
        while !delivery.delivered && began.elapsed() < GIVE_UP_AFTER {
            tokio::time::sleep(pause).await;
            if self.generation() != generation {
                return;
            }
            self.attempt(webhook, delivery).await;
            pause = (pause * 2).min(LONGEST_PAUSE);
        }
    }

    async fn attempt(&self, webhook: &Webhook, delivery: &mut Delivery) {
        let Some(url) = self.callback_url(webhook) else {
            delivery.error = Some("there is no callback URL".to_owned());
            self.lock().log.update(delivery);
            return;
        };
        let mut request = self
            .http
            .post(url)
            .timeout(ATTEMPT_TIMEOUT)
            .header(CONTENT_TYPE, "application/json")
            .header(USER_AGENT, "facebookexternalua")
            .body(webhook.body.clone());
        if let Some(signature) = &webhook.signature {
            request = request.header(signature::HEADER, signature);
        }
        // The semaphore is never closed, so a slot always comes.
        let slot = self.slots.acquire().await;
        let answer = request.send().await;
        drop(slot);
        delivery.attempts += 1;
        match answer {
            Ok(response) => {
                delivery.status = Some(response.status().as_u16());
                delivery.delivered = response.status() == 200;
                delivery.error = None;
            }
            Err(error) => {
                delivery.status = None;
                delivery.error = Some(error.without_url().to_string());
            }
        }
        tracing::debug!(
            delivery.id,
            delivery.kind,
            delivery.attempts,
            delivery.status,
            "webhook posted"
        );
        self.lock().log.update(delivery);
    }

    fn callback_url(&self, webhook: &Webhook) -> Option<String> {
        let inner = self.lock();
        let callback = inner.world.callback_of(webhook.account.as_deref());
        callback.map(|callback| callback.url.clone())
    }
}
