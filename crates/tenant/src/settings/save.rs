//! Changing what holds for the whole tenant.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Patch, Tenant};

use super::{
    Language, MAX_ADMIN_PHONES, MAX_AWAY_MESSAGE, Row, Settings,
    hours::{BusinessHours, Holiday, MAX_HOLIDAY_NAME, MAX_HOLIDAYS},
    read_settings,
};
use crate::{
    audit::{self, AuditEntry, difference},
    phone::Phone,
    schema::settings,
    text,
    user::UserId,
};

/// What to change; `None` leaves a field.
#[derive(Debug, Clone, Default)]
pub struct SettingsChanges {
    /// The version that was seen; `None`: whatever it is now.
    pub version: Option<i32>,
    /// Whether the bot answers.
    pub bot_enabled: Option<bool>,
    /// Whether anything is answered by itself.
    pub auto_reply_enabled: Option<bool>,
    /// What the bot speaks.
    pub language: Option<Language>,
    /// Whose wall clock counts.
    pub timezone: Patch<Tz>,
    /// By weekday.
    pub business_hours: Patch<BusinessHours>,
    /// All of them, in whatever order.
    pub holidays: Option<Vec<Holiday>>,
    /// What is answered outside the hours.
    pub away_message: Patch<String>,
    /// All of them.
    pub admin_phones: Option<Vec<Phone>>,
}

/// What is wrong with a holiday.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum HolidayFault {
    /// Empty, or longer than [`MAX_HOLIDAY_NAME`].
    #[error("a holiday's name has 1 to {MAX_HOLIDAY_NAME} characters")]
    Name,
    /// Another one is on the same date.
    #[error("there is another holiday on this date")]
    Twice,
}

/// Why the settings were not changed.
#[derive(Debug, thiserror::Error)]
pub enum SaveSettingsError {
    /// Somebody changed them since they were read.
    #[error("somebody else changed the settings; read them again")]
    Changed,
    /// A holiday, by its place in the list.
    #[error("{fault}")]
    Holiday {
        /// Its place in the list.
        place: usize,
        /// What is wrong with it.
        fault: HolidayFault,
    },
    /// More than [`MAX_HOLIDAYS`].
    #[error("there are at most {MAX_HOLIDAYS} holidays")]
    TooManyHolidays,
    /// Empty, too long or with control characters.
    #[error("the message has 1 to {MAX_AWAY_MESSAGE} characters")]
    AwayMessage,
    /// More than [`MAX_ADMIN_PHONES`].
    #[error("there are at most {MAX_ADMIN_PHONES} numbers")]
    TooManyPhones,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Changes what is named; what is the same as before is neither stored nor written down.
pub async fn change_settings(
    conn: &mut Conn<Tenant>,
    changes: SettingsChanges,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Settings, SaveSettingsError> {
    let changes = checked(changes)?;
    conn.transaction(async |tx| {
        let before = lock(tx).await?;
        if changes.version.is_some_and(|seen| seen != before.version) {
            return Err(SaveSettingsError::Changed);
        }
        let mut after = applied(&before, changes);
        let data = difference(&before.fields(), &after.fields());
        if data.is_empty() {
            return Ok(before);
        }
        after.version += 1;
        after.updated_at = now;
        store(tx, &after).await?;
        let entry = AuditEntry {
            actor: Some(actor),
            action: "settings.updated",
            target: None,
            data: data.into(),
        };
        audit::record(tx, entry, now).await?;
        Ok(read_settings(tx).await?)
    })
    .await
}

async fn lock(tx: &mut Conn<Tenant>) -> Result<Settings, DbError> {
    let row: Row = settings::table
        .select(Row::as_select())
        .for_update()
        .first(&mut **tx)
        .await?;
    row.try_into()
}

async fn store(tx: &mut Conn<Tenant>, after: &Settings) -> Result<(), DbError> {
    let fields = after.fields();
    let hours = Some(&fields["business_hours"]).filter(|hours| !hours.is_null());
    diesel::update(settings::table)
        .set((
            settings::version.eq(after.version),
            settings::bot_enabled.eq(after.bot_enabled),
            settings::auto_reply_enabled.eq(after.auto_reply_enabled),
            settings::language.eq(after.language.as_str()),
            settings::timezone.eq(after.timezone.map(Tz::name)),
            settings::business_hours.eq(hours),
            settings::holidays.eq(&fields["holidays"]),
            settings::away_message.eq(&after.away_message),
            settings::admin_phones.eq(&fields["admin_phones"]),
            settings::updated_at.eq(after.updated_at),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}

fn applied(before: &Settings, changes: SettingsChanges) -> Settings {
    Settings {
        version: before.version,
        bot_enabled: changes.bot_enabled.unwrap_or(before.bot_enabled),
        auto_reply_enabled: changes.auto_reply_enabled.unwrap_or(before.auto_reply_enabled),
        language: changes.language.unwrap_or(before.language),
        timezone: changes.timezone.over(before.timezone),
        business_hours: changes.business_hours.over(before.business_hours.clone()),
        holidays: changes.holidays.unwrap_or_else(|| before.holidays.clone()),
        away_message: changes.away_message.over(before.away_message.clone()),
        admin_phones: changes
            .admin_phones
            .unwrap_or_else(|| before.admin_phones.clone()),
        updated_at: before.updated_at,
    }
}

fn checked(changes: SettingsChanges) -> Result<SettingsChanges, SaveSettingsError> {
    let away =
        |message: String| text::lines(&message, MAX_AWAY_MESSAGE).ok_or(SaveSettingsError::AwayMessage);
    let mut phones = changes.admin_phones;
    if let Some(phones) = &mut phones {
        let mut seen = std::collections::HashSet::new();
        phones.retain(|phone| seen.insert(phone.clone()));
        if phones.len() > MAX_ADMIN_PHONES {
            return Err(SaveSettingsError::TooManyPhones);
        }
    }
    Ok(SettingsChanges {
        holidays: changes.holidays.map(holidays).transpose()?,
        away_message: changes.away_message.try_map(away)?,
        admin_phones: phones,
        ..changes
    })
}

fn holidays(mut all: Vec<Holiday>) -> Result<Vec<Holiday>, SaveSettingsError> {
    if all.len() > MAX_HOLIDAYS {
        return Err(SaveSettingsError::TooManyHolidays);
    }
    let mut dates = std::collections::HashSet::new();
    for (place, holiday) in all.iter_mut().enumerate() {
        let wrong = |fault| SaveSettingsError::Holiday { place, fault };
        holiday.name = text::line(&holiday.name, MAX_HOLIDAY_NAME).ok_or(wrong(HolidayFault::Name))?;
        if !dates.insert(holiday.date) {
            return Err(wrong(HolidayFault::Twice));
        }
    }
    all.sort_by_key(|holiday| holiday.date);
    Ok(all)
}
