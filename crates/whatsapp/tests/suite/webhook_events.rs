//! What is no message to the line: notices, echoes, history, and the other fields.

use whatsapp::webhook::{Act, Envelope, Item, LineEvent, OutsideMessage, Status, SystemNotice};

use crate::common::{bytes, items};

fn notice(name: &str) -> SystemNotice {
    match items(name).remove(0) {
        Item::System(notice) => notice,
        item => panic!("{name}: {item:?}"),
    }
}

fn outside(name: &str) -> Vec<OutsideMessage> {
    items(name)
        .into_iter()
        .map(|item| match item {
            Item::Outside(message) => message,
            item => panic!("{name}: {item:?}"),
        })
        .collect()
}

fn events(name: &str) -> Vec<LineEvent> {
    items(name)
        .into_iter()
        .map(|item| match item {
            Item::Event(event) => event,
            item => panic!("{name}: {item:?}"),
        })
        .collect()
}

#[test]
fn a_changed_number_or_user_id_says_who_it_was_and_who_it_is() {
    let (old, new) = (Some("12025550111"), Some("12025550119"));
    let (old_id, new_id) = (Some("US.90000000000000000001"), Some("US.90000000000000000009"));
    for (name, before, after) in [
        (
            "messages/system_user_changed_number.json",
            (old, old_id),
            (new, new_id),
        ),
        (
            "messages/system_user_changed_user_id.json",
            (None, old_id),
            (None, new_id),
        ),
        (
            "messages/system_customer_changed_number_legacy.json",
            (old, None),
            (new, None),
        ),
    ] {
        let notice = notice(name);
        let now = notice.now.unwrap();
        assert_eq!(
            (notice.about.phone.as_deref(), notice.about.user_id.as_deref()),
            before
        );
        assert_eq!((now.phone.as_deref(), now.user_id.as_deref()), after);
        assert!(notice.content.body.is_some());
    }
    let parent = notice("messages/system_user_changed_number_parent.json")
        .now
        .unwrap();
    assert_eq!(
        parent.parent_user_id.as_deref(),
        Some("US.ENT.60000000000000000009")
    );
}

#[test]
fn an_echo_is_to_a_customer_and_a_history_goes_both_ways() {
    let echo = outside("fields/smb_message_echoes_text.json").remove(0);
    assert_eq!(echo.peer.phone.as_deref(), Some("12025550111"));
    assert!(echo.is_outbound && !echo.is_history);
    assert_eq!(outside("fields/message_echoes_unknown.json").len(), 1);

    let threads = outside("fields/history_threads.json");
    let told: Vec<_> = threads
        .iter()
        .map(|message| {
            (
                message.is_outbound,
                message.status.clone(),
                message.content.kind.as_str(),
            )
        })
        .collect();
    let wanted = [
        (true, Some(Status::Read), "text"),
        (false, None, "media_placeholder"),
    ];
    assert_eq!(told, wanted);
    assert!(threads.iter().all(|message| message.is_history));
    assert_eq!(
        threads[1].peer.user_id.as_deref(),
        Some("US.90000000000000000001")
    );
    let media = outside("fields/history_media.json").remove(0);
    assert!(!media.is_outbound && media.content.body.as_deref() == Some("This one"));
    assert_eq!(events("fields/history_declined.json")[0].kind, "declined");
}

#[test]
fn the_phones_address_book_names_customers() {
    for name in [
        "fields/smb_app_state_sync_add.json",
        "fields/smb_app_state_sync_bsuid.json",
    ] {
        let Item::AddressBook(entry) = items(name).remove(0) else {
            panic!("{name}");
        };
        assert_eq!(entry.person.name.as_deref(), Some("Ana Prueba"), "{name}");
        assert!(entry.person.key().is_some(), "{name}");
    }
    assert_eq!(events("fields/smb_app_state_sync_remove.json")[0].kind, "remove");
}

