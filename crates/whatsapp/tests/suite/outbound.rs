use whatsapp::outbound::{OutboundContent, OutboundMessage, Recipient};

use crate::common::json;

fn to_phone(body: &str) -> OutboundMessage {
    OutboundMessage::text(Recipient::from_user_key("12025550111"), body)
}

#[test]
fn a_text_has_metas_shape() {
    let mut preview = to_phone("");
    preview.content = OutboundContent::Text {
        body: "See https://example.com".to_owned(),
        preview_url: true,
    };
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
fn limits_are_metas_and_name_the_property() {
    assert_eq!(to_phone(&"ñ".repeat(4096)).validate(), Ok(()));
    let field = |message: &OutboundMessage| message.validate().unwrap_err().field;
    assert_eq!(field(&to_phone(&"ñ".repeat(4097))), "text.body");
    assert_eq!(field(&to_phone("")), "text.body");
    assert_eq!(
        field(&OutboundMessage::text(Recipient::Phone("abc".into()), "x")),
        "to"
    );
    assert_eq!(
        field(&OutboundMessage::text(Recipient::UserId("abc".into()), "x")),
        "recipient"
    );
    let mut message = to_phone("x");
    message.callback_data = Some("x".repeat(513));
    assert_eq!(field(&message), "biz_opaque_callback_data");
    message.context_wamid = Some(String::new());
    assert_eq!(field(&message), "context.message_id");
}
