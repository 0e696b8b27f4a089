//! Words and files: text, image, video, audio, document, sticker. Meta's pages
//! `messages/text-messages`, `messages/image-messages` and so on.

use serde_json::Value;

use super::{
    limits::{MAX_CAPTION_CHARS, MAX_TEXT_CHARS},
    problem::{Pointer, Problems, code},
    shape::{Object, Shape, object},
};

object! {
    /// Words.
    pub struct Text {
        /// 1 to 4,096 characters.
        pub body: String,
        /// Whether the first link shows a preview; absent is no.
        pub preview_url: Option<bool>,
    }
}

/// A file: uploaded before, or where Meta may fetch it. Exactly one of the two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaRef {
    /// The id of an uploaded file.
    Id(String),
    /// An `http` or `https` URL. Meta keeps what it fetched for ten minutes.
    Link(String),
}

impl Shape for MediaRef {
    const INLINE: &'static [&'static str] = &["id", "link"];

    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let object = super::shape::open(value, Self::INLINE, at, problems)?;
        Self::take(object, "", at, problems)
    }

    fn write(&self) -> Value {
        let mut object = Object::new();
        self.put("", &mut object);
        Value::Object(object)
    }

    fn take(object: &Object, _name: &str, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        match (object.get("id"), object.get("link")) {
            (Some(id), None) => String::read(id, &at.name("id"), problems).map(Self::Id),
            (None, Some(link)) => String::read(link, &at.name("link"), problems).map(Self::Link),
            (Some(_), Some(_)) => {
                problems.add(at, code::CONFLICT, "give either id or link, not both");
                None
            }
            (None, None) => {
                problems.add(&at.name("id"), code::MISSING, "give either id or link");
                None
            }
        }
    }

    fn put(&self, _name: &str, object: &mut Object) {
        match self {
            Self::Id(id) => id.put("id", object),
            Self::Link(link) => link.put("link", object),
        }
    }
}

object! {
    /// A file with nothing beside it: a sticker, or the picture or film of a header.
    pub struct Attachment {
        /// The file.
        pub media: MediaRef,
    }
}

object! {
    /// A picture or a film.
    pub struct Captioned {
        /// The file.
        pub media: MediaRef,
        /// At most 1,024 characters.
        pub caption: Option<String>,
    }
}

object! {
    /// Sound.
    pub struct Audio {
        /// The file.
        pub media: MediaRef,
        /// Whether it shows as spoken into the phone: Ogg with Opus, one channel.
        pub voice: Option<bool>,
    }
}

object! {
    /// Any other file.
    pub struct Document {
        /// The file.
        pub media: MediaRef,
        /// At most 1,024 characters.
        pub caption: Option<String>,
        /// What it is called at the other end; its extension picks the icon.
        pub filename: Option<String>,
    }
}

object! {
    /// The document of a header.
    pub struct NamedAttachment {
        /// The file.
        pub media: MediaRef,
        /// What it is called at the other end.
        pub filename: Option<String>,
    }
}

impl Text {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.text(&self.body, MAX_TEXT_CHARS, &at.name("body"));
    }
}

impl MediaRef {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        match self {
            Self::Id(id) => problems.filled(id, &at.name("id")),
            Self::Link(link) => problems.url(link, &at.name("link")),
        }
    }
}

impl Captioned {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        self.media.check(at, problems);
        caption(self.caption.as_deref(), at, problems);
    }
}

impl Document {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        self.media.check(at, problems);
        caption(self.caption.as_deref(), at, problems);
        filename(self.filename.as_deref(), at, problems);
    }
}

impl NamedAttachment {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        self.media.check(at, problems);
        filename(self.filename.as_deref(), at, problems);
    }
}

fn caption(caption: Option<&str>, at: &Pointer<'_>, problems: &mut Problems) {
    problems.optional_text(caption, MAX_CAPTION_CHARS, &at.name("caption"));
}

fn filename(filename: Option<&str>, at: &Pointer<'_>, problems: &mut Problems) {
    problems.optional_text(filename, usize::MAX, &at.name("filename"));
}
