//! JSON as Meta writes it: non-ASCII characters as lower-case `\uXXXX`, slashes as `\/`.

use std::fmt::Write;

use serde_json::Value;

/// The body of a webhook, byte for byte as Meta would write it.
pub fn to_meta_json(value: &Value) -> String {
    let json = value.to_string();
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            // A slash cannot stand outside a string, nor can anything that is not ASCII.
            '/' => escaped.push_str("\\/"),
            ' '..='~' => escaped.push(character),
            _ => {
                for unit in character.encode_utf16(&mut [0; 2]) {
                    // Writing to a string cannot fail.
                    let _ = write!(escaped, "\\u{unit:04x}");
                }
            }
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn everything_but_plain_ascii_is_escaped_in_lower_case() {
        let value = json!({"t": "añ/😀\n"});
        assert_eq!(to_meta_json(&value), r#"{"t":"a\u00f1\/\ud83d\ude00\n"}"#);
    }
}
