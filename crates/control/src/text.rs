//! Small rules on text that people type.

/// The longest name of a tenant, a line, a brand or a person.
const MAX_NAME: usize = 120;

/// A name without the blanks around it; `None` if nothing is left, it is too
/// long or it has control characters in it.
pub(crate) fn name(text: &str) -> Option<String> {
    let name = text.trim();
    let fits = (1..=MAX_NAME).contains(&name.chars().count());
    (fits && !name.chars().any(char::is_control)).then(|| name.to_owned())
}

/// Whether this is an id as Meta gives them out: digits only.
pub(crate) fn is_digits(text: &str, length: std::ops::RangeInclusive<usize>) -> bool {
    length.contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())
}

/// A phone number as people write it; `None` if it is none.
pub(crate) fn phone_number(text: &str) -> Option<String> {
    let number = text.trim();
    let written = |c: char| c.is_ascii_digit() || " +-().".contains(c);
    let fits = (1..=32).contains(&number.len()) && number.bytes().any(|byte| byte.is_ascii_digit());
    (fits && number.chars().all(written)).then(|| number.to_owned())
}

/// At most `length` characters of text from outside, without control
/// characters; `None` if nothing is left.
pub(crate) fn clip(text: &str, length: usize) -> Option<String> {
    let clipped: String = text.chars().filter(|c| !c.is_control()).take(length).collect();
    (!clipped.is_empty()).then_some(clipped)
}

/// A pattern for `ILIKE` that finds `text` anywhere, taken literally.
pub(crate) fn contains_pattern(text: &str) -> String {
    format!("%{}%", literal(text))
}

/// A pattern for `LIKE` that finds what begins with `text`, taken literally.
pub(crate) fn prefix_pattern(text: &str) -> String {
    format!("{}%", literal(text))
}

fn literal(text: &str) -> String {
    let mut literal = String::new();
    for c in text.chars().filter(|c| *c != '\0') {
        if matches!(c, '%' | '_' | '\\') {
            literal.push('\\');
        }
        literal.push(c);
    }
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_trimmed_and_bounded() {
        assert_eq!(name("  Clínica Sol ").as_deref(), Some("Clínica Sol"));
        assert!(name(&"ñ".repeat(120)).is_some());
        for bad in ["", "   ", "a\0b", "a\nb", &"a".repeat(121)] {
            assert_eq!(name(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_phone_number_may_be_written_with_blanks_and_signs() {
        assert_eq!(
            phone_number(" +51 (1) 987-654.321 ").as_deref(),
            Some("+51 (1) 987-654.321")
        );
        for bad in ["", "+", "51x", "51\0", "١٢٣"] {
            assert_eq!(phone_number(bad), None, "{bad:?}");
        }
    }

    #[test]
    fn a_search_takes_wildcards_literally() {
        assert_eq!(contains_pattern("50%_a\\"), "%50\\%\\_a\\\\%");
    }
}
