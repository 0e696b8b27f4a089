//! The table declarations and the expected listing are those of the migrated database.

use pg::{Connector, Db, Tenant};
use testkit::TestDb;

#[test]
fn the_declared_schema_is_the_migrated_one() {
    let db = TestDb::create("tenant", tenant::MIGRATIONS);
    testkit::schema::assert_current(concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs"), db.url());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_expected_listing_is_that_of_a_freshly_migrated_database() {
    let db = TestDb::create("tenant", tenant::MIGRATIONS);
    let pool: Db<Tenant> = Db::new(&Connector::current(), &db.url().parse().unwrap(), 1);
    let mut conn = pool.conn().await.unwrap();
    let found = pg::catalog::listing(&mut conn).await.unwrap();
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/expected.txt");
    if std::env::var_os("UPDATE_SCHEMA").is_some_and(|value| value == "1") {
        std::fs::write(path, format!("{}\n", found.join("\n"))).unwrap();
    }
    let kept = std::fs::read_to_string(path).unwrap();
    let kept: Vec<&str> = kept.lines().collect();
    let differences = pg::catalog::differences(&kept, &found);
    assert!(
        differences.is_empty(),
        "expected.txt is not what the migrations make; run `UPDATE_SCHEMA=1 cargo test schema` (or `just schema`): {}",
        differences.join("; ")
    );
    assert_eq!(kept, found, "expected.txt is not sorted");
}

#[test]
fn every_sealed_column_is_known_to_whoever_changes_the_key() {
    let db = TestDb::create("tenant", tenant::MIGRATIONS);
    let listed = tenant::sealed::COLUMNS.map(|sealed| format!("{}.{}", sealed.table, sealed.column));
    let mut listed = listed.to_vec();
    listed.sort();
    assert_eq!(
        db.sealed_columns(),
        listed,
        "src/sealed.rs is not what the migrations make"
    );
}
