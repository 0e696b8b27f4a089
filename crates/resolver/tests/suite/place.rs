//! Making a tenant's database on a server.

use control::{database::TenantDatabases, tenant::Tenant};
use crypto::ExposeSecret;
use diesel_async::SimpleAsyncConnection;
use pg::{
    Connector, DatabaseUrl, Db, TenantId, migrate, probe,
    server::{Server, ServerError},
};
use resolver::{
    attach::{AttachError, InspectError},
    place::{PlaceError, database_name, place},
};
use testkit::TestDb;

use crate::common::{Stage, actor, at, run};

/// A server to make databases on, and the database that a tenant will get, dropped at the end.
struct Ground {
    stage: Stage,
    _admin: TestDb,
    admin: DatabaseUrl,
    tenant: Tenant,
    made: TestDb,
}

impl Ground {
    async fn new() -> Self {
        let stage = Stage::new();
        let database = TestDb::empty("admin");
        let tenant = stage.tenant("sol-y-mar").await;
        Self {
            admin: database.url().parse().unwrap(),
            made: TestDb::adopt(&database_name(tenant.id)),
            stage,
            _admin: database,
            tenant,
        }
    }

    async fn place(&self) -> Result<DatabaseUrl, PlaceError> {
        let platform = self.stage.resolver.platform();
        let placed = place(platform, self.tenant.id, &self.admin, &actor(), at(1)).await?;
        Ok(placed.open_url(self.stage.resolver.keyring()).unwrap())
    }

    /// From now on somebody with these attributes makes the databases; returns who did before.
    async fn run_by(&mut self, operator: &TestDb, attributes: &str) -> DatabaseUrl {
        let connector = Connector::current();
        let mut server = Server::open(&connector, &self.admin).await.unwrap();
        let made = server
            .create_database(operator.name(), "secret".into(), None)
            .await
            .unwrap();
        let allow = format!("ALTER ROLE \"{}\" {attributes}", operator.name());
        run(self.admin.to_secret().expose_secret(), &allow).await;
        std::mem::replace(&mut self.admin, made.url)
    }

    async fn exists(&self) -> bool {
        let inside = self.admin.with_database(self.made.name());
        probe::probe(&Connector::current(), &inside).await.is_ok()
    }
}

