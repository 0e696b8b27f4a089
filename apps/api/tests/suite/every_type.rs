//! Every kind of webhook there is, posted as Meta posts it, and read back.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use serde_json::{Value, json};

use crate::{
    caller::Caller,
    lines::sign,
    test_app::{Line, TestApp},
};

fn fixtures() -> std::path::PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../crates/whatsapp/tests/fixtures")
}

fn index() -> Vec<Value> {
    let index: Value = serde_json::from_slice(&fs::read(fixtures().join("index.json")).unwrap()).unwrap();
    index["fixtures"].as_array().unwrap().clone()
}

/// The body, written to A's first line and its number instead of the fixtures'.
fn body(name: &str, line: &Line) -> Vec<u8> {
    let text = fs::read(fixtures().join(name)).unwrap();
    // Some are no valid UTF-8 or JSON on purpose: bytes are replaced, nothing is parsed.
    let text = replace(&text, b"800000000000001", line.phone_number_id.as_bytes());
    replace(&text, b"\"12025550100\"", b"\"12025550110\"")
}

fn replace(text: &[u8], from: &[u8], to: &[u8]) -> Vec<u8> {
    let mut replaced = Vec::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(from) {
            replaced.extend_from_slice(to);
            at += from.len();
        } else {
            replaced.push(text[at]);
            at += 1;
        }
    }
    replaced
}

/// Every item of a list, page by page.
async fn all(reader: &Caller, path: &str) -> Vec<Value> {
    let mut found = Vec::new();
    let mut next = format!("{path}?limit=100");
    loop {
        let page = reader.get(&next).await.expect(200).json();
        found.extend(page["items"].as_array().unwrap().clone());
        let Some(cursor) = page["next_cursor"].as_str() else {
            return found;
        };
        next = format!("{path}?limit=100&cursor={cursor}");
    }
}

async fn messages(reader: &Caller) -> Vec<Value> {
    let mut found = Vec::new();
    for conversation in all(reader, "/api/conversations").await {
        let id = conversation["id"].as_str().unwrap();
        found.extend(all(reader, &format!("/api/conversations/{id}/messages")).await);
    }
    found
}

