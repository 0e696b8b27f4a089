//! Waits for notifications on a connection of its own.

use diesel_async::SimpleAsyncConnection;
use futures_util::StreamExt;

use crate::{Connector, DatabaseUrl, DbError};

/// Listens on `channel` and hands every payload to `on_payload` until the
/// connection ends; then returns so that the caller reconnects and re-reads
/// what it may have missed. `on_ready` runs once the server listens.
///
/// `channel` must be a plain identifier of our own, never input.
pub async fn listen(
    connector: &Connector,
    url: &DatabaseUrl,
    channel: &'static str,
    on_ready: impl FnOnce(),
    mut on_payload: impl FnMut(String),
) -> Result<(), DbError> {
    let mut conn = connector
        .connect(url)
        .await
        .map_err(|source| DbError::Unavailable(Box::new(source)))?;
    conn.batch_execute(&format!("LISTEN {channel}")).await?;
    on_ready();
    let mut notifications = std::pin::pin!(conn.notifications_stream());
    while let Some(notification) = notifications.next().await {
        on_payload(notification?.payload);
    }
    Ok(())
}
