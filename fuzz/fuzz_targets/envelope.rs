//! A webhook body, from bytes to items: nothing panics, no message is lost, and what is
//! kept beside a message is JSON that a database takes.
#![no_main]

use libfuzzer_sys::fuzz_target;
use whatsapp::webhook::{Envelope, Item};

fuzz_target!(|body: &[u8]| {
    let Ok(envelope) = Envelope::parse(body) else {
        return;
    };
    for change in &envelope.changes {
        // A message goes to the line it names and nowhere else.
        if change.field == "messages" || change.phone_number_id.is_some() {
            assert!(change.account().is_none());
        }
        for item in change.items() {
            let content = match item {
                Item::Message(message) => {
                    assert!(!message.wamid.is_empty() && !message.user_key().is_empty());
                    message.content
                }
                Item::System(notice) => notice.content,
                Item::Outside(message) => {
                    assert!(message.peer.key().is_some());
                    message.content
                }
                Item::Event(event) => {
                    assert!(!whatsapp::storable(event.raw.get()).contains("\\u0000\""));
                    continue;
                }
                Item::Status(_) | Item::AddressBook(_) | Item::Poisoned(_) => continue,
            };
            assert!(!content.kind.is_empty() && content.kind.len() <= 40);
            assert!(content.body.is_none_or(|body| !body.contains('\0')));
            if let Some(payload) = content.payload {
                match serde_json::from_str::<serde_json::Value>(&payload) {
                    Ok(value) => assert!(value.is_object()),
                    // Deeper than values go, or a number larger; whoever keeps it does without.
                    Err(error) => {
                        let why = error.to_string();
                        let known = ["recursion limit", "number out of range"];
                        assert!(known.iter().any(|known| why.contains(known)), "{why}: {payload}");
                    }
                }
            }
        }
    }
});
