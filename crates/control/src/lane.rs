//! Lanes: which process works on which tenant, and until when unless it renews.
//!
//! Every time here is the control database's own; no process's clock enters.

use chrono::{DateTime, Utc};
use diesel::{
    HasQuery, QueryDsl, QueryableByName,
    sql_types::{Array, BigInt, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, ListError, Page, PageRequest, TenantId};

use crate::{change, schema::workers};

pg::id_type! {
    /// A running process that works on tenants.
    WorkerId
}

/// How often a lane has changed hands: a later owner has a higher one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Epoch(pub i64);

/// A lane that was renewed or claimed just now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HeldLane {
    /// Whose outbox it is.
    pub tenant: TenantId,
    /// How often it has changed hands.
    pub epoch: Epoch,
}

/// What a worker needs to know to take no more than its part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Balance {
    /// Tenants that have a database.
    pub tenants: i64,
    /// Workers seen within a lease, the asking one among them.
    pub workers: i64,
    /// Milliseconds until the first of the others' leases ends; `None` if others hold none.
    pub next_end_ms: Option<i64>,
}

impl Balance {
    /// The fair share of one worker: the tenants by the workers, rounded up.
    pub fn share(self) -> usize {
        let workers = self.workers.max(1);
        usize::try_from((self.tenants + workers - 1) / workers).unwrap_or(0)
    }
}

/// A worker as the panel shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkerSummary {
    /// The process.
    pub id: WorkerId,
    /// Where it runs.
    pub name: String,
    /// When it started.
    pub started_at: DateTime<Utc>,
    /// When it was last seen.
    pub seen_at: DateTime<Utc>,
    /// Lanes it holds.
    pub lanes: i64,
    /// The first of its leases to end.
    pub oldest_lease_until: Option<DateTime<Utc>>,
}

/// All lanes at a glance.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct LaneTotals {
    /// Tenants that have a database.
    #[diesel(sql_type = BigInt)]
    pub tenants: i64,
    /// Those that nobody works on.
    #[diesel(sql_type = BigInt)]
    pub without_owner: i64,
    /// The first of all leases to end.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_lease_until: Option<DateTime<Utc>>,
}

#[derive(QueryableByName)]
struct LaneRow {
    #[diesel(sql_type = SqlUuid)]
    tenant_id: TenantId,
    #[diesel(sql_type = BigInt)]
    epoch: i64,
}

#[derive(QueryableByName)]
struct BalanceRow {
    #[diesel(sql_type = BigInt)]
    tenants: i64,
    #[diesel(sql_type = BigInt)]
    workers: i64,
    #[diesel(sql_type = Nullable<BigInt>)]
    next_end_ms: Option<i64>,
}

#[derive(HasQuery)]
#[diesel(table_name = workers)]
struct WorkerRow {
    id: WorkerId,
    name: String,
    started_at: DateTime<Utc>,
    seen_at: DateTime<Utc>,
}

#[derive(QueryableByName)]
struct HeldRow {
    #[diesel(sql_type = SqlUuid)]
    owner: WorkerId,
    #[diesel(sql_type = BigInt)]
    lanes: i64,
    #[diesel(sql_type = Nullable<Timestamptz>)]
    until: Option<DateTime<Utc>>,
}

/// Says that the worker lives and renews all its lanes, by one statement.
const RENEW: &str = "
    WITH alive AS (
        INSERT INTO workers (id, name) VALUES ($1, $2)
        ON CONFLICT (id) DO UPDATE SET seen_at = now())
    UPDATE lanes SET until = now() + $3 * interval '1 millisecond' WHERE owner = $1
    RETURNING tenant_id, epoch";

/// Tenants with a database that have no lane yet get one.
const ADD: &str = "
    INSERT INTO lanes (tenant_id)
    SELECT d.tenant_id FROM tenant_databases d
    WHERE NOT EXISTS (SELECT 1 FROM lanes l WHERE l.tenant_id = d.tenant_id)
    ORDER BY d.tenant_id ON CONFLICT DO NOTHING";

const BALANCE: &str = "
    SELECT (SELECT count(*) FROM tenant_databases) AS tenants,
           (SELECT count(*) FROM workers WHERE id = $1 OR seen_at > now() - $2 * interval '1 millisecond') AS workers,
           (SELECT ceil(extract(epoch FROM min(until) - now()) * 1000)::bigint FROM lanes
            WHERE owner <> $1 AND until > now())
               AS next_end_ms";

/// Takes lanes that nobody holds; one that another worker is just taking is left to it.
const CLAIM: &str = "
    WITH free AS (
        SELECT tenant_id FROM lanes WHERE owner IS NULL OR until <= now()
        ORDER BY tenant_id LIMIT $2 FOR UPDATE SKIP LOCKED)
    UPDATE lanes l
    SET owner = $1, until = now() + $3 * interval '1 millisecond',
        epoch = l.epoch + CASE WHEN l.owner IS NOT DISTINCT FROM $1 THEN 0 ELSE 1 END
    FROM free WHERE l.tenant_id = free.tenant_id
    RETURNING l.tenant_id, l.epoch";

