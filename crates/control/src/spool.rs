//! What a tenant's database could not take when it came, kept sealed until it
//! can: one row per webhook and tenant, applied in order, then deleted.
//!
//! The contents are opaque here; `engine` writes and reads them.

mod operate;

use chrono::{DateTime, Utc};
use crypto::{Keyring, OpenError, Place, SecretString};
use diesel::{
    ExpressionMethods, QueryDsl, QueryableByName,
    sql_types::{Array, BigInt, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};
use uuid::Uuid;

pub use self::operate::{
    DiscardSpooledError, SpoolFilter, SpoolState, SpoolTotals, SpooledRow, discard_spooled, retry_spooled,
};
use crate::{hidden::Hidden, schema::spool};

/// The longest error that is kept with a row, in characters.
const MAX_ERROR: usize = 400;

/// Why something is spooled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SpoolReason {
    /// The database cannot be reached, is full, or takes no writes.
    Down,
    /// It did not answer in time.
    Slow,
    /// Too much was waiting for it already.
    Busy,
    /// It failed lately and is left alone for a while.
    Resting,
}

impl SpoolReason {
    /// The stable name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Down => "down",
            Self::Slow => "slow",
            Self::Busy => "busy",
            Self::Resting => "resting",
        }
    }
}

/// A row to be written.
#[derive(Debug, Clone)]
pub struct NewSpooled {
    row_id: Uuid,
    tenant_id: TenantId,
    sealed: String,
    items: i32,
    reason: SpoolReason,
    error: Option<String>,
    received_at: DateTime<Utc>,
}

impl NewSpooled {
    /// Seals `contents`, which hold so many `items`, for `tenant_id`.
    pub fn seal(
        keyring: &Keyring,
        tenant_id: TenantId,
        contents: &SecretString,
        items: usize,
        now: DateTime<Utc>,
    ) -> Self {
        let row_id = Uuid::now_v7();
        Self {
            row_id,
            tenant_id,
            sealed: keyring.seal(&place(tenant_id, row_id), contents),
            items: i32::try_from(items).unwrap_or(i32::MAX).max(1),
            reason: SpoolReason::Down,
            error: None,
            received_at: now,
        }
    }

    /// The same, saying why.
    #[must_use]
    pub fn because(self, reason: SpoolReason, error: Option<&str>) -> Self {
        Self {
            reason,
            error: error.map(shorten),
            ..self
        }
    }

    /// Bytes that it takes.
    pub fn size(&self) -> usize {
        self.sealed.len()
    }
}

/// A row that waits to be applied.
#[derive(Debug, Clone, QueryableByName)]
pub struct Waiting {
    /// Its place in the order.
    #[diesel(sql_type = BigInt)]
    pub id: i64,
    #[diesel(sql_type = SqlUuid)]
    row_id: Uuid,
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
    #[diesel(sql_type = Text)]
    sealed: Hidden,
    /// How often it was tried in vain.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
}

impl Waiting {
    /// Opens what was sealed.
    pub fn open(&self, keyring: &Keyring) -> Result<SecretString, OpenError> {
        keyring.open(&place(self.tenant_id, self.row_id), self.sealed.as_str())
    }
}

/// A tenant for which something waits.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Head {
    /// The tenant.
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: TenantId,
    /// When the first of its rows came.
    #[diesel(sql_type = Timestamptz)]
    pub received_at: DateTime<Utc>,
}

/// The first waiting row of every tenant: one look into the index per tenant
/// that has any, however long the queues are.
const HEADS: &str = "
    WITH RECURSIVE head AS (
        (SELECT tenant_id, received_at FROM spool WHERE state = 'waiting' ORDER BY tenant_id, id LIMIT 1)
        UNION ALL
        SELECT next.tenant_id, next.received_at FROM head CROSS JOIN LATERAL (
            SELECT tenant_id, received_at FROM spool
            WHERE state = 'waiting' AND tenant_id > head.tenant_id ORDER BY tenant_id, id LIMIT 1
        ) next
    )
    SELECT tenant_id, received_at FROM head";

/// Rows in order until they hold enough, by items and by bytes; always one at least.
const SLICE: &str = "
    WITH next AS (
        SELECT id, items, octet_length(sealed) AS size FROM spool
        WHERE state = 'waiting' AND tenant_id = $1 ORDER BY id LIMIT $2
    ), summed AS (
        SELECT id, sum(items) OVER so_far - items AS items_before, sum(size) OVER so_far - size AS size_before
        FROM next WINDOW so_far AS (ORDER BY id)
    )
    SELECT spool.id, spool.row_id, spool.tenant_id, spool.sealed, spool.attempts
    FROM summed JOIN spool USING (id)
    WHERE items_before < $2 AND size_before < $3
    ORDER BY id";

const INSERT: &str = "
    INSERT INTO spool (row_id, tenant_id, sealed, items, reason, last_error, received_at)
    SELECT * FROM unnest($1, $2, $3, $4, $5, $6, $7)";

/// Queries over `spool`.
pub struct Spool<'c>(&'c mut Conn<Control>);

