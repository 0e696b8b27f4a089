//! The list of tenants, what each still needs, and how each does.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Caller, eventually},
    lines::{CUSTOMER, entry, status, text},
    superadmin::{TENANTS, create},
    test_app::TestApp,
};

async fn slugs(superadmin: &Caller, query: &str) -> Vec<String> {
    let items = superadmin.items(&format!("{TENANTS}?{query}")).await;
    let slugs = items
        .iter()
        .map(|tenant| tenant["slug"].as_str().unwrap().to_owned());
    slugs.collect()
}

/// The state of every step, by its code.
async fn steps(superadmin: &Caller, tenant: &impl std::fmt::Display) -> Value {
    let path = format!("{TENANTS}/{tenant}/checklist");
    let list = superadmin.get(&path).await.expect(200).json();
    let items = list["items"].as_array().unwrap();
    let done = items.iter().filter(|step| step["state"] == "done").count();
    assert_eq!(list["done"], done, "{list}");
    let states = items
        .iter()
        .map(|step| (step["code"].as_str().unwrap().to_owned(), step["state"].clone()));
    states.collect::<serde_json::Map<_, _>>().into()
}

async fn health(superadmin: &Caller, tenant: &impl std::fmt::Display) -> Value {
    let path = format!("{TENANTS}/{tenant}/health");
    superadmin.get(&path).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_found_by_what_is_known_of_them() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let nueva = create(&superadmin, "nueva").await;
    let path = format!("{TENANTS}/{nueva}");
    superadmin
        .patch(
            &path,
            &json!({ "name": "aurora", "plan": "scale", "is_active": false }),
        )
        .await
        .expect(200);
    let number = &app.b.lines[1].phone_number_id;
    for (query, expected) in [
        ("", &["nueva", "taller", "clinica"] as &[&str]),
        ("sort=name", &["nueva", "clinica", "taller"]),
        ("state=active", &["taller", "clinica"]),
        ("state=suspended", &["nueva"]),
        ("plan=scale", &["nueva"]),
        ("plan=growth", &[]),
        ("health=attention", &["nueva"]),
        ("health=ok", &["taller", "clinica"]),
        (&format!("q={number}"), &["taller"]),
        ("q=tall&state=suspended", &[]),
    ] {
        assert_eq!(slugs(&superadmin, query).await, expected, "{query}");
    }
    for sort in ["newest", "name"] {
        let all = slugs(&superadmin, &format!("sort={sort}")).await;
        let mut paged = Vec::new();
        let mut cursor = String::new();
        loop {
            let query = format!("{TENANTS}?limit=1&sort={sort}{cursor}");
            let page = superadmin.get(&query).await.expect(200).json();
            paged.push(page["items"][0]["slug"].as_str().unwrap().to_owned());
            let Some(next) = page["next_cursor"].as_str() else {
                break;
            };
            cursor = format!("&cursor={next}");
        }
        assert_eq!(paged, all, "{sort}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_checklist_ticks_itself() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let nueva = create(&superadmin, "nueva").await;
    let empty = steps(&superadmin, &nueva).await;
    for code in [
        "database",
        "branding",
        "line",
        "token",
        "first_message",
        "first_reply",
    ] {
        assert_eq!(empty[code], "todo", "{code}");
    }
    assert_eq!(empty["admin"], "unknown");

    let line = &app.a.lines[0];
    let before = steps(&superadmin, &app.a.id).await;
    let expected = json!({
        "database": "done", "admin": "done", "admin_login": "todo", "branding": "todo", "line": "done",
        "token": "unknown", "app_secret": "done", "handshake": "todo", "subscribed": "unknown",
        "first_message": "todo", "first_reply": "todo",
    });
    assert_eq!(before, expected);

    app.admin().await;
    superadmin
        .put(
            &format!("{TENANTS}/{}/branding", app.a.id),
            &json!({ "brand_name": "x", "color_primary": "#112233" }),
        )
        .await
        .expect(200);
    for line in &app.a.lines {
        let check = format!("/api/superadmin/channels/{}/health/check", line.id);
        superadmin.post(&check, &json!({})).await.expect(200);
        let token = format!("verify_token_of_{}", line.phone_number_id);
        let knock = format!("/webhook?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1");
        app.anon().get(&knock).await.expect(200);
    }
    let entries = [
        entry(&app.a, line, &[text("wamid.1", CUSTOMER, "hola")]),
        status(&app.a, line, "wamid.2", "delivered"),
    ];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    let after = eventually(|| async {
        let after = steps(&superadmin, &app.a.id).await;
        (after["first_reply"] == "done").then_some(after)
    })
    .await;
    let todo: Vec<_> = after
        .as_object()
        .unwrap()
        .iter()
        .filter(|(_, state)| *state != "done")
        .collect();
    assert_eq!(todo, [] as [(&String, &Value); 0]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_common_handshake_counts_for_lines_without_a_token_and_an_apps_for_its_own() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let made = superadmin
        .post(
            "/api/superadmin/apps",
            &json!({ "name": "Propia", "app_secret": "x" }),
        )
        .await
        .expect(201)
        .json();
    let line = format!("/api/superadmin/channels/{}", app.b.lines[0].id);
    superadmin
        .patch(&line, &json!({ "app_id": made["app"]["id"] }))
        .await
        .expect(200);
    let token = crate::test_app::VERIFY_TOKEN;
    let knock = |path: &str, token: &str| {
        format!("{path}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=1")
    };
    app.anon().get(&knock("/webhook", token)).await.expect(200);
    assert_eq!(steps(&superadmin, &app.a.id).await["handshake"], "done");
    assert_eq!(steps(&superadmin, &app.b.id).await["handshake"], "todo");
    let url = url::Url::parse(made["app"]["callback_url"].as_str().unwrap()).unwrap();
    let token = made["verify_token"].as_str().unwrap();
    app.anon().get(&knock(url.path(), token)).await.expect(200);
    assert_eq!(steps(&superadmin, &app.b.id).await["handshake"], "done");
}

#[tokio::test(flavor = "multi_thread")]
async fn health_tells_paused_lines_what_is_set_aside_and_a_database_that_is_missing() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let line = &app.a.lines[0];
    let well = health(&superadmin, &app.a.id).await;
    assert_eq!(
        (&well["state"], &well["database"], &well["lines"]["active"]),
        (&json!("ok"), &json!("ready"), &json!(3))
    );
    assert_eq!(
        (&well["dead_letters"], &well["last_message_at"]),
        (&json!(0), &Value::Null)
    );

    let entries = [entry(
        &app.a,
        line,
        &[text("wamid.1", CUSTOMER, "hola"), json!({ "type": "text" })],
    )];
    app.deliver_signed(line.secret(), &entries).await.expect(200);
    let revoked = json!({ "phone_number_id": line.phone_number_id, "revoked": true });
    app.meta().post("/simulator/tokens", &revoked).await.expect(200);
    let check = format!("/api/superadmin/channels/{}/health/check", line.id);
    superadmin.post(&check, &json!({})).await.expect(200);
    let worse = eventually(|| async {
        let health = health(&superadmin, &app.a.id).await;
        health["last_message_at"].is_string().then_some(health)
    })
    .await;
    assert_eq!(
        (&worse["state"], &worse["lines"]["paused"], &worse["dead_letters"]),
        (&json!("attention"), &json!(1), &json!(1))
    );
    let listed = superadmin.items(&format!("{TENANTS}?health=attention")).await;
    assert_eq!(
        (&listed[0]["slug"], &listed[0]["health"]["lines_paused"]),
        (&json!("clinica"), &json!(1))
    );
    assert_eq!(listed[0]["health"]["last_message_at"], worse["last_message_at"]);

    let nueva = create(&superadmin, "nueva").await;
    let none = health(&superadmin, &nueva).await;
    assert_eq!(
        (&none["state"], &none["database"], &none["dead_letters"]),
        (&json!("attention"), &json!("none"), &Value::Null)
    );
    let admin = app.member(Role::Admin).await;
    for part in ["health", "checklist"] {
        let path = format!("{TENANTS}/{}/{part}", app.a.id);
        admin.get(&path).await.problem(403, "forbidden");
        let unknown = format!("{TENANTS}/01920000-0000-7000-8000-000000000000/{part}");
        superadmin.get(&unknown).await.problem(404, "not_found");
    }
}