const RELEASE: &str = "
    UPDATE lanes SET owner = NULL, until = NULL WHERE owner = $1 AND tenant_id = ANY($2)";

/// Workers that died this long ago are forgotten.
const FORGET: &str = "DELETE FROM workers WHERE id <> $1 AND seen_at < now() - interval '10 minutes'";

const TOTALS: &str = "
    SELECT count(*) AS tenants,
           count(*) FILTER (WHERE l.until IS NULL OR l.until <= now()) AS without_owner,
           min(l.until) FILTER (WHERE l.until > now()) AS oldest_lease_until
    FROM tenant_databases d LEFT JOIN lanes l USING (tenant_id)";

/// Queries over `workers` and `lanes`.
pub struct Lanes<'c>(&'c mut Conn<Control>);

impl<'c> Lanes<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// Says that `worker` lives and renews its lanes; returns those that it still owns.
    pub async fn renew(
        &mut self,
        worker: WorkerId,
        name: &str,
        lease_ms: i64,
    ) -> Result<Vec<HeldLane>, DbError> {
        let rows: Vec<LaneRow> = diesel::sql_query(RENEW)
            .bind::<SqlUuid, _>(worker)
            .bind::<Text, _>(name)
            .bind::<BigInt, _>(lease_ms)
            .load(&mut **self.0)
            .await?;
        Ok(rows.into_iter().map(HeldLane::from).collect())
    }

    /// Makes lanes for new tenants, forgets workers long dead, and says what there is to share.
    pub async fn balance(&mut self, worker: WorkerId, lease_ms: i64) -> Result<Balance, DbError> {
        diesel::sql_query(ADD).execute(&mut **self.0).await?;
        diesel::sql_query(FORGET)
            .bind::<SqlUuid, _>(worker)
            .execute(&mut **self.0)
            .await?;
        let row: BalanceRow = diesel::sql_query(BALANCE)
            .bind::<SqlUuid, _>(worker)
            .bind::<BigInt, _>(lease_ms)
            .get_result(&mut **self.0)
            .await?;
        Ok(Balance {
            tenants: row.tenants,
            workers: row.workers,
            next_end_ms: row.next_end_ms,
        })
    }

    /// Takes up to `limit` lanes that nobody holds.
    pub async fn claim(
        &mut self,
        worker: WorkerId,
        limit: usize,
        lease_ms: i64,
    ) -> Result<Vec<HeldLane>, DbError> {
        let rows: Vec<LaneRow> = diesel::sql_query(CLAIM)
            .bind::<SqlUuid, _>(worker)
            .bind::<BigInt, _>(i64::try_from(limit).unwrap_or(i64::MAX))
            .bind::<BigInt, _>(lease_ms)
            .load(&mut **self.0)
            .await?;
        Ok(rows.into_iter().map(HeldLane::from).collect())
    }

    /// Gives lanes back and tells the other workers that there is something to take.
    pub async fn release(&mut self, worker: WorkerId, tenants: &[TenantId]) -> Result<(), DbError> {
        let Some(first) = tenants.first() else {
            return Ok(());
        };
        diesel::sql_query(RELEASE)
            .bind::<SqlUuid, _>(worker)
            .bind::<Array<SqlUuid>, _>(tenants)
            .execute(&mut **self.0)
            .await?;
        change::hint(self.0, change::OUTBOX_CHANNEL, None, &[*first]).await
    }

    /// The worker ends: it is no longer counted.
    pub async fn leave(&mut self, worker: WorkerId) -> Result<(), DbError> {
        diesel::delete(workers::table.find(worker))
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }

    /// The workers, the longest running first, with what they hold.
    pub async fn workers(&mut self, page: &PageRequest) -> Result<Page<WorkerSummary>, ListError> {
        use diesel::ExpressionMethods;

        let mut query = WorkerRow::query()
            .order(workers::id)
            .limit(page.fetch_limit())
            .into_boxed();
        if let Some(id) = page.after::<WorkerId>()? {
            query = query.filter(workers::id.gt(id));
        }
        let rows = query.load(&mut **self.0).await?;
        let held: Vec<HeldRow> = diesel::sql_query(
            "SELECT owner, count(*) AS lanes, min(until) AS until FROM lanes \
             WHERE until > now() GROUP BY owner",
        )
        .load(&mut **self.0)
        .await?;
        let page = Page::from_rows(rows, page.limit, |row: &WorkerRow| row.id);
        Ok(page.map(|row| {
            let lanes = held.iter().find(|held| held.owner == row.id);
            WorkerSummary {
                id: row.id,
                name: row.name,
                started_at: row.started_at,
                seen_at: row.seen_at,
                lanes: lanes.map_or(0, |held| held.lanes),
                oldest_lease_until: lanes.and_then(|held| held.until),
            }
        }))
    }

    /// All lanes at a glance.
    pub async fn totals(&mut self) -> Result<LaneTotals, DbError> {
        Ok(diesel::sql_query(TOTALS).get_result(&mut **self.0).await?)
    }
}

impl From<LaneRow> for HeldLane {
    fn from(row: LaneRow) -> Self {
        Self {
            tenant: row.tenant_id,
            epoch: Epoch(row.epoch),
        }
    }
}
