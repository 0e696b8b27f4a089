//! Settings of the whole platform.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError};
use serde_json::json;

use crate::{
    Actor,
    audit::{self, AuditEntry},
    schema::platform_settings,
};

/// Settings of the whole platform.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Queryable, Selectable)]
#[diesel(table_name = platform_settings)]
pub struct PlatformSettings {
    /// Whether SuperAdmins need a second factor for everything but setting one up.
    pub superadmin_totp_required: bool,
    /// When they were last changed.
    pub updated_at: DateTime<Utc>,
}

/// The settings.
pub async fn read(conn: &mut Conn<Control>) -> Result<PlatformSettings, DbError> {
    Ok(platform_settings::table
        .select(PlatformSettings::as_select())
        .first(&mut **conn)
        .await?)
}

/// Says whether SuperAdmins need a second factor.
#[tracing::instrument(name = "platform_settings.require_totp", skip_all)]
pub async fn require_totp(
    conn: &mut Conn<Control>,
    required: bool,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<PlatformSettings, DbError> {
    conn.transaction(async |tx| {
        let settings = diesel::update(platform_settings::table)
            .set((
                platform_settings::superadmin_totp_required.eq(required),
                platform_settings::updated_at.eq(now),
            ))
            .returning(PlatformSettings::as_returning())
            .get_result(&mut **tx)
            .await?;
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: None,
            action: "platform.settings_changed",
            target: None,
            data: json!({ "superadmin_totp_required": required }),
        };
        audit::record(tx, entry).await?;
        Ok(settings)
    })
    .await
}
