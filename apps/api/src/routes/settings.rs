//! What holds for the whole tenant.

mod hours;

use actix_web::web;
use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use control::branding::Brandings;
use pg::{Conn, Patch, Tenant, TenantId};
use resolver::TenantHandle;
use serde::{Deserialize, Serialize};
use tenant::{
    phone::Phone,
    settings::{Settings, SettingsChanges, change_settings, read_settings},
};
use utoipa::ToSchema;

pub(super) use self::hours::date;
use self::hours::{HolidayBody, WeekBody};
use crate::{
    app::App,
    auth::{Member, Requires, SettingsRead, SettingsWrite},
    json::{self, Json},
    names::LanguageName,
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        super::resource("/settings")
            .route(web::get().to(get_settings))
            .route(web::patch().to(patch_settings)),
    );
}

/// What holds for the whole tenant.
#[derive(Serialize, ToSchema)]
#[schema(as = Settings)]
pub(crate) struct SettingsBody {
    /// To be sent back with a change.
    version: i32,
    bot_enabled: bool,
    auto_reply_enabled: bool,
    #[schema(value_type = LanguageName)]
    language: &'static str,
    /// IANA name; null: `timezone_default`.
    timezone: Option<String>,
    /// What the platform gave the tenant.
    timezone_default: String,
    /// null: always open.
    business_hours: Option<WeekBody>,
    /// By date; a day that is not like its weekday.
    holidays: Vec<HolidayBody>,
    /// What is answered outside the hours.
    away_message: Option<String>,
    /// Whose messages command the bot; none: `admin_phones_default`.
    admin_phones: Vec<String>,
    /// The platform's.
    admin_phones_default: Vec<String>,
    /// Whether hours and holidays say that the tenant is open now.
    is_open: bool,
    /// When it opens; null while it is open, or when it does not within 400 days.
    next_opening_at: Option<DateTime<Utc>>,
    updated_at: DateTime<Utc>,
}

/// What to change; what is left out stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SettingsPatch {
    /// The version that was seen. With an old one nothing is changed: 409 settings_changed.
    version: Option<i32>,
    bot_enabled: Option<bool>,
    auto_reply_enabled: Option<bool>,
    #[schema(value_type = Option<LanguageName>)]
    language: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    timezone: Patch<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<WeekBody>)]
    business_hours: Patch<WeekBody>,
    /// All of them.
    holidays: Option<Vec<HolidayBody>>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    away_message: Patch<String>,
    /// All of them, with their country codes.
    admin_phones: Option<Vec<String>>,
}

impl SettingsBody {
    fn new(app: &App, settings: Settings, platform_zone: Option<Tz>, now: DateTime<Utc>) -> Self {
        let schedule = settings.schedule(platform_zone);
        let is_open = schedule.is_open(now);
        let phones = |phones: &[Phone]| phones.iter().map(ToString::to_string).collect();
        Self {
            version: settings.version,
            bot_enabled: settings.bot_enabled,
            auto_reply_enabled: settings.auto_reply_enabled,
            language: settings.language.as_str(),
            timezone: settings.timezone.map(|zone| zone.name().to_owned()),
            timezone_default: platform_zone.unwrap_or(Tz::UTC).name().to_owned(),
            business_hours: settings.business_hours.as_ref().map(WeekBody::from),
            holidays: settings.holidays.iter().map(HolidayBody::from).collect(),
            away_message: settings.away_message,
            admin_phones: phones(&settings.admin_phones),
            admin_phones_default: phones(app.admin_phones()),
            is_open,
            next_opening_at: if is_open { None } else { schedule.next_opening(now) },
            updated_at: settings.updated_at,
        }
    }
}

impl SettingsPatch {
    fn parse(self) -> Result<SettingsChanges, Problem> {
        let language = |name: String| {
            name.parse()
                .map_err(|error| Problem::field("/language", "invalid_language", error))
        };
        let zone = |name: String| {
            let parsed = name.trim().parse::<Tz>();
            parsed.map_err(|_unknown| {
                let words = "a time zone has a name such as America/Lima";
                Problem::field("/timezone", "invalid_timezone", words)
            })
        };
        Ok(SettingsChanges {
            version: self.version,
            bot_enabled: self.bot_enabled,
            auto_reply_enabled: self.auto_reply_enabled,
            language: self.language.map(language).transpose()?,
            timezone: self.timezone.try_map(zone)?,
            business_hours: self
                .business_hours
                .try_map(|week| week.parse("/business_hours"))?,
            holidays: self.holidays.map(hours::holidays).transpose()?,
            away_message: self.away_message,
            admin_phones: self.admin_phones.map(|phones| phones_of(&phones)).transpose()?,
        })
    }
}

fn phones_of(texts: &[String]) -> Result<Vec<Phone>, Problem> {
    let parse = |(place, text): (usize, &String)| {
        text.parse()
            .map_err(|error| Problem::field(&format!("/admin_phones/{place}"), "invalid_phone", error))
    };
    texts.iter().enumerate().map(parse).collect()
}

/// The zone that the platform gave a tenant.
pub(super) async fn platform_zone(app: &App, tenant: TenantId) -> Result<Option<Tz>, Problem> {
    let mut conn = app.resolver().control().conn().await?;
    let branding = Brandings::new(&mut conn).find(tenant).await?;
    Ok(branding
        .and_then(|branding| branding.timezone)
        .and_then(|name| name.parse().ok()))
}

/// Whose wall clock counts for the member's tenant.
pub(super) async fn zone_of<R: Requires>(member: &Member<R>, conn: &mut Conn<Tenant>) -> Result<Tz, Problem> {
    let platform = platform_zone(&member.app, member.tenant.tenant.id).await?;
    Ok(read_settings(conn).await?.zone(platform))
}

/// The zone that a tenant chose for itself; none also where its database cannot be asked now: who one is
/// can be told without it.
pub(super) async fn own_zone(tenant: &TenantHandle) -> Option<Tz> {
    let mut conn = tenant.db().await.ok()?.conn().await.ok()?;
    read_settings(&mut conn).await.ok()?.timezone
}

/// What holds for the whole tenant.
#[utoipa::path(get, path = "/api/settings", tag = "settings", responses((status = 200, body = SettingsBody)),
    extensions(("x-permission" = json!("settings.read"))))]
pub(crate) async fn get_settings(member: Member<SettingsRead>) -> Result<web::Json<SettingsBody>, Problem> {
    let platform = platform_zone(&member.app, member.tenant.tenant.id).await?;
    let settings = read_settings(&mut member.conn().await?).await?;
    Ok(web::Json(SettingsBody::new(
        &member.app,
        settings,
        platform,
        member.now,
    )))
}

/// Change what holds for the whole tenant.
#[utoipa::path(patch, path = "/api/settings", tag = "settings", request_body = SettingsPatch,
    responses((status = 200, body = SettingsBody)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn patch_settings(
    member: Member<SettingsWrite>,
    Json(body): Json<SettingsPatch>,
) -> Result<web::Json<SettingsBody>, Problem> {
    let changes = body.parse()?;
    let platform = platform_zone(&member.app, member.tenant.tenant.id).await?;
    let mut conn = member.conn().await?;
    let settings = change_settings(&mut conn, changes, member.acting(), member.now).await?;
    Ok(web::Json(SettingsBody::new(
        &member.app,
        settings,
        platform,
        member.now,
    )))
}
