//! How the lines do: asked of Meta on demand and by schedule, told to people with what they can do
//! about it. A line that cannot send at all is paused, so that its messages wait instead of
//! failing one by one; it goes on when its token or number is replaced, or when a check finds that
//! the cause is gone.
//!
//! What Meta told is kept in the control plane; what webhooks told since, in the tenant's own
//! database. A report joins the two.

mod advice;
mod ask;
mod cause;
mod examine;
mod report;
mod schedule;
mod subscribe;
mod verdict;
mod words;

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use control::{
    Actor,
    channel::Channel,
    line_state::{self, KnownLine, LineState, LineStates, Outcome, Seen, Told},
    meta_app::MetaApps,
};
use crypto::SecretString;
use pg::{ChannelId, DbError, TenantId};
use resolver::Line;
use tenant::line_event::{LineEvents, LineHealth};
use tokio::{sync::Semaphore, time::timeout};
pub use whatsapp::client::http_client;
use whatsapp::error::GraphError;

pub use self::{
    advice::{LineAdvice, pause_advice},
    examine::Examiner,
    report::{LineCondition, LineProblem, LineReport, Severity},
    subscribe::SubscribeLineError,
};
use self::{cause::cause_of, verdict::verdict};
use crate::{Engine, spool::chain, turns::Turns};

/// Checks under way at once in this process; each makes a few calls, one after the other.
const PARALLEL: usize = 4;
/// A report does not wait longer for what webhooks told.
const NEWS_PATIENCE: Duration = Duration::from_secs(1);

/// Tenants whose lines are to be looked at, and the places for checks under way.
pub(crate) struct Checker {
    pub(crate) turns: Arc<Turns>,
    slots: Semaphore,
    of_tenant: Mutex<HashMap<TenantId, Arc<Semaphore>>>,
}

impl Checker {
    pub(crate) fn new() -> Self {
        Self {
            turns: Arc::default(),
            slots: Semaphore::new(PARALLEL),
            of_tenant: Mutex::default(),
        }
    }

    /// The one place of a tenant: whoever asks and asks again keeps nobody else's line waiting.
    fn place_of(&self, tenant: TenantId) -> Arc<Semaphore> {
        let mut places = self.of_tenant.lock().unwrap_or_else(PoisonError::into_inner);
        let place = places
            .entry(tenant)
            .or_insert_with(|| Arc::new(Semaphore::new(1)));
        Arc::clone(place)
    }
}

impl Engine {
    /// Asks Meta how a line does, pauses or resumes it accordingly, and reports; `None` if there is
    /// no such line. `by` is whoever asks for it: a person's check ends a pause as soon as nothing
    /// speaks against it, one of the schedule is more patient.
    pub async fn check_line(&self, id: ChannelId, by: Option<&Actor>) -> Result<Option<LineReport>, DbError> {
        let Some((channel, known)) = self.known_line(id).await? else {
            return Ok(None);
        };
        if let Ok(Some(token)) = channel.token(self.resolver().keyring()) {
            self.check(&channel, known.as_ref(), &token, by).await?;
        }
        self.line_report(id).await
    }

    /// What is known of a line, without asking Meta; `None` if there is no such line.
    pub async fn line_report(&self, id: ChannelId) -> Result<Option<LineReport>, DbError> {
        let Some(known) = self.known_line(id).await? else {
            return Ok(None);
        };
        let news = self.news(known.0.tenant_id).await;
        Ok(Some(self.report(known, &news)))
    }

    /// What is known of each of a tenant's lines, the oldest line first.
    pub async fn line_reports(&self, tenant: TenantId) -> Result<Vec<LineReport>, DbError> {
        let mut conn = self.resolver().control().conn().await?;
        let lines = LineStates::new(&mut conn).of_tenant(tenant).await?;
        drop(conn);
        let news = self.news(tenant).await;
        Ok(lines.into_iter().map(|known| self.report(known, &news)).collect())
    }

    /// Pauses a line over which Meta will take nothing, as `error` says. Whoever sends calls this
    /// for errors that stop a line; it does no harm to call it often.
    pub async fn pause_line(&self, line: &Line, error: &GraphError) {
        if line.pause.is_some() {
            return;
        }
        let cause = cause_of(error, line.token.as_ref());
        let written = async {
            let mut conn = self.resolver().control().conn().await?;
            let (seen, now) = (Seen::from(&line.channel), self.clock().now());
            line_state::pause_line(&mut conn, seen, &cause, &Actor::server(), now).await
        };
        match written.await {
            Ok(outcome) => self.changed(&line.channel, outcome, Some(cause.code.as_str())),
            Err(error) => tracing::error!(
                tenant.id = %line.channel.tenant_id, channel.id = %line.channel.id, error = chain(&error),
                "cannot pause a line that cannot send"
            ),
        }
    }

