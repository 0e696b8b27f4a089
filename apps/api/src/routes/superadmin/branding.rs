//! How a tenant's panel looks.

use actix_web::web;
use control::{
    branding::{BrandingChoice, Brandings, save_branding},
    logo::Logos,
};
use serde::Deserialize;
use utoipa::ToSchema;

use crate::{auth::Platform, json::Json, problem::Problem, routes::auth::BrandingBody};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        crate::routes::resource("/tenants/{id}/branding")
            .route(web::get().to(get_branding))
            .route(web::put().to(put_branding)),
    );
}

/// How a tenant's panel shall look; what is absent is unset.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBrandingBody {
    #[schema(min_length = 1, max_length = 120)]
    brand_name: String,
    logo_url: Option<String>,
    color_primary: Option<String>,
    color_accent: Option<String>,
    color_background: Option<String>,
    /// An IANA name, such as America/La_Paz.
    timezone: Option<String>,
}

/// How the tenant's panel looks; the tenant's name and nothing else if it never chose.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/branding", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = BrandingBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_branding(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<BrandingBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let mut conn = platform.conn().await?;
    let found = Brandings::new(&mut conn).find(tenant.id).await?;
    let logo = Logos::new(&mut conn).key_of(tenant.id).await?;
    let branding = found.map_or_else(|| BrandingBody::unset(tenant.name), Into::into);
    Ok(web::Json(branding.with_logo(logo.as_deref())))
}

/// Set how the tenant's panel looks.
#[utoipa::path(put, path = "/api/superadmin/tenants/{id}/branding", tag = "superadmin",
    params(("id" = String, Path)), request_body = NewBrandingBody,
    responses((status = 200, body = BrandingBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn put_branding(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<NewBrandingBody>,
) -> Result<web::Json<BrandingBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let NewBrandingBody {
        brand_name,
        logo_url,
        color_primary,
        color_accent,
        color_background,
        timezone,
    } = body;
    let choice = BrandingChoice {
        brand_name,
        logo_url,
        color_primary,
        color_accent,
        color_background,
        timezone,
    };
    let mut conn = platform.conn().await?;
    let saved = save_branding(&mut conn, tenant.id, choice, &platform.actor(), platform.now).await?;
    let logo = Logos::new(&mut conn).key_of(tenant.id).await?;
    Ok(web::Json(BrandingBody::from(saved).with_logo(logo.as_deref())))
}