#[test]
fn every_other_field_is_an_event_with_its_word() {
    for (name, kind) in [
        (
            "fields/message_template_status_update_approved_hyphen_language.json",
            "APPROVED",
        ),
        ("fields/message_template_quality_update_red.json", "RED"),
        ("fields/account_review_update_rejected.json", "REJECTED"),
        (
            "fields/account_update_account_restriction.json",
            "ACCOUNT_RESTRICTION",
        ),
        (
            "fields/account_alerts_limit_deferred.json",
            "INCREASED_CAPABILITIES_ELIGIBILITY_DEFERRED",
        ),
        (
            "fields/account_settings_update_calling.json",
            "phone_number_settings",
        ),
        ("fields/flows_client_error_rate.json", "CLIENT_ERROR_RATE"),
        ("fields/security_pin_changed.json", "PIN_CHANGED"),
        ("fields/calls_connect_bsuid_only.json", "connect"),
        ("fields/calls_status_ringing.json", "RINGING"),
        ("fields/messaging_handovers_control_passed.json", "control_passed"),
        ("fields/standby_message.json", "message"),
        ("fields/standby_status.json", "status"),
        ("fields/group_status_suspend.json", "group_suspend"),
        ("fields/automatic_events_purchase.json", "Purchase"),
        ("fields/business_username_updates_reserved.json", "reserved"),
        ("statuses/payment_refund.json", "payment.captured"),
        ("statuses/group_delivered_aggregated.json", "group.delivered"),
        ("statuses/deleted_legacy.json", "status.deleted"),
        ("statuses/unknown_status.json", "status.warning"),
        ("messages/value_errors_130429.json", "error"),
        (
            "messages/user_actions_link_click.json",
            "marketing_messages_link_click",
        ),
    ] {
        let event = events(name).remove(0);
        assert_eq!(event.kind, kind, "{name}");
        assert!(event.raw.get().starts_with('{'), "{name}");
    }
    let accepted = events("fields/message_template_status_update_rejected_abusive.json").remove(0);
    assert_eq!(
        accepted.at.unwrap().timestamp(),
        1_793_440_900,
        "the entry's time"
    );
    let mislabelled = Envelope::parse(&bytes("fields/message_template_quality_update_mislabelled.json"));
    assert_eq!(
        mislabelled.unwrap().changes[0].field_of_event(),
        "message_template_quality_update"
    );
}

#[test]
fn what_we_act_on_is_read() {
    let stop = |name: &str| match events(name).remove(0).act {
        Act::Marketing { person, stop } => (person.key().unwrap().to_owned(), stop),
        act => panic!("{name}: {act:?}"),
    };
    assert_eq!(
        stop("fields/user_preferences_stop.json"),
        ("12025550111".to_owned(), true)
    );
    assert_eq!(
        stop("fields/user_preferences_stop_bsuid_only.json"),
        ("US.90000000000000000001".to_owned(), true)
    );
    let named = events("fields/group_lifecycle_create.json").remove(0).act;
    assert!(matches!(named, Act::GroupNamed { subject, .. } if subject == "VIP"));
    let upgraded = events("fields/phone_number_quality_update_throughput_upgrade.json").remove(0);
    assert!(matches!(upgraded.act, Act::Quality { limit: Some(_) }));
    let refused = events("fields/phone_number_name_update_rejected.json").remove(0);
    assert!(matches!(refused.act, Act::Name { decision, .. } if decision == "REJECTED"));
}

#[test]
fn only_what_holds_no_message_belongs_to_an_account() {
    let scope = |name: &str| Envelope::parse(&bytes(name)).unwrap().changes[0].account();
    let number = scope("fields/security_pin_changed.json").unwrap();
    assert_eq!(number.waba_id, "700000000000001");
    assert_eq!(number.display_phone_number.as_deref(), Some("12025550100"));
    // A partner's event carries the portfolio's id in the account's place.
    let removed = scope("fields/account_update_partner_removed_disconnection.json").unwrap();
    assert_eq!(removed.waba_id, "700000000000001");
    for name in [
        "messages/text.json",
        "fields/calls_status_ringing.json",
        "fields/standby_message.json",
    ] {
        assert_eq!(scope(name), None, "{name}");
    }
    let text = String::from_utf8(bytes("messages/text.json")).unwrap();
    let without_line = text.replace("phone_number_id", "x");
    for body in [
        without_line.clone(),
        without_line.replace("\"messages\",", "\"new_field\","),
    ] {
        let envelope = Envelope::parse(body.as_bytes()).unwrap();
        assert_eq!(
            envelope.changes[0].account(),
            None,
            "a message never goes by its account"
        );
    }
}
