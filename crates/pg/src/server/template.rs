//! Databases that are migrated once and copied from then on.
//!
//! What is in a template belongs to a role of its own that cannot log in, so that one
//! statement can hand a copy's contents over to the role that the copy is for.

use diesel::{
    OptionalExtension, QueryableByName,
    sql_types::{Bool, Text},
};
use diesel_async::{RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::EmbeddedMigrations;

use super::{Server, ServerError, existing, quoted};
use crate::{DatabaseUrl, DbError, migrate, probe};

/// Owns what is in templates, and nothing else; nobody logs in as it.
const OWNER: &str = "centralita_template";

#[derive(QueryableByName)]
struct Found {
    #[diesel(sql_type = Bool)]
    is_template: bool,
}

impl Server<'_> {
    /// Makes sure that there is a template of this name to which `migrations` have been applied.
    /// It takes no connections, so nobody can change it or keep it from being copied.
    ///
    /// It is made under another name and renamed at the end: a template that exists is whole.
    pub async fn ensure_template(
        &mut self,
        name: &str,
        migrations: EmbeddedMigrations,
    ) -> Result<(), ServerError> {
        if self.template(name).await? == Some(true) {
            return Ok(());
        }
        self.lock(name).await?;
        let made = self.make_template(name, migrations).await;
        diesel::sql_query("SELECT pg_advisory_unlock(hashtextextended($1, 0))")
            .bind::<Text, _>(name)
            .execute(&mut self.conn)
            .await
            .map_err(DbError::from)?;
        made
    }

    /// Whether the database of this name is marked as a template; `None` if there is none.
    async fn template(&mut self, name: &str) -> Result<Option<bool>, DbError> {
        let found: Option<Found> =
            diesel::sql_query("SELECT datistemplate AS is_template FROM pg_database WHERE datname = $1")
                .bind::<Text, _>(name)
                .get_result(&mut self.conn)
                .await
                .optional()?;
        Ok(found.map(|found| found.is_template))
    }

    async fn make_template(&mut self, name: &str, migrations: EmbeddedMigrations) -> Result<(), ServerError> {
        let whole = quoted(name);
        if self.template(name).await?.is_none() {
            self.build_template(name, migrations).await?;
        }
        Ok(self
            .run(&format!("ALTER DATABASE {whole} IS_TEMPLATE true"))
            .await?)
    }

    async fn build_template(
        &mut self,
        name: &str,
        migrations: EmbeddedMigrations,
    ) -> Result<(), ServerError> {
        let owner = quoted(OWNER);
        if !existing(&mut self.conn, OWNER).await?.role {
            self.run(&format!("CREATE ROLE {owner} NOLOGIN")).await?;
        }
        self.join(&owner).await?;
        let building = format!("{name}_new");
        let database = quoted(&building);
        self.run(&format!("DROP DATABASE IF EXISTS {database} WITH (FORCE)"))
            .await?;
        self.run(&format!(
            "CREATE DATABASE {database} ENCODING 'UTF8' TEMPLATE template0"
        ))
        .await?;
        self.run(&format!("REVOKE ALL ON DATABASE {database} FROM PUBLIC"))
            .await?;
        let inside = self.admin.with_database(&building);
        self.inside(
            &inside,
            &format!(
                "GRANT CREATE ON SCHEMA public TO {owner}; GRANT CREATE ON DATABASE {database} TO {owner}"
            ),
        )
        .await?;
        migrate::run_as(self.connector, &inside, OWNER, migrations).await?;
        self.inside(&inside, &format!("REVOKE CREATE ON SCHEMA public FROM {owner}"))
            .await?;
        self.run(&format!("ALTER DATABASE {database} ALLOW_CONNECTIONS false"))
            .await?;
        // The sessions above end a moment after they are dropped, and a rename waits for nobody.
        diesel::sql_query("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1")
            .bind::<Text, _>(&building)
            .execute(&mut self.conn)
            .await
            .map_err(DbError::from)?;
        let rename = format!("ALTER DATABASE {database} RENAME TO {}", quoted(name));
        Ok(self.run(&rename).await?)
    }

    /// Gives what a copy holds to the role that owns the copy.
    pub(super) async fn hand_over(&mut self, database: &str) -> Result<(), ServerError> {
        self.join(&quoted(OWNER)).await?;
        let statement = format!("REASSIGN OWNED BY {} TO {}", quoted(OWNER), quoted(database));
        let inside = self.admin.with_database(database);
        self.inside(&inside, &statement).await
    }

    async fn inside(&self, database: &DatabaseUrl, statements: &str) -> Result<(), ServerError> {
        let mut conn = probe::probe(self.connector, database).await?.conn;
        conn.batch_execute(statements).await.map_err(DbError::from)?;
        Ok(())
    }
}
