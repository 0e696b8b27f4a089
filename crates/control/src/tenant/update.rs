//! Changes a tenant, which includes suspending it.

use chrono::{DateTime, Utc};
use pg::{Conn, Control, DbError, TenantId};
use serde_json::{Map, Value, json};

use super::{InvalidSlug, Plan, Slug, Tenant, repo::TenantRow, repo::Tenants};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    change, text,
};

/// What to change; `None` leaves a field as it is.
#[derive(Debug, Clone, Default)]
pub struct TenantChanges {
    /// What people call it.
    pub name: Option<String>,
    /// Its short unique name.
    pub slug: Option<String>,
    /// What it pays for.
    pub plan: Option<Plan>,
    /// Whether it may log in and send.
    pub is_active: Option<bool>,
}

/// Why a tenant was not changed.
#[derive(Debug, thiserror::Error)]
pub enum UpdateTenantError {
    /// There is no such tenant.
    #[error("there is no such tenant")]
    UnknownTenant,
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

/// Changes a tenant; without any real change nothing is written.
#[tracing::instrument(name = "tenant.update", skip_all, fields(tenant.id = %id))]
pub async fn update_tenant(
    conn: &mut Conn<Control>,
    id: TenantId,
    changes: TenantChanges,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Tenant, UpdateTenantError> {
    let slug: Option<Slug> = changes.slug.as_deref().map(str::parse).transpose()?;
    let name = changes
        .name
        .as_deref()
        .map(|name| text::name(name).ok_or(UpdateTenantError::InvalidName))
        .transpose()?;
    conn.transaction(async |tx| {
        let old = Tenants::new(tx)
            .lock(id)
            .await?
            .ok_or(UpdateTenantError::UnknownTenant)?;
        let row = TenantRow {
            name: name.as_deref().unwrap_or(&old.name),
            slug: slug.as_ref().unwrap_or(&old.slug),
            plan: changes.plan.unwrap_or(old.plan),
            is_active: changes.is_active.unwrap_or(old.is_active),
        };
        let data = difference(&old, &row);
        if data.is_empty() {
            return Ok(old);
        }
        let tenant = Tenants::new(tx).update(id, row, now).await.map_err(|error| {
            if error.conflicts_with("tenants_slug_key") {
                UpdateTenantError::SlugTaken
            } else {
                error.into()
            }
        })?;
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor,
                tenant_id: Some(id),
                action: "tenant.updated",
                target: Some(id.to_string()),
                data: Value::Object(data),
            },
        )
        .await?;
        change::notify(tx, id).await?;
        Ok(tenant)
    })
    .await
}

/// Each changed field with its old and new value.
fn difference(old: &Tenant, new: &TenantRow<'_>) -> Map<String, Value> {
    let fields = [
        ("name", json!(old.name), json!(new.name)),
        ("slug", json!(old.slug.as_str()), json!(new.slug.as_str())),
        ("plan", json!(old.plan.as_str()), json!(new.plan.as_str())),
        ("is_active", json!(old.is_active), json!(new.is_active)),
    ];
    fields
        .into_iter()
        .filter(|(_field, from, to)| from != to)
        .map(|(field, from, to)| (field.to_owned(), json!({ "from": from, "to": to })))
        .collect()
}
