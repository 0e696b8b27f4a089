//! The processes that work on tenants, and the tenants that nobody works on.

use actix_web::web;
use chrono::{DateTime, Utc};
use control::lane::{Lanes, WorkerSummary};
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
    items: Vec<WorkerBody>,
    next_cursor: Option<String>,
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
    Ok(web::Json(FleetPage {
        tenants: totals.tenants,
        tenants_without_owner: totals.without_owner,
        oldest_lease_until: totals.oldest_lease_until,
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}
