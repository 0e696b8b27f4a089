//! Tells every server that a tenant's configuration changed, or that its outbox has work.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

/// The channel that carries, as payload, the id of each tenant whose row,
/// database or lines changed. Sent inside the transaction that changes them
/// (such writes are rare), so nobody hears of a change that is rolled back.
pub const CONFIG_CHANNEL: &str = "centralita_config";

/// The channel that carries the id of each tenant in whose outbox a process
/// that does not send has put something.
pub const OUTBOX_CHANNEL: &str = "centralita_outbox";

/// Tells the processes that send that something is due. A hint: they look by
/// themselves as well, only later.
pub async fn hint_outbox(conn: &mut Conn<Control>, tenant_id: TenantId) -> Result<(), DbError> {
    send(conn, OUTBOX_CHANNEL, tenant_id).await
}

pub(crate) async fn notify(conn: &mut Conn<Control>, tenant_id: TenantId) -> Result<(), DbError> {
    send(conn, CONFIG_CHANNEL, tenant_id).await
}

async fn send(conn: &mut Conn<Control>, channel: &str, tenant_id: TenantId) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(channel)
        .bind::<Text, _>(tenant_id.to_string())
        .execute(&mut **conn)
        .await?;
    Ok(())
}
