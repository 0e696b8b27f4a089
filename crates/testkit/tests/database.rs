//! A database for each test, its schema in Rust, and a wire to cut.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use diesel_migrations::{EmbeddedMigrations, embed_migrations};
use testkit::TestDb;
use testkit::proxy::Proxy;
use tokio_postgres::{Client, NoTls};

const MIGRATIONS: EmbeddedMigrations = embed_migrations!("tests/migrations");

async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}

async fn people(client: &Client) -> i64 {
    client
        .query_one("SELECT count(*) FROM person", &[])
        .await
        .unwrap()
        .get(0)
}

#[tokio::test]
async fn tests_do_not_see_each_others_rows() {
    let (one, other) = (
        TestDb::create("kit", MIGRATIONS),
        TestDb::create("kit", MIGRATIONS),
    );
    let client = connect(one.url()).await;

    client
        .batch_execute("INSERT INTO person VALUES (gen_random_uuid(), 'Ana', NULL, '{}')")
        .await
        .unwrap();

    assert_eq!(people(&client).await, 1);
    assert_eq!(people(&connect(other.url()).await).await, 0);
}

#[tokio::test]
async fn a_database_goes_with_its_test_even_while_in_use() {
    let witness = TestDb::empty("kit");
    let gone = TestDb::create("kit", MIGRATIONS);
    let name = gone.name().to_owned();
    let _in_use = connect(gone.url()).await;

    drop(gone);

    let admin = connect(witness.url()).await;
    let found = admin
        .query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name])
        .await
        .unwrap();
    assert!(found.is_none());
}

#[tokio::test]
async fn the_schema_is_printed_as_diesel_has_it() {
    let database = TestDb::create("kit", MIGRATIONS);

    let printed = testkit::schema::print(database.url());

    assert_eq!(printed, include_str!("schema.rs.expected"));
}

#[tokio::test]
#[should_panic(expected = "is not what the migrations make")]
async fn a_schema_file_that_lags_behind_is_told() {
    let database = TestDb::create("kit", MIGRATIONS);
    testkit::schema::assert_current("tests/database.rs", database.url());
}

#[tokio::test]
async fn a_cut_wire_breaks_old_and_new_connections_until_it_is_restored() {
    let database = TestDb::create("kit", MIGRATIONS);
    let proxy = Proxy::start(database.url());
    let client = connect(proxy.url()).await;
    assert_eq!(people(&client).await, 0);

    proxy.cut();

    assert!(client.simple_query("SELECT 1").await.is_err());
    assert!(tokio_postgres::connect(proxy.url(), NoTls).await.is_err());
    proxy.restore();
    assert_eq!(people(&connect(proxy.url()).await).await, 0);
}
