//! What a business may send (cloud-api/reference/media, "Supported media types"): types, sizes,
//! and what the bytes have to be.

const KB: usize = 1024;
const MB: usize = 1024 * KB;

/// A kind of media with the most bytes it may have and its MIME types.
const KINDS: &[(&str, usize, &[&str])] = &[
    (
        "audio",
        16 * MB,
        &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
    ),
    (
        "document",
        100 * MB,
        &[
            "text/plain",
            "application/pdf",
            "application/msword",
            "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
            "application/vnd.ms-excel",
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "application/vnd.ms-powerpoint",
            "application/vnd.openxmlformats-officedocument.presentationml.presentation",
        ],
    ),
    ("image", 5 * MB, &["image/jpeg", "image/png"]),
    ("sticker", 500 * KB, &["image/webp"]),
    ("video", 16 * MB, &["video/mp4", "video/3gpp"]),
];
const STATIC_STICKER: usize = 100 * KB;

/// Every type that may be uploaded.
pub fn types() -> impl Iterator<Item = &'static str> {
    KINDS.iter().flat_map(|(_, _, types)| types.iter().copied())
}

/// The most bytes that a file of a type may have; `None` when it may not be sent at all.
pub fn most_bytes(mime_type: &str) -> Option<usize> {
    let bare = bare(mime_type);
    let kind = KINDS.iter().find(|(_, _, types)| types.contains(&&*bare));
    kind.map(|(_, most, _)| *most)
}

/// Whether a file may be sent as a kind of media.
pub fn serves_as(kind: &str, voice: bool, mime_type: &str, bytes: &[u8]) -> bool {
    let mime_type = bare(mime_type);
    let Some((_, most, types)) = KINDS.iter().find(|(own, _, _)| *own == kind) else {
        return false;
    };
    // Any file of a supported type may go as a document.
    let fits = types.contains(&&*mime_type) || (kind == "document" && most_bytes(&mime_type).is_some());
    let most = if kind == "sticker" && !is_animated(bytes) {
        STATIC_STICKER
    } else {
        *most
    };
    let voice_fits = !voice || mime_type == "audio/ogg";
    fits && bytes.len() <= most && voice_fits && looks_like(&mime_type, bytes)
}

/// Whether the bytes begin as those of the type do, where that is easily told.
fn looks_like(mime_type: &str, bytes: &[u8]) -> bool {
    match mime_type {
        "image/jpeg" => bytes.starts_with(&[0xFF, 0xD8, 0xFF]),
        "image/png" => bytes.starts_with(b"\x89PNG\r\n\x1a\n"),
        "image/webp" => bytes.starts_with(b"RIFF") && bytes.get(8..12) == Some(b"WEBP"),
        "video/mp4" | "video/3gpp" | "audio/mp4" => bytes.get(4..8) == Some(b"ftyp"),
        "application/pdf" => bytes.starts_with(b"%PDF"),
        // Of Ogg only Opus is played.
        "audio/ogg" => bytes.starts_with(b"OggS") && holds(bytes, b"OpusHead"),
        _ => !bytes.is_empty(),
    }
}

fn is_animated(bytes: &[u8]) -> bool {
    holds(bytes, b"ANIM")
}

/// Whether a mark is near the front.
fn holds(bytes: &[u8], mark: &[u8]) -> bool {
    let front = bytes.get(..256).unwrap_or(bytes);
    front.windows(mark.len()).any(|window| window == mark)
}

fn bare(mime_type: &str) -> String {
    let bare = mime_type.split(';').next().unwrap_or_default();
    bare.trim().to_ascii_lowercase()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_samples_are_what_they_are_sent_as_and_nothing_else() {
        let photo = include_bytes!("../../samples/photo.jpg");
        let voice = include_bytes!("../../samples/voice.ogg");
        let sticker = include_bytes!("../../samples/sticker.webp");
        assert!(serves_as("image", false, "image/jpeg", photo));
        assert!(serves_as("document", false, "image/jpeg", photo));
        assert!(!serves_as("sticker", false, "image/jpeg", photo));
        assert!(!serves_as("image", false, "image/png", photo));
        assert!(serves_as("audio", true, "audio/ogg; codecs=opus", voice));
        assert!(!serves_as("audio", true, "audio/mpeg", voice));
        assert!(serves_as("sticker", false, "image/webp", sticker));
        let mut large = b"RIFF....WEBPVP8X".to_vec();
        large.resize(STATIC_STICKER + 1, 0);
        assert!(!serves_as("sticker", false, "image/webp", &large));
        large[20..24].copy_from_slice(b"ANIM");
        assert!(serves_as("sticker", false, "image/webp", &large));
        assert_eq!(
            (most_bytes("IMAGE/JPEG"), most_bytes("image/gif")),
            (Some(5 * MB), None)
        );
    }
}
