//! Apps with a callback path of their own: who may write what to whom by it.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller, eventually},
    lines::{CUSTOMER, entry, sign, text, unregistered, webhook},
    superadmin::TENANTS,
    test_app::{Company, Line, PLATFORM_SECRET, Setup, TestApp, VERIFY_TOKEN},
};

const APPS: &str = "/api/superadmin/apps";
const SECRET: &str = "app_secret_of_an_own_app";

/// An app as it was registered, and where Meta writes to it.
struct Own {
    id: String,
    path: String,
    verify_token: String,
}

async fn register(superadmin: &Caller, body: &Value) -> Own {
    let made = superadmin.post(APPS, body).await.expect(201).json();
    let url = url::Url::parse(made["app"]["callback_url"].as_str().unwrap()).unwrap();
    assert!(url.path().starts_with("/webhook/"), "{url}");
    Own {
        id: made["app"]["id"].as_str().unwrap().to_owned(),
        path: url.path().to_owned(),
        verify_token: made["verify_token"].as_str().unwrap_or("").to_owned(),
    }
}

async fn bind(superadmin: &Caller, line: &Line, app: &Value) -> Answer {
    let path = format!("/api/superadmin/channels/{}", line.id);
    superadmin.patch(&path, &json!({ "app_id": app })).await
}

async fn deliver(to: &Caller, path: &str, secret: Option<&str>, entries: &[Value]) -> Answer {
    let body = webhook(entries);
    let mut request = to.request(reqwest::Method::POST, path);
    if let Some(secret) = secret {
        request = request.header("X-Hub-Signature-256", sign(secret, body.as_bytes()));
    }
    Answer::to(request.body(body)).await
}

fn says(company: &Company, line: &Line, words: &str) -> Value {
    entry(company, line, &[text(&format!("wamid.{words}"), CUSTOMER, words)])
}

async fn texts(app: &TestApp, company: &Company) -> Vec<String> {
    let reader = app.login(&company.email(Role::Admin)).await;
    let mut found = Vec::new();
    for conversation in reader.items("/api/conversations").await {
        let id = conversation["id"].as_str().unwrap();
        for message in reader.items(&format!("/api/conversations/{id}/messages")).await {
            found.push(message["text"].as_str().unwrap_or("").to_owned());
        }
    }
    found.sort();
    found
}

fn knock(path: &str, token: &str) -> String {
    format!("{path}?hub.mode=subscribe&hub.verify_token={token}&hub.challenge=0012")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_answers_the_handshake_with_its_own_token_only() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let made = register(&superadmin, &json!({ "name": "Propia" })).await;
    let chosen = json!({ "name": "Elegida", "verify_token": "elegido_por_mi" });
    let chosen = register(&superadmin, &chosen).await;
    assert_eq!(chosen.verify_token, "");
    for (path, token) in [
        (&made.path, made.verify_token.as_str()),
        (&chosen.path, "elegido_por_mi"),
    ] {
        let answer = app.anon().get(&knock(path, token)).await.expect(200);
        assert_eq!(answer.text(), "0012");
        assert!(answer.header("content-type").unwrap().starts_with("text/plain"));
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"));
    }
    let of_a_line = format!("verify_token_of_{}", app.a.lines[0].phone_number_id);
    for (path, token) in [
        (&made.path, VERIFY_TOKEN),
        (&made.path, "elegido_por_mi"),
        (&made.path, of_a_line.as_str()),
        (&made.path, ""),
        (&"/webhook".to_owned(), made.verify_token.as_str()),
    ] {
        let answer = app.anon().get(&knock(path, token)).await;
        answer.problem(403, "forbidden");
    }
    let nowhere = knock("/webhook/AAAAAAAAAAAAAAAAAAAAAA", VERIFY_TOKEN);
    app.anon().get(&nowhere).await.problem(404, "not_found");

    let path = format!("{APPS}/{}", made.id);
    assert!(superadmin.get(&path).await.expect(200).json()["handshake_at"].is_string());
    let renewed = superadmin.post(&format!("{path}/verify-token"), &json!({})).await;
    let renewed = renewed.expect(200).json()["verify_token"]
        .as_str()
        .unwrap()
        .to_owned();
    assert_eq!(
        superadmin.get(&path).await.expect(200).json()["handshake_at"],
        Value::Null
    );
    app.anon().get(&knock(&made.path, &renewed)).await.expect(200);
    let before = app.anon().get(&knock(&made.path, &made.verify_token)).await;
    before.problem(403, "forbidden");
}

