use serde_json::json;
use simulator::persist;

use crate::stage::{CUSTOMER, LINE, Stage, TOKEN, WABA, text};

#[tokio::test(flavor = "multi_thread")]
async fn statuses_can_be_doubled_dropped_and_ordered_one_by_one() {
    let mut stage = Stage::set();
    stage.customer_writes("hola").await;
    stage
        .post(
            "/simulator/faults",
            &json!({"drop_statuses": true, "auto_read": false}),
        )
        .await;
    let (_, answer) = stage.send(&text("a")).await;
    let chat = format!("/simulator/chats?phone_number_id={LINE}&from={CUSTOMER}");
    while stage.get(&chat).await.1["messages"][1]["status"] != "delivered" {}
    let order = json!({"wamid": answer["messages"][0]["id"], "status": "failed", "error_code": 131_049});
    let (_, delivery) = stage.post("/simulator/status", &order).await;
    assert_eq!(delivery["delivery"]["delivered"], true);
    assert_eq!(stage.receiver.statuses(1).await[0]["errors"][0]["code"], 131_049);

    let doubled = json!({"drop_statuses": false, "duplicate_statuses": true});
    stage.post("/simulator/faults", &doubled).await;
    stage.send(&text("b")).await;
    let mut seen: Vec<_> = stage
        .receiver
        .statuses(4)
        .await
        .iter()
        .map(|s| s["status"].to_string())
        .collect();
    seen.sort();
    assert_eq!(seen, ["\"delivered\"", "\"delivered\"", "\"sent\"", "\"sent\""]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_chat_on_screen_is_read() {
    let mut stage = Stage::set();
    stage.customer_writes("hola").await;
    stage
        .post("/simulator/faults", &json!({"auto_read": false}))
        .await;
    stage.send(&text("a")).await;
    stage.receiver.statuses(2).await;
    let url = format!(
        "{}/simulator/events?phone_number_id={LINE}&from={CUSTOMER}",
        stage.url
    );
    let mut events = stage.http.get(url).send().await.unwrap();
    assert_eq!(stage.receiver.statuses(1).await[0]["status"], "read");
    let path = format!("/simulator/chats?phone_number_id={LINE}&from={CUSTOMER}");
    let (_, chat) = stage.get(&path).await;
    assert_eq!(chat["messages"][0]["status"], "delivered");
    assert_eq!(chat["messages"][1]["status"], "read");
    stage.post("/simulator/reset", &json!({})).await;
    let mut seen = String::new();
    while !seen.contains("\"reset\"") {
        seen.push_str(std::str::from_utf8(&events.chunk().await.unwrap().unwrap()).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_state_file_brings_chats_and_windows_back() {
    let mut stage = Stage::set();
    let wamid = stage.customer_writes("hola").await;
    let path = std::env::temp_dir().join(format!("simulator-{}.json", std::process::id()));
    persist::save(&stage.simulator, &path).unwrap();
    let world = persist::load(&path).unwrap();
    std::fs::remove_file(&path).unwrap();
    let (key, bubble) = world.find(&wamid).unwrap();
    assert_eq!(bubble.payload["text"]["body"], "hola");
    assert!(world.window_is_open(&key, bubble.at));
    assert_eq!(world.person(CUSTOMER).name, "Ana");
    assert!(persist::load(&path).unwrap().lines.is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn the_nodes_of_a_line_can_be_read() {
    let stage = Stage::set();
    let (_, node) = stage.get(&format!("/v23.0/{LINE}?fields=verified_name")).await;
    assert_eq!(node, json!({"id": LINE, "verified_name": "Florería"}));
    let (_, numbers) = stage.get(&format!("/v23.0/{WABA}/phone_numbers")).await;
    assert_eq!(numbers["data"][0]["display_phone_number"], "+1 202-555-0100");
    let (_, apps) = stage.get(&format!("/v23.0/{WABA}/subscribed_apps")).await;
    assert!(apps["data"][0]["whatsapp_business_api_data"]["id"].is_string());
    let (_, subscribed) = stage
        .post(&format!("/v23.0/{WABA}/subscribed_apps"), &json!({}))
        .await;
    assert_eq!(subscribed, json!({"success": true}));
    let (_, token) = stage
        .get(&format!("/v23.0/debug_token?input_token={TOKEN}"))
        .await;
    assert_eq!(token["data"]["is_valid"], true);
    assert_eq!(stage.get("/v23.0/12345").await.1["error"]["error_subcode"], 33);
    assert_eq!(stage.get("/nowhere").await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_mistaken_order_says_what_is_wrong() {
    let stage = Stage::set();
    let unknown = json!({"phone_number_id": "9", "from": CUSTOMER, "text": "x"});
    assert_eq!(stage.post("/simulator/inbound", &unknown).await.0, 404);
    let empty = json!({"phone_number_id": LINE, "from": CUSTOMER});
    let (status, answer) = stage.post("/simulator/inbound", &empty).await;
    assert_eq!(status, 400);
    assert!(
        answer["error"]
            .as_str()
            .unwrap()
            .contains("text, media or message")
    );
    let order = json!({"wamid": "wamid.x", "status": "read"});
    assert_eq!(stage.post("/simulator/status", &order).await.0, 404);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_page_loads_nothing_from_elsewhere() {
    let stage = Stage::set();
    for path in [
        "/",
        "/phone.css",
        "/phone.js",
        "/parts.css",
        "/bubble.js",
        "/media.js",
        "/nodes.js",
        "/offers.js",
        "/sheet.js",
        "/template.js",
        "/words.json",
        "/icon.svg",
    ] {
        let answer = stage
            .http
            .get(format!("{}{path}", stage.url))
            .send()
            .await
            .unwrap();
        assert!(
            answer.headers()["content-security-policy"]
                .to_str()
                .unwrap()
                .contains("'self'")
        );
        let body = answer.text().await.unwrap();
        assert!(!body.contains("https://") && !body.contains(" onclick"), "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_pages_words_are_complete_in_every_language() {
    let stage = Stage::set();
    let (_, words) = stage.get("/words.json").await;
    let keys = |language: &str| {
        words[language]
            .as_object()
            .unwrap()
            .keys()
            .cloned()
            .collect::<Vec<_>>()
    };
    assert!(!keys("es").is_empty());
    assert_eq!(keys("es"), keys("en"));
    assert_eq!(keys("es"), keys("pt"));
}
