//! What customers send: messages of every type, and WhatsApp's own notices about them.

use chrono::{DateTime, Utc};
use serde_json::{json, value::RawValue};

use super::{Content, Item, Person, Poisoned, sender::Contacts, system};
use crate::json::Object;

/// A message that a person sent to a line, or into a group that the line is in.
#[derive(Debug)]
pub struct InboundMessage {
    /// Meta's id of the message. Opaque, and personal: it encodes the sender's number.
    pub wamid: String,
    /// When the person sent it, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
    /// Who sent it: with a phone number, a user id, or both.
    pub from: Person,
    /// The group it was written in. Its payload then tells the `sender`.
    pub group_id: Option<String>,
    /// What it says.
    pub content: Content,
    /// The message's JSON, verbatim.
    pub raw: Box<RawValue>,
}

impl InboundMessage {
    /// Who the conversation is with: the group, else the phone number, else the user id.
    pub fn user_key(&self) -> &str {
        self.group_id
            .as_deref()
            .or_else(|| self.from.key())
            .unwrap_or_default()
    }
}

pub(super) fn item(raw: &RawValue, contacts: &Contacts<'_>) -> Item {
    match read(raw, contacts) {
        Ok(item) => item,
        Err(reason) => Item::Poisoned(Poisoned {
            raw: raw.to_owned(),
            reason,
        }),
    }
}

fn read(raw: &RawValue, contacts: &Contacts<'_>) -> Result<Item, &'static str> {
    let message = Object::parse(raw).ok_or("the message is not an object")?;
    let wamid = message.text("id").ok_or("the message has no id")?;
    let from = contacts.sender(&message);
    if message.word("type").is_some_and(|kind| kind == "system") {
        return system::read(wamid, from, &message, raw).map(Item::System);
    }
    if from.key().is_none() {
        return Err("the message has no sender");
    }
    let group_id = message.text("group_id");
    let sender = group_id.as_ref().map(|_| {
        let sender = json!({"phone": from.phone, "user_id": from.user_id, "name": from.name});
        ("sender", sender.to_string())
    });
    let mut content = Content::of(&message, sender);
    content.opens_window &= group_id.is_none();
    Ok(Item::Message(InboundMessage {
        wamid,
        timestamp: message.time("timestamp"),
        from,
        group_id,
        content,
        raw: raw.to_owned(),
    }))
}
