//! What happens between a webhook and a reply: taking events in, applying them
//! to the tenant's own database, sending what is in the outbox, and hinting to
//! whoever watches. The only place where databases and Meta meet.
//!
//! Depends on `resolver`, `control`, `tenant`, `media` and `whatsapp`; knows neither our
//! own HTTP API nor its JSON. The time comes from the caller or from [`Clock`].

mod background;
mod clock;
pub mod ingest;
pub mod lines;
pub mod media;
pub mod realtime;
pub mod reply;
pub mod sender;
mod wakers;

use std::sync::Arc;

use crypto::SecretString;
use resolver::Resolver;

pub use self::clock::Clock;

/// What an engine is made of.
pub struct Parts {
    /// Knows lines and tenants.
    pub resolver: Resolver,
    /// Speaks to Meta.
    pub graph: whatsapp::client::Client,
    /// Keeps the files that customers send.
    pub store: ::media::Store,
    /// Signs the webhooks of lines that have no secret of their own.
    pub app_secret: Option<SecretString>,
    /// Tells the time.
    pub clock: Clock,
    /// Whether this process works on outboxes; another one does otherwise.
    pub sends: bool,
}

/// Takes in, applies, sends, hints. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    parts: Parts,
    lanes: ingest::Lanes,
    unrouted: ingest::Unrouted,
    feeds: realtime::Feeds,
    sender: wakers::Wakers,
    fetcher: media::Fetcher,
}

impl Engine {
    /// An engine; call [`Engine::run`] for what it does by itself.
    pub fn new(parts: Parts) -> Self {
        let feeds = realtime::Feeds::new(parts.resolver.clone());
        let lanes = ingest::Lanes::new(parts.clock, feeds.clone());
        Self(Arc::new(Inner {
            lanes,
            unrouted: ingest::Unrouted::default(),
            feeds,
            sender: wakers::Wakers::new(),
            fetcher: media::Fetcher::new(),
            parts,
        }))
    }

    /// Knows lines and tenants.
    pub fn resolver(&self) -> &Resolver {
        &self.0.parts.resolver
    }

    /// Tells the time.
    pub fn clock(&self) -> Clock {
        self.0.parts.clock
    }

    /// Whether lines without a secret of their own are covered by the platform's.
    pub fn has_app_secret(&self) -> bool {
        self.0.parts.app_secret.is_some()
    }
}
