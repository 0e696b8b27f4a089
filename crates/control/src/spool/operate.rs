//! The spool as an operator sees it: ids, counts, times and errors, never what
//! is in it; and what an operator may do about a row.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, HasQuery, OptionalExtension, QueryDsl, QueryableByName, SelectableHelper,
    sql_types::{BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};
use serde_json::json;
use uuid::Uuid;

use super::Spool;
use crate::{
    Actor,
    audit::{self, AuditEntry},
    schema::spool,
};

/// The longest reason for discarding a row, in characters.
const MAX_REASON: usize = 400;

/// How far a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpoolState {
    /// It will be applied.
    Waiting,
    /// It could not be opened or read; a person decides.
    Failed,
}

impl SpoolState {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Waiting => "waiting",
            Self::Failed => "failed",
        }
    }
}

/// The text names no state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("must be one of waiting, failed")]
pub struct UnknownState;

impl std::str::FromStr for SpoolState {
    type Err = UnknownState;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "waiting" => Ok(Self::Waiting),
            "failed" => Ok(Self::Failed),
            _ => Err(UnknownState),
        }
    }
}

/// What is spooled for one tenant.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct SpoolTotals {
    /// The tenant, which may be gone.
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: TenantId,
    /// Its short name, unless it is gone.
    #[diesel(sql_type = Nullable<Text>)]
    pub slug: Option<String>,
    /// Rows that wait.
    #[diesel(sql_type = BigInt)]
    pub waiting: i64,
    /// Messages, statuses and the like in those.
    #[diesel(sql_type = BigInt)]
    pub items: i64,
    /// Rows that could not be opened or read.
    #[diesel(sql_type = BigInt)]
    pub failed: i64,
    /// When the oldest row came.
    #[diesel(sql_type = Timestamptz)]
    pub oldest_at: DateTime<Utc>,
    /// What went wrong last.
    #[diesel(sql_type = Nullable<Text>)]
    pub last_error: Option<String>,
}

/// A row, without its contents.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = spool)]
pub struct SpooledRow {
    /// Its place in the order.
    pub id: i64,
    /// Whose it is.
    pub tenant_id: TenantId,
    /// Messages, statuses and the like in it.
    pub items: i32,
    /// Why it was spooled.
    pub reason: String,
    /// `waiting` or `failed`.
    pub state: String,
    /// How often it was tried in vain.
    pub attempts: i32,
    /// What went wrong last.
    pub last_error: Option<String>,
    /// When it was tried last.
    pub last_tried_at: Option<DateTime<Utc>>,
    /// When the webhook came.
    pub received_at: DateTime<Utc>,
}

/// Which rows a list shows.
#[derive(Debug, Clone, Default)]
pub struct SpoolFilter {
    /// Only this tenant's.
    pub tenant_id: Option<TenantId>,
    /// Only those that are so far.
    pub state: Option<SpoolState>,
}

/// Why a row was not discarded.
#[derive(Debug, thiserror::Error)]
pub enum DiscardSpooledError {
    /// There is no such row.
    #[error("there is no such row in the spool")]
    Unknown,
    /// No reason was given, or too long a one.
    #[error("say why, in 1 to {MAX_REASON} characters")]
    InvalidReason,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

const TOTALS: &str = "
    SELECT spool.tenant_id, min(tenants.slug) AS slug,
        count(*) FILTER (WHERE spool.state = 'waiting') AS waiting,
        coalesce(sum(items) FILTER (WHERE spool.state = 'waiting'), 0)::bigint AS items,
        count(*) FILTER (WHERE spool.state = 'failed') AS failed,
        min(received_at) AS oldest_at,
        (array_agg(last_error ORDER BY coalesce(last_tried_at, received_at) DESC)
            FILTER (WHERE last_error IS NOT NULL))[1] AS last_error
    FROM spool LEFT JOIN tenants ON tenants.id = spool.tenant_id
    WHERE $1 IS NULL OR spool.tenant_id > $1
    GROUP BY spool.tenant_id ORDER BY spool.tenant_id LIMIT $2";

impl Spool<'_> {
    /// What is spooled for each tenant, by the tenants' ids.
    pub async fn totals(&mut self, page: &PageRequest) -> Result<Page<SpoolTotals>, ListError> {
        let after: Option<Uuid> = page.after()?;
        let rows = diesel::sql_query(TOTALS)
            .bind::<Nullable<SqlUuid>, _>(after)
            .bind::<BigInt, _>(page.fetch_limit())
            .load(&mut **self.0)
            .await?;
        Ok(Page::from_rows(rows, page.limit, |row: &SpoolTotals| {
            row.tenant_id
        }))
    }

