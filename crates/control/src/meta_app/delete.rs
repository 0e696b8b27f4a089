//! Removes an app.

use chrono::{DateTime, Utc};
use pg::{Conn, Control, DbError};
use serde_json::json;

use super::{MetaAppId, repo::MetaApps};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change,
};

/// Why an app was not removed.
#[derive(Debug, thiserror::Error)]
pub enum DeleteMetaAppError {
    /// There is no such app.
    #[error("there is no such app")]
    UnknownApp,
    /// Lines are bound to it.
    #[error("lines use this app; let them use another one first")]
    InUse,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Removes an app that no line uses; its callback path answers nobody any more.
#[tracing::instrument(name = "meta_app.delete", skip_all, fields(app.id = %id))]
pub async fn delete_meta_app(
    conn: &mut Conn<Control>,
    id: MetaAppId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DeleteMetaAppError> {
    conn.transaction(async |tx| {
        let mut apps = MetaApps::new(tx);
        let app = apps.lock(id).await?.ok_or(DeleteMetaAppError::UnknownApp)?;
        apps.delete(id).await.map_err(|error| {
            if error.conflicts_with("channels_app_id_fkey") {
                DeleteMetaAppError::InUse
            } else {
                error.into()
            }
        })?;
        let entry = AuditEntry {
            at: now,
            actor,
            tenant_id: app.tenant_id,
            action: "meta_app.deleted",
            target: Some(id.to_string()),
            data: json!({ "name": app.name }),
        };
        audit::record(tx, entry).await?;
        change::notify_all(tx, &[]).await?;
        Ok(())
    })
    .await
}
