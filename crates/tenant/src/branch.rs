//! Where the tenant receives customers.

mod save;

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, ListError, Page, PageRequest, Tenant};

pub use self::save::{
    BranchChanges, BranchFields, DeleteBranchError, InvalidBranch, SaveBranchError, change_branch,
    create_branch, delete_branch,
};
pub use crate::id::BranchId;
use crate::{catalogue::CatalogueFilter, schema::branches};

/// A place where the tenant receives customers.
#[derive(Debug, Clone, PartialEq, Queryable, Selectable)]
#[diesel(table_name = branches)]
pub struct Branch {
    /// Its id.
    pub id: BranchId,
    /// What the tenant's own systems call it; unique without regard to case.
    pub code: String,
    /// What people call it.
    pub name: String,
    /// Where it is, in words.
    pub address: Option<String>,
    /// Degrees north; there with the longitude only.
    pub latitude: Option<f64>,
    /// Degrees east.
    pub longitude: Option<f64>,
    /// Opening hours as customers read them.
    pub hours_text: Option<String>,
    /// E.164.
    pub phone: Option<String>,
    /// Whether it is offered.
    pub is_active: bool,
    /// Its place in the list.
    pub position: i32,
    /// Since when it is known.
    pub created_at: DateTime<Utc>,
    /// When it was last changed.
    pub updated_at: DateTime<Utc>,
}

/// Queries over `branches`.
pub struct Branches<'c>(&'c mut Conn<Tenant>);

impl<'c> Branches<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Tenant>) -> Self {
        Self(conn)
    }

    /// The branches in their order.
    pub async fn list(
        &mut self,
        filter: &CatalogueFilter,
        page: &PageRequest,
    ) -> Result<Page<Branch>, ListError> {
        let mut query = branches::table
            .select(Branch::as_select())
            .order((branches::position, branches::id))
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(is_active) = filter.is_active {
            query = query.filter(branches::is_active.eq(is_active));
        }
        if let Some(pattern) = filter.pattern() {
            let found = branches::name
                .ilike(pattern.clone())
                .or(branches::code.ilike(pattern.clone()))
                .or(branches::address.ilike(pattern));
            query = query.filter(found);
        }
        if let Some((position, id)) = page.after::<(i32, BranchId)>()? {
            let same_place = branches::position.eq(position).and(branches::id.gt(id));
            query = query.filter(branches::position.gt(position).or(same_place));
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |row: &Branch| {
            (row.position, row.id)
        }))
    }

    /// One branch.
    pub async fn find(&mut self, id: BranchId) -> Result<Option<Branch>, DbError> {
        Ok(branches::table
            .find(id)
            .select(Branch::as_select())
            .first(&mut **self.0)
            .await
            .optional()?)
    }
}
