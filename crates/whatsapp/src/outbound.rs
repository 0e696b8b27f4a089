//! A message to send, in Meta's shape, checked against Meta's limits. Pure.

use serde::{Serialize, Serializer, ser::SerializeMap};

use crate::identity::{is_bsuid, phone_digits};

/// The longest text Meta takes, in characters.
pub const MAX_TEXT_CHARS: usize = 4096;
/// The longest callback data Meta takes, in characters.
pub const MAX_CALLBACK_CHARS: usize = 512;

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A phone number with country code. Sent with a leading `+`: without it Meta would put the
    /// business number's own country in front.
    Phone(String),
    /// A business-scoped user id.
    UserId(String),
}

impl Recipient {
    /// The recipient behind an inbound message's `user_key`.
    pub fn from_user_key(key: &str) -> Self {
        if is_bsuid(key) {
            Self::UserId(key.to_owned())
        } else {
            Self::Phone(key.to_owned())
        }
    }
}

/// What a message says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum OutboundContent {
    /// Words.
    Text {
        /// The words.
        body: String,
        /// Whether the first link shows a preview.
        preview_url: bool,
    },
}

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OutboundMessage {
    /// Whom it is for.
    pub recipient: Recipient,
    /// What it says.
    pub content: OutboundContent,
    /// The message it quotes.
    pub context_wamid: Option<String>,
    /// Our own id, which Meta repeats in every status of this message
    /// (`biz_opaque_callback_data`): the only thread back when an answer is lost.
    pub callback_data: Option<String>,
}

/// A message that Meta would refuse, and the property to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{field}: {reason}")]
pub struct InvalidMessageError {
    /// The property's path in Meta's shape.
    pub field: &'static str,
    /// What is wrong with it.
    pub reason: &'static str,
}

impl OutboundMessage {
    /// A text without preview, quote or callback data.
    pub fn text(recipient: Recipient, body: impl Into<String>) -> Self {
        Self {
            recipient,
            content: OutboundContent::Text {
                body: body.into(),
                preview_url: false,
            },
            context_wamid: None,
            callback_data: None,
        }
    }

    /// Checks everything that Meta checks before accepting.
    pub fn validate(&self) -> Result<(), InvalidMessageError> {
        let check = |ok: bool, field, reason| {
            if ok {
                Ok(())
            } else {
                Err(InvalidMessageError { field, reason })
            }
        };
        match &self.recipient {
            Recipient::Phone(phone) => {
                check(
                    phone_digits(phone).is_some(),
                    "to",
                    "must be an international phone number",
                )?;
            }
            Recipient::UserId(id) => {
                check(is_bsuid(id), "recipient", "must be a business-scoped user id")?;
            }
        }
        match &self.content {
            OutboundContent::Text { body, .. } => {
                check(!body.trim().is_empty(), "text.body", "must not be empty")?;
                let fits = body.chars().count() <= MAX_TEXT_CHARS;
                check(fits, "text.body", "must have at most 4096 characters")?;
            }
        }
        if let Some(wamid) = &self.context_wamid {
            check(!wamid.is_empty(), "context.message_id", "must not be empty")?;
        }
        if let Some(data) = &self.callback_data {
            let fits = data.chars().count() <= MAX_CALLBACK_CHARS;
            check(
                fits,
                "biz_opaque_callback_data",
                "must have at most 512 characters",
            )?;
        }
        Ok(())
    }
}

impl Serialize for OutboundMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        map.serialize_entry("messaging_product", "whatsapp")?;
        map.serialize_entry("recipient_type", "individual")?;
        match &self.recipient {
            Recipient::Phone(phone) => {
                let digits = phone_digits(phone);
                let digits = digits.as_deref().unwrap_or(phone);
                map.serialize_entry("to", &format!("+{digits}"))?;
            }
            Recipient::UserId(id) => map.serialize_entry("recipient", id)?,
        }
        if let Some(message_id) = &self.context_wamid {
            map.serialize_entry("context", &Context { message_id })?;
        }
        match &self.content {
            OutboundContent::Text { body, preview_url } => {
                map.serialize_entry("type", "text")?;
                map.serialize_entry(
                    "text",
                    &Text {
                        body,
                        preview_url: *preview_url,
                    },
                )?;
            }
        }
        if let Some(data) = &self.callback_data {
            map.serialize_entry("biz_opaque_callback_data", data)?;
        }
        map.end()
    }
}

#[derive(Serialize)]
struct Context<'a> {
    message_id: &'a str,
}

#[derive(Serialize)]
struct Text<'a> {
    body: &'a str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    preview_url: bool,
}
