//! What happens between a webhook and a reply: taking events in, applying them
//! to the tenant's own database, sending what is in the outbox, and hinting to
//! whoever watches. The only place where databases and Meta meet.
//!
//! Depends on `resolver`, `control`, `tenant`, `media` and `whatsapp`; knows neither our
//! own HTTP API nor its JSON. The time comes from the caller or from [`Clock`].

mod background;
pub mod blocking;
mod breaker;
pub mod checklist;
mod clock;
pub mod dead_letters;
pub mod desks;
mod drain;
mod hints;
pub mod ingest;
pub mod leases;
pub mod line_health;
pub mod lines;
pub mod media;
pub mod odoo;
pub mod pushing;
pub mod realtime;
mod receipts;
pub mod reply;
mod searching;
mod sender;
mod spool;
pub mod templates;
pub mod tenant_health;
mod turns;

use std::sync::Arc;

use crypto::SecretString;
use pg::Db;
use resolver::Resolver;

pub use self::{
    breaker::BreakerState,
    clock::Clock,
    leases::{LeaseTimes, Leases},
};

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
    /// Speaks to browsers that are closed.
    pub push: push::Client,
    /// Tells the time.
    pub clock: Clock,
    /// Whether this process works on outboxes; another one does otherwise.
    pub sends: bool,
    /// How long the leases of its lanes run.
    pub lease_times: LeaseTimes,
}

/// Takes in, applies, sends, hints. Cheap to clone.
#[derive(Clone)]
pub struct Engine(Arc<Inner>);

struct Inner {
    parts: Parts,
    lanes: ingest::Lanes,
    spooler: spool::Spooler,
    drains: drain::Drains,
    unrouted: ingest::Unrouted,
    traffic: ingest::Traffic,
    feeds: realtime::Feeds,
    leases: Leases,
    hints: hints::Hints,
    desks: desks::Desks,
    turns: Arc<turns::Turns>,
    searching: Arc<turns::Turns>,
    pusher: pushing::Pusher,
    templates: templates::Templates,
    paces: sender::Paces,
    uploads: sender::Uploads,
    /// One permit for each call to Meta that may be under way.
    calls: Arc<tokio::sync::Semaphore>,
    fetcher: media::Fetcher,
    checker: line_health::Checker,
}

impl Engine {
    /// An engine; call [`Engine::run`] for what it does by itself.
    pub fn new(parts: Parts) -> Self {
        // Leases and hints must not queue behind requests.
        let platform = parts.resolver.platform();
        let own = Db::new(&platform.connector.unguarded(), platform.control_url, 2);
        let leases = Leases::new(parts.sends.then(|| own.clone()), parts.lease_times);
        let desks = desks::Desks::new(leases.worker().uuid(), own.clone());
        let hints = hints::Hints::new(leases.worker().uuid(), own);
        let searching: Arc<turns::Turns> = Arc::default();
        let pusher = pushing::Pusher::default();
        let after = [
            (Arc::clone(&searching), searching::SOON),
            (pusher.turns(), pushing::SOON),
        ];
        let feeds = realtime::Feeds::new(parts.resolver.clone(), hints.clone(), after);
        let lanes = ingest::Lanes::new(parts.clock, feeds.clone());
        Self(Arc::new(Inner {
            lanes,
            spooler: spool::Spooler::new(parts.resolver.control().clone()),
            drains: drain::Drains::new(),
            unrouted: ingest::Unrouted::default(),
            traffic: ingest::Traffic::default(),
            feeds,
            leases,
            hints,
            desks,
            turns: Arc::default(),
            searching,
            pusher,
            templates: templates::Templates::default(),
            paces: sender::Paces::default(),
            uploads: sender::Uploads::default(),
            calls: Arc::new(tokio::sync::Semaphore::new(sender::MOST_CALLS)),
            fetcher: media::Fetcher::new(),
            checker: line_health::Checker::new(),
            parts,
        }))
    }

    /// Knows lines and tenants.
    pub fn resolver(&self) -> &Resolver {
        &self.0.parts.resolver
    }

    /// Which tenants this process works on. Whatever works on a tenant in the
    /// background asks [`Leases::holds`] and looks once per [`Leases::acquired`].
    pub fn leases(&self) -> &Leases {
        &self.0.leases
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
