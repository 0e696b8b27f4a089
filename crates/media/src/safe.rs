//! Which types may be shown as what they are: those that a browser can only look at or listen to.

/// What WhatsApp sends for each kind of message, as far as a browser can show it (Meta's list of
/// supported media types). A document may be anything; these are the harmless ones.
const SHOWN: [(&str, &[&str]); 5] = [
    ("image", &["image/jpeg", "image/png", "image/webp", "image/gif"]),
    ("sticker", &["image/webp"]),
    (
        "audio",
        &["audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg"],
    ),
    ("video", &["video/mp4", "video/3gpp"]),
    (
        "document",
        &[
            "application/pdf",
            "image/jpeg",
            "image/png",
            "image/webp",
            "image/gif",
        ],
    ),
];

/// The type to serve a file with: the declared one, if it is harmless, fits the kind of message
/// and does not contradict the file's first bytes. `None`: serve it as bytes to save.
pub fn safe_type(kind: &str, declared: Option<&str>, head: &[u8]) -> Option<&'static str> {
    let essence = declared?.split(';').next()?.trim().to_ascii_lowercase();
    let (_, shown) = SHOWN.iter().find(|(name, _)| *name == kind)?;
    let wanted = shown.iter().copied().find(|shown| *shown == essence)?;
    let seen = infer::get(head).map(|kind| kind.mime_type());
    let fits = match wanted.split_once('/') {
        // Containers are shared and many codecs have no signature, but nothing that a browser
        // could run begins like sound or film.
        Some(("audio" | "video", _)) => {
            seen.is_none_or(|seen| seen.starts_with("audio/") || seen.starts_with("video/"))
        }
        _ => seen == Some(wanted),
    };
    fits.then_some(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    const JPEG: &[u8] = &[0xFF, 0xD8, 0xFF, 0xE0, 0, 16, b'J', b'F', b'I', b'F'];
    const OGG: &[u8] = b"OggS\0\x02\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\0\x01\x13OpusHead";

    #[test]
    fn what_whatsapp_sends_is_shown_as_what_it_is() {
        let shown = [
            ("image", "image/jpeg", JPEG, "image/jpeg"),
            ("audio", "audio/ogg; codecs=opus", OGG, "audio/ogg"),
            (
                "audio",
                "audio/AMR",
                b"#!AMR\n\x3c\x91\x17\x16\xbe\x66\x79",
                "audio/amr",
            ),
            ("document", "application/pdf", b"%PDF-1.7", "application/pdf"),
            ("sticker", "image/webp", b"RIFF\0\0\0\0WEBPVP8 ", "image/webp"),
        ];
        for (kind, declared, head, served) in shown {
            assert_eq!(safe_type(kind, Some(declared), head), Some(served), "{declared}");
        }
    }

    #[test]
    fn what_lies_or_could_run_is_bytes_to_save() {
        let html: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
        let saved = [
            ("image", Some("image/jpeg"), html),
            ("image", Some("image/png"), JPEG),
            ("image", Some("image/svg+xml"), b"<svg onload=alert(1)>" as &[u8]),
            ("document", Some("text/html"), html),
            ("document", Some("application/pdf"), html),
            ("document", Some("application/xhtml+xml"), html),
            ("audio", Some("audio/mpeg"), html),
            ("video", Some("video/mp4"), b"%PDF-1.7"),
            ("sticker", Some("image/jpeg"), JPEG),
            ("image", None, JPEG),
            ("text", Some("image/jpeg"), JPEG),
        ];
        for (kind, declared, head) in saved {
            assert_eq!(safe_type(kind, declared, head), None, "{kind} {declared:?}");
        }
    }
}
