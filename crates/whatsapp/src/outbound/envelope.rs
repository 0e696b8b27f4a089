//! A message with its address: what is posted to `/<phone number id>/messages`.

use serde::{Serialize, Serializer};

use super::{
    OutboundContent, ParsedOutbound,
    limits::{MAX_CALLBACK_CHARS, MAX_TEXT_CHARS},
    plain::Text,
    problem::{Pointer, Problems, code},
    shape::{Object, Shape, words},
};
use crate::identity::{is_bsuid, phone_digits};

/// Whom a message is for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Recipient {
    /// A phone number with country code. Sent with a leading `+`: without it Meta would put the
    /// business number's own country in front.
    Phone(String),
    /// A business-scoped user id.
    UserId(String),
    /// A group's id.
    Group(String),
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

    fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        match self {
            Self::Phone(phone) => problems.unless(
                phone_digits(phone).is_some(),
                &at.name("to"),
                code::WRONG_FORMAT,
                "must be an international phone number",
            ),
            Self::UserId(id) => problems.unless(
                is_bsuid(id),
                &at.name("recipient"),
                code::WRONG_FORMAT,
                "must be a business-scoped user id",
            ),
            Self::Group(id) => problems.filled(id, &at.name("to")),
        }
    }

    fn put(&self, object: &mut Object) {
        let kind = match self {
            Self::Phone(_) | Self::UserId(_) => "individual",
            Self::Group(_) => "group",
        };
        object.insert("recipient_type".to_owned(), kind.into());
        match self {
            Self::Phone(phone) => {
                let digits = phone_digits(phone);
                let digits = digits.as_deref().unwrap_or(phone);
                object.insert("to".to_owned(), format!("+{digits}").into());
            }
            Self::UserId(id) => id.put("recipient", object),
            Self::Group(id) => id.put("to", object),
        }
    }
}

/// What only the Marketing Messages API takes (`/marketing_messages`).
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Marketing {
    /// Whether the Cloud API sends it where that API cannot.
    pub product_policy: ProductPolicy,
    /// Whether Meta may use what becomes of the message to choose whom the next are shown to.
    pub message_activity_sharing: bool,
}

words! {
    /// Who sends a marketing message.
    pub enum ProductPolicy {
        /// The Cloud API where that API cannot.
        CloudApiFallback = "CLOUD_API_FALLBACK",
        /// That API alone.
        Strict = "STRICT",
    }
}

/// A message ready to be sent.
#[derive(Debug, Clone, PartialEq)]
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
    /// Sent only while the person's identity key has this hash; else Meta refuses with 137000.
    pub identity_key_hash: Option<String>,
    /// What the Marketing Messages API wants to know.
    pub marketing: Option<Marketing>,
}

impl OutboundMessage {
    /// A message without quote or callback data.
    pub fn new(recipient: Recipient, content: OutboundContent) -> Self {
        Self {
            recipient,
            content,
            context_wamid: None,
            callback_data: None,
            identity_key_hash: None,
            marketing: None,
        }
    }

    /// A text without preview, quote or callback data.
    pub fn text(recipient: Recipient, body: impl Into<String>) -> Self {
        let text = Text {
            body: body.into(),
            preview_url: None,
        };
        Self::new(recipient, OutboundContent::Text(text))
    }

    /// Checks everything that Meta checks before accepting, and says all that is wrong.
    pub fn validate(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let root = Pointer::Root;
        self.recipient.check(&root, &mut problems);
        self.content
            .check(self.context_wamid.as_deref(), &root, &mut problems);
        let is_group = matches!(self.recipient, Recipient::Group(_));
        let is_pin = matches!(self.content, OutboundContent::Pin(_));
        problems.unless(
            is_group || !is_pin,
            &root.name("type"),
            code::CONFLICT,
            "a message is pinned in groups only",
        );
        if let Some(data) = &self.callback_data {
            problems.at_most(data, MAX_CALLBACK_CHARS, &root.name("biz_opaque_callback_data"));
        }
        let hash = self.identity_key_hash.as_deref();
        problems.optional_text(hash, MAX_TEXT_CHARS, &root.name("recipient_identity_key_hash"));
        let fits = self.marketing.is_none() || self.content.opens_by_template();
        problems.unless(
            fits,
            &root.name("product_policy"),
            code::CONFLICT,
            "the Marketing Messages API sends templates only",
        );
        problems.or(())
    }
}

impl Serialize for OutboundMessage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = ParsedOutbound::object(&self.content, self.context_wamid.as_deref());
        object.insert("messaging_product".to_owned(), "whatsapp".into());
        self.recipient.put(&mut object);
        self.callback_data.put("biz_opaque_callback_data", &mut object);
        self.identity_key_hash
            .put("recipient_identity_key_hash", &mut object);
        if let Some(marketing) = &self.marketing {
            marketing.product_policy.put("product_policy", &mut object);
            marketing
                .message_activity_sharing
                .put("message_activity_sharing", &mut object);
        }
        object.serialize(serializer)
    }
}
