use proptest::{collection::vec, prelude::*};
use serde_json::{Value, json};
use whatsapp::{
    storable,
    webhook::{Envelope, Item, ParseError},
};

use crate::common::{bytes, items, items_of, messages, path};

fn text_of(name: &str) -> String {
    messages(items(name)).remove(0).content.body.unwrap()
}

#[test]
fn hostile_bodies_do_no_harm() {
    for entry in std::fs::read_dir(path("hostile")).unwrap() {
        let path = entry.unwrap().path();
        let parsed = Envelope::parse(&std::fs::read(&path).unwrap());
        let broken = path.ends_with("truncated.json");
        assert_eq!(parsed.is_err(), broken, "{}", path.display());
        for change in parsed.map(|envelope| envelope.changes).unwrap_or_default() {
            change.items();
        }
    }
}

#[test]
fn one_broken_message_leaves_its_neighbours_alone() {
    let items = items("batch/valid_plus_malformed_message.json");
    assert!(matches!(
        &items[..],
        [Item::Message(_), Item::Poisoned(poisoned), Item::Message(_)] if poisoned.raw.get().contains("north")
    ));
}

#[test]
fn numbers_serve_as_ids_and_a_byte_order_mark_is_skipped() {
    let envelope = Envelope::parse(&bytes("hostile/ids_as_numbers.json")).unwrap();
    assert!(envelope.phone_number_ids().contains("800000000000001"));
    assert_eq!(text_of("hostile/bom_prefix.json"), "MARK");
}

#[test]
fn text_that_no_database_takes_is_replaced() {
    assert_eq!(text_of("hostile/lone_surrogate.json"), "broken \u{FFFD} emoji");
    let message = messages(items("hostile/nul_in_text.json")).remove(0);
    assert_eq!(message.from.name.as_deref(), Some("n\u{FFFD}l"));
    assert!(message.raw.get().contains("\\u0000"));
    assert!(!storable(message.raw.get()).contains("\\u0000"));
}

#[test]
fn deep_nesting_is_carried_along() {
    let message = messages(items("hostile/deep_nesting.json")).remove(0);
    assert_eq!(message.content.body.as_deref(), Some("x"));
}

#[test]
fn nobody_and_nothing_are_set_aside() {
    for name in [
        "hostile/no_identity_at_all.json",
        "hostile/value_null.json",
        "hostile/value_string.json",
    ] {
        assert!(matches!(items(name)[..], [Item::Poisoned(_)]), "{name}");
    }
    let envelope = Envelope::parse(br#"{"entry":[1,{"changes":[null,{"field":"x"}]}]}"#).unwrap();
    assert_eq!((envelope.changes.len(), envelope.poisoned.len()), (1, 2));
}

#[test]
fn odd_timestamps_are_absent_and_odd_senders_are_sorted_out() {
    assert_eq!(
        messages(items("hostile/timestamp_garbage.json"))
            .remove(0)
            .timestamp,
        None
    );
    let body = br#"{"entry":[{"changes":[{"field":"messages","value":{
        "contacts":[{"wa_id":"US.1","profile":{"name":"Ana"}}],
        "messages":[{"id":"wamid.1","from":"US.1","timestamp":99999999999999999}]}}]}]}"#;
    let message = messages(items_of(body)).remove(0);
    assert_eq!((&message.from.phone, message.user_key()), (&None, "US.1"));
    assert_eq!(
        (message.from.name.as_deref(), message.timestamp),
        (Some("Ana"), None)
    );
    assert_eq!(message.content.kind, "unknown");
}

#[test]
fn another_product_and_too_many_changes_are_refused() {
    assert!(
        Envelope::parse(&bytes("hostile/object_instagram.json"))
            .unwrap()
            .changes
            .is_empty()
    );
    let changes = vec!["{}"; 20_001].join(",");
    let body = format!(r#"{{"entry":[{{"changes":[{changes}]}}]}}"#);
    assert!(matches!(
        Envelope::parse(body.as_bytes()),
        Err(ParseError::TooManyChanges)
    ));
}

/// JSON that uses Meta's names, so that it gets past the first `if`.
fn plausible_json() -> impl Strategy<Value = Value> {
    let name = prop::sample::select(vec![
        "object",
        "entry",
        "changes",
        "field",
        "value",
        "metadata",
        "contacts",
        "messages",
        "statuses",
        "id",
        "from",
        "type",
        "text",
        "body",
        "status",
        "timestamp",
        "errors",
        "code",
        "profile",
        "wa_id",
        "context",
        "group_id",
        "history",
        "threads",
        "message_echoes",
        "interactive",
        "system",
        "standby",
        "state_sync",
        "contact",
    ]);
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("messages")),
        Just(json!("text")),
        Just(json!("interactive")),
        Just(json!("system")),
        Just(json!("edit")),
    ];
    leaf.prop_recursive(8, 96, 6, move |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            vec((name.clone(), inner), 0..6).prop_map(|entries| {
                Value::Object(
                    entries
                        .into_iter()
                        .map(|(key, value)| (key.to_owned(), value))
                        .collect(),
                )
            }),
        ]
    })
}

proptest! {
    #[test]
    fn arbitrary_bytes_never_panic(body in vec(any::<u8>(), 0..512)) {
        drop(Envelope::parse(&body));
    }

    #[test]
    fn arbitrary_json_never_panics(value in plausible_json()) {
        for field in ["messages", "history", "standby", "calls", "smb_app_state_sync", "user_preferences", "new"] {
            let body = json!({"entry": [{"changes": [{"field": field, "value": value}]}]});
            for body in [value.to_string(), body.to_string()] {
                for change in Envelope::parse(body.as_bytes()).map(|e| e.changes).unwrap_or_default() {
                    change.items();
                    change.account();
                }
            }
        }
    }

    #[test]
    fn arbitrary_messages_keep_their_json(message in plausible_json()) {
        let value = json!({"messages": [message], "statuses": [message], "contacts": [message]});
        let body = json!({"entry": [{"changes": [{"field": "messages", "value": value}]}]});
        let items = items_of(body.to_string().as_bytes());
        prop_assert_eq!(items.len(), 2);
        for item in items {
            if let Item::Message(message) = item
                && let Some(payload) = message.content.payload
            {
                prop_assert!(serde_json::from_str::<Value>(&payload).is_ok(), "{}", payload);
            }
        }
    }

    #[test]
    fn what_is_storable_is_json_without_nul(text in "(\\\\u(0000|d83d|de00|00e1)|\\\\\\\\|[a-z]){0,12}") {
        let json = format!("\"{text}\"");
        let stored: String = serde_json::from_str(&storable(&json)).unwrap();
        prop_assert!(!stored.contains('\0'));
    }
}