    /// The secret of the app whose token the line has, as far as is known: the line's own, else
    /// that of the app it is bound to, else the platform's. One that does not open is none.
    async fn app_secret(&self, channel: &Channel) -> Result<Option<SecretString>, DbError> {
        let keyring = self.resolver().keyring();
        let own = channel.app_secret(keyring).unwrap_or_default();
        let Some(id) = channel.app_id.filter(|_| own.is_none()) else {
            return Ok(own.or_else(|| self.0.parts.app_secret.clone()));
        };
        let mut conn = self.resolver().control().conn().await?;
        let app = MetaApps::new(&mut conn).find(id).await?;
        Ok(app.and_then(|app| app.app_secret(keyring).unwrap_or_default()))
    }

    async fn known_line(&self, id: ChannelId) -> Result<Option<KnownLine>, DbError> {
        let mut conn = self.resolver().control().conn().await?;
        LineStates::new(&mut conn).of_channel(id).await
    }

    /// Asks Meta, and writes down what it said and what that means for the line.
    async fn check(
        &self,
        channel: &Channel,
        known: Option<&LineState>,
        token: &SecretString,
        by: Option<&Actor>,
    ) -> Result<Told, DbError> {
        // Neither is ever closed.
        let place = self.0.checker.place_of(channel.tenant_id);
        let turn = place.acquire().await;
        let slot = self.0.checker.slots.acquire().await;
        let answer = self.ask(channel, token).await;
        drop((slot, turn));
        let now = self.clock().now();
        let verdict = verdict(&answer, known, by.is_some(), now);
        let actor = by.cloned().unwrap_or_else(Actor::server);
        let mut conn = self.resolver().control().conn().await?;
        let (seen, told) = (Seen::from(channel), &answer.told);
        let outcome = line_state::record_check(&mut conn, seen, told, verdict, &actor, now).await?;
        drop(conn);
        let result = match (&answer.told, &answer.dead) {
            _ if outcome == Outcome::Stale => "stale",
            (Told::Nothing(_), _) => "nothing",
            (Told::Facts(_), Some(_)) => "dead",
            (Told::Facts(_), None) => "alive",
        };
        metrics::counter!("line_checks_total", "result" => result).increment(1);
        let code = answer.dead.as_ref().map(|cause| cause.code.as_str());
        self.changed(channel, outcome, code);
        Ok(answer.told)
    }

    /// Lets this process go by the line's new state at once; the others are told by the control
    /// plane. The warning is what an operator is alerted by.
    fn changed(&self, channel: &Channel, outcome: Outcome, code: Option<&'static str>) {
        let (tenant, line) = (channel.tenant_id, channel.id);
        match outcome {
            Outcome::Paused => {
                let code = code.unwrap_or_default();
                metrics::counter!("line_pauses_total", "code" => code).increment(1);
                tracing::warn!(tenant.id = %tenant, channel.id = %line, code, "a line cannot send and is paused");
                self.resolver().forget();
                self.wake_checker(tenant);
            }
            Outcome::Resumed => {
                tracing::info!(tenant.id = %tenant, channel.id = %line, "a paused line works again");
                self.resolver().forget();
                self.wake_sender(tenant);
            }
            Outcome::Stale | Outcome::Unchanged => {}
        }
    }

    fn report(&self, (channel, state): KnownLine, news: &HashMap<ChannelId, LineHealth>) -> LineReport {
        let opens = channel.token(self.resolver().keyring()).is_ok();
        let news = news.get(&channel.id);
        LineReport::new(channel, opens, state, news, self.clock().now())
    }

    /// What webhooks told of the tenant's numbers; nothing where its database cannot be asked.
    async fn news(&self, tenant: TenantId) -> HashMap<ChannelId, LineHealth> {
        let found = async {
            let Some(handle) = self
                .resolver()
                .tenant(tenant)
                .await
                .map_err(|error| chain(&error))?
            else {
                return Ok(Vec::new());
            };
            let db = handle.db().await.map_err(|error| chain(&error))?;
            let mut conn = db.conn().await.map_err(|error| chain(&error))?;
            let health = LineEvents::new(&mut conn).health().await;
            health.map_err(|error| chain(&error))
        };
        let found = timeout(NEWS_PATIENCE, found).await;
        let found = found.unwrap_or_else(|_elapsed| Err("the database takes too long".to_owned()));
        let rows = found.unwrap_or_else(|error| {
            tracing::debug!(tenant.id = %tenant, error, "what webhooks told of the lines is left out");
            Vec::new()
        });
        rows.into_iter().map(|row| (row.channel_id, row)).collect()
    }
}
