//! Nothing of one company is reached from another one, whatever is written into a request.

use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    auth::{LOGIN, credentials},
    caller::Answer,
    test_app::{PASSWORD, SUPERADMIN, TestApp},
};

const ANOTHER: &str = "otra clave muy larga";

/// The company that this e-mail and password lead to, or the platform.
async fn led_to(app: &TestApp, email: &str, password: &str) -> Value {
    let body = json!({ "email": email, "password": password });
    let session = app.anon().post(LOGIN, &body).await.expect(200).json();
    session["tenant"]["slug"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn naming_somebody_elses_email_takes_nothing_over() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let strangers = app.b.email(Role::Admin);
    for email in [strangers.as_str(), SUPERADMIN, "nobody@nowhere.example"] {
        let body = json!({ "name": "Impostor", "email": email, "role": "admin", "password": ANOTHER });
        // The same answer for whoever exists elsewhere and whoever does not.
        let made = admin.post("/api/users", &body).await.expect(201).json();
        let path = format!("/api/users/{}", made["id"].as_str().unwrap());
        // The new password leads into the company where it was set, and nowhere else.
        assert_eq!(led_to(&app, email, ANOTHER).await, app.a.slug);
        let change = json!({ "password": "y otra clave más", "role": "doctor" });
        admin.patch(&path, &change).await.expect(200);
        admin
            .patch(&path, &json!({ "is_active": false }))
            .await
            .expect(200);
    }
    // Everybody's own password still leads home.
    assert_eq!(led_to(&app, &strangers, PASSWORD).await, app.b.slug);
    assert_eq!(led_to(&app, SUPERADMIN, PASSWORD).await, Value::Null);
    app.superadmin()
        .await
        .get("/api/superadmin/tenants")
        .await
        .expect(200);
    let stranger = app.stranger().await;
    assert_eq!(stranger.get("/api/me").await.json()["user"]["role"], "admin");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_company_named_in_a_header_or_in_the_query_changes_nothing() {
    let app = TestApp::start().await;
    let conversation = app.customer_writes(0, "hola").await;
    let stranger = app.stranger().await;
    let of_a = app.a.id.to_string();
    for name in ["X-Tenant-Id", "X-Tenant", "X-Tenant-Slug", "X-Original-Tenant"] {
        for value in [of_a.as_str(), app.a.slug] {
            let list = stranger
                .request(Method::GET, "/api/conversations")
                .header(name, value);
            assert_eq!(
                Answer::to(list).await.expect(200).json()["items"],
                json!([]),
                "{name}"
            );
            let path = format!("/api/conversations/{conversation}");
            let one = stranger.request(Method::GET, &path).header(name, value);
            Answer::to(one).await.problem(404, "not_found");
        }
    }
    for name in ["tenant", "tenant_id", "tid", "instanceName"] {
        let path = format!("/api/conversations?{name}={of_a}");
        stranger.get(&path).await.any_problem();
    }
    // Nor does a login end up somewhere else.
    let login = app
        .anon()
        .request(Method::POST, LOGIN)
        .header("X-Tenant-Id", &of_a)
        .json(&credentials(&app.b.email(Role::Admin)));
    let session = Answer::to(login).await.expect(200).json();
    assert_eq!(session["tenant"]["slug"], app.b.slug);
}
