//! Templates that exist, and what is sent of them.

use serde_json::{Value, json};

use crate::stage::{CUSTOMER, LINE, Stage, WABA};

async fn stage() -> Stage {
    let stage = Stage::set();
    stage
        .post("/simulator/limits", &json!({"pair": false, "media": false}))
        .await;
    let order = json!({"waba_id": WABA, "samples": true});
    assert_eq!(stage.post("/simulator/templates", &order).await.0, 200);
    stage
}

fn template(name: &str, language: &str, components: &Value) -> Value {
    json!({
        "messaging_product": "whatsapp", "to": format!("+{CUSTOMER}"), "type": "template",
        "template": {"name": name, "language": {"code": language}, "components": components},
    })
}

fn words(kind: &str, words: &[&str]) -> Value {
    let parameters: Vec<_> = words
        .iter()
        .map(|word| json!({"type": "text", "text": word}))
        .collect();
    json!({"type": kind, "parameters": parameters})
}

async fn code(stage: &Stage, message: &Value) -> i64 {
    let (status, answer) = stage.send(message).await;
    if status == 200 {
        0
    } else {
        answer["error"]["code"].as_i64().unwrap()
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_has_to_exist_in_its_language_and_to_be_approved() {
    let stage = stage().await;
    let none = json!([]);
    for (name, language, expected) in [
        ("bienvenida", "es", 0),
        ("bienvenida", "es_MX", 132_001),
        ("despedida", "es", 132_001),
        ("promo_pausada", "es", 132_015),
        ("promo_deshabilitada", "es", 132_016),
        ("promo_en_revision", "es", 132_001),
    ] {
        let message = template(name, language, &none);
        assert_eq!(code(&stage, &message).await, expected, "{name} {language}");
    }
    let (status, missing) = stage.send(&template("despedida", "es", &none)).await;
    assert_eq!(status, 404);
    let details = missing["error"]["error_data"]["details"].as_str().unwrap();
    assert_eq!(details, "template name (despedida) does not exist in es");
    let (_, held) = stage
        .send(&template(
            "promo_retenida",
            "es",
            &json!([words("body", &["10 %"])]),
        ))
        .await;
    assert_eq!(
        held["messages"][0]["message_status"],
        "held_for_quality_assessment"
    );
    // Without templates, and unless somebody insists, anything that looks like one is taken.
    stage
        .http
        .delete(format!("{}/simulator/templates?waba_id={WABA}", stage.url))
        .send()
        .await
        .unwrap();
    assert_eq!(code(&stage, &template("despedida", "es", &none)).await, 0);
    stage
        .post("/simulator/limits", &json!({"templates": "always"}))
        .await;
    assert_eq!(code(&stage, &template("despedida", "es", &none)).await, 132_001);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_template_costs_what_its_category_does() {
    let mut stage = stage().await;
    assert_eq!(code(&stage, &template("bienvenida", "es", &json!([]))).await, 0);
    let status = stage.receiver.statuses(1).await.remove(0);
    let pricing = status["pricing"]["category"].as_str();
    // A read comes without a price, and may be the first to arrive.
    assert!(
        status["status"] == "read" || pricing == Some("marketing"),
        "{status}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn parameters_have_to_fit_in_number_kind_and_name() {
    let stage = stage().await;
    let image = json!({"type": "header", "parameters": [{"type": "image", "image": {"id": "1"}}]});
    let track = json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": "42"}]});
    let body = words("body", &["Ana", "42"]);
    let named = |first: &str| {
        json!([{"type": "body", "parameters": [
        {"type": "text", "parameter_name": first, "text": "Ana"},
        {"type": "text", "parameter_name": "order", "text": "42"}]}])
    };
    let login = |code: &str| {
        let button = json!({"type": "button", "sub_type": "url", "index": "0", "parameters": [{"type": "text", "text": code}]});
        json!([words("body", &[code]), button])
    };
    let mut elsewhere = track.clone();
    elsewhere["index"] = 1.into();
    for (name, components, expected) in [
        ("order_update", json!([image, body, track]), 0),
        (
            "order_update",
            json!([image, words("body", &["Ana"]), track]),
            132_000,
        ),
        ("order_update", json!([image, track]), 132_000),
        ("order_update", json!([body, track]), 132_012),
        (
            "order_update",
            json!([words("header", &["x"]), body, track]),
            132_012,
        ),
        ("order_update", json!([image, body]), 131_008),
        ("order_update", json!([image, body, track, elsewhere]), 132_018),
        (
            "order_update",
            json!([image, words("body", &["Ana", &"x".repeat(1024)]), track]),
            132_005,
        ),
        ("order_update_named", named("first_name"), 0),
        ("order_update_named", named("last_name"), 132_012),
        ("order_update_named", json!([body]), 100),
        ("login_code", login("482913"), 0),
        ("login_code", login("4829134829134829"), 132_018),
        ("login_code", json!([words("body", &["482913"])]), 131_008),
        ("lto", json!([]), 131_008),
        ("carousel", json!([]), 132_012),
    ] {
        let message = template(name, "en_US", &components);
        assert_eq!(code(&stage, &message).await, expected, "{message}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_customer_sees_a_template_filled_in() {
    let stage = stage().await;
    let reminder = template(
        "recordatorio_de_cita",
        "es",
        &json!([
            words("body", &["Ana", "lunes", "10:00"]),
            {"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": [{"type": "payload", "payload": "otra-fecha"}]},
        ]),
    );
    assert_eq!(code(&stage, &reminder).await, 0);
    let path = format!("/simulator/chats?phone_number_id={LINE}&from={CUSTOMER}");
    let view = stage.get(&path).await.1["messages"][0]["payload"]["view"].take();
    assert_eq!(view["header"], json!({"type": "text", "text": "Recordatorio"}));
    assert_eq!(view["body"], "Hola Ana, te esperamos el lunes a las 10:00.");
    assert_eq!(view["footer"], "Responde NO para cancelar");
    assert_eq!(view["buttons"][1]["payload"], "otra-fecha");
}

#[tokio::test(flavor = "multi_thread")]
async fn templates_are_listed_page_by_page() {
    let stage = stage().await;
    let (_, all) = stage
        .get(&format!("/v25.0/{WABA}/message_templates?limit=100"))
        .await;
    let count = all["data"].as_array().unwrap().len();
    let mut path = format!("/v25.0/{WABA}/message_templates?limit=5");
    let mut names = Vec::new();
    loop {
        let (_, page) = stage.get(&path).await;
        names.extend(
            page["data"]
                .as_array()
                .unwrap()
                .iter()
                .map(|t| t["name"].to_string()),
        );
        let Some(next) = page["paging"]["next"].as_str() else {
            break;
        };
        path = next.strip_prefix(&stage.url).unwrap().to_owned();
    }
    assert_eq!(names.len(), count);
    let (_, paused) = stage
        .get(&format!("/v25.0/{WABA}/message_templates?status=PAUSED"))
        .await;
    assert_eq!(paused["data"][0]["name"], "promo_pausada");
    let (status, broken) = stage
        .get(&format!("/v25.0/{WABA}/message_templates?after=x"))
        .await;
    assert_eq!((status, &broken["error"]["code"]), (400, &json!(131_059)));
}
