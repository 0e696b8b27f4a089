//! The inside of the process, for whoever has the key.

use reqwest::Method;
use serde_json::{Value, json};

use crate::{
    caller::Answer,
    test_app::{Setup, TestApp},
};

const KEY: &str = "a debug key of an operator";

async fn start() -> TestApp {
    TestApp::with(Setup {
        vars: &[("DEBUG_KEY", KEY)],
        ..Setup::default()
    })
    .await
}

async fn with_key(app: &TestApp, path: &str, key: &str) -> Answer {
    let request = app.anon().request(Method::GET, path);
    Answer::to(request.header("X-Debug-Key", key)).await
}

async fn line(app: &TestApp, phone_number_id: &str) -> Value {
    let path = format!("/debug/lines/{phone_number_id}");
    with_key(app, &path, KEY).await.expect(200).json()
}

#[tokio::test(flavor = "multi_thread")]
async fn without_the_key_there_is_nothing_to_see() {
    let app = start().await;
    let keyless = TestApp::start().await;
    for path in [
        "/debug/state",
        "/debug/lines/80000000000001",
        "/debug/last-webhook",
    ] {
        app.anon().get(path).await.problem(404, "not_found");
        with_key(&app, path, "another key")
            .await
            .problem(404, "not_found");
        with_key(&app, path, "").await.problem(404, "not_found");
        with_key(&keyless, path, KEY).await.problem(404, "not_found");
        with_key(&keyless, path, "").await.problem(404, "not_found");
    }
    // Not even for somebody who may do everything else.
    app.superadmin()
        .await
        .get("/debug/state")
        .await
        .problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn with_the_key_an_operator_sees_what_the_process_holds_and_no_customer() {
    let app = start().await;
    app.customer_writes(0, "palabras muy privadas").await;
    let state = with_key(&app, "/debug/state", KEY).await.expect(200);
    let line = with_key(
        &app,
        &format!("/debug/lines/{}", app.a.lines[0].phone_number_id),
        KEY,
    )
    .await
    .expect(200);
    for answer in [&state, &line] {
        for private in [
            "palabras",
            crate::lines::CUSTOMER,
            "Ana",
            "wa_token_of",
            "app_secret_of",
            "postgres",
        ] {
            assert!(!answer.text().contains(private), "{private}: {}", answer.text());
        }
    }
    let state = state.json();
    assert_eq!(state["role"], "all");
    assert_eq!(state["spool_waiting"], 0);
    assert!(state["tenant_connections"].as_u64().unwrap() > 0, "{state}");
}

#[tokio::test(flavor = "multi_thread")]
async fn says_what_would_become_of_a_lines_webhook() {
    let app = start().await;
    let own = &app.a.lines[0];
    let found = line(&app, &own.phone_number_id).await;
    assert_eq!(found["verdict"], "stored");
    assert_eq!(
        (&found["tenant"], &found["database"], &found["app_secret"]),
        (&json!("clinica"), &json!("ready"), &json!("own"))
    );
    let shared = line(&app, &app.a.lines[2].phone_number_id).await;
    assert_eq!(shared["app_secret"], "platform");

    let unknown = line(&app, "99999999").await;
    assert_eq!(
        (&unknown["verdict"], &unknown["reason"]),
        (&json!("ignored"), &json!("unregistered"))
    );

    let path = format!("/api/superadmin/channels/{}", own.id);
    let superadmin = app.superadmin().await;
    superadmin
        .call(Method::PATCH, &path, Some(&json!({ "is_active": false })))
        .await
        .expect(200);
    let inactive = line(&app, &own.phone_number_id).await;
    assert_eq!(
        (&inactive["verdict"], &inactive["reason"]),
        (&json!("ignored"), &json!("inactive"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_a_usable_database_says_why() {
    let app = start().await;
    app.b
        .database
        .execute("UPDATE tenant_meta SET tenant_id = gen_random_uuid()");
    let found = line(&app, &app.b.lines[0].phone_number_id).await;
    assert_eq!(
        (&found["verdict"], &found["database"]),
        (&json!("spooled"), &json!("of_another"))
    );
}
