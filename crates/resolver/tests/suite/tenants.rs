//! A tenant's own database: the right one, at once, within the budget.

use std::time::Duration;

use pg::TenantId;
use resolver::{Limits, ResolveError, Resolver, Unready};
use tenant::user::Users;
use testkit::{TestDb, proxy::Proxy};

use crate::common::{Stage, limits, run, tenant_db, unready};

async fn users(stage: &Stage, tenant: TenantId) -> usize {
    count_users(&stage.resolver, tenant).await
}

async fn count_users(resolver: &Resolver, tenant: TenantId) -> usize {
    let handle = resolver.tenant(tenant).await.unwrap().unwrap();
    let mut conn = handle.db().await.unwrap().conn().await.unwrap();
    Users::new(&mut conn).list(false).await.unwrap().len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_without_a_database_is_told_from_no_tenant() {
    let stage = Stage::new();
    assert!(
        stage
            .resolver
            .tenant(TenantId::generate())
            .await
            .unwrap()
            .is_none()
    );
    let sol = stage.tenant("sol").await;
    assert!(matches!(stage.unready(sol.id).await, Unready::NotAttached));
    let database = tenant_db();
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    assert_eq!(users(&stage, sol.id).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_takes_the_first_ones_place_at_once() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let (old, new) = (tenant_db(), tenant_db());
    run(new.url(), ANA).await;
    stage.attach(sol.id, old.url(), 1).await.unwrap();
    assert_eq!(users(&stage, sol.id).await, 0);
    let before = stage.resolver.tenant(sol.id).await.unwrap().unwrap();
    stage.attach(sol.id, new.url(), 2).await.unwrap();
    stage.resolver.forget();
    assert_eq!(users(&stage, sol.id).await, 1);
    let after = stage.resolver.tenant(sol.id).await.unwrap().unwrap();
    assert!(!after.same_database(&before) && after.same_database(&after));
    assert!(
        before.db().await.unwrap().conn().await.is_err(),
        "the old one is closed"
    );
    // Nothing changed: the same connections go on.
    stage.resolver.forget();
    let again = stage.resolver.tenant(sol.id).await.unwrap().unwrap();
    assert!(again.same_database(&after));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_somebody_elses_or_not_migrated_refuses_to_serve() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = tenant_db();
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    run(
        database.url(),
        "UPDATE tenant_meta SET tenant_id = gen_random_uuid()",
    )
    .await;
    assert!(matches!(stage.unready(sol.id).await, Unready::OfAnother));
    run(database.url(), "UPDATE tenant_meta SET tenant_id = NULL").await;
    assert!(matches!(stage.unready(sol.id).await, Unready::OfAnother));
    let behind = "DELETE FROM __diesel_schema_migrations WHERE version = \
                  (SELECT max(version) FROM __diesel_schema_migrations)";
    run(database.url(), behind).await;
    assert!(matches!(stage.unready(sol.id).await, Unready::Schema));
}

const ANA: &str = "INSERT INTO users (id, name, email, password_hash, role) \
                   VALUES (gen_random_uuid(), 'Ana', 'ana@luna.example', 'x', 'admin')";

/// Ends the connections to a tenant's database that nobody uses now.
async fn disconnect(stage: &Stage, tenant: TenantId) {
    let handle = stage.resolver.tenant(tenant).await.unwrap().unwrap();
    for db in [handle.db().await.unwrap(), handle.ingest_db().await.unwrap()] {
        db.close_idle(Duration::ZERO);
    }
}

/// Each is found under the other's name from now on.
async fn swap(admin: &TestDb, databases: [&TestDb; 2]) {
    let [one, two] = databases.map(TestDb::name);
    let aside = format!("{one}_aside");
    for (from, to) in [(one, aside.as_str()), (two, one), (&aside, two)] {
        run(admin.url(), &format!("ALTER DATABASE {from} RENAME TO {to}")).await;
    }
}

/// As after a restore under the wrong name, a host that moved, or a pooler that mixes its connections up.
#[tokio::test(flavor = "multi_thread")]
async fn a_url_that_leads_to_another_tenants_database_later_shows_nothing_of_it() {
    let stage = Stage::new();
    let (sol, luna) = (stage.tenant("sol").await, stage.tenant("luna").await);
    let (suns, moons, admin) = (tenant_db(), tenant_db(), TestDb::empty("admin"));
    run(moons.url(), ANA).await;
    stage.attach(sol.id, suns.url(), 1).await.unwrap();
    stage.attach(luna.id, moons.url(), 1).await.unwrap();
    assert_eq!(
        (users(&stage, sol.id).await, users(&stage, luna.id).await),
        (0, 1)
    );
    disconnect(&stage, sol.id).await;
    disconnect(&stage, luna.id).await;
    swap(&admin, [&suns, &moons]).await;
    for tenant in [sol.id, luna.id] {
        let handle = stage.resolver.tenant(tenant).await.unwrap().unwrap();
        for db in [handle.db().await.unwrap(), handle.ingest_db().await.unwrap()] {
            assert!(db.conn().await.is_err_and(|error| error.is_unavailable()));
        }
    }
    // Nothing has to be started anew once it is put right.
    swap(&admin, [&suns, &moons]).await;
    assert_eq!(
        (users(&stage, sol.id).await, users(&stage, luna.id).await),
        (0, 1)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_search_path_that_leads_elsewhere_shows_nothing_of_it() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = tenant_db();
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    assert_eq!(users(&stage, sol.id).await, 0);
    let other = format!(
        "CREATE SCHEMA other; \
         CREATE TABLE other.tenant_meta AS SELECT gen_random_uuid() AS tenant_id; \
         CREATE TABLE other.users AS SELECT * FROM users; \
         ALTER DATABASE {} SET search_path = other, public",
        database.name()
    );
    run(database.url(), &other).await;
    disconnect(&stage, sol.id).await;
    let handle = stage.resolver.tenant(sol.id).await.unwrap().unwrap();
    let refused = handle.db().await.unwrap().conn().await;
    assert!(refused.is_err_and(|error| error.is_unavailable()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_sealed_with_another_key_does_not_open() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = tenant_db();
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    let other = stage.another("ff0102030405060708090a0b0c0d0e0f101112131415161718191a1b1c1d1e1f");
    assert!(matches!(unready(&other, sol.id).await, Unready::Sealed));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_is_away_is_unreachable_and_then_served_again() {
    let stage = Stage::new();
    let sol = stage.tenant("sol").await;
    let database = tenant_db();
    let wire = Proxy::start(database.url());
    stage.attach(sol.id, wire.url(), 1).await.unwrap();
    wire.cut();
    assert!(matches!(stage.unready(sol.id).await, Unready::Unreachable(_)));
    wire.restore();
    assert_eq!(users(&stage, sol.id).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_served_before_is_served_while_the_control_plane_is_down() {
    let stage = Stage::new();
    let (sol, luna) = (stage.tenant("sol").await, stage.tenant("luna").await);
    let database = tenant_db();
    stage.attach(sol.id, database.url(), 1).await.unwrap();
    assert_eq!(users(&stage, sol.id).await, 0);
    stage.wire.cut();
    stage.resolver.forget();
    assert_eq!(users(&stage, sol.id).await, 0);
    let unknown = stage.resolver.tenant(luna.id).await;
    assert!(matches!(unknown, Err(ResolveError::Unavailable(_))));
    stage.wire.restore();
    stage.resolver.forget();
    assert!(matches!(stage.unready(luna.id).await, Unready::NotAttached));
}

#[tokio::test(flavor = "multi_thread")]
async fn many_tenants_share_a_tiny_budget_and_the_idle_are_closed() {
    let stage = Stage::with(Limits {
        connections: 2,
        per_tenant: 2,
        idle: Duration::ZERO,
        ..limits()
    });
    let mut tenants = Vec::new();
    for n in 0..8 {
        let tenant = stage.tenant(&format!("t{n}")).await;
        let database = tenant_db();
        stage.attach(tenant.id, database.url(), n).await.unwrap();
        tenants.push((tenant.id, database));
    }
    let asks: Vec<_> = tenants
        .iter()
        .cycle()
        .take(64)
        .map(|(id, _)| {
            let (resolver, id) = (stage.resolver.clone(), *id);
            tokio::spawn(async move { count_users(&resolver, id).await })
        })
        .collect();
    for ask in asks {
        assert_eq!(ask.await.unwrap(), 0);
    }
    let mut open = 0;
    stage.resolver.sweep();
    for (id, _) in &tenants {
        let handle = stage.resolver.tenant(*id).await.unwrap().unwrap();
        // Looking does not open one.
        open += handle.db().await.unwrap().open_connections();
    }
    assert_eq!(open, 0);
    assert_eq!(stage.resolver.active_tenants().await.unwrap().len(), 8);
}
