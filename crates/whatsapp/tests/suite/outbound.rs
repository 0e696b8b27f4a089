//! The address around a message, and what is common to all types.

use serde_json::json;
use whatsapp::{
    outbound::{
        MediaRef, OutboundContent, OutboundMessage, ParsedOutbound, Problems, Recipient, Text, code,
        template::Template,
    },
    webhook::MediaKind,
};

use crate::{common::json, outbound_requests::message_of};

fn to_phone(body: &str) -> OutboundMessage {
    OutboundMessage::text(Recipient::from_user_key("12025550111"), body)
}

/// Where and what, of every problem.
pub fn told(problems: &Problems) -> Vec<(&str, &str)> {
    problems
        .as_slice()
        .iter()
        .map(|problem| (problem.pointer.as_str(), problem.code))
        .collect()
}

fn parse(value: &serde_json::Value) -> Result<ParsedOutbound, Problems> {
    OutboundContent::parse(value)
}

#[test]
fn a_text_has_metas_shape() {
    let mut preview = to_phone("");
    preview.content = OutboundContent::Text(Text {
        body: "See https://example.com".to_owned(),
        preview_url: Some(true),
    });
    assert_eq!(
        serde_json::to_value(&preview).unwrap(),
        json("api/requests/text.json")
    );

    let mut reply = to_phone("Sure");
    let expected = json("api/requests/text_reply.json");
    reply.context_wamid = expected["context"]["message_id"].as_str().map(str::to_owned);
    assert_eq!(serde_json::to_value(&reply).unwrap(), expected);
}

#[test]
fn a_user_id_goes_into_recipient() {
    let message = OutboundMessage::text(Recipient::from_user_key("US.90000000000000000001"), "Hi");
    assert_eq!(
        serde_json::to_value(&message).unwrap(),
        json("api/requests/text_to_bsuid.json")
    );
}

#[test]
fn callback_data_travels_under_metas_name() {
    let mut message = to_phone("Hi");
    message.callback_data = Some("01HF".to_owned());
    let value = serde_json::to_value(&message).unwrap();
    assert_eq!(value["biz_opaque_callback_data"], "01HF");
}

#[test]
fn the_address_is_checked_with_the_message_and_all_is_told() {
    assert_eq!(to_phone(&"ñ".repeat(4096)).validate(), Ok(()));
    let mut message = to_phone(&"ñ".repeat(4097));
    message.recipient = Recipient::Phone("abc".to_owned());
    message.callback_data = Some("x".repeat(513));
    message.context_wamid = Some(String::new());
    let problems = message.validate().unwrap_err();
    assert_eq!(
        told(&problems),
        [
            ("/to", code::WRONG_FORMAT),
            ("/context/message_id", code::EMPTY),
            ("/text/body", code::TOO_LONG),
            ("/biz_opaque_callback_data", code::TOO_LONG),
        ]
    );
    let reason = problems.as_slice()[2].reason.as_str();
    assert_eq!(reason, "must have at most 4096 characters; it has 4097");
    message.callback_data = Some("ñ".repeat(512));
    assert_eq!(message.validate().unwrap_err().as_slice().len(), 3);

    let other = |recipient| OutboundMessage::text(recipient, "x").validate().unwrap_err();
    assert_eq!(
        told(&other(Recipient::UserId("abc".to_owned()))),
        [("/recipient", code::WRONG_FORMAT)]
    );
    assert_eq!(
        told(&other(Recipient::Group(" ".to_owned()))),
        [("/to", code::EMPTY)]
    );
}

#[test]
fn a_pin_is_for_groups_and_marketing_is_for_templates() {
    let mut pin = message_of(&json("api/requests/group_pin.json"));
    assert_eq!(pin.validate(), Ok(()));
    pin.recipient = Recipient::Phone("12025550111".to_owned());
    assert_eq!(told(&pin.validate().unwrap_err()), [("/type", code::CONFLICT)]);

    let mut promo = message_of(&json("api/requests/marketing_messages_template.json"));
    assert_eq!(promo.validate(), Ok(()));
    promo.content = to_phone("x").content;
    assert_eq!(
        told(&promo.validate().unwrap_err()),
        [("/product_policy", code::CONFLICT)]
    );
}

#[test]
fn every_wrong_property_is_named_at_once() {
    let wrong = json!({
        "type": "interactive",
        "to": "+12025550111",
        "interactive": {
            "type": "button",
            "body": {"text": 7, "a/b~c": 1},
            "action": {"buttons": [{"type": "reply", "reply": {"id": "1"}}, {"type": "call"}, 3]},
        },
    });
    assert_eq!(
        told(&parse(&wrong).unwrap_err()),
        [
            ("/to", code::UNKNOWN_PROPERTY),
            ("/interactive/body/a~1b~0c", code::UNKNOWN_PROPERTY),
            ("/interactive/body/text", code::WRONG_TYPE),
            ("/interactive/action/buttons/0/reply/title", code::MISSING),
            ("/interactive/action/buttons/1/type", code::UNSUPPORTED),
            ("/interactive/action/buttons/2", code::WRONG_TYPE),
        ]
    );
}

#[test]
fn a_hostile_body_gets_a_short_answer() {
    let rows: Vec<_> = (0..10_000).map(|_| json!({})).collect();
    let many = json!({"type": "contacts", "contacts": rows});
    assert_eq!(parse(&many).unwrap_err().as_slice().len(), 100);
}