#[tokio::test(flavor = "multi_thread")]
async fn by_an_apps_path_only_its_own_lines_are_written_to() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let own = json!({ "name": "De la clínica", "tenant_id": app.a.id, "app_secret": SECRET });
    let own = register(&superadmin, &own).await;
    let other = json!({ "name": "Del taller", "tenant_id": app.b.id, "app_secret": "otro_secreto" });
    let other = register(&superadmin, &other).await;
    bind(&superadmin, &app.a.lines[2], &json!(own.id))
        .await
        .expect(200);
    bind(&superadmin, &app.b.lines[2], &json!(other.id))
        .await
        .expect(200);

    // A body that mixes two apps' lines: each path believes its own.
    let mixed = [
        says(&app.a, &app.a.lines[2], "de la clínica"),
        says(&app.b, &app.b.lines[2], "del taller"),
        // Neither a line of another app's nor one of none, though it is the same tenant's.
        says(&app.a, &app.a.lines[0], "de otra línea"),
    ];
    let meta = app.anon();
    deliver(&meta, &own.path, Some(SECRET), &mixed).await.expect(200);
    assert_eq!(texts(&app, &app.a).await, ["de la clínica"]);
    assert_eq!(texts(&app, &app.b).await, [""; 0]);
    deliver(&meta, &other.path, Some("otro_secreto"), &mixed)
        .await
        .expect(200);
    assert_eq!(texts(&app, &app.b).await, ["del taller"]);

    let before = (app.a.rows(), app.b.rows());
    let foreign = [says(&app.b, &app.b.lines[2], "falso")];
    for (path, secret) in [
        (&own.path, Some(SECRET)),
        (&own.path, Some("otro_secreto")),
        (&own.path, Some(PLATFORM_SECRET)),
        (&own.path, None),
        (&other.path, Some(SECRET)),
        (&other.path, Some(app.b.lines[2].secret())),
    ] {
        let answer = deliver(&meta, path, secret, &foreign).await;
        answer.problem(403, "bad_signature");
    }
    let nowhere = deliver(&meta, "/webhook/AAAAAAAAAAAAAAAAAAAAAA", Some(SECRET), &foreign).await;
    nowhere.problem(404, "not_found");
    assert_eq!((app.a.rows(), app.b.rows()), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn on_the_common_path_a_bound_line_goes_by_its_own_secret_or_its_apps() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let own = register(&superadmin, &json!({ "name": "Propia", "app_secret": SECRET })).await;
    let (with_secret, without) = (&app.a.lines[0], &app.a.lines[2]);
    for line in [with_secret, without] {
        bind(&superadmin, line, &json!(own.id)).await.expect(200);
    }
    let by = |line: &Line, words: &str| [says(&app.a, line, words)];
    app.deliver_signed(SECRET, &by(without, "con el de la app"))
        .await
        .expect(200);
    app.deliver_signed(with_secret.secret(), &by(with_secret, "con el propio"))
        .await
        .expect(200);
    // The platform's does not count any more, nor the app's where the line has its own.
    for (secret, line) in [(PLATFORM_SECRET, without), (SECRET, with_secret)] {
        let answer = app.deliver_signed(secret, &by(line, "falso")).await;
        answer.problem(403, "bad_signature");
    }
    // By the app's own path the app's secret counts for both.
    let entries = by(with_secret, "por su ruta");
    deliver(&app.anon(), &own.path, Some(SECRET), &entries)
        .await
        .expect(200);
    assert_eq!(
        texts(&app, &app.a).await,
        ["con el de la app", "con el propio", "por su ruta"]
    );
    bind(&superadmin, without, &Value::Null).await.expect(200);
    app.deliver_signed(PLATFORM_SECRET, &by(without, "como antes"))
        .await
        .expect(200);
    let stale = deliver(&app.anon(), &own.path, Some(SECRET), &by(without, "falso")).await;
    stale.problem(403, "bad_signature");
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_taken_unsigned_where_an_app_has_no_secret() {
    let app = TestApp::with(Setup {
        without_platform_secret: true,
        ..Setup::default()
    })
    .await;
    let superadmin = app.superadmin().await;
    let line = &app.a.lines[2];
    let unsigned = |platform: &Value| platform["unsigned_channels"].as_i64().unwrap();
    let platform = superadmin
        .get("/api/superadmin/platform")
        .await
        .expect(200)
        .json();
    assert_eq!(unsigned(&platform), 2);
    let own = register(&superadmin, &json!({ "name": "Sin secreto" })).await;
    let bound = bind(&superadmin, line, &json!(own.id)).await.expect(200).json();
    assert_eq!(
        (&bound["app_id"], &bound["warnings"]),
        (&json!(own.id), &json!(["app_without_secret"]))
    );
    let platform = superadmin
        .get("/api/superadmin/platform")
        .await
        .expect(200)
        .json();
    assert_eq!(unsigned(&platform), 1);

    let before = app.a.rows();
    let entries = [says(&app.a, line, "hola")];
    for secret in [None, Some(""), Some(SECRET)] {
        let answer = deliver(&app.anon(), &own.path, secret, &entries).await;
        answer.problem(403, "app_without_secret");
    }
    for secret in [None, Some(SECRET)] {
        let answer = deliver(&app.anon(), "/webhook", secret, &entries).await;
        answer.problem(403, "bad_signature");
    }
    assert_eq!(app.a.rows(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_secret_before_is_believed_for_seven_days_and_not_after_it_was_cleared() {
    let mut app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let own = register(&superadmin, &json!({ "name": "Propia", "app_secret": SECRET })).await;
    let path = format!("{APPS}/{}", own.id);
    bind(&superadmin, &app.a.lines[2], &json!(own.id))
        .await
        .expect(200);
    let changed = superadmin
        .patch(&path, &json!({ "app_secret": "nuevo_secreto" }))
        .await;
    let changed = changed.expect(200).json();
    assert!(changed["previous_secret_until"].is_string(), "{changed}");

    let now = app.anon();
    let soon = now.at(&app.later(TimeDelta::days(7) - TimeDelta::hours(1)).await);
    let late = now.at(&app.later(TimeDelta::days(7) + TimeDelta::hours(1)).await);
    for (server, secret, status) in [
        (&now, SECRET, 200),
        (&now, "nuevo_secreto", 200),
        (&soon, SECRET, 200),
        (&late, SECRET, 403),
        (&late, "nuevo_secreto", 200),
    ] {
        for path in [own.path.as_str(), "/webhook"] {
            let entries = [says(&app.a, &app.a.lines[2], "hola")];
            let answer = deliver(server, path, Some(secret), &entries).await;
            assert_eq!(answer.status, status, "{secret} by {path}: {}", answer.text());
        }
    }
    let cleared = superadmin.patch(&path, &json!({ "app_secret": null })).await;
    let cleared = cleared.expect(200).json();
    assert_eq!(
        (&cleared["has_app_secret"], &cleared["previous_secret_until"]),
        (&json!(false), &Value::Null)
    );
    for secret in [SECRET, "nuevo_secreto"] {
        let entries = [says(&app.a, &app.a.lines[2], "hola")];
        let answer = deliver(&now, &own.path, Some(secret), &entries).await;
        answer.problem(403, "app_without_secret");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_app_of_a_tenants_takes_that_tenants_lines_only() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let own = json!({ "name": "De la clínica", "tenant_id": app.a.id, "app_secret": SECRET });
    let own = register(&superadmin, &own).await;
    let anybodys = register(&superadmin, &json!({ "name": "De todos" })).await;
    bind(&superadmin, &app.b.lines[2], &json!(own.id))
        .await
        .field("/app_id", "invalid");
    let unknown = "01920000-0000-7000-8000-000000000000";
    bind(&superadmin, &app.a.lines[2], &json!(unknown))
        .await
        .field("/app_id", "invalid");
    bind(&superadmin, &app.a.lines[2], &json!("x"))
        .await
        .field("/app_id", "invalid_id");
    let lines = format!("{TENANTS}/{}/channels", app.b.id);
    let line = json!({ "phone_number_id": "900000000000003", "display_name": "Otra", "app_id": own.id });
    superadmin.post(&lines, &line).await.field("/app_id", "invalid");
    let line = json!({ "phone_number_id": "900000000000003", "display_name": "Otra", "app_id": anybodys.id });
    let made = superadmin.post(&lines, &line).await.expect(201).json();
    assert_eq!(made["app_id"], json!(anybodys.id));

    let usable = |tenant: &str| format!("{APPS}?usable_by={tenant}");
    let ids = |items: Vec<Value>| items.iter().map(|item| item["id"].clone()).collect::<Vec<_>>();
    let of_a = superadmin.items(&usable(&app.a.id.to_string())).await;
    assert_eq!(ids(of_a), [json!(anybodys.id), json!(own.id)]);
    let of_b = superadmin.items(&usable(&app.b.id.to_string())).await;
    assert_eq!(
        (&of_b[0]["channels_count"], ids(of_b.clone())),
        (&json!(1), vec![json!(anybodys.id)])
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn apps_are_checked_written_down_and_removed_when_nothing_uses_them() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    for (body, pointer) in [
        (json!({ "name": " " }), "/name"),
        (json!({ "name": "x", "meta_app_id": "abc" }), "/meta_app_id"),
        (json!({ "name": "x", "app_secret": "a b" }), "/app_secret"),
        (json!({ "name": "x", "verify_token": "" }), "/verify_token"),
    ] {
        superadmin.post(APPS, &body).await.field(pointer, "invalid");
    }
    let nobody = json!({ "name": "x", "tenant_id": "01920000-0000-7000-8000-000000000000" });
    superadmin
        .post(APPS, &nobody)
        .await
        .field("/tenant_id", "unknown_tenant");

    let own = register(&superadmin, &json!({ "name": "Propia", "app_secret": SECRET })).await;
    let path = format!("{APPS}/{}", own.id);
    let changed = superadmin
        .patch(
            &path,
            &json!({ "name": "Renombrada", "meta_app_id": "123456789" }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(
        (
            &changed["name"],
            &changed["meta_app_id"],
            &changed["has_app_secret"]
        ),
        (&json!("Renombrada"), &json!("123456789"), &json!(true))
    );
    bind(&superadmin, &app.a.lines[2], &json!(own.id))
        .await
        .expect(200);
    superadmin.delete(&path).await.problem(409, "app_in_use");
    bind(&superadmin, &app.a.lines[2], &Value::Null).await.expect(200);
    superadmin.delete(&path).await.expect(204);
    superadmin.get(&path).await.problem(404, "not_found");
    superadmin.delete(&path).await.problem(404, "not_found");
    let gone = app.anon().get(&knock(&own.path, &own.verify_token)).await;
    gone.problem(404, "not_found");
    let told = superadmin.items("/api/superadmin/audit").await;
    let told: Vec<_> = told
        .iter()
        .filter(|entry| entry["target"] == json!(own.id))
        .map(|entry| entry["action"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(told, ["meta_app.deleted", "meta_app.updated", "meta_app.created"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_checked_with_its_apps_secret() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let line = &app.a.lines[2];
    let path = format!("/api/superadmin/channels/{}/health/check", line.id);
    // The simulator knows the platform's secret as that of the token's app.
    for (secret, fits) in [("equivocado", false), (PLATFORM_SECRET, true)] {
        let own = register(&superadmin, &json!({ "name": "Propia", "app_secret": secret })).await;
        bind(&superadmin, line, &json!(own.id)).await.expect(200);
        let report = superadmin.post(&path, &json!({})).await.expect(200).json();
        let codes = report["problems"].as_array().unwrap().iter();
        let codes: Vec<_> = codes.map(|problem| problem["code"].as_str().unwrap()).collect();
        assert_eq!(codes.contains(&"app_secret_mismatch"), !fits, "{report}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn lines_that_nobody_registered_are_noted_from_an_apps_path_too() {
    let app = TestApp::start().await;
    let superadmin = app.superadmin().await;
    let own = register(&superadmin, &json!({ "name": "Propia", "app_secret": SECRET })).await;
    let more = json!({ "messages": [text("wamid.1", CUSTOMER, "hola")] });
    let stranger = [unregistered(&app.a.waba_id, "900000000000009", &more)];
    deliver(&app.anon(), &own.path, Some(SECRET), &stranger)
        .await
        .expect(200);
    let found = eventually(|| async { superadmin.items("/api/superadmin/unrouted").await.pop() }).await;
    assert_eq!(found["phone_number_id"], "900000000000009");
}
