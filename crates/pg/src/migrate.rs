//! Runs embedded migrations, one migrator at a time, and compares a database
//! with what the binary expects.

use diesel::{
    QueryableByName,
    migration::MigrationSource,
    pg::Pg,
    sql_types::{Bool, Text},
};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};

use crate::{Connector, DatabaseUrl, DbError};

/// A lock id that no other application is likely to take: "cntrlita" in ASCII.
const MIGRATION_LOCK: i64 = 0x636e_7472_6c69_7461;

/// How long a migrator waits for another one of the same database.
const LOCK_PATIENCE_SECONDS: u8 = 120;

/// Why a migration run stopped. Migrations that had already run stay applied.
#[derive(Debug, thiserror::Error)]
pub enum MigrateError {
    /// The server could not be reached or refused the login.
    #[error("cannot connect to the database")]
    Connect(#[from] diesel::ConnectionError),
    /// A query around the migrations failed.
    #[error(transparent)]
    Db(#[from] DbError),
    /// One migration failed; it was rolled back.
    #[error("migration {version} failed: {reason}")]
    Migration {
        /// Which one.
        version: String,
        /// What Postgres said.
        reason: String,
    },
    /// Somebody else is migrating it and did not come to an end.
    #[error(
        "somebody else has been migrating this database for {LOCK_PATIENCE_SECONDS} seconds; wait for them"
    )]
    Busy,
    /// The thread that ran them ended early.
    #[error("the migration run was interrupted")]
    Interrupted,
}

/// How a database's schema compares with the binary's migrations.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum SchemaState {
    /// No migration was ever applied.
    Empty,
    /// Exactly the expected ones.
    Current,
    /// Some are still to be applied.
    Behind {
        /// How many.
        missing: usize,
    },
    /// It has migrations this binary does not know: a newer release was here.
    Ahead {
        /// The first unknown one.
        unknown: String,
    },
}

/// The state of a schema with the versions it rests on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SchemaStatus {
    /// How it compares.
    pub state: SchemaState,
    /// The newest version applied, if any.
    pub applied: Option<String>,
    /// The newest version the binary knows.
    pub expected: Option<String>,
}

/// Applies what is pending and returns the versions applied, oldest first.
/// `on_step(done, total)` is called before the first and after each one.
///
/// Safe to run from several places at once: the others wait for the first.
pub async fn run(
    connector: &Connector,
    url: &DatabaseUrl,
    migrations: EmbeddedMigrations,
    on_step: impl FnMut(usize, usize) + Send + 'static,
) -> Result<Vec<String>, MigrateError> {
    let conn = connector.connect(url).await?;
    run_on(connector, conn, migrations, on_step).await
}

/// The same as another role, to whom the tables then belong.
pub(crate) async fn run_as(
    connector: &Connector,
    url: &DatabaseUrl,
    role: &str,
    migrations: EmbeddedMigrations,
) -> Result<Vec<String>, MigrateError> {
    let mut conn = connector.connect(url).await?;
    conn.batch_execute(&format!("SET ROLE \"{role}\""))
        .await
        .map_err(DbError::from)?;
    run_on(connector, conn, migrations, |_done, _total| {}).await
}

async fn run_on(
    connector: &Connector,
    mut conn: AsyncPgConnection,
    migrations: EmbeddedMigrations,
    mut on_step: impl FnMut(usize, usize) + Send + 'static,
) -> Result<Vec<String>, MigrateError> {
    lock(&mut conn).await?;
    // The harness blocks its thread, which a single-threaded runtime cannot bear.
    connector
        .runtime()
        .spawn_blocking(move || apply(conn, migrations, &mut on_step))
        .await
        .map_err(|_source| MigrateError::Interrupted)?
}

/// Waits for whoever migrates the database now, but not for ever.
async fn lock(conn: &mut AsyncPgConnection) -> Result<(), MigrateError> {
    let wait = format!(
        "SET lock_timeout = '{LOCK_PATIENCE_SECONDS}s'; SELECT pg_advisory_lock({MIGRATION_LOCK}); RESET lock_timeout"
    );
    conn.batch_execute(&wait)
        .await
        .map_err(|error| match DbError::from(error) {
            error if error.is_unavailable() && error.says("lock timeout") => MigrateError::Busy,
            error => error.into(),
        })
}

fn apply(
    conn: AsyncPgConnection,
    migrations: EmbeddedMigrations,
    on_step: &mut dyn FnMut(usize, usize),
) -> Result<Vec<String>, MigrateError> {
    let mut harness = AsyncMigrationHarness::new(conn);
    let failed = |version: &str, reason: String| MigrateError::Migration {
        version: version.to_owned(),
        reason,
    };
    let pending = harness
        .pending_migrations(migrations)
        .map_err(|source| failed("list", source.to_string()))?;
    let mut applied = Vec::with_capacity(pending.len());
    on_step(0, pending.len());
    for migration in &pending {
        let version = migration.name().version().to_string();
        harness
            .run_migration(migration)
            .map_err(|source| failed(&version, source.to_string()))?;
        applied.push(version);
        on_step(applied.len(), pending.len());
    }
    Ok(applied)
}

#[derive(QueryableByName)]
struct Version {
    #[diesel(sql_type = Text)]
    version: String,
}

#[derive(QueryableByName)]
struct Exists {
    #[diesel(sql_type = Bool)]
    found: bool,
}

/// Compares the database with `migrations` without changing it.
pub async fn status(
    conn: &mut AsyncPgConnection,
    migrations: &EmbeddedMigrations,
) -> Result<SchemaStatus, DbError> {
    let expected = expected_versions(migrations);
    let table =
        diesel::sql_query("SELECT to_regclass('public.__diesel_schema_migrations') IS NOT NULL AS found")
            .get_result::<Exists>(conn)
            .await?;
    let applied: Vec<String> = if table.found {
        diesel::sql_query("SELECT version::text FROM public.__diesel_schema_migrations ORDER BY version")
            .load::<Version>(conn)
            .await?
            .into_iter()
            .map(|row| row.version)
            .collect()
    } else {
        Vec::new()
    };
    let missing = expected
        .iter()
        .filter(|version| !applied.contains(version))
        .count();
    let unknown = applied.iter().find(|version| !expected.contains(version));
    let state = match (applied.is_empty(), unknown, missing) {
        (true, ..) => SchemaState::Empty,
        (_, Some(unknown), _) => SchemaState::Ahead {
            unknown: unknown.clone(),
        },
        (_, None, 0) => SchemaState::Current,
        (_, None, missing) => SchemaState::Behind { missing },
    };
    Ok(SchemaStatus {
        state,
        applied: applied.last().cloned(),
        expected: expected.last().cloned(),
    })
}

/// How many migrations there are.
pub fn count(migrations: &EmbeddedMigrations) -> i32 {
    i32::try_from(expected_versions(migrations).len()).unwrap_or(i32::MAX)
}

/// The newest version among `migrations`; empty if there are none.
pub fn latest(migrations: &EmbeddedMigrations) -> String {
    expected_versions(migrations).pop().unwrap_or_default()
}

fn expected_versions(migrations: &EmbeddedMigrations) -> Vec<String> {
    let mut versions: Vec<String> = MigrationSource::<Pg>::migrations(migrations)
        .unwrap_or_default()
        .iter()
        .map(|migration| migration.name().version().to_string())
        .collect();
    versions.sort();
    versions
}
