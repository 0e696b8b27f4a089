//! The processes that work on tenants, and the tenants that nobody works on.

use actix_web::web;
use chrono::{DateTime, Utc};
use control::{
    fleet::{FleetTotals, TenantStates},
    lane::{Lanes, WorkerSummary},
};
use serde::Serialize;
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json::{PageQuery, Query},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(crate::routes::resource("/fleet").route(web::get().to(get_fleet)));
}

/// A process that works on tenants.
#[derive(Serialize, ToSchema)]
#[schema(as = Worker)]
pub(crate) struct WorkerBody {
    id: String,
    /// Host and process.
    name: String,
    started_at: DateTime<Utc>,
    /// One that was not seen for 30 seconds is dead.
    seen_at: DateTime<Utc>,
    /// Tenants that it works on.
    lanes: i64,
    /// The first of its leases to end unless it renews.
    oldest_lease_until: Option<DateTime<Utc>>,
}

/// The processes, the longest running first, and all lanes at a glance.
#[derive(Serialize, ToSchema)]
pub(crate) struct FleetPage {
    /// Tenants that have a database.
    tenants: i64,
    /// Those that no process works on.
    tenants_without_owner: i64,
    /// The first of all leases to end unless it is renewed.
    oldest_lease_until: Option<DateTime<Utc>>,
    /// The newest migration that this release has for tenants' databases.
    expected_version: String,
    /// What was last seen of the tenants' databases.
    databases: FleetDatabases,
    items: Vec<WorkerBody>,
    next_cursor: Option<String>,
}

/// What was last seen of the tenants' databases.
#[derive(Serialize, ToSchema)]
pub(crate) struct FleetDatabases {
    /// Those that somebody has looked at.
    looked_at: i64,
    /// The oldest look of all.
    oldest_look: Option<DateTime<Utc>>,
    /// Those that could not be used.
    unusable: i64,
    /// Those that lacked migrations.
    behind: i64,
    /// Those whose schema was another one.
    drifted: i64,
}

impl From<FleetTotals> for FleetDatabases {
    fn from(totals: FleetTotals) -> Self {
        Self {
            looked_at: totals.looked_at,
            oldest_look: totals.oldest_look,
            unusable: totals.unusable,
            behind: totals.behind,
            drifted: totals.drifted,
        }
    }
}

impl From<WorkerSummary> for WorkerBody {
    fn from(worker: WorkerSummary) -> Self {
        Self {
            id: worker.id.to_string(),
            name: worker.name,
            started_at: worker.started_at,
            seen_at: worker.seen_at,
            lanes: worker.lanes,
            oldest_lease_until: worker.oldest_lease_until,
        }
    }
}

/// The processes that work on tenants.
#[utoipa::path(get, path = "/api/superadmin/fleet", tag = "superadmin", params(PageQuery),
    responses((status = 200, body = FleetPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn get_fleet(
    platform: Platform,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<FleetPage>, Problem> {
    let mut conn = platform.conn().await?;
    let mut lanes = Lanes::new(&mut conn);
    let totals = lanes.totals().await?;
    let found = lanes.workers(&page.request()?).await?;
    let databases = TenantStates::new(&mut conn).totals().await?;
    Ok(web::Json(FleetPage {
        expected_version: pg::migrate::latest(&tenant::MIGRATIONS),
        databases: databases.into(),
        tenants: totals.tenants,
        tenants_without_owner: totals.without_owner,
        oldest_lease_until: totals.oldest_lease_until,
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}
