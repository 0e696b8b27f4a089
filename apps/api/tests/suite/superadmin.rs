//! The platform's side: tenants, branding, and what is written down of it.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::Caller,
    test_app::{PASSWORD, SUPERADMIN, Setup, TestApp, team},
};

pub const TENANTS: &str = "/api/superadmin/tenants";

pub async fn create(superadmin: &Caller, slug: &str) -> String {
    let body = json!({ "name": format!("La {slug}"), "slug": slug });
    let tenant = superadmin.post(TENANTS, &body).await.expect(201).json();
    tenant["id"].as_str().unwrap().to_owned()
}

pub fn database(tenant: &impl std::fmt::Display) -> String {
    format!("{TENANTS}/{tenant}/database")
}

pub fn at(url: &str) -> Value {
    json!({ "url": url })
}

#[tokio::test(flavor = "multi_thread")]
async fn tenants_are_made_changed_and_found() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let made = json!({ "name": "  Óptica Sol ", "slug": "optica-sol", "plan": "growth" });
    let made = superadmin.post(TENANTS, &made).await.expect(201).json();
    assert_eq!(
        (&made["name"], &made["slug"], &made["plan"]),
        (&json!("Óptica Sol"), &json!("optica-sol"), &json!("growth"))
    );
    assert_eq!(
        (&made["is_active"], &made["database"]["status"]),
        (&json!(true), &json!("none"))
    );
    assert_eq!(made["warnings"], json!(["no_database", "no_lines"]));
    let path = format!("{TENANTS}/{}", made["id"].as_str().unwrap());
    assert_eq!(superadmin.get(&path).await.expect(200).json(), made);
    let changed = superadmin
        .patch(&path, &json!({ "name": "Óptica Luna", "plan": "scale" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&changed["name"], &changed["plan"], &changed["slug"]),
        (&json!("Óptica Luna"), &json!("scale"), &json!("optica-sol"))
    );
    let found = superadmin.items(&format!("{TENANTS}?q=luna")).await;
    assert_eq!(found, [changed]);
    let first = superadmin
        .get(&format!("{TENANTS}?limit=2"))
        .await
        .expect(200)
        .json();
    let cursor = first["next_cursor"].as_str().unwrap();
    let rest = superadmin
        .get(&format!("{TENANTS}?limit=2&cursor={cursor}"))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (rest["items"].as_array().unwrap().len(), &rest["next_cursor"]),
        (1, &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_tenants_name_slug_and_plan_are_checked() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let path = format!("{TENANTS}/{}", app.b.id);
    superadmin
        .post(TENANTS, &json!({ "name": "Otra", "slug": "clinica" }))
        .await
        .problem(409, "slug_taken");
    superadmin
        .patch(&path, &json!({ "slug": "clinica" }))
        .await
        .problem(409, "slug_taken");
    for slug in [
        "",
        "con espacio",
        "Mayúscula",
        "-x",
        "ñandú",
        "a/b",
        &"x".repeat(64),
    ] {
        let body = json!({ "name": "Otra", "slug": slug });
        superadmin
            .post(TENANTS, &body)
            .await
            .field("/slug", "invalid_slug");
    }
    for name in ["", "   ", &"x".repeat(121), "a\nb"] {
        let body = json!({ "name": name, "slug": "otra" });
        superadmin
            .post(TENANTS, &body)
            .await
            .field("/name", "invalid_name");
    }
    superadmin
        .patch(&path, &json!({ "plan": "oro" }))
        .await
        .field("/plan", "invalid_plan");
}

#[tokio::test(flavor = "multi_thread")]
async fn branding_is_checked_saved_whole_and_shown_to_the_team() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let path = format!("{TENANTS}/{}/branding", app.a.id);
    let unset = superadmin.get(&path).await.expect(200).json();
    assert_eq!(
        (&unset["brand_name"], &unset["color_primary"]),
        (&json!("La clinica"), &Value::Null)
    );
    let whole = json!({
        "brand_name": "Clínica Sur", "logo_url": "https://cdn.example/logo.png", "color_primary": "#0a7c66",
        "color_accent": "#ffb020", "color_background": "#ffffff", "timezone": "America/La_Paz",
    });
    assert_eq!(superadmin.put(&path, &whole).await.expect(200).json(), whole);
    let me = app
        .member(Role::Doctor)
        .await
        .get("/api/me")
        .await
        .expect(200)
        .json();
    assert_eq!(me["branding"], whole);
    assert_eq!(
        app.stranger().await.get("/api/me").await.json()["branding"],
        Value::Null
    );
    for (field, wrong) in [
        ("brand_name", ""),
        ("logo_url", "javascript:alert(1)"),
        ("logo_url", "logo.png"),
        ("logo_url", "data:image/svg+xml,x"),
        ("color_primary", "red"),
        ("color_accent", "#12345"),
        ("color_background", "#gggggg;}"),
        ("timezone", "Marte/Olimpo"),
    ] {
        let mut body = whole.clone();
        body[field] = json!(wrong);
        superadmin
            .put(&path, &body)
            .await
            .field(&format!("/{field}"), "invalid");
    }
    let less = superadmin
        .put(&path, &json!({ "brand_name": "Sur" }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&less["brand_name"], &less["logo_url"]),
        (&json!("Sur"), &Value::Null)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn every_change_is_written_down_with_who_made_it() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let tenant = create(&superadmin, "nueva").await;
    let path = format!("{TENANTS}/{tenant}");
    let seeded = team("nueva", &[Role::Admin]).await;
    superadmin
        .patch(&path, &json!({ "plan": "growth" }))
        .await
        .expect(200);
    superadmin
        .put(&database(&tenant), &at(seeded.url()))
        .await
        .expect(200);
    superadmin
        .put(&format!("{path}/branding"), &json!({ "brand_name": "Nueva" }))
        .await
        .expect(200);
    let line =
        json!({ "phone_number_id": "900000000000001", "display_name": "Una", "wa_token": "canary-token" });
    let line = superadmin
        .post(&format!("{path}/channels"), &line)
        .await
        .expect(201)
        .json();
    let line = format!("/api/superadmin/channels/{}", line["id"].as_str().unwrap());
    superadmin
        .patch(&line, &json!({ "app_secret": "canary-secret" }))
        .await
        .expect(200);
    superadmin.delete(&line).await.expect(204);
    let user = json!({ "name": "Sara", "email": "sara@nueva.example", "role": "caja", "password": PASSWORD });
    superadmin.post(&format!("{path}/users"), &user).await.expect(201);

    let audit = format!("/api/superadmin/audit?tenant_id={tenant}");
    let entries = superadmin.items(&audit).await;
    let mut actions: Vec<&str> = entries
        .iter()
        .map(|entry| entry["action"].as_str().unwrap())
        .collect();
    actions.reverse();
    let expected = [
        "tenant.created",
        "tenant.updated",
        "database.attached",
        "branding.saved",
        "channel.created",
        "channel.updated",
        "channel.deleted",
        "tenant.user_added",
    ];
    assert_eq!(actions, expected);
    for entry in &entries {
        assert_eq!(
            (&entry["actor"]["email"], &entry["tenant_id"]),
            (&json!(SUPERADMIN), &json!(tenant))
        );
    }
    let told = json!(entries).to_string();
    assert!(!told.contains("canary"), "{told}");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_written_down_comes_page_by_page_the_newest_first() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    for number in 1..=5 {
        create(&superadmin, &format!("nueva-{number}")).await;
    }
    let path = "/api/superadmin/audit";
    let entries = superadmin.items(path).await;
    let page = superadmin
        .get(&format!("{path}?limit=3"))
        .await
        .expect(200)
        .json();
    assert_eq!(page["items"].as_array().unwrap(), &entries[..3]);
    let cursor = page["next_cursor"].as_str().unwrap();
    let next = superadmin.items(&format!("{path}?limit=3&cursor={cursor}")).await;
    assert_eq!(next, entries[3..6]);
    let times: Vec<&str> = entries
        .iter()
        .map(|entry| entry["at"].as_str().unwrap())
        .collect();
    assert!(times.is_sorted_by(|newer, older| newer >= older), "{times:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn the_platform_says_where_meta_shall_post_and_what_is_missing() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let platform = superadmin
        .get("/api/superadmin/platform")
        .await
        .expect(200)
        .json();
    assert_eq!(platform["webhook_url"], format!("{}/webhook", app.url));
    assert_eq!(
        (&platform["global_app_secret_set"], &platform["warnings"]),
        (&json!(true), &json!([]))
    );
    drop(app);
    let setup = Setup {
        without_platform_secret: true,
        ..Setup::default()
    };
    let app = TestApp::with(setup).await;
    let superadmin = app.superadmin().await;
    assert_eq!(
        superadmin.get("/api/me").await.expect(200).json()["warnings"],
        json!(["unsigned_webhooks"])
    );
    let tenants = superadmin.items(TENANTS).await;
    assert!(
        tenants
            .iter()
            .all(|tenant| tenant["warnings"] == json!(["unsigned_webhooks"])),
        "{tenants:?}"
    );
}