#[test]
fn only_a_template_opens_a_closed_window() {
    for name in crate::outbound_requests::requests() {
        let content = message_of(&json(&name)).content;
        assert_eq!(
            content.opens_by_template(),
            content.kind() == "template",
            "{name}"
        );
    }
}

#[test]
fn a_list_of_conversations_has_words_to_show() {
    for (name, words) in [
        ("text", Some("See https://example.com")),
        ("image_id", Some("Here")),
        ("image_link", None),
        ("document_id", Some("Invoice")),
        ("sticker_id", None),
        ("audio_voice", None),
        ("location", Some("Cafe")),
        ("contacts", Some("Carla Ejemplo")),
        ("reaction", Some("👍")),
        ("reaction_remove", None),
        ("interactive_buttons", Some("Choose")),
        ("template_named", Some("order_update")),
        ("group_pin", None),
    ] {
        let content = message_of(&json(&format!("api/requests/{name}.json"))).content;
        assert_eq!(content.summary().as_deref(), words, "{name}");
    }
}

#[test]
fn every_file_of_a_message_can_be_replaced_by_what_meta_calls_it() {
    let cards = "/interactive/action/cards";
    for (name, places) in [
        ("image_id", vec!["/image"]),
        ("audio_voice", vec!["/audio"]),
        ("document_id", vec!["/document"]),
        ("sticker_id", vec!["/sticker"]),
        (
            "interactive_media_carousel",
            vec![
                "/interactive/action/cards/0/header/image",
                "/interactive/action/cards/1/header/image",
            ],
        ),
        (
            "template_positional",
            vec!["/template/components/0/parameters/0/image"],
        ),
        (
            "template_carousel",
            vec![
                "/template/components/0/cards/0/components/0/parameters/0/image",
                "/template/components/0/cards/1/components/0/parameters/0/image",
            ],
        ),
        ("interactive_product_carousel", vec![]),
        ("text", vec![]),
    ] {
        let mut message = message_of(&json(&format!("api/requests/{name}.json")));
        assert_eq!(message.content.media_refs().len(), places.len(), "{name} {cards}");
        for (index, (_, media)) in message.content.media_refs_mut().into_iter().enumerate() {
            *media = MediaRef::Id(format!("new-{index}"));
        }
        let sent = serde_json::to_value(&message).unwrap();
        for (index, place) in places.iter().enumerate() {
            let media = sent.pointer(place).unwrap();
            assert_eq!(media["id"], format!("new-{index}"), "{name}");
            assert!(media.get("link").is_none(), "{name}");
        }
    }
}

#[test]
fn files_are_found_with_their_kind() {
    let header = json!({"type": "document", "document": {"id": "7", "filename": "a.pdf"}});
    let mut buttons = json("api/requests/interactive_buttons.json");
    buttons["interactive"]["header"] = header;
    let message = message_of(&buttons);
    assert_eq!(message.validate(), Ok(()));
    assert_eq!(
        message.content.media_refs(),
        [(MediaKind::Document, &MediaRef::Id("7".to_owned()))]
    );
    assert_eq!(message.content.media(), None);
    let sticker = message_of(&json("api/requests/sticker_id.json")).content;
    assert_eq!(sticker.media(), Some(&MediaRef::Id("740000000000007".to_owned())));
}

#[test]
fn an_orders_pictures_are_found_in_messages_and_in_buttons() {
    let mut request = json("api/requests/interactive_order_details.json");
    let parameters = &mut request["interactive"]["action"]["parameters"];
    parameters["order"]["items"][0]["image"] = json!({"id": "7"});
    let action = json!({"order_details": parameters.clone()});
    let button = json!({"type": "button", "sub_type": "order_details", "index": 0,
        "parameters": [{"type": "action", "action": action}]});
    let template = json!({"name": "t", "language": {"code": "es"}, "components": [button]});
    let template = parse(&json!({"type": "template", "template": template})).unwrap();
    assert_eq!(template.validate(), Ok(()));
    for mut content in [message_of(&request).content, template.content] {
        let picture = MediaRef::Id("7".to_owned());
        assert_eq!(content.media_refs(), [(MediaKind::Image, &picture)]);
        assert_eq!(content.media_refs_mut().len(), 1);
    }
}

#[test]
fn an_authentication_code_is_short_and_goes_in_twice() {
    let template = Template::authentication("login_code", "en_US", "482913");
    let message = OutboundMessage::new(
        Recipient::from_user_key("12025550111"),
        OutboundContent::Template(template.clone()),
    );
    assert_eq!(
        serde_json::to_value(&message).unwrap(),
        json("api/requests/template_authentication.json")
    );
    assert_eq!(message.validate(), Ok(()));
    assert_eq!(template.validate_authentication(), Ok(()));
    let long = Template::authentication("login_code", "en_US", &"1".repeat(16));
    assert_eq!(
        told(&long.validate_authentication().unwrap_err()),
        [
            ("/template/components/0/parameters/0/text", code::TOO_LONG),
            ("/template/components/1/parameters/0/text", code::TOO_LONG),
        ]
    );
    let bare = Template::new("login_code", "en_US").validate_authentication();
    assert_eq!(
        told(&bare.unwrap_err()),
        [("/template/components", code::CONFLICT)]
    );
}
