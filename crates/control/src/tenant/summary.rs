//! Lists of tenants with what is attached to each and how it does, as far as
//! the control plane knows: one query, however many tenants there are.

use chrono::{DateTime, Utc};
use diesel::{
    BoolExpressionMethods, ExpressionMethods, HasQuery, NullableExpressionMethods, OptionalExtension,
    PgTextExpressionMethods, QueryDsl, SelectableHelper,
    dsl::{count_star, exists, max, not},
};
use diesel_async::RunQueryDsl;
use pg::{DbError, ListError, Page, PageRequest, TenantId};

use super::{Plan, Tenant, Tenants};
use crate::{
    schema::{channels, line_states, line_traffic, spool, tenant_databases, tenants},
    text,
};

diesel::define_sql_function! {
    /// As Postgres lowers text, so that the cursor says what the order goes by.
    fn lower(text: diesel::sql_types::Text) -> diesel::sql_types::Text;
}

/// In which order a list shows tenants.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum TenantSort {
    /// The newest first.
    #[default]
    Newest,
    /// By name.
    Name,
}

/// Which tenants a list shows.
#[derive(Debug, Clone, Default)]
pub struct TenantFilter {
    /// Only those with this text in their name, slug or a line's `phone_number_id`.
    pub q: Option<String>,
    /// Only those that are not suspended, or only those that are.
    pub is_active: Option<bool>,
    /// Only those of this plan.
    pub plan: Option<Plan>,
    /// Only those about which somebody should do something, or only the others: see
    /// [`TenantSummary::needs_attention`].
    pub needs_attention: Option<bool>,
}

/// A tenant with what is attached to it and how it does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantSummary {
    /// The tenant.
    pub tenant: Tenant,
    /// Whether a database is attached.
    pub database_attached: bool,
    /// Its lines.
    pub channels: i64,
    /// Its active lines with neither an app secret of their own nor an app.
    pub unsigned_channels: i64,
    /// Its active lines without an access token of their own.
    pub tokenless_channels: i64,
    /// Its active lines.
    pub active_channels: i64,
    /// Its active lines over which nothing is sent.
    pub paused_channels: i64,
    /// Webhooks that wait for its database.
    pub spooled: i64,
    /// Webhooks that could not be read when their turn came.
    pub spool_failed: i64,
    /// When a customer last wrote.
    pub last_message_at: Option<DateTime<Utc>>,
}

impl TenantSummary {
    /// Whether somebody should do something: it has no database or no active line, a line is
    /// paused, or webhooks wait.
    pub fn needs_attention(&self) -> bool {
        !self.database_attached
            || self.active_channels == 0
            || self.paused_channels > 0
            || self.spooled > 0
            || self.spool_failed > 0
    }
}

type Attached = (bool, i64, i64, i64);
type Doing = (i64, i64, i64, i64, Option<DateTime<Utc>>);
type SummaryRow = (Tenant, String, Attached, Doing);

/// The tenant's lines; macros because the types have no name worth writing.
macro_rules! lines {
    () => {
        channels::table.filter(channels::tenant_id.eq(tenants::id))
    };
}

macro_rules! paused {
    () => {
        line_states::table
            .inner_join(channels::table)
            .filter(channels::tenant_id.eq(tenants::id))
            .filter(channels::is_active)
            .filter(line_states::paused_at.is_not_null())
    };
}

macro_rules! spooled {
    () => {
        spool::table.filter(spool::tenant_id.eq(tenants::id))
    };
}

macro_rules! attached {
    () => {
        exists(tenant_databases::table.filter(tenant_databases::tenant_id.eq(tenants::id)))
    };
}

macro_rules! count {
    ($rows:expr) => {
        $rows.select(count_star()).single_value().assume_not_null()
    };
}

/// The columns of a [`SummaryRow`].
macro_rules! summary_columns {
    () => {{
        let unsigned = channels::app_secret_sealed
            .is_null()
            .and(channels::app_id.is_null());
        let traffic = line_traffic::table
            .inner_join(channels::table)
            .filter(channels::tenant_id.eq(tenants::id));
        (
            Tenant::as_select(),
            lower(tenants::name),
            (
                attached!(),
                count!(lines!()),
                count!(lines!().filter(channels::is_active).filter(unsigned)),
                count!(
                    lines!()
                        .filter(channels::is_active)
                        .filter(channels::wa_token_sealed.is_null())
                ),
            ),
            (
                count!(lines!().filter(channels::is_active)),
                count!(paused!()),
                count!(spooled!().filter(spool::state.eq("waiting"))),
                count!(spooled!().filter(spool::state.eq("failed"))),
                traffic.select(max(line_traffic::message_at)).single_value(),
            ),
        )
    }};
}

