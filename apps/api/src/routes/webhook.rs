//! Meta's webhook: the handshake, and what is delivered.

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use control::channel::Channels;
use crypto::{ExposeSecret, token};

use crate::{
    app::App,
    body::RawBody,
    problem::{Kind, Problem},
};

/// Meta sends up to 3 MB; a little more is let through.
const MAX_BODY: usize = 4 * 1024 * 1024;
const MAX_CHALLENGE: usize = 1024;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        super::resource("/webhook")
            .app_data(web::PayloadConfig::new(MAX_BODY))
            .route(web::get().to(get_webhook))
            .route(web::post().to(post_webhook)),
    );
}

/// The one value of a parameter; `None` if it is missing or given twice.
fn only(pairs: &[(String, String)], name: &str) -> Option<String> {
    let mut values = pairs
        .iter()
        .filter(|(key, _)| key == name)
        .map(|(_, value)| value);
    match (values.next(), values.next()) {
        (Some(value), None) => Some(value.clone()),
        _ => None,
    }
}

/// Meta's handshake: answers the challenge if the verify token is right.
#[utoipa::path(get, path = "/webhook", tag = "webhook", security(()),
    params(("hub.mode" = String, Query), ("hub.verify_token" = String, Query), ("hub.challenge" = String, Query)),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn get_webhook(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let pairs: Vec<(String, String)> = url::form_urlencoded::parse(request.query_string().as_bytes())
        .into_owned()
        .collect();
    let refused = || {
        Problem::new(
            Kind::Forbidden,
            "the verify token is not the one that is configured",
        )
    };
    if only(&pairs, "hub.mode").as_deref() != Some("subscribe") {
        return Err(refused());
    }
    let offered = only(&pairs, "hub.verify_token")
        .filter(|offered| !offered.is_empty())
        .ok_or_else(refused)?;
    let challenge = only(&pairs, "hub.challenge")
        .filter(|text| text.len() <= MAX_CHALLENGE)
        .ok_or_else(refused)?;
    // Digests are compared and looked up, so the time taken tells nothing about the token.
    let digest = token::digest(&offered);
    let known = digest == token::digest(app.verify_token().expose_secret()) || {
        let mut conn = app.resolver().control().conn().await?;
        Channels::new(&mut conn).any_with_verify_token(&digest).await?
    };
    if !known {
        return Err(refused());
    }
    // As plain text: the challenge is whatever the caller wrote.
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .insert_header(("X-Content-Type-Options", "nosniff"))
        .body(challenge))
}

/// What Meta delivers. `200` means that everything believed is committed.
#[utoipa::path(post, path = "/webhook", tag = "webhook", security(()),
    params(("X-Hub-Signature-256" = Option<String>, Header)),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn post_webhook(
    app: web::Data<App>,
    request: HttpRequest,
    RawBody(body): RawBody,
) -> Result<HttpResponse, Problem> {
    let started = std::time::Instant::now();
    let signature = request
        .headers()
        .get(whatsapp::signature::HEADER)
        .map(actix_web::http::header::HeaderValue::as_bytes);
    let ingested = app.engine().ingest(&body, signature).await?;
    metrics::histogram!("webhook_ack_seconds").record(started.elapsed().as_secs_f64());
    tracing::debug!(
        items = ingested.items,
        ignored = ingested.ignored,
        rejected = ingested.rejected,
        "webhook"
    );
    Ok(HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body("EVENT_RECEIVED"))
}
