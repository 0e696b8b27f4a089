//! Inbound messages of the `messages` field.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{Item, OtherKind, Poisoned};
use crate::{identity::is_bsuid, json::Object};

/// A message that a person sent to a line.
#[derive(Debug)]
pub struct InboundMessage {
    /// Meta's id of the message. Opaque, and personal: it encodes the sender's number.
    pub wamid: String,
    /// When the person sent it, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
    /// The sender's phone number in digits, when WhatsApp shares it.
    pub from: Option<String>,
    /// The sender's business-scoped user id.
    pub from_user_id: Option<String>,
    /// Who the conversation is with: the phone number when there is one, else the user id.
    pub user_key: String,
    /// The name the sender chose.
    pub profile_name: Option<String>,
    /// Meta's type: `text`, `image`, `interactive`...; `unknown` when it is not said.
    pub kind: String,
    /// What it says.
    pub content: InboundContent,
    /// The message it answers.
    pub context_wamid: Option<String>,
    /// The message's JSON, verbatim.
    pub raw: Box<RawValue>,
}

/// The part of a message that is read here. The rest is in the raw JSON.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum InboundContent {
    /// Words.
    Text {
        /// The words, with `U+0000` and broken surrogates replaced by `U+FFFD`.
        body: String,
    },
    /// Something the person sent that the API does not carry.
    Unsupported,
    /// Any other type.
    Other,
}

pub(super) fn item(raw: &RawValue, contacts: &[Object<'_>]) -> Item {
    match read(raw, contacts) {
        Ok(item) => item,
        Err(reason) => Item::Poisoned(Poisoned {
            raw: raw.to_owned(),
            reason,
        }),
    }
}

fn read(raw: &RawValue, contacts: &[Object<'_>]) -> Result<Item, &'static str> {
    let message = Object::parse(raw).ok_or("the message is not an object")?;
    let wamid = message.text("id").ok_or("the message has no id")?;
    let kind = message.text("type").unwrap_or_else(|| "unknown".to_owned());
    if message.text("group_id").is_some() {
        return Ok(Item::Other {
            kind: OtherKind::GroupMessage,
            raw: raw.to_owned(),
        });
    }
    if kind == "system" {
        return Ok(Item::Other {
            kind: OtherKind::System,
            raw: raw.to_owned(),
        });
    }
    let sender = Sender::of(&message, contacts);
    let user_key = sender
        .phone
        .as_ref()
        .or(sender.user_id.as_ref())
        .ok_or("the message has no sender")?
        .clone();
    Ok(Item::Message(InboundMessage {
        wamid,
        timestamp: message.time("timestamp"),
        from: sender.phone,
        from_user_id: sender.user_id,
        user_key,
        profile_name: sender.name,
        content: content(&message, &kind),
        kind,
        context_wamid: message.object("context").and_then(|context| context.text("id")),
        raw: raw.to_owned(),
    }))
}

fn content(message: &Object<'_>, kind: &str) -> InboundContent {
    match kind {
        "text" => match message.object("text").and_then(|text| text.any_text("body")) {
            Some(body) => InboundContent::Text { body },
            None => InboundContent::Other,
        },
        "unsupported" => InboundContent::Unsupported,
        _ => InboundContent::Other,
    }
}

/// What the message and its contact say together about who wrote.
struct Sender {
    phone: Option<String>,
    user_id: Option<String>,
    name: Option<String>,
}

impl Sender {
    fn of(message: &Object<'_>, contacts: &[Object<'_>]) -> Self {
        let (phone, id_in_phone) = split(message.text("from"));
        let user_id = message.text("from_user_id").or(id_in_phone);
        let named = |key: &str, wanted: Option<&String>| {
            let wanted = wanted?;
            contacts
                .iter()
                .find(|contact| contact.text(key).as_ref() == Some(wanted))
        };
        // By id, never by position: contacts come in any order and not one per message.
        let contact = named("user_id", user_id.as_ref())
            .or_else(|| named("wa_id", phone.as_ref()))
            .or_else(|| named("wa_id", user_id.as_ref()));
        let from_contact = |key: &str| contact.and_then(|contact| contact.text(key));
        Self {
            phone: phone.or_else(|| split(from_contact("wa_id")).0),
            user_id: user_id.or_else(|| from_contact("user_id")),
            name: contact
                .and_then(|contact| contact.object("profile"))
                .and_then(|profile| profile.text("name")),
        }
    }
}

/// Some senders put the user id where the phone belongs.
fn split(from: Option<String>) -> (Option<String>, Option<String>) {
    match from {
        Some(id) if is_bsuid(&id) => (None, Some(id)),
        Some(phone) => (
            Some(phone.strip_prefix('+').map_or(phone.clone(), str::to_owned)),
            None,
        ),
        None => (None, None),
    }
}
