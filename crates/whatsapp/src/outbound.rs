//! A message to send, in Meta's shape, checked against Meta's limits. Pure.
//!
//! A message without its address is what callers give, what is stored and what is sent:
//!
//! ```
//! use whatsapp::outbound::ParsedOutbound;
//!
//! let json = serde_json::json!({"type": "text", "text": {"body": "hola"}});
//! let message = ParsedOutbound::parse(&json)?;
//! message.validate()?;
//! assert_eq!(message.content.kind(), "text");
//! assert_eq!(message.to_value(), json);
//! # Ok::<(), whatsapp::outbound::Problems>(())
//! ```

mod check;
mod envelope;
pub mod interactive;
mod limits;
mod mark;
pub mod media_limits;
mod place;
mod plain;
mod problem;
mod shape;
pub mod template;
mod visit;

use serde_json::Value;

pub use self::{
    envelope::{Marketing, OutboundMessage, ProductPolicy, Recipient},
    limits::{MAX_CALLBACK_CHARS, MAX_CAPTION_CHARS, MAX_TEXT_CHARS},
    mark::{Pin, PinAction, Reaction},
    place::{
        ContactAddress, ContactCard, ContactEmail, ContactName, ContactOrganization, ContactPhone,
        ContactUrl, Location,
    },
    plain::{Attachment, Audio, Captioned, Document, MediaRef, NamedAttachment, Text},
    problem::{InvalidMessageError, Problems, code},
};
use self::{
    interactive::Interactive,
    problem::Pointer,
    shape::{Object, Shape, choice, object, object_of, read_choice, write_choice},
    template::Template,
};

choice! {
    /// What a message says.
    pub enum OutboundContent {
        /// Words.
        Text(Text) = "text",
        /// A picture.
        Image(Captioned) = "image",
        /// A film.
        Video(Captioned) = "video",
        /// Sound.
        Audio(Audio) = "audio",
        /// Any other file.
        Document(Document) = "document",
        /// A sticker.
        Sticker(Attachment) = "sticker",
        /// A place.
        Location(Location) = "location",
        /// Cards with people's data, at most 257.
        Contacts(Vec<ContactCard>) = "contacts",
        /// An emoji under a message.
        Reaction(Reaction) = "reaction",
        /// Something to tap.
        Interactive(Interactive) = "interactive",
        /// What Meta has approved; the one kind that may go out when the window is closed.
        Template(Template) = "template",
        /// A message kept at the top of a group.
        Pin(Pin) = "pin",
    }
}

/// A message without its address: what it says and what it quotes.
#[derive(Debug, Clone, PartialEq)]
pub struct ParsedOutbound {
    /// What it says.
    pub content: OutboundContent,
    /// The message it quotes (`context.message_id`).
    pub context_wamid: Option<String>,
}

object! {
    /// The quote, as it is written.
    pub struct Context {
        /// The quoted message's wamid.
        pub message_id: String,
    }
}

impl ParsedOutbound {
    /// Reads Meta's message object without `messaging_product`, `recipient_type` and whom it is
    /// for. Only the shape is checked here: every property that is missing, unknown or of another
    /// type is told.
    pub fn parse(value: &Value) -> Result<Self, Problems> {
        let mut problems = Problems::default();
        let parsed = Self::read(value, &Pointer::Root, &mut problems);
        match parsed {
            Some(parsed) => problems.or(parsed),
            None => Err(problems),
        }
    }

    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let object = object_of(value, at, problems)?;
        let content = read_choice(value, &["context"], at, problems);
        let quote = <Option<Context> as Shape>::take(object, "context", at, problems);
        Some(Self {
            content: content?,
            context_wamid: quote?.map(|quote| quote.message_id),
        })
    }

    /// The JSON that it was parsed from: what is stored.
    pub fn to_value(&self) -> Value {
        Value::Object(Self::object(&self.content, self.context_wamid.as_deref()))
    }

    /// Checks everything that Meta checks in it before accepting.
    pub fn validate(&self) -> Result<(), Problems> {
        let mut problems = Problems::default();
        let context = self.context_wamid.as_deref();
        self.content.check(context, &Pointer::Root, &mut problems);
        problems.or(())
    }

    fn object(content: &OutboundContent, context_wamid: Option<&str>) -> Object {
        let mut object = write_choice(content);
        let quote = context_wamid.map(|wamid| Context {
            message_id: wamid.to_owned(),
        });
        quote.put("context", &mut object);
        object
    }
}

impl OutboundContent {
    /// [`ParsedOutbound::parse`].
    pub fn parse(value: &Value) -> Result<ParsedOutbound, Problems> {
        ParsedOutbound::parse(value)
    }

    /// Meta's name of the type.
    pub fn kind(&self) -> &'static str {
        shape::Choice::kind(self)
    }

    /// Its JSON, without a quote.
    pub fn to_value(&self) -> Value {
        self.write()
    }

    /// Whether it may go out when the person's 24-hour window is closed.
    pub fn opens_by_template(&self) -> bool {
        matches!(self, Self::Template(_))
    }

    /// The words that a list of conversations shows for it; `None` where there are none.
    pub fn summary(&self) -> Option<String> {
        let words = match self {
            Self::Text(text) => Some(text.body.as_str()),
            Self::Image(file) | Self::Video(file) => file.caption.as_deref(),
            Self::Document(document) => document.caption.as_deref().or(document.filename.as_deref()),
            Self::Location(place) => place.name.as_deref().or(place.address.as_deref()),
            Self::Contacts(cards) => cards.first().map(|card| card.name.formatted_name.as_str()),
            Self::Reaction(reaction) => Some(reaction.emoji.as_str()),
            Self::Interactive(interactive) => interactive.words(),
            Self::Template(template) => Some(template.name.as_str()),
            Self::Audio(_) | Self::Sticker(_) | Self::Pin(_) => None,
        };
        words.filter(|words| !words.is_empty()).map(str::to_owned)
    }

    fn check(&self, context: Option<&str>, at: &Pointer<'_>, problems: &mut Problems) {
        let quote = at.name("context");
        if let Some(wamid) = context {
            problems.filled(wamid, &quote.name("message_id"));
        }
        let may_quote = !matches!(self, Self::Reaction(_) | Self::Pin(_));
        problems.unless(
            may_quote || context.is_none(),
            &quote,
            code::CONFLICT,
            "a reaction or a pin quotes nothing: leave it out",
        );
        let at = at.name(self.kind());
        match self {
            Self::Text(text) => text.check(&at, problems),
            Self::Image(file) | Self::Video(file) => file.check(&at, problems),
            Self::Audio(audio) => audio.media.check(&at, problems),
            Self::Document(document) => document.check(&at, problems),
            Self::Sticker(sticker) => sticker.media.check(&at, problems),
            Self::Location(location) => location.check(&at, problems),
            Self::Contacts(cards) => {
                problems.count(cards.len(), &(1..=limits::CONTACTS), &at);
                for (index, card) in cards.iter().enumerate() {
                    card.check(&at.index(index), problems);
                }
            }
            Self::Reaction(reaction) => reaction.check(&at, problems),
            Self::Interactive(interactive) => interactive.check(&at, problems),
            Self::Template(template) => template.check(&at, problems),
            Self::Pin(pin) => pin.check(&at, problems),
        }
    }
}
