//! The table declarations are those that the migrations make.

use testkit::TestDb;

#[test]
fn the_declared_schema_is_the_migrated_one() {
    let db = TestDb::create("control", control::MIGRATIONS);
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/src/schema.rs");
    testkit::schema::assert_current(path, db.url());
}

#[test]
fn every_sealed_column_is_known_to_whoever_changes_the_key() {
    let db = TestDb::create("control", control::MIGRATIONS);
    let listed = control::sealed::COLUMNS.map(|sealed| format!("{}.{}", sealed.table, sealed.column));
    let mut listed = listed.to_vec();
    listed.sort();
    assert_eq!(
        db.sealed_columns(),
        listed,
        "src/sealed.rs is not what the migrations make"
    );
}
