//! The tenant's own record of SuperAdmins of the platform who were in its panel as one of the team.
//!
//! What such a person does names the impersonation where it would name a user
//! ([`Impersonation::acting`]): the audit and the messages always say who it was, and no
//! user comes from it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::{
    audit::{self, AuditEntry},
    id::UserId,
    schema::impersonations,
};

/// A SuperAdmin in the tenant's panel.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Impersonation {
    /// Its id, also in the control plane.
    pub id: Uuid,
    /// The SuperAdmin, in the control plane.
    pub superadmin_id: Uuid,
    /// As they are called.
    pub superadmin_name: String,
    /// What they log in with.
    pub superadmin_email: String,
    /// With whose eyes; `None`: with those of `role`.
    pub user: Option<UserId>,
    /// The key of the role with whose eyes, where it is not a user's.
    pub role: Option<String>,
    /// Whether something may be changed.
    pub can_write: bool,
    /// What for.
    pub reason: String,
    /// Until when at most.
    pub expires_at: DateTime<Utc>,
}

impl Impersonation {
    /// Whom the tenant's records name for what is done.
    pub fn acting(&self) -> UserId {
        UserId(self.id)
    }
}

/// Writes down that it begins, here and in the audit.
pub async fn begin(conn: &mut Conn<Tenant>, new: &Impersonation, now: DateTime<Utc>) -> Result<(), DbError> {
    conn.transaction(async |tx| {
        diesel::insert_into(impersonations::table)
            .values((
                impersonations::id.eq(new.id),
                impersonations::superadmin_id.eq(new.superadmin_id),
                impersonations::superadmin_name.eq(&new.superadmin_name),
                impersonations::superadmin_email.eq(&new.superadmin_email),
                impersonations::user_id.eq(new.user),
                impersonations::role.eq(&new.role),
                impersonations::can_write.eq(new.can_write),
                impersonations::reason.eq(&new.reason),
                impersonations::began_at.eq(now),
                impersonations::expires_at.eq(new.expires_at),
            ))
            .execute(&mut **tx)
            .await?;
        let data = json!({
            "superadmin": new.superadmin_email,
            "user_id": new.user,
            "role": new.role,
            "write": new.can_write,
            "reason": new.reason,
            "until": new.expires_at,
        });
        record(tx, "impersonation.started", new.id, data, now).await
    })
    .await
}

/// Writes down that it ended before its time; `by` is the e-mail of the SuperAdmin who ended it.
pub async fn end(
    conn: &mut Conn<Tenant>,
    id: Uuid,
    by: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    conn.transaction(async |tx| {
        let live = impersonations::table
            .find(id)
            .filter(impersonations::ended_at.is_null());
        let ended = diesel::update(live)
            .set(impersonations::ended_at.eq(now))
            .execute(&mut **tx)
            .await?;
        if ended > 0 {
            record(tx, "impersonation.ended", id, json!({ "by": by }), now).await?;
        }
        Ok(())
    })
    .await
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &'static str,
    id: Uuid,
    data: Value,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor: Some(UserId(id)),
        action,
        target: Some(id.to_string()),
        data,
    };
    audit::record(tx, entry, now).await
}

/// The SuperAdmins' names by impersonation.
pub(crate) async fn names(conn: &mut Conn<Tenant>, ids: &[UserId]) -> Result<Vec<(UserId, String)>, DbError> {
    let ids: Vec<Uuid> = ids.iter().map(|id| id.uuid()).collect();
    let found: Vec<(Uuid, String)> = impersonations::table
        .filter(impersonations::id.eq_any(ids))
        .select((impersonations::id, impersonations::superadmin_name))
        .load(&mut **conn)
        .await?;
    Ok(found.into_iter().map(|(id, name)| (UserId(id), name)).collect())
}
