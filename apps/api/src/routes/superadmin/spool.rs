//! What waits for tenants' databases, and what of it needs a person. Ids,
//! counts, times and errors; never what is in it.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::spool::{Spool, SpoolFilter, SpoolState, SpooledRow, discard_spooled, retry_spooled};
use serde::{Deserialize, Serialize};
use tenant::dead_letter::DeadLetters;
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::Platform,
    json::{self, Json, PageQuery, Query},
    problem::{Kind, Problem},
    routes::dead_letters::DiscardBody,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/spool").route(web::get().to(list_spool)))
        .service(crate::routes::resource("/spool/rows").route(web::get().to(list_spool_rows)))
        .service(crate::routes::resource("/spool/{id}/retry").route(web::post().to(post_spool_retry)))
        .service(crate::routes::resource("/spool/{id}/discard").route(web::post().to(post_spool_discard)))
        .service(crate::routes::resource("/dead-letters").route(web::get().to(count_dead_letters)));
}

/// What is spooled for one tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = SpoolOfTenant)]
pub(crate) struct SpoolTotalsBody {
    tenant_id: String,
    /// null: the tenant is gone.
    slug: Option<String>,
    /// Rows that wait, one per webhook.
    waiting: i64,
    /// Messages, statuses and the like in those.
    items: i64,
    /// Rows that could not be opened or read.
    failed: i64,
    oldest_at: DateTime<Utc>,
    last_error: Option<String>,
    /// What this server does about the tenant's database: closed, it is used; open, it is left
    /// alone; half_open, it is being tried.
    #[schema(pattern = "^(closed|open|half_open)$")]
    breaker: &'static str,
}

/// One page of tenants for which something is spooled.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpoolPage {
    items: Vec<SpoolTotalsBody>,
    next_cursor: Option<String>,
}

/// A row of the spool.
#[derive(Serialize, ToSchema)]
#[schema(as = SpoolRow)]
pub(crate) struct SpoolRowBody {
    id: String,
    tenant_id: String,
    items: i32,
    /// down, slow, busy or resting.
    reason: String,
    /// waiting or failed.
    state: String,
    attempts: i32,
    last_error: Option<String>,
    last_tried_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
}

/// One page of rows, the first to be applied first.
#[derive(Serialize, ToSchema)]
pub(crate) struct SpoolRowPage {
    items: Vec<SpoolRowBody>,
    next_cursor: Option<String>,
}

