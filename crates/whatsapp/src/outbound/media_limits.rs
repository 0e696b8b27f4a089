//! What Meta takes as a file per kind of message, and whether a file's first bytes are what they
//! are said to be. Pure. From Meta's page `business-phone-numbers/media`, "Supported media types".
//!
//! Meta finds a wrong file only after it has accepted the message (131053): here it is found
//! while the person can still do something about it.

mod signature;

pub use self::signature::{Opus, WebP, sniff};
use crate::webhook::MediaKind;

const KIB: u64 = 1024;
const MIB: u64 = 1024 * KIB;

/// How much of a file's beginning [`check_bytes`] wants to see; a shorter file as a whole.
pub const HEAD_BYTES: usize = 4096;
/// The largest sticker that does not move, in bytes.
pub const MAX_STATIC_STICKER_BYTES: u64 = 100 * KIB;
/// Both sides of a sticker, in pixels.
pub const STICKER_SIDE: u32 = 512;

/// What Meta takes as one kind of message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accepted {
    /// The kind.
    pub kind: MediaKind,
    /// Its types, without parameters.
    pub mime_types: &'static [&'static str],
    /// The largest file, in bytes.
    pub max_bytes: u64,
}

/// What Meta takes, per kind. Of stickers it is the limit of those that move.
pub const ACCEPTED: [Accepted; 5] = [
    Accepted {
        kind: MediaKind::Image,
        mime_types: &["image/jpeg", "image/png"],
        max_bytes: 5 * MIB,
    },
    Accepted {
        kind: MediaKind::Sticker,
        mime_types: &["image/webp"],
        max_bytes: 500 * KIB,
    },
    Accepted {
        kind: MediaKind::Audio,
        mime_types: &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
        max_bytes: 16 * MIB,
    },
    Accepted {
        kind: MediaKind::Video,
        mime_types: &["video/mp4", "video/3gpp"],
        max_bytes: 16 * MIB,
    },
    Accepted {
        kind: MediaKind::Document,
        mime_types: &[
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.ms-excel",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ],
        max_bytes: 100 * MIB,
    },
];

/// Why Meta would not take a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum MediaRefusal {
    /// Not a type of this kind.
    #[error("as {} Meta takes: {}", kind.as_str(), allowed.join(", "))]
    Type {
        /// The kind of message.
        kind: MediaKind,
        /// What it may be.
        allowed: &'static [&'static str],
    },
    /// Nothing in it.
    #[error("the file is empty")]
    Empty,
    /// More bytes than Meta takes.
    #[error("the file may have at most {limit} bytes")]
    TooLarge {
        /// What is allowed.
        limit: u64,
    },
    /// The bytes are something else.
    #[error("the file is not the {declared} it is said to be")]
    Contradiction {
        /// What it is said to be.
        declared: &'static str,
    },
    /// Ogg with another codec.
    #[error("an Ogg file must hold Opus")]
    NotOpus,
    /// Sound from more than one side.
    #[error("an Ogg file must have one channel; this has {channels}")]
    NotMono {
        /// How many it has.
        channels: u8,
    },
    /// Sound that cannot show as spoken.
    #[error("a voice message must be Ogg with Opus")]
    NotVoice,
    /// A sticker of another size.
    #[error("a sticker must have 512 x 512 pixels; this has {width} x {height}")]
    StickerSize {
        /// In pixels.
        width: u32,
        /// In pixels.
        height: u32,
    },
}

impl MediaRefusal {
    /// A stable code, in the manner of [`code`](super::code).
    pub fn code(&self) -> &'static str {
        match self {
            Self::Type { .. } => "unsupported",
            Self::Empty => "empty",
            Self::TooLarge { .. } => "too_large",
            Self::Contradiction { .. } => "not_as_declared",
            Self::NotOpus => "not_opus",
            Self::NotMono { .. } => "not_mono",
            Self::NotVoice => "not_voice",
            Self::StickerSize { .. } => "sticker_size",
        }
    }
}

/// What Meta takes as `kind`.
pub fn accepted(kind: MediaKind) -> &'static Accepted {
    let [image, sticker, audio, video, document] = &ACCEPTED;
    match kind {
        MediaKind::Image => image,
        MediaKind::Sticker => sticker,
        MediaKind::Audio => audio,
        MediaKind::Video => video,
        MediaKind::Document => document,
    }
}

/// The kind of message that a file of this type is sent as, if Meta takes it at all.
pub fn kind_of(mime_type: &str) -> Option<MediaKind> {
    let essence = essence(mime_type);
    ACCEPTED
        .iter()
        .find(|accepted| accepted.mime_types.contains(&essence.as_str()))
        .map(|accepted| accepted.kind)
}

/// Checks what is said of a file: its type, which may carry parameters, and its size in bytes.
/// Returns the type as Meta writes it.
pub fn check(kind: MediaKind, mime_type: &str, size: u64) -> Result<&'static str, MediaRefusal> {
    let accepted = accepted(kind);
    let essence = essence(mime_type);
    let Some(known) = accepted
        .mime_types
        .iter()
        .copied()
        .find(|known| *known == essence)
    else {
        return Err(MediaRefusal::Type {
            kind,
            allowed: accepted.mime_types,
        });
    };
    if size == 0 {
        return Err(MediaRefusal::Empty);
    }
    at_most(size, accepted.max_bytes)?;
    Ok(known)
}

/// [`check`], and whether the file's first [`HEAD_BYTES`] are what they are said to be: of a
/// sticker its size and movement, of an Ogg file its codec and channels.
pub fn check_bytes(
    kind: MediaKind,
    mime_type: &str,
    size: u64,
    head: &[u8],
) -> Result<&'static str, MediaRefusal> {
    let declared = check(kind, mime_type, size)?;
    if !signature::fits(declared, head) {
        return Err(MediaRefusal::Contradiction { declared });
    }
    match declared {
        "audio/ogg" => {
            let opus = Opus::read(head).ok_or(MediaRefusal::NotOpus)?;
            if opus.channels != 1 {
                return Err(MediaRefusal::NotMono {
                    channels: opus.channels,
                });
            }
        }
        "image/webp" => {
            let WebP {
                width,
                height,
                animated,
            } = WebP::read(head).ok_or(MediaRefusal::Contradiction { declared })?;
            if (width, height) != (STICKER_SIDE, STICKER_SIDE) {
                return Err(MediaRefusal::StickerSize { width, height });
            }
            if !animated {
                at_most(size, MAX_STATIC_STICKER_BYTES)?;
            }
        }
        _ => {}
    }
    Ok(declared)
}

/// [`check_bytes`] for sound that is to show as spoken into the phone.
pub fn check_voice(mime_type: &str, size: u64, head: &[u8]) -> Result<&'static str, MediaRefusal> {
    let declared = check_bytes(MediaKind::Audio, mime_type, size, head)?;
    if declared == "audio/ogg" {
        Ok(declared)
    } else {
        Err(MediaRefusal::NotVoice)
    }
}

fn at_most(size: u64, limit: u64) -> Result<(), MediaRefusal> {
    if size > limit {
        Err(MediaRefusal::TooLarge { limit })
    } else {
        Ok(())
    }
}

fn essence(mime_type: &str) -> String {
    let essence = mime_type.split(';').next().unwrap_or_default();
    essence.trim().to_ascii_lowercase()
}
