//! Tells browsers that are closed: a moment after something happened in a tenant, at most once, and never in the way
//! of what cannot wait. Who is told what is the tenant's part, how a browser is told `push`'s.

use std::{sync::Arc, time::Duration};

use control::push_key::{PushKeyError, read_or_keep};
use futures_util::StreamExt;
use moka::sync::Cache;
use pg::{DbError, TenantId};
use push::{InvalidKey, Key, PushError};
use resolver::{ResolveError, TenantHandle, Unready};
use serde_json::json;
use tenant::push::{Due, PushKind, forget, take_due};
use tokio::{
    sync::OnceCell,
    time::{Instant, sleep},
};

use crate::{
    Engine,
    turns::{Next, Turns},
};

/// How long after something happened browsers are told of it, together with what happens meanwhile.
pub(crate) const SOON: Duration = Duration::from_millis(500);
/// Tenants worked on at once.
const SLOTS: usize = 4;
/// Browsers of one tenant that are told at once.
const AT_ONCE: usize = 8;
/// How long a tenant rests after its database failed.
const REST: Duration = Duration::from_secs(30);
/// How long a tenant in which no browser listens is not looked at. One that subscribes at another server waits as long.
const QUIET: Duration = Duration::from_secs(30);
/// Tenants that are remembered as quiet.
const MOST_QUIET: u64 = 10_000;
/// After how long a service that could not take a message is asked a second and last time.
const AGAIN: Duration = Duration::from_secs(2);

/// Why browsers cannot be told.
#[derive(Debug, thiserror::Error)]
pub enum PushKeyFailure {
    /// The key cannot be read.
    #[error(transparent)]
    Kept(#[from] PushKeyError),
    /// What is kept is no key.
    #[error(transparent)]
    Invalid(#[from] InvalidKey),
    /// The control plane's database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

#[derive(Debug, thiserror::Error)]
enum PushFailure {
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Key(#[from] PushKeyFailure),
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Whose turn it is, the installation's key, and where no browser listens.
pub(crate) struct Pusher {
    turns: Arc<Turns>,
    key: OnceCell<Key>,
    quiet: Cache<TenantId, ()>,
}

impl Default for Pusher {
    fn default() -> Self {
        Self {
            turns: Arc::default(),
            key: OnceCell::new(),
            quiet: Cache::builder()
                .max_capacity(MOST_QUIET)
                .time_to_live(QUIET)
                .build(),
        }
    }
}

impl Pusher {
    pub(crate) fn turns(&self) -> Arc<Turns> {
        Arc::clone(&self.turns)
    }
}

/// What the browser's part of the desk reads; its words are its own.
fn message(due: &Due) -> Vec<u8> {
    let kind = match due.kind {
        PushKind::Message => "message",
        PushKind::Mention => "mention",
        PushKind::Assigned => "assigned",
    };
    json!({
        "kind": kind,
        "conversation_id": due.conversation,
        "message_id": due.message,
        "contact": due.contact,
        "text": due.text,
    })
    .to_string()
    .into_bytes()
}

impl Engine {
    /// The installation's key, made where there is none yet.
    pub async fn push_key(&self) -> Result<&Key, PushKeyFailure> {
        let read = async || {
            let mut conn = self.resolver().control().conn().await?;
            let (keyring, now) = (self.resolver().keyring(), self.clock().now());
            let secret = read_or_keep(&mut conn, keyring, || Key::generate().secret(), now).await?;
            Ok::<_, PushKeyFailure>(Key::from_secret(&secret)?)
        };
        self.0.pusher.key.get_or_try_init(read).await
    }

    /// Speaks to browsers that are closed.
    pub fn push(&self) -> &push::Client {
        &self.0.parts.push
    }

    /// A browser of this tenant has begun to listen.
    pub fn listens(&self, tenant: TenantId) {
        self.0.pusher.quiet.invalidate(&tenant);
    }

    /// Gives tenants their turns at telling browsers. Never returns.
    pub(crate) async fn take_push_turns(&self) {
        let turn = |tenant| {
            let engine = self.clone();
            async move { engine.push_turn(tenant).await }
        };
        self.0.pusher.turns().give(SLOTS, turn).await;
    }

    async fn push_turn(&self, tenant: TenantId) -> Next {
        if self.0.pusher.quiet.contains_key(&tenant) {
            return Next::Woken;
        }
        match self.tell_browsers(tenant).await {
            Ok(next) => next,
            Err(PushFailure::Resolve(ResolveError::TenantNotReady(Unready::NotAttached))) => Next::Woken,
            Err(error) => {
                tracing::debug!(tenant.id = %tenant, %error, "cannot tell browsers; trying again");
                Next::At(Instant::now() + REST)
            }
        }
    }

    async fn tell_browsers(&self, tenant: TenantId) -> Result<Next, PushFailure> {
        let Some(handle) = self.resolver().tenant(tenant).await? else {
            return Ok(Next::Woken);
        };
        if !handle.tenant.is_active {
            return Ok(Next::Woken);
        }
        let taken = take_due(&mut handle.db().await?.conn().await?, self.clock().now()).await?;
        let Some((due, more)) = taken else {
            self.0.pusher.quiet.insert(tenant, ());
            return Ok(Next::Woken);
        };
        if !due.is_empty() {
            let key = self.push_key().await?;
            futures_util::stream::iter(due)
                .for_each_concurrent(AT_ONCE, |due| self.tell_browser(&handle, key, due))
                .await;
        }
        Ok(if more { Next::Again } else { Next::Woken })
    }

    /// Tells one browser, twice where its service fails; a third time is not worth it.
    async fn tell_browser(&self, handle: &TenantHandle, key: &Key, due: Due) {
        let tenant = handle.tenant.id;
        let receiver = self.push().receiver(&due.endpoint, &due.p256dh, &due.auth);
        let Ok(receiver) = receiver else {
            return self.forget_browser(handle, &due).await;
        };
        let message = message(&due);
        for is_last in [false, true] {
            let sent = self
                .push()
                .send(key, &receiver, &message, self.clock().now())
                .await;
            match sent {
                Ok(()) => return metrics::counter!("push_messages_total", "outcome" => "taken").increment(1),
                Err(PushError::Gone) => return self.forget_browser(handle, &due).await,
                Err(PushError::Unreachable | PushError::Refused(429 | 500..)) if !is_last => {
                    sleep(AGAIN).await;
                }
                Err(error) => {
                    metrics::counter!("push_messages_total", "outcome" => "failed").increment(1);
                    return tracing::debug!(tenant.id = %tenant, %error, "a browser could not be told");
                }
            }
        }
    }

    async fn forget_browser(&self, handle: &TenantHandle, due: &Due) {
        let forgotten = async {
            let mut conn = handle.db().await?.conn().await?;
            forget(&mut conn, due.subscription).await?;
            Ok::<_, PushFailure>(())
        };
        if let Err(error) = forgotten.await {
            tracing::debug!(tenant.id = %handle.tenant.id, %error, "a browser that is gone stays known");
        }
    }
}
