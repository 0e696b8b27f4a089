//! What Meta would refuse: each case is one change to a request that is valid, and makes exactly
//! one problem.

use serde_json::{Value, json};
use whatsapp::outbound::{OutboundContent, Problems, code};

use crate::{common::json, outbound::told, outbound_requests::content_of};

/// Cases by the request that they change. A path with a value puts it there (`-` is one more
/// element of a list), one without takes away what is there. The problem is where the change is,
/// unless `at` says another place. Paths begin at the place after `under`.
macro_rules! refused {
    ($($file:ident under $root:literal {
        $($path:literal $(= $value:expr)?, $code:ident $(at $pointer:literal)?;)+
    })+) => {
        $($({
            let pointer = [$(concat!($root, $pointer),)? concat!($root, $path)][0];
            let values: &[Value] = &[$(Value::from($value))?];
            is_refused(stringify!($file), concat!($root, $path), values.first(), pointer, code::$code);
        })+)+
    };
}

fn check(content: &Value) -> Result<(), Problems> {
    OutboundContent::parse(content)?.validate()
}

fn is_refused(file: &str, path: &str, value: Option<&Value>, pointer: &str, code: &str) {
    let valid = content_of(&json(&format!("api/requests/{file}.json")));
    assert_eq!(check(&valid), Ok(()), "{file} is valid before the change");
    let mut content = valid.clone();
    change(&mut content, path, value);
    assert_ne!(content, valid, "{file} {path} was changed");
    let problems = check(&content).unwrap_err();
    assert_eq!(
        told(&problems),
        [(pointer, code)],
        "{file} {path} {value:?}: {problems}"
    );
}

fn change(content: &mut Value, path: &str, value: Option<&Value>) {
    let (parent, name) = path.rsplit_once('/').unwrap();
    match (content.pointer_mut(parent).unwrap(), value.cloned()) {
        (Value::Array(list), Some(value)) if name == "-" => list.push(value),
        (Value::Array(list), Some(value)) => list[name.parse::<usize>().unwrap()] = value,
        (Value::Array(list), None) => drop(list.remove(name.parse().unwrap())),
        (Value::Object(object), Some(value)) => drop(object.insert(name.to_owned(), value)),
        (Value::Object(object), None) => drop(object.remove(name).unwrap()),
        (other, _) => panic!("{other} holds nothing"),
    }
}

fn long(characters: usize) -> String {
    "ñ".repeat(characters)
}

#[test]
fn the_message_itself() {
    refused! {
        text under "" {
            "/type", MISSING;
            "/type" = 7, WRONG_TYPE;
            "/type" = "poll", UNSUPPORTED;
            "/to" = "+12025550111", UNKNOWN_PROPERTY;
            "/image" = json!({"id": "1"}), UNKNOWN_PROPERTY;
            "/text", MISSING;
            "/text" = "hola", WRONG_TYPE;
        }
        text_reply under "/context" {
            "/id" = "wamid.1", UNKNOWN_PROPERTY;
            "/message_id" = "", EMPTY;
            "/message_id", MISSING;
            "" = Value::Null, WRONG_TYPE;
        }
        reaction under "" { "/context" = json!({"message_id": "wamid.1"}), CONFLICT; }
        group_pin under "" { "/context" = json!({"message_id": "wamid.1"}), CONFLICT; }
    }
}

#[test]
fn words_and_files() {
    refused! {
        text under "/text" {
            "/body" = " \n", EMPTY;
            "/body" = long(4097), TOO_LONG;
            "/body" = "a\0b", WRONG_FORMAT;
            "/preview_url" = "yes", WRONG_TYPE;
        }
        image_id under "/image" {
            "/id", MISSING;
            "/link" = "https://example.com/a.jpg", CONFLICT at "";
            "/id" = 740, WRONG_TYPE;
            "/id" = "", EMPTY;
            "/caption" = long(1025), TOO_LONG;
            "/filename" = "a.jpg", UNKNOWN_PROPERTY;
        }
        image_link under "/image" {
            "/link" = "example.com/a.jpg", NOT_A_URL;
            "/link" = "file:///etc/passwd", NOT_A_URL;
            "/link" = format!("https://example.com/{}", "a".repeat(1981)), TOO_LONG;
        }
        audio_voice under "/audio" {
            "/caption" = "x", UNKNOWN_PROPERTY;
            "/voice" = 1, WRONG_TYPE;
        }
        sticker_id under "/sticker" { "/caption" = "x", UNKNOWN_PROPERTY; }
        document_id under "/document" {
            "/filename" = "", EMPTY;
            "/caption" = long(1025), TOO_LONG;
        }
    }
}

