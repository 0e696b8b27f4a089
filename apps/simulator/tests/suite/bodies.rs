//! Every type of message: what Meta takes, and what it refuses with which code.

use serde::Deserialize;
use serde_json::{Value, json};

use crate::stage::{CUSTOMER, LINE, Stage};

/// The requests of Meta's pages, each in a file.
fn examples() -> Vec<(String, Value)> {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/requests");
    let files = std::fs::read_dir(folder)
        .unwrap()
        .map(|file| file.unwrap().path());
    let mut examples: Vec<_> = files
        .map(|path| {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            (
                name,
                serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap(),
            )
        })
        .collect();
    examples.sort_by(|a, b| a.0.cmp(&b.0));
    examples
}

fn example(name: &str) -> Value {
    examples().into_iter().find(|(own, _)| own == name).unwrap().1
}

async fn send(stage: &Stage, name: &str, message: &Value) -> (u16, Value) {
    let edge = if name.starts_with("marketing") {
        "marketing_messages"
    } else {
        "messages"
    };
    stage.post(&format!("/v25.0/{LINE}/{edge}"), message).await
}

/// What a request of Meta's pages is refused with once a value of it is another.
async fn refusal(stage: &Stage, name: &str, pointer: &str, value: Value) -> i64 {
    let mut message = example(name);
    let (parent, key) = pointer.rsplit_once('/').unwrap();
    let parent = message
        .pointer_mut(parent)
        .unwrap_or_else(|| panic!("{name} {pointer}"));
    match parent {
        Value::Array(values) if key == "-" => values.push(value),
        Value::Array(values) => values[key.parse::<usize>().unwrap()] = value,
        object => object[key] = value,
    }
    let (status, answer) = send(stage, name, &message).await;
    assert_ne!(status, 200, "{name} {pointer}: {message}");
    answer["error"]["code"].as_i64().unwrap()
}

async fn stage() -> Stage {
    let stage = Stage::set();
    stage.simulator.lock().world.remember(simulator::world::Person {
        phone: CUSTOMER.to_owned(),
        name: "Ana".to_owned(),
        user_ids: [("700000000000001".to_owned(), "US.90000000000000000001".to_owned())].into(),
        ..simulator::world::Person::default()
    });
    // One customer is told everything there is.
    stage.post("/simulator/limits", &json!({"pair": false})).await;
    stage
}

#[tokio::test(flavor = "multi_thread")]
async fn every_request_of_metas_pages_is_taken() {
    let stage = stage().await;
    let examples = examples();
    assert!(examples.len() > 40);
    for (name, message) in &examples {
        let (status, answer) = send(&stage, name, message).await;
        assert_eq!(status, 200, "{name}: {answer}");
        assert!(answer["messages"][0]["id"].is_string());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_to_a_group_is_told_as_one() {
    let mut stage = stage().await;
    let message = example("text_group");
    assert_eq!(send(&stage, "text_group", &message).await.0, 200);
    let status = stage.receiver.statuses(1).await.remove(0);
    assert_eq!(
        (&status["recipient_type"], &status["recipient_id"]),
        (&json!("group"), &message["to"])
    );
    assert_eq!(status.get("recipient_user_id"), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_no_page_knows_is_refused_wherever_it_stands() {
    let stage = stage().await;
    for (name, pointer) in [
        ("text", "/smell"),
        ("text", "/text/smell"),
        ("text_reply", "/context/smell"),
        ("image_id", "/image/filename"),
        ("audio_voice", "/audio/caption"),
        ("sticker_id", "/sticker/caption"),
        ("location", "/location/url"),
        ("contacts", "/contacts/0/phones/0/smell"),
        (
            "interactive_buttons",
            "/interactive/action/buttons/0/reply/description",
        ),
        ("interactive_list", "/interactive/action/sections/0/rows/0/smell"),
        ("interactive_cta_url", "/interactive/action/parameters/smell"),
        ("interactive_location_request", "/interactive/action/parameters"),
        ("interactive_product", "/interactive/action/name"),
        ("template_positional", "/template/components/1/parameters/0/smell"),
        ("template_carousel", "/template/components/0/cards/0/smell"),
        ("text", "/product_policy"),
    ] {
        assert_eq!(
            refusal(&stage, name, pointer, json!("x")).await,
            100,
            "{name} {pointer}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_missing_is_refused_as_missing() {
    let stage = stage().await;
    for (name, pointer) in [
        ("text", "/text"),
        ("text", "/text/body"),
        ("image_id", "/image/id"),
        ("location", "/location/latitude"),
        ("contacts", "/contacts/0/name"),
        ("contacts", "/contacts/0/name/first_name"),
        ("reaction", "/reaction/message_id"),
        ("interactive_buttons", "/interactive/body"),
        ("interactive_buttons", "/interactive/action/buttons/0/reply/id"),
        ("interactive_list", "/interactive/action/button"),
        ("interactive_flow", "/interactive/action/parameters/flow_id"),
        ("interactive_product_list", "/interactive/header"),
        ("interactive_media_carousel", "/interactive/action/cards/0/header"),
        (
            "interactive_order_details",
            "/interactive/action/parameters/reference_id",
        ),
        ("template_positional", "/template/language"),
        ("template_positional", "/template/components/2/index"),
        (
            "template_coupon",
            "/template/components/1/parameters/0/coupon_code",
        ),
        ("group_pin", "/pin/expiration_days"),
    ] {
        assert_eq!(
            refusal(&stage, name, pointer, Value::Null).await,
            131_008,
            "{name} {pointer}"
        );
    }
}

/// A value of a request of Meta's pages, and the code it is refused with.
#[derive(Deserialize)]
struct Refused {
    request: String,
    at: String,
    value: Value,
    code: i64,
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_too_long_too_much_or_no_such_value_is_refused() {
    let stage = stage().await;
    let cases: Vec<Refused> = serde_json::from_str(include_str!("../fixtures/refusals.json")).unwrap();
    assert!(cases.len() > 40);
    for case in cases {
        // `{"long": 21}` stands for a text of that length.
        let value = match case.value["long"].as_u64() {
            Some(length) => json!("x".repeat(usize::try_from(length).unwrap())),
            None => case.value,
        };
        let code = refusal(&stage, &case.request, &case.at, value).await;
        assert_eq!(code, case.code, "{} {}", case.request, case.at);
    }
    let text = example("text");
    let edge = format!("/v25.0/{LINE}/marketing_messages");
    assert_eq!(stage.post(&edge, &text).await.1["error"]["code"], 134_100);
}
