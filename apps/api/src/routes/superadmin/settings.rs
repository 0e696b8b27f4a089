//! Settings of the whole platform.

use actix_web::web;
use chrono::{DateTime, Utc};
use control::settings::{self, PlatformSettings};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json::Json,
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        crate::routes::resource("/settings")
            .route(web::get().to(get_platform_settings))
            .route(web::patch().to(patch_platform_settings)),
    );
}

/// Settings of the whole platform.
#[derive(Serialize, ToSchema)]
#[schema(as = PlatformSettings)]
pub(crate) struct PlatformSettingsBody {
    /// Whether SuperAdmins need a second factor for everything but setting one up.
    superadmin_totp_required: bool,
    updated_at: DateTime<Utc>,
}

/// What to change of the platform's settings.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PlatformSettingsPatch {
    /// Only somebody who has a second factor can switch it on.
    superadmin_totp_required: Option<bool>,
}

impl From<PlatformSettings> for PlatformSettingsBody {
    fn from(settings: PlatformSettings) -> Self {
        Self {
            superadmin_totp_required: settings.superadmin_totp_required,
            updated_at: settings.updated_at,
        }
    }
}

/// The platform's settings.
#[utoipa::path(get, path = "/api/superadmin/settings", tag = "superadmin",
    responses((status = 200, body = PlatformSettingsBody)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_platform_settings(
    platform: Platform,
) -> Result<web::Json<PlatformSettingsBody>, Problem> {
    let settings = settings::read(&mut platform.conn().await?).await?;
    Ok(web::Json(settings.into()))
}

/// Change the platform's settings.
#[utoipa::path(patch, path = "/api/superadmin/settings", tag = "superadmin",
    request_body = PlatformSettingsPatch, responses((status = 200, body = PlatformSettingsBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn patch_platform_settings(
    platform: Platform,
    Json(body): Json<PlatformSettingsPatch>,
) -> Result<web::Json<PlatformSettingsBody>, Problem> {
    let mut conn = platform.conn().await?;
    let Some(required) = body.superadmin_totp_required else {
        return Ok(web::Json(settings::read(&mut conn).await?.into()));
    };
    if required && platform.user.totp_confirmed_at.is_none() {
        let told = "set up your own second factor first, or you would lock yourself out";
        return Err(Problem::new(Kind::TotpOff, told));
    }
    let settings = settings::require_totp(&mut conn, required, &platform.actor(), platform.now).await?;
    platform.app.guard().forget_everybody();
    Ok(web::Json(settings.into()))
}
