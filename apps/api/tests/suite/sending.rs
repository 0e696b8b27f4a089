//! Every type of message by the API: to somebody who wrote and to somebody who did not, at once and
//! later, with files and without.

use chrono::TimeDelta;
use engine::Clock;
use reqwest::{
    Method,
    multipart::{Form, Part},
};
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller},
    lines::{CUSTOMER, message_with_status},
    test_app::TestApp,
};

pub const PHOTO: &[u8] = include_bytes!("../../../simulator/samples/photo.jpg");
const VOICE: &[u8] = include_bytes!("../../../simulator/samples/voice.ogg");
const INVOICE: &[u8] = include_bytes!("../../../simulator/samples/invoice.pdf");
const STICKER: &[u8] = include_bytes!("../../../simulator/samples/sticker.webp");

fn messages(conversation: &str) -> String {
    format!("/api/conversations/{conversation}/messages")
}

pub async fn upload(agent: &Caller, query: &str, bytes: &[u8], name: &str, mime_type: &str) -> Answer {
    let part = Part::bytes(bytes.to_vec())
        .file_name(name.to_owned())
        .mime_str(mime_type)
        .unwrap();
    let request = agent.request(Method::POST, &format!("/api/media{query}"));
    Answer::to(request.multipart(Form::new().part("file", part))).await
}

async fn uploaded(agent: &Caller, query: &str, bytes: &[u8], name: &str, mime_type: &str) -> String {
    let file = upload(agent, query, bytes, name, mime_type)
        .await
        .expect(201)
        .json();
    file["id"].as_str().unwrap().to_owned()
}

async fn sent(agent: &Caller, conversation: &str, body: &Value) -> Value {
    let queued = agent.post(&messages(conversation), body).await.expect(202).json();
    message_with_status(agent, conversation, queued["id"].as_str().unwrap(), "read").await
}

/// The customer's chat with A's first line, as his phone shows it.
async fn chat(app: &TestApp) -> Vec<Value> {
    let line = &app.a.lines[0].phone_number_id;
    let path = format!("/simulator/chats?phone_number_id={line}&from={CUSTOMER}");
    let chat = app.meta().get(&path).await.expect(200).json();
    chat["messages"]
        .as_array()
        .unwrap_or_else(|| panic!("{chat}"))
        .clone()
}

/// What the customer sees of the message, as Meta was given it.
async fn seen(app: &TestApp, wamid: &Value) -> Value {
    let chat = chat(app).await;
    let found = chat.iter().find(|message| message["wamid"] == *wamid);
    found.unwrap_or_else(|| panic!("{wamid} in {chat:?}"))["payload"].clone()
}

#[tokio::test(flavor = "multi_thread")]
async fn every_type_arrives_as_it_was_written() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let asked = agent.items(&messages(&conversation)).await.remove(0);
    let bodies = [
        json!({ "type": "location", "location": { "latitude": -16.5, "longitude": -68.15, "name": "Clínica" } }),
        json!({ "type": "contacts", "contacts": [
            { "name": { "formatted_name": "Carla Ejemplo", "first_name": "Carla" }, "phones": [{ "phone": "+59170000000" }] },
        ] }),
        json!({ "type": "reaction", "reaction": { "message_id": asked["wamid"], "emoji": "👍" } }),
        json!({ "type": "interactive", "interactive": {
            "type": "button", "body": { "text": "¿Confirma?" },
            "action": { "buttons": [{ "type": "reply", "reply": { "id": "si", "title": "Sí" } }] },
        } }),
        json!({ "type": "interactive", "interactive": {
            "type": "list", "body": { "text": "Elija" },
            "action": { "button": "Ver", "sections": [{ "rows": [{ "id": "1", "title": "Uno" }] }] },
        } }),
        json!({ "type": "interactive", "interactive": {
            "type": "cta_url", "body": { "text": "Pague aquí" },
            "action": { "name": "cta_url", "parameters": { "display_text": "Pagar", "url": "https://example.com/p" } },
        } }),
        json!({ "type": "interactive", "interactive": {
            "type": "location_request_message", "body": { "text": "¿Dónde está?" },
            "action": { "name": "send_location" },
        } }),
        json!({ "type": "template", "template": { "name": "recordatorio", "language": { "code": "es" } } }),
    ];
    for body in &bodies {
        let kind = body["type"].as_str().unwrap();
        let queued = agent
            .post(&messages(&conversation), body)
            .await
            .expect(202)
            .json();
        // Of a reaction WhatsApp tells no more than that it was sent.
        let last = if kind == "reaction" { "sent" } else { "read" };
        let message = message_with_status(&agent, &conversation, queued["id"].as_str().unwrap(), last).await;
        assert_eq!(
            (&message["type"], &message["direction"]),
            (&json!(kind), &json!("out"))
        );
        assert_eq!(message["payload"][kind], body[kind]);
        assert_eq!(seen(&app, &message["wamid"]).await[kind], body[kind]);
    }
    let reaction = agent.items(&messages(&conversation)).await;
    let reaction = reaction
        .iter()
        .find(|message| message["type"] == "reaction")
        .unwrap();
    assert_eq!(
        (&reaction["text"], &reaction["context"]["message_id"]),
        (&json!("👍"), &asked["id"])
    );
    assert_eq!(app.sends().await, i64::try_from(bodies.len()).unwrap());
}

