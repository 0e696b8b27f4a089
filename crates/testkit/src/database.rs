//! A database for one test.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;

use diesel_migrations::EmbeddedMigrations;

use crate::{runtime, server, template};

/// A database that only this test knows, dropped when the value is.
#[derive(Debug)]
pub struct TestDb {
    name: String,
    url: String,
    has_role: bool,
}

impl TestDb {
    /// A database to which `migrations` have been applied. `label` (lower-case letters) names it in the server's lists.
    ///
    /// It is cloned from a template, so the migrations run once, not for every test.
    pub fn create(label: &str, migrations: EmbeddedMigrations) -> Self {
        let test = Self::named(label);
        runtime::run(async {
            let admin = server::connect(&server::url("postgres")).await;
            let template = template::ensure(&admin, label, migrations).await;
            // Without fsync, copying files is the fastest way to clone.
            let clone = format!(
                r#"CREATE DATABASE "{}" TEMPLATE "{template}" STRATEGY file_copy"#,
                test.name
            );
            admin
                .batch_execute(&clone)
                .await
                .expect("a clone of the template");
        });
        test
    }

    /// A database with nothing in it.
    pub fn empty(label: &str) -> Self {
        let test = Self::named(label);
        runtime::run(async {
            let admin = server::connect(&server::url("postgres")).await;
            let create = format!(r#"CREATE DATABASE "{}""#, test.name);
            admin.batch_execute(&create).await.expect("an empty database");
        });
        test
    }

    /// A database that the code under test has made on this server, with a role of the same
    /// name; both are dropped with the value.
    pub fn adopt(name: &str) -> Self {
        Self {
            name: name.to_owned(),
            url: server::url(name),
            has_role: true,
        }
    }

    /// Where it is, password included.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// Its name on the server.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Runs statements in it behind the back of the code under test.
    pub fn execute(&self, statements: &str) {
        runtime::run(async {
            let client = server::connect(&self.url).await;
            client
                .batch_execute(statements)
                .await
                .expect("the statements run");
        });
    }

    /// How many rows each of its tables holds: what a test compares that says "nothing was written".
    pub fn row_counts(&self) -> BTreeMap<String, i64> {
        runtime::run(async {
            let client = server::connect(&self.url).await;
            let tables = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'";
            let mut counts = BTreeMap::new();
            for row in client.query(tables, &[]).await.expect("the list of tables") {
                let table: String = row.get(0);
                let count = format!(r#"SELECT count(*) FROM "{table}""#);
                let count = client.query_one(&count, &[]).await.expect("a count of rows");
                counts.insert(table, count.get(0));
            }
            counts
        })
    }

    /// `table.column` of everything that holds sealed values, by the rule of names: `…_sealed`, or `sealed`.
    pub fn sealed_columns(&self) -> Vec<String> {
        runtime::run(async {
            let client = server::connect(&self.url).await;
            let columns = "SELECT table_name || '.' || column_name FROM information_schema.columns \
                 WHERE table_schema = 'public' AND column_name ~ '(^|_)sealed$' ORDER BY 1";
            let rows = client.query(columns, &[]).await.expect("the list of columns");
            rows.iter().map(|row| row.get(0)).collect()
        })
    }

    fn named(label: &str) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let count = COUNT.fetch_add(1, Ordering::Relaxed);
        let nonce = pgcluster::random_hex(3).unwrap_or_else(|error| panic!("{error}"));
        let name = format!("test_{label}_{}_{count}_{nonce}", std::process::id());
        Self {
            url: server::url(&name),
            name,
            has_role: false,
        }
    }
}

impl Drop for TestDb {
    fn drop(&mut self) {
        let drop = || {
            runtime::run(async {
                let admin = server::connect(&server::url("postgres")).await;
                let drop = format!(r#"DROP DATABASE IF EXISTS "{}" WITH (FORCE)"#, self.name);
                admin
                    .batch_execute(&drop)
                    .await
                    .expect("the database can be dropped");
                if self.has_role {
                    let drop = format!(r#"DROP ROLE IF EXISTS "{}""#, self.name);
                    admin.batch_execute(&drop).await.expect("the role can be dropped");
                }
            });
        };
        // While a failed test unwinds, a second panic would hide the first.
        if let Err(panic) = std::panic::catch_unwind(std::panic::AssertUnwindSafe(drop))
            && !thread::panicking()
        {
            std::panic::resume_unwind(panic);
        }
    }
}
