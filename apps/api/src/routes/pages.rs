//! The pages that Meta's app review asks for. Static, in the three languages.

use actix_web::{HttpResponse, http::header::ContentType, web};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    for (path, html) in [
        ("/privacy", include_str!("../pages/privacy.html")),
        ("/terms", include_str!("../pages/terms.html")),
        ("/data-deletion", include_str!("../pages/data-deletion.html")),
    ] {
        config.service(super::resource(path).route(web::get().to(move || async move { page(html) })));
    }
}

fn page(html: &'static str) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::html())
        .insert_header(("Cache-Control", "public, max-age=3600"))
        .body(html)
}
