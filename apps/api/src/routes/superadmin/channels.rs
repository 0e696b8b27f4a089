//! Lines. Their secrets are written, never read.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::{
    channel::{ChannelChanges, NewChannel, create_channel, update_channel},
    meta_app::{MetaAppId, MetaApps},
};
use crypto::SecretString;
use engine::line_health::LineReport;
use pg::{ChannelId, Patch};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json::{self, Json, PageQuery, Query},
    problem::Problem,
    routes::channels::health::{ChannelHealthBody, found},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/tenants/{id}/channels")
                .route(web::get().to(list_tenant_channels))
                .route(web::post().to(post_channel)),
        )
        .service(
            crate::routes::resource("/channels/{id}")
                .route(web::patch().to(patch_channel))
                .route(web::delete().to(delete_line)),
        );
}

/// A line, as the platform sees it.
#[derive(Serialize, ToSchema)]
#[schema(as = PlatformChannel)]
#[expect(clippy::struct_excessive_bools, reason = "each is another fact of the line")]
pub(crate) struct PlatformChannelBody {
    id: String,
    tenant_id: String,
    phone_number_id: String,
    waba_id: Option<String>,
    display_name: String,
    display_phone_number: Option<String>,
    is_active: bool,
    is_default: bool,
    has_token: bool,
    has_app_secret: bool,
    has_verify_token: bool,
    /// The app that brings its messages; null: one that uses the common callback URL.
    app_id: Option<String>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
    /// unsigned: anybody who knows the id can write to it; app_without_secret: nothing that
    /// comes is believed; no_token: it cannot send.
    warnings: Vec<String>,
    health: ChannelHealthBody,
}

/// Every line of a tenant.
#[derive(Serialize, ToSchema)]
pub(crate) struct PlatformChannelPage {
    items: Vec<PlatformChannelBody>,
    next_cursor: Option<String>,
}

/// A line to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewChannelBody {
    /// Meta's id of the number: digits, not the number itself.
    phone_number_id: String,
    waba_id: Option<String>,
    display_name: String,
    display_phone_number: Option<String>,
    #[schema(value_type = Option<String>)]
    verify_token: Option<SecretString>,
    #[schema(value_type = Option<String>)]
    wa_token: Option<SecretString>,
    #[schema(value_type = Option<String>)]
    app_secret: Option<SecretString>,
    /// The app that brings its messages, if it has a callback URL of its own.
    app_id: Option<String>,
    is_active: Option<bool>,
    is_default: Option<bool>,
}

/// What to change of a line; a secret that is absent stays, null clears it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ChannelPatch {
    phone_number_id: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    waba_id: Patch<String>,
    display_name: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    display_phone_number: Patch<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    verify_token: Patch<SecretString>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    wa_token: Patch<SecretString>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    app_secret: Patch<SecretString>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    app_id: Patch<String>,
    is_active: Option<bool>,
    is_default: Option<bool>,
}

impl PlatformChannelBody {
    fn new(report: LineReport, platform_signs: bool, without_secret: &[MetaAppId]) -> Self {
        let health = ChannelHealthBody::from(&report);
        let channel = report.channel;
        let found = [
            (
                channel.is_active && !channel.has_app_secret() && channel.app_id.is_none() && !platform_signs,
                "unsigned",
            ),
            (
                channel.is_active
                    && !channel.has_app_secret()
                    && channel.app_id.is_some_and(|app| without_secret.contains(&app)),
                "app_without_secret",
            ),
            (channel.is_active && !channel.has_token(), "no_token"),
        ];
        Self {
            id: channel.id.to_string(),
            tenant_id: channel.tenant_id.to_string(),
            has_token: channel.has_token(),
            has_app_secret: channel.has_app_secret(),
            has_verify_token: channel.has_verify_token(),
            app_id: channel.app_id.map(|id| id.to_string()),
            phone_number_id: channel.phone_number_id,
            waba_id: channel.waba_id,
            display_name: channel.display_name,
            display_phone_number: channel.display_phone_number,
            is_active: channel.is_active,
            is_default: channel.is_default,
            created_at: channel.created_at,
            updated_at: channel.updated_at,
            warnings: found
                .into_iter()
                .filter(|(holds, _)| *holds)
                .map(|(_, name)| name.to_owned())
                .collect(),
            health,
        }
    }
}

