//! The hand-kept table declarations are those of the migrated database.

use testkit::TestDb;

#[test]
fn the_declared_schema_is_the_migrated_one() {
    let db = TestDb::create("tenant", tenant::MIGRATIONS);
    testkit::schema::assert_current(concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs"), db.url());
}