    /// When the oldest row of a tenant's that waits came.
    pub async fn oldest_of(&mut self, tenant_id: TenantId) -> Result<Option<DateTime<Utc>>, DbError> {
        let oldest = spool::table
            .filter(spool::tenant_id.eq(tenant_id))
            .filter(spool::state.eq(SpoolState::Waiting.as_str()))
            .order(spool::id)
            .select(spool::received_at);
        Ok(oldest.first(&mut **self.0).await.optional()?)
    }

    /// The rows in order, the first to be applied first.
    pub async fn list(
        &mut self,
        filter: &SpoolFilter,
        page: &PageRequest,
    ) -> Result<Page<SpooledRow>, ListError> {
        let mut query = SpooledRow::query()
            .order(spool::id)
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(tenant_id) = filter.tenant_id {
            query = query.filter(spool::tenant_id.eq(tenant_id));
        }
        if let Some(state) = filter.state {
            query = query.filter(spool::state.eq(state.as_str()));
        }
        if let Some(id) = page.after::<i64>()? {
            query = query.filter(spool::id.gt(id));
        }
        let rows = query.load(&mut **self.0).await?;
        Ok(Page::from_rows(rows, page.limit, |row: &SpooledRow| row.id))
    }
}

/// Lets a row wait to be applied again, as when its key is back; `None` if there is no such row.
pub async fn retry_spooled(
    conn: &mut Conn<Control>,
    id: i64,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<Option<SpooledRow>, DbError> {
    conn.transaction(async |tx| {
        let row: Option<SpooledRow> = diesel::update(spool::table.find(id))
            .set((
                spool::state.eq(SpoolState::Waiting.as_str()),
                spool::attempts.eq(0),
            ))
            .returning(SpooledRow::as_returning())
            .get_result(&mut **tx)
            .await
            .optional()?;
        if let Some(row) = &row {
            note(tx, row, "spool.retried", None, actor, now).await?;
        }
        Ok(row)
    })
    .await
}

/// Deletes a row for good: what is in it is lost. Why is kept in the audit.
pub async fn discard_spooled(
    conn: &mut Conn<Control>,
    id: i64,
    reason: &str,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DiscardSpooledError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_REASON {
        return Err(DiscardSpooledError::InvalidReason);
    }
    conn.transaction(async |tx| {
        let row: Option<SpooledRow> = SpooledRow::query()
            .filter(spool::id.eq(id))
            .for_update()
            .first(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?;
        let row = row.ok_or(DiscardSpooledError::Unknown)?;
        Spool::new(tx).delete(&[row.id]).await?;
        Ok(note(tx, &row, "spool.discarded", Some(reason), actor, now).await?)
    })
    .await
}

async fn note(
    conn: &mut Conn<Control>,
    row: &SpooledRow,
    action: &str,
    reason: Option<&str>,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        at: now,
        actor,
        tenant_id: Some(row.tenant_id),
        action,
        target: Some(row.id.to_string()),
        data: json!({ "items": row.items, "received_at": row.received_at, "reason": reason }),
    };
    audit::record(conn, entry).await
}
