//! A server on which databases are made: each with a role of its own, from a
//! template that is migrated once.

mod template;

use diesel::{
    QueryableByName,
    sql_types::{Bool, Text},
};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use secrecy::{ExposeSecret, SecretString};

use crate::{
    Connector, DatabaseUrl, DbError,
    migrate::MigrateError,
    probe::{self, ProbeError},
};

/// Why a database was not made.
#[derive(Debug, thiserror::Error)]
pub enum ServerError {
    /// The server could not be used with the administrator's URL.
    #[error(transparent)]
    Probe(#[from] ProbeError),
    /// The administrator may not create roles or databases.
    #[error("this user may not create databases and roles on the server (it needs CREATEDB and CREATEROLE)")]
    NotAllowed,
    /// A database of this name belongs to somebody else.
    #[error("a database named {0} is there already and belongs to another role")]
    Taken(String),
    /// The template could not be migrated.
    #[error(transparent)]
    Migrate(#[from] MigrateError),
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

/// A database that was made, or found half-made.
#[derive(Debug, Clone)]
pub struct Made {
    /// The URL that logs in as the database's own role.
    pub url: DatabaseUrl,
    /// Whether the role was not there before.
    role_is_new: bool,
    /// Whether the database was not there before.
    database_is_new: bool,
}

/// A server, logged in to as somebody who may create databases and roles.
pub struct Server<'c> {
    connector: &'c Connector,
    admin: DatabaseUrl,
    conn: AsyncPgConnection,
    superuser: bool,
    version: String,
}

impl<'c> Server<'c> {
    /// Logs in, and makes sure that the version will do and that this user may create
    /// databases and roles.
    pub async fn open(connector: &'c Connector, admin: &DatabaseUrl) -> Result<Self, ServerError> {
        let probed = probe::probe(connector, admin).await?;
        let mut conn = probed.conn;
        let rights = rights(&mut conn).await?;
        if !rights.enough {
            return Err(ServerError::NotAllowed);
        }
        Ok(Self {
            connector,
            admin: admin.clone(),
            conn,
            superuser: rights.superuser,
            version: probed.server_version,
        })
    }

    /// Version text, such as `15.18`.
    pub fn version(&self) -> &str {
        &self.version
    }

    /// Waits for whoever holds the lock of this name, and holds it until the value is dropped.
    pub async fn lock(&mut self, name: &str) -> Result<(), DbError> {
        diesel::sql_query("SELECT pg_advisory_lock(hashtextextended($1, 0))")
            .bind::<Text, _>(name)
            .execute(&mut self.conn)
            .await?;
        Ok(())
    }

    /// Makes a database called `name` that belongs to a role of the same name and is closed to
    /// all other ones: a copy of `template`, or an empty one.
    ///
    /// The role can log in, owns what is in the database, and can do nothing else. Run again, it
    /// gives the role the new password and keeps the database. The password goes over the wire as
    /// a SCRAM verifier, so that the server's log does not hold it. What fails half-way is undone.
    pub async fn create_database(
        &mut self,
        name: &str,
        password: SecretString,
        template: Option<&str>,
    ) -> Result<Made, ServerError> {
        let existing = existing(&mut self.conn, name).await?;
        if existing.database && !existing.owned {
            return Err(ServerError::Taken(name.to_owned()));
        }
        let made = Made {
            url: self.admin.with_login(name, password.clone(), name),
            role_is_new: !existing.role,
            database_is_new: !existing.database,
        };
        match self.make(&made, name, &password, template).await {
            Ok(()) => Ok(made),
            Err(error) => {
                self.undo(&made).await;
                Err(error)
            }
        }
    }

    /// Takes away what [`Server::create_database`] has made anew; what was there before stays.
    pub async fn undo(&mut self, made: &Made) {
        let name = quoted(made.url.database());
        let database = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        let role = format!("DROP ROLE IF EXISTS {name}");
        for (is_new, statement) in [(made.database_is_new, database), (made.role_is_new, role)] {
            if is_new && let Err(error) = self.conn.batch_execute(&statement).await {
                tracing::error!(%error, database = made.url.database(), "a database that is of no use stays behind");
            }
        }
    }

    async fn make(
        &mut self,
        made: &Made,
        name: &str,
        password: &SecretString,
        template: Option<&str>,
    ) -> Result<(), ServerError> {
        let name = quoted(name);
        let verifier = postgres_protocol::password::scram_sha_256(password.expose_secret().as_bytes());
        let verb = if made.role_is_new { "CREATE" } else { "ALTER" };
        self.run(&format!("{verb} ROLE {name} LOGIN PASSWORD '{verifier}'"))
            .await?;
        self.join(&name).await?;
        if made.database_is_new {
            let from = template.map_or_else(|| "template0".to_owned(), quoted);
            self.run(&format!(
                "CREATE DATABASE {name} OWNER {name} ENCODING 'UTF8' TEMPLATE {from}"
            ))
            .await?;
        }
        self.run(&format!("REVOKE ALL ON DATABASE {name} FROM PUBLIC"))
            .await?;
        if template.is_some() {
            self.hand_over(made.url.database()).await?;
        }
        Ok(())
    }

    /// Only a member of a role can hand something over to it, or take it from it.
    async fn join(&mut self, role: &str) -> Result<(), DbError> {
        if self.superuser {
            return Ok(());
        }
        self.run(&format!("GRANT {role} TO CURRENT_USER")).await
    }

    /// One statement at a time: a database cannot be created inside a transaction.
    async fn run(&mut self, statement: &str) -> Result<(), DbError> {
        Ok(self.conn.batch_execute(statement).await?)
    }
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
