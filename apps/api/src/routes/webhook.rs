//! Meta's webhook: the handshake, and what is delivered.

use std::{sync::Arc, time::Instant};

use actix_web::{HttpRequest, HttpResponse, http::header::ContentType, web};
use chrono::{DateTime, Utc};
use control::{
    channel::Channels,
    traffic::{Handshake, Traffic},
};
use crypto::{ExposeSecret, token};
use engine::ingest::Ingested;
use pg::{Conn, Control};
use resolver::KnownApp;

use crate::{
    app::App,
    body::RawBody,
    problem::{Kind, Problem},
};

/// Meta sends up to 3 MB; a little more is let through.
const MAX_BODY: usize = 4 * 1024 * 1024;
const MAX_CHALLENGE: usize = 1024;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/webhook")
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .route(web::get().to(get_webhook))
                .route(web::post().to(post_webhook)),
        )
        .service(
            super::resource("/webhook/{key}")
                .app_data(web::PayloadConfig::new(MAX_BODY))
                .route(web::get().to(get_app_webhook))
                .route(web::post().to(post_app_webhook)),
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

/// What the handshake asks: the challenge to give back if the token is right.
struct Knock {
    /// The digest of the token that was offered. Digests are compared and looked up, so the time
    /// taken tells nothing about the token.
    digest: Vec<u8>,
    challenge: String,
}

impl Knock {
    fn read(request: &HttpRequest) -> Option<Self> {
        let pairs: Vec<(String, String)> = url::form_urlencoded::parse(request.query_string().as_bytes())
            .into_owned()
            .collect();
        let wants_in = only(&pairs, "hub.mode").as_deref() == Some("subscribe");
        let offered = only(&pairs, "hub.verify_token").filter(|offered| !offered.is_empty())?;
        let challenge = only(&pairs, "hub.challenge").filter(|text| text.len() <= MAX_CHALLENGE)?;
        wants_in.then(|| Self {
            digest: token::digest(&offered),
            challenge,
        })
    }

    /// As plain text: the challenge is whatever the caller wrote.
    fn answer(self) -> HttpResponse {
        HttpResponse::Ok()
            .content_type(ContentType::plaintext())
            .insert_header(("X-Content-Type-Options", "nosniff"))
            .body(self.challenge)
    }
}

fn refused() -> Problem {
    Problem::new(
        Kind::Forbidden,
        "the verify token is not the one that is configured",
    )
}

/// The app of a callback path; a path that nobody was given is not there.
async fn app_of(app: &App, key: &str) -> Result<Arc<KnownApp>, Problem> {
    let found = app.resolver().app(key).await?;
    found.ok_or_else(|| Problem::new(Kind::NotFound, "no app has this callback path"))
}

async fn note(conn: &mut Conn<Control>, handshake: Handshake<'_>, now: DateTime<Utc>) {
    let noted = Traffic::new(conn).record_handshake(handshake, now).await;
    if let Err(error) = noted {
        tracing::warn!(%error, "could not note a handshake");
    }
}

/// Meta's handshake: answers the challenge if the verify token is right.
#[utoipa::path(get, path = "/webhook", tag = "webhook", security(()),
    params(("hub.mode" = String, Query), ("hub.verify_token" = String, Query), ("hub.challenge" = String, Query)),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn get_webhook(app: web::Data<App>, request: HttpRequest) -> Result<HttpResponse, Problem> {
    let knock = Knock::read(&request).ok_or_else(refused)?;
    let now = app.engine().clock().now();
    let mut conn = app.resolver().control().conn().await?;
    if knock.digest == token::digest(app.verify_token().expose_secret()) {
        note(&mut conn, Handshake::Common, now).await;
    } else if Channels::new(&mut conn)
        .any_with_verify_token(&knock.digest)
        .await?
    {
        note(&mut conn, Handshake::Lines(&knock.digest), now).await;
    } else {
        return Err(refused());
    }
    Ok(knock.answer())
}

/// The handshake of an app with a callback path of its own: only its own verify token counts.
#[utoipa::path(get, path = "/webhook/{key}", tag = "webhook", security(()),
    params(("key" = String, Path), ("hub.mode" = String, Query), ("hub.verify_token" = String, Query),
        ("hub.challenge" = String, Query)),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn get_app_webhook(
    app: web::Data<App>,
    key: web::Path<String>,
    request: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let known = app_of(&app, &key).await?;
    let knock = Knock::read(&request)
        .filter(|knock| known.app.has_verify_token(&knock.digest))
        .ok_or_else(refused)?;
    let mut conn = app.resolver().control().conn().await?;
    note(
        &mut conn,
        Handshake::App(known.app.id),
        app.engine().clock().now(),
    )
    .await;
    Ok(knock.answer())
}

fn signature(request: &HttpRequest) -> Option<&[u8]> {
    let header = request.headers().get(whatsapp::signature::HEADER)?;
    Some(header.as_bytes())
}

fn taken(ingested: Ingested, started: Instant) -> HttpResponse {
    metrics::histogram!("webhook_ack_seconds").record(started.elapsed().as_secs_f64());
    tracing::debug!(
        items = ingested.items,
        ignored = ingested.ignored,
        rejected = ingested.rejected,
        "webhook"
    );
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body("EVENT_RECEIVED")
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
    let started = Instant::now();
    let ingested = app.engine().ingest(&body, signature(&request)).await?;
    Ok(taken(ingested, started))
}

/// What Meta delivers to an app with a callback path of its own: the app must have signed it, and
/// only its own lines are believed.
#[utoipa::path(post, path = "/webhook/{key}", tag = "webhook", security(()),
    params(("key" = String, Path), ("X-Hub-Signature-256" = Option<String>, Header)),
    request_body(content = Object, content_type = "application/json"),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn post_app_webhook(
    app: web::Data<App>,
    key: web::Path<String>,
    request: HttpRequest,
    RawBody(body): RawBody,
) -> Result<HttpResponse, Problem> {
    let started = Instant::now();
    let known = app_of(&app, &key).await?;
    let ingested = app
        .engine()
        .ingest_from(&known, &body, signature(&request))
        .await?;
    Ok(taken(ingested, started))
}