/// The ids of the messages that a fixture's `messages` lists hold.
fn wamids(body: &[u8]) -> Vec<String> {
    let body: Value = serde_json::from_slice(body).unwrap();
    let empty = Vec::new();
    let list = |value: &Value, key: &str| value[key].as_array().unwrap_or(&empty).clone();
    let values = list(&body, "entry")
        .into_iter()
        .flat_map(|entry| list(&entry, "changes"))
        .filter(|change| change["field"] == "messages")
        .map(|change| change["value"].clone());
    values
        .flat_map(|value| list(&value, "messages"))
        .map(|message| message["id"].as_str().unwrap().to_owned())
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_fixture_is_taken_stored_once_and_served_with_its_type() {
    let app = TestApp::start().await;
    let admin = app.admin().await;
    let line = &app.a.lines[0];
    let (good, hostile): (Vec<_>, Vec<_>) = index()
        .into_iter()
        .partition(|fixture| fixture["confidence"] != "hostile");
    for _ in 0..2 {
        for fixture in &good {
            let name = fixture["file"].as_str().unwrap();
            let body = body(name, line);
            let signature = sign(line.secret(), &body);
            let answer = app.deliver(body, Some(signature.as_bytes())).await;
            let wanted = if name == "fields/partner_solutions.json" {
                403
            } else {
                200
            };
            assert_eq!(answer.status, wanted, "{name}: {}", answer.text());
        }
    }
    assert_eq!(app.a.rows()["dead_letters"], 0);

    let found = messages(&admin).await;
    let mut served: BTreeMap<&str, &Value> = BTreeMap::new();
    for message in &found {
        let twice = served.insert(message["wamid"].as_str().unwrap(), message);
        assert!(twice.is_none(), "{message} is there twice");
    }
    for fixture in &good {
        let name = fixture["file"].as_str().unwrap();
        let wamids = wamids(&body(name, line));
        if fixture["field"] == "messages" {
            assert_eq!(wamids.len() as u64, fixture["counts"]["messages"], "{name}");
        }
        let word = fixture["type"]
            .as_str()
            .unwrap()
            .split(['.', ' '])
            .next()
            .unwrap();
        for wamid in wamids.iter().filter(|_| !name.contains("two_wabas")) {
            let message = served
                .get(wamid.as_str())
                .unwrap_or_else(|| panic!("{name} is lost"));
            if name.starts_with("messages/") {
                assert_eq!(message["type"], word, "{name}");
                let is_plain = word == "text" && message["text"].is_string();
                assert!(is_plain || message["payload"].is_object(), "{name}: {message}");
            }
        }
    }
    every_field_is_told(&admin, &good).await;
    hostile_ones(&app, line, &hostile).await;
}

async fn every_field_is_told(admin: &Caller, fixtures: &[Value]) {
    let events = all(admin, "/api/line-events").await;
    let told: BTreeSet<&str> = events
        .iter()
        .map(|event| event["field"].as_str().unwrap())
        .collect();
    for fixture in fixtures {
        let field = fixture["field"].as_str().unwrap();
        let elsewhere = ["*", "partner_solutions", "smb_message_echoes", "message_echoes"];
        assert!(
            elsewhere.contains(&field) || told.contains(field),
            "{field}: {told:?}"
        );
    }
}

async fn hostile_ones(app: &TestApp, line: &Line, fixtures: &[Value]) {
    for fixture in fixtures {
        let name = fixture["file"].as_str().unwrap();
        let before = app.a.rows();
        let body = body(name, line);
        let signature = sign(line.secret(), &body);
        let answer = app.deliver(body, Some(signature.as_bytes())).await;
        let wanted: &[u16] = match name {
            "hostile/truncated.json" => &[400],
            // Where no line is named, the platform's secret should have signed.
            _ => &[200, 403],
        };
        assert!(wanted.contains(&answer.status), "{name}: {}", answer.text());
        if let Some(good) = fixture["expect"]["good_messages"].as_i64() {
            let after = app.a.rows();
            assert_eq!(after["messages"] - before["messages"], good, "{name}");
            assert_eq!(after["dead_letters"] - before["dead_letters"], 1, "{name}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_said_and_what_it_refers_to_is_served() {
    let app = TestApp::start().await;
    let line = &app.a.lines[0];
    for name in [
        "messages/text.json",
        "messages/image.json",
        "messages/interactive_list_reply.json",
        "messages/reaction.json",
        "messages/revoke.json",
        "messages/group_text.json",
        "fields/smb_message_echoes_text.json",
        "fields/history_threads.json",
    ] {
        let body = body(name, line);
        let signature = sign(line.secret(), &body);
        app.deliver(body, Some(signature.as_bytes())).await.expect(200);
    }
    let admin = app.admin().await;
    let found = messages(&admin).await;
    let of: BTreeMap<&str, &Value> = found
        .iter()
        .map(|message| (message["type"].as_str().unwrap(), message))
        .collect();
    assert_eq!(of["image"]["text"], "This one");
    assert_eq!(of["image"]["payload"]["image"]["mime_type"], "image/jpeg");
    assert_eq!(of["interactive"]["text"], "Express");
    assert_eq!(of["reaction"]["text"], "👍🏽");
    assert!(of["reaction"]["context"]["wamid"].is_string());
    assert!(of["revoke"]["context"]["wamid"].is_string());
    let texts: Vec<_> = found.iter().map(|message| &message["text"]).collect();
    for words in ["hello group", "typed on the phone", "old outbound"] {
        assert!(texts.contains(&&json!(words)), "{words}: {texts:?}");
    }
    let threads = admin.items("/api/conversations").await;
    assert_eq!(threads.len(), 2, "the customer and the group");
    let group = threads.iter().find(|thread| thread["contact"]["phone"].is_null());
    assert_eq!(group.unwrap()["contact"]["name"], "Group");
    let customer = threads
        .iter()
        .find(|thread| thread["contact"]["phone"].is_string());
    assert_eq!(customer.unwrap()["unread_count"], 3, "text, image, interactive");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_accounts_event_reaches_its_own_tenant_and_only_if_its_secret_signed() {
    let app = TestApp::start().await;
    let (admin, stranger) = (app.admin().await, app.stranger().await);
    let event = |waba_id: &str, value: Value, field: &str| {
        json!({
            "object": "whatsapp_business_account",
            "entry": [{ "id": waba_id, "time": 1_793_440_900, "changes": [{ "value": value, "field": field }] }],
        })
        .to_string()
    };
    let template = json!({ "event": "APPROVED", "message_template_id": 1, "message_template_name": "hola" });
    let body = event(&app.a.waba_id, template, "message_template_status_update");
    let foreign = sign(app.b.lines[0].secret(), body.as_bytes());
    app.deliver(body.clone(), Some(foreign.as_bytes()))
        .await
        .expect(403);
    assert!(admin.items("/api/line-events").await.is_empty());
    // Several lines of one tenant are one event.
    for line in &app.a.lines {
        let own = sign(line.secret(), body.as_bytes());
        app.deliver(body.clone(), Some(own.as_bytes())).await.expect(200);
    }
    let found = admin.items("/api/line-events").await;
    assert_eq!(found.len(), 1);
    assert_eq!(found[0]["kind"], "APPROVED");
    assert_eq!(found[0]["payload"]["message_template_name"], "hola");
    assert!(stranger.items("/api/line-events").await.is_empty());

    let quality = json!({
        "display_phone_number": "12025550110", "event": "THROUGHPUT_UPGRADE",
        "max_daily_conversations_per_business": "TIER_UNLIMITED",
    });
    let body = event(&app.a.waba_id, quality, "phone_number_quality_update");
    let own = sign(app.a.lines[0].secret(), body.as_bytes());
    app.deliver(body, Some(own.as_bytes())).await.expect(200);
    let health = admin.items("/api/line-health").await;
    assert_eq!(health[0]["channel_id"], app.a.lines[0].id.to_string());
    assert_eq!(health[0]["messaging_limit"], "TIER_UNLIMITED");
    let of_field = admin
        .items("/api/line-events?field=phone_number_quality_update")
        .await;
    assert_eq!(of_field.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_handshake_vector_is_answered_as_listed() {
    let app = TestApp::start().await;
    let text = fs::read_to_string(fixtures().join("signature/verify_get.json")).unwrap();
    let text = text.replace("synthetic-verify-token", crate::test_app::VERIFY_TOKEN);
    let vectors: Value = serde_json::from_str(&text).unwrap();
    for case in vectors["verify"].as_array().unwrap() {
        let query = case["query"].as_str().unwrap();
        let answer = app.anon().get(&format!("/webhook?{query}")).await;
        assert_eq!(u64::from(answer.status), case["status"], "{case}");
        if let Some(challenge) = case["body"].as_str() {
            assert_eq!(answer.text(), challenge, "{case}");
        }
    }
}
