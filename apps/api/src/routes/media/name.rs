//! The name to save a file under. The sender chose it: whatever could lead it into another folder
//! or make it look like something else is taken out.

use tenant::media::Media;

/// The longest name, in characters.
const MAX_NAME: usize = 120;
/// Of them, the most that count as an ending.
const MAX_ENDING: usize = 10;

/// The sender's name for it, made harmless; else what it is and when it came.
pub(super) fn of(media: &Media) -> String {
    let given = media.filename.as_deref().map(harmless).unwrap_or_default();
    if given.is_empty() {
        let when = media.created_at.format("%Y-%m-%d-%H%M%S");
        format!("{}-{when}.{}", media.kind, ending(media.content_type.as_deref()))
    } else {
        given
    }
}

/// The same for clients that read no other (RFC 6266, appendix D).
pub(super) fn in_ascii(name: &str) -> String {
    let plain = |c: char| if c.is_ascii() { c } else { '_' };
    name.chars().map(plain).collect()
}

fn harmless(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let kept = last.chars().filter(|c| !c.is_control() && !is_invisible(*c));
    // What Windows takes for something else than a letter.
    let safe = kept.map(|c| if r#"<>:"|?*"#.contains(c) { '_' } else { c });
    let name: String = safe.collect();
    shortened(name.trim_matches([' ', '.']))
}

/// Turns the direction of text or has no width: it would show another name than there is.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= MAX_NAME {
        return name.to_owned();
    }
    let ending = name
        .rsplit_once('.')
        .map(|(_, ending)| ending)
        .filter(|ending| ending.chars().count() <= MAX_ENDING);
    let ending = ending.map(|ending| format!(".{ending}")).unwrap_or_default();
    let stem: String = name.chars().take(MAX_NAME - ending.chars().count()).collect();
    stem + &ending
}

fn ending(content_type: Option<&str>) -> &'static str {
    match content_type {
        Some("image/jpeg") => "jpg",
        Some("image/png") => "png",
        Some("image/webp") => "webp",
        Some("image/gif") => "gif",
        Some("audio/aac") => "aac",
        Some("audio/amr") => "amr",
        Some("audio/mpeg") => "mp3",
        Some("audio/mp4") => "m4a",
        Some("audio/ogg") => "ogg",
        Some("video/mp4") => "mp4",
        Some("video/3gpp") => "3gp",
        Some("application/pdf") => "pdf",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lose_what_could_mislead() {
        let cases = [
            ("invoice 2026 – número 7.pdf", "invoice 2026 – número 7.pdf"),
            ("../../etc/passwd", "passwd"),
            (r"C:\Windows\System32\cmd.exe", "cmd.exe"),
            ("a\r\nSet-Cookie: x\0.pdf", "aSet-Cookie_ x.pdf"),
            ("gpj.\u{202e}exe.pdf", "gpj.exe.pdf"),
            (r#"a"b.pdf"#, "a_b.pdf"),
            (" .htaccess. ", "htaccess"),
            ("..", ""),
            ("/", ""),
        ];
        for (given, safe) in cases {
            assert_eq!(harmless(given), safe, "{given:?}");
        }
        let long = harmless(&format!("{}.pdf", "ñ".repeat(4_000)));
        assert_eq!((long.chars().count(), long.ends_with("ñ.pdf")), (MAX_NAME, true));
        assert_eq!(in_ascii("número 7.pdf"), "n_mero 7.pdf");
    }
}