/// Which rows.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SpoolRowQuery {
    /// Only this tenant's.
    tenant_id: Option<String>,
    /// waiting or failed; both if not said.
    state: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Whose letters.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct DeadLetterCountQuery {
    /// The tenant.
    tenant_id: String,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// How many of a tenant's dead letters are alike.
#[derive(Serialize, ToSchema)]
#[schema(as = DeadLetterCount)]
pub(crate) struct DeadLetterCountBody {
    kind: String,
    state: String,
    /// The class of their reason, without what it quotes.
    fingerprint: String,
    letters: i64,
    oldest_at: DateTime<Utc>,
    newest_at: DateTime<Utc>,
}

/// One page of them: open ones among the first, the most frequent before the others.
#[derive(Serialize, ToSchema)]
pub(crate) struct DeadLetterCountPage {
    items: Vec<DeadLetterCountBody>,
    next_cursor: Option<String>,
}

impl From<SpooledRow> for SpoolRowBody {
    fn from(row: SpooledRow) -> Self {
        Self {
            id: row.id.to_string(),
            tenant_id: row.tenant_id.to_string(),
            items: row.items,
            reason: row.reason,
            state: row.state,
            attempts: row.attempts,
            last_error: row.last_error,
            last_tried_at: row.last_tried_at,
            received_at: row.received_at,
        }
    }
}

/// What waits for each tenant's database.
#[utoipa::path(get, path = "/api/superadmin/spool", tag = "superadmin", params(PageQuery),
    responses((status = 200, body = SpoolPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_spool(
    platform: Platform,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<SpoolPage>, Problem> {
    let found = Spool::new(&mut platform.conn().await?)
        .totals(&page.request()?)
        .await?;
    let engine = platform.app.engine();
    let items = found.items.into_iter().map(|totals| SpoolTotalsBody {
        tenant_id: totals.tenant_id.to_string(),
        slug: totals.slug,
        waiting: totals.waiting,
        items: totals.items,
        failed: totals.failed,
        oldest_at: totals.oldest_at,
        last_error: totals.last_error,
        breaker: engine.breaker(totals.tenant_id).as_str(),
    });
    Ok(web::Json(SpoolPage {
        items: items.collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// The rows, one per webhook and tenant.
#[utoipa::path(get, path = "/api/superadmin/spool/rows", tag = "superadmin", params(SpoolRowQuery),
    responses((status = 200, body = SpoolRowPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_spool_rows(
    platform: Platform,
    Query(query): Query<SpoolRowQuery>,
) -> Result<web::Json<SpoolRowPage>, Problem> {
    let of_tenant = query.tenant_id.map(|id| json::body_id("/tenant_id", &id));
    let state = query.state.map(|state| {
        let invalid = |error| Problem::field("/state", "invalid_state", error);
        state.parse::<SpoolState>().map_err(invalid)
    });
    let filter = SpoolFilter {
        tenant_id: of_tenant.transpose()?,
        state: state.transpose()?,
    };
    let page = json::page_request(query.limit, query.cursor)?;
    let found = Spool::new(&mut platform.conn().await?)
        .list(&filter, &page)
        .await?;
    Ok(web::Json(SpoolRowPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Apply a row again, now, as when its key or its database is back.
#[utoipa::path(post, path = "/api/superadmin/spool/{id}/retry", tag = "superadmin", params(("id" = String, Path)),
    responses((status = 200, body = SpoolRowBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_spool_retry(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<SpoolRowBody>, Problem> {
    let id = json::id(&id)?;
    let actor = platform.actor();
    let row = retry_spooled(&mut platform.conn().await?, id, &actor, platform.now).await?;
    let row = row.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    platform.app.engine().drain_now(row.tenant_id);
    Ok(web::Json(row.into()))
}

/// Delete a row for good: what is in it is lost.
#[utoipa::path(post, path = "/api/superadmin/spool/{id}/discard", tag = "superadmin", params(("id" = String, Path)),
    request_body = DiscardBody, responses((status = 204)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_spool_discard(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<DiscardBody>,
) -> Result<HttpResponse, Problem> {
    let id = json::id(&id)?;
    let actor = platform.actor();
    let mut conn = platform.conn().await?;
    discard_spooled(&mut conn, id, &body.reason, &actor, platform.now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// How many dead letters a tenant has, by class. What they hold is for the tenant alone.
#[utoipa::path(get, path = "/api/superadmin/dead-letters", tag = "superadmin", params(DeadLetterCountQuery),
    responses((status = 200, body = DeadLetterCountPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn count_dead_letters(
    platform: Platform,
    Query(query): Query<DeadLetterCountQuery>,
) -> Result<web::Json<DeadLetterCountPage>, Problem> {
    let id = json::body_id("/tenant_id", &query.tenant_id)?;
    let page = PageQuery::new(query.limit, query.cursor);
    let handle = platform.app.resolver().tenant(id).await?;
    let handle = handle.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    let counts = DeadLetters::new(&mut handle.db().await?.conn().await?)
        .counts()
        .await?;
    let keyed = counts.into_iter().map(|count| {
        let key = format!("{}.{}.{}", count.state, count.kind, count.fingerprint);
        let body = DeadLetterCountBody {
            kind: count.kind,
            state: count.state,
            fingerprint: count.fingerprint,
            letters: count.letters,
            oldest_at: count.oldest_at,
            newest_at: count.newest_at,
        };
        (key, body)
    });
    let (items, next_cursor) = page.cut(keyed.collect(), |(key, _)| key)?;
    Ok(web::Json(DeadLetterCountPage {
        items: items.into_iter().map(|(_, body)| body).collect(),
        next_cursor,
    }))
}
