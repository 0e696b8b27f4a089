//! What the team does to its tags, written down together with who did it.

use chrono::{DateTime, Utc};
use pg::{Conn, DbError, Patch, Tenant};

use super::{SaveTagError, Tag, TagId, Tags};
use crate::{
    audit::{self, AuditEntry},
    user::UserId,
};

/// Adds a tag.
pub async fn create_tag(
    conn: &mut Conn<Tenant>,
    name: &str,
    color: Option<&str>,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Tag, SaveTagError> {
    conn.transaction(async |tx| {
        let tag = Tags::new(tx).insert(name, color).await?;
        record(tx, "tag.created", tag.id, actor, now).await?;
        Ok(tag)
    })
    .await
}

/// Renames or recolours a tag; `None` if there is no such tag.
pub async fn change_tag(
    conn: &mut Conn<Tenant>,
    id: TagId,
    name: Option<&str>,
    color: Patch<&str>,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<Option<Tag>, SaveTagError> {
    conn.transaction(async |tx| {
        let changed = Tags::new(tx).update(id, name, color).await?;
        if changed.is_some() {
            record(tx, "tag.updated", id, actor, now).await?;
        }
        Ok(changed)
    })
    .await
}

/// Removes a tag from everywhere; false if there was none.
pub async fn delete_tag(
    conn: &mut Conn<Tenant>,
    id: TagId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let deleted = Tags::new(tx).delete(id).await?;
        if deleted {
            record(tx, "tag.deleted", id, actor, now).await?;
        }
        Ok(deleted)
    })
    .await
}

async fn record(
    tx: &mut Conn<Tenant>,
    action: &str,
    id: TagId,
    actor: UserId,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor: Some(actor),
        action,
        target: Some(id.to_string()),
        data: serde_json::json!({}),
    };
    audit::record(tx, entry, now).await
}