#[test]
fn places_people_and_marks() {
    let card = json("api/requests/contacts.json")["contacts"][0].clone();
    refused! {
        location under "/location" {
            "/latitude" = 90.1, OUT_OF_RANGE;
            "/longitude" = -180.5, OUT_OF_RANGE;
            "/latitude" = "44", WRONG_TYPE;
            "/longitude", MISSING;
        }
        contacts under "/contacts" {
            "" = vec![card; 258], TOO_MANY;
            "" = json!([]), EMPTY;
            "/0/name", MISSING;
            "/0/name/formatted_name", MISSING;
            "/0/name/first_name", MISSING;
            "/0/birthday" = "31/12/1990", WRONG_FORMAT;
            "/0/phones/0/number" = "1", UNKNOWN_PROPERTY;
        }
        reaction under "/reaction" {
            "/emoji" = "ok", UNSUPPORTED;
            "/emoji", MISSING;
            "/message_id" = "", EMPTY;
        }
        group_pin under "/pin" {
            "/expiration_days" = 31, OUT_OF_RANGE;
            "/type" = "stick", UNSUPPORTED;
        }
    }
}

#[test]
fn reply_buttons() {
    let button = |id: &str| json!({"type": "reply", "reply": {"id": id, "title": id}});
    let audio = json!({"type": "audio", "audio": {"id": "1"}});
    refused! {
        interactive_buttons under "/interactive" {
            "/type" = "poll", UNSUPPORTED;
            "/action", MISSING;
            "/body", MISSING;
            "/body/text" = long(1025), TOO_LONG;
            "/footer/text" = long(61), TOO_LONG;
            "/header/text" = long(61), TOO_LONG;
            "/header" = audio, UNSUPPORTED at "/header/type";
            "/header" = json!({"type": "video", "video": {}}), MISSING at "/header/video/id";
        }
        interactive_buttons under "/interactive/action/buttons" {
            "" = vec![button("1"), button("2"), button("3"), button("4")], TOO_MANY;
            "" = json!([]), EMPTY;
            "/0/reply/title" = long(21), TOO_LONG;
            "/0/reply/title" = "", EMPTY;
            "/0/reply/id" = long(257), TOO_LONG;
            "/1/reply/id" = "yes", NOT_UNIQUE;
            "/1/reply/title" = "Yes", NOT_UNIQUE;
            "/0/type" = "url", UNSUPPORTED;
        }
    }
}

#[test]
fn lists() {
    let rows = |from: usize, count: usize| -> Value {
        (from..from + count)
            .map(|row| json!({"id": format!("row-{row}"), "title": "x"}))
            .collect()
    };
    let nine = json!({"title": "x", "rows": rows(0, 9)});
    let untitled = json!({"rows": rows(0, 1)});
    let image = json!({"type": "image", "image": {"id": "1"}});
    refused! {
        interactive_list under "/interactive" {
            "/body/text" = long(4097), TOO_LONG;
            "/header" = image, UNSUPPORTED at "/header/type";
            "/action/button" = long(21), TOO_LONG;
            "/action/button", MISSING;
        }
        interactive_list under "/interactive/action/sections" {
            "" = json!([]), EMPTY;
            "/-" = nine, TOO_MANY at "";
            "/-" = untitled, MISSING at "/1/title";
            "/0/rows" = json!([]), EMPTY;
            "/0/title" = long(25), TOO_LONG;
            "/0/rows/0/title" = long(25), TOO_LONG;
            "/0/rows/0/description" = long(73), TOO_LONG;
            "/0/rows/0/id" = long(201), TOO_LONG;
            "/0/rows/1/id" = "r1", NOT_UNIQUE;
        }
    }
    let mut content = content_of(&json("api/requests/interactive_list.json"));
    content["interactive"]["action"]["sections"] = (0..11)
        .map(|index| json!({"title": "x", "rows": rows(index, 1)}))
        .collect();
    let sections = "/interactive/action/sections";
    assert_eq!(
        told(&check(&content).unwrap_err()),
        [(sections, code::TOO_MANY), (sections, code::TOO_MANY)],
        "eleven sections, and eleven rows in all"
    );
}

