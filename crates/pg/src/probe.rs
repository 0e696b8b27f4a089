//! Tries a database URL and says, in kinds a person can act on, what is wrong.

use std::time::{Duration, Instant};

use diesel::{
    ConnectionError, QueryableByName,
    sql_types::{Integer, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use egress::HostError;

use crate::{Connector, DatabaseUrl, DbError};

/// The oldest server release that is supported.
pub const MINIMUM_SERVER_MAJOR: i32 = 13;

/// Why a database cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ProbeError {
    /// The host may not be connected to.
    #[error(transparent)]
    Host(HostError),
    /// No server answers there.
    #[error("no Postgres answers at this host and port")]
    Unreachable(#[source] ConnectionError),
    /// The server refused user or password.
    #[error("the server refuses this user or password")]
    Login(#[source] ConnectionError),
    /// The server has no database of that name.
    #[error("the server has no database of this name")]
    NoDatabase(#[source] ConnectionError),
    /// The server is too old.
    #[error("the server runs Postgres {found}; {MINIMUM_SERVER_MAJOR} or newer is needed")]
    TooOld {
        /// Its version.
        found: String,
    },
    /// It connected and then failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A server that answered.
pub struct Probed {
    /// The open connection, for further questions.
    pub conn: AsyncPgConnection,
    /// Version text, such as `15.18`.
    pub server_version: String,
    /// From the first byte to the answer of a query.
    pub latency: Duration,
}

#[derive(QueryableByName)]
struct Server {
    #[diesel(sql_type = Text)]
    version: String,
    #[diesel(sql_type = Integer)]
    number: i32,
}

/// Connects, and asks the server's version.
pub async fn probe(connector: &Connector, url: &DatabaseUrl) -> Result<Probed, ProbeError> {
    let started = Instant::now();
    match connector.judge(url).await {
        // Which a name without an address is, for whoever typed it.
        Err(error @ HostError::Unknown(_)) => {
            return Err(ProbeError::Unreachable(ConnectionError::BadConnection(
                error.to_string(),
            )));
        }
        judged => judged.map_err(ProbeError::Host)?,
    }
    let mut conn = connector.connect(url).await.map_err(classify)?;
    let server = diesel::sql_query(
        "SELECT current_setting('server_version') AS version, current_setting('server_version_num')::int AS number",
    )
    .get_result::<Server>(&mut conn)
    .await
    .map_err(DbError::from)?;
    if server.number / 10_000 < MINIMUM_SERVER_MAJOR {
        return Err(ProbeError::TooOld {
            found: server.version,
        });
    }
    Ok(Probed {
        conn,
        server_version: server.version,
        latency: started.elapsed(),
    })
}

/// Reads the SQLSTATE that the connector puts in front of the text.
fn classify(error: ConnectionError) -> ProbeError {
    let text = error.to_string();
    if text.contains("[28P01]")
        || text.contains("[28000]")
        || text.contains("[42501]")
        || text.contains("password missing")
    {
        ProbeError::Login(error)
    } else if text.contains("[3D000]") {
        ProbeError::NoDatabase(error)
    } else {
        ProbeError::Unreachable(error)
    }
}
