//! Facts about a server and a database that an operator wants to know.

use chrono::{DateTime, Utc};
use diesel::{
    QueryableByName,
    sql_types::{BigInt, Integer, Text, Timestamptz},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use crate::DbError;

/// How large a database is and how busy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct DatabaseFacts {
    /// Bytes on disk.
    #[diesel(sql_type = BigInt)]
    pub size_bytes: i64,
    /// Connections to it, this one left out.
    #[diesel(sql_type = Integer)]
    pub connections: i32,
}

/// The server's clock and the settings that decide whether a commit survives.
#[derive(Debug, Clone, PartialEq, Eq, QueryableByName)]
pub struct ServerFacts {
    /// What time it is there.
    #[diesel(sql_type = Timestamptz)]
    pub now: DateTime<Utc>,
    /// `on` or `off`.
    #[diesel(sql_type = Text)]
    pub fsync: String,
    /// `on`, `off`, `local`, `remote_write` or `remote_apply`.
    #[diesel(sql_type = Text)]
    pub synchronous_commit: String,
    /// `on` or `off`.
    #[diesel(sql_type = Text)]
    pub full_page_writes: String,
}

/// The facts of the database that `conn` is connected to.
pub async fn database(conn: &mut AsyncPgConnection) -> Result<DatabaseFacts, DbError> {
    Ok(diesel::sql_query(
        "SELECT pg_database_size(current_database()) AS size_bytes, \
                (SELECT count(*)::int FROM pg_stat_activity \
                 WHERE datname = current_database() AND pid <> pg_backend_pid()) AS connections",
    )
    .get_result(conn)
    .await?)
}

/// The facts of the server that `conn` is connected to.
pub async fn server(conn: &mut AsyncPgConnection) -> Result<ServerFacts, DbError> {
    Ok(diesel::sql_query(
        "SELECT clock_timestamp() AS now, current_setting('fsync') AS fsync, \
                current_setting('synchronous_commit') AS synchronous_commit, \
                current_setting('full_page_writes') AS full_page_writes",
    )
    .get_result(conn)
    .await?)
}
