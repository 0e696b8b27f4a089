//! Opens connections on one long-lived runtime.
//!
//! A connection's driver task lives on the runtime that opened it. HTTP workers
//! each run a runtime of their own, so a connection opened there would stall
//! with that worker; the connector pins all of them to the main one.
//!
//! A guarded connector connects only to hosts that a policy lets through, and only to the
//! addresses that were judged: for URLs that came from a form.

use std::{net::IpAddr, sync::Arc};

use diesel::{ConnectionError, ConnectionResult};
use diesel_async::AsyncPgConnection;
use egress::{HostError, HostPolicy};
use tokio::runtime::Handle;
use tokio_postgres::NoTls;

use crate::{DatabaseUrl, SslMode, tls};

/// Opens Postgres connections on the runtime it was made on.
#[derive(Debug, Clone)]
pub struct Connector {
    runtime: Handle,
    guard: Option<Arc<HostPolicy>>,
}

impl Connector {
    /// A connector for the current runtime, which must be multi-threaded and outlive every connection.
    pub fn current() -> Self {
        Self {
            runtime: Handle::current(),
            guard: None,
        }
    }

    /// The same for hosts that `policy` lets through.
    #[must_use]
    pub fn guarded(&self, policy: HostPolicy) -> Self {
        Self {
            runtime: self.runtime.clone(),
            guard: Some(Arc::new(policy)),
        }
    }

    /// The same for every host: for what the operator configured, never for what a form brought.
    #[must_use]
    pub fn unguarded(&self) -> Self {
        Self {
            runtime: self.runtime.clone(),
            guard: None,
        }
    }

    /// Whether the policy, if there is one, lets `url`'s host through now.
    pub(crate) async fn judge(&self, url: &DatabaseUrl) -> Result<(), HostError> {
        self.addresses(url).await.map(|_judged| ())
    }

    /// Where to connect to; `None` leaves the name to the driver.
    async fn addresses(&self, url: &DatabaseUrl) -> Result<Option<Vec<IpAddr>>, HostError> {
        let Some(policy) = &self.guard else {
            return Ok(None);
        };
        policy.resolve(url.host(), url.port()).await.map(Some)
    }

    /// The runtime that drives the connections.
    pub(crate) fn runtime(&self) -> &Handle {
        &self.runtime
    }

    /// Opens a connection outside any pool; fails after five seconds without an answer.
    pub async fn connect(&self, url: &DatabaseUrl) -> ConnectionResult<AsyncPgConnection> {
        let (connector, url) = (self.clone(), url.clone());
        let opening = self.runtime.spawn(async move {
            tokio::time::timeout(std::time::Duration::from_secs(8), connector.open(&url))
                .await
                .unwrap_or_else(|_elapsed| {
                    Err(ConnectionError::BadConnection(
                        "the server did not answer in time".to_owned(),
                    ))
                })
        });
        opening
            .await
            .map_err(|source| ConnectionError::BadConnection(source.to_string()))?
    }

    async fn open(&self, url: &DatabaseUrl) -> ConnectionResult<AsyncPgConnection> {
        let bad = |source: tokio_postgres::Error| ConnectionError::BadConnection(describe(&source));
        let refused = |source: HostError| ConnectionError::BadConnection(source.to_string());
        let addresses = self.addresses(url).await.map_err(refused)?;
        let config = url.driver_config(addresses.as_deref());
        if url.ssl_mode() == SslMode::Disable {
            let (client, connection) = config.connect(NoTls).await.map_err(bad)?;
            return AsyncPgConnection::try_from_client_and_connection(client, connection).await;
        }
        let tls = tls::connector(url.ssl_mode())
            .map_err(|source| ConnectionError::BadConnection(source.to_string()))?;
        let (client, connection) = config.connect(tls).await.map_err(bad)?;
        AsyncPgConnection::try_from_client_and_connection(client, connection).await
    }
}

/// The error with its SQLSTATE in front, which the driver's own text leaves out.
fn describe(error: &tokio_postgres::Error) -> String {
    let code = error.code().map_or("", tokio_postgres::error::SqlState::code);
    let mut text = format!("[{code}] {error}");
    let mut source = std::error::Error::source(error);
    while let Some(cause) = source {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        source = cause.source();
    }
    text
}
