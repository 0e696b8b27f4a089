//! The names Meta gives to people and messages, made up in the same shapes.

use base64::{Engine, engine::general_purpose::STANDARD};
use ring::{
    digest,
    rand::{SecureRandom, SystemRandom},
};

/// Calling codes of one and two digits; every other code has three.
const SHORT_CODES: &[&str] = &[
    "1", "7", "20", "27", "30", "31", "32", "33", "34", "36", "39", "40", "41", "43", "44", "45", "46", "47",
    "48", "49", "51", "52", "53", "54", "55", "56", "57", "58", "60", "61", "62", "63", "64", "65", "66",
    "81", "82", "84", "86", "90", "91", "92", "93", "94", "95", "98",
];

const COUNTRIES: &[(&str, &str)] = &[
    ("34", "ES"),
    ("351", "PT"),
    ("44", "GB"),
    ("49", "DE"),
    ("502", "GT"),
    ("503", "SV"),
    ("504", "HN"),
    ("505", "NI"),
    ("506", "CR"),
    ("507", "PA"),
    ("51", "PE"),
    ("52", "MX"),
    ("54", "AR"),
    ("55", "BR"),
    ("56", "CL"),
    ("57", "CO"),
    ("58", "VE"),
    ("591", "BO"),
    ("593", "EC"),
    ("595", "PY"),
    ("598", "UY"),
];

/// Which way a message went, as its id tells.
#[derive(Clone, Copy)]
pub enum Way {
    /// From the business.
    Out,
    /// From the person.
    In,
}

/// The calling code at the front of a number.
pub fn calling_code(digits: &str) -> &str {
    let short = SHORT_CODES.iter().find(|code| digits.starts_with(**code));
    short.map_or_else(|| digits.get(..3).unwrap_or(digits), |code| &digits[..code.len()])
}

/// A person's business-scoped user id: always the same for a phone and an account.
pub fn user_id(waba_id: &str, phone: &str) -> String {
    let code = calling_code(phone);
    let country = COUNTRIES
        .iter()
        .find(|(c, _)| *c == code)
        .map_or("US", |(_, country)| country);
    let hash = digest::digest(&digest::SHA256, format!("{waba_id}/{phone}").as_bytes());
    let digits: String = hash
        .as_ref()
        .iter()
        .take(20)
        .map(|byte| char::from(b'0' + byte % 10))
        .collect();
    format!("{country}.{digits}")
}

/// A new message id. Like Meta's, it holds the person's number.
pub fn wamid(phone: &str, way: Way) -> String {
    let (direction, length) = match way {
        Way::Out => (0x11, 9),
        Way::In => (0x12, 10),
    };
    let suffix = hex::encode_upper(&random::<10>()[..length]);
    let mut bytes = vec![0x1c, 0x18];
    push(&mut bytes, phone);
    bytes.extend([0x15, 0x02, 0x00, direction, 0x18]);
    push(&mut bytes, &suffix);
    bytes.push(0);
    format!("wamid.{}", STANDARD.encode(bytes))
}

/// A trace id as Graph errors carry it.
pub fn trace_id() -> String {
    format!("A{}", hex::encode(random::<11>()))
}

/// Random decimal digits.
pub fn challenge() -> String {
    random::<10>()
        .iter()
        .map(|byte| char::from(b'0' + byte % 10))
        .collect()
}

/// The other ways to write the same mobile number: Brazil's ninth digit, Mexico's 1, Argentina's 9.
pub fn variants(digits: &str) -> Vec<String> {
    let (code, prefix_length, extra) = match calling_code(digits) {
        "55" => ("55", 4, '9'),
        "52" => ("52", 2, '1'),
        "54" => ("54", 2, '9'),
        _ => return Vec::new(),
    };
    let Some((head, tail)) = digits.split_at_checked(prefix_length) else {
        return Vec::new();
    };
    let without = tail
        .strip_prefix(extra)
        .filter(|rest| rest.len() + head.len() >= code.len() + 8);
    let mut others: Vec<_> = without.map(|rest| format!("{head}{rest}")).into_iter().collect();
    others.push(format!("{head}{extra}{tail}"));
    others
}

fn push(bytes: &mut Vec<u8>, text: &str) {
    bytes.push(u8::try_from(text.len()).unwrap_or(u8::MAX));
    bytes.extend(text.as_bytes());
}

fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    // Ids of a test tool: without the system's randomness they are merely not unique.
    let _ = SystemRandom::new().fill(&mut bytes);
    bytes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_have_metas_shapes() {
        let id = user_id("700000000000001", "5491155550000");
        assert!(whatsapp::identity::is_bsuid(&id) && id.starts_with("AR."), "{id}");
        assert_eq!(id, user_id("700000000000001", "5491155550000"));
        assert!(wamid("12025550111", Way::In).starts_with("wamid.HBgLMTIwMjU1NTAxMTEVAgASGB"));
        assert!(wamid("12025550111", Way::Out).starts_with("wamid.HBgLMTIwMjU1NTAxMTEVAgARGB"));
    }

    #[test]
    fn mobile_numbers_have_other_spellings() {
        assert!(variants("5511999990000").contains(&"551199990000".to_owned()));
        assert!(variants("525512345678").contains(&"5215512345678".to_owned()));
        assert!(variants("12025550111").is_empty());
        assert_eq!(calling_code("50688887777"), "506");
    }
}
