//! Delivery statuses of the `messages` field.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{Item, Poisoned, line_event};
use crate::{
    error::{Advice, ErrorClass, Verdict},
    identity::is_bsuid,
    json::Object,
};

/// A message that we sent moved on.
#[derive(Debug)]
pub struct StatusUpdate {
    /// The id Meta gave when it accepted the message.
    pub wamid: String,
    /// What happened to it.
    pub status: Status,
    /// When, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
    /// The recipient's phone number in digits, when the message went to a phone.
    pub recipient: Option<String>,
    /// The recipient's business-scoped user id.
    pub recipient_user_id: Option<String>,
    /// What we sent along as `biz_opaque_callback_data`.
    pub callback_data: Option<String>,
    /// Why it failed.
    pub errors: Vec<MetaError>,
    /// The status's JSON, verbatim.
    pub raw: Box<RawValue>,
}

/// How far a message got. Statuses arrive in any order, and `delivered` may never come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Status {
    /// It left Meta's servers.
    Sent,
    /// It reached a device.
    Delivered,
    /// It was shown.
    Read,
    /// A voice message was played.
    Played,
    /// It will not arrive.
    Failed,
    /// A word that is not documented.
    Other(String),
}

/// An error inside a webhook.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MetaError {
    /// Meta's code.
    pub code: Option<i64>,
    /// Meta's short text.
    pub title: Option<String>,
    /// Meta's long text.
    pub details: Option<String>,
}

impl MetaError {
    /// What the code means for a sender.
    pub fn class(&self) -> ErrorClass {
        Verdict::of_code(self.code).map_or(ErrorClass::Permanent, |verdict| verdict.class)
    }

    /// What a person can do about it.
    pub fn advice(&self) -> Advice {
        Verdict::of_code(self.code).map_or(Advice::None, |verdict| verdict.advice)
    }
}

impl From<String> for Status {
    fn from(word: String) -> Self {
        match word.as_str() {
            "sent" => Self::Sent,
            "delivered" => Self::Delivered,
            "read" => Self::Read,
            "played" => Self::Played,
            "failed" => Self::Failed,
            _ => Self::Other(word),
        }
    }
}

pub(super) fn item(raw: &RawValue) -> Item {
    match read(raw) {
        Ok(item) => item,
        Err(reason) => Item::Poisoned(Poisoned {
            raw: raw.to_owned(),
            reason,
        }),
    }
}

fn read(raw: &RawValue) -> Result<Item, &'static str> {
    let status = Object::parse(raw).ok_or("the status is not an object")?;
    let wamid = status.text("id").ok_or("the status has no message id")?;
    let word = status.text("status").ok_or("the status has no status")?;
    let event = |kind: &str| {
        let mut event = line_event::of(&status, &[], raw);
        kind.clone_into(&mut event.kind);
        Ok(Item::Event(event))
    };
    if let Some(kind) = status.word("type").filter(|kind| kind != "message") {
        return event(&format!("{kind}.{word}"));
    }
    if status.word("recipient_type").is_some_and(|kind| kind == "group") {
        return event(&format!("group.{word}"));
    }
    let word = Status::from(word);
    if let Status::Other(word) = &word {
        return event(&format!("status.{word}"));
    }
    let (recipient, id_in_phone) = match status.text("recipient_id") {
        Some(id) if is_bsuid(&id) => (None, Some(id)),
        phone => (phone, None),
    };
    Ok(Item::Status(StatusUpdate {
        wamid,
        status: word,
        timestamp: status.time("timestamp"),
        recipient,
        recipient_user_id: status.text("recipient_user_id").or(id_in_phone),
        callback_data: status.text("biz_opaque_callback_data"),
        errors: status.list("errors").into_iter().filter_map(error).collect(),
        raw: raw.to_owned(),
    }))
}

fn error(raw: &RawValue) -> Option<MetaError> {
    let error = Object::parse(raw)?;
    Some(MetaError {
        code: error.integer("code"),
        title: error.text("title").or_else(|| error.text("message")),
        details: error.object("error_data").and_then(|data| data.text("details")),
    })
}
