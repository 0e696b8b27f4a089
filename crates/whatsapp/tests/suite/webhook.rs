use whatsapp::{
    error::{Advice, ErrorClass},
    webhook::{Change, Envelope, InboundContent, Item, OtherKind, Status},
};

use crate::common::{bytes, items, json, messages, statuses};

#[test]
fn every_well_formed_body_yields_all_it_holds() {
    for (name, counts) in json("counts.json").as_object().unwrap() {
        let envelope = Envelope::parse(&bytes(name)).unwrap();
        assert_eq!(envelope.changes.len() as u64, counts["changes"], "{name}");
        assert!(envelope.poisoned.is_empty(), "{name}");
        let items = envelope
            .changes
            .iter()
            .filter(|change| change.field == "messages");
        let items: Vec<_> = items.flat_map(Change::items).collect();
        let poisoned = items
            .iter()
            .filter(|item| matches!(item, Item::Poisoned(_)))
            .count();
        assert_eq!(poisoned, usize::from(name.contains("malformed")), "{name}");
        let only = |field: &str| envelope.changes.iter().all(|change| change.field == field);
        if only("messages") {
            let about = |kind: &[OtherKind]| {
                let is = |item: &&Item| matches!(item, Item::Other { kind: k, .. } if kind.contains(k));
                items.iter().filter(is).count()
            };
            let written = items
                .iter()
                .filter(|item| matches!(item, Item::Message(_)))
                .count()
                + about(&[OtherKind::GroupMessage, OtherKind::System])
                + poisoned;
            let moved = items
                .iter()
                .filter(|item| matches!(item, Item::Status(_)))
                .count()
                + about(&[OtherKind::GroupStatus, OtherKind::PaymentStatus]);
            assert_eq!(written as u64, counts["messages"], "{name}");
            assert_eq!(moved as u64, counts["statuses"], "{name}");
        }
    }
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
    assert_eq!(message.from.as_deref(), Some("12025550111"));
    assert_eq!(message.from_user_id.as_deref(), Some("US.90000000000000000001"));
    assert_eq!(message.user_key, "12025550111");
    assert_eq!(message.profile_name.as_deref(), Some("Ana Prueba"));
    assert_eq!(message.kind, "text");
    let body = "Does it come in another color?".to_owned();
    assert_eq!(message.content, InboundContent::Text { body });
    assert!(message.raw.get().contains(&message.wamid));
}

#[test]
fn a_hidden_phone_leaves_the_user_id_as_key() {
    let message = messages(items("messages/text_bsuid_only_empty_strings.json")).remove(0);
    assert_eq!(message.from, None);
    assert_eq!(message.user_key, "US.90000000000000000001");
    assert_eq!(message.profile_name.as_deref(), Some("Ana Prueba"));
}

#[test]
fn contacts_are_joined_by_id_and_not_by_position() {
    let messages = messages(items("batch/three_messages_one_change_contacts_shuffled.json"));
    let names: Vec<_> = messages
        .iter()
        .filter_map(|message| message.profile_name.as_deref())
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

    let unknown = statuses(items("statuses/unknown_status.json")).remove(0);
    assert_eq!(unknown.status, Status::Other("warning".to_owned()));
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
fn groups_payments_and_notices_are_no_conversation() {
    let kind_of = |name: &str| match items(name).remove(0) {
        Item::Other { kind, .. } => kind,
        item => panic!("{name}: {item:?}"),
    };
    assert_eq!(kind_of("messages/group_text.json"), OtherKind::GroupMessage);
    assert_eq!(
        kind_of("statuses/group_delivered_aggregated.json"),
        OtherKind::GroupStatus
    );
    assert_eq!(kind_of("statuses/payment_refund.json"), OtherKind::PaymentStatus);
    assert_eq!(
        kind_of("messages/system_user_changed_user_id.json"),
        OtherKind::System
    );
    assert_eq!(kind_of("messages/value_errors_130429.json"), OtherKind::LineError);
    assert_eq!(
        kind_of("messages/user_actions_link_click.json"),
        OtherKind::UserAction
    );
}

#[test]
fn echoes_and_history_are_changes_without_items() {
    for name in ["fields/smb_message_echoes_text.json", "fields/history_media.json"] {
        let envelope = Envelope::parse(&bytes(name)).unwrap();
        assert_ne!(envelope.changes[0].field, "messages");
        assert!(envelope.changes[0].items().is_empty(), "{name}");
        assert!(envelope.changes[0].value.get().len() > 2, "{name}");
    }
}

#[test]
fn a_handover_names_its_line_too() {
    let envelope = Envelope::parse(&bytes("fields/messaging_handovers_control_passed.json")).unwrap();
    assert_eq!(
        envelope.changes[0].phone_number_id.as_deref(),
        Some("800000000000001")
    );
}
