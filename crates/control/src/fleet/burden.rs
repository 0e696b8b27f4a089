//! What weighs on a tenant, from the control plane alone.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{Array, BigInt, Nullable, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

/// What waits for a tenant, and its lines.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct Burden {
    /// Whose.
    #[diesel(sql_type = SqlUuid)]
    pub tenant_id: TenantId,
    /// When the oldest row of its spool came; `None` if there is none.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub oldest_spooled_at: Option<DateTime<Utc>>,
    /// Its active lines.
    #[diesel(sql_type = BigInt)]
    pub lines: i64,
    /// Those of them over which nothing is sent.
    #[diesel(sql_type = BigInt)]
    pub paused_lines: i64,
}

/// What weighs on each of these tenants, in no order.
pub async fn burdens(conn: &mut Conn<Control>, tenants: &[TenantId]) -> Result<Vec<Burden>, DbError> {
    let ids: Vec<uuid::Uuid> = tenants.iter().map(|tenant| tenant.uuid()).collect();
    let query = "
        SELECT t.id AS tenant_id,
            (SELECT min(s.received_at) FROM spool s WHERE s.tenant_id = t.id) AS oldest_spooled_at,
            count(c.id) AS lines,
            count(l.channel_id) AS paused_lines
        FROM tenants t
        LEFT JOIN channels c ON c.tenant_id = t.id AND c.is_active
        LEFT JOIN line_states l ON l.channel_id = c.id AND l.paused_at IS NOT NULL
        WHERE t.id = ANY($1)
        GROUP BY t.id";
    Ok(diesel::sql_query(query)
        .bind::<Array<SqlUuid>, _>(ids)
        .load(&mut **conn)
        .await?)
}
