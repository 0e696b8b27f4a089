//! Queries over `tenants`.

use chrono::{DateTime, Utc};
use diesel::{ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, SelectableHelper};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

use super::{Plan, Slug, Tenant};
use crate::schema::tenants;

/// The columns of a new or changed tenant.
pub(super) struct TenantRow<'a> {
    pub(super) name: &'a str,
    pub(super) slug: &'a Slug,
    pub(super) plan: Plan,
    pub(super) is_active: bool,
}

/// Queries over `tenants`.
pub struct Tenants<'c>(pub(super) &'c mut Conn<Control>);

impl<'c> Tenants<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Looks one tenant up.
    pub async fn find(&mut self, id: TenantId) -> Result<Option<Tenant>, DbError> {
        let query = Tenant::query().filter(tenants::id.eq(id));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Looks one tenant up by its short name; text that cannot be one finds nobody.
    pub async fn find_by_slug(&mut self, slug: &str) -> Result<Option<Tenant>, DbError> {
        let Ok(slug) = slug.parse::<Slug>() else {
            return Ok(None);
        };
        let query = Tenant::query().filter(tenants::slug.eq(slug));
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Looks one tenant up and holds its row until the transaction ends, so
    /// that changes to one tenant's configuration happen one after the other.
    pub(crate) async fn lock(&mut self, id: TenantId) -> Result<Option<Tenant>, DbError> {
        let query = Tenant::query().filter(tenants::id.eq(id)).for_no_key_update();
        Ok(query.first(&mut **self.0).await.optional()?)
    }

    /// Every tenant that is not suspended, oldest first.
    pub async fn all_active(&mut self) -> Result<Vec<Tenant>, DbError> {
        let query = Tenant::query()
            .filter(tenants::is_active)
            .order((tenants::created_at, tenants::id));
        Ok(query.load(&mut **self.0).await?)
    }

    pub(super) async fn insert(&mut self, row: TenantRow<'_>, now: DateTime<Utc>) -> Result<Tenant, DbError> {
        let tenant = diesel::insert_into(tenants::table)
            .values((
                tenants::id.eq(TenantId::generate()),
                tenants::name.eq(row.name),
                tenants::slug.eq(row.slug),
                tenants::plan.eq(row.plan),
                tenants::is_active.eq(row.is_active),
                tenants::created_at.eq(now),
                tenants::updated_at.eq(now),
            ))
            .returning(Tenant::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(tenant)
    }

    pub(super) async fn update(
        &mut self,
        id: TenantId,
        row: TenantRow<'_>,
        now: DateTime<Utc>,
    ) -> Result<Tenant, DbError> {
        let tenant = diesel::update(tenants::table.find(id))
            .set((
                tenants::name.eq(row.name),
                tenants::slug.eq(row.slug),
                tenants::plan.eq(row.plan),
                tenants::is_active.eq(row.is_active),
                tenants::updated_at.eq(now),
            ))
            .returning(Tenant::as_returning())
            .get_result(&mut **self.0)
            .await?;
        Ok(tenant)
    }
}
