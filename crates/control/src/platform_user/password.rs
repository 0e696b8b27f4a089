//! A SuperAdmin's own password.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, QueryDsl};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError};
use serde_json::json;
use uuid::Uuid;

use super::PlatformUser;
use crate::{
    Actor,
    audit::{self, AuditEntry},
    schema::platform_users,
    session::{SessionSubject, revoke_others},
};

/// Puts a new hash in the place of the one that `user` was read with, and ends every
/// session but the one of `family`. False when the password was changed meanwhile.
#[tracing::instrument(name = "platform_user.replace_password", skip_all)]
pub async fn replace_password(
    conn: &mut Conn<Control>,
    user: &PlatformUser,
    hash: &str,
    family: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let same = platform_users::table
            .find(user.id)
            .filter(platform_users::password_hash.eq(user.password_hash()));
        let replaced = diesel::update(same)
            .set((
                platform_users::password_hash.eq(hash),
                platform_users::updated_at.eq(now),
            ))
            .execute(&mut **tx)
            .await?;
        if replaced == 0 {
            return Ok(false);
        }
        let subject = SessionSubject {
            tenant_id: None,
            user_id: user.id.uuid(),
        };
        revoke_others(tx, subject, family, now).await?;
        let entry = AuditEntry {
            at: now,
            actor: &Actor::user(user.id.uuid(), user.email.as_str()),
            tenant_id: None,
            action: "superadmin.password_changed",
            target: Some(user.id.to_string()),
            data: json!({}),
        };
        audit::record(tx, entry).await?;
        Ok(true)
    })
    .await
}
