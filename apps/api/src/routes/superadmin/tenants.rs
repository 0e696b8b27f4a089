//! Tenants.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::tenant::{
    NewTenant, Plan, Tenant, TenantChanges, TenantFilter, TenantSort, TenantSummary, Tenants, create_tenant,
    update_tenant,
};
use engine::{BreakerState, Engine};
use pg::TenantId;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::Platform,
    json::{self, Json, Query},
    names::PlanName,
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/tenants")
                .route(web::get().to(list_tenants))
                .route(web::post().to(post_tenant)),
        )
        .service(
            crate::routes::resource("/tenants/{id}")
                .route(web::get().to(get_tenant))
                .route(web::patch().to(patch_tenant)),
        );
}

/// Which tenants.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct TenantQuery {
    /// Part of a name, a slug or a line's phone number id.
    q: Option<String>,
    /// active or suspended; both if not said.
    state: Option<String>,
    /// Only those of this plan.
    plan: Option<String>,
    /// ok or attention; both if not said.
    health: Option<String>,
    /// newest or name; newest if not said.
    sort: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whether a tenant has a database.
#[derive(Serialize, ToSchema)]
pub(crate) struct DatabaseStateBody {
    /// none or ready.
    status: String,
}

/// How a tenant does, as far as the control plane and this server know.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantGlance)]
pub(crate) struct GlanceBody {
    /// ok, or attention: it has no database or no active line, a line is paused, or webhooks wait.
    #[schema(pattern = "^(ok|attention)$")]
    state: &'static str,
    /// What this server does about the tenant's database: closed, it is used; open, it is left
    /// alone; half_open, it is being tried.
    #[schema(pattern = "^(closed|open|half_open)$")]
    breaker: &'static str,
    lines_active: i64,
    lines_paused: i64,
    /// Webhooks that wait for the database.
    spool_waiting: i64,
    /// Webhooks that could not be read when their turn came.
    spool_failed: i64,
    /// When a customer last wrote, to the minute.
    last_message_at: Option<DateTime<Utc>>,
}

/// A customer company.
#[derive(Serialize, ToSchema)]
#[schema(as = Tenant)]
pub(crate) struct TenantBody {
    id: String,
    name: String,
    slug: String,
    #[schema(value_type = PlanName)]
    plan: String,
    is_active: bool,
    created_at: DateTime<Utc>,
    database: DatabaseStateBody,
    channels_count: i64,
    /// unsigned_webhooks, lines_without_token, no_database, no_lines.
    warnings: Vec<String>,
    health: GlanceBody,
}

/// One page of tenants.
#[derive(Serialize, ToSchema)]
pub(crate) struct TenantPage {
    items: Vec<TenantBody>,
    next_cursor: Option<String>,
}

/// A tenant to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTenantBody {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// Lower-case letters, digits and hyphens.
    #[schema(min_length = 1, max_length = 63)]
    slug: String,
    #[schema(value_type = Option<PlanName>)]
    plan: Option<String>,
}

/// What to change of a tenant.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TenantPatch {
    name: Option<String>,
    slug: Option<String>,
    #[schema(value_type = Option<PlanName>)]
    plan: Option<String>,
    /// A suspended tenant cannot log in or send; its messages keep arriving.
    is_active: Option<bool>,
}

impl TenantBody {
    fn new(summary: TenantSummary, engine: &Engine) -> Self {
        let health = GlanceBody::new(&summary, engine);
        let TenantSummary {
            tenant,
            database_attached,
            channels,
            unsigned_channels,
            tokenless_channels,
            ..
        } = summary;
        let Tenant {
            id,
            name,
            slug,
            plan,
            is_active,
            created_at,
            updated_at: _,
        } = tenant;
        let found = [
            (!database_attached, "no_database"),
            (channels == 0, "no_lines"),
            (
                unsigned_channels > 0 && !engine.has_app_secret(),
                "unsigned_webhooks",
            ),
            (tokenless_channels > 0, "lines_without_token"),
        ];
        Self {
            id: id.to_string(),
            name,
            slug: slug.to_string(),
            plan: plan.as_str().to_owned(),
            is_active,
            created_at,
            database: DatabaseStateBody {
                status: if database_attached { "ready" } else { "none" }.to_owned(),
            },
            channels_count: channels,
            warnings: found
                .into_iter()
                .filter(|(holds, _)| *holds)
                .map(|(_, name)| name.to_owned())
                .collect(),
            health,
        }
    }
}