async fn refused(url: &DatabaseUrl, statement: &str) -> bool {
    let mut conn = probe::probe(&Connector::current(), url).await.unwrap().conn;
    conn.batch_execute(statement).await.is_err()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_database_is_a_whole_copy_that_its_own_role_owns() {
    let ground = Ground::new().await;
    let url = ground.place().await.unwrap();
    assert!(!url.database().contains("sol"), "{url:?}");
    assert_eq!(url.user(), url.database());
    let db: Db<pg::Tenant> = Db::new(&Connector::current(), &url, 1);
    let mut conn = db.conn().await.unwrap();
    let listing = pg::catalog::listing(&mut conn).await.unwrap();
    assert_eq!(listing, tenant::expected::schema());
    let status = migrate::status(&mut conn, &tenant::MIGRATIONS).await.unwrap();
    assert_eq!(status.state, migrate::SchemaState::Current);
    drop(conn);

    // It can do what later migrations will, and nothing outside.
    assert!(
        !refused(
            &url,
            "ALTER TABLE messages ADD COLUMN later int; CREATE TABLE later (id int)"
        )
        .await
    );
    assert!(
        !refused(
            &url,
            "ALTER TABLE __diesel_schema_migrations ADD COLUMN later int"
        )
        .await
    );
    for statement in [
        "CREATE DATABASE x",
        "CREATE ROLE x",
        "SET ROLE centralita_template",
    ] {
        assert!(refused(&url, statement).await, "{statement}");
    }
    let handle = ground
        .stage
        .resolver
        .tenant(ground.tenant.id)
        .await
        .unwrap()
        .unwrap();
    assert!(handle.db().await.is_ok());
    assert!(matches!(ground.place().await, Err(PlaceError::Attached)));
}

#[tokio::test(flavor = "multi_thread")]
async fn another_tenants_role_cannot_come_in() {
    let (one, two) = (Ground::new().await, Ground::new().await);
    let (own, other) = (one.place().await.unwrap(), two.place().await.unwrap());
    let inside = own.with_database(other.database());
    assert!(probe::probe(&Connector::current(), &inside).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_administrator_who_is_no_superuser_will_do_and_one_without_rights_is_refused() {
    let mut ground = Ground::new().await;
    let operator = TestDb::adopt(&format!("{}_operator", ground.made.name()));
    let superuser = ground.run_by(&operator, "NOCREATEDB").await;
    let refused = ground.place().await;
    assert!(
        matches!(refused, Err(PlaceError::Server(ServerError::NotAllowed))),
        "{refused:?}"
    );
    let allow = format!("ALTER ROLE \"{}\" CREATEDB CREATEROLE", operator.name());
    run(superuser.to_secret().expose_secret(), &allow).await;
    let url = ground.place().await.unwrap();
    assert_eq!(url.user(), url.database());
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_template_is_of_no_use_the_database_is_migrated_instead() {
    let mut ground = Ground::new().await;
    let another = Ground::new().await;
    another.place().await.unwrap();
    // Somebody whom the server grants one connection, and what a copy holds is handed over by another.
    let operator = TestDb::adopt(&format!("{}_operator", ground.made.name()));
    ground
        .run_by(&operator, "CREATEDB CREATEROLE CONNECTION LIMIT 1")
        .await;
    let url = ground.place().await.unwrap();
    assert_eq!(url.user(), url.database());
    let db: Db<pg::Tenant> = Db::new(&Connector::current(), &url, 1);
    let listing = pg::catalog::listing(&mut db.conn().await.unwrap()).await.unwrap();
    assert_eq!(listing, tenant::expected::schema());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_midway_is_undone_and_what_was_cut_short_is_finished() {
    let ground = Ground::new().await;
    let other = ground.stage.tenant("luna").await;
    let taken = format!(
        "INSERT INTO tenant_databases (tenant_id, url_sealed, host, port, database_name, user_name, ssl_mode, server_version)
         VALUES ('{}', 'x', '{}', {}, '{}', 'x', 'x', 'x')",
        other.id,
        ground.admin.host(),
        ground.admin.port(),
        ground.made.name()
    );
    run(ground.stage.control_url(), &taken).await;
    let failed = ground.place().await;
    let is_taken = |error: &PlaceError| {
        matches!(
            error,
            PlaceError::Attach(AttachError::Inspect(InspectError::OfAnother))
        )
    };
    assert!(failed.as_ref().is_err_and(is_taken), "{failed:?}");
    assert!(!ground.exists().await);
    run(ground.stage.control_url(), "DELETE FROM tenant_databases").await;

    // As if the process had died after the database was there.
    let connector = Connector::current();
    let mut server = Server::open(&connector, &ground.admin).await.unwrap();
    server
        .create_database(ground.made.name(), "lost".into(), None)
        .await
        .unwrap();
    drop(server);
    ground.place().await.unwrap();
    assert!(ground.exists().await);
    let mut conn = ground.stage.resolver.control().conn().await.unwrap();
    assert!(
        TenantDatabases::new(&mut conn)
            .find(ground.tenant.id)
            .await
            .unwrap()
            .is_some()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_made_for_a_tenant_that_does_not_exist() {
    let ground = Ground::new().await;
    let platform = ground.stage.resolver.platform();
    let nobody = TenantId::generate();
    let failed = place(platform, nobody, &ground.admin, &actor(), at(1)).await;
    assert!(matches!(failed, Err(PlaceError::UnknownTenant)), "{failed:?}");
    let inside = ground.admin.with_database(&database_name(nobody));
    assert!(probe::probe(&Connector::current(), &inside).await.is_err());
}
