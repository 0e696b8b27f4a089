//! Tenants' databases: tried, attached, replaced, and gone.

use reqwest::Method;
use serde_json::json;
use tenant::user::Role;
use testkit::TestDb;

use crate::{
    caller::eventually,
    lines::{CUSTOMER, entry, text},
    superadmin::{TENANTS, at, create, database},
    test_app::{PASSWORD, PLATFORM_SECRET, Setup, TestApp, team},
};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_url_is_tried_and_what_is_wrong_with_it_is_named() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let tenant = create(&superadmin, "nueva").await;
    let good = team("nueva", &[]).await;
    let foreign = TestDb::create("control", control::MIGRATIONS);
    let parsed = url::Url::parse(good.url()).unwrap();
    let changed = |change: &dyn Fn(&mut url::Url)| {
        let mut url = parsed.clone();
        change(&mut url);
        url.to_string()
    };
    let wrong = [
        ("hola".to_owned(), "url_malformed"),
        (String::new(), "url_malformed"),
        (good.url().replace("postgres", "mysql"), "url_scheme"),
        ("postgres:///x".to_owned(), "url_host_missing"),
        (changed(&|url| url.set_path("")), "url_database_missing"),
        (changed(&|url| url.set_username("").unwrap()), "url_user_missing"),
        (
            changed(&|url| url.set_query(Some("sslrootcert=/etc/passwd"))),
            "url_option_refused",
        ),
        (
            changed(&|url| url.set_query(Some("host=/tmp"))),
            "url_option_refused",
        ),
        (
            changed(&|url| url.set_password(Some("wrong")).unwrap()),
            "db_auth_failed",
        ),
        (changed(&|url| url.set_path("no_such_database")), "db_missing"),
        (changed(&|url| url.set_port(Some(1)).unwrap()), "db_unreachable"),
        (app.control.url().to_owned(), "db_is_control"),
        (foreign.url().to_owned(), "db_not_a_tenant_database"),
        (app.b.database.url().to_owned(), "db_of_another_tenant"),
    ];
    for (wrong, code) in wrong {
        for (method, path) in [
            (Method::POST, format!("{}/test", database(&tenant))),
            (Method::PUT, database(&tenant)),
        ] {
            let answer = superadmin.call(method, &path, Some(&at(&wrong))).await;
            answer.field("/url", code);
        }
    }
    let state = superadmin.get(&database(&tenant)).await.expect(200).json();
    assert_eq!(state["attached"], false);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_that_would_do_is_described_and_migrated_on_demand() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let tenant = create(&superadmin, "nueva").await;
    let good = team("nueva", &[]).await;
    let empty = TestDb::empty("empty");
    superadmin
        .put(&database(&tenant), &at(empty.url()))
        .await
        .field("/url", "db_not_migrated");
    let state = superadmin.get(&database(&tenant)).await.expect(200).json();
    assert_eq!(state["attached"], false);

    let path = format!("{}/test", database(&tenant));
    let tried = superadmin.post(&path, &at(good.url())).await.expect(200).json();
    assert_eq!(
        (&tried["ok"], &tried["owner"], &tried["users"]),
        (&json!(true), &json!("nobody"), &json!(0))
    );
    assert_eq!(tried["schema"]["state"], "current");
    assert!(tried["latency_ms"].is_u64() && tried["server_version"].is_string());
    let tried = superadmin.post(&path, &at(empty.url())).await.expect(200).json();
    assert_eq!(tried["schema"]["state"], "empty");

    let body = json!({ "url": empty.url(), "migrate": true });
    let attached = superadmin.put(&database(&tenant), &body).await.expect(200).json();
    assert_eq!(
        (&attached["attached"], &attached["database"]),
        (&json!(true), &json!(empty.name()))
    );
    let tried = superadmin.post(&path, &at(empty.url())).await.expect(200).json();
    assert_eq!(tried["owner"], "this");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_admin_who_was_seeded_first_can_log_in_once_the_database_is_attached() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let seeded = team("nueva", &[Role::Admin]).await;
    let credentials = json!({ "email": "admin@nueva.example", "password": PASSWORD });
    let login = async || app.anon().post("/api/auth/login", &credentials).await;
    login().await.problem(401, "invalid_credentials");
    let tenant = create(&superadmin, "nueva").await;
    let users = format!("{TENANTS}/{tenant}/users");
    superadmin.get(&users).await.problem(409, "database_not_attached");
    login().await.problem(401, "invalid_credentials");
    superadmin
        .put(&database(&tenant), &at(seeded.url()))
        .await
        .expect(200);
    let session = login().await.expect(200).json();
    assert_eq!(session["tenant"]["slug"], "nueva");
    assert_eq!(superadmin.items(&users).await.len(), 1);

    let second =
        json!({ "name": "Sara", "email": "sara@nueva.example", "role": "recepcion", "password": PASSWORD });
    superadmin.post(&users, &second).await.expect(201);
    superadmin.post(&users, &second).await.problem(409, "email_taken");
    app.login("sara@nueva.example")
        .await
        .get("/api/conversations")
        .await
        .expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn another_database_url_takes_effect_at_once() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let line = &app.a.lines[0];
    let writes = async |wamid: &str| {
        let entries = [entry(&app.a, line, &[text(wamid, CUSTOMER, wamid)])];
        app.deliver_signed(line.secret(), &entries).await.expect(200);
    };
    writes("antes").await;
    let before = app.admin().await;
    assert_eq!(before.items("/api/conversations").await.len(), 1);
    let rows = app.a.rows();

    let moved = team("mudada", &[Role::Admin]).await;
    superadmin
        .put(&database(&app.a.id), &at(moved.url()))
        .await
        .expect(200);
    let after = app.login("admin@mudada.example").await;
    assert_eq!(after.items("/api/conversations").await.len(), 0);
    writes("después").await;
    assert_eq!(
        after.items("/api/conversations").await[0]["last_message"]["text"],
        "después"
    );
    assert_eq!(app.a.rows(), rows, "nothing went to the database before");
    // Who was in that one is unknown in this one.
    before.get("/api/me").await.problem(401, "session_expired");
    let old = json!({ "email": app.a.email(Role::Admin), "password": PASSWORD });
    app.anon()
        .post("/api/auth/login", &old)
        .await
        .problem(401, "invalid_credentials");

    // It stays A's all the same: nobody else can have it, and A can go back.
    superadmin
        .put(&database(&app.b.id), &at(app.a.database.url()))
        .await
        .field("/url", "db_of_another_tenant");
    superadmin
        .put(&database(&app.a.id), &at(app.a.database.url()))
        .await
        .expect(200);
    let found = app.admin().await.items("/api/conversations").await;
    assert_eq!(found[0]["last_message"]["text"], "antes");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenant_whose_database_is_gone_is_told_so_and_others_go_on() {
    let app = TestApp::start().await;
    let proxy = testkit::proxy::Proxy::start(app.a.database.url());
    let superadmin = app.superadmin().await;
    superadmin
        .put(&database(&app.a.id), &at(proxy.url()))
        .await
        .expect(200);
    let admin = app.admin().await;
    admin.get("/api/conversations").await.expect(200);
    proxy.cut();
    let line = &app.a.lines[2];
    let entries = [
        entry(&app.a, line, &[text("wamid.a", CUSTOMER, "espera")]),
        entry(&app.b, &app.b.lines[2], &[text("wamid.b", CUSTOMER, "llega")]),
    ];
    // What the database cannot take is kept for it.
    app.deliver_signed(PLATFORM_SECRET, &entries).await.expect(200);
    let stranger = app.stranger().await;
    assert_eq!(stranger.items("/api/conversations").await.len(), 1);
    let down = admin.get("/api/conversations").await;
    down.problem_of_server(503, "tenant_not_ready");
    app.anon().get("/health/ready").await.expect(200);
    proxy.restore();
    app.deliver_signed(PLATFORM_SECRET, &entries).await.expect(200);
    let found = eventually(|| async {
        let answer = admin.get("/api/conversations").await;
        let found = answer.status == 200 && answer.json()["items"] != serde_json::json!([]);
        found.then_some(answer)
    })
    .await;
    assert_eq!(found.json()["items"].as_array().unwrap().len(), 1);
    assert_eq!(stranger.items("/api/conversations").await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_url_reaches_no_metadata_service_and_no_neighbour() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let tenant = create(&superadmin, "nueva").await;
    for host in [
        "169.254.169.254",
        "[fe80::1]",
        "[fd00:ec2::254]",
        "[::ffff:169.254.169.254]",
        "0.0.0.0",
        "100.100.100.200",
    ] {
        let url = at(&format!("postgres://u:p@{host}:5432/d"));
        let path = database(&tenant);
        let tested = superadmin
            .call(Method::POST, &format!("{path}/test"), Some(&url))
            .await;
        tested.field("/url", "db_host_refused");
        let saved = superadmin.call(Method::PUT, &path, Some(&url)).await;
        saved.field("/url", "db_host_refused");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_operator_lists_hosts_no_other_is_connected_to() {
    let listed = TestApp::with(Setup {
        vars: &[("TENANT_DB_HOSTS", "db.example.com,127.0.0.0/8")],
        ..Setup::default()
    })
    .await;
    let superadmin = listed.superadmin().await;
    let tenant = create(&superadmin, "nueva").await;
    let path = format!("{}/test", database(&tenant));
    let other = at("postgres://u:p@10.0.0.9:5432/d");
    let refused = superadmin.call(Method::POST, &path, Some(&other)).await;
    refused.field("/url", "db_host_refused");
    // What is listed goes on: the team of a company on 127.0.0.1 logs in.
    listed.admin().await.get("/api/conversations").await.expect(200);

    let unlisted = TestApp::with(Setup {
        vars: &[("TENANT_DB_HOSTS", "db.example.com")],
        ..Setup::default()
    })
    .await;
    let login = json!({ "email": unlisted.a.email(Role::Admin), "password": PASSWORD });
    let refused = unlisted.anon().post("/api/auth/login", &login).await;
    refused.problem_of_server(503, "tenant_not_ready");
}
