//! Plain connections for looking at what is stored.

use anyhow::Context;
use tokio_postgres::{Client, NoTls};

/// Connects to a database of one of our clusters.
pub async fn connect(url: &str) -> anyhow::Result<Client> {
    let (client, connection) = tokio_postgres::connect(url, NoTls)
        .await
        .context("cannot connect to a database of our own")?;
    // Ends with the client; its error reaches the client's next query.
    tokio::spawn(connection);
    Ok(client)
}

/// One number that a query gives.
pub async fn number(client: &Client, query: &str) -> anyhow::Result<i64> {
    Ok(client.query_one(query, &[]).await?.try_get(0)?)
}
