//! Templates: databases that are migrated once and cloned for each test.

use std::fs;
use std::path::{Path, PathBuf};

use diesel::migration::MigrationSource;
use diesel::pg::Pg;
use diesel_async::{AsyncConnection, AsyncMigrationHarness, AsyncPgConnection};
use diesel_migrations::{EmbeddedMigrations, MigrationHarness};
use sha2::{Digest, Sha256};
use tokio_postgres::Client;

use crate::server;

/// The lock under which templates are looked for and built, the same number in every process.
const LOCK: i64 = 0x6365_6e74_7261;

/// The name of the template for these migrations, built now if there is none.
pub(crate) async fn ensure(admin: &Client, label: &str, migrations: EmbeddedMigrations) -> String {
    let name = format!("template_{label}_{}", fingerprint(&migrations));
    admin
        .execute("SELECT pg_advisory_lock($1)", &[&LOCK])
        .await
        .unwrap();
    let found = admin
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await
        .unwrap();
    if found.is_none() {
        build(admin, &name, migrations).await;
    }
    admin
        .execute("SELECT pg_advisory_unlock($1)", &[&LOCK])
        .await
        .unwrap();
    name
}

/// Migrates under another name first: a template that exists is whole.
async fn build(admin: &Client, name: &str, migrations: EmbeddedMigrations) {
    let building = format!("{name}_new");
    let run = async |statement: String| admin.batch_execute(&statement).await.unwrap();
    run(format!(r#"DROP DATABASE IF EXISTS "{building}" WITH (FORCE)"#)).await;
    run(format!(r#"CREATE DATABASE "{building}""#)).await;
    migrate(&server::url(&building), migrations).await;
    // The session above ends a moment after it is dropped, and a rename waits for nobody.
    run(format!(r#"ALTER DATABASE "{building}" ALLOW_CONNECTIONS false"#)).await;
    let end = "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = $1";
    admin.query(end, &[&building]).await.unwrap();
    run(format!(r#"ALTER DATABASE "{building}" RENAME TO "{name}""#)).await;
}

async fn migrate(url: &str, migrations: EmbeddedMigrations) {
    #[expect(
        clippy::disallowed_methods,
        reason = "the crate that makes product connections is tested with this one"
    )]
    let connection = AsyncPgConnection::establish(url)
        .await
        .expect("a connection to the new template");
    let mut harness = AsyncMigrationHarness::new(connection);
    harness
        .run_pending_migrations(migrations)
        .unwrap_or_else(|error| panic!("a migration failed: {error}"));
}

/// Changes whenever the migrations do, also when one is edited under its old name.
///
/// The embedded text cannot be read back, so the folders that it came from are.
fn fingerprint(migrations: &EmbeddedMigrations) -> String {
    let mut digest = Sha256::new();
    for migration in MigrationSource::<Pg>::migrations(migrations).expect("readable migrations") {
        digest.update(migration.name().to_string());
        digest.update("\n");
    }
    for file in migration_files() {
        digest.update(fs::read(file).unwrap_or_default());
    }
    hex::encode(digest.finalize()).chars().take(16).collect()
}

/// Every file of the workspace's migration folders, in a fixed order.
fn migration_files() -> Vec<PathBuf> {
    let package = std::env::var_os("CARGO_MANIFEST_DIR")
        .map(PathBuf::from)
        .unwrap_or_default();
    let root = package.ancestors().find(|dir| dir.join("Cargo.lock").exists());
    let mut files = Vec::new();
    for folder in root.into_iter().flat_map(entries) {
        let name = folder
            .file_name()
            .unwrap_or_default()
            .to_string_lossy()
            .into_owned();
        if name.starts_with("migrations") {
            files.extend(entries(&folder).iter().flat_map(|migration| entries(migration)));
        }
    }
    files
}

fn entries(dir: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(dir)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect();
    found.sort();
    found
}
