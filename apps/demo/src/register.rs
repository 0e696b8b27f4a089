//! The databases' structure, and what the platform knows: tenants and their lines.

use anyhow::Context;
use serde_json::{Value, json};

use crate::plan::{PASSWORD, TENANTS, Tenant, User};
use crate::provision::Provision;
use crate::state::State;

/// Brings every database up to date; a second run has nothing to do.
pub(crate) async fn migrate(provision: &Provision<'_>) -> anyhow::Result<()> {
    provision.migrate_control().await?;
    for tenant in &TENANTS {
        provision.migrate_tenant(tenant).await?;
    }
    Ok(())
}

/// Tenants and lines with their ids, registered at the first run.
pub(crate) async fn tenants(provision: &Provision<'_>, state: &mut State) -> anyhow::Result<Vec<Value>> {
    state.once("superadmin", provision.seed_superadmin()).await?;
    let mut tenants = Vec::new();
    for tenant in &TENANTS {
        let step = |what: &str| format!("{}/{what}", tenant.slug);
        state.once(&step("admin"), provision.seed_admin(tenant)).await?;
        let created = state
            .once(&step("tenant"), provision.create_tenant(tenant))
            .await?;
        let mut channels = Vec::new();
        for (index, line) in tenant.lines.iter().enumerate() {
            let add = provision.add_line(tenant, line, index == 0);
            let added = state.once(&step(line.phone_number_id), add).await?;
            let secrets = provision.secrets.line(line)?;
            channels.push(json!({
                "id": id(&added, "channel")?,
                "phone_number_id": line.phone_number_id,
                "waba_id": line.waba_id,
                "app_secret": secrets.app_secret,
                "wa_token": secrets.token,
                "display_phone_number": line.number,
            }));
        }
        tenants.push(described(
            tenant,
            id(&created, "tenant")?,
            &provision.cluster.url(tenant.database),
            &channels,
        ));
    }
    Ok(tenants)
}

fn described(tenant: &Tenant, id: &str, database_url: &str, channels: &[Value]) -> Value {
    let user = |user: &User| json!({ "email": user.email, "password": PASSWORD, "role": user.role });
    let users: Vec<Value> = tenant.users.iter().map(user).collect();
    json!({ "id": id, "slug": tenant.slug, "database_url": database_url, "users": users, "channels": channels })
}

/// The id of what a command made: `tenant` or `channel`.
fn id<'a>(answer: &'a Value, made: &str) -> anyhow::Result<&'a str> {
    answer
        .get(made)
        .and_then(|made| made.get("id"))
        .and_then(Value::as_str)
        .with_context(|| format!("provision told no id: {answer}"))
}