#[test]
fn links_places_calls_and_flows() {
    refused! {
        interactive_cta_url under "/interactive/action" {
            "/parameters/url" = "/x", NOT_A_URL;
            "/parameters/display_text" = long(21), TOO_LONG;
            "/name" = "url", UNSUPPORTED;
        }
        interactive_location_request under "/interactive" {
            "/header" = json!({"type": "text", "text": "x"}), UNSUPPORTED;
            "/footer" = json!({"text": "x"}), UNSUPPORTED;
            "/action/parameters" = json!({}), UNKNOWN_PROPERTY;
        }
        interactive_voice_call under "/interactive/action/parameters" {
            "/ttl_minutes" = 43_201, OUT_OF_RANGE;
            "/ttl_minutes" = 1.5, WRONG_TYPE;
        }
        interactive_flow under "/interactive/action/parameters" {
            "/flow_cta" = long(21), TOO_LONG;
            "/flow_cta" = "Book ✅", UNSUPPORTED;
            "/flow_name" = "booking", CONFLICT;
            "/flow_id", MISSING;
            "/flow_action_payload/screen", MISSING;
            "/flow_action_payload", MISSING at "/flow_action_payload/screen";
            "/flow_action" = "data_exchange", CONFLICT at "/flow_action_payload";
            "/flow_message_version" = "2", UNSUPPORTED;
            "/mode" = "live", UNSUPPORTED;
        }
    }
}

#[test]
fn products_and_carousels() {
    let media = json("api/requests/interactive_media_carousel.json");
    let card = media["interactive"]["action"]["cards"][1].clone();
    let reply = json!({"buttons": [{"type": "quick_reply", "quick_reply": {"id": "a", "title": "b"}}]});
    let thirty = json!({"title": "x", "product_items": vec![json!({"product_retailer_id": "a"}); 30]});
    let text = json!({"type": "text", "text": "x"});
    refused! {
        interactive_product under "/interactive" {
            "/action/catalog_id" = "", EMPTY;
            "/header" = text.clone(), UNSUPPORTED;
        }
        interactive_product_list under "/interactive" {
            "/header", MISSING;
            "/action/sections/-" = thirty, TOO_MANY at "/action/sections";
        }
        interactive_media_carousel under "/interactive" {
            "/header" = text, UNSUPPORTED;
            "/body", MISSING;
        }
        interactive_media_carousel under "/interactive/action/cards" {
            "/1", TOO_FEW at "";
            "/1/card_index" = 2, OUT_OF_RANGE;
            "/-" = card, OUT_OF_RANGE at "/2/card_index";
            "/1/header" = json!({"type": "video", "video": {"link": "https://example.com/1.mp4"}}), CONFLICT at "/1";
            "/1/header/image" = json!({"id": "1"}), UNSUPPORTED at "/1/header/image/id";
            "/1/header", MISSING at "/1/header";
            "/1/action" = reply, CONFLICT;
            "/1/body/text" = "a\nb\nc\nd", TOO_MANY;
            "/1/body/text" = long(161), TOO_LONG;
            "/0/header/image/link" = "x", NOT_A_URL;
        }
        interactive_product_carousel under "/interactive/action/cards" {
            "/1/action/catalog_id" = "2", CONFLICT at "/1/action";
            "/0/body" = json!({"text": "x"}), UNSUPPORTED;
        }
    }
}

