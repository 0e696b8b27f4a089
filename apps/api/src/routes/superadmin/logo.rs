//! A tenant's own logo.

use actix_web::{HttpResponse, web};
use control::logo::{MAX_LOGO, remove_logo, save_logo};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{auth::Platform, body::RawBody, problem::Problem, routes::logos};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        crate::routes::resource("/tenants/{id}/branding/logo")
            .app_data(web::PayloadConfig::new(MAX_LOGO))
            .route(web::put().to(put_logo))
            .route(web::delete().to(delete_logo)),
    );
}

/// Where a logo is handed out now.
#[derive(Serialize, ToSchema)]
pub(crate) struct LogoBody {
    /// Below the API's own address.
    logo_url: String,
}

/// Upload the tenant's logo: the bytes of a PNG, JPEG or WebP image, at most 512 KiB.
#[utoipa::path(put, path = "/api/superadmin/tenants/{id}/branding/logo", tag = "superadmin",
    params(("id" = String, Path)),
    request_body(content = Vec<u8>, content_type = "application/octet-stream"),
    responses((status = 200, body = LogoBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn put_logo(
    platform: Platform,
    id: web::Path<String>,
    RawBody(image): RawBody,
) -> Result<web::Json<LogoBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let mut conn = platform.conn().await?;
    let key = save_logo(&mut conn, tenant.id, &image, &platform.actor(), platform.now).await?;
    Ok(web::Json(LogoBody {
        logo_url: logos::path(&key),
    }))
}

/// Remove the tenant's own logo.
#[utoipa::path(delete, path = "/api/superadmin/tenants/{id}/branding/logo", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn delete_logo(platform: Platform, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let mut conn = platform.conn().await?;
    remove_logo(&mut conn, tenant.id, &platform.actor(), platform.now).await?;
    Ok(HttpResponse::NoContent().finish())
}
