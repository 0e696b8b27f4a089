//! What Meta tells of a line, its account and its token, and what follows from it.

use secrecy::SecretString;
use serde_json::{Value, json};
use whatsapp::signature;

use crate::stage::{CUSTOMER, LINE, SECRET, Stage, TOKEN, WABA, text};

const FIELDS: &str = "quality_rating,status,name_status,verified_name,throughput{level},\
    whatsapp_business_manager_messaging_limit,is_on_biz_app,platform_type,health_status";

async fn change(stage: &Stage, what: Value) {
    let mut order = what;
    order["phone_number_id"] = LINE.into();
    let (status, answer) = stage.post("/simulator/lines/state", &order).await;
    assert_eq!(status, 200, "{answer}");
}

async fn token(stage: &Stage, change: Value) {
    let mut order = change;
    order["phone_number_id"] = LINE.into();
    let (status, answer) = stage.post("/simulator/tokens", &order).await;
    assert_eq!(status, 200, "{answer}");
    assert!(!answer.to_string().contains(TOKEN));
}

async fn delete(stage: &Stage, path: &str) -> (u16, Value) {
    let call = stage
        .http
        .delete(format!("{}{path}", stage.url))
        .bearer_auth(TOKEN);
    let answer = call.send().await.unwrap();
    (answer.status().as_u16(), answer.json().await.unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_is_told_as_it_stands_and_field_by_field() {
    let stage = Stage::set();
    let payment =
        json!({"error_code": 141_006, "error_description": "no card", "possible_solution": "add one"});
    let health = json!({"WABA": {"can_send_message": "BLOCKED", "errors": [payment]},
        "PHONE_NUMBER": {"can_send_message": "LIMITED", "additional_info": ["Display name not approved yet."]}});
    let worse = json!({"quality_rating": "RED", "name_status": "DECLINED", "throughput_level": "HIGH",
        "messaging_limit": "TIER_10K", "is_on_biz_app": true, "health": health});
    change(&stage, worse).await;
    let (status, node) = stage.get(&format!("/v25.0/{LINE}?fields={FIELDS}")).await;
    assert_eq!(status, 200, "{node}");
    assert_eq!(node["quality_rating"], "RED");
    assert_eq!(node["name_status"], "DECLINED");
    assert_eq!(node["status"], "CONNECTED");
    assert_eq!(node["throughput"], json!({"level": "HIGH"}));
    assert_eq!(node["whatsapp_business_manager_messaging_limit"], "TIER_10K");
    assert_eq!(node["is_on_biz_app"], true);
    assert_eq!(node["health_status"]["can_send_message"], "BLOCKED");
    assert_eq!(
        node["health_status"]["entities"][1]["errors"][0]["error_code"],
        141_006
    );
    assert_eq!(
        node["health_status"]["entities"][3]["can_send_message"],
        "AVAILABLE"
    );
    // Who asks for nothing gets little, and who asks for what is not there gets nothing.
    let (_, node) = stage.get(&format!("/v25.0/{LINE}")).await;
    assert_eq!(
        (node.get("status"), &node["quality_rating"]),
        (None, &json!("RED"))
    );
    let (status, wrong) = stage.get(&format!("/v25.0/{LINE}?fields=smell")).await;
    assert_eq!((status, &wrong["error"]["code"]), (400, &json!(100)));
    let (_, numbers) = stage
        .get(&format!("/v25.0/{WABA}/phone_numbers?fields=status"))
        .await;
    assert_eq!(numbers["data"], json!([{"id": LINE, "status": "CONNECTED"}]));
    let (_, account) = stage.get(&format!("/v25.0/{WABA}?fields=health_status")).await;
    assert_eq!(account["health_status"]["can_send_message"], "BLOCKED");
    let wrong = json!({"phone_number_id": LINE, "smell": "sweet"});
    assert_eq!(stage.post("/simulator/lines/state", &wrong).await.0, 400);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_that_is_not_in_order_does_not_send() {
    let stage = Stage::set();
    for (state, status, code) in [
        ("DISCONNECTED", 400, 133_010),
        ("BANNED", 403, 131_031),
        ("RESTRICTED", 403, 368),
    ] {
        change(&stage, json!({"status": state})).await;
        let (answered, body) = stage.send(&text("x")).await;
        assert_eq!((answered, &body["error"]["code"]), (status, &json!(code)));
    }
    change(&stage, json!({"status": "FLAGGED"})).await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
    change(
        &stage,
        json!({"health": {"PHONE_NUMBER": {"can_send_message": "BLOCKED"}}}),
    )
    .await;
    assert_eq!(stage.send(&text("x")).await.1["error"]["code"], 131_031);
    stage.post("/simulator/reset", &json!({})).await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_ends_and_is_then_told_to_be_worth_nothing() {
    let stage = Stage::set();
    // An app looks at tokens with its own, whatever they are worth.
    let path = format!("/v25.0/debug_token?input_token={TOKEN}&access_token=720000000000001%7C{SECRET}");
    let worth = stage.get(&path).await.1["data"].take();
    assert_eq!(
        (&worth["is_valid"], &worth["expires_at"]),
        (&json!(true), &json!(0))
    );
    assert_eq!(worth["granular_scopes"][1]["target_ids"], json!([WABA]));
    for (end, subcode) in [
        (json!({"expires_at": 1_700_000_000}), 463),
        (json!({"revoked": true}), 467),
    ] {
        token(&stage, end).await;
        let (status, body) = stage.send(&text("x")).await;
        assert_eq!((status, &body["error"]["code"]), (401, &json!(190)));
        assert_eq!(body["error"]["error_subcode"], subcode);
        let worth = stage.get(&path).await.1["data"].take();
        assert_eq!(
            (&worth["is_valid"], &worth["error"]["subcode"]),
            (&json!(false), &json!(subcode))
        );
    }
    token(&stage, json!({"revoked": false, "expires_at": 4_000_000_000_i64})).await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
    assert_eq!(stage.get(&path).await.1["data"]["expires_at"], 4_000_000_000_i64);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_is_for_what_its_scopes_say() {
    let stage = Stage::set();
    token(&stage, json!({"scopes": ["whatsapp_business_management"]})).await;
    let (status, body) = stage.send(&text("x")).await;
    assert_eq!((status, &body["error"]["code"]), (403, &json!(200)));
    assert_eq!(stage.get(&format!("/v25.0/{LINE}")).await.0, 200);
    token(&stage, json!({"scopes": ["whatsapp_business_messaging"]})).await;
    assert_eq!(stage.send(&text("x")).await.0, 200);
    for path in [
        LINE.to_owned(),
        format!("{WABA}/phone_numbers"),
        format!("{WABA}/subscribed_apps"),
    ] {
        let (status, body) = stage.get(&format!("/v25.0/{path}")).await;
        assert_eq!((status, &body["error"]["code"]), (403, &json!(200)), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_proof_has_to_be_the_apps() {
    let stage = Stage::set();
    let proof = signature::proof(&SecretString::from(SECRET), &SecretString::from(TOKEN));
    let path = |proof: &str| format!("/v25.0/{LINE}/messages?appsecret_proof={proof}");
    assert_eq!(stage.post(&path(&proof), &text("x")).await.0, 200);
    let (status, body) = stage.post(&path("0badc0de"), &text("x")).await;
    assert_eq!((status, &body["error"]["code"]), (400, &json!(100)));
    let unversioned = format!("/debug_token?input_token={TOKEN}&appsecret_proof={proof}");
    assert_eq!(stage.get(&unversioned).await.1["data"]["is_valid"], true);
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_told_of_an_account_that_is_not_subscribed() {
    let mut stage = Stage::set();
    let apps = format!("/v25.0/{WABA}/subscribed_apps");
    let write = json!({"phone_number_id": LINE, "from": CUSTOMER, "text": "hola"});
    assert_eq!(delete(&stage, &apps).await, (200, json!({"success": true})));
    assert_eq!(stage.get(&apps).await.1, json!({"data": []}));
    let (_, unheard) = stage.post("/simulator/inbound", &write).await;
    assert_eq!(
        (
            &unheard["delivery"]["attempts"],
            &unheard["delivery"]["delivered"]
        ),
        (&json!(0), &json!(false))
    );

    // The account may have a URL of its own, if that passes the handshake.
    let own = |token: &str| json!({"override_callback_uri": stage.receiver.url, "verify_token": token});
    assert_eq!(stage.post(&apps, &own("wrong")).await.0, 400);
    assert_eq!(stage.get(&apps).await.1, json!({"data": []}));
    stage.simulator.lock().world.callback = None;
    assert_eq!(stage.post(&apps, &own("right")).await.0, 200);
    assert_eq!(
        stage.get(&apps).await.1["data"][0]["override_callback_uri"],
        stage.receiver.url
    );
    let (_, heard) = stage.post("/simulator/inbound", &write).await;
    assert_eq!(heard["delivery"]["delivered"], true);
    stage.receiver.next().await;
}
