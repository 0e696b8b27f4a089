//! The databases on the private server.

use anyhow::Context;
use pgcluster::{Cluster, Options, Source};
use tokio::task::spawn_blocking;
use tokio_postgres::NoTls;

use crate::home::Home;
use crate::plan;

/// The platform's own database.
pub(crate) const CONTROL: &str = "centralita_control";

/// Starts the server, which keeps its data between runs.
pub(crate) async fn start(home: &Home) -> anyhow::Result<Cluster> {
    let dir = home.postgres();
    let options = Options {
        source: Source::from_env()?,
        cache: Some(home.dir().join("pg-bin")),
        ..Options::durable()
    };
    Ok(spawn_blocking(move || Cluster::start(&dir, &options)).await??)
}

/// Creates the databases that are missing.
pub(crate) async fn create(cluster: &Cluster) -> anyhow::Result<()> {
    let (client, connection) = tokio_postgres::connect(&cluster.url("postgres"), NoTls)
        .await
        .context("cannot log in to PostgreSQL")?;
    let driver = tokio::spawn(connection);
    let names = plan::TENANTS
        .iter()
        .map(|tenant| tenant.database)
        .chain([CONTROL]);
    for name in names {
        let found = client
            .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
            .await?;
        if found.is_none() {
            client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        }
    }
    drop(client);
    driver.await??;
    Ok(())
}
