//! What every request may reach.

use std::{path::PathBuf, sync::Arc};

use access::Guard;
use anyhow::Context;
use chrono::{DateTime, Utc};
use crypto::SecretString;
use engine::{Clock, Engine, LeaseTimes, Parts};
use metrics_exporter_prometheus::PrometheusHandle;
use pg::{Connector, Db, migrate::SchemaState};
use resolver::{Limits, Resolver};
use tenant::phone::Phone;
use tokio::sync::watch;

use crate::{
    config::{Config, Odoo, Role},
    limiter::Limiter,
    post::Post,
    token::Tokens,
};

/// Connections to the control plane.
const CONTROL_POOL: usize = 12;

/// The application's parts. Cheap to clone.
#[derive(Clone)]
pub struct App(Arc<Inner>);

struct Inner {
    engine: Engine,
    guard: Guard,
    tokens: Tokens,
    limiter: Limiter,
    post: Post,
    verify_token: SecretString,
    odoo: Arc<Odoo>,
    debug_key: Option<SecretString>,
    role: Role,
    started_at: DateTime<Utc>,
    admin_phones: Vec<Phone>,
    web_dir: Option<PathBuf>,
    metrics: Option<PrometheusHandle>,
    stopping: watch::Sender<bool>,
}

impl App {
    /// Connects to the control plane, checks its schema, and starts the engine
    /// on the current runtime, which must be multi-threaded.
    pub async fn start(config: &Config, metrics: Option<PrometheusHandle>) -> anyhow::Result<Self> {
        Self::start_at(config, metrics, Clock::default()).await
    }

    /// The same with a clock of its own.
    pub async fn start_at(
        config: &Config,
        metrics: Option<PrometheusHandle>,
        clock: Clock,
    ) -> anyhow::Result<Self> {
        let connector = Connector::current();
        let control = Db::new(&connector, &config.control_url, CONTROL_POOL);
        check_schema(&control).await?;
        let resolver = Resolver::new(
            &connector.guarded(config.guards.tenant_hosts.clone()),
            control,
            config.control_url.clone(),
            Arc::clone(&config.keyring),
            Limits {
                connections: config.tenant_connections,
                ..Limits::default()
            },
        );
        let http = whatsapp::client::http_client().context("the HTTP client")?;
        let graph = whatsapp::client::Client::new(&config.graph_base_url, &config.graph_version, http)
            .context("GRAPH_BASE_URL or GRAPH_VERSION")?;
        let store = media::Store::open(&config.files.location, config.files.credentials.as_ref())
            .context("MEDIA_URL: the files of customers cannot be kept there")?;
        let app_secret = config.app_secret.clone();
        let engine = Engine::new(Parts {
            resolver: resolver.clone(),
            graph,
            store,
            app_secret,
            push: push::Client::new(config.push.clone()),
            clock,
            sends: config.role != Role::Api,
            lease_times: LeaseTimes::default(),
        });
        let background = engine.clone();
        tokio::spawn(async move { background.run().await });
        let app = Self(Arc::new(Inner {
            guard: Guard::new(resolver),
            engine,
            tokens: Tokens::new(&config.jwt_secret),
            limiter: Limiter::new(),
            post: Post::new(config.mail.as_ref(), config.web_url.as_deref()),
            verify_token: config.verify_token.clone(),
            odoo: Arc::clone(&config.odoo),
            debug_key: config.guards.debug_key.clone(),
            role: config.role,
            started_at: clock.now(),
            admin_phones: config.admin_phones.clone(),
            web_dir: config.web_dir.clone(),
            metrics,
            stopping: watch::Sender::new(false),
        }));
        app.warn_of_unsigned().await;
        Ok(app)
    }

    /// Takes in and sends.
    pub fn engine(&self) -> &Engine {
        &self.0.engine
    }

    /// Knows lines and tenants.
    pub fn resolver(&self) -> &Resolver {
        self.0.engine.resolver()
    }

    pub(crate) fn guard(&self) -> &Guard {
        &self.0.guard
    }

    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.0.limiter
    }

    pub(crate) fn odoo(&self) -> &Odoo {
        &self.0.odoo
    }

    pub(crate) fn post(&self) -> &Post {
        &self.0.post
    }

    pub(crate) fn verify_token(&self) -> &SecretString {
        &self.0.verify_token
    }

    pub(crate) fn debug_key(&self) -> Option<&SecretString> {
        self.0.debug_key.as_ref()
    }

    pub(crate) fn role(&self) -> Role {
        self.0.role
    }

    pub(crate) fn started_at(&self) -> DateTime<Utc> {
        self.0.started_at
    }

    /// Whose messages command the bots of tenants that name nobody.
    pub(crate) fn admin_phones(&self) -> &[Phone] {
        &self.0.admin_phones
    }

    pub(crate) fn web_dir(&self) -> Option<&PathBuf> {
        self.0.web_dir.as_ref()
    }

    pub(crate) fn metrics(&self) -> Option<&PrometheusHandle> {
        self.0.metrics.as_ref()
    }

    /// The process is to end: it counts as not ready, and sockets close.
    pub fn begin_stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Whether the process is to end, and how to hear of it.
    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }

    /// Active lines whose webhooks nobody's secret signs.
    pub(crate) async fn unsigned_channels(&self) -> Result<i64, pg::DbError> {
        if self.0.engine.has_app_secret() {
            return Ok(0);
        }
        let mut conn = self.resolver().control().conn().await?;
        control::channel::Channels::new(&mut conn).unsigned_count().await
    }

    /// Active lines over which nothing is sent.
    pub(crate) async fn paused_lines(&self) -> Result<i64, pg::DbError> {
        let mut conn = self.resolver().control().conn().await?;
        control::line_state::LineStates::new(&mut conn)
            .paused_count()
            .await
    }

    async fn warn_of_unsigned(&self) {
        if let Ok(count @ 1..) = self.unsigned_channels().await {
            tracing::warn!(
                count,
                "some lines have no app secret, so anybody who knows their id can write to them; set their app \
                 secret in the panel, or WHATSAPP_APP_SECRET"
            );
        }
    }
}

async fn check_schema(control: &Db<pg::Control>) -> anyhow::Result<()> {
    let mut conn = control
        .conn()
        .await
        .context("the control database (CONTROL_DB_URL) cannot be reached")?;
    let status = pg::migrate::status(&mut conn, &control::MIGRATIONS).await?;
    match status.state {
        SchemaState::Current | SchemaState::Ahead { .. } => Ok(()),
        SchemaState::Empty | SchemaState::Behind { .. } => {
            anyhow::bail!("the control database is not migrated; run `provision control migrate` first")
        }
    }
}
