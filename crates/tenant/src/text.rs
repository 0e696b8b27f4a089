//! Small rules on text that people type.

/// Text of one line without the blanks around it; `None` if nothing is left, it has more than `most`
/// characters, or control characters.
pub(crate) fn line(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let fits = (1..=most).contains(&text.chars().count()) && !text.contains(char::is_control);
    fits.then(|| text.to_owned())
}

/// The same for text that may have several lines.
pub(crate) fn lines(text: &str, most: usize) -> Option<String> {
    let text = text.trim();
    let control = |c: char| c.is_control() && !matches!(c, '\n' | '\r' | '\t');
    let fits = (1..=most).contains(&text.chars().count()) && !text.contains(control);
    fits.then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_trimmed_counted_in_characters_and_free_of_control_characters() {
        assert_eq!(line(" ñandú ", 5).as_deref(), Some("ñandú"));
        assert_eq!(lines("uno\n\tdos", 20).as_deref(), Some("uno\n\tdos"));
        for bad in ["", " \n", "ñandúes", "a\nb", "a\0"] {
            assert_eq!(line(bad, 5), None, "{bad:?}");
        }
        assert_eq!(lines("a\u{7}b", 5), None);
    }
}
