//! Every request that Meta documents comes out of the typed client as it went in.

use serde_json::{Value, json};
use whatsapp::outbound::{
    Captioned, Marketing, MediaRef, OutboundContent, OutboundMessage, ProductPolicy, Reaction, Recipient,
    interactive::{
        Action, Header, Interactive, Reply, ReplyButton, ReplyButtons, Row, RowSection, Sections, Words,
    },
    template::{Component, Parameter, Parameters, Template},
};

use crate::common::{json, path};

const ADDRESS: [&str; 8] = [
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "product_policy",
    "message_activity_sharing",
];

/// The fixtures that are messages.
pub fn requests() -> Vec<String> {
    let mut names: Vec<String> = std::fs::read_dir(path("api/requests"))
        .unwrap()
        .map(|entry| format!("api/requests/{}", entry.unwrap().file_name().to_str().unwrap()))
        .filter(|name| name != "api/requests/mark_read.json")
        .collect();
    names.sort();
    names
}

/// The message in a request, without its address.
pub fn content_of(request: &Value) -> Value {
    let mut content = request.clone();
    content
        .as_object_mut()
        .unwrap()
        .retain(|name, _| !ADDRESS.contains(&name.as_str()));
    content
}

/// The message that a request posts.
pub fn message_of(request: &Value) -> OutboundMessage {
    let text = |name: &str| request[name].as_str().map(str::to_owned);
    let recipient = match (text("recipient_type").as_deref(), text("recipient")) {
        (_, Some(id)) => Recipient::UserId(id),
        (Some("group"), None) => Recipient::Group(text("to").unwrap()),
        _ => Recipient::Phone(text("to").unwrap()),
    };
    let parsed = OutboundContent::parse(&content_of(request)).unwrap();
    let marketing = text("product_policy").map(|policy| Marketing {
        product_policy: match policy.as_str() {
            "STRICT" => ProductPolicy::Strict,
            other => panic!("{other}"),
        },
        message_activity_sharing: request["message_activity_sharing"].as_bool().unwrap(),
    });
    OutboundMessage {
        context_wamid: parsed.context_wamid,
        callback_data: text("biz_opaque_callback_data"),
        identity_key_hash: text("recipient_identity_key_hash"),
        marketing,
        ..OutboundMessage::new(recipient, parsed.content)
    }
}

#[test]
fn every_documented_request_is_valid_and_comes_out_as_it_went_in() {
    let requests = requests();
    assert!(requests.len() >= 40, "{}", requests.len());
    for name in requests {
        let request = json(&name);
        let message = message_of(&request);
        assert_eq!(message.validate(), Ok(()), "{name}");
        assert_eq!(serde_json::to_value(&message).unwrap(), request, "{name}");
        let stored = OutboundContent::parse(&content_of(&request)).unwrap();
        assert_eq!(stored.to_value(), content_of(&request), "{name}");
        assert_eq!(Some(message.content.kind()), request["type"].as_str());
    }
}

#[test]
fn every_component_of_a_template_is_taken() {
    let header =
        |kind: &str, content: Value| json!({"type": "header", "parameters": [{"type": kind, kind: content}]});
    let button = |sub_type: &str, parameters: Value| json!({"type": "button", "sub_type": sub_type, "index": 0, "parameters": parameters});
    let order =
        json("api/requests/interactive_order_details.json")["interactive"]["action"]["parameters"].clone();
    let status =
        json("api/requests/interactive_order_status.json")["interactive"]["action"]["parameters"].clone();
    let components = [
        header("text", json!("42")),
        header("video", json!({"link": "https://example.com/a.mp4"})),
        header("document", json!({"id": "1", "filename": "a.pdf"})),
        header(
            "location",
            json!({"latitude": 1.5, "longitude": 2.5, "name": "n", "address": "a"}),
        ),
        header(
            "product",
            json!({"product_retailer_id": "SKU-1", "catalog_id": "1"}),
        ),
        button(
            "voice_call",
            json!([{"type": "ttl_minutes", "ttl_minutes": 100}, {"type": "payload", "payload": "x"}]),
        ),
        button(
            "order_details",
            json!([{"type": "action", "action": {"order_details": order}}]),
        ),
        button(
            "spm",
            json!([{"type": "action", "action": {"thumbnail_product_retailer_id": "SKU-1"}}]),
        ),
        json!({"type": "button", "sub_type": "flow", "index": "0"}),
        json!({"type": "order_status", "parameters": [{"type": "order_status", "order_status": status}]}),
        json!({"type": "tap_target_configuration", "parameters": [{"type": "tap_target_configuration",
            "tap_target_configuration": [{"url": "https://example.com", "title": "Shop"}]}]}),
    ];
    for component in components {
        taken(
            &json!({"type": "template", "template": {"name": "t", "language": {"code": "es", "policy": "deterministic"},
            "components": [component]}}),
        );
    }
}

