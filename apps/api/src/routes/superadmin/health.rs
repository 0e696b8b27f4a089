//! What a tenant still needs before it can work, and how it does.

use actix_web::web;
use chrono::{DateTime, Utc};
use engine::{
    checklist::Step,
    tenant_health::{LineCounts, TenantHealth},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json,
    names::{DatabaseConditionName, StepStateName},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/tenants/{id}/checklist").route(web::get().to(get_checklist)))
        .service(crate::routes::resource("/tenants/{id}/health").route(web::get().to(get_tenant_health)));
}

/// One step of setting a tenant up.
#[derive(Serialize, ToSchema)]
#[schema(as = SetupStep)]
pub(crate) struct StepBody {
    /// database, admin, admin_login, branding, line, token, app_secret, handshake, subscribed,
    /// first_message, first_reply.
    code: &'static str,
    #[schema(value_type = StepStateName)]
    state: &'static str,
    /// What it is about here: a line's name, what is wrong.
    detail: Option<String>,
    /// What to do: attach_database, migrate_database, check_database, add_admin, admin_logs_in,
    /// choose_branding, add_line, check_line, set_app_secret, verify_webhook, subscribe,
    /// write_to_line, reply, none.
    action: &'static str,
}

/// Every step, in the order in which they are best done.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChecklistBody {
    done: usize,
    items: Vec<StepBody>,
}

/// How many of a tenant's active lines do how.
#[derive(Serialize, ToSchema)]
#[schema(as = LineCounts)]
pub(crate) struct LineCountsBody {
    active: usize,
    paused: usize,
    attention: usize,
    unknown: usize,
}

/// How a tenant does.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantHealth)]
pub(crate) struct TenantHealthBody {
    /// ok or attention.
    #[schema(pattern = "^(ok|attention)$")]
    state: &'static str,
    #[schema(value_type = DatabaseConditionName)]
    database: &'static str,
    /// What this server does about the database: closed, it is used; open, it is left alone;
    /// half_open, it is being tried.
    #[schema(pattern = "^(closed|open|half_open)$")]
    breaker: &'static str,
    lines: LineCountsBody,
    spool_waiting: i64,
    spool_failed: i64,
    oldest_spooled_at: Option<DateTime<Utc>>,
    /// Items set aside that nobody has dealt with; null: the database cannot be asked.
    dead_letters: Option<i64>,
    /// To the minute, like the next two.
    last_message_at: Option<DateTime<Utc>>,
    last_webhook_at: Option<DateTime<Utc>>,
    last_delivered_at: Option<DateTime<Utc>>,
}

impl From<Step> for StepBody {
    fn from(step: Step) -> Self {
        Self {
            code: step.code,
            state: step.state.as_str(),
            detail: step.detail,
            action: step.action,
        }
    }
}

impl From<TenantHealth> for TenantHealthBody {
    fn from(health: TenantHealth) -> Self {
        let LineCounts {
            active,
            paused,
            attention,
            unknown,
        } = health.lines;
        Self {
            state: if health.needs_attention() {
                "attention"
            } else {
                "ok"
            },
            database: health.database.as_str(),
            breaker: health.breaker.as_str(),
            lines: LineCountsBody {
                active,
                paused,
                attention,
                unknown,
            },
            spool_waiting: health.summary.spooled,
            spool_failed: health.summary.spool_failed,
            oldest_spooled_at: health.oldest_spooled_at,
            dead_letters: health.dead_letters,
            last_message_at: health.summary.last_message_at,
            last_webhook_at: health.last_webhook_at,
            last_delivered_at: health.last_delivered_at,
        }
    }
}

/// What a tenant still needs before it can work. It ticks itself.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/checklist", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = ChecklistBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_checklist(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<ChecklistBody>, Problem> {
    let steps = platform.app.engine().checklist(json::id(&id)?).await?;
    let steps = steps.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    let items: Vec<StepBody> = steps.into_iter().map(Into::into).collect();
    Ok(web::Json(ChecklistBody {
        done: items.iter().filter(|step| step.state == "done").count(),
        items,
    }))
}

/// How a tenant does.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/health", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = TenantHealthBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_tenant_health(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<TenantHealthBody>, Problem> {
    let health = platform.app.engine().tenant_health(json::id(&id)?).await?;
    let health = health.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    Ok(web::Json(health.into()))
}
