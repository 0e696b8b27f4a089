//! Files that Meta takes and files that it does not.

use whatsapp::{
    outbound::media_limits::{
        ACCEPTED, HEAD_BYTES, MediaRefusal, accepted, check, check_bytes, check_voice, kind_of, sniff,
    },
    webhook::MediaKind,
};

const MIB: u64 = 1024 * 1024;
const DOCX: &str = "application/vnd.openxmlformats-officedocument.wordprocessingml.document";

/// The first page of an Ogg file with one packet.
fn ogg(packet: &[u8]) -> Vec<u8> {
    let mut page = b"OggS\0\x02".to_vec();
    page.extend([0; 20]);
    page.extend([1, u8::try_from(packet.len()).unwrap()]);
    page.extend(packet);
    page
}

fn opus(channels: u8) -> Vec<u8> {
    let mut head = b"OpusHead\x01".to_vec();
    head.extend([channels, 0x38, 1, 0x80, 0xBB, 0, 0, 0, 0, 0]);
    ogg(&head)
}

fn webp(chunk: &[u8], data: &[u8]) -> Vec<u8> {
    let mut file = b"RIFF\x64\0\0\0WEBP".to_vec();
    file.extend(chunk);
    file.extend(u32::try_from(data.len()).unwrap().to_le_bytes());
    file.extend(data);
    file
}

/// A file with an extended header: the flags and both sides less one, in three bytes each.
fn extended(flags: u8, width: u16, height: u16) -> Vec<u8> {
    let mut data = vec![flags, 0, 0, 0];
    for side in [width, height] {
        data.extend((side - 1).to_le_bytes());
        data.push(0);
    }
    webp(b"VP8X", &data)
}

#[test]
fn every_kind_has_its_types_and_its_size() {
    for (kind, mime_type, most) in [
        (MediaKind::Image, "image/jpeg", 5 * MIB),
        (MediaKind::Audio, "audio/ogg; codecs=opus", 16 * MIB),
        (MediaKind::Video, "VIDEO/MP4", 16 * MIB),
        (MediaKind::Document, "application/pdf", 100 * MIB),
        (MediaKind::Sticker, "image/webp", 500 * 1024),
    ] {
        assert!(check(kind, mime_type, most).is_ok(), "{mime_type}");
        assert_eq!(
            check(kind, mime_type, most + 1),
            Err(MediaRefusal::TooLarge { limit: most })
        );
        assert_eq!(check(kind, mime_type, 0), Err(MediaRefusal::Empty));
        assert_eq!(kind_of(mime_type), Some(kind));
    }
    assert_eq!(
        check(MediaKind::Audio, "audio/ogg; codecs=opus", 1),
        Ok("audio/ogg")
    );
    for (kind, mime_type) in [
        (MediaKind::Image, "image/webp"),
        (MediaKind::Image, "image/svg+xml"),
        (MediaKind::Sticker, "image/png"),
        (MediaKind::Video, "video/quicktime"),
        (MediaKind::Document, "text/html"),
        (MediaKind::Audio, ""),
    ] {
        let refusal = check(kind, mime_type, 1).unwrap_err();
        assert!(matches!(refusal, MediaRefusal::Type { .. }), "{mime_type}");
        let taken = accepted(kind).mime_types[0];
        assert!(refusal.to_string().contains(taken), "{refusal}");
        assert_eq!(refusal.code(), "unsupported");
    }
    assert_eq!(kind_of("application/zip"), None);
    for row in &ACCEPTED {
        assert_eq!(accepted(row.kind), row);
    }
}

#[test]
fn bytes_that_are_something_else_are_found_out() {
    let html: &[u8] = b"<!DOCTYPE html><script>alert(1)</script>";
    let mp4: &[u8] = b"\0\0\0\x18ftypmp42\0\0\0\0";
    let ole: &[u8] = &[0xD0, 0xCF, 0x11, 0xE0, 0xA1, 0xB1, 0x1A, 0xE1, 0];
    for (kind, mime_type, head) in [
        (MediaKind::Image, "image/jpeg", &[0xFF, 0xD8, 0xFF, 0xE0][..]),
        (MediaKind::Image, "image/png", b"\x89PNG\r\n\x1a\n\0"),
        (MediaKind::Audio, "audio/mpeg", b"ID3\x04"),
        (MediaKind::Audio, "audio/mpeg", &[0xFF, 0xFB, 0x90]),
        (MediaKind::Audio, "audio/aac", &[0xFF, 0xF1, 0x50]),
        (MediaKind::Audio, "audio/amr", b"#!AMR\n"),
        (MediaKind::Audio, "audio/mp4", mp4),
        (MediaKind::Video, "video/mp4", mp4),
        (MediaKind::Video, "video/3gpp", b"\0\0\0\x18ftyp3gp4"),
        (MediaKind::Document, "application/pdf", b"%PDF-1.7"),
        (MediaKind::Document, "application/msword", ole),
        (MediaKind::Document, "application/vnd.ms-excel", ole),
        (MediaKind::Document, DOCX, b"PK\x03\x04\x14\0"),
        (MediaKind::Document, "text/plain", "año".as_bytes()),
    ] {
        assert_eq!(check_bytes(kind, mime_type, 9, head), Ok(mime_type));
        let lie = if mime_type == "text/plain" { mp4 } else { html };
        let declared = mime_type;
        assert_eq!(
            check_bytes(kind, mime_type, 9, lie),
            Err(MediaRefusal::Contradiction { declared })
        );
        let cut = check_bytes(kind, mime_type, 9, &head[..1]);
        assert_eq!(cut.is_ok(), mime_type == "text/plain", "{mime_type}");
    }
}

