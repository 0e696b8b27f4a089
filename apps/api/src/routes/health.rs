//! Whether the process lives, whether it can work, and its figures.

use actix_web::{HttpResponse, http::header::ContentType, web};
use pg::migrate::{self, SchemaState};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    app::App,
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/health")
                .route(web::get().to(get_health))
                .route(web::head().to(get_health)),
        )
        .service(
            super::resource("/health/ready")
                .route(web::get().to(get_ready))
                .route(web::head().to(get_ready)),
        )
        .service(super::resource("/metrics").route(web::get().to(get_metrics)));
}

/// One thing that must hold.
#[derive(Serialize, ToSchema)]
pub(crate) struct CheckBody {
    name: &'static str,
    ok: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'static str>,
}

/// Whether the process can work.
#[derive(Serialize, ToSchema)]
pub(crate) struct ReadyBody {
    /// ready or not_ready.
    status: &'static str,
    checks: Vec<CheckBody>,
}

/// The process lives. Depends on nothing.
#[utoipa::path(get, path = "/health", tag = "operations", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn get_health() -> HttpResponse {
    HttpResponse::Ok()
        .content_type(ContentType::plaintext())
        .body("ok")
}

/// The process can work. Tenants' databases are no part of it: one that is down is no reason to stop serving the rest.
#[utoipa::path(get, path = "/health/ready", tag = "operations", security(()),
    responses((status = 200, body = ReadyBody), (status = 503, body = ReadyBody)))]
pub(crate) async fn get_ready(app: web::Data<App>) -> HttpResponse {
    let schema = match app.resolver().control().conn().await {
        Err(_) => None,
        Ok(mut conn) => migrate::status(&mut conn, &control::MIGRATIONS).await.ok(),
    };
    let reachable = schema.is_some();
    let current =
        schema.is_some_and(|status| matches!(status.state, SchemaState::Current | SchemaState::Ahead { .. }));
    let check = |name, ok: bool, detail| CheckBody {
        name,
        ok,
        detail: (!ok).then_some(detail),
    };
    let checks = vec![
        check(
            "control_database",
            reachable,
            "the control database cannot be reached",
        ),
        check("control_schema", current, "run `provision control migrate`"),
        check(
            "not_stopping",
            !*app.stopping().borrow(),
            "the process is stopping",
        ),
    ];
    let ok = checks.iter().all(|check| check.ok);
    let body = ReadyBody {
        status: if ok { "ready" } else { "not_ready" },
        checks,
    };
    if ok {
        HttpResponse::Ok().json(body)
    } else {
        HttpResponse::ServiceUnavailable().json(body)
    }
}

/// Figures for Prometheus.
#[utoipa::path(get, path = "/metrics", tag = "operations", security(()),
    responses((status = 200, body = String, content_type = "text/plain")))]
pub(crate) async fn get_metrics(app: web::Data<App>) -> Result<HttpResponse, Problem> {
    let Some(handle) = app.metrics() else {
        return Err(Problem::new(Kind::NotFound, "this process keeps no figures"));
    };
    if let Ok(count) = app.unsigned_channels().await {
        metrics::gauge!("channels_unsigned").set(i32::try_from(count).unwrap_or(i32::MAX));
    }
    if let Ok(count) = app.paused_lines().await {
        metrics::gauge!("lines_paused").set(i32::try_from(count).unwrap_or(i32::MAX));
    }
    handle.run_upkeep();
    Ok(HttpResponse::Ok()
        .content_type("text/plain; version=0.0.4")
        .body(handle.render()))
}
