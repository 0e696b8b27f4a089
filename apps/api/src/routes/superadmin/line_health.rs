//! How any tenant's line does, for the platform.

use actix_web::web;
use pg::ChannelId;

use crate::{
    auth::Platform,
    json,
    problem::Problem,
    routes::channels::health::{LineReportBody, found},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/channels/{id}/health").route(web::get().to(get_channel_health)))
        .service(
            crate::routes::resource("/channels/{id}/health/check").route(web::post().to(post_channel_check)),
        )
        .service(
            crate::routes::resource("/channels/{id}/health/subscribe")
                .route(web::post().to(post_channel_subscribe)),
        );
}

/// How a line does, as far as is known without asking WhatsApp.
#[utoipa::path(get, path = "/api/superadmin/channels/{id}/health", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = LineReportBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_channel_health(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<LineReportBody>, Problem> {
    let id: ChannelId = json::id(&id)?;
    let report = platform.app.engine().line_report(id).await?;
    Ok(web::Json(found(report)?.into()))
}

/// Ask WhatsApp how a line does. Pauses it if its token is dead, and resumes it if what paused it is gone.
#[utoipa::path(post, path = "/api/superadmin/channels/{id}/health/check", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = LineReportBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_channel_check(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<LineReportBody>, Problem> {
    let id: ChannelId = json::id(&id)?;
    let report = platform
        .app
        .engine()
        .check_line(id, Some(&platform.actor()))
        .await?;
    Ok(web::Json(found(report)?.into()))
}

/// Let the app of the line's token hear of the events of the line's account, and check the line.
#[utoipa::path(post, path = "/api/superadmin/channels/{id}/health/subscribe", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = LineReportBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_channel_subscribe(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<LineReportBody>, Problem> {
    let id: ChannelId = json::id(&id)?;
    let report = platform
        .app
        .engine()
        .subscribe_line(id, &platform.actor())
        .await?;
    Ok(web::Json(report.into()))
}
