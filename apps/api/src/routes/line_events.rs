//! What WhatsApp told of the tenant's lines that is no message, and how its numbers do.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::line_event::{LineEvent, LineEvents, LineHealth};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{Member, SettingsWrite},
    json::{self, PageQuery, Query},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/line-events").route(web::get().to(list_line_events)))
        .service(super::resource("/line-health").route(web::get().to(list_line_health)));
}

/// Which events.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct LineEventQuery {
    /// Only those of this webhook field, such as message_template_status_update or calls.
    field: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// Something that WhatsApp told of a line or its account.
#[derive(Serialize, ToSchema)]
#[schema(as = LineEvent)]
pub(crate) struct LineEventBody {
    id: String,
    /// null: it concerns the whole account.
    channel_id: Option<String>,
    waba_id: Option<String>,
    /// The webhook field.
    field: String,
    /// WhatsApp's word for what happened; empty where it has none.
    kind: String,
    /// WhatsApp's time, if it said one.
    occurred_at: Option<DateTime<Utc>>,
    received_at: DateTime<Utc>,
    /// As it came.
    payload: serde_json::Value,
}

/// One page of events, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineEventPage {
    items: Vec<LineEventBody>,
    next_cursor: Option<String>,
}

/// The newest that WhatsApp told of a line's number.
#[derive(Serialize, ToSchema)]
#[schema(as = LineHealth)]
pub(crate) struct LineHealthBody {
    channel_id: String,
    /// WhatsApp's word: THROUGHPUT_UPGRADE, FLAGGED…
    quality: Option<String>,
    /// TIER_1K, TIER_UNLIMITED… or a number.
    messaging_limit: Option<String>,
    quality_at: Option<DateTime<Utc>>,
    /// APPROVED, REJECTED…
    name_decision: Option<String>,
    requested_name: Option<String>,
    name_at: Option<DateTime<Utc>>,
}

/// Every line of which something is known.
#[derive(Serialize, ToSchema)]
pub(crate) struct LineHealthPage {
    items: Vec<LineHealthBody>,
    next_cursor: Option<String>,
}

impl From<LineEvent> for LineEventBody {
    fn from(event: LineEvent) -> Self {
        Self {
            id: event.id.to_string(),
            channel_id: event.channel_id.map(|id| id.to_string()),
            waba_id: event.waba_id,
            field: event.field,
            kind: event.kind,
            occurred_at: event.occurred_at,
            received_at: event.received_at,
            payload: event.payload,
        }
    }
}

impl From<LineHealth> for LineHealthBody {
    fn from(health: LineHealth) -> Self {
        Self {
            channel_id: health.channel_id.to_string(),
            quality: health.quality,
            messaging_limit: health.messaging_limit,
            quality_at: health.quality_at,
            name_decision: health.name_decision,
            requested_name: health.requested_name,
            name_at: health.name_at,
        }
    }
}

/// What WhatsApp told of the tenant's lines and accounts.
#[utoipa::path(get, path = "/api/line-events", tag = "lines", params(LineEventQuery),
    responses((status = 200, body = LineEventPage)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn list_line_events(
    member: Member<SettingsWrite>,
    Query(query): Query<LineEventQuery>,
) -> Result<web::Json<LineEventPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let mut conn = member.conn().await?;
    let found = LineEvents::new(&mut conn)
        .list(query.field.as_deref(), &page)
        .await??;
    Ok(web::Json(LineEventPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// How the tenant's numbers do, as far as WhatsApp told.
#[utoipa::path(get, path = "/api/line-health", tag = "lines", params(PageQuery),
    responses((status = 200, body = LineHealthPage)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn list_line_health(
    member: Member<SettingsWrite>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<LineHealthPage>, Problem> {
    let mut conn = member.conn().await?;
    let known = LineEvents::new(&mut conn).health().await?;
    let known: Vec<LineHealthBody> = known.into_iter().map(Into::into).collect();
    let (items, next_cursor) = page.cut(known, |health| &health.channel_id)?;
    Ok(web::Json(LineHealthPage { items, next_cursor }))
}
