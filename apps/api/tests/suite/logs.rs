//! What the program writes down, and what never.

use std::fs::File;

use serde_json::json;
use tenant::user::Role;

use crate::{
    caller::Caller,
    lines::{CUSTOMER, entry, sign, text, webhook},
    program::Program,
    superadmin::{at, database},
    test_app::{JWT_SECRET, MASTER_KEY, PASSWORD, SUPERADMIN, TestApp},
};

/// Delivers to the program what Meta would, signed or not.
async fn deliver(anon: &Caller, body: &str, signature: &str) -> u16 {
    let request = anon
        .request(reqwest::Method::POST, "/webhook")
        .header("content-type", "application/json")
        .header("X-Hub-Signature-256", signature)
        .body(body.to_owned());
    request.send().await.unwrap().status().as_u16()
}

/// Somebody of the program's own, who is logged in.
async fn login(anon: &Caller, url: &str, email: &str) -> Caller {
    let body = json!({ "email": email, "password": PASSWORD });
    let session = anon.post("/api/auth/login", &body).await.expect(200).json();
    let mut caller = anon.at(url);
    caller.token = Some(session["access_token"].as_str().unwrap().to_owned());
    caller
}

/// What customers and strangers send: a message, and what is refused.
async fn from_outside(app: &TestApp, anon: &Caller) {
    let line = &app.a.lines[0];
    let message = text("wamid.log", CUSTOMER, "canary-message");
    let body = webhook(&[entry(&app.a, line, &[message])]);
    let signed = |body: &str| sign(line.secret(), body.as_bytes());
    assert_eq!(deliver(anon, &body, &signed(&body)).await, 200);
    assert_eq!(deliver(anon, &body, &sign("another", body.as_bytes())).await, 403);
    let broken = "{\"object\":\"canary-broken\"";
    assert_eq!(deliver(anon, broken, &signed(broken)).await, 400);
    let wrong = json!({ "email": "canary-person@clinica.example", "password": "canary-password" });
    let refused = anon.post("/api/auth/login", &wrong).await;
    refused.problem(401, "invalid_credentials");
}

/// What the team and the platform do; the superadmin's token.
async fn from_inside(app: &TestApp, anon: &Caller, url: &str) -> String {
    let admin = login(anon, url, &app.a.email(Role::Admin)).await;
    let conversation = admin.items("/api/conversations").await[0]["id"].clone();
    let messages = format!("/api/conversations/{}/messages", conversation.as_str().unwrap());
    let parameters = json!([{ "type": "text", "text": "canary-answer" }]);
    let answer = json!({ "type": "template", "template": {
        "name": "hola", "language": { "code": "es" },
        "components": [{ "type": "body", "parameters": parameters }],
    } });
    // Nobody answers in Meta's place, so this fails, which is written down.
    admin.post(&messages, &answer).await.expect(202);
    let superadmin = login(anon, url, SUPERADMIN).await;
    let database_url = at("postgres://u:canary-database@127.0.0.1:1/x");
    let test = format!("{}/test", database(&app.a.id));
    let refused = superadmin.post(&test, &database_url).await;
    refused.field("/url", "db_unreachable");
    superadmin.token.clone().unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn neither_a_message_nor_a_person_nor_a_secret_is_ever_written_into_the_log() {
    let app = TestApp::start().await;
    let log = app.files.path().join("log");
    let file = File::create(&log).unwrap();
    let vars = [("RUST_LOG", "debug"), ("LOG_FORMAT", "json")];
    let program = Program::start(&app, &vars, file.into()).await;
    let anon = app.anon().at(&program.url);
    from_outside(&app, &anon).await;
    let token = from_inside(&app, &anon, &program.url).await;
    drop(program);

    let written = std::fs::read_to_string(&log).unwrap();
    assert!(written.contains("a database URL was refused"), "{written}");
    for line in written.lines() {
        serde_json::from_str::<serde_json::Value>(line).unwrap();
    }
    for private in [
        "canary-",
        CUSTOMER,
        PASSWORD,
        MASTER_KEY,
        JWT_SECRET,
        "wa_token_of_",
        "app_secret_of_",
        token.as_str(),
    ] {
        let line = written.lines().find(|line| line.contains(private));
        assert_eq!(line, None, "{private}");
    }
}
