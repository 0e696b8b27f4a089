//! `tenant attach`

use anyhow::Context as _;
use chrono::{DateTime, Utc};
use control::{Actor, database::TenantDatabase, tenant::Tenant};
use pg::DatabaseUrl;
use resolver::attach::{self, AttachOptions};
use serde_json::{Value, json};

use super::migrate_tenant::migrate_one;
use crate::{
    args::{AttachTenant, Global},
    outcome::{Failure, Report},
    platform::{Platform, database_url, place},
    progress,
};

pub(crate) async fn run(global: &Global, args: &AttachTenant, now: DateTime<Utc>) -> Result<Report, Failure> {
    let url = database_url("the tenant's database", &args.database_url)?;
    let platform = Platform::open(global).await?;
    let tenant = platform.tenant(&args.tenant).await?;
    let database = attach_migrated(&platform, global, &tenant, &url, now).await?;
    Ok(Report::done(
        format!("{} is attached to {}.", place(&url), tenant.slug),
        json!({ "tenant": summary(&tenant), "database": face(&database) }),
    ))
}

/// Looks at the database, migrates it before everyone's eyes, and attaches it.
pub(crate) async fn attach_migrated(
    platform: &Platform,
    global: &Global,
    tenant: &Tenant,
    url: &DatabaseUrl,
    now: DateTime<Utc>,
) -> Result<TenantDatabase, Failure> {
    let refused = || format!("cannot attach {} to {}", place(url), tenant.slug);
    attach::inspect(platform.attaching(), tenant.id, url)
        .await
        .with_context(refused)?;
    let bar = progress::bar(global.json, url.database());
    migrate_one(&platform.connector, url, &bar).await?;
    bar.finish_and_clear();
    let attached = attach::attach(
        platform.attaching(),
        tenant.id,
        url,
        AttachOptions::default(),
        &Actor::command_line(),
        now,
    )
    .await;
    Ok(attached.with_context(refused)?)
}

/// A tenant as JSON shows it.
pub(crate) fn summary(tenant: &Tenant) -> Value {
    json!({ "id": tenant.id, "slug": tenant.slug.as_str(), "name": tenant.name, "plan": tenant.plan.as_str() })
}

/// A database as JSON shows it, without its password.
pub(crate) fn face(database: &TenantDatabase) -> Value {
    json!({
        "host": database.host,
        "port": database.port,
        "database": database.database_name,
        "user": database.user_name,
        "server_version": database.server_version,
    })
}
