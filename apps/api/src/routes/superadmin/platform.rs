//! The installation itself: what an operator needs to point Meta at it.

use actix_web::{HttpRequest, web};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{auth::Platform, problem::Problem};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(crate::routes::resource("/platform").route(web::get().to(get_platform)));
}

/// The installation.
#[derive(Serialize, ToSchema)]
#[schema(as = Platform)]
pub(crate) struct PlatformBody {
    version: &'static str,
    /// What to enter as callback URL at Meta.
    webhook_url: String,
    global_app_secret_set: bool,
    /// Active lines whose webhooks nobody signs.
    unsigned_channels: i64,
    /// unsigned_webhooks
    warnings: Vec<String>,
}

/// The installation.
#[utoipa::path(get, path = "/api/superadmin/platform", tag = "superadmin",
    responses((status = 200, body = PlatformBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_platform(
    platform: Platform,
    request: HttpRequest,
) -> Result<web::Json<PlatformBody>, Problem> {
    let unsigned_channels = platform.app.unsigned_channels().await?;
    Ok(web::Json(PlatformBody {
        version: env!("CARGO_PKG_VERSION"),
        webhook_url: webhook_url(&request),
        global_app_secret_set: platform.app.engine().has_app_secret(),
        unsigned_channels,
        warnings: if unsigned_channels > 0 {
            vec!["unsigned_webhooks".to_owned()]
        } else {
            Vec::new()
        },
    }))
}

/// The common callback URL, as seen by whoever asks.
pub(super) fn webhook_url(request: &HttpRequest) -> String {
    let info = request.connection_info();
    format!("{}://{}/webhook", info.scheme(), info.host())
}
