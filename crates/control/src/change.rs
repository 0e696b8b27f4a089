//! Tells every server that a tenant's configuration changed.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

/// The channel that carries, as payload, the id of each tenant whose row,
/// database or lines changed. Sent inside the transaction that changes them
/// (such writes are rare), so nobody hears of a change that is rolled back.
pub const CONFIG_CHANNEL: &str = "centralita_config";

pub(crate) async fn notify(conn: &mut Conn<Control>, tenant_id: TenantId) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(CONFIG_CHANNEL)
        .bind::<Text, _>(tenant_id.to_string())
        .execute(&mut **conn)
        .await?;
    Ok(())
}
