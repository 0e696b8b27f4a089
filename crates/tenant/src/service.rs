//! What the tenant offers.

mod save;

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use diesel::{dsl::exists, prelude::*};
use diesel_async::RunQueryDsl;
pub use iso_currency::Currency;
use pg::{Conn, DbError, ListError, Page, PageRequest, Tenant};

pub use self::save::{
    InvalidService, Price, SaveServiceError, ServiceChanges, ServiceFields, change_service, create_service,
    delete_service,
};
pub use crate::id::ServiceId;
use crate::{
    branch::BranchId,
    catalogue::CatalogueFilter,
    schema::{service_branches, services},
};

/// Something that the tenant offers.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = services)]
pub struct Service {
    /// Its id.
    pub id: ServiceId,
    /// What the tenant's own systems call it; unique without regard to case.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// What stands below the name.
    pub subtitle: Option<String>,
    /// What it is.
    pub description: Option<String>,
    /// In the currency's smallest unit.
    pub price_minor: Option<i64>,
    /// ISO 4217; there with the price only.
    pub currency: Option<String>,
    /// How long it takes, in minutes.
    pub duration_min: Option<i32>,
    /// An `https` URL of a picture.
    pub image_url: Option<String>,
    /// Whether it is shown before others.
    pub is_featured: bool,
    /// Whether it is offered.
    pub is_active: bool,
    /// Its place in the list.
    pub position: i32,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// A service and where it is offered.
#[derive(Debug, Clone, PartialEq)]
pub struct ServiceView {
    /// The service itself.
    pub service: Service,
    /// Where it is offered; none: everywhere.
    pub branches: Vec<BranchId>,
}

/// Which services a list shows.
#[derive(Debug, Clone, Default)]
pub struct ServiceFilter {
    /// As in every catalogue.
    pub catalogue: CatalogueFilter,
    /// Only what is offered in this branch, be it everywhere.
    pub branch: Option<BranchId>,
}

/// Queries over `services`.
pub struct Services<'c>(&'c mut Conn<Tenant>);

impl<'c> Services<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// The services in their order.
    pub async fn list(
        &mut self,
        filter: &ServiceFilter,
        page: &PageRequest,
    ) -> Result<Page<ServiceView>, ListError> {
        let mut query = services::table
            .select(Service::as_select())
            .order((services::position, services::id))
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(is_active) = filter.catalogue.is_active {
            query = query.filter(services::is_active.eq(is_active));
        }
        if let Some(pattern) = filter.catalogue.pattern() {
            let found = services::name
                .ilike(pattern.clone())
                .or(services::code.ilike(pattern.clone()))
                .or(services::subtitle.ilike(pattern));
            query = query.filter(found);
        }
        if let Some(branch) = filter.branch {
            let offered = || service_branches::table.filter(service_branches::service_id.eq(services::id));
            let here = offered().filter(service_branches::branch_id.eq(branch));
            query = query.filter(exists(here).or(diesel::dsl::not(exists(offered()))));
        }
        if let Some((position, id)) = page.after::<(i32, ServiceId)>()? {
            let same_place = services::position.eq(position).and(services::id.gt(id));
            query = query.filter(services::position.gt(position).or(same_place));
        }
        let rows = query.load(&mut **self.0).await?;
        let page = Page::from_rows(rows, page.limit, |row: &Service| (row.position, row.id));
        let ids: Vec<ServiceId> = page.items.iter().map(|service| service.id).collect();
        let mut branches = self.branches(&ids).await?;
        Ok(page.map(|service| ServiceView {
            branches: branches.remove(&service.id).unwrap_or_default(),
            service,
        }))
    }

    /// One service.
    pub async fn find(&mut self, id: ServiceId) -> Result<Option<ServiceView>, DbError> {
        let found: Option<Service> = services::table
            .find(id)
            .select(Service::as_select())
            .first(&mut **self.0)
            .await
            .optional()?;
        let Some(service) = found else {
            return Ok(None);
        };
        let branches = self.branches(&[id]).await?.remove(&id).unwrap_or_default();
        Ok(Some(ServiceView { service, branches }))
    }

    async fn branches(&mut self, ids: &[ServiceId]) -> Result<HashMap<ServiceId, Vec<BranchId>>, DbError> {
        let rows: Vec<(ServiceId, BranchId)> = service_branches::table
            .filter(service_branches::service_id.eq_any(ids))
            .order((service_branches::service_id, service_branches::branch_id))
            .select((service_branches::service_id, service_branches::branch_id))
            .load(&mut **self.0)
            .await?;
        let mut by_service: HashMap<ServiceId, Vec<BranchId>> = HashMap::new();
        for (service, branch) in rows {
            by_service.entry(service).or_default().push(branch);
        }
        Ok(by_service)
    }
}
