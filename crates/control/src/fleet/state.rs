//! Queries over `tenant_states`.

use chrono::{DateTime, Utc};
use diesel::{
    ExpressionMethods, HasQuery, QueryDsl, QueryableByName,
    sql_types::{BigInt, Nullable, Timestamptz},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

use crate::schema::tenant_states;

/// How a tenant's database did when somebody last looked at it.
#[derive(Debug, Clone, PartialEq, Eq, HasQuery)]
#[diesel(table_name = tenant_states)]
pub struct TenantState {
    /// Whose database.
    pub tenant_id: TenantId,
    /// When it was looked at.
    pub looked_at: DateTime<Utc>,
    /// Why it could not be used; `None` if it could.
    pub error: Option<String>,
    /// The newest migration applied.
    pub version: Option<String>,
    /// Migrations of the looking release that are still to be applied.
    pub pending: Option<i32>,
    /// Bytes on disk.
    pub size_bytes: Option<i64>,
    /// Connections to it, the looking one left out.
    pub connections: Option<i32>,
    /// In what its schema differs from the looking release's.
    pub drift: Vec<String>,
}

/// What was seen of all databases.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct FleetTotals {
    /// Databases that somebody has looked at.
    #[diesel(sql_type = BigInt)]
    pub looked_at: i64,
    /// The oldest look of all.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_look: Option<DateTime<Utc>>,
    /// Those that could not be used.
    #[diesel(sql_type = BigInt)]
    pub unusable: i64,
    /// Those that lack migrations.
    #[diesel(sql_type = BigInt)]
    pub behind: i64,
    /// Those whose schema is another one.
    #[diesel(sql_type = BigInt)]
    pub drifted: i64,
}

/// Queries over `tenant_states`.
pub struct TenantStates<'c>(&'c mut Conn<Control>);

impl<'c> TenantStates<'c> {
    /// Over this connection.
    pub fn new(conn: &'c mut Conn<Control>) -> Self {
        Self(conn)
    }

    /// The states of these tenants, in no order.
    pub async fn of(&mut self, tenants: &[TenantId]) -> Result<Vec<TenantState>, DbError> {
        let query = TenantState::query().filter(tenant_states::tenant_id.eq_any(tenants));
        Ok(query.load(&mut **self.0).await?)
    }

    /// All of them at a glance.
    pub async fn totals(&mut self) -> Result<FleetTotals, DbError> {
        let query = "SELECT count(*) AS looked_at, min(looked_at) AS oldest_look, \
            count(*) FILTER (WHERE error IS NOT NULL) AS unusable, \
            count(*) FILTER (WHERE pending > 0) AS behind, \
            count(*) FILTER (WHERE cardinality(drift) > 0) AS drifted FROM tenant_states";
        Ok(diesel::sql_query(query).get_result(&mut **self.0).await?)
    }

    /// Keeps what was seen, in place of what was seen before.
    pub async fn keep(&mut self, state: &TenantState) -> Result<(), DbError> {
        let columns = (
            tenant_states::looked_at.eq(state.looked_at),
            tenant_states::error.eq(&state.error),
            tenant_states::version.eq(&state.version),
            tenant_states::pending.eq(state.pending),
            tenant_states::size_bytes.eq(state.size_bytes),
            tenant_states::connections.eq(state.connections),
            tenant_states::drift.eq(&state.drift),
        );
        diesel::insert_into(tenant_states::table)
            .values((tenant_states::tenant_id.eq(state.tenant_id), columns))
            .on_conflict(tenant_states::tenant_id)
            .do_update()
            .set(columns)
            .execute(&mut **self.0)
            .await?;
        Ok(())
    }
}
