use secrecy::SecretString;
use serde_json::{Value, json};
use whatsapp::{
    client::{Client, SendError, UnknownReason},
    error::ErrorClass,
    outbound::{OutboundMessage, Recipient},
};

use crate::stage::{CUSTOMER, LINE, Stage, TOKEN, text};

fn client(stage: &Stage) -> Client {
    Client::new(&stage.url, "v25.0", stage.http.clone()).unwrap()
}

async fn try_send(stage: &Stage, fault: &str) -> Result<String, SendError> {
    stage
        .post("/simulator/faults", &json!({"send": fault, "times": 1}))
        .await;
    let mut message = OutboundMessage::text(Recipient::Phone(CUSTOMER.to_owned()), "hola");
    message.callback_data = Some(fault.to_owned());
    let sent = client(stage)
        .send_message(LINE, &SecretString::from(TOKEN), &message)
        .await?;
    Ok(sent.wamid)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_sent_delivered_and_read_with_our_callback_data() {
    let mut stage = Stage::set();
    stage.customer_writes("hola").await;
    let (status, answer) = stage.send(&text("buenas")).await;
    assert_eq!(status, 200);
    assert_eq!(
        answer["contacts"],
        json!([{"input": format!("+{CUSTOMER}"), "wa_id": CUSTOMER}])
    );
    let mut seen = Vec::new();
    for status in stage.receiver.statuses(3).await {
        assert_eq!(status["id"], answer["messages"][0]["id"]);
        assert_eq!(status["biz_opaque_callback_data"], "ours-1");
        assert_eq!(status["recipient_id"], CUSTOMER);
        if status["status"] != "read" {
            assert_eq!(status["pricing"]["type"], "free_customer_service");
        }
        seen.push(status["status"].as_str().unwrap().to_owned());
    }
    seen.sort();
    assert_eq!(seen, ["delivered", "read", "sent"]);
    let (_, sends) = stage.get("/simulator/sends").await;
    assert_eq!(
        (&sends["total"], &sends["by_callback"]),
        (&json!(1), &json!({"ours-1": 1}))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn outside_the_window_a_message_is_accepted_and_then_fails() {
    let mut stage = Stage::set();
    let (status, answer) = stage.send(&text("¿sigues ahí?")).await;
    assert_eq!(status, 200);
    let mut value = stage.receiver.next().await.value();
    assert_eq!(value.get("contacts"), None);
    let failed = value["statuses"][0].take();
    assert_eq!(failed["id"], answer["messages"][0]["id"]);
    assert_eq!(
        (&failed["status"], &failed["errors"][0]["code"]),
        (&json!("failed"), &json!(131_047))
    );
    assert_eq!(failed.get("recipient_user_id"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_old_message_does_not_open_the_window() {
    let mut stage = Stage::set();
    let old = json!({"phone_number_id": LINE, "from": CUSTOMER, "text": "hola", "timestamp": 1_700_000_000});
    stage.post("/simulator/inbound", &old).await;
    stage.send(&text("tarde")).await;
    assert_eq!(stage.receiver.statuses(1).await[0]["errors"][0]["code"], 131_047);
    let template = json!({
        "messaging_product": "whatsapp", "to": format!("+{CUSTOMER}"), "type": "template",
        "template": {"name": "hola", "language": {"code": "es"}},
    });
    let (_, answer) = stage.send(&template).await;
    assert_eq!(answer["messages"][0]["message_status"], "accepted");
    let statuses = stage.receiver.statuses(3).await;
    assert!(statuses.iter().all(|status| status["status"] != "failed"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_token_is_refused_in_metas_shape() {
    let stage = Stage::set();
    let path = format!("/v25.0/{LINE}/messages");
    let (status, answer) = stage.post_as("wrong", &path, &text("x")).await;
    let error = &answer["error"];
    assert_eq!(
        (status, &error["code"], &error["type"]),
        (401, &json!(190), &json!("OAuthException"))
    );
    assert!(error["fbtrace_id"].is_string());
    let (status, answer) = stage.post("/v25.0/999/messages", &text("x")).await;
    assert_eq!(
        (
            status,
            &answer["error"]["code"],
            &answer["error"]["error_subcode"]
        ),
        (400, &json!(100), &json!(33))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_that_breaks_a_rule_is_refused_with_its_code() {
    let stage = Stage::set();
    let change = |pointer: &str, value: Value| {
        let mut message = text("hola");
        message[pointer] = value;
        message
    };
    let buttons = json!({"type": "button", "body": {"text": "?"}, "action": {"buttons": [
        {"type": "reply", "reply": {"id": "1", "title": "a title that is far too long"}}]}});
    let mut interactive = change("type", json!("interactive"));
    interactive["interactive"] = buttons;
    let cases = [
        (change("messaging_product", Value::Null), 100),
        (change("text", json!({"body": "x".repeat(4097)})), 100),
        (change("text", json!({})), 131_008),
        (change("type", json!("smoke")), 100),
        (change("type", json!("image")), 131_008),
        (change("to", json!("hello")), 131_009),
        (change("to", json!("+12025550100")), 131_021),
        (change("biz_opaque_callback_data", json!("x".repeat(513))), 100),
        (interactive, 131_009),
    ];
    for (message, code) in cases {
        let (status, answer) = stage.send(&message).await;
        assert_eq!(
            (status, &answer["error"]["code"]),
            (400, &json!(code)),
            "{message}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_number_is_completed_and_a_user_id_finds_its_person() {
    let mut stage = Stage::set();
    let (_, answer) = stage
        .send(&json!({"messaging_product": "whatsapp", "to": "2025550111", "text": {"body": "x"}}))
        .await;
    assert_eq!(
        answer["contacts"][0],
        json!({"input": "2025550111", "wa_id": "12025550111"})
    );
    stage.receiver.statuses(1).await;

    let body = json!({"phone_number_id": LINE, "from": CUSTOMER, "text": "hola", "hide_phone": true});
    let (_, inbound) = stage.post("/simulator/inbound", &body).await;
    let user_id = &inbound["user_id"];
    let message =
        json!({"messaging_product": "whatsapp", "recipient": user_id, "type": "text", "text": {"body": "x"}});
    let (_, answer) = stage.send(&message).await;
    assert_eq!(
        answer["contacts"],
        json!([{"input": user_id, "user_id": user_id}])
    );
    for status in stage.receiver.statuses(3).await {
        assert_eq!(
            (status.get("recipient_id"), &status["recipient_user_id"]),
            (None, user_id)
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn faults_happen_as_often_as_ordered_and_count_what_went_out() {
    let mut stage = Stage::set();
    stage.customer_writes("hola").await;
    let refused = |result: Result<String, SendError>| match result {
        Err(SendError::Refused(error)) => error.class(),
        other => panic!("{other:?}"),
    };
    let unknown = |result: Result<String, SendError>| match result {
        Err(SendError::Unknown { reason, .. }) => reason,
        other => panic!("{other:?}"),
    };
    assert_eq!(refused(try_send(&stage, "429").await), ErrorClass::Retry);
    assert_eq!(
        refused(try_send(&stage, "token_expired").await),
        ErrorClass::PauseLine
    );
    assert_eq!(unknown(try_send(&stage, "500").await), UnknownReason::ServerError);
    assert_eq!(
        unknown(try_send(&stage, "500_after").await),
        UnknownReason::ServerError
    );
    assert_eq!(
        unknown(try_send(&stage, "bad_gateway").await),
        UnknownReason::ServerError
    );
    assert_eq!(
        unknown(try_send(&stage, "unreadable").await),
        UnknownReason::Unreadable
    );
    assert_eq!(
        unknown(try_send(&stage, "reset_before").await),
        UnknownReason::ConnectionLost
    );
    assert_eq!(
        unknown(try_send(&stage, "reset_after").await),
        UnknownReason::ConnectionLost
    );
    assert!(try_send(&stage, "none").await.is_ok());
    let (_, sends) = stage.get("/simulator/sends").await;
    let expected = json!({"500_after": 1, "unreadable": 1, "reset_after": 1, "none": 1});
    assert_eq!(sends["by_callback"], expected);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_read_receipt_marks_the_customers_messages() {
    let mut stage = Stage::set();
    stage.customer_writes("uno").await;
    let second = stage.customer_writes("dos").await;
    let receipt = json!({"messaging_product": "whatsapp", "status": "read", "message_id": second});
    assert_eq!(stage.send(&receipt).await, (200, json!({"success": true})));
    let (_, chat) = stage
        .get(&format!(
            "/simulator/chats?phone_number_id={LINE}&from={CUSTOMER}"
        ))
        .await;
    let messages = chat["messages"].as_array().unwrap();
    assert!(messages.len() == 2 && messages.iter().all(|message| message["status"] == "read"));
    let wrong = json!({"messaging_product": "whatsapp", "status": "read", "message_id": "wamid.x"});
    assert_eq!(stage.send(&wrong).await.1["error"]["code"], 131_009);
}
