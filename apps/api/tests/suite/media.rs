//! Files that customers send: fetched from Meta's stand-in, kept, and served to their tenant alone.

use std::time::Duration;

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller, eventually},
    test_app::TestApp,
};

const JPEG: &[u8] = include_bytes!("../../../simulator/samples/photo.jpg");

/// A customer sends a file to A's first line, with these extra members.
async fn send(app: &TestApp, media: Value) {
    let order = json!({
        "phone_number_id": app.a.lines[0].phone_number_id, "from": "34600000001", "name": "Ana", "media": media,
    });
    let answer = app
        .meta()
        .post("/simulator/inbound", &order)
        .await
        .expect(200)
        .json();
    assert_eq!(answer["delivery"]["status"], 200, "{answer}");
}

async fn faults(app: &TestApp, fault: &str, times: u32) {
    let change = json!({ "media": fault, "media_times": times });
    app.meta().post("/simulator/faults", &change).await.expect(200);
}

/// The messages of the only conversation, newest first.
async fn messages(caller: &Caller) -> Vec<Value> {
    let conversations = caller.items("/api/conversations").await;
    let id = conversations[0]["id"].as_str().unwrap();
    caller.items(&format!("/api/conversations/{id}/messages")).await
}

/// The newest message, once its file got so far.
async fn newest(caller: &Caller, state: &str) -> Value {
    eventually(async || {
        let message = messages(caller).await.remove(0);
        (message["media"]["state"] == state).then_some(message)
    })
    .await
}

fn path(message: &Value) -> String {
    format!("/api/messages/{}/media", message["id"].as_str().unwrap())
}

