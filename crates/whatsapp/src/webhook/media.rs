//! The file that a message carries: what the webhook says about it, never the file itself.
//! Depends on JSON alone.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use serde_json::value::RawValue;

use super::InboundMessage;
use crate::json::Object;

/// A file as the webhook announces it. Meta documents every property and omits each of them now
/// and then: none is required here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Media {
    /// `image`, `video`, `audio`, `document` or `sticker`; a `voice` is an `audio`.
    pub kind: MediaKind,
    /// Meta's id of the file. Inbound ids live seven days.
    pub id: Option<String>,
    /// As the sender's phone says; it may carry parameters (`audio/ogg; codecs=opus`).
    pub mime_type: Option<String>,
    /// Of the file's bytes.
    pub sha256: Option<[u8; 32]>,
    /// What the sender wrote under it.
    pub caption: Option<String>,
    /// What the sender's phone calls it.
    pub filename: Option<String>,
    /// Whether it was spoken into the phone.
    pub voice: bool,
    /// Whether a sticker moves.
    pub animated: bool,
    /// Where it can be fetched for five minutes; absent for some accounts.
    pub url: Option<String>,
}

/// What kind of file a message carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MediaKind {
    /// A picture.
    Image,
    /// A film.
    Video,
    /// A voice note or any other sound.
    Audio,
    /// Any file.
    Document,
    /// A sticker.
    Sticker,
}

impl MediaKind {
    /// Meta's name of the type.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Image => "image",
            Self::Video => "video",
            Self::Audio => "audio",
            Self::Document => "document",
            Self::Sticker => "sticker",
        }
    }

    /// The kind that a message's type names.
    pub fn of_type(name: &str) -> Option<Self> {
        match name {
            "image" => Some(Self::Image),
            "video" => Some(Self::Video),
            "audio" | "voice" => Some(Self::Audio),
            "document" => Some(Self::Document),
            "sticker" => Some(Self::Sticker),
            _ => None,
        }
    }
}

impl InboundMessage {
    /// The file that the message carries, if its type is one that does.
    pub fn media(&self) -> Option<Media> {
        read(&self.raw, &self.content.kind)
    }
}

fn read(raw: &RawValue, message_type: &str) -> Option<Media> {
    let kind = MediaKind::of_type(message_type)?;
    let message = Object::parse(raw)?;
    let media = message.object(message_type);
    let text = |key: &str| media.as_ref().and_then(|media| media.text(key));
    let is_true = |key: &str| {
        let value = media.as_ref().and_then(|media| media.get(key));
        value.is_some_and(|value| value.get() == "true")
    };
    Some(Media {
        kind,
        id: text("id"),
        mime_type: text("mime_type"),
        sha256: text("sha256").as_deref().and_then(sha256),
        caption: text("caption"),
        filename: text("filename"),
        voice: is_true("voice") || message_type == "voice",
        animated: is_true("animated"),
        url: text("url"),
    })
}

/// Reads a SHA-256 in either of Meta's spellings: webhooks write base64, Graph answers and the
/// history field write hex.
pub fn sha256(text: &str) -> Option<[u8; 32]> {
    let bytes = match text.len() {
        64 => hex::decode(text).ok()?,
        _ => STANDARD.decode(text).ok()?,
    };
    bytes.try_into().ok()
}
