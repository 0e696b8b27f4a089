use secrecy::SecretString;
use serde_json::json;
use whatsapp::{
    signature::verify,
    webhook::{Envelope, Item},
};

use crate::stage::{CUSTOMER, LINE, SECRET, Stage, WABA};

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_is_escaped_as_meta_does_and_signed_over_its_bytes() {
    let mut stage = Stage::set();
    let body = json!({"phone_number_id": LINE, "from": CUSTOMER, "name": "Ana", "text": "¿año/día? 😀"});
    let (status, answer) = stage.post("/simulator/inbound", &body).await;
    assert_eq!((status, &answer["delivery"]["status"]), (200, &json!(200)));

    let webhook = stage.receiver.next().await;
    let secret = SecretString::from(SECRET);
    let header = webhook.signature.as_deref().unwrap();
    assert_eq!(verify(&secret, Some(header.as_bytes()), &webhook.body), Ok(()));
    let raw = std::str::from_utf8(&webhook.body).unwrap();
    assert!(raw.contains(r"\u00bfa\u00f1o\/d\u00eda? \ud83d\ude00"), "{raw}");

    let envelope = Envelope::parse(&webhook.body).unwrap();
    assert_eq!(envelope.changes[0].waba_id.as_deref(), Some(WABA));
    let Item::Message(message) = envelope.changes[0].items().remove(0) else {
        panic!()
    };
    assert_eq!(message.content.body.as_deref(), Some("¿año/día? 😀"));
    assert_eq!(message.user_key(), CUSTOMER);
    assert!(message.from.user_id.unwrap().starts_with("AR."));
    assert_eq!(message.from.name.as_deref(), Some("Ana"));
    assert_eq!(json!(message.wamid), answer["wamid"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_webhook_comes_again_until_somebody_answers_200() {
    let mut stage = Stage::set();
    stage.receiver.answer_with([500, 500, 202]);
    let body = json!({"body": "{\"object\":\"x\"}", "sign_with": "other"});
    let (_, answer) = stage.post("/simulator/raw", &body).await;
    assert_eq!(answer["delivery"]["status"], 500);
    assert_eq!(answer["delivery"]["delivered"], false);
    for _ in 0..4 {
        let webhook = stage.receiver.next().await;
        assert_eq!(webhook.body, "{\"object\":\"x\"}");
        let secret = SecretString::from("other");
        let header = webhook.signature.unwrap();
        assert_eq!(verify(&secret, Some(header.as_bytes()), &webhook.body), Ok(()));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_without_secret_is_not_signed_and_a_batch_is_one_webhook() {
    let mut stage = Stage::set();
    let line =
        json!({"phone_number_id": "2", "waba_id": "3", "display_phone_number": "34600000000", "token": "t2"});
    assert_eq!(stage.post("/simulator/lines", &line).await.0, 200);
    let body = json!({"phone_number_id": "2", "from": CUSTOMER, "text": "hola", "count": 3, "batch": true, "hide_phone": true});
    let (_, answer) = stage.post("/simulator/inbound", &body).await;
    assert_eq!(answer["wamids"].as_array().unwrap().len(), 3);
    let webhook = stage.receiver.next().await;
    assert_eq!(webhook.signature, None);
    let value = webhook.value();
    assert_eq!(value["messages"].as_array().unwrap().len(), 3);
    assert_eq!(value["messages"][0].get("from"), None);
    assert_eq!(value["contacts"][0].get("wa_id"), None);
    assert_eq!(
        value["messages"][0]["from_user_id"],
        value["contacts"][0]["user_id"]
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_handshake_decides_where_webhooks_go() {
    let stage = Stage::set();
    let order = |token: &str| json!({"url": stage.receiver.url, "verify_token": token});
    let (_, wrong) = stage.post("/simulator/callback", &order("wrong")).await;
    assert_eq!(wrong, json!({"success": false, "status": 403}));
    let (_, right) = stage.post("/simulator/callback", &order("right")).await;
    assert_eq!(right, json!({"success": true, "status": 200}));
}
