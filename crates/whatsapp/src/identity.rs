//! The two names a WhatsApp user has: a phone number and a business-scoped user id (BSUID).
//! Pure text rules; no I/O.

/// Whether the text is a BSUID: two capital letters, a dot and up to 128 alphanumeric characters,
/// with `ENT.` in between for the id that linked portfolios share.
pub fn is_bsuid(text: &str) -> bool {
    let Some((country, rest)) = text.split_once('.') else {
        return false;
    };
    let id = rest.strip_prefix("ENT.").unwrap_or(rest);
    country.len() == 2
        && country.bytes().all(|byte| byte.is_ascii_uppercase())
        && (1..=128).contains(&id.len())
        && id.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

/// The digits of a phone number without its decoration (`+ - ( ) .` and spaces), or `None` when
/// it is no international number of 5 to 15 digits.
pub fn phone_digits(text: &str) -> Option<String> {
    let mut digits = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '0'..='9' => digits.push(character),
            '+' | '-' | '(' | ')' | '.' | ' ' => {}
            _ => return None,
        }
    }
    (5..=15).contains(&digits.len()).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bsuids_are_told_from_phones() {
        for id in ["US.90000000000000000001", "BR.A1b2C3d4E5f6G7h8", "US.ENT.6000"] {
            assert!(is_bsuid(id), "{id}");
        }
        let too_long = format!("US.{}", "a".repeat(129));
        for text in ["12025550111", "us.1", "USA.1", "US.", "US.a-b", "", &too_long] {
            assert!(!is_bsuid(text), "{text}");
        }
    }

    #[test]
    fn a_phone_loses_its_decoration() {
        assert_eq!(phone_digits("+1 (202) 555-0111").as_deref(), Some("12025550111"));
        for text in [
            "",
            "123",
            "1234567890123456",
            "US.90000000000000000001",
            "12025550111x",
        ] {
            assert_eq!(phone_digits(text), None, "{text}");
        }
    }
}
