//! Who changed what in this tenant.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use uuid::Uuid;

use crate::{schema::audit_log, user::UserId};

/// One line of the audit: a stable action such as `conversation.assigned`, what
/// it was done to, and the values that changed (never a secret, never a text of a customer).
#[derive(Debug)]
pub struct AuditEntry<'a> {
    /// Who; `None` for the system.
    pub actor: Option<UserId>,
    /// What, as `entity.verb`.
    pub action: &'a str,
    /// The id of what it was done to.
    pub target: Option<String>,
    /// Values worth keeping.
    pub data: serde_json::Value,
}

/// Writes one entry; call it in the transaction of the change it tells of.
pub async fn record(
    conn: &mut Conn<Tenant>,
    entry: AuditEntry<'_>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(audit_log::table)
        .values((
            audit_log::id.eq(Uuid::now_v7()),
            audit_log::at.eq(now),
            audit_log::actor_id.eq(entry.actor),
            audit_log::action.eq(entry.action),
            audit_log::target.eq(entry.target),
            audit_log::data.eq(entry.data),
        ))
        .execute(&mut **conn)
        .await?;
    Ok(())
}