#[test]
fn what_the_bytes_tell_is_never_a_guess() {
    for (head, seen) in [
        (&[0xFF, 0xD8, 0xFF, 0xE0][..], Some("image/jpeg")),
        (b"%PDF-1.4", Some("application/pdf")),
        (b"\0\0\0\x18ftypM4A ", Some("audio/mp4")),
        (b"\0\0\0\x18ftypisom", Some("video/mp4")),
        (b"\0\0\0\x18ftyp3gp4", Some("video/3gpp")),
        (b"\0\0\0\x18ftypheic", None),
        (b"\0\0\0\x18ftypqt  ", None),
        (b"PK\x03\x04", None),
        (b"hello", None),
        (b"", None),
    ] {
        assert_eq!(sniff(head), seen);
    }
    assert_eq!(sniff(&opus(1)), Some("audio/ogg"));
    let declared = "video/mp4";
    assert_eq!(
        check_bytes(MediaKind::Video, declared, 9, b"\0\0\0\x18ftypqt  "),
        Err(MediaRefusal::Contradiction { declared })
    );
}

#[test]
fn a_voice_message_is_opus_with_one_channel() {
    let voice = |head: &[u8]| check_voice("audio/ogg; codecs=opus", 9, head);
    assert_eq!(voice(&opus(1)), Ok("audio/ogg"));
    assert_eq!(voice(&opus(2)), Err(MediaRefusal::NotMono { channels: 2 }));
    assert_eq!(voice(&ogg(b"\x01vorbis\0\0\0\0\x01")), Err(MediaRefusal::NotOpus));
    let page = opus(1);
    for length in 4..page.len().min(38) {
        assert_eq!(voice(&page[..length]), Err(MediaRefusal::NotOpus), "{length}");
    }
    // Meta takes no other Ogg as a file either.
    assert_eq!(
        check_bytes(MediaKind::Audio, "audio/ogg", 9, &opus(2)),
        Err(MediaRefusal::NotMono { channels: 2 })
    );
    assert_eq!(
        check_voice("audio/mpeg", 9, b"ID3\x04"),
        Err(MediaRefusal::NotVoice)
    );
}

#[test]
fn a_sticker_has_its_size_and_may_be_larger_when_it_moves() {
    let sticker = |size: u64, head: &[u8]| check_bytes(MediaKind::Sticker, "image/webp", size, head);
    let moving = extended(0x02, 512, 512);
    let still = extended(0x10, 512, 512);
    let limit = 100 * 1024;
    assert_eq!(sticker(500 * 1024, &moving), Ok("image/webp"));
    assert_eq!(sticker(limit, &still), Ok("image/webp"));
    assert_eq!(sticker(limit + 1, &still), Err(MediaRefusal::TooLarge { limit }));
    let (width, height) = (512, 500);
    assert_eq!(
        sticker(9, &extended(0x02, 512, 500)),
        Err(MediaRefusal::StickerSize { width, height })
    );
    // Lossy: a tag of three bytes, the start code, fourteen bits a side.
    let lossy = webp(b"VP8 ", &[0, 0, 0, 0x9D, 0x01, 0x2A, 0, 2, 0, 2]);
    assert_eq!(sticker(9, &lossy), Ok("image/webp"));
    // Lossless: a signature, then each side less one in fourteen bits.
    let sides = 511_u32 | 511 << 14;
    let mut data = vec![0x2F];
    data.extend(sides.to_le_bytes());
    let lossless = webp(b"VP8L", &data);
    assert_eq!(sticker(limit, &lossless), Ok("image/webp"));
    let declared = "image/webp";
    for length in 0..lossy.len() {
        assert_eq!(
            sticker(9, &lossy[..length]),
            Err(MediaRefusal::Contradiction { declared })
        );
    }
    assert!(HEAD_BYTES > lossless.len());
}
