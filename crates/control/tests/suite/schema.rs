//! The table declarations are those that the migrations make.

use testkit::TestDb;

#[test]
fn the_declared_schema_is_the_migrated_one() {
    let db = TestDb::create("control", control::MIGRATIONS);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs");
    testkit::schema::assert_current(path, db.url());
}