/// The tenant's lines.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/channels", tag = "superadmin",
    params(("id" = String, Path), PageQuery), responses((status = 200, body = PlatformChannelPage)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_tenant_channels(
    platform: Platform,
    id: web::Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<PlatformChannelPage>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let lines = platform.app.engine().line_reports(tenant.id).await?;
    let signs = platform.app.engine().has_app_secret();
    let apps = MetaApps::new(&mut platform.conn().await?)
        .without_secret(tenant.id)
        .await?;
    let channels: Vec<PlatformChannelBody> = lines
        .into_iter()
        .map(|report| PlatformChannelBody::new(report, signs, &apps))
        .collect();
    let (items, next_cursor) = page.cut(channels, |channel| &channel.id)?;
    Ok(web::Json(PlatformChannelPage { items, next_cursor }))
}

/// Register a line.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/channels", tag = "superadmin",
    params(("id" = String, Path)), request_body = NewChannelBody,
    responses((status = 201, body = PlatformChannelBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_channel(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<NewChannelBody>,
) -> Result<HttpResponse, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let wanted = NewChannel {
        phone_number_id: body.phone_number_id,
        waba_id: body.waba_id,
        display_name: body.display_name,
        display_phone_number: body.display_phone_number,
        verify_token: body.verify_token,
        wa_token: body.wa_token,
        app_secret: body.app_secret,
        app_id: body.app_id.map(|id| json::body_id("/app_id", &id)).transpose()?,
        is_active: body.is_active.unwrap_or(true),
        is_default: body.is_default.unwrap_or(false),
    };
    let resolver = platform.app.resolver();
    let mut conn = platform.conn().await?;
    let channel = create_channel(
        &mut conn,
        resolver.keyring(),
        tenant.id,
        wanted,
        &platform.actor(),
        platform.now,
    )
    .await?;
    resolver.forget();
    drop(conn);
    Ok(HttpResponse::Created().json(described(&platform, channel.id).await?))
}

/// Change a line.
#[utoipa::path(patch, path = "/api/superadmin/channels/{id}", tag = "superadmin", params(("id" = String, Path)),
    request_body = ChannelPatch, responses((status = 200, body = PlatformChannelBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn patch_channel(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<ChannelPatch>,
) -> Result<web::Json<PlatformChannelBody>, Problem> {
    let changes = ChannelChanges {
        phone_number_id: body.phone_number_id,
        waba_id: body.waba_id,
        display_name: body.display_name,
        display_phone_number: body.display_phone_number,
        verify_token: body.verify_token,
        wa_token: body.wa_token,
        app_secret: body.app_secret,
        app_id: body.app_id.try_map(|id| json::body_id("/app_id", &id))?,
        is_active: body.is_active,
        is_default: body.is_default,
    };
    let resolver = platform.app.resolver();
    let mut conn = platform.conn().await?;
    let id: ChannelId = json::id(&id)?;
    let channel = update_channel(
        &mut conn,
        resolver.keyring(),
        id,
        changes,
        &platform.actor(),
        platform.now,
    )
    .await?;
    resolver.forget();
    drop(conn);
    Ok(web::Json(described(&platform, channel.id).await?))
}

/// The line as it is now.
async fn described(platform: &Platform, id: ChannelId) -> Result<PlatformChannelBody, Problem> {
    let engine = platform.app.engine();
    let report = found(engine.line_report(id).await?)?;
    let apps = MetaApps::new(&mut platform.conn().await?)
        .without_secret(report.channel.tenant_id)
        .await?;
    Ok(PlatformChannelBody::new(report, engine.has_app_secret(), &apps))
}

/// Remove a line that was never used. One that has conversations is deactivated instead.
#[utoipa::path(delete, path = "/api/superadmin/channels/{id}", tag = "superadmin", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn delete_line(platform: Platform, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id: ChannelId = json::id(&id)?;
    platform.app.engine().remove_line(id, &platform.actor()).await?;
    Ok(HttpResponse::NoContent().finish())
}
