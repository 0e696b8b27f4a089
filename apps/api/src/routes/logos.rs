//! Logos that were uploaded, for everybody who knows their name: a login page shows them too.

use actix_web::{HttpResponse, http::header, web};
use control::logo::Logos;

use crate::{
    app::App,
    problem::{Kind, Problem},
};

/// The name is new with every upload, so what was fetched stays right.
const CACHING: &str = "public, max-age=31536000, immutable";

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(super::resource("/logos/{key}").route(web::get().to(get_logo)));
}

/// The path under which a logo is handed out.
pub(super) fn path(key: &str) -> String {
    format!("/api/logos/{key}")
}

/// A logo.
#[utoipa::path(get, path = "/api/logos/{key}", tag = "branding", security(()), params(("key" = String, Path)),
    responses((status = 200, description = "The image.", content_type = "image/*", body = Vec<u8>)))]
pub(crate) async fn get_logo(app: web::Data<App>, key: web::Path<String>) -> Result<HttpResponse, Problem> {
    let mut conn = app.resolver().control().conn().await?;
    let found = Logos::new(&mut conn).find(&key).await?;
    let logo = found.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    Ok(HttpResponse::Ok()
        .insert_header((header::CONTENT_TYPE, logo.content_type))
        .insert_header((header::CACHE_CONTROL, CACHING))
        .insert_header(("Cross-Origin-Resource-Policy", "cross-origin"))
        .body(logo.bytes))
}
