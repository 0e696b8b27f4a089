//! Queries over `tenants`.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, NullableExpressionMethods, OptionalExtension,
    PgTextExpressionMethods, QueryDsl, SelectableHelper,
    dsl::{count_star, exists},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};

use super::{Plan, Slug, Tenant};
use crate::{
    schema::{channels, tenant_databases, tenants},
    text,
};

/// Which tenants a list shows.
#[derive(Debug, Clone, Default)]
pub struct TenantFilter {
    /// Only those with this text in their name or slug.
    pub q: Option<String>,
}

/// A tenant with what is attached to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSummary {
    /// The tenant.
    pub tenant: Tenant,
    /// Whether a database is attached.
    pub database_attached: bool,
    /// Its lines.
    pub channels: i64,
    /// Its active lines without an app secret of their own.
    pub unsigned_channels: i64,
    /// Its active lines without an access token of their own.
    pub tokenless_channels: i64,
}

/// The columns of a new or changed tenant.
pub(super) struct TenantRow<'a> {
    pub(super) name: &'a str,
    pub(super) slug: &'a Slug,
    pub(super) plan: Plan,
    pub(super) is_active: bool,
}

/// Queries over `tenants`.
pub struct Tenants<'c>(&'c mut Conn<Control>);

type SummaryRow = (Tenant, bool, i64, i64, i64);

/// The columns of a [`TenantSummary`]; a macro because the type has no name worth writing.
macro_rules! summary_columns {
    () => {{
        let lines = || channels::table.filter(channels::tenant_id.eq(tenants::id));
        let active = || lines().filter(channels::is_active);
        (
            Tenant::as_select(),
            exists(tenant_databases::table.filter(tenant_databases::tenant_id.eq(tenants::id))),
            lines().select(count_star()).single_value().assume_not_null(),
            active()
                .filter(channels::app_secret_sealed.is_null())
                .select(count_star())
                .single_value()
                .assume_not_null(),
            active()
                .filter(channels::wa_token_sealed.is_null())
                .select(count_star())
                .single_value()
                .assume_not_null(),
        )
    }};
}

/// Filters, orders and limits a boxed query over `tenants`, newest first.
macro_rules! page_of {
    ($query:expr, $filter:expr, $page:expr) => {{
        let mut query = $query
            .order((tenants::created_at.desc(), tenants::id.desc()))
            .limit($page.fetch_limit());
        if let Some(q) = $filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let pattern = text::contains_pattern(q);
            query = query.filter(
                tenants::name
                    .ilike(pattern.clone())
                    .or(tenants::slug.ilike(pattern)),
            );
        }
        if let Some((at, id)) = $page.after::<(DateTime<Utc>, TenantId)>()? {
            query = query.filter(
                tenants::created_at
                    .lt(at)
                    .or(tenants::created_at.eq(at).and(tenants::id.lt(id))),
            );
        }
        query
    }};
}

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

    /// The tenants, newest first.
    pub async fn list(
        &mut self,
        filter: &TenantFilter,
        page: &PageRequest,
    ) -> Result<Page<Tenant>, ListError> {
        let query = page_of!(Tenant::query().into_boxed(), filter, page);
        let rows: Vec<Tenant> = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |tenant| {
            (tenant.created_at, tenant.id)
        }))
    }

    /// The tenants with what is attached to each, newest first, in one query.
    pub async fn summaries(
        &mut self,
        filter: &TenantFilter,
        page: &PageRequest,
    ) -> Result<Page<TenantSummary>, ListError> {
        let query = page_of!(
            tenants::table.select(summary_columns!()).into_boxed(),
            filter,
            page
        );
        let rows: Vec<SummaryRow> = query.load(&mut **self.0).await?;
        let page = Page::from_rows(rows, page.limit, |(tenant, ..)| (tenant.created_at, tenant.id));
        Ok(page.map(TenantSummary::from))
    }

    /// One tenant with what is attached to it.
    pub async fn summary(&mut self, id: TenantId) -> Result<Option<TenantSummary>, DbError> {
        let query = tenants::table
            .filter(tenants::id.eq(id))
            .select(summary_columns!());
        let row: Option<SummaryRow> = query.first(&mut **self.0).await.optional()?;
        Ok(row.map(TenantSummary::from))
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

impl From<SummaryRow> for TenantSummary {
    fn from((tenant, database_attached, channels, unsigned, tokenless): SummaryRow) -> Self {
        Self {
            tenant,
            database_attached,
            channels,
            unsigned_channels: unsigned,
            tokenless_channels: tokenless,
        }
    }
}