/// Leaves in a boxed query over `tenants` what the filter asks for.
macro_rules! narrowed {
    ($query:expr, $filter:expr) => {{
        let mut query = $query;
        if let Some(q) = $filter.q.as_deref().map(str::trim).filter(|q| !q.is_empty()) {
            let pattern = text::contains_pattern(q);
            let by_line = exists(lines!().filter(channels::phone_number_id.ilike(pattern.clone())));
            query = query.filter(
                tenants::name
                    .ilike(pattern.clone())
                    .or(tenants::slug.ilike(pattern))
                    .or(by_line),
            );
        }
        if let Some(is_active) = $filter.is_active {
            query = query.filter(tenants::is_active.eq(is_active));
        }
        if let Some(plan) = $filter.plan {
            query = query.filter(tenants::plan.eq(plan));
        }
        if let Some(wanted) = $filter.needs_attention {
            let does_well = attached!()
                .and(exists(lines!().filter(channels::is_active)))
                .and(not(exists(paused!())))
                .and(not(exists(spooled!())));
            query = query.filter(does_well.eq(!wanted));
        }
        query
    }};
}

/// Orders a boxed query over `tenants` newest first, and cuts it to a page.
macro_rules! newest {
    ($query:expr, $page:expr) => {{
        let mut query = $query
            .order((tenants::created_at.desc(), tenants::id.desc()))
            .limit($page.fetch_limit());
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

impl Tenants<'_> {
    /// The tenants, newest first.
    pub async fn list(
        &mut self,
        filter: &TenantFilter,
        page: &PageRequest,
    ) -> Result<Page<Tenant>, ListError> {
        let query = newest!(narrowed!(Tenant::query().into_boxed(), filter), page);
        let rows: Vec<Tenant> = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |tenant| {
            (tenant.created_at, tenant.id)
        }))
    }

    /// The tenants with what is attached to each and how it does, in one query.
    pub async fn summaries(
        &mut self,
        filter: &TenantFilter,
        sort: TenantSort,
        page: &PageRequest,
    ) -> Result<Page<TenantSummary>, ListError> {
        let query = narrowed!(tenants::table.select(summary_columns!()).into_boxed(), filter);
        let page = match sort {
            TenantSort::Newest => {
                let rows: Vec<SummaryRow> = newest!(query, page).load(&mut **self.0).await?;
                Page::from_rows(rows, page.limit, |(tenant, ..)| (tenant.created_at, tenant.id))
            }
            TenantSort::Name => {
                let mut query = query
                    .order((lower(tenants::name), tenants::id))
                    .limit(page.fetch_limit());
                if let Some((name, id)) = page.after::<(String, TenantId)>()? {
                    let same_name = lower(tenants::name).eq(name.clone());
                    query = query.filter(
                        lower(tenants::name)
                            .gt(name)
                            .or(same_name.and(tenants::id.gt(id))),
                    );
                }
                let rows: Vec<SummaryRow> = query.load(&mut **self.0).await?;
                Page::from_rows(rows, page.limit, |(tenant, name, ..)| (name.clone(), tenant.id))
            }
        };
        Ok(page.map(TenantSummary::from))
    }

    /// One tenant with what is attached to it and how it does.
    pub async fn summary(&mut self, id: TenantId) -> Result<Option<TenantSummary>, DbError> {
        let query = tenants::table
            .filter(tenants::id.eq(id))
            .select(summary_columns!());
        let row: Option<SummaryRow> = query.first(&mut **self.0).await.optional()?;
        Ok(row.map(TenantSummary::from))
    }
}

impl From<SummaryRow> for TenantSummary {
    fn from((tenant, _, attached, doing): SummaryRow) -> Self {
        let (database_attached, channels, unsigned_channels, tokenless_channels) = attached;
        let (active_channels, paused_channels, spooled, spool_failed, last_message_at) = doing;
        Self {
            tenant,
            database_attached,
            channels,
            unsigned_channels,
            tokenless_channels,
            active_channels,
            paused_channels,
            spooled,
            spool_failed,
            last_message_at,
        }
    }
}
