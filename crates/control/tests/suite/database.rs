//! Attaching databases: sealing, one database for one tenant, the directory.

use control::{
    database::{AttachDatabaseError, OpenUrlError, TenantDatabases, attach_database},
    directory::Directory,
};
use crypto::{ExposeSecret, OpenError};
use diesel_async::RunQueryDsl;
use pg::{Email, TenantId};

use crate::common::{Test, actor, at, database_url, dump, keyring, tenant};

#[tokio::test(flavor = "multi_thread")]
async fn the_url_is_sealed_and_comes_back_whole() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let sol = tenant(&mut conn, "sol").await;
    let url = database_url("sol");
    attach_database(&mut conn, &keyring(), sol.id, &url, "15.18", &[], &actor(), at(0))
        .await
        .unwrap();
    let found = TenantDatabases::new(&mut conn)
        .find(sol.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        (found.host.as_str(), found.port, found.ssl_mode.as_str()),
        ("db.example.com", 5432, "require")
    );
    let opened = found.open_url(&keyring()).unwrap();
    assert_eq!(
        opened.to_secret().expose_secret(),
        url.to_secret().expose_secret()
    );
    assert!(!format!("{found:?}").contains("v2:"));
    for table in ["tenant_databases", "audit_log"] {
        assert!(!dump(&mut conn, table).await.contains("hunter2secret"), "{table}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_belongs_to_one_tenant_however_its_url_is_written() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let keyring = keyring();
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let url = database_url("sol");
    attach_database(&mut conn, &keyring, sol.id, &url, "15.18", &[], &actor(), at(0))
        .await
        .unwrap();
    let disguised = "postgres://other:pw@DB.EXAMPLE.COM:5432/sol".parse().unwrap();
    let emails = ["ana@sol.example".to_owned()];
    let taken = attach_database(
        &mut conn,
        &keyring,
        luna.id,
        &disguised,
        "15.18",
        &emails,
        &actor(),
        at(1),
    )
    .await;
    assert!(matches!(taken, Err(AttachDatabaseError::TakenByAnother)));
    let ana: Email = "ana@sol.example".parse().unwrap();
    assert!(
        Directory::new(&mut conn)
            .tenants_of(&ana)
            .await
            .unwrap()
            .is_empty()
    );
    let owner = TenantDatabases::new(&mut conn)
        .find_by_place(&disguised)
        .await
        .unwrap();
    assert_eq!(owner.map(|database| database.tenant_id), Some(sol.id));

    let nobody = attach_database(
        &mut conn,
        &keyring,
        TenantId::generate(),
        &database_url("x"),
        "15.18",
        &[],
        &actor(),
        at(1),
    )
    .await;
    assert!(matches!(nobody, Err(AttachDatabaseError::UnknownTenant)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_url_moved_to_another_tenants_row_does_not_open() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let keyring = keyring();
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    for tenant in [&sol, &luna] {
        let url = database_url(tenant.slug.as_str());
        attach_database(
            &mut conn,
            &keyring,
            tenant.id,
            &url,
            "15.18",
            &[],
            &actor(),
            at(0),
        )
        .await
        .unwrap();
    }
    diesel::sql_query("UPDATE tenant_databases SET url_sealed = (SELECT url_sealed FROM tenant_databases WHERE database_name = 'sol')")
        .execute(&mut *conn)
        .await
        .unwrap();
    let luna = TenantDatabases::new(&mut conn)
        .find(luna.id)
        .await
        .unwrap()
        .unwrap();
    assert!(matches!(
        luna.open_url(&keyring),
        Err(OpenUrlError::Sealed(OpenError::Refused))
    ));
}

#[tokio::test(flavor = "multi_thread")]
async fn attaching_replaces_who_may_log_in() {
    let test = Test::new();
    let mut conn = test.conn().await;
    let keyring = keyring();
    let (sol, luna) = (tenant(&mut conn, "sol").await, tenant(&mut conn, "luna").await);
    let [ana, bea]: [Email; 2] = ["ana@x.pe", "bea@x.pe"].map(|email| email.parse().unwrap());
    Directory::new(&mut conn).add(&ana, luna.id).await.unwrap();
    Directory::new(&mut conn).add(&ana, luna.id).await.unwrap();
    for emails in [["Ana@x.pe", "nobody"], ["bea@x.pe", "ana@x.pe"], ["bea@x.pe", ""]] {
        let emails = emails.map(str::to_owned);
        let url = database_url("sol");
        attach_database(
            &mut conn,
            &keyring,
            sol.id,
            &url,
            "15.18",
            &emails,
            &actor(),
            at(0),
        )
        .await
        .unwrap();
    }
    let mut directory = Directory::new(&mut conn);
    assert_eq!(
        directory.tenants_of(&ana).await.unwrap(),
        std::slice::from_ref(&luna)
    );
    assert_eq!(
        directory.tenants_of(&bea).await.unwrap(),
        std::slice::from_ref(&sol)
    );
    directory.add(&ana, sol.id).await.unwrap();
    assert_eq!(
        directory.tenants_of(&ana).await.unwrap(),
        [luna.clone(), sol.clone()]
    );
    directory.remove(&ana, luna.id).await.unwrap();
    assert_eq!(directory.tenants_of(&ana).await.unwrap(), [sol]);
}
