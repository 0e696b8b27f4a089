use whatsapp::{
    error::{Advice, ErrorClass},
    webhook::{Change, Content, Envelope, Item, Status},
};

use crate::common::{bytes, items, json, messages, statuses};

#[test]
fn every_body_yields_what_the_index_says() {
    for fixture in json("index.json")["fixtures"].as_array().unwrap() {
        let name = fixture["file"].as_str().unwrap();
        let Ok(envelope) = Envelope::parse(&bytes(name)) else {
            assert_eq!(name, "hostile/truncated.json");
            continue;
        };
        if fixture["raw"] == true || name == "hostile/object_instagram.json" {
            continue;
        }
        let counts = &fixture["counts"];
        assert_eq!(envelope.changes.len() as u64, counts["changes"], "{name}");
        assert!(envelope.poisoned.is_empty(), "{name}");
        let items: Vec<_> = envelope.changes.iter().flat_map(Change::items).collect();
        let count = |wanted: &dyn Fn(&Item) -> bool| items.iter().filter(|item| wanted(item)).count() as u64;
        let read = count(&|item| matches!(item, Item::Message(_) | Item::System(_)));
        let set_aside = count(&|item| matches!(item, Item::Poisoned(_)));
        let told = count(&|item| matches!(item, Item::Outside(message) if message.is_history));
        let moved = count(&|item| match item {
            Item::Status(_) => true,
            Item::Event(event) => event.raw.get().contains("recipient_id"),
            _ => false,
        });
        if fixture["confidence"] == "hostile" {
            if let Some(good) = fixture["expect"]["good_messages"].as_u64() {
                assert_eq!(read, good, "{name}");
            }
            if counts["messages"] != 0 {
                assert_eq!(read + set_aside, counts["messages"], "{name}");
            }
            continue;
        }
        assert_eq!(set_aside, 0, "{name}");
        if fixture["field"] == "messages" {
            assert_eq!(read, counts["messages"], "{name}");
            assert_eq!(moved, counts["statuses"], "{name}");
        } else if fixture["field"] == "history" {
            assert!(told >= counts["messages"].as_u64().unwrap(), "{name}");
        }
        let empty = items.is_empty() && !name.ends_with("/standby_empty.json");
        assert!(!empty, "{name} yields nothing");
    }
}

/// `system.user_changed_number` is a `system`, and `text (group)` a text.
#[test]
fn every_message_is_of_the_type_that_the_index_says() {
    let mut seen = std::collections::BTreeSet::new();
    for fixture in json("index.json")["fixtures"].as_array().unwrap() {
        let name = fixture["file"].as_str().unwrap();
        let kind = fixture["type"].as_str().unwrap();
        let word = kind.split(['.', ' ']).next().unwrap();
        if !name.starts_with("messages/") || ["errors", "user_actions"].contains(&word) {
            continue;
        }
        let found = match items(name).remove(0) {
            Item::Message(message) => message.content.kind,
            Item::System(notice) => notice.content.kind,
            item => panic!("{name}: {item:?}"),
        };
        assert_eq!(found, word, "{name}");
        seen.insert(found);
    }
    assert_eq!(seen.len(), 17, "{seen:?}");
}

#[test]
fn a_text_is_read_whole() {
    let envelope = Envelope::parse(&bytes("messages/text.json")).unwrap();
    let change = &envelope.changes[0];
    assert_eq!(change.waba_id.as_deref(), Some("700000000000001"));
    assert_eq!(change.phone_number_id.as_deref(), Some("800000000000001"));
    assert_eq!(change.display_phone_number.as_deref(), Some("12025550100"));
    let message = messages(change.items()).remove(0);
    assert_eq!(message.timestamp.unwrap().timestamp(), 1_793_440_800);
    assert_eq!(message.from.phone.as_deref(), Some("12025550111"));
    assert_eq!(message.from.user_id.as_deref(), Some("US.90000000000000000001"));
    assert_eq!(message.user_key(), "12025550111");
    assert_eq!(message.from.name.as_deref(), Some("Ana Prueba"));
    let wanted = Content {
        kind: "text".to_owned(),
        body: Some("Does it come in another color?".to_owned()),
        is_news: true,
        opens_window: true,
        ..Content::default()
    };
    assert_eq!(message.content, wanted);
    assert!(message.raw.get().contains(&message.wamid));
}

#[test]
fn a_hidden_phone_leaves_the_user_id_as_key() {
    let message = messages(items("messages/text_bsuid_only_empty_strings.json")).remove(0);
    assert_eq!(message.from.phone, None);
    assert_eq!(message.user_key(), "US.90000000000000000001");
    assert_eq!(message.from.name.as_deref(), Some("Ana Prueba"));
    assert_eq!(message.from.username.as_deref(), Some("ana.prueba"));
}

#[test]
fn contacts_are_joined_by_id_and_not_by_position() {
    let messages = messages(items("batch/three_messages_one_change_contacts_shuffled.json"));
    let names: Vec<_> = messages
        .iter()
        .filter_map(|message| message.from.name.as_deref())
        .collect();
    assert_eq!(names, ["Ana Prueba", "Bruno", "Carol"]);
}

#[test]
fn two_accounts_in_one_body_stay_apart() {
    let envelope = Envelope::parse(&bytes("batch/two_wabas_in_one_post.json")).unwrap();
    let ids: Vec<_> = envelope.phone_number_ids().into_iter().collect();
    assert_eq!(ids, ["800000000000001", "800000000000002"]);
    assert_eq!(envelope.changes[1].waba_id.as_deref(), Some("700000000000002"));
}

#[test]
fn statuses_carry_what_a_sender_needs() {
    let mut status = statuses(items("statuses/failed_131047.json"));
    let failed = status.remove(0);
    assert_eq!(failed.status, Status::Failed);
    assert_eq!(failed.recipient.as_deref(), Some("12025550111"));
    assert_eq!(failed.errors[0].code, Some(131_047));
    assert_eq!(failed.errors[0].class(), ErrorClass::Permanent);
    assert_eq!(failed.errors[0].advice(), Advice::UseTemplate);

    let bsuid = statuses(items("statuses/delivered_bsuid_only.json")).remove(0);
    assert_eq!(
        bsuid.recipient_user_id.as_deref(),
        Some("US.90000000000000000001")
    );
}

#[test]
fn callback_data_comes_back() {
    let body = br#"{"entry":[{"changes":[{"field":"messages","value":{"statuses":[
        {"id":"wamid.1","status":"sent","timestamp":1793440810,"biz_opaque_callback_data":"01HF"}]}}]}]}"#;
    let status = statuses(crate::common::items_of(body)).remove(0);
    assert_eq!(status.callback_data.as_deref(), Some("01HF"));
    assert_eq!(status.timestamp.unwrap().timestamp(), 1_793_440_810);
}

#[test]
fn a_handover_names_its_line_too() {
    let envelope = Envelope::parse(&bytes("fields/messaging_handovers_control_passed.json")).unwrap();
    assert_eq!(
        envelope.changes[0].phone_number_id.as_deref(),
        Some("800000000000001")
    );
}
