//! What holds for the whole tenant: switches, language, zone, hours, and whose messages command the bot.

pub mod hours;
mod save;
mod schedule;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::{Value, json};

use self::hours::{BusinessHours, Holiday};
pub use self::{
    save::{HolidayFault, SaveSettingsError, SettingsChanges, change_settings},
    schedule::{Schedule, day_begins},
};
use crate::{phone::Phone, schema::settings};

/// The longest answer outside the hours, in characters.
pub const MAX_AWAY_MESSAGE: usize = 4096;
/// Numbers that may command the bot at most.
pub const MAX_ADMIN_PHONES: usize = 20;

crate::text_enum! {
    /// A language that the bot speaks.
    Language {
        /// Spanish.
        Es = "es",
        /// English.
        En = "en",
        /// Portuguese.
        Pt = "pt",
    }
}

/// What holds for the whole tenant.
#[derive(Debug, Clone, PartialEq)]
pub struct Settings {
    /// Raised by every change.
    pub version: i32,
    /// Whether the bot answers.
    pub bot_enabled: bool,
    /// Whether anything is answered by itself.
    pub auto_reply_enabled: bool,
    /// What the bot speaks where nothing else is said.
    pub language: Language,
    /// Whose wall clock counts; `None`: the zone that the platform gave the tenant.
    pub timezone: Option<Tz>,
    /// By weekday; `None`: always open.
    pub business_hours: Option<BusinessHours>,
    /// By date.
    pub holidays: Vec<Holiday>,
    /// What is answered outside the hours.
    pub away_message: Option<String>,
    /// Whose messages command the bot; none: the platform's numbers.
    pub admin_phones: Vec<Phone>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

#[derive(Queryable, Selectable)]
#[diesel(table_name = settings)]
struct Row {
    version: i32,
    bot_enabled: bool,
    auto_reply_enabled: bool,
    #[diesel(deserialize_as = String)]
    language: Language,
    timezone: Option<String>,
    business_hours: Option<Value>,
    holidays: Value,
    away_message: Option<String>,
    admin_phones: Value,
    updated_at: DateTime<Utc>,
}

impl TryFrom<Row> for Settings {
    type Error = DbError;

    fn try_from(row: Row) -> Result<Self, DbError> {
        let zone = |name: String| name.parse::<Tz>().map_err(|error| unreadable(error.to_string()));
        Ok(Self {
            version: row.version,
            bot_enabled: row.bot_enabled,
            auto_reply_enabled: row.auto_reply_enabled,
            language: row.language,
            timezone: row.timezone.map(zone).transpose()?,
            business_hours: row
                .business_hours
                .map(serde_json::from_value)
                .transpose()
                .map_err(unreadable)?,
            holidays: serde_json::from_value(row.holidays).map_err(unreadable)?,
            away_message: row.away_message,
            admin_phones: serde_json::from_value(row.admin_phones).map_err(unreadable)?,
            updated_at: row.updated_at,
        })
    }
}

/// Somebody wrote into the database what this crate never does.
fn unreadable(error: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> DbError {
    diesel::result::Error::DeserializationError(error.into()).into()
}

impl Settings {
    /// When the tenant is open; `platform_zone` is the zone that the platform gave it, if it did.
    pub fn schedule(&self, platform_zone: Option<Tz>) -> Schedule {
        Schedule {
            hours: self.business_hours.clone(),
            holidays: self.holidays.clone(),
            zone: self.zone(platform_zone),
        }
    }

    /// Whose wall clock counts: its own, the platform's, or UTC.
    pub fn zone(&self, platform_zone: Option<Tz>) -> Tz {
        self.timezone.or(platform_zone).unwrap_or(Tz::UTC)
    }

    /// Each field that can be changed, as the audit and the rows have it.
    fn fields(&self) -> Value {
        json!({
            "bot_enabled": self.bot_enabled,
            "auto_reply_enabled": self.auto_reply_enabled,
            "language": self.language.as_str(),
            "timezone": self.timezone.map(Tz::name),
            "business_hours": self.business_hours,
            "holidays": self.holidays,
            "away_message": self.away_message,
            "admin_phones": self.admin_phones,
        })
    }
}

/// The tenant's settings as they are.
pub async fn read_settings(conn: &mut Conn<Tenant>) -> Result<Settings, DbError> {
    let row: Row = settings::table
        .select(Row::as_select())
        .first(&mut **conn)
        .await?;
    row.try_into()
}
