//! The tenant's lines, as its team sees them.

pub(crate) mod health;
pub(crate) mod templates;

use std::collections::HashMap;

use actix_web::web;
use control::channel::Channels;
use engine::line_health::LineReport;
use pg::{ChannelId, TenantId};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use self::health::{ChannelHealthBody, found};
use crate::{
    app::App,
    auth::{ChatRead, Member, SettingsWrite},
    json::{self, Json, PageQuery, Query},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .configure(health::configure)
        .configure(templates::configure)
        .service(super::resource("/channels").route(web::get().to(list_channels)))
        .service(super::resource("/channels/{id}").route(web::patch().to(patch_line)));
}

/// A line, as a conversation names it.
#[derive(Clone, Serialize, ToSchema)]
#[schema(as = ChannelRef)]
pub(crate) struct ChannelRefBody {
    id: String,
    phone_number_id: String,
    display_name: String,
}

/// A line.
#[derive(Serialize, ToSchema)]
#[schema(as = Channel)]
#[expect(clippy::struct_excessive_bools, reason = "each is another fact of the line")]
pub(crate) struct ChannelBody {
    id: String,
    phone_number_id: String,
    display_phone_number: Option<String>,
    display_name: String,
    waba_id: Option<String>,
    is_active: bool,
    is_default: bool,
    has_token: bool,
    has_app_secret: bool,
    health: ChannelHealthBody,
}

/// What the team calls a line.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinePatch {
    #[schema(min_length = 1, max_length = 120)]
    display_name: String,
}

/// Every line of the tenant.
#[derive(Serialize, ToSchema)]
pub(crate) struct ChannelPage {
    items: Vec<ChannelBody>,
    next_cursor: Option<String>,
}

/// The names of a tenant's lines, by id.
pub(crate) struct LineNames(HashMap<ChannelId, ChannelRefBody>);

impl LineNames {
    /// One query to the control plane.
    pub async fn of(app: &App, tenant: TenantId) -> Result<Self, Problem> {
        let mut conn = app.resolver().control().conn().await?;
        let channels = Channels::new(&mut conn).list_by_tenant(tenant).await?;
        let named = channels.into_iter().map(|channel| {
            let body = ChannelRefBody {
                id: channel.id.to_string(),
                phone_number_id: channel.phone_number_id,
                display_name: channel.display_name,
            };
            (channel.id, body)
        });
        Ok(Self(named.collect()))
    }

    /// A line that was removed keeps its id.
    pub fn of_channel(&self, id: ChannelId) -> ChannelRefBody {
        self.0.get(&id).cloned().unwrap_or_else(|| ChannelRefBody {
            id: id.to_string(),
            phone_number_id: String::new(),
            display_name: String::new(),
        })
    }
}

impl From<LineReport> for ChannelBody {
    fn from(report: LineReport) -> Self {
        let health = ChannelHealthBody::from(&report);
        let channel = report.channel;
        Self {
            health,
            id: channel.id.to_string(),
            has_token: channel.has_token(),
            has_app_secret: channel.has_app_secret(),
            phone_number_id: channel.phone_number_id,
            display_phone_number: channel.display_phone_number,
            display_name: channel.display_name,
            waba_id: channel.waba_id,
            is_active: channel.is_active,
            is_default: channel.is_default,
        }
    }
}

/// The tenant's lines, and how they do.
#[utoipa::path(get, path = "/api/channels", tag = "inbox", params(PageQuery), responses((status = 200, body = ChannelPage)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_channels(
    member: Member<ChatRead>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<ChannelPage>, Problem> {
    let lines = member.app.engine().line_reports(member.tenant.tenant.id).await?;
    let channels: Vec<ChannelBody> = lines.into_iter().map(Into::into).collect();
    let (items, next_cursor) = page.cut(channels, |channel| &channel.id)?;
    Ok(web::Json(ChannelPage { items, next_cursor }))
}

/// Call a line otherwise. Everything else of it is the platform's to set.
#[utoipa::path(patch, path = "/api/channels/{id}", tag = "settings", params(("id" = String, Path)),
    request_body = LinePatch, responses((status = 200, body = ChannelBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn patch_line(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
    Json(body): Json<LinePatch>,
) -> Result<web::Json<ChannelBody>, Problem> {
    let id: ChannelId = json::id(&id)?;
    let engine = member.app.engine();
    engine
        .rename_line(
            &member.tenant,
            id,
            &body.display_name,
            member.acting(),
            &member.actor(),
        )
        .await?;
    Ok(web::Json(found(engine.line_report(id).await?)?.into()))
}
