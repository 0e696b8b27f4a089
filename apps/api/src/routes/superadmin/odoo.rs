//! A tenant's Odoo. Its secrets are written, never read.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::odoo::{OdooChoice, OdooConfig, OdooConfigs, remove_odoo, save_odoo};
use crypto::SecretString;
use pg::Patch;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::Platform,
    json::{self, Json},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/tenants/{id}/odoo")
                .route(web::get().to(get_odoo))
                .route(web::put().to(put_odoo))
                .route(web::delete().to(delete_odoo)),
        )
        .service(crate::routes::resource("/tenants/{id}/odoo/test").route(web::post().to(post_odoo_test)));
}

/// The Odoo that a tenant's bot asks.
#[derive(Default, Serialize, ToSchema)]
#[schema(as = Odoo)]
pub(crate) struct OdooBody {
    /// tenant: its own; installation: the server's, from its environment; none.
    #[schema(pattern = "^(tenant|installation|none)$")]
    source: &'static str,
    base_url: Option<String>,
    db_name: Option<String>,
    username: Option<String>,
    has_password: bool,
    has_api_key: bool,
    /// What the server said it is, at the last test that went well.
    version: Option<String>,
    tested_at: Option<DateTime<Utc>>,
    /// Why the last test failed: address, unknown_host, forbidden_host, unreachable, not_odoo,
    /// unknown_database, refused, failed.
    test_error: Option<String>,
    updated_at: Option<DateTime<Utc>>,
}

/// What a tenant's Odoo shall be; a secret that is absent stays, null clears it.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewOdooBody {
    /// `https://erp.example.com`
    base_url: String,
    db_name: String,
    username: String,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    password: Patch<SecretString>,
    /// Used in place of the password.
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    api_key: Patch<SecretString>,
}

/// What trying an Odoo came to.
#[derive(Serialize, ToSchema)]
pub(crate) struct OdooTestBody {
    ok: bool,
    /// What the server says it is.
    version: Option<String>,
    /// Why not: the words of `test_error`.
    error: Option<&'static str>,
    /// The same for a person who reads English.
    detail: Option<String>,
}

impl OdooBody {
    fn of(own: Option<OdooConfig>, app: &App) -> Self {
        match (own, app.odoo().installation.as_ref()) {
            (Some(own), _) => Self {
                source: "tenant",
                has_password: own.has_password(),
                has_api_key: own.has_api_key(),
                base_url: Some(own.base_url),
                db_name: Some(own.db_name),
                username: Some(own.username),
                version: own.version,
                tested_at: own.tested_at,
                test_error: own.test_error,
                updated_at: Some(own.updated_at),
            },
            (None, Some(account)) => Self {
                source: "installation",
                base_url: Some(account.base_url.clone()),
                db_name: Some(account.db_name.clone()),
                username: Some(account.username.clone()),
                has_password: true,
                ..Self::default()
            },
            (None, None) => Self {
                source: "none",
                ..Self::default()
            },
        }
    }
}

/// The tenant's Odoo or, lacking one, the installation's.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/odoo", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = OdooBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_odoo(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<OdooBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let mut conn = platform.conn().await?;
    let own = OdooConfigs::new(&mut conn).find(tenant.id).await?;
    Ok(web::Json(OdooBody::of(own, &platform.app)))
}

/// Set the tenant's Odoo.
#[utoipa::path(put, path = "/api/superadmin/tenants/{id}/odoo", tag = "superadmin",
    params(("id" = String, Path)), request_body = NewOdooBody, responses((status = 200, body = OdooBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn put_odoo(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<NewOdooBody>,
) -> Result<web::Json<OdooBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let choice = OdooChoice {
        base_url: body.base_url,
        db_name: body.db_name,
        username: body.username,
        password: body.password,
        api_key: body.api_key,
    };
    let saved = save_odoo(
        &mut platform.conn().await?,
        platform.app.resolver().keyring(),
        tenant.id,
        choice,
        &platform.actor(),
        platform.now,
    )
    .await?;
    Ok(web::Json(OdooBody::of(Some(saved), &platform.app)))
}

/// Forget the tenant's own Odoo.
#[utoipa::path(delete, path = "/api/superadmin/tenants/{id}/odoo", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn delete_odoo(platform: Platform, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let mut conn = platform.conn().await?;
    remove_odoo(&mut conn, tenant.id, &platform.actor(), platform.now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Try the Odoo that is in effect: what the server is, and whether it lets the user in.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/odoo/test", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = OdooTestBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_odoo_test(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<OdooTestBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let odoo = platform.app.odoo();
    let client = odoo::Client::new(odoo.rules.clone());
    let tried = platform
        .app
        .engine()
        .test_odoo(&client, tenant.id, odoo.installation.as_ref(), &platform.actor())
        .await?;
    Ok(web::Json(match tried {
        Ok(version) => OdooTestBody {
            ok: true,
            version: Some(version),
            error: None,
            detail: None,
        },
        Err(error) => OdooTestBody {
            ok: false,
            version: None,
            error: Some(error.code()),
            detail: Some(error.to_string()),
        },
    }))
}