#[test]
fn what_else_can_be_tapped_is_taken() {
    let replies = |index| {
        json!({"card_index": index, "header": {"type": "video", "video": {"link": "https://example.com/v.mp4"}},
        "action": {"buttons": [{"type": "quick_reply", "quick_reply": {"id": format!("r{index}"), "title": "Yes"}}]}})
    };
    taken(
        &json!({"type": "interactive", "interactive": {"type": "carousel", "body": {"text": "b"},
        "action": {"cards": [replies(0), replies(1)]}}}),
    );
    taken(
        &json!({"type": "interactive", "interactive": {"type": "address_message", "body": {"text": "b"},
        "action": {"name": "address_message", "parameters": {"country": "IN", "values": {"name": "Ana"},
            "saved_addresses": [{"id": "1", "value": {"city": "Pune"}}]}}}}),
    );
    taken(
        &json!({"type": "interactive", "interactive": {"type": "catalog_message", "body": {"text": "b"},
        "action": {"name": "catalog_message"}}}),
    );
    taken(&json!({"type": "pin", "pin": {"type": "unpin", "message_id": "wamid.1"}}));
    taken(
        &json!({"type": "video", "video": {"id": "1", "caption": "c"}, "context": {"message_id": "wamid.1"}}),
    );
}

fn taken(value: &Value) {
    let parsed = OutboundContent::parse(value).unwrap();
    assert_eq!(parsed.validate(), Ok(()), "{value}");
    assert_eq!(&parsed.to_value(), value);
}

fn sent(content: OutboundContent) -> Value {
    let message = OutboundMessage::new(Recipient::Phone("+1 (202) 555-0111".to_owned()), content);
    message.validate().unwrap();
    serde_json::to_value(&message).unwrap()
}

fn reply(id: &str, title: &str) -> ReplyButton {
    ReplyButton::Reply(Reply {
        id: id.to_owned(),
        title: title.to_owned(),
    })
}

#[test]
fn buttons_and_lists_built_by_hand_have_metas_shape() {
    let buttons = vec![reply("yes", "Yes"), reply("no", "No")];
    let mut interactive = Interactive::new("Choose", Action::Buttons(ReplyButtons { buttons }));
    interactive.header = Some(Header::Text("Confirm".to_owned()));
    interactive.footer = Some(Words {
        text: "Example".to_owned(),
    });
    assert_eq!(
        sent(OutboundContent::Interactive(interactive)),
        json("api/requests/interactive_buttons.json")
    );

    let row = |id: &str, title: &str, description: Option<&str>| Row {
        id: id.to_owned(),
        title: title.to_owned(),
        description: description.map(str::to_owned),
    };
    let rows = vec![
        row("r1", "Express", Some("Next day")),
        row("r2", "Standard", None),
    ];
    let sections = Sections {
        button: "Options".to_owned(),
        sections: vec![RowSection {
            title: Some("Delivery".to_owned()),
            rows,
        }],
    };
    let mut list = Interactive::new("Choose", Action::List(sections));
    list.header = Some(Header::Text("Delivery".to_owned()));
    assert_eq!(
        sent(OutboundContent::Interactive(list)),
        json("api/requests/interactive_list.json")
    );
}

#[test]
fn a_file_a_mark_and_a_template_built_by_hand_have_metas_shape() {
    let request = Interactive::new("Choose", Action::LocationRequest);
    assert_eq!(
        sent(OutboundContent::Interactive(request)),
        json("api/requests/interactive_location_request.json")
    );

    let image = Captioned {
        media: MediaRef::Id("740000000000001".to_owned()),
        caption: Some("Here".to_owned()),
    };
    assert_eq!(
        sent(OutboundContent::Image(image)),
        json("api/requests/image_id.json")
    );

    let expected = json("api/requests/reaction_remove.json");
    let reaction = Reaction {
        message_id: expected["reaction"]["message_id"].as_str().unwrap().to_owned(),
        emoji: String::new(),
    };
    assert_eq!(sent(OutboundContent::Reaction(reaction)), expected);

    let parameters = vec![
        Parameter::named("first_name", "Ana"),
        Parameter::named("order", "42"),
    ];
    let template = Template {
        components: Some(vec![Component::Body(Parameters { parameters })]),
        ..Template::new("order_update", "en_US")
    };
    assert_eq!(
        sent(OutboundContent::Template(template)),
        json("api/requests/template_named.json")
    );
}
