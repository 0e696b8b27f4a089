//! Trying a database and attaching it.

use control::directory::Directory;
use pg::{DatabaseUrl, Email, TenantId, migrate::SchemaState, probe::ProbeError};
use resolver::attach::{AttachError, AttachOptions, InspectError, attach, inspect};
use tenant::user::seed_admin;
use testkit::TestDb;

use crate::common::{Stage, actor, at, run, tenant_db};

fn changed(url: &str, change: impl FnOnce(&mut url::Url)) -> String {
    let mut url = url::Url::parse(url).unwrap();
    change(&mut url);
    url.into()
}

async fn refused(stage: &Stage, tenant: TenantId, url: &str) -> InspectError {
    match stage.attach(tenant, url, 1).await {
        Err(AttachError::Inspect(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_database_for_a_tenant_is_refused_with_the_reason() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let why = refused(&stage, sol.id, stage.wire.url()).await;
    assert!(matches!(why, InspectError::IsControl), "{why:?}");
    // By another way it is still no database for a tenant.
    let why = refused(&stage, sol.id, stage.control_url()).await;
    assert!(
        matches!(why, InspectError::Foreign | InspectError::IsControl),
        "{why:?}"
    );

    let foreign = TestDb::empty("foreign");
    run(foreign.url(), "CREATE TABLE wp_posts (id int)").await;
    let why = refused(&stage, sol.id, foreign.url()).await;
    assert!(matches!(why, InspectError::Foreign), "{why:?}");

    let missing = changed(foreign.url(), |url| url.set_path("nowhere_at_all"));
    let why = refused(&stage, sol.id, &missing).await;
    assert!(
        matches!(why, InspectError::Probe(ProbeError::NoDatabase(_))),
        "{why:?}"
    );

    let password = changed(foreign.url(), |url| url.set_password(Some("wrong")).unwrap());
    let why = refused(&stage, sol.id, &password).await;
    assert!(
        matches!(why, InspectError::Probe(ProbeError::Login(_))),
        "{why:?}"
    );

    let nobody = changed(foreign.url(), |url| url.set_port(Some(1)).unwrap());
    let why = refused(&stage, sol.id, &nobody).await;
    assert!(
        matches!(why, InspectError::Probe(ProbeError::Unreachable(_))),
        "{why:?}"
    );

    let ahead = tenant_db();
    let newer = "INSERT INTO __diesel_schema_migrations (version) VALUES ('99990101000000')";
    run(ahead.url(), newer).await;
    let why = refused(&stage, sol.id, ahead.url()).await;
    assert!(matches!(why, InspectError::Ahead), "{why:?}");

    let result = stage.attach(TenantId::generate(), ahead.url(), 1).await;
    assert!(matches!(result, Err(AttachError::UnknownTenant)));
}

#[tokio::test(flavor = "multi_thread")]
async fn an_empty_database_is_migrated_only_when_that_was_asked_for() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = TestDb::empty("empty");
    let url: DatabaseUrl = database.url().parse().unwrap();
    let platform = stage.resolver.platform();
    let found = inspect(platform, sol.id, &url).await.unwrap();
    assert_eq!(
        (found.schema.state, found.is_ours, found.users),
        (SchemaState::Empty, false, 0)
    );
    let result = stage.attach(sol.id, database.url(), 1).await;
    assert!(matches!(result, Err(AttachError::NotMigrated)));
    let options = AttachOptions { migrate: true };
    attach(platform, sol.id, &url, options, &actor(), at(2))
        .await
        .unwrap();
    let found = inspect(platform, sol.id, &url).await.unwrap();
    assert_eq!((found.schema.state, found.is_ours), (SchemaState::Current, true));
    // Attaching the same one again is nothing special.
    stage.attach(sol.id, database.url(), 3).await.unwrap();
    assert!(
        stage
            .resolver
            .tenant(sol.id)
            .await
            .unwrap()
            .unwrap()
            .db()
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_lacks_migrations_is_not_attached_as_it_is() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = tenant_db();
    let behind = "DROP TABLE line_events, line_health; ALTER TABLE contacts DROP COLUMN marketing_preference_at; \
                  DELETE FROM __diesel_schema_migrations WHERE version = '20261125000014'";
    run(database.url(), behind).await;
    let result = stage.attach(sol.id, database.url(), 1).await;
    assert!(matches!(result, Err(AttachError::Behind)), "{result:?}");
    let url = database.url().parse().unwrap();
    let options = AttachOptions { migrate: true };
    attach(stage.resolver.platform(), sol.id, &url, options, &actor(), at(2))
        .await
        .unwrap();
    assert!(
        stage
            .resolver
            .tenant(sol.id)
            .await
            .unwrap()
            .unwrap()
            .db()
            .await
            .is_ok()
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_one_tenants_for_good_however_its_host_is_spelled() {
    let stage = Stage::new();
    let (sol, luna) = (stage.tenant("sol").await, stage.tenant("luna").await);
    let database = tenant_db();
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    let wire = testkit::proxy::Proxy::start(database.url());
    for url in [database.url(), wire.url()] {
        let why = refused(&stage, luna.id, url).await;
        assert!(matches!(why, InspectError::OfAnother), "{why:?}");
    }
    // The first one moves by the other way in.
    stage.attach(sol.id, wire.url(), 2).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_seeded_before_can_log_in_once_the_database_is_attached() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = tenant_db();
    let email: Email = "admin@sol.example".parse().unwrap();
    let db: pg::Db<pg::Tenant> = pg::Db::new(&pg::Connector::current(), &database.url().parse().unwrap(), 1);
    let mut conn = db.conn().await.unwrap();
    seed_admin(&mut conn, &email, "Admin", &"correct horse".into(), at(0))
        .await
        .unwrap();
    drop(conn);
    let known = async || {
        let mut conn = stage.resolver.control().conn().await.unwrap();
        Directory::new(&mut conn).tenants_of(&email).await.unwrap()
    };
    assert!(known().await.is_empty());
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    assert_eq!(known().await, std::slice::from_ref(&sol));
}