impl GlanceBody {
    pub(super) fn new(summary: &TenantSummary, engine: &Engine) -> Self {
        let breaker = engine.breaker(summary.tenant.id);
        let does_well = !summary.needs_attention() && breaker == BreakerState::Closed;
        Self {
            state: if does_well { "ok" } else { "attention" },
            breaker: breaker.as_str(),
            lines_active: summary.active_channels,
            lines_paused: summary.paused_channels,
            spool_waiting: summary.spooled,
            spool_failed: summary.spool_failed,
            last_message_at: summary.last_message_at,
        }
    }
}

/// The value that a word of a query stands for.
fn word<T: Copy>(name: &str, text: Option<&str>, words: &[(&str, T)]) -> Result<Option<T>, Problem> {
    let Some(text) = text else { return Ok(None) };
    let found = words.iter().find(|(word, _)| *word == text);
    let known: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
    found.map(|(_, value)| Some(*value)).ok_or_else(|| {
        let message = format!("{name} is one of: {}", known.join(", "));
        Problem::field(&format!("/{name}"), "invalid", message)
    })
}

fn plan(text: Option<String>) -> Result<Option<Plan>, Problem> {
    text.map(|text| {
        text.parse()
            .map_err(|error| Problem::field("/plan", "invalid_plan", error))
    })
    .transpose()
}

async fn summary(platform: &Platform, id: TenantId) -> Result<TenantBody, Problem> {
    let found = Tenants::new(&mut platform.conn().await?).summary(id).await?;
    let summary = found.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    Ok(TenantBody::new(summary, platform.app.engine()))
}

/// Tenants, with how each does at a glance.
#[utoipa::path(get, path = "/api/superadmin/tenants", tag = "superadmin", params(TenantQuery),
    responses((status = 200, body = TenantPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_tenants(
    platform: Platform,
    Query(query): Query<TenantQuery>,
) -> Result<web::Json<TenantPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let filter = TenantFilter {
        q: query.q.filter(|q| !q.trim().is_empty()),
        is_active: word(
            "state",
            query.state.as_deref(),
            &[("active", true), ("suspended", false)],
        )?,
        plan: plan(query.plan)?,
        needs_attention: word(
            "health",
            query.health.as_deref(),
            &[("ok", false), ("attention", true)],
        )?,
    };
    let sorts = [("newest", TenantSort::Newest), ("name", TenantSort::Name)];
    let sort = word("sort", query.sort.as_deref(), &sorts)?.unwrap_or_default();
    let found = Tenants::new(&mut platform.conn().await?)
        .summaries(&filter, sort, &page)
        .await?;
    let engine = platform.app.engine();
    Ok(web::Json(TenantPage {
        items: found
            .items
            .into_iter()
            .map(|summary| TenantBody::new(summary, engine))
            .collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Add a tenant.
#[utoipa::path(post, path = "/api/superadmin/tenants", tag = "superadmin", request_body = NewTenantBody,
    responses((status = 201, body = TenantBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_tenant(
    platform: Platform,
    Json(body): Json<NewTenantBody>,
) -> Result<HttpResponse, Problem> {
    let wanted = NewTenant {
        name: body.name,
        slug: body.slug,
        plan: plan(body.plan)?.unwrap_or(Plan::Starter),
    };
    let tenant = create_tenant(
        &mut platform.conn().await?,
        wanted,
        &platform.actor(),
        platform.now,
    )
    .await?;
    Ok(HttpResponse::Created().json(summary(&platform, tenant.id).await?))
}

/// One tenant.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}", tag = "superadmin", params(("id" = String, Path)),
    responses((status = 200, body = TenantBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_tenant(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<TenantBody>, Problem> {
    Ok(web::Json(summary(&platform, json::id(&id)?).await?))
}

/// Rename, suspend or change the plan.
#[utoipa::path(patch, path = "/api/superadmin/tenants/{id}", tag = "superadmin", params(("id" = String, Path)),
    request_body = TenantPatch, responses((status = 200, body = TenantBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn patch_tenant(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<TenantPatch>,
) -> Result<web::Json<TenantBody>, Problem> {
    let id = json::id(&id)?;
    let changes = TenantChanges {
        name: body.name,
        slug: body.slug,
        plan: plan(body.plan)?,
        is_active: body.is_active,
    };
    update_tenant(
        &mut platform.conn().await?,
        id,
        changes,
        &platform.actor(),
        platform.now,
    )
    .await?;
    platform.app.resolver().forget();
    platform.app.guard().forget_everybody();
    Ok(web::Json(summary(&platform, id).await?))
}
