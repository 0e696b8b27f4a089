//! The tenants' databases at a glance: what `provision` and earlier looks have found. No
//! database is asked for a list; one is when somebody says so.

use std::time::Duration;

use actix_web::web;
use chrono::{DateTime, Utc};
use control::{database::TenantDatabases, fleet::TenantMigration};
use resolver::fleet::{Overview, Target, look, overview, overviews};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json::{PageQuery, Query},
    problem::{Kind, Problem},
};

/// How long a database is waited for while somebody waits for the answer.
const PATIENCE: Duration = Duration::from_secs(5);

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/fleet/tenants").route(web::get().to(list_fleet_tenants)))
        .service(crate::routes::resource("/fleet/tenants/{id}/look").route(web::post().to(post_fleet_look)));
}

/// A tenant's database as it was last seen.
#[derive(Serialize, ToSchema)]
#[schema(as = FleetTenant)]
pub(crate) struct FleetTenantBody {
    tenant_id: String,
    slug: String,
    name: String,
    is_active: bool,
    /// When somebody last looked; null: never, and what follows is unknown.
    looked_at: Option<DateTime<Utc>>,
    /// Why it could not be used.
    error: Option<String>,
    /// The newest migration applied.
    version: Option<String>,
    /// Migrations that were still to be applied.
    pending: Option<i32>,
    size_bytes: Option<i64>,
    connections: Option<i32>,
    /// In what its schema differs from the release's, a sentence each.
    drift: Vec<String>,
    /// Since when something waits in the spool.
    oldest_spooled_at: Option<DateTime<Utc>>,
    lines: i64,
    paused_lines: i64,
    last_migration: Option<FleetMigrationBody>,
}

/// What the newest run of migrations did to a tenant's database.
#[derive(Serialize, ToSchema)]
#[schema(as = FleetMigration)]
pub(crate) struct FleetMigrationBody {
    run_id: String,
    /// waiting, running, done or failed.
    state: String,
    from_version: Option<String>,
    to_version: Option<String>,
    error: Option<String>,
    started_at: Option<DateTime<Utc>>,
    ended_at: Option<DateTime<Utc>>,
}

/// The tenants, newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct FleetTenantPage {
    items: Vec<FleetTenantBody>,
    next_cursor: Option<String>,
}

impl From<TenantMigration> for FleetMigrationBody {
    fn from(migration: TenantMigration) -> Self {
        Self {
            run_id: migration.run_id.to_string(),
            state: migration.state.to_string(),
            from_version: migration.from_version,
            to_version: migration.to_version,
            error: migration.error,
            started_at: migration.started_at,
            ended_at: migration.ended_at,
        }
    }
}

impl From<Overview> for FleetTenantBody {
    fn from(found: Overview) -> Self {
        let Overview {
            tenant,
            state,
            migration,
            burden,
        } = found;
        Self {
            tenant_id: tenant.id.to_string(),
            slug: tenant.slug.to_string(),
            name: tenant.name,
            is_active: tenant.is_active,
            looked_at: state.as_ref().map(|state| state.looked_at),
            error: state.as_ref().and_then(|state| state.error.clone()),
            version: state.as_ref().and_then(|state| state.version.clone()),
            pending: state.as_ref().and_then(|state| state.pending),
            size_bytes: state.as_ref().and_then(|state| state.size_bytes),
            connections: state.as_ref().and_then(|state| state.connections),
            drift: state.map(|state| state.drift).unwrap_or_default(),
            oldest_spooled_at: burden.as_ref().and_then(|burden| burden.oldest_spooled_at),
            lines: burden.as_ref().map_or(0, |burden| burden.lines),
            paused_lines: burden.as_ref().map_or(0, |burden| burden.paused_lines),
            last_migration: migration.map(Into::into),
        }
    }
}

/// The tenants' databases as they were last seen.
#[utoipa::path(get, path = "/api/superadmin/fleet/tenants", tag = "superadmin", params(PageQuery),
    responses((status = 200, body = FleetTenantPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_fleet_tenants(
    platform: Platform,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<FleetTenantPage>, Problem> {
    let found = overviews(platform.app.resolver().platform(), &page.request()?).await?;
    Ok(web::Json(FleetTenantPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Look at a tenant's database now, for five seconds at most.
#[utoipa::path(post, path = "/api/superadmin/fleet/tenants/{id}/look", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = FleetTenantBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_fleet_look(
    platform: Platform,
    id: web::Path<String>,
) -> Result<web::Json<FleetTenantBody>, Problem> {
    let tenant = super::tenant(&platform, &id).await?;
    let mut conn = platform.conn().await?;
    let database = TenantDatabases::new(&mut conn).find(tenant.id).await?;
    drop(conn);
    let none = || Problem::new(Kind::Conflict, "the company has no database to look at");
    let target = Target {
        database: database.ok_or_else(none)?,
        tenant,
    };
    let resolver = platform.app.resolver();
    look(resolver.platform(), &target, PATIENCE, platform.now).await?;
    let found = overview(resolver.platform(), target.tenant).await?;
    Ok(web::Json(found.into()))
}
