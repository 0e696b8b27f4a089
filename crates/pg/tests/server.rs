//! A database with a role of its own: what the role may do, and who may not come in.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use diesel_async::SimpleAsyncConnection;
use pg::{
    Connector, DatabaseUrl, probe,
    server::{Server, ServerError},
};
use secrecy::SecretString;
use testkit::TestDb;

/// A server's administrator, and a name that no other test uses.
fn admin(purpose: &str) -> (TestDb, DatabaseUrl, String) {
    let database = TestDb::empty("admin");
    let url = database.url().parse().unwrap();
    let name = format!("{}_{purpose}", database.name());
    (database, url, name)
}

fn password(text: &str) -> SecretString {
    SecretString::from(text)
}

async fn create_database(
    connector: &Connector,
    admin: &DatabaseUrl,
    name: &str,
    password: SecretString,
) -> Result<DatabaseUrl, ServerError> {
    let mut server = Server::open(connector, admin).await?;
    let made = server.create_database(name, password, None).await?;
    Ok(made.url)
}

async fn refuses(connector: &Connector, url: &DatabaseUrl, statement: &str) -> bool {
    let mut conn = probe::probe(connector, url).await.unwrap().conn;
    conn.batch_execute(statement).await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_owns_its_database_and_nothing_else() {
    let (_admin, url, name) = admin("own");
    let made = TestDb::adopt(&name);
    let connector = Connector::current();
    let own = create_database(&connector, &url, made.name(), password("first"))
        .await
        .unwrap();
    assert_eq!((own.user(), own.database()), (name.as_str(), name.as_str()));
    assert!(
        !refuses(
            &connector,
            &own,
            "CREATE TABLE t (a int); CREATE EXTENSION pg_trgm"
        )
        .await
    );
    for statement in [
        "CREATE DATABASE x",
        "CREATE ROLE x",
        "ALTER SYSTEM SET work_mem = '1GB'",
    ] {
        assert!(refuses(&connector, &own, statement).await, "{statement}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn one_tenants_role_cannot_come_in_to_anothers_database() {
    let (_admin, url, name) = admin("one");
    let (one, two) = (TestDb::adopt(&name), TestDb::adopt(&format!("{name}_two")));
    let connector = Connector::current();
    let own = create_database(&connector, &url, one.name(), password("first"))
        .await
        .unwrap();
    create_database(&connector, &url, two.name(), password("second"))
        .await
        .unwrap();
    assert!(
        probe::probe(&connector, &own.with_database(two.name()))
            .await
            .is_err()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn made_again_it_keeps_its_tables_and_takes_the_new_password() {
    let (_admin, url, name) = admin("again");
    let made = TestDb::adopt(&name);
    let connector = Connector::current();
    let old = create_database(&connector, &url, made.name(), password("first"))
        .await
        .unwrap();
    assert!(!refuses(&connector, &old, "CREATE TABLE t (a int)").await);
    let new = create_database(&connector, &url, made.name(), password("second"))
        .await
        .unwrap();
    assert!(!refuses(&connector, &new, "SELECT a FROM t").await);
    assert!(probe::probe(&connector, &old).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_need_not_be_a_superuser() {
    let (_admin, url, name) = admin("plain");
    let connector = Connector::current();
    let (operator, made) = (TestDb::adopt(&format!("{name}_operator")), TestDb::adopt(&name));
    let operator_url = create_database(&connector, &url, operator.name(), password("op"))
        .await
        .unwrap();
    let refused = create_database(&connector, &operator_url, made.name(), password("first")).await;
    assert!(matches!(refused, Err(ServerError::NotAllowed)));

    let allow = format!("ALTER ROLE \"{}\" CREATEDB CREATEROLE", operator.name());
    assert!(!refuses(&connector, &url, &allow).await);
    let own = create_database(&connector, &operator_url, made.name(), password("first"))
        .await
        .unwrap();
    assert!(!refuses(&connector, &own, "CREATE TABLE t (a int)").await);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_of_somebody_else_is_left_alone() {
    let (database, url, _name) = admin("x");
    let refused = create_database(&Connector::current(), &url, database.name(), password("first")).await;
    assert!(matches!(refused, Err(ServerError::Taken(_))));
}
