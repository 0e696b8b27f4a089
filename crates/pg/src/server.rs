//! Makes a database with a role of its own on a server.

use diesel::{
    QueryableByName,
    sql_types::{Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Connector, DatabaseUrl, DbError,
    probe::{self, ProbeError},
};

/// Why a database was not made.
#[derive(Debug, thiserror::Error)]
pub enum CreateDatabaseError {
    /// The server could not be used with the administrator's URL.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The administrator may not create roles or databases.
    #[error("this user may not create databases and roles on the server")]
    NotAllowed,
    /// A database of this name belongs to somebody else.
    #[error("a database named {0} is there already and belongs to another role")]
    Taken(String),
    /// A statement failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

#[derive(QueryableByName)]
struct Rights {
    #[diesel(sql_type = Bool)]
    superuser: bool,
    #[diesel(sql_type = Bool)]
    enough: bool,
}

#[derive(QueryableByName)]
struct Existing {
    #[diesel(sql_type = Bool)]
    role: bool,
    #[diesel(sql_type = Bool)]
    database: bool,
    #[diesel(sql_type = Bool)]
    owned: bool,
}

/// Makes a database called `name` that belongs to a role of the same name and
/// is closed to all other ones; returns the URL that logs in as that role.
///
/// The role can log in and nothing else. Run again, it gives the role the new
/// password and keeps the database. The password goes over the wire as a SCRAM
/// verifier, so that the server's log does not hold it.
pub async fn create_database(
    connector: &Connector,
    admin: &DatabaseUrl,
    name: &str,
    password: SecretString,
) -> Result<DatabaseUrl, CreateDatabaseError> {
    let mut conn = probe::probe(connector, admin).await?.conn;
    let rights = rights(&mut conn).await?;
    if !rights.enough {
        return Err(CreateDatabaseError::NotAllowed);
    }
    let existing = existing(&mut conn, name).await?;
    if existing.database && !existing.owned {
        return Err(CreateDatabaseError::Taken(name.to_owned()));
    }
    let (role, database) = (quoted(name), quoted(name));
    let verifier = postgres_protocol::password::scram_sha_256(password.expose_secret().as_bytes());
    let verb = if existing.role { "ALTER" } else { "CREATE" };
    let mut statements = vec![format!("{verb} ROLE {role} LOGIN PASSWORD '{verifier}'")];
    if !rights.superuser {
        // Only a member of a role can hand a database over to it.
        statements.push(format!("GRANT {role} TO CURRENT_USER"));
    }
    if !existing.database {
        statements.push(format!(
            "CREATE DATABASE {database} OWNER {role} ENCODING 'UTF8' TEMPLATE template0"
        ));
    }
    statements.push(format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC"));
    for statement in statements {
        // One at a time: a database cannot be created inside a transaction.
        conn.batch_execute(&statement).await.map_err(DbError::from)?;
    }
    Ok(admin.with_login(name, password, name))
}

async fn rights(conn: &mut AsyncPgConnection) -> Result<Rights, DbError> {
    Ok(diesel::sql_query(
        "SELECT rolsuper AS superuser, rolsuper OR (rolcreaterole AND rolcreatedb) AS enough \
         FROM pg_roles WHERE rolname = current_user",
    )
    .get_result(conn)
    .await?)
}

async fn existing(conn: &mut AsyncPgConnection, name: &str) -> Result<Existing, DbError> {
    Ok(diesel::sql_query(
        "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = $1) AS role, \
                EXISTS (SELECT FROM pg_database WHERE datname = $1) AS database, \
                EXISTS (SELECT FROM pg_database d JOIN pg_roles r ON r.oid = d.datdba \
                        WHERE d.datname = $1 AND r.rolname = $1) AS owned",
    )
    .bind::<Text, _>(name)
    .get_result(conn)
    .await?)
}

/// An identifier as SQL quotes it.
fn quoted(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_quote_cannot_end_an_identifier() {
        assert_eq!(
            quoted(r#"a"; DROP DATABASE b; --"#),
            r#""a""; DROP DATABASE b; --""#
        );
    }
}
