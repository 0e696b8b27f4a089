//! Apps at Meta with a callback URL of their own. Their secrets are written, never read.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use control::meta_app::{
    MetaAppChanges, MetaAppFilter, MetaAppId, MetaAppSummary, MetaApps, NewMetaApp, create_meta_app,
    delete_meta_app, renew_verify_token, update_meta_app,
};
use crypto::{ExposeSecret, SecretString};
use pg::Patch;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::platform::webhook_url;
use crate::{
    auth::Platform,
    json::{self, Json, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/apps")
                .route(web::get().to(list_apps))
                .route(web::post().to(post_app)),
        )
        .service(
            crate::routes::resource("/apps/{id}")
                .route(web::get().to(get_app))
                .route(web::patch().to(patch_app))
                .route(web::delete().to(delete_app)),
        )
        .service(crate::routes::resource("/apps/{id}/verify-token").route(web::post().to(post_verify_token)));
}

/// Which apps.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct AppQuery {
    /// Only those that this tenant's lines may be bound to: its own, and anybody's.
    usable_by: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// An app at Meta.
#[derive(Serialize, ToSchema)]
#[schema(as = MetaApp)]
pub(crate) struct AppBody {
    id: String,
    /// null: anybody's lines may be bound to it.
    tenant_id: Option<String>,
    name: String,
    meta_app_id: Option<String>,
    /// What to enter as callback URL at Meta.
    callback_url: String,
    /// Without it nothing that comes is believed.
    has_app_secret: bool,
    /// Until when the app secret before is believed as well.
    previous_secret_until: Option<DateTime<Utc>>,
    /// When Meta last checked the callback URL with the verify token.
    handshake_at: Option<DateTime<Utc>>,
    channels_count: i64,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// One page of apps.
#[derive(Serialize, ToSchema)]
#[schema(as = MetaAppPage)]
pub(crate) struct AppPage {
    items: Vec<AppBody>,
    next_cursor: Option<String>,
}

/// An app to register.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = NewMetaApp)]
pub(crate) struct NewAppBody {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// Whose lines may be bound to it; absent: anybody's. It stays so.
    tenant_id: Option<String>,
    meta_app_id: Option<String>,
    #[schema(value_type = Option<String>)]
    app_secret: Option<SecretString>,
    /// Absent: one is made, and shown once.
    #[schema(value_type = Option<String>)]
    verify_token: Option<SecretString>,
}

/// An app that was just registered.
#[derive(Serialize, ToSchema)]
#[schema(as = CreatedMetaApp)]
pub(crate) struct CreatedAppBody {
    app: AppBody,
    /// The verify token, if it was made here. It cannot be shown again.
    verify_token: Option<String>,
}

/// What to change of an app; a secret that is absent stays, null clears it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
#[schema(as = MetaAppPatch)]
pub(crate) struct AppPatch {
    name: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    meta_app_id: Patch<String>,
    /// The one before stays believed for seven days when another is set; null: nothing is
    /// believed any more.
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    app_secret: Patch<SecretString>,
    #[schema(value_type = Option<String>)]
    verify_token: Option<SecretString>,
}

/// A verify token that was just made. It cannot be shown again.
#[derive(Serialize, ToSchema)]
pub(crate) struct VerifyTokenBody {
    verify_token: String,
}

impl AppBody {
    fn new(summary: MetaAppSummary, request: &HttpRequest, now: DateTime<Utc>) -> Self {
        let MetaAppSummary { app, lines } = summary;
        Self {
            id: app.id.to_string(),
            tenant_id: app.tenant_id.map(|id| id.to_string()),
            has_app_secret: app.has_app_secret(),
            previous_secret_until: app.previous_until.filter(|until| now < *until),
            callback_url: format!("{}/{}", webhook_url(request), app.key),
            name: app.name,
            meta_app_id: app.meta_app_id,
            handshake_at: app.handshake_at,
            channels_count: lines,
            created_at: app.created_at,
            updated_at: app.updated_at,
        }
    }
}

async fn described(platform: &Platform, id: MetaAppId, request: &HttpRequest) -> Result<AppBody, Problem> {
    let found = MetaApps::new(&mut platform.conn().await?).summary(id).await?;
    let summary = found.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    Ok(AppBody::new(summary, request, platform.now))
}

/// Apps with a callback URL of their own, the newest first.
#[utoipa::path(get, path = "/api/superadmin/apps", tag = "superadmin", params(AppQuery),
    responses((status = 200, body = AppPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_apps(
    platform: Platform,
    request: HttpRequest,
    Query(query): Query<AppQuery>,
) -> Result<web::Json<AppPage>, Problem> {
    let filter = MetaAppFilter {
        usable_by: query
            .usable_by
            .map(|id| json::body_id("/usable_by", &id))
            .transpose()?,
    };
    let page = json::page_request(query.limit, query.cursor)?;
    let found = MetaApps::new(&mut platform.conn().await?)
        .list(&filter, &page)
        .await?;
    Ok(web::Json(AppPage {
        items: found
            .items
            .into_iter()
            .map(|summary| AppBody::new(summary, &request, platform.now))
            .collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Register an app.
#[utoipa::path(post, path = "/api/superadmin/apps", tag = "superadmin", request_body = NewAppBody,
    responses((status = 201, body = CreatedAppBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_app(
    platform: Platform,
    request: HttpRequest,
    Json(body): Json<NewAppBody>,
) -> Result<HttpResponse, Problem> {
    let wanted = NewMetaApp {
        tenant_id: body
            .tenant_id
            .map(|id| json::body_id("/tenant_id", &id))
            .transpose()?,
        name: body.name,
        meta_app_id: body.meta_app_id,
        app_secret: body.app_secret,
        verify_token: body.verify_token,
    };
    let keyring = platform.app.resolver().keyring();
    let created = create_meta_app(
        &mut platform.conn().await?,
        keyring,
        wanted,
        &platform.actor(),
        platform.now,
    )
    .await?;
    let summary = MetaAppSummary {
        app: created.app,
        lines: 0,
    };
    Ok(HttpResponse::Created().json(CreatedAppBody {
        app: AppBody::new(summary, &request, platform.now),
        verify_token: created.verify_token.map(|token| token.expose_secret().to_owned()),
    }))
}

/// One app.
#[utoipa::path(get, path = "/api/superadmin/apps/{id}", tag = "superadmin", params(("id" = String, Path)),
    responses((status = 200, body = AppBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_app(
    platform: Platform,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<AppBody>, Problem> {
    Ok(web::Json(described(&platform, json::id(&id)?, &request).await?))
}

/// Change an app.
#[utoipa::path(patch, path = "/api/superadmin/apps/{id}", tag = "superadmin", params(("id" = String, Path)),
    request_body = AppPatch, responses((status = 200, body = AppBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn patch_app(
    platform: Platform,
    request: HttpRequest,
    id: web::Path<String>,
    Json(body): Json<AppPatch>,
) -> Result<web::Json<AppBody>, Problem> {
    let id: MetaAppId = json::id(&id)?;
    let changes = MetaAppChanges {
        name: body.name,
        meta_app_id: body.meta_app_id,
        app_secret: body.app_secret,
        verify_token: body.verify_token,
    };
    let resolver = platform.app.resolver();
    update_meta_app(
        &mut platform.conn().await?,
        resolver.keyring(),
        id,
        changes,
        &platform.actor(),
        platform.now,
    )
    .await?;
    resolver.forget();
    Ok(web::Json(described(&platform, id, &request).await?))
}

/// Remove an app that no line uses.
#[utoipa::path(delete, path = "/api/superadmin/apps/{id}", tag = "superadmin", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn delete_app(platform: Platform, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let id: MetaAppId = json::id(&id)?;
    let mut conn = platform.conn().await?;
    delete_meta_app(&mut conn, id, &platform.actor(), platform.now).await?;
    platform.app.resolver().forget();
    Ok(HttpResponse::NoContent().finish())
}

/// Give an app a new verify token, shown once.
#[utoipa::path(post, path = "/api/superadmin/apps/{id}/verify-token", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = VerifyTokenBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_verify_token(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<VerifyTokenBody>, Problem> {
    let id: MetaAppId = json::id(&id)?;
    let resolver = platform.app.resolver();
    let mut conn = platform.conn().await?;
    let token =
        renew_verify_token(&mut conn, resolver.keyring(), id, &platform.actor(), platform.now).await?;
    resolver.forget();
    Ok(web::Json(VerifyTokenBody {
        verify_token: token.expose_secret().to_owned(),
    }))
}
