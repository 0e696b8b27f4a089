//! Creates a tenant.

use chrono::{DateTime, Utc};
use pg::{Conn, Control, DbError};
use serde_json::json;

use super::{InvalidSlug, Plan, Slug, Tenant, repo::TenantRow, repo::Tenants};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change, text,
};

/// The tenant to create.
#[derive(Debug, Clone)]
pub struct NewTenant {
    /// What people call it.
    pub name: String,
    /// Its short unique name.
    pub slug: String,
    /// What it pays for.
    pub plan: Plan,
}

/// Why a tenant was not created.
#[derive(Debug, thiserror::Error)]
pub enum CreateTenantError {
    /// The short name has characters it cannot have.
    #[error(transparent)]
    InvalidSlug(#[from] InvalidSlug),
    /// The name is empty, too long or has control characters.
    #[error("a tenant's name has 1 to 120 characters")]
    InvalidName,
    /// Another tenant has the short name.
    #[error("another tenant has this slug")]
    SlugTaken,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Creates a tenant without a database and without lines.
#[tracing::instrument(name = "tenant.create", skip_all)]
pub async fn create_tenant(
    conn: &mut Conn<Control>,
    wanted: NewTenant,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Tenant, CreateTenantError> {
    let slug: Slug = wanted.slug.parse()?;
    let name = text::name(&wanted.name).ok_or(CreateTenantError::InvalidName)?;
    let row = TenantRow {
        name: &name,
        slug: &slug,
        plan: wanted.plan,
        is_active: true,
    };
    conn.transaction(async |tx| {
        let tenant = Tenants::new(tx).insert(row, now).await.map_err(|error| {
            if error.conflicts_with("tenants_slug_key") { CreateTenantError::SlugTaken } else { error.into() }
        })?;
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(tenant.id),
                action: "tenant.created",
                target: Some(tenant.id.to_string()),
                data: json!({ "name": tenant.name, "slug": tenant.slug.as_str(), "plan": tenant.plan.as_str() }),
            },
        )
        .await?;
        change::notify(tx, tenant.id).await?;
        Ok(tenant)
    })
    .await
}