#[tokio::test(flavor = "multi_thread")]
async fn files_are_brought_to_meta_once_and_shown_to_the_team() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let photo = uploaded(&agent, "", PHOTO, "frente.jpg", "image/jpeg").await;
    let image = json!({ "type": "image", "image": { "id": photo, "caption": "La fachada" } });
    let first = sent(&agent, &conversation, &image).await;
    assert_eq!(
        (&first["text"], &first["media"]["state"]),
        (&json!("La fachada"), &json!("stored"))
    );
    let path = format!("/api/messages/{}/media", first["id"].as_str().unwrap());
    let file = agent.get(&path).await.expect(200);
    assert_eq!(
        (&file.body[..], file.header("content-type")),
        (PHOTO, Some("image/jpeg"))
    );
    let second = sent(&agent, &conversation, &image).await;
    let ids = [
        seen(&app, &first["wamid"]).await["image"]["id"].clone(),
        seen(&app, &second["wamid"]).await["image"]["id"].clone(),
    ];
    assert_eq!(ids[0], ids[1]);
    assert_ne!(ids[0], json!(photo));
    // Every other kind of file.
    let voice = uploaded(&agent, "?voice=1", VOICE, "nota.ogg", "audio/ogg").await;
    let spoken = sent(
        &agent,
        &conversation,
        &json!({ "type": "audio", "audio": { "id": voice } }),
    )
    .await;
    assert_eq!(seen(&app, &spoken["wamid"]).await["audio"]["voice"], true);
    let invoice = uploaded(&agent, "", INVOICE, "factura 12.pdf", "application/pdf").await;
    let document = json!({ "type": "document", "document": { "id": invoice } });
    let document = sent(&agent, &conversation, &document).await;
    assert_eq!(
        seen(&app, &document["wamid"]).await["document"]["filename"],
        "factura 12.pdf"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_meta_would_not_take_is_refused_here_in_words() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    for (query, bytes, mime_type, code) in [
        ("", &b"MZ"[..], "application/x-msdownload", "unsupported"),
        ("", b"not a picture", "image/png", "not_as_declared"),
        ("?kind=video", PHOTO, "image/jpeg", "unsupported"),
        ("?voice=1", PHOTO, "image/jpeg", "unsupported"),
        ("", b"", "image/jpeg", "empty"),
        ("", STICKER, "image/webp", "sticker_size"),
    ] {
        upload(&agent, query, bytes, "f", mime_type)
            .await
            .field("/file", code);
    }
    let huge = vec![0xff; 5 * 1024 * 1024 + 1];
    upload(&agent, "", &huge, "f", "image/jpeg")
        .await
        .field("/file", "too_large");
    // Another kind than it was brought as, and what is nobody's.
    let conversation = app.customer_writes(0, "hola").await;
    let photo = uploaded(&agent, "", PHOTO, "f.jpg", "image/jpeg").await;
    let body = json!({ "type": "video", "video": { "id": photo } });
    agent
        .post(&messages(&conversation), &body)
        .await
        .field("/video/id", "unsupported");
    let body = json!({ "type": "image", "image": { "id": "740000000000001" } });
    agent
        .post(&messages(&conversation), &body)
        .await
        .field("/image/id", "unknown_file");
    // Another tenant's file is nobody's.
    let stranger = app.stranger().await;
    let theirs = uploaded(&stranger, "", PHOTO, "f.jpg", "image/jpeg").await;
    let body = json!({ "type": "image", "image": { "id": theirs } });
    agent
        .post(&messages(&conversation), &body)
        .await
        .field("/image/id", "unknown_file");
    assert_eq!(app.sends().await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_conversation_begins_with_a_template_and_goes_on_when_the_customer_answers() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let line = &app.a.lines[0];
    let first =
        |message: Value| json!({ "channel_id": line.id, "to": "+34 600 00 00 09", "message": message });
    let text = json!({ "type": "text", "text": { "body": "hola" } });
    agent
        .post("/api/conversations", &first(text.clone()))
        .await
        .problem(409, "window_closed");
    assert!(agent.items("/api/conversations").await.is_empty());
    let template =
        json!({ "type": "template", "template": { "name": "saludo", "language": { "code": "es" } } });
    let begin = || async {
        let request = agent
            .request(Method::POST, "/api/conversations")
            .json(&first(template.clone()));
        let begun = Answer::to(request.header("Idempotency-Key", "uno")).await;
        begun.expect(202).json()
    };
    let (one, again) = tokio::join!(begin(), begin());
    assert_eq!(one["id"], again["id"]);
    let conversation = one["conversation_id"].as_str().unwrap().to_owned();
    message_with_status(&agent, &conversation, one["id"].as_str().unwrap(), "read").await;
    assert_eq!(app.sends().await, 1);
    // The customer answers, and the window is open.
    let order = json!({ "phone_number_id": line.phone_number_id, "from": "34600000009", "text": "hola" });
    app.meta().post("/simulator/inbound", &order).await.expect(200);
    assert_eq!(agent.items("/api/conversations").await.len(), 1);
    sent(&agent, &conversation, &text).await;
    for (to, message, pointer, code) in [
        ("12", &template, "/to", "wrong_format"),
        (
            "+34600000009",
            &json!({ "type": "template", "template": { "name": "Ñ", "language": { "code": "es" } } }),
            "/message/template/name",
            "wrong_format",
        ),
    ] {
        let body = json!({ "channel_id": line.id, "to": to, "message": message });
        agent.post("/api/conversations", &body).await.field(pointer, code);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_later_waits_and_can_be_called_off() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let queue = async |ahead: TimeDelta, words: &str| {
        let at = Clock::default().now() + ahead;
        let body = json!({ "type": "text", "text": { "body": words }, "send_at": at });
        agent.post(&messages(&conversation), &body).await
    };
    let never = queue(TimeDelta::hours(1), "nunca").await.expect(202).json();
    assert_eq!(
        (&never["status"], never["send_at"].is_string()),
        (&json!("queued"), true)
    );
    let shown = agent.get(&format!("/api/conversations/{conversation}")).await;
    assert_eq!(shown.expect(200).json()["last_message"]["text"], "hola");
    for ahead in [TimeDelta::hours(-1), TimeDelta::days(366)] {
        queue(ahead, "x").await.field("/send_at", "out_of_range");
    }
    let cancel = format!("/api/messages/{}/cancel", never["id"].as_str().unwrap());
    let cancelled = agent.call(Method::POST, &cancel, None).await.expect(200).json();
    assert_eq!(
        (&cancelled["status"], &cancelled["error"]["code"]),
        (&json!("failed"), &json!("cancelled"))
    );
    agent
        .call(Method::POST, &cancel, None)
        .await
        .problem(409, "too_late");
    let soon = queue(TimeDelta::milliseconds(500), "pronto")
        .await
        .expect(202)
        .json();
    message_with_status(&agent, &conversation, soon["id"].as_str().unwrap(), "read").await;
    let shown = agent.get(&format!("/api/conversations/{conversation}")).await;
    assert_eq!(shown.expect(200).json()["last_message"]["text"], "pronto");
    assert_eq!(app.sends().await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_seen_and_that_somebody_writes_is_shown_to_the_customer() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let path = format!("/api/conversations/{conversation}");
    agent
        .call(Method::POST, &format!("{path}/read"), None)
        .await
        .expect(204);
    agent
        .call(Method::POST, &format!("{path}/typing"), None)
        .await
        .expect(202);
    crate::caller::eventually(async || (chat(&app).await[0]["status"] == "read").then_some(())).await;
}
