//! Attaches a database to a tenant, in place of the one before.

use chrono::{DateTime, Utc};
use crypto::Keyring;
use pg::{Conn, Control, DatabaseUrl, DbError, Email, TenantId};
use serde_json::json;

use super::{TenantDatabase, repo::TenantDatabases, url_place};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change,
    directory::Directory,
    tenant::Tenants,
};

/// Why a database was not attached.
#[derive(Debug, thiserror::Error)]
pub enum AttachDatabaseError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
    /// Another tenant has this database.
    #[error("this database belongs to another tenant")]
    TakenByAnother,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Keeps the tenant's database URL, sealed, and lets the users found in that
/// database log in.
///
/// The caller has tried the URL before: that it connects, is migrated, belongs
/// to this tenant, and is not the control plane's own database. A user whose
/// e-mail is none (only a hand could have written it) cannot log in.
#[tracing::instrument(name = "database.attach", skip_all, fields(tenant.id = %tenant_id))]
#[expect(
    clippy::too_many_arguments,
    reason = "each is another kind of thing, none optional"
)]
pub async fn attach_database(
    conn: &mut Conn<Control>,
    keyring: &Keyring,
    tenant_id: TenantId,
    url: &DatabaseUrl,
    server_version: &str,
    user_emails: &[String],
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<TenantDatabase, AttachDatabaseError> {
    let sealed = keyring.seal(&url_place(tenant_id), &url.to_secret());
    let emails: Vec<Email> = user_emails
        .iter()
        .filter_map(|email| email.parse().ok())
        .collect();
    conn.transaction(async |tx| {
        Tenants::new(tx)
            .lock(tenant_id)
            .await?
            .ok_or(AttachDatabaseError::UnknownTenant)?;
        let database = TenantDatabases::new(tx)
            .upsert(tenant_id, url, &sealed, server_version, now)
            .await
            .map_err(|error| {
                if error.conflicts_with("tenant_databases_place_key") {
                    AttachDatabaseError::TakenByAnother
                } else {
                    error.into()
                }
            })?;
        Directory::new(tx).replace(tenant_id, &emails).await?;
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(tenant_id),
                action: "database.attached",
                target: Some(tenant_id.to_string()),
                data: json!({
                    "host": database.host,
                    "port": database.port,
                    "database": database.database_name,
                    "user": database.user_name,
                    "users": emails.len(),
                }),
            },
        )
        .await?;
        change::notify(tx, tenant_id).await?;
        Ok(database)
    })
    .await
}
