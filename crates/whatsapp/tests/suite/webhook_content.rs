//! What messages of every type say, refer to and count for.

use whatsapp::webhook::{Content, Item};

use crate::common::{items, items_of};

fn content(name: &str) -> Content {
    match items(name).remove(0) {
        Item::Message(message) => message.content,
        Item::System(notice) => notice.content,
        Item::Outside(message) => message.content,
        item => panic!("{name}: {item:?}"),
    }
}

fn of(message: &str) -> Content {
    let body = format!(
        r#"{{"entry":[{{"changes":[{{"field":"messages","value":{{"messages":[
            {{"id":"wamid.1","from":"1202",{message}}}]}}}}]}}]}}"#
    );
    match items_of(body.as_bytes()).remove(0) {
        Item::Message(message) => message.content,
        item => panic!("{item:?}"),
    }
}

#[test]
fn the_words_of_every_type_are_found() {
    for (name, words) in [
        ("messages/image.json", Some("This one")),
        ("messages/audio_voice_note.json", None),
        ("messages/document.json", Some("Invoice")),
        ("messages/button_template_quick_reply.json", Some("Confirm")),
        ("messages/interactive_button_reply.json", Some("10:00")),
        ("messages/interactive_list_reply.json", Some("Express")),
        ("messages/interactive_nfm_reply_flow.json", Some("Sent")),
        (
            "messages/interactive_nfm_reply_address.json",
            Some("1 Example Rd\nMumbai"),
        ),
        (
            "messages/interactive_call_permission_accept_temporary.json",
            Some("accept"),
        ),
        ("messages/interactive_product.json", Some("SKU-42")),
        ("messages/interactive_missing_object.json", None),
        ("messages/order.json", Some("Leave at the door")),
        ("messages/reaction.json", Some("👍🏽")),
        ("messages/reaction_removed.json", None),
        ("messages/reaction_removed_empty_string.json", None),
        ("messages/location_minimal.json", Some("-33, 0")),
        ("messages/contacts_shared_vcard.json", Some("Dan Example")),
        ("messages/contacts_contact_request.json", Some("+12025550111")),
        ("messages/edit_text.json", Some("corrected")),
        ("messages/revoke.json", None),
        ("messages/unsupported_131051.json", None),
        ("messages/request_welcome.json", None),
        ("fields/smb_message_echoes_edit.json", Some("fixed typo")),
    ] {
        assert_eq!(content(name).body.as_deref(), words, "{name}");
    }
    let unknown = of(r#""type":"interactive","interactive":{"type":"x_reply","x_reply":{"title":"neu"}}"#);
    assert_eq!(unknown.body.as_deref(), Some("neu"));
}

#[test]
fn the_payload_holds_what_the_words_do_not() {
    let payload =
        |content: Content| -> serde_json::Value { serde_json::from_str(&content.payload.unwrap()).unwrap() };
    assert_eq!(content("messages/text.json").payload, None);
    let reply = payload(content("messages/text_reply_to_business_message.json"));
    assert_eq!(reply["text"]["body"], "Yes please");
    assert_eq!(reply["context"]["from"], "12025550100");
    for key in ["id", "from", "from_user_id", "timestamp", "type"] {
        assert!(reply.get(key).is_none(), "{key}");
    }
    let ad = payload(content("messages/text_ctwa_referral_image.json"));
    assert_eq!(ad["referral"]["source_type"], "ad");
    let image = payload(content("messages/image.json"));
    assert_eq!(image["image"]["id"], "740000000000001");
    let failed = payload(content("messages/unsupported_131051.json"));
    assert_eq!(failed["errors"][0]["code"], 131_051);
    let group = payload(content("messages/group_text.json"));
    assert_eq!(group["sender"]["name"], "Ana Prueba");
    assert!(group.get("group_id").is_none());
    let nul = of(r#""type":"button","button":{"text":"a\u0000","payload":"\ud83d"}"#);
    assert_eq!(payload(nul)["button"]["text"], "a\u{FFFD}");
}

#[test]
fn what_is_answered_reacted_to_edited_or_taken_back_is_named() {
    let business = "wamid.HBgLMTIwMjU1NTAxMTEVAgARGBJGNDRDMzBEMDdEMzMxQzZGRjYA";
    let own = "wamid.HBgLMTIwMjU1NTAxMTEVAgASGBQxNEUwRkZEQzgyMTVDODFEQTBDRAA=";
    for (name, target) in [
        ("messages/text_reply_to_business_message.json", Some(business)),
        ("messages/text_forwarded.json", None),
        ("messages/reaction.json", Some(business)),
        ("messages/reaction_removed.json", Some(business)),
        ("messages/edit_text.json", Some(own)),
        ("messages/revoke.json", Some(own)),
    ] {
        assert_eq!(content(name).context_wamid.as_deref(), target, "{name}");
    }
}

#[test]
fn only_what_somebody_said_counts_and_opens_the_window() {
    for (name, is_news, opens_window) in [
        ("messages/text.json", true, true),
        ("messages/sticker_animated.json", true, true),
        ("messages/unsupported_131051.json", true, true),
        (
            "messages/interactive_call_permission_accept_permanent.json",
            true,
            true,
        ),
        (
            "messages/interactive_call_permission_automatic.json",
            false,
            false,
        ),
        ("messages/group_text.json", true, false),
        ("messages/reaction.json", false, false),
        ("messages/edit_text.json", false, false),
        ("messages/revoke.json", false, false),
        ("messages/request_welcome.json", false, false),
    ] {
        let content = content(name);
        assert_eq!(
            (content.is_news, content.opens_window),
            (is_news, opens_window),
            "{name}"
        );
    }
    let edited = of(r#""type":"unsupported","unsupported":{"type":"edit"}"#);
    assert!(!edited.is_news);
}

#[test]
fn a_type_that_nobody_knows_is_kept_if_it_is_a_word() {
    for (kind, kept) in [
        ("hologram", "hologram"),
        ("poll_creation", "poll_creation"),
        ("No Word", "unknown"),
        ("", "unknown"),
    ] {
        assert_eq!(of(&format!(r#""type":"{kind}""#)).kind, kept);
    }
    assert_eq!(of(&format!(r#""type":"{}""#, "x".repeat(41))).kind, "unknown");
}