impl<'c> Spool<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Writes `rows` down, in their order, in one statement.
    pub async fn insert(&mut self, rows: &[NewSpooled]) -> Result<(), DbError> {
        let sealed: Vec<&str> = rows.iter().map(|row| row.sealed.as_str()).collect();
        let reasons: Vec<&str> = rows.iter().map(|row| row.reason.as_str()).collect();
        let errors: Vec<Option<&str>> = rows.iter().map(|row| row.error.as_deref()).collect();
        let times: Vec<DateTime<Utc>> = rows.iter().map(|row| row.received_at).collect();
        let row_ids: Vec<Uuid> = rows.iter().map(|row| row.row_id).collect();
        let tenants: Vec<Uuid> = rows.iter().map(|row| row.tenant_id.uuid()).collect();
        let items: Vec<i32> = rows.iter().map(|row| row.items).collect();
        diesel::sql_query(INSERT)
            .bind::<Array<SqlUuid>, _>(row_ids)
            .bind::<Array<SqlUuid>, _>(tenants)
            .bind::<Array<Text>, _>(sealed)
            .bind::<Array<Integer>, _>(items)
            .bind::<Array<Text>, _>(reasons)
            .bind::<Array<Nullable<Text>>, _>(errors)
            .bind::<Array<Timestamptz>, _>(times)
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Every tenant for which something waits. Cheap when nothing does.
    pub async fn heads(&mut self) -> Result<Vec<Head>, DbError> {
        Ok(diesel::sql_query(HEADS).load(&mut **self.0).await?)
    }

    /// How many rows wait.
    pub async fn waiting(&mut self) -> Result<i64, DbError> {
        Ok(spool::table
            .filter(spool::state.eq(SpoolState::Waiting.as_str()))
            .count()
            .get_result(&mut **self.0)
            .await?)
    }

    /// Keeps other processes from working on the tenant's rows until the
    /// transaction ends; false if one does already.
    pub async fn claim(&mut self, tenant_id: TenantId) -> Result<bool, DbError> {
        #[derive(QueryableByName)]
        struct Claimed {
            #[diesel(sql_type = diesel::sql_types::Bool)]
            claimed: bool,
        }
        let claimed: Claimed =
            diesel::sql_query("SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS claimed")
                .bind::<Text, _>(format!("spool:{tenant_id}"))
                .get_result(&mut **self.0)
                .await?;
        Ok(claimed.claimed)
    }

    /// The tenant's first waiting rows, up to so many items and bytes, and one at least.
    pub async fn slice(
        &mut self,
        tenant_id: TenantId,
        items: i64,
        bytes: i64,
    ) -> Result<Vec<Waiting>, DbError> {
        Ok(diesel::sql_query(SLICE)
            .bind::<SqlUuid, _>(tenant_id.uuid())
            .bind::<BigInt, _>(items)
            .bind::<BigInt, _>(bytes)
            .load(&mut **self.0)
            .await?)
    }

    /// Deletes rows that have been applied.
    pub async fn delete(&mut self, ids: &[i64]) -> Result<(), DbError> {
        diesel::delete(spool::table.filter(spool::id.eq_any(ids)))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Puts a row aside that cannot be applied, so that those behind it can.
    pub async fn fail(&mut self, id: i64, error: &str, now: DateTime<Utc>) -> Result<(), DbError> {
        diesel::update(spool::table.find(id))
            .set((
                spool::state.eq(SpoolState::Failed.as_str()),
                spool::attempts.eq(spool::attempts + 1),
                spool::last_error.eq(shorten(error)),
                spool::last_tried_at.eq(now),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Counts a failure that the row itself may have caused.
    pub async fn count_failure(&mut self, id: i64, error: &str, now: DateTime<Utc>) -> Result<(), DbError> {
        diesel::update(spool::table.find(id))
            .set((
                spool::attempts.eq(spool::attempts + 1),
                spool::last_error.eq(shorten(error)),
                spool::last_tried_at.eq(now),
            ))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// Notes at the tenant's first waiting row why it waits still.
    pub async fn note_failure(
        &mut self,
        tenant_id: TenantId,
        error: &str,
        now: DateTime<Utc>,
    ) -> Result<(), DbError> {
        let first = spool::table
            .filter(spool::tenant_id.eq(tenant_id))
            .filter(spool::state.eq(SpoolState::Waiting.as_str()))
            .select(diesel::dsl::min(spool::id));
        let Some(first) = first.get_result::<Option<i64>>(&mut **self.0).await? else {
            return Ok(());
        };
        diesel::update(spool::table.find(first))
            .set((spool::last_error.eq(shorten(error)), spool::last_tried_at.eq(now)))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }
}

fn place(tenant_id: TenantId, row: Uuid) -> Place {
    Place {
        tenant: tenant_id.uuid(),
        table: "spool",
        column: "sealed",
        row,
    }
}

fn shorten(error: &str) -> String {
    error.replace('\0', "\u{fffd}").chars().take(MAX_ERROR).collect()
}
