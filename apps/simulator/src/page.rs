//! The phone: plain files, built in, from nowhere else.

use actix_web::{HttpResponse, web};

/// Nothing may be loaded from elsewhere, nothing inline may run.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; media-src 'self'; base-uri 'none'; form-action 'none'";

const FILES: &[(&str, &str, &str)] = &[
    (
        "/",
        "text/html; charset=utf-8",
        include_str!("../static/index.html"),
    ),
    (
        "/phone.css",
        "text/css; charset=utf-8",
        include_str!("../static/phone.css"),
    ),
    (
        "/phone.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/phone.js"),
    ),
    (
        "/bubble.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/bubble.js"),
    ),
    (
        "/nodes.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/nodes.js"),
    ),
    (
        "/media.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/media.js"),
    ),
    (
        "/offers.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/offers.js"),
    ),
    (
        "/sheet.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/sheet.js"),
    ),
    (
        "/template.js",
        "text/javascript; charset=utf-8",
        include_str!("../static/template.js"),
    ),
    (
        "/parts.css",
        "text/css; charset=utf-8",
        include_str!("../static/parts.css"),
    ),
    (
        "/words.json",
        "application/json",
        include_str!("../static/words.json"),
    ),
    ("/icon.svg", "image/svg+xml", include_str!("../static/icon.svg")),
];

/// Adds the page.
pub fn configure(config: &mut web::ServiceConfig) {
    for &(path, content_type, body) in FILES {
        let answer = move || async move {
            HttpResponse::Ok()
                .content_type(content_type)
                .insert_header(("Content-Security-Policy", POLICY))
                .insert_header(("X-Content-Type-Options", "nosniff"))
                .insert_header(("Cache-Control", "no-cache"))
                .body(body)
        };
        config.route(path, web::get().to(answer));
    }
}
