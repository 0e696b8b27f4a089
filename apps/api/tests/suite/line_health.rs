//! How lines do, as the team and the platform see it.

use serde_json::{Value, json};
use tenant::user::Role;

use crate::{caller::Caller, superadmin::TENANTS, test_app::TestApp};

fn own(app: &TestApp) -> String {
    format!("/api/channels/{}/health", app.a.lines[0].id)
}

fn of_platform(app: &TestApp) -> String {
    format!("/api/superadmin/channels/{}/health", app.a.lines[0].id)
}

async fn check(caller: &Caller, path: &str) -> Value {
    caller
        .post(&format!("{path}/check"), &json!({}))
        .await
        .expect(200)
        .json()
}

/// Changes what the first line's token is worth.
async fn token(app: &TestApp, change: Value) {
    let mut order = json!({ "phone_number_id": app.a.lines[0].phone_number_id });
    order
        .as_object_mut()
        .unwrap()
        .extend(change.as_object().unwrap().clone());
    app.meta().post("/simulator/tokens", &order).await.expect(200);
}

/// What a list of lines says of the first one.
async fn listed(caller: &Caller, path: &str, app: &TestApp) -> Value {
    let lines = caller.items(path).await;
    let id = json!(app.a.lines[0].id);
    let line = lines.into_iter().find(|line| line["id"] == id);
    line.unwrap()["health"].clone()
}

/// Gives the first line another token, here and in the simulator.
async fn replace_token(app: &TestApp, superadmin: &Caller) {
    let line = &app.a.lines[0];
    let other = format!("wa_token_of_{}_again", line.phone_number_id);
    let order = json!({
        "phone_number_id": line.phone_number_id, "waba_id": app.a.waba_id,
        "display_phone_number": "+1 202 555 0100", "token": other, "app_secret": line.secret(),
    });
    app.meta().post("/simulator/lines", &order).await.expect(200);
    let path = format!("/api/superadmin/channels/{}", line.id);
    let changed = superadmin.patch(&path, &json!({ "wa_token": other })).await;
    assert_eq!(changed.expect(200).json()["health"]["state"], "unknown");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_token_is_seen_by_everybody_until_it_is_replaced() {
    let app = TestApp::start().await;
    let (admin, doctor, superadmin) = (
        app.admin().await,
        app.member(Role::Doctor).await,
        app.superadmin().await,
    );
    let lines = format!("{TENANTS}/{}/channels", app.a.id);
    let unknown = listed(&doctor, "/api/channels", &app).await;
    assert_eq!(
        unknown,
        json!({ "state": "unknown", "code": null, "advice": null, "paused_at": null, "checked_at": null })
    );
    let report = check(&admin, &own(&app)).await;
    assert_eq!(
        (&report["state"], &report["problems"]),
        (&json!("ok"), &json!([]))
    );
    assert_eq!(
        (
            &report["number_status"],
            &report["is_subscribed"],
            &report["pause"]
        ),
        (&json!("CONNECTED"), &json!(true), &Value::Null)
    );

    token(&app, json!({ "revoked": true })).await;
    let report = check(&admin, &own(&app)).await;
    assert_eq!(report["state"], "paused");
    let pause = &report["pause"];
    assert_eq!(
        (&pause["code"], &pause["advice"], &pause["meta_code"]),
        (&json!("token_invalid"), &json!("replace_token"), &json!(190))
    );
    assert_eq!(report["problems"][0]["severity"], "error");
    for (caller, path) in [(&doctor, "/api/channels"), (&superadmin, lines.as_str())] {
        let health = listed(caller, path, &app).await;
        assert_eq!(
            (&health["state"], &health["code"], &health["advice"]),
            (&json!("paused"), &json!("token_invalid"), &json!("replace_token"))
        );
        assert_eq!(health["paused_at"], pause["since"]);
    }
    let figures = superadmin.items("/api/superadmin/audit").await;
    assert_eq!(
        (&figures[0]["action"], &figures[0]["target"]),
        (&json!("channel.paused"), &json!(app.a.lines[0].id))
    );

    replace_token(&app, &superadmin).await;
    assert_eq!(listed(&doctor, "/api/channels", &app).await["state"], "unknown");
    assert_eq!(check(&superadmin, &of_platform(&app)).await["state"], "ok");
    let read = superadmin.get(&of_platform(&app)).await.expect(200).json();
    assert_eq!(
        (&read["state"], &read["token_valid"]),
        (&json!("ok"), &json!(true))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_missing_permission_and_a_missing_subscription_say_what_to_do() {
    let app = TestApp::start().await;
    let (admin, superadmin) = (app.admin().await, app.superadmin().await);
    token(&app, json!({ "scopes": ["whatsapp_business_management"] })).await;
    let report = check(&admin, &own(&app)).await;
    assert_eq!(
        report["problems"],
        json!([{ "code": "scope_missing", "severity": "error", "advice": "grant_permissions", "meta_code": null,
            "detail": "whatsapp_business_messaging" }])
    );
    assert_eq!(report["missing_scopes"], json!(["whatsapp_business_messaging"]));
    let health = listed(&admin, "/api/channels", &app).await;
    assert_eq!(
        (&health["state"], &health["code"], &health["paused_at"]),
        (&json!("attention"), &json!("scope_missing"), &Value::Null)
    );

    token(
        &app,
        json!({ "scopes": ["whatsapp_business_management", "whatsapp_business_messaging"] }),
    )
    .await;
    let simulator = format!("/v25.0/{}/subscribed_apps", app.a.waba_id);
    let mut meta = app.meta();
    meta.token = Some(format!("wa_token_of_{}", app.a.lines[0].phone_number_id));
    meta.delete(&simulator).await.expect(200);
    let report = check(&superadmin, &of_platform(&app)).await;
    assert_eq!(report["problems"][0]["code"], "app_not_subscribed");
    assert_eq!(report["problems"][0]["advice"], "subscribe_app");
    let subscribe = format!("{}/subscribe", of_platform(&app));
    let report = superadmin.post(&subscribe, &json!({})).await.expect(200).json();
    assert_eq!(
        (&report["state"], &report["is_subscribed"]),
        (&json!("ok"), &json!(true))
    );
    token(&app, json!({ "revoked": true })).await;
    let refused = superadmin.post(&subscribe, &json!({})).await;
    refused.problem(409, "meta_refused");
    assert!(!refused.text().contains("wa_token_of_"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_a_token_or_an_account_says_so_without_asking_anybody() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let line = format!("/api/superadmin/channels/{}", app.a.lines[0].id);
    let bare = json!({ "wa_token": null, "waba_id": null });
    let changed = superadmin.patch(&line, &bare).await.expect(200).json();
    assert_eq!(
        (&changed["health"]["state"], &changed["health"]["code"]),
        (&json!("attention"), &json!("token_missing"))
    );
    let report = check(&superadmin, &of_platform(&app)).await;
    let problems = report["problems"].as_array().unwrap();
    let codes: Vec<&Value> = problems.iter().map(|problem| &problem["code"]).collect();
    assert_eq!(codes, ["token_missing", "account_unknown"]);
    assert_eq!(report["tried_at"], Value::Null);
    let subscribe = format!("{}/subscribe", of_platform(&app));
    let refused = superadmin.post(&subscribe, &json!({})).await;
    refused.problem(409, "channel_without_token");
    let nobody = "/api/superadmin/channels/019a0000-0000-7000-8000-000000000000/health";
    for path in [format!("{nobody}/check"), format!("{nobody}/subscribe")] {
        superadmin.post(&path, &json!({})).await.problem(404, "not_found");
    }
}
