//! An agent answers, and the message goes its way through Meta.

use chrono::TimeDelta;
use reqwest::Method;
use serde_json::{Value, json};
use tenant::user::Role;

use crate::{
    caller::{Answer, Caller, eventually},
    lines::{CUSTOMER, message_with_status},
    test_app::{Setup, TestApp},
};

fn text(body: &str) -> Value {
    json!({ "type": "text", "text": { "body": body } })
}

fn messages(conversation: &str) -> String {
    format!("/api/conversations/{conversation}/messages")
}

async fn answer(agent: &Caller, conversation: &str, body: &str) -> String {
    let queued = agent
        .post(&messages(conversation), &text(body))
        .await
        .expect(202)
        .json();
    assert_eq!(
        (&queued["direction"], &queued["text"]),
        (&json!("out"), &json!(body))
    );
    queued["id"].as_str().unwrap().to_owned()
}

async fn with_key(agent: &Caller, conversation: &str, key: &str, body: &Value) -> Answer {
    let request = agent.request(Method::POST, &messages(conversation)).json(body);
    Answer::to(request.header("Idempotency-Key", key)).await
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_goes_out_on_the_conversations_own_line_and_is_read() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let first = app.customer_writes(0, "a la línea uno").await;
    let second = app.customer_writes(1, "a la línea dos").await;
    assert_ne!(
        first, second,
        "the same customer on two lines is two conversations"
    );

    let id = answer(&agent, &second, "desde la dos").await;
    let read = message_with_status(&agent, &second, &id, "read").await;
    for step in ["queued", "sent", "delivered", "read"] {
        assert!(read["status_at"][step].is_string(), "{step} in {read}");
    }
    assert_eq!(read["error"], Value::Null);
    assert_eq!(read["author"]["kind"], "agent");
    assert_eq!(read["author"]["name"], "recepcion de clinica");
    for (line, expected) in [(1, 2), (0, 1)] {
        let path = format!(
            "/simulator/chats?phone_number_id={}&from={CUSTOMER}",
            app.a.lines[line].phone_number_id
        );
        let chat = app.meta().get(&path).await.expect(200).json();
        assert_eq!(chat["messages"].as_array().unwrap().len(), expected, "{chat}");
    }
    assert_eq!(agent.items(&messages(&first)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_waits_for_its_ticks_shows_that_meta_took_it() {
    let app = TestApp::start().await;
    app.faults(&json!({ "drop_statuses": true })).await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let id = answer(&agent, &conversation, "buenas").await;
    let accepted = message_with_status(&agent, &conversation, &id, "accepted").await;
    assert!(accepted["wamid"].as_str().unwrap().starts_with("wamid."));
    for (status, expected) in [("sent", "sent"), ("delivered", "delivered"), ("read", "read")] {
        let order = json!({ "wamid": accepted["wamid"], "status": status });
        app.meta().post("/simulator/status", &order).await.expect(200);
        message_with_status(&agent, &conversation, &id, expected).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn after_24_hours_only_a_template_may_be_sent() {
    let setup = Setup {
        ahead: TimeDelta::hours(25),
        ..Setup::default()
    };
    let app = TestApp::with(setup).await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let problem = agent.post(&messages(&conversation), &text("tarde")).await;
    let problem = problem.problem(409, "window_closed");
    assert!(
        problem["detail"].as_str().unwrap().contains("closed at"),
        "{problem}"
    );
    assert_eq!(
        (
            agent.items(&messages(&conversation)).await.len(),
            app.sends().await
        ),
        (1, 0)
    );
    // A note is nobody's business outside.
    let path = format!("/api/conversations/{conversation}/notes");
    agent
        .post(&path, &json!({ "body": "llamar mañana" }))
        .await
        .expect(201);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_key_and_body_give_the_same_message_and_another_body_is_refused() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let once = text("una sola");
    let sends = (0..6).map(|_| with_key(&agent, &conversation, "clave-1", &once));
    let mut ids: Vec<Value> = futures_util::future::join_all(sends)
        .await
        .into_iter()
        .map(|answer| answer.expect(202).json()["id"].clone())
        .collect();
    ids.dedup();
    assert_eq!(ids.len(), 1, "{ids:?}");
    with_key(&agent, &conversation, "clave-1", &text("otra"))
        .await
        .problem(422, "idempotency_mismatch");
    let other = app.customer_writes(1, "hola").await;
    with_key(&agent, &other, "clave-1", &text("una sola"))
        .await
        .problem(422, "idempotency_mismatch");
    // Somebody else's key of the same name is another key.
    let admin = app.admin().await;
    let theirs = with_key(&admin, &conversation, "clave-1", &text("otra"))
        .await
        .expect(202)
        .json();
    assert_ne!(theirs["id"], ids[0]);
    message_with_status(&agent, &conversation, theirs["id"].as_str().unwrap(), "read").await;
    assert_eq!(app.sends().await, 2);
    for key in ["", &"k".repeat(201)] {
        let answer = with_key(&agent, &conversation, key, &text("x")).await;
        answer.problem(422, "invalid_request");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_is_told_in_words_and_can_be_retried() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    app.faults(&json!({ "send": { "code": 131_026 } })).await;
    let id = answer(&agent, &conversation, "buenas").await;
    let failed = message_with_status(&agent, &conversation, &id, "failed").await;
    let error = &failed["error"];
    assert_eq!(
        (&error["code"], &error["advice"]),
        (&json!("131026"), &json!("contact_unreachable"))
    );
    assert!(!error["title"].as_str().unwrap().is_empty());
    assert!(failed["status_at"]["failed"].is_string());

    app.faults(&json!({ "send": "none" })).await;
    let retry = format!("/api/messages/{id}/retry");
    let again = agent.call(Method::POST, &retry, None).await.expect(202).json();
    assert_eq!((&again["id"], &again["error"]), (&json!(id), &Value::Null));
    message_with_status(&agent, &conversation, &id, "read").await;
    assert_eq!(app.sends().await, 1);
    agent
        .call(Method::POST, &retry, None)
        .await
        .problem(409, "not_failed");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_delivery_that_fails_later_names_metas_code() {
    let app = TestApp::start().await;
    app.faults(&json!({ "unreachable": [CUSTOMER] })).await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let id = answer(&agent, &conversation, "buenas").await;
    let failed = message_with_status(&agent, &conversation, &id, "failed").await;
    assert_eq!(failed["error"]["code"], "131026");
    assert_eq!(failed["error"]["advice"], "contact_unreachable");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_of_meta_that_never_came_is_shown_as_unknown_until_the_ticks_tell() {
    let app = TestApp::start().await;
    app.faults(&json!({ "send": "reset_after", "times": 1, "drop_statuses": true }))
        .await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let id = answer(&agent, &conversation, "buenas").await;
    let unknown = message_with_status(&agent, &conversation, &id, "unknown").await;
    assert_eq!(
        (&unknown["error"]["code"], &unknown["error"]["advice"]),
        (&json!("not_confirmed"), &json!("retry"))
    );
    let path = format!(
        "/simulator/chats?phone_number_id={}&from={CUSTOMER}",
        app.a.lines[0].phone_number_id
    );
    let chat = app.meta().get(&path).await.expect(200).json();
    let wamid = chat["messages"][1]["wamid"].clone();
    let order = json!({ "wamid": wamid, "status": "delivered" });
    app.meta().post("/simulator/status", &order).await.expect(200);
    let delivered = message_with_status(&agent, &conversation, &id, "delivered").await;
    assert_eq!((&delivered["error"], app.sends().await), (&Value::Null, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_note_stays_inside() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let path = format!("/api/conversations/{conversation}/notes");
    let note = agent
        .post(&path, &json!({ "body": " solo entre nosotros " }))
        .await
        .expect(201)
        .json();
    assert_eq!(
        (&note["direction"], &note["text"]),
        (&json!("note"), &json!("solo entre nosotros"))
    );
    // The sender works a conversation's messages in order: what follows the note has passed it.
    let id = answer(&agent, &conversation, "buenas").await;
    message_with_status(&agent, &conversation, &id, "read").await;
    assert_eq!(app.sends().await, 1);
    agent
        .call(
            Method::POST,
            &format!("/api/messages/{}/retry", note["id"].as_str().unwrap()),
            None,
        )
        .await
        .problem(409, "not_failed");
    for body in ["", "   ", &"x".repeat(10_001)] {
        agent
            .post(&path, &json!({ "body": body }))
            .await
            .field("/body", "invalid_length");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_a_token_or_switched_off_takes_no_answer() {
    let app = TestApp::start().await;
    let (agent, superadmin) = (app.member(Role::Recepcion).await, app.superadmin().await);
    let conversation = app.customer_writes(0, "hola").await;
    let line = format!("/api/superadmin/channels/{}", app.a.lines[0].id);
    superadmin
        .patch(&line, &json!({ "wa_token": null }))
        .await
        .expect(200);
    agent
        .post(&messages(&conversation), &text("hola"))
        .await
        .problem(409, "channel_without_token");
    superadmin
        .patch(&line, &json!({ "is_active": false }))
        .await
        .expect(200);
    agent
        .post(&messages(&conversation), &text("hola"))
        .await
        .problem(409, "channel_inactive");
    assert_eq!(
        (
            agent.items(&messages(&conversation)).await.len(),
            app.sends().await
        ),
        (1, 0)
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn what_meta_would_refuse_is_refused_here_with_the_fields_name() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "hola").await;
    let path = messages(&conversation);
    for (body, pointer, code) in [
        (text(""), "/text/body", "empty"),
        (text(&"x".repeat(4_097)), "/text/body", "too_long"),
        (json!({ "type": "text" }), "/text", "missing"),
        (
            json!({ "type": "image", "text": { "body": "x" } }),
            "/text",
            "unknown_property",
        ),
        (json!({ "type": "hologram" }), "/type", "unsupported"),
        (
            json!({ "type": "text", "text": { "body": "x" }, "to": "+34600000001" }),
            "/to",
            "unknown_property",
        ),
    ] {
        agent.post(&path, &body).await.field(pointer, code);
    }
    agent.post(&path, &text(&"ñ".repeat(4_096))).await.expect(202);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_a_message_quotes_it() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "¿cuánto cuesta?").await;
    let asked = agent.items(&messages(&conversation)).await.remove(0);
    let mut body = text("20");
    body["context"] = json!({ "message_id": asked["wamid"] });
    let queued = agent
        .post(&messages(&conversation), &body)
        .await
        .expect(202)
        .json();
    assert_eq!(
        queued["context"],
        json!({ "message_id": asked["id"], "wamid": asked["wamid"] })
    );
    message_with_status(&agent, &conversation, queued["id"].as_str().unwrap(), "read").await;
}

#[tokio::test(flavor = "multi_thread")]
async fn pages_of_messages_go_back_in_time_and_after_catches_up() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let conversation = app.customer_writes(0, "0").await;
    let notes = format!("/api/conversations/{conversation}/notes");
    for number in 1..5 {
        agent
            .post(&notes, &json!({ "body": number.to_string() }))
            .await
            .expect(201);
    }
    let (mut seen, mut query) = (Vec::new(), "limit=2".to_owned());
    loop {
        let page = agent
            .get(&format!("{}?{query}", messages(&conversation)))
            .await
            .expect(200)
            .json();
        let items = page["items"].as_array().unwrap();
        seen.extend(
            items
                .iter()
                .map(|item| (item["text"].as_str().unwrap().to_owned(), item["id"].clone())),
        );
        match page["next_cursor"].as_str() {
            Some(cursor) => query = format!("limit=2&cursor={cursor}"),
            None => break,
        }
    }
    let texts: Vec<&str> = seen.iter().map(|(text, _)| text.as_str()).collect();
    assert_eq!(texts, ["4", "3", "2", "1", "0"]);
    let third = seen[2].1.as_str().unwrap();
    let newer = agent
        .items(&format!("{}?after={third}", messages(&conversation)))
        .await;
    let newer: Vec<&str> = newer.iter().map(|item| item["text"].as_str().unwrap()).collect();
    assert_eq!(newer, ["3", "4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_team_takes_tags_snoozes_and_closes_a_conversation() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let me = agent.get("/api/me").await.expect(200).json()["user"]["id"].clone();
    let conversation = app.customer_writes(0, "hola").await;
    let path = format!("/api/conversations/{conversation}");
    let taken = agent
        .patch(&path, &json!({ "assignee_id": me }))
        .await
        .expect(200)
        .json();
    assert_eq!(taken["assignee"]["id"], me);
    let mine = agent
        .items("/api/conversations?assignee=me&status=open,pending")
        .await;
    assert_eq!(mine.len(), 1);
    let tagged = agent
        .put(&format!("{path}/tags"), &json!({ "tags": ["Urgente", "VIP"] }))
        .await
        .expect(200)
        .json();
    assert_eq!(tagged["tags"].as_array().unwrap().len(), 2);
    assert_eq!(agent.items("/api/conversations?tag=vip").await.len(), 1);
    let slept = agent
        .patch(
            &path,
            &json!({ "status": "snoozed", "snoozed_until": "2999-01-01T00:00:00Z" }),
        )
        .await
        .expect(200)
        .json();
    assert_eq!(slept["status"], "snoozed");
    let closed = agent
        .patch(&path, &json!({ "status": "closed", "assignee_id": null }))
        .await
        .expect(200)
        .json();
    assert_eq!(
        (&closed["status"], &closed["assignee"], &closed["snoozed_until"]),
        (&json!("closed"), &Value::Null, &Value::Null)
    );
    agent
        .call(Method::POST, &format!("{path}/read"), None)
        .await
        .expect(204);
    let counts = agent.get("/api/conversations/counts").await.expect(200).json();
    assert_eq!(
        counts,
        json!({ "mine": 0, "unassigned": 0, "all": 0, "unread": 0, "cap": 1000 })
    );
    app.customer_writes(0, "otra vez").await;
    let again = eventually(|| async { agent.items("/api/conversations?status=open").await.pop() }).await;
    assert_eq!(
        (&again["id"], &again["unread_count"]),
        (&json!(conversation), &json!(1))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn whom_another_tenant_knows_or_who_may_not_read_cannot_own_a_conversation() {
    let app = TestApp::start().await;
    let agent = app.member(Role::Recepcion).await;
    let path = format!("/api/conversations/{}", app.customer_writes(0, "hola").await);
    let marketing = app.member(Role::Marketing).await.get("/api/me").await.json()["user"]["id"].clone();
    let theirs = app.stranger().await.get("/api/me").await.json()["user"]["id"].clone();
    for nobody in [marketing, theirs] {
        let answer = agent.patch(&path, &json!({ "assignee_id": nobody })).await;
        answer.field("/assignee_id", "invalid_assignee");
    }
}
