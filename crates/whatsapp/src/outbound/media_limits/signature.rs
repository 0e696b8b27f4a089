//! What a file's first bytes say. Formats: RFC 3533 and 7845 (Ogg, Opus), RFC 9649 (WebP), ISO
//! 14496-12 (MP4 and 3GPP). Pure.

const OLE: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1];
const ZIP: &[u8] = b"PK\x03\x04";

/// What else is made of boxes: QuickTime, and pictures as telephones take them.
const NO_FILM: [&[u8; 4]; 8] = [
    b"qt  ", b"heic", b"heix", b"heif", b"mif1", b"msf1", b"avif", b"avis",
];

/// Types that their first bytes alone tell from every other that Meta takes. Office files are not
/// among them: their kinds share a container.
const TOLD_BY_BYTES: [&str; 10] = [
    "image/jpeg",
    "image/png",
    "image/webp",
    "application/pdf",
    "audio/ogg",
    "audio/amr",
    "video/3gpp",
    "audio/mp4",
    "video/mp4",
    "audio/aac",
];

/// The type that the first bytes tell, where they do; never a guess.
pub fn sniff(head: &[u8]) -> Option<&'static str> {
    TOLD_BY_BYTES.into_iter().find(|mime_type| match *mime_type {
        "video/3gpp" => brand(head).is_some_and(|brand| brand.starts_with(b"3g")),
        "audio/mp4" => brand(head).is_some_and(|brand| matches!(brand, b"M4A " | b"M4B ")),
        "video/mp4" => brand(head).is_some_and(|brand| {
            brand.starts_with(b"iso") || matches!(brand, b"mp41" | b"mp42" | b"avc1" | b"M4V " | b"MSNV")
        }),
        other => fits(other, head),
    })
}

/// Whether a file that begins so may be of this type, one of those that Meta takes.
pub(super) fn fits(mime_type: &str, head: &[u8]) -> bool {
    match mime_type {
        "image/jpeg" => head.starts_with(&[0xFF, 0xD8, 0xFF]),
        "image/png" => head.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/webp" => head.starts_with(b"RIFF") && head.get(8..12) == Some(b"WEBP"),
        "audio/ogg" => head.starts_with(b"OggS"),
        "audio/amr" => head.starts_with(b"#!AMR"),
        // ADTS: twelve bits set, and a layer of zero.
        "audio/aac" => {
            matches!(head, [0xFF, second, ..] if second & 0xF6 == 0xF0) || head.starts_with(b"ADIF")
        }
        // A tag, or eleven bits set and a layer.
        "audio/mpeg" => {
            head.starts_with(b"ID3")
                || matches!(head, [0xFF, second, ..] if second & 0xE0 == 0xE0 && second & 0x06 != 0)
        }
        "audio/mp4" | "video/mp4" | "video/3gpp" => {
            brand(head).is_some_and(|brand| !NO_FILM.contains(&brand))
        }
        "application/pdf" => head.starts_with(b"%PDF-"),
        "application/msword" | "application/vnd.ms-excel" | "application/vnd.ms-powerpoint" => {
            head.starts_with(OLE)
        }
        "text/plain" => is_text(head),
        office if office.starts_with("application/vnd.openxmlformats") => head.starts_with(ZIP),
        _ => false,
    }
}

/// The major brand of a file made of boxes.
fn brand(head: &[u8]) -> Option<&[u8; 4]> {
    if head.get(4..8)? != b"ftyp" {
        return None;
    }
    head.get(8..12)?.try_into().ok()
}

/// Text in UTF-8 or an older encoding of one byte: no zero, and no signature of another type.
fn is_text(head: &[u8]) -> bool {
    !head.contains(&0)
        && !head.starts_with(b"%PDF-")
        && !head.starts_with(b"\x89PNG")
        && !head.starts_with(ZIP)
}

/// What the head of an Opus stream in an Ogg file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Opus {
    /// How many channels it has.
    pub channels: u8,
}

impl Opus {
    /// Reads the first page of an Ogg file; `None` when it holds no Opus head.
    pub fn read(head: &[u8]) -> Option<Self> {
        const PAGE: usize = 27;
        if !head.starts_with(b"OggS") {
            return None;
        }
        let segments = usize::from(*head.get(PAGE - 1)?);
        let packet = head.get(PAGE + segments..)?;
        // After the eight letters come a version and the channels.
        if !packet.starts_with(b"OpusHead") {
            return None;
        }
        Some(Self {
            channels: *packet.get(9)?,
        })
    }
}

/// What the head of a WebP file says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WebP {
    /// In pixels.
    pub width: u32,
    /// In pixels.
    pub height: u32,
    /// Whether it moves.
    pub animated: bool,
}

impl WebP {
    /// Reads the first chunk of a WebP file; `None` when it is none.
    pub fn read(head: &[u8]) -> Option<Self> {
        if !fits("image/webp", head) {
            return None;
        }
        let chunk = head.get(20..)?;
        let still = |width, height| Self {
            width,
            height,
            animated: false,
        };
        match head.get(12..16)? {
            b"VP8 " => {
                if chunk.get(3..6)? != [0x9D, 0x01, 0x2A] {
                    return None;
                }
                let side = |at| Some(little_endian(chunk.get(at..at + 2)?) & 0x3FFF);
                Some(still(side(6)?, side(8)?))
            }
            b"VP8L" => {
                if *chunk.first()? != 0x2F {
                    return None;
                }
                let bits = little_endian(chunk.get(1..5)?);
                Some(still((bits & 0x3FFF) + 1, (bits >> 14 & 0x3FFF) + 1))
            }
            b"VP8X" => Some(Self {
                width: little_endian(chunk.get(4..7)?) + 1,
                height: little_endian(chunk.get(7..10)?) + 1,
                animated: chunk.first()? & 0x02 != 0,
            }),
            _ => None,
        }
    }
}

fn little_endian(bytes: &[u8]) -> u32 {
    bytes
        .iter()
        .rev()
        .fold(0, |number, byte| number << 8 | u32::from(*byte))
}
