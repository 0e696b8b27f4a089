//! What depends on who writes to whom, when and with what.

use reqwest::multipart::{Form, Part};
use serde_json::{Value, json};

use crate::stage::{CUSTOMER, LINE, Stage, TOKEN, text};

const JPEG: &[u8] = include_bytes!("../../samples/photo.jpg");
const VOICE: &[u8] = include_bytes!("../../samples/voice.ogg");

/// Leaves a file at the line.
async fn upload(stage: &Stage, mime_type: &str, bytes: &[u8]) -> (u16, Value) {
    let file = Part::bytes(bytes.to_vec())
        .file_name("file")
        .mime_str(mime_type)
        .unwrap();
    let form = Form::new()
        .text("messaging_product", "whatsapp")
        .text("type", mime_type.to_owned())
        .part("file", file);
    let url = format!("{}/v25.0/{LINE}/media", stage.url);
    let answer = stage.http.post(url).bearer_auth(TOKEN).multipart(form).send();
    let answer = answer.await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

fn message(kind: &str, content: &Value) -> Value {
    json!({"messaging_product": "whatsapp", "to": format!("+{CUSTOMER}"), "type": kind, kind: content})
}

/// How a message ends: its last status, with the code when it failed.
async fn ends(stage: &mut Stage, message: &Value) -> (String, Value) {
    let (status, answer) = stage.send(message).await;
    assert_eq!(status, 200, "{answer}");
    loop {
        let status = stage.receiver.statuses(1).await.remove(0);
        let last = matches!(status["status"].as_str(), Some("failed" | "delivered"));
        if status["id"] == answer["messages"][0]["id"] && last {
            return (
                status["status"].as_str().unwrap().to_owned(),
                status["errors"][0]["code"].clone(),
            );
        }
    }
}

async fn stage() -> Stage {
    let mut stage = Stage::set();
    stage
        .post("/simulator/faults", &json!({"auto_read": false}))
        .await;
    stage.customer_writes("hola").await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn one_person_is_not_written_to_faster_than_the_pair_limit() {
    let stage = stage().await;
    for _ in 0..45 {
        assert_eq!(stage.send(&text("x")).await.0, 200);
    }
    let (status, body) = stage.send(&text("x")).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(131_056)));
    let mut other = text("x");
    other["to"] = "+5491155550222".into();
    assert_eq!(stage.send(&other).await.0, 200);
    stage.post("/simulator/limits", &json!({"pair": false})).await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
    let (_, sends) = stage.get("/simulator/sends").await;
    assert_eq!(
        (&sends["total"], &sends["lines"][0]["refused"]),
        (&json!(47), &json!({"131056": 1}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_not_faster_than_its_throughput_in_both_directions() {
    let stage = stage().await;
    let limits = json!({"pair": false, "messages_per_second": 4});
    stage.post("/simulator/limits", &limits).await;
    let mut refused = 0;
    for _ in 0..40 {
        let (status, body) = stage.send(&text("x")).await;
        if status != 200 {
            assert_eq!((status, &body["error"]["code"]), (400, &json!(130_429)));
            refused += 1;
        }
    }
    assert!(refused > 0);
    let (_, sends) = stage.get("/simulator/sends").await;
    let line = &sends["lines"][0];
    assert_eq!(line["most_traffic_in_a_second"], 4);
    assert_eq!(line["refused"]["130429"], refused);
    stage
        .post("/simulator/limits", &json!({"throughput": false}))
        .await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
    stage.post("/simulator/reset", &json!({})).await;
    assert_eq!(stage.get("/simulator/limits").await.1["throughput"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_window_can_be_left_open() {
    let mut stage = Stage::set();
    stage
        .post("/simulator/faults", &json!({"auto_read": false}))
        .await;
    assert_eq!(
        ends(&mut stage, &text("x")).await,
        ("failed".to_owned(), json!(131_047))
    );
    stage.post("/simulator/limits", &json!({"window": false})).await;
    assert_eq!(ends(&mut stage, &text("x")).await.0, "delivered");
    let payment = json!({"phone_number_id": LINE, "health": {"WABA": {"can_send_message": "BLOCKED",
        "errors": [{"error_code": 141_006}]}}});
    stage.post("/simulator/lines/state", &payment).await;
    assert_eq!(
        ends(&mut stage, &text("x")).await,
        ("failed".to_owned(), json!(131_042))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_was_left_is_sent_and_one_that_was_not_fails() {
    let mut stage = stage().await;
    let (status, photo) = upload(&stage, "image/jpeg", JPEG).await;
    assert_eq!(status, 200, "{photo}");
    let node = stage
        .get(&format!("/v25.0/{}", photo["id"].as_str().unwrap()))
        .await
        .1;
    assert_eq!(
        (&node["mime_type"], &node["file_size"]),
        (&json!("image/jpeg"), &json!(JPEG.len().to_string()))
    );
    let (_, voice) = upload(&stage, "audio/ogg", VOICE).await;
    let failed = ("failed".to_owned(), json!(131_053));
    for (kind, content, arrives) in [
        ("image", json!({"id": photo["id"], "caption": "hola"}), true),
        ("image", json!({"id": "740000000000001"}), false),
        ("image", json!({"link": "https://example.com/a.jpg"}), true),
        ("document", json!({"id": photo["id"], "filename": "a.jpg"}), true),
        ("sticker", json!({"id": photo["id"]}), false),
        ("audio", json!({"id": voice["id"], "voice": true}), true),
        ("audio", json!({"id": photo["id"]}), false),
    ] {
        let message = message(kind, &content);
        let end = ends(&mut stage, &message).await;
        if arrives {
            assert_eq!(end.0, "delivered", "{message}");
        } else {
            assert_eq!(end, failed, "{message}");
        }
    }
    // Another line's file is nobody's here.
    let other =
        json!({"phone_number_id": "2", "waba_id": "3", "display_phone_number": "34600000000", "token": "t"});
    stage.post("/simulator/lines", &other).await;
    let theirs = json!({"messaging_product": "whatsapp", "to": "+34600000001", "type": "image", "image": {"id": photo["id"]}});
    stage.post("/simulator/limits", &json!({"window": false})).await;
    assert_eq!(stage.post_as("t", "/v25.0/2/messages", &theirs).await.0, 200);
    assert_eq!(stage.receiver.statuses(1).await[0]["errors"][0]["code"], 131_053);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_upload_is_refused_when_meta_does_not_take_it() {
    let stage = stage().await;
    for (mime_type, bytes, code) in [
        ("image/gif", JPEG.to_vec(), 100),
        ("image/jpeg", Vec::new(), 131_053),
        ("image/jpeg", vec![0; 5 * 1024 * 1024 + 1], 131_053),
    ] {
        let (status, body) = upload(&stage, mime_type, &bytes).await;
        assert_eq!(
            (status, &body["error"]["code"]),
            (400, &json!(code)),
            "{mime_type}"
        );
    }
    let path = format!("/v25.0/{LINE}/media");
    assert_eq!(stage.post(&path, &json!({})).await.1["error"]["code"], 100);
    assert_eq!(stage.post_as("wrong", &path, &json!({})).await.0, 401);
    for (fault, status) in [("upload_error", 500), ("429", 429)] {
        let change = json!({"media": fault, "media_times": 1, "upload_ms": 1});
        stage.post("/simulator/faults", &change).await;
        assert_eq!(upload(&stage, "image/jpeg", JPEG).await.0, status);
    }
    assert_eq!(upload(&stage, "image/jpeg", JPEG).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_reaction_needs_a_message_of_the_chat() {
    let mut stage = stage().await;
    let wamid = stage.customer_writes("otra").await;
    let react = |wamid: &str| message("reaction", &json!({"message_id": wamid, "emoji": "👍"}));
    let (_, answer) = stage.send(&react(&wamid)).await;
    let status = stage.receiver.statuses(1).await.remove(0);
    assert_eq!(
        (&status["status"], &status["id"]),
        (&json!("sent"), &answer["messages"][0]["id"])
    );
    let own = answer["messages"][0]["id"].as_str().unwrap().to_owned();
    for target in ["wamid.x", &own] {
        let end = ends(&mut stage, &react(target)).await;
        assert_eq!(end, ("failed".to_owned(), json!(131_009)), "{target}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_person_with_another_identity_is_not_written_to() {
    let stage = stage().await;
    let known = json!({"phone": CUSTOMER, "name": "Ana", "identity_hash": "DF2lS5v2W6x="});
    stage.post("/simulator/people", &known).await;
    let with = |hash: &str| {
        let mut message = text("x");
        message["recipient_identity_key_hash"] = hash.into();
        message
    };
    assert_eq!(stage.send(&with("DF2lS5v2W6x=")).await.0, 200);
    assert_eq!(stage.send(&with("other")).await.1["error"]["code"], 137_000);
}

#[tokio::test(flavor = "multi_thread")]
async fn receipts_have_rules_too() {
    let mut stage = stage().await;
    let wamid = stage.customer_writes("hola").await;
    let receipt = |extra: Value| {
        let mut body = json!({"messaging_product": "whatsapp", "status": "read", "message_id": wamid});
        body.as_object_mut()
            .unwrap()
            .extend(extra.as_object().unwrap().clone());
        body
    };
    assert_eq!(
        stage
            .send(&receipt(json!({"typing_indicator": {"type": "text"}})))
            .await
            .0,
        200
    );
    for (extra, code) in [
        (json!({"typing_indicator": {"type": "voice"}}), 100),
        (json!({"status": "seen"}), 100),
        (json!({"smell": 1}), 100),
        (json!({"message_id": "wamid.x"}), 131_009),
    ] {
        assert_eq!(
            stage.send(&receipt(extra.clone())).await.1["error"]["code"],
            code,
            "{extra}"
        );
    }
    let old = json!({"phone_number_id": LINE, "from": CUSTOMER, "text": "x", "wamid": "wamid.old", "timestamp": 1_700_000_000});
    stage.post("/simulator/inbound", &old).await;
    let (_, body) = stage.send(&receipt(json!({"message_id": "wamid.old"}))).await;
    assert_eq!(body["error"]["code"], 131_009);
}
