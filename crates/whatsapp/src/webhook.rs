//! What a webhook body says. Tolerant on purpose: every property may be missing, ids may be
//! numbers, lists may hold rubbish. Depends on JSON alone.
//!
//! Parsing is in two steps. [`Envelope::parse`] only finds the changes and the lines they name,
//! cheap enough to run before the signature is checked (to know whose secret to try);
//! [`Change::items`] reads what is in them and is for bodies that are believed. What we act on
//! is typed; what we only keep stays JSON, and a word that nobody knows yet does no harm.

mod content;
mod inbound;
mod items;
mod line_event;
mod media;
mod outside;
mod sender;
mod status;
mod system;

use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

pub use self::{
    content::Content,
    inbound::InboundMessage,
    items::AccountScope,
    line_event::{Act, LineEvent},
    media::{Media, MediaKind, sha256},
    outside::{AddressBookEntry, OutsideMessage},
    sender::Person,
    status::{MetaError, Status, StatusUpdate},
    system::SystemNotice,
};
use crate::json::Object;

/// The `object` of every WhatsApp webhook. Other products may share the callback URL.
pub const WHATSAPP_OBJECT: &str = "whatsapp_business_account";

/// More changes than any real body holds (Meta stops at 1,000), few enough to be harmless.
const MAX_CHANGES: usize = 20_000;

/// Why a body has no changes to offer at all.
#[derive(Debug, thiserror::Error)]
pub enum ParseError {
    /// The body is not JSON, or not an object.
    #[error("the body is not a JSON object")]
    NotAnObject(#[source] serde_json::Error),
    /// The body holds more changes than Meta ever sends.
    #[error("the body holds more than {MAX_CHANGES} changes")]
    TooManyChanges,
}

/// A body split into its changes.
#[derive(Debug)]
pub struct Envelope {
    /// The product that writes: [`WHATSAPP_OBJECT`], or another one that shares the URL.
    pub object: Option<String>,
    /// Every readable change of every entry, in order. Empty for other products.
    pub changes: Vec<Change>,
    /// Entries and changes that are not objects.
    pub poisoned: Vec<Poisoned>,
}

/// One change of one entry.
#[derive(Debug)]
pub struct Change {
    /// The entry's id: the WhatsApp Business Account, for nearly every field.
    pub waba_id: Option<String>,
    /// The entry's time; absent for messages.
    pub time: Option<DateTime<Utc>>,
    /// What changed: `messages`, `message_template_status_update`, `smb_message_echoes`...
    pub field: String,
    /// The line it happened on, for fields that belong to a line.
    pub phone_number_id: Option<String>,
    /// That line's number, in digits.
    pub display_phone_number: Option<String>,
    /// The change's value, verbatim.
    pub value: Box<RawValue>,
}

/// Something that could not be read, kept for a person to look at.
#[derive(Debug)]
pub struct Poisoned {
    /// The JSON, verbatim.
    pub raw: Box<RawValue>,
    /// What is wrong with it.
    pub reason: &'static str,
}

/// One thing that happened on a line.
#[derive(Debug)]
pub enum Item {
    /// A person wrote, reacted, edited or took back.
    Message(InboundMessage),
    /// A message we sent moved on.
    Status(StatusUpdate),
    /// WhatsApp tells that a person changed number or user id, or the like.
    System(SystemNotice),
    /// Something was said without us: from the business's phone, or in the past.
    Outside(OutsideMessage),
    /// The business's phone knows a customer by this name.
    AddressBook(AddressBookEntry),
    /// Anything else that happened on the line or its account.
    Event(LineEvent),
    /// Not readable.
    Poisoned(Poisoned),
}

impl Envelope {
    /// Splits a body into its changes. Invalid UTF-8 is replaced, a byte order mark skipped.
    pub fn parse(body: &[u8]) -> Result<Self, ParseError> {
        let text = String::from_utf8_lossy(body.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(body));
        let root: Object<'_> = serde_json::from_str(&text).map_err(ParseError::NotAnObject)?;
        let object = root.text("object");
        let mut envelope = Self {
            object,
            changes: Vec::new(),
            poisoned: Vec::new(),
        };
        if envelope
            .object
            .as_deref()
            .is_none_or(|object| object == WHATSAPP_OBJECT)
        {
            for entry in root.list("entry") {
                envelope.add_entry(entry)?;
            }
        }
        Ok(envelope)
    }

    /// The lines that the body names, each once.
    pub fn phone_number_ids(&self) -> BTreeSet<&str> {
        self.changes
            .iter()
            .filter_map(|change| change.phone_number_id.as_deref())
            .collect()
    }

    fn add_entry(&mut self, raw: &RawValue) -> Result<(), ParseError> {
        let Some(entry) = Object::parse(raw) else {
            return self.set_aside(raw, "the entry is not an object");
        };
        let waba_id = entry.text("id");
        let time = entry.time("time");
        for raw in entry.list("changes") {
            let Some(change) = Object::parse(raw) else {
                self.set_aside(raw, "the change is not an object")?;
                continue;
            };
            self.changes.push(Change::new(waba_id.clone(), time, &change));
            self.check_size()?;
        }
        Ok(())
    }

    fn set_aside(&mut self, raw: &RawValue, reason: &'static str) -> Result<(), ParseError> {
        self.poisoned.push(Poisoned {
            raw: raw.to_owned(),
            reason,
        });
        self.check_size()
    }

    fn check_size(&self) -> Result<(), ParseError> {
        if self.changes.len() + self.poisoned.len() > MAX_CHANGES {
            return Err(ParseError::TooManyChanges);
        }
        Ok(())
    }
}

impl Change {
    fn new(waba_id: Option<String>, time: Option<DateTime<Utc>>, change: &Object<'_>) -> Self {
        let raw = change.get("value").unwrap_or(RawValue::NULL);
        let value = Object::parse(raw);
        let inside = |key| value.as_ref().and_then(|value| value.object(key));
        let line = ["metadata", "recipient", "phone_number_settings"]
            .into_iter()
            .find_map(inside);
        let of_line = |key| line.as_ref().and_then(|line| line.text(key));
        // Some account updates carry the field inside the value.
        let field = change
            .text("field")
            .or_else(|| value.as_ref().and_then(|value| value.text("field")))
            .unwrap_or_default();
        Self {
            waba_id,
            time,
            field,
            phone_number_id: of_line("phone_number_id"),
            display_phone_number: of_line("display_phone_number"),
            value: raw.to_owned(),
        }
    }
}
