//! Servers that the platform makes databases on, and the databases made there.

use serde_json::json;
use testkit::TestDb;

use crate::{
    superadmin::{TENANTS, create, database},
    test_app::TestApp,
};

const SERVERS: &str = "/api/superadmin/servers";

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_tried_before_it_is_kept_and_its_url_is_never_shown() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let admin = TestDb::empty("admin");
    let body = |name: &str, url: &str| json!({ "name": name, "url": url });
    let nowhere = "postgres://u:hunter2@127.0.0.1:9/postgres";
    let refused = superadmin.post(SERVERS, &body("uno", nowhere)).await;
    refused.field("/url", "db_unreachable");
    assert!(!refused.text().contains("hunter2"));
    superadmin
        .post(SERVERS, &body("uno", "hola"))
        .await
        .field("/url", "url_malformed");
    superadmin
        .post(SERVERS, &body("uno", app.a.database.url()))
        .await
        .expect(201);
    let name = format!("{}_plain", admin.name());
    let plain = TestDb::adopt(&name);
    admin.execute(&format!("CREATE ROLE \"{name}\" LOGIN PASSWORD 'secreto'"));
    let mut url = url::Url::parse(admin.url()).unwrap();
    url.set_username(plain.name()).unwrap();
    url.set_password(Some("secreto")).unwrap();
    superadmin
        .post(SERVERS, &body("dos", url.as_str()))
        .await
        .field("/url", "db_not_allowed");

    admin.execute(&format!("ALTER ROLE \"{name}\" CREATEDB CREATEROLE"));
    let kept = superadmin.post(SERVERS, &body("tres", url.as_str())).await;
    admin.execute(&format!("ALTER ROLE \"{name}\" NOCREATEROLE"));
    let path = format!(
        "{SERVERS}/{}/test",
        kept.expect(201).json()["id"].as_str().unwrap()
    );
    superadmin
        .post(&path, &json!({}))
        .await
        .field("/url", "db_not_allowed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_is_renamed_made_the_default_and_forgotten_and_the_audit_knows() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let admin = TestDb::empty("admin");
    let body = |name: &str, url: &str| json!({ "name": name, "url": url });
    superadmin
        .post(SERVERS, &body("uno", admin.url()))
        .await
        .expect(201);
    superadmin
        .post(SERVERS, &body("uno", admin.url()))
        .await
        .problem(409, "server_name_taken");
    superadmin
        .post(SERVERS, &body(" ", admin.url()))
        .await
        .field("/name", "invalid_name");
    let added = superadmin
        .post(SERVERS, &body("dos", admin.url()))
        .await
        .expect(201);
    assert_eq!(added.json()["is_default"], false);
    let path = format!("{SERVERS}/{}", added.json()["id"].as_str().unwrap());
    let changed = superadmin.patch(&path, &json!({ "is_default": true })).await;
    assert_eq!(changed.expect(200).json()["is_default"], true);
    let tested = superadmin.post(&format!("{path}/test"), &json!({})).await;
    assert_eq!(
        tested.expect(200).json()["server_version"],
        added.json()["server_version"]
    );
    let listed = superadmin.get(SERVERS).await.expect(200);
    let password = url::Url::parse(admin.url()).unwrap();
    if let Some(password) = password.password() {
        assert!(!listed.text().contains(password));
    }
    let items = listed.json()["items"].as_array().unwrap().clone();
    let defaults = items.iter().filter(|server| server["is_default"] == true);
    assert_eq!((items.len(), defaults.count()), (2, 1));
    superadmin.delete(&path).await.expect(204);
    superadmin.delete(&path).await.problem(404, "not_found");
    superadmin
        .post(&format!("{path}/test"), &json!({}))
        .await
        .problem(404, "not_found");
    let actions: Vec<String> = superadmin
        .items("/api/superadmin/audit")
        .await
        .iter()
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect();
    for action in ["server.added", "server.updated", "server.removed"] {
        assert!(
            actions.iter().any(|found| found == action),
            "{action}: {actions:?}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_is_made_for_a_company_and_its_people_can_come_in() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let admin = TestDb::empty("admin");
    let tenant = create(&superadmin, "nueva").await;
    let path = format!("{}/create", database(&tenant));
    superadmin.post(&path, &json!({})).await.problem(409, "no_server");
    let server = json!({ "name": "uno", "url": admin.url() });
    let server = superadmin.post(SERVERS, &server).await.expect(201).json();
    superadmin
        .post(&path, &json!({ "server_id": tenant }))
        .await
        .problem(409, "no_server");
    let made = superadmin
        .post(&path, &json!({ "server_id": server["id"] }))
        .await;
    let made = made.expect(200).json();
    let _dropped_at_the_end = TestDb::adopt(made["database"].as_str().unwrap());
    assert_eq!(
        (&made["attached"], &made["user"]),
        (&true.into(), &made["database"])
    );
    superadmin
        .post(&path, &json!({}))
        .await
        .problem(409, "database_attached");

    let person = json!({ "email": "ana@nueva.example", "name": "Ana", "role": "admin", "password": "contraseña larga" });
    let users = format!("{TENANTS}/{tenant}/users");
    superadmin.post(&users, &person).await.expect(201);
    let login = json!({ "email": "ana@nueva.example", "password": "contraseña larga" });
    app.anon().post("/api/auth/login", &login).await.expect(200);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_fleet_shows_what_was_last_seen_of_each_database() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let fleet = "/api/superadmin/fleet/tenants";
    let of = async |slug: &str| {
        let tenants = superadmin.items(fleet).await;
        tenants.into_iter().find(|tenant| tenant["slug"] == slug).unwrap()
    };
    let unseen = of("clinica").await;
    assert_eq!(
        (&unseen["looked_at"], &unseen["version"]),
        (&json!(null), &json!(null))
    );
    assert_eq!(
        (&unseen["lines"], &unseen["last_migration"]),
        (&json!(3), &json!(null))
    );
    app.a
        .database
        .execute("ALTER TABLE contacts ADD COLUMN extra text");
    let look = format!("{fleet}/{}/look", app.a.id);
    let seen = superadmin.post(&look, &json!({})).await.expect(200).json();
    assert_eq!((&seen["pending"], &seen["error"]), (&json!(0), &json!(null)));
    assert_eq!(
        seen["drift"],
        json!(["column contacts.extra does not belong there"])
    );
    assert_eq!(of("clinica").await["drift"], seen["drift"]);
    let totals = superadmin.get("/api/superadmin/fleet").await.expect(200).json();
    assert_eq!(
        (&totals["databases"]["looked_at"], &totals["databases"]["drifted"]),
        (&json!(1), &json!(1))
    );
    assert_eq!(totals["expected_version"], seen["version"]);
    let nobody = create(&superadmin, "nueva").await;
    superadmin
        .post(&format!("{fleet}/{nobody}/look"), &json!({}))
        .await
        .problem(409, "conflict");
}
