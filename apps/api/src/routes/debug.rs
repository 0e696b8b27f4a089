//! The inside of this process, for an operator at 3 a.m.: whether a line's webhooks would be
//! taken, and what is held. Only with `DEBUG_KEY`, and never a message, a person or a secret.

use actix_web::{HttpRequest, web};
use chrono::{DateTime, Utc};
use control::spool::Spool;
use crypto::{ExposeSecret, token};
use resolver::{Line, ResolveError, Unready};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    config::Role,
    problem::{Kind, Problem},
};

/// The header that brings the key.
const KEY_HEADER: &str = "X-Debug-Key";

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/debug/state").route(web::get().to(get_state)))
        .service(super::resource("/debug/lines/{phone_number_id}").route(web::get().to(get_line)));
}

/// What this process is and holds.
#[derive(Serialize, ToSchema)]
#[schema(as = DebugState)]
pub(crate) struct StateBody {
    version: &'static str,
    /// all, api or worker
    role: &'static str,
    started_at: DateTime<Utc>,
    now: DateTime<Utc>,
    /// Companies whose messages this process sends.
    lanes_held: usize,
    /// Connections to companies' databases that are open now.
    tenant_connections: usize,
    /// Webhooks that wait for a company's database; `null` if the control plane cannot say.
    spool_waiting: Option<i64>,
    /// Active lines whose webhooks nobody signs; `null` if the control plane cannot say.
    unsigned_channels: Option<i64>,
    paused_lines: Option<i64>,
}

/// What would become of a webhook for a line.
#[derive(Serialize, ToSchema)]
#[schema(as = DebugLine)]
pub(crate) struct LineBody {
    /// stored, spooled (until its database can be used), ignored
    verdict: &'static str,
    /// unregistered, inactive; `null`: it is taken.
    reason: Option<&'static str>,
    tenant: Option<String>,
    tenant_active: Option<bool>,
    /// ready, not_attached, unreachable, not_migrated, of_another, sealed
    database: Option<&'static str>,
    /// own, platform, none
    app_secret: Option<&'static str>,
    has_token: Option<bool>,
    paused: Option<bool>,
}

/// Whoever brings no key, or another one, learns nothing: not even that there is something.
fn admit(app: &App, request: &HttpRequest) -> Result<(), Problem> {
    let offered = request
        .headers()
        .get(KEY_HEADER)
        .and_then(|key| key.to_str().ok());
    // Digests are compared, so the time taken tells nothing about the key.
    let fits = app
        .debug_key()
        .zip(offered)
        .is_some_and(|(key, offered)| token::digest(key.expose_secret().trim()) == token::digest(offered));
    if fits {
        Ok(())
    } else {
        Err(Problem::new(
            Kind::NotFound,
            format!("there is no {}", request.path()),
        ))
    }
}

/// What this process is and holds. 404 without the key.
#[utoipa::path(get, path = "/debug/state", tag = "operations", security(()),
    params(("X-Debug-Key" = String, Header)), responses((status = 200, body = StateBody)))]
pub(crate) async fn get_state(
    app: web::Data<App>,
    request: HttpRequest,
) -> Result<web::Json<StateBody>, Problem> {
    admit(&app, &request)?;
    let spool_waiting = async {
        let mut conn = app.resolver().control().conn().await?;
        Spool::new(&mut conn).waiting().await
    };
    Ok(web::Json(StateBody {
        version: env!("CARGO_PKG_VERSION"),
        role: match app.role() {
            Role::All => "all",
            Role::Api => "api",
            Role::Worker => "worker",
        },
        started_at: app.started_at(),
        now: app.engine().clock().now(),
        lanes_held: app.engine().leases().held().len(),
        tenant_connections: app.resolver().open_connections(),
        spool_waiting: spool_waiting.await.ok(),
        unsigned_channels: app.unsigned_channels().await.ok(),
        paused_lines: app.paused_lines().await.ok(),
    }))
}

/// What would become of a webhook for this line now. 404 without the key.
#[utoipa::path(get, path = "/debug/lines/{phone_number_id}", tag = "operations", security(()),
    params(("phone_number_id" = String, Path), ("X-Debug-Key" = String, Header)),
    responses((status = 200, body = LineBody)))]
pub(crate) async fn get_line(
    app: web::Data<App>,
    request: HttpRequest,
    phone_number_id: web::Path<String>,
) -> Result<web::Json<LineBody>, Problem> {
    admit(&app, &request)?;
    let Some(line) = app.resolver().registered_line(&phone_number_id).await? else {
        return Ok(web::Json(LineBody {
            verdict: "ignored",
            reason: Some("unregistered"),
            tenant: None,
            tenant_active: None,
            database: None,
            app_secret: None,
            has_token: None,
            paused: None,
        }));
    };
    let database = database_state(&app, &line).await?;
    let is_active = line.channel.is_active;
    Ok(web::Json(LineBody {
        verdict: match (is_active, database.state) {
            (false, _) => "ignored",
            (true, "ready") => "stored",
            (true, _) => "spooled",
        },
        reason: (!is_active).then_some("inactive"),
        tenant: database.tenant,
        tenant_active: database.tenant_active,
        database: Some(database.state),
        app_secret: Some(if line.channel.has_app_secret() {
            "own"
        } else if app.engine().has_app_secret() {
            "platform"
        } else {
            "none"
        }),
        has_token: Some(line.token.is_some()),
        paused: Some(line.pause.is_some()),
    }))
}

struct DatabaseState {
    state: &'static str,
    tenant: Option<String>,
    tenant_active: Option<bool>,
}

async fn database_state(app: &App, line: &Line) -> Result<DatabaseState, Problem> {
    let unready = |reason: &Unready| match reason {
        Unready::NotAttached => "not_attached",
        Unready::Unreachable(_) => "unreachable",
        Unready::Schema => "not_migrated",
        Unready::OfAnother => "of_another",
        Unready::Sealed => "sealed",
    };
    let only = |state| DatabaseState {
        state,
        tenant: None,
        tenant_active: None,
    };
    let handle = match app.resolver().tenant(line.channel.tenant_id).await {
        Ok(Some(handle)) => handle,
        Ok(None) => return Ok(only("not_attached")),
        Err(ResolveError::TenantNotReady(reason)) => return Ok(only(unready(&reason))),
        Err(error) => return Err(error.into()),
    };
    let state = match handle.db().await {
        Ok(_db) => "ready",
        Err(ResolveError::TenantNotReady(reason)) => unready(&reason),
        Err(error) => return Err(error.into()),
    };
    Ok(DatabaseState {
        state,
        tenant: Some(handle.tenant.slug.to_string()),
        tenant_active: Some(handle.tenant.is_active),
    })
}
