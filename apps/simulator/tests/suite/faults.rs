//! What goes wrong on demand, beside the faults of single sends.

use serde_json::{Value, json};

use crate::stage::{CUSTOMER, LINE, Stage, TOKEN, text};

async fn order(stage: &Stage, change: Value) {
    assert_eq!(stage.post("/simulator/faults", &change).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn any_of_metas_codes_comes_with_its_own_status() {
    let stage = Stage::set();
    for (code, status) in [
        (131_056, 400),
        (131_057, 500),
        (368, 403),
        (0, 401),
        (133_004, 503),
    ] {
        order(&stage, json!({"send": {"code": code}, "times": 1})).await;
        let (answered, body) = stage.send(&text("x")).await;
        assert_eq!((answered, &body["error"]["code"]), (status, &json!(code)));
        let message = body["error"]["message"].as_str().unwrap();
        assert!(message.starts_with(&format!("(#{code}) ")), "{message}");
        assert!(body["error"]["error_data"]["details"].is_string());
    }
    assert_eq!(stage.send(&text("x")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_share_of_the_sends_is_refused_and_the_rest_goes_out() {
    let stage = Stage::set();
    order(
        &stage,
        json!({"shares": [{"fault": {"code": 130_429}, "share": 0.5}], "seed": 1, "drop_statuses": true}),
    )
    .await;
    let mut accepted = 0;
    for _ in 0..40 {
        accepted += u64::from(stage.send(&text("x")).await.0 == 200);
    }
    assert!((8..=32).contains(&accepted), "{accepted}");
    let (_, faults) = stage.get("/simulator/faults").await;
    assert_eq!(faults["happened"]["130429"], 40 - accepted);
    assert_eq!(stage.get("/simulator/sends").await.1["total"], accepted);
    let two = json!([{"fault": "500", "share": 0.7}, {"fault": "429", "share": 0.7}]);
    let too_much = stage.post("/simulator/faults", &json!({ "shares": two })).await;
    assert_eq!(too_much.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_answer_comes_after_the_message_went_out() {
    let stage = Stage::set();
    order(&stage, json!({"latency_ms": 600_000})).await;
    let url = format!("{}/v25.0/{LINE}/messages", stage.url);
    let call = stage.http.post(url).bearer_auth(TOKEN).json(&text("y"));
    let waiting = tokio::spawn(call.send());
    while stage.get("/simulator/sends").await.1["total"] != 1 {}
    assert!(!waiting.is_finished());
    waiting.abort();
    order(&stage, json!({"latency_ms": 1})).await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn statuses_of_several_messages_share_a_webhook() {
    let mut stage = Stage::set();
    stage.customer_writes("hola").await;
    let batch = json!({"size": 6, "within_ms": 60_000});
    order(&stage, json!({"batch_statuses": batch, "auto_read": false})).await;
    for _ in 0..3 {
        stage.send(&text("x")).await;
    }
    let value = stage.receiver.next().await.value();
    let statuses = value["statuses"].as_array().unwrap();
    assert_eq!(statuses.len(), 6);
    let mut ids: Vec<_> = statuses.iter().map(|status| status["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 3);
    assert_eq!(value["metadata"]["phone_number_id"], LINE);
    // Whoever finds no company does not wait for ever.
    order(&stage, json!({"batch_statuses": {"size": 100, "within_ms": 1}})).await;
    stage.send(&text("x")).await;
    let value = stage.receiver.next().await.value();
    assert!(!value["statuses"].as_array().unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn messages_fail_afterwards_with_the_code_that_was_ordered() {
    let mut stage = Stage::set();
    stage.customer_writes("hola").await;
    order(
        &stage,
        json!({"fail": {"code": 131_049, "share": 1.0}, "status_delay_ms": 5, "duplicate_share": 1.0}),
    )
    .await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
    for status in stage.receiver.statuses(2).await {
        assert_eq!(
            (&status["status"], &status["errors"][0]["code"]),
            (&json!("failed"), &json!(131_049))
        );
    }
    order(
        &stage,
        json!({"fail": {"code": 0, "share": 0}, "drop_share": 1.0}),
    )
    .await;
    stage.send(&text("y")).await;
    let chat = format!("/simulator/chats?phone_number_id={LINE}&from={CUSTOMER}");
    while stage.get(&chat).await.1["messages"][2]["status"] != "read" {}
    order(&stage, json!({"drop_share": 0.0, "duplicate_share": 0.0})).await;
    let (_, answer) = stage.send(&text("z")).await;
    for status in stage.receiver.statuses(3).await {
        assert_eq!(status["id"], answer["messages"][0]["id"]);
    }
}