async fn get_with(caller: &Caller, path: &str, headers: &[(&str, &str)]) -> Answer {
    let mut request = caller.request(Method::GET, path);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    Answer::to(request).await
}

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_is_kept_and_served_as_what_it_is() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let kinds = [
        ("image", "image/jpeg", "inline"),
        ("video", "video/mp4", "inline"),
        ("audio", "audio/ogg", "inline"),
        ("document", "application/pdf", "inline"),
        ("sticker", "image/webp", "inline"),
    ];
    for (kind, content_type, disposition) in kinds {
        send(&app, json!({ "type": kind, "caption": "mira" })).await;
        let message = newest(&agent, "stored").await;
        assert_eq!(
            (&message["type"], &message["text"]),
            (&json!(kind), &json!("mira"))
        );
        let media = &message["media"];
        assert_eq!((&media["shown"], &media["error"]), (&json!(true), &Value::Null));
        assert_eq!(media["voice"], json!(kind == "audio"));
        let file = agent.get(&path(&message)).await.expect(200);
        assert_eq!(file.header("content-type"), Some(content_type));
        assert_eq!(media["size"], file.body.len());
        assert_eq!(
            file.header("etag"),
            Some(format!("\"{}\"", media["sha256"].as_str().unwrap()).as_str())
        );
        assert!(
            file.header("content-disposition")
                .unwrap()
                .starts_with(disposition)
        );
        assert_eq!(file.header("x-content-type-options"), Some("nosniff"));
        assert_eq!(
            file.header("content-security-policy"),
            Some("default-src 'none'; sandbox")
        );
        assert!(file.header("cache-control").unwrap().starts_with("private"));
        assert!(
            file.header("content-encoding")
                .is_none_or(|encoding| encoding == "identity")
        );
        let saved = agent
            .get(&format!("{}?download=1", path(&message)))
            .await
            .expect(200);
        assert!(
            saved
                .header("content-disposition")
                .unwrap()
                .starts_with("attachment")
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_is_served_to_who_asks_for_one() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    send(&app, json!({ "type": "image" })).await;
    let message = newest(&agent, "stored").await;
    let path = path(&message);
    let size = JPEG.len();
    let whole = agent.get(&path).await.expect(200);
    assert_eq!(
        (&whole.body[..], whole.header("accept-ranges")),
        (JPEG, Some("bytes"))
    );
    let tag = whole.header("etag").unwrap().to_owned();
    for (range, first, last) in [
        ("bytes=0-9", 0, 9),
        ("bytes=100-", 100, size - 1),
        ("bytes=-5", size - 5, size - 1),
        ("bytes=10-99999999", 10, size - 1),
    ] {
        let part = get_with(&agent, &path, &[("range", range)]).await.expect(206);
        assert_eq!(&part.body[..], &JPEG[first..=last], "{range}");
        let told = format!("bytes {first}-{last}/{size}");
        assert_eq!(part.header("content-range"), Some(told.as_str()));
        let same = get_with(&agent, &path, &[("range", range), ("if-range", &tag)]).await;
        assert_eq!(same.status, 206);
        let other = get_with(&agent, &path, &[("range", range), ("if-range", "\"other\"")]).await;
        assert_eq!((other.status, other.body.len()), (200, size));
    }
    let beyond = get_with(&agent, &path, &[("range", "bytes=99999999-")]).await;
    beyond.problem(416, "range_not_satisfiable");
    assert_eq!(
        beyond.header("content-range"),
        Some(format!("bytes */{size}").as_str())
    );
    for ignored in ["bytes=0-1,5-6", "lines=1-2", "bytes=x"] {
        let whole = get_with(&agent, &path, &[("range", ignored)]).await.expect(200);
        assert_eq!(whole.body.len(), size, "{ignored}");
    }
    let known = get_with(&agent, &path, &[("if-none-match", &tag)]).await;
    assert_eq!((known.status, known.body.len()), (304, 0));
    let head = agent.call(Method::HEAD, &path, None).await.expect(200);
    assert_eq!(head.header("content-length"), Some(size.to_string().as_str()));
    assert!(head.body.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_elses_file_is_there() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    send(&app, json!({ "type": "image" })).await;
    let message = newest(&agent, "stored").await;
    let path = path(&message);
    let stranger = app.stranger().await;
    stranger.get(&path).await.problem(404, "not_found");
    stranger
        .post(&format!("{path}/fetch"), &json!({}))
        .await
        .problem(404, "not_found");
    app.anon().get(&path).await.problem(401, "unauthenticated");
    app.superadmin().await.get(&path).await.problem(403, "forbidden");
    let folders: Vec<_> = std::fs::read_dir(app.files.path()).unwrap().collect();
    let names: Vec<_> = folders
        .into_iter()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    assert!(names.contains(&app.a.id.to_string().into()));
    assert!(!names.contains(&app.b.id.to_string().into()));
    // A message without a file has none to give.
    let text =
        json!({ "phone_number_id": app.a.lines[0].phone_number_id, "from": "34600000001", "text": "hola" });
    app.meta().post("/simulator/inbound", &text).await.expect(200);
    let words = messages(&agent).await.remove(0);
    assert_eq!(words["media"], Value::Null);
    agent.get(&self::path(&words)).await.problem(404, "not_found");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_lies_about_itself_is_bytes_to_save_under_a_harmless_name() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    // <script>alert(1)</script>
    let html = "PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==";
    for (kind, mime_type) in [
        ("image", "image/jpeg"),
        ("image", "image/svg+xml"),
        ("document", "text/html"),
        ("document", "application/pdf"),
    ] {
        send(
            &app,
            json!({ "type": kind, "mime_type": mime_type, "data": html,
                "filename": "../../a\"\r\nx: y\u{202e}fdp.html" }),
        )
        .await;
        let message = newest(&agent, "stored").await;
        assert_eq!(message["media"]["shown"], false, "{mime_type}");
        let file = agent.get(&path(&message)).await.expect(200);
        assert_eq!(file.header("content-type"), Some("application/octet-stream"));
        assert_eq!(
            file.header("content-disposition"),
            Some("attachment; filename=\"a_x_ yfdp.html\"; filename*=UTF-8''a_x_%20yfdp.html")
        );
        assert_eq!(file.header("x"), None);
        assert_eq!(&file.body[..], b"<script>alert(1)</script>");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_fails_for_now_is_tried_again_by_itself() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    for fault in ["expired_url", "wrong_hash", "429", "slow"] {
        faults(&app, fault, 1).await;
        send(&app, json!({ "type": "image" })).await;
        let message = newest(&agent, "stored").await;
        assert_eq!(
            &agent.get(&path(&message)).await.expect(200).body[..],
            JPEG,
            "{fault}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_file_is_fetched_again_when_somebody_asks() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    faults(&app, "missing", 1).await;
    send(&app, json!({ "type": "image" })).await;
    let message = newest(&agent, "refused").await;
    assert_eq!(
        message["media"]["error"],
        json!({ "code": "meta_refused", "advice": "retry" })
    );
    let path = path(&message);
    agent.get(&path).await.problem(409, "media_failed");
    let asked = agent
        .post(&format!("{path}/fetch"), &json!({}))
        .await
        .expect(202)
        .json();
    assert_eq!(asked["id"], message["id"]);
    newest(&agent, "stored").await;
    assert_eq!(&agent.get(&path).await.expect(200).body[..], JPEG);
    agent
        .post(&format!("{path}/fetch"), &json!({}))
        .await
        .problem(409, "not_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_large_or_gone_is_said_so() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    faults(&app, "too_large", 1).await;
    send(&app, json!({ "type": "video" })).await;
    let message = newest(&agent, "too_large").await;
    assert_eq!(message["media"]["size"], 100 * 1024 * 1024 + 1);
    agent.get(&path(&message)).await.problem(409, "media_failed");
    agent
        .post(&format!("{}/fetch", path(&message)), &json!({}))
        .await
        .problem(409, "media_failed");
    // More than seven days old: Meta no longer knows it.
    let old = engine::Clock::default().now() - TimeDelta::days(7) - TimeDelta::hours(1);
    let order = json!({
        "phone_number_id": app.a.lines[0].phone_number_id, "from": "34600000002", "name": "Bea",
        "timestamp": old.timestamp(), "media": { "type": "image" },
    });
    app.meta().post("/simulator/inbound", &order).await.expect(200);
    let expired = eventually(async || {
        let conversations = agent.items("/api/conversations").await;
        let of = conversations.iter().find(|one| one["contact"]["name"] == "Bea")?;
        let id = of["id"].as_str().unwrap();
        let message = agent
            .items(&format!("/api/conversations/{id}/messages"))
            .await
            .remove(0);
        (message["media"]["state"] == "expired").then_some(message)
    })
    .await;
    agent.get(&path(&expired)).await.problem(410, "media_expired");
    let again = format!("{}/fetch", path(&expired));
    agent.post(&again, &json!({})).await.problem(410, "media_expired");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_on_its_way_is_not_there_yet_and_then_is_announced() {
    let app = TestApp::start().await;
    let agent = app.admin().await;
    faults(&app, "slow", 1).await;
    send(&app, json!({ "type": "image" })).await;
    let message = messages(&agent).await.remove(0);
    agent.get(&path(&message)).await.problem(409, "media_pending");
    let answer = tokio::time::timeout(Duration::from_secs(30), newest(&agent, "stored")).await;
    assert!(answer.is_ok());
}