#[test]
fn orders() {
    refused! {
        interactive_order_details under "/interactive/action/parameters" {
            "/reference_id" = long(36), TOO_LONG;
            "/currency" = "rupees", WRONG_FORMAT;
            "/type" = "goods", UNSUPPORTED;
            "/total_amount/value" = 1, CONFLICT;
            "/total_amount/offset" = 1000, OUT_OF_RANGE;
            "/order/items" = json!([]), EMPTY;
            "/order/items/0/quantity" = 0, OUT_OF_RANGE;
            "/payment_settings/0/payment_gateway", MISSING;
        }
        interactive_order_status under "/interactive/action/parameters/order" {
            "/status" = "lost", UNSUPPORTED;
            "/description" = long(121), TOO_LONG;
        }
    }
}

#[test]
fn templates() {
    let quick = json!({"type": "button", "sub_type": "quick_reply", "index": 1});
    let body = json!({"type": "body", "parameters": [{"type": "text", "text": "x"}]});
    let text = json!({"type": "text", "text": "x"});
    refused! {
        template_positional under "/template" {
            "/name" = "Order Update", WRONG_FORMAT;
            "/name" = "a".repeat(513), TOO_LONG;
            "/name" = "", EMPTY;
            "/language/code" = "english", WRONG_FORMAT;
            "/language", MISSING;
        }
        template_positional under "/template/components" {
            "/0/type" = "footer", UNSUPPORTED;
            "/0/parameters" = json!([]), EMPTY;
            "/0/parameters/-" = text.clone(), TOO_MANY at "/0/parameters";
            "/0/parameters/0/image/link" = "https://example.com", CONFLICT at "/0/parameters/0/image";
            "/1/parameters/0/text" = "", EMPTY;
            "/1/parameters/0/parameter_name" = "a", CONFLICT at "/1/parameters/1/parameter_name";
            "/-" = body, NOT_UNIQUE at "/4/type";
            "/2/index" = "10", OUT_OF_RANGE;
            "/2/index" = "first", OUT_OF_RANGE;
            "/3/index" = 0, NOT_UNIQUE;
            "/3/sub_type" = "url", UNSUPPORTED at "/3/parameters/0/type";
            "/3" = quick, MISSING at "/3/parameters";
            "/2/parameters/-" = text, TOO_MANY at "/2/parameters";
        }
        template_named under "/template/components/0/parameters" {
            "/1/parameter_name" = "first_name", NOT_UNIQUE;
            "/0/parameter_name" = "First Name", WRONG_FORMAT;
        }
        template_currency_datetime under "/template/components/0/parameters/0/currency" {
            "/code" = "$", WRONG_FORMAT;
            "/amount_1000" = "1", WRONG_TYPE;
        }
        template_coupon under "/template/components/1/parameters/0" { "/coupon_code" = long(21), TOO_LONG; }
        template_limited_time_offer under "/template/components/0/parameters/0/limited_time_offer" {
            "/expiration_time_ms" = 1_793_527_200, OUT_OF_RANGE;
        }
    }
}

#[test]
fn template_cards_and_products() {
    let payload = json!([{"type": "payload", "payload": "x"}]);
    let second = json!({"type": "button", "sub_type": "quick_reply", "index": 1, "parameters": payload});
    refused! {
        template_carousel under "/template/components/0/cards" {
            "/1", TOO_FEW at "";
            "/0/card_index" = 1, OUT_OF_RANGE;
            "/1/components/-" = second, CONFLICT at "/1/components";
            "/0/components/0/type" = "carousel", UNSUPPORTED;
        }
        template_mpm under "/template/components/0/parameters/0/action" {
            "/flow_token" = "x", UNSUPPORTED;
            "/sections", MISSING;
            "/sections/0/product_items" = json!([]), EMPTY;
            "/sections/0/title" = long(25), TOO_LONG;
        }
        template_flow under "/template/components/0/parameters/0/action" {
            "/flow_action_data" = json!([]), WRONG_TYPE;
        }
        template_catalog under "/template/components/0" { "/sub_type" = "shop", UNSUPPORTED; }
    }
}
