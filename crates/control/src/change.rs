//! Tells every server that a tenant's configuration changed, and hints at tenants that have news.

use diesel::sql_types::Text;
use diesel_async::RunQueryDsl;
use pg::{Conn, Control, DbError, TenantId};

/// The channel that carries, as payload, the id of each tenant whose row,
/// database or lines changed. Sent inside the transaction that changes them
/// (such writes are rare), so nobody hears of a change that is rolled back.
pub const CONFIG_CHANNEL: &str = "centralita_config";

/// The channel that names tenants in whose outbox a process has put something
/// that another one sends, and tenants whose lanes were given back.
pub const OUTBOX_CHANNEL: &str = "centralita_outbox";

/// The channel that names tenants in which something happened. Sent after the
/// commit, on a connection of its own: inside the transaction it would make
/// commits wait for each other.
pub const EVENTS_CHANNEL: &str = "centralita_events";

/// The channel on which processes tell each other who is at a desk. What one says is never longer
/// than a notification may be, 8000 bytes.
pub const DESKS_CHANNEL: &str = "centralita_desks";

/// How many tenants one notification names at most: a payload must stay below 8000 bytes.
pub const MAX_HINTED: usize = 200;

/// Names tenants, at most [`MAX_HINTED`], on one of the channels for hints.
/// `sender` is the process that may ignore what it said itself. Whoever hears
/// nothing looks by itself, only later.
pub async fn hint(
    conn: &mut Conn<Control>,
    channel: &'static str,
    sender: Option<uuid::Uuid>,
    tenants: &[TenantId],
) -> Result<(), DbError> {
    let mut payload = sender.map_or_else(String::new, |sender| sender.simple().to_string());
    for tenant in tenants.iter().take(MAX_HINTED) {
        payload.push(' ');
        payload.push_str(&tenant.uuid().simple().to_string());
    }
    send(conn, channel, &payload).await
}

pub(crate) async fn notify(conn: &mut Conn<Control>, tenant_id: TenantId) -> Result<(), DbError> {
    send(conn, CONFIG_CHANNEL, &tenant_id.to_string()).await
}

/// The same for what belongs to several tenants, or to none: everybody reads anew.
pub(crate) async fn notify_all(conn: &mut Conn<Control>, tenants: &[TenantId]) -> Result<(), DbError> {
    for tenant_id in tenants {
        notify(conn, *tenant_id).await?;
    }
    if tenants.is_empty() {
        send(conn, CONFIG_CHANNEL, "").await?;
    }
    Ok(())
}

/// Says something on a channel whose payloads are the sender's own.
pub async fn say(conn: &mut Conn<Control>, channel: &'static str, payload: &str) -> Result<(), DbError> {
    send(conn, channel, payload).await
}

async fn send(conn: &mut Conn<Control>, channel: &str, payload: &str) -> Result<(), DbError> {
    diesel::sql_query("SELECT pg_notify($1, $2)")
        .bind::<Text, _>(channel)
        .bind::<Text, _>(payload)
        .execute(&mut **conn)
        .await?;
    Ok(())
}
