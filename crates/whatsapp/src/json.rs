//! Reading JSON that may be wrong in places: borrowed raw values instead of typed structs, so
//! that one odd property never costs the whole document. Depends on serde_json alone.

use std::{borrow::Cow, fmt};

use chrono::{DateTime, Utc};
use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor},
};
use serde_json::value::RawValue;

/// The last second of the year 9999: what RFC 3339 and databases can write.
const LATEST_SECOND: i64 = 253_402_300_799;

/// An object whose values are still raw text. Of a repeated key the last one counts.
pub(crate) struct Object<'a>(Vec<(Cow<'a, [u8]>, &'a RawValue)>);

impl<'a> Object<'a> {
    /// The object in `raw`, or `None` when it is anything else.
    pub(crate) fn parse(raw: &'a RawValue) -> Option<Self> {
        serde_json::from_str(raw.get()).ok()
    }

    pub(crate) fn get(&self, key: &str) -> Option<&'a RawValue> {
        self.0
            .iter()
            .rev()
            .find(|(name, _)| name.as_ref() == key.as_bytes())
            .map(|(_, raw)| *raw)
    }

    pub(crate) fn object(&self, key: &str) -> Option<Self> {
        self.get(key).and_then(Self::parse)
    }

    /// The elements of an array; nothing when it is absent or anything else.
    pub(crate) fn list(&self, key: &str) -> Vec<&'a RawValue> {
        self.get(key)
            .and_then(|raw| serde_json::from_str(raw.get()).ok())
            .unwrap_or_default()
    }

    /// Every key with its value, as they stand; a key that is no valid text is left out.
    pub(crate) fn entries(&self) -> impl Iterator<Item = (&str, &'a RawValue)> {
        self.0
            .iter()
            .filter_map(|(key, raw)| Some((std::str::from_utf8(key).ok()?, *raw)))
    }

    /// Text that may be empty. Numbers come as their digits.
    pub(crate) fn any_text(&self, key: &str) -> Option<String> {
        self.get(key).and_then(text).map(Cow::into_owned)
    }

    /// Text with something in it: Meta also writes an absent property as `""`.
    pub(crate) fn text(&self, key: &str) -> Option<String> {
        self.word(key).map(Cow::into_owned)
    }

    /// [`Object::text`], borrowed where it can be: to compare and to choose by.
    pub(crate) fn word(&self, key: &str) -> Option<Cow<'a, str>> {
        self.get(key).and_then(text).filter(|text| !text.is_empty())
    }

    pub(crate) fn integer(&self, key: &str) -> Option<i64> {
        self.word(key)?.parse().ok()
    }

    pub(crate) fn is_true(&self, key: &str) -> bool {
        self.get(key).is_some_and(|raw| raw.get() == "true")
    }

    /// Unix seconds, as a string or a number.
    pub(crate) fn time(&self, key: &str) -> Option<DateTime<Utc>> {
        let seconds = self
            .integer(key)
            .filter(|seconds| (0..=LATEST_SECOND).contains(seconds))?;
        DateTime::from_timestamp(seconds, 0)
    }
}

impl<'de: 'a, 'a> Deserialize<'de> for Object<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Entries<'a>(std::marker::PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Entries<'a> {
            type Value = Object<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<M: MapAccess<'de>>(self, mut map: M) -> Result<Self::Value, M::Error> {
                let mut entries = Vec::new();
                while let Some((Key(key), raw)) = map.next_entry::<Key<'a>, &'a RawValue>()? {
                    entries.push((key, raw));
                }
                Ok(Object(entries))
            }
        }

        deserializer.deserialize_map(Entries(std::marker::PhantomData))
    }
}

/// A key as bytes: serde_json refuses to read a lone surrogate as a string, but not as bytes.
struct Key<'a>(Cow<'a, [u8]>);

impl<'de: 'a, 'a> Deserialize<'de> for Key<'a> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes<'a>(std::marker::PhantomData<&'a ()>);

        impl<'de: 'a, 'a> Visitor<'de> for Bytes<'a> {
            type Value = Key<'a>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a key")
            }

            fn visit_borrowed_bytes<E>(self, bytes: &'de [u8]) -> Result<Self::Value, E> {
                Ok(Key(Cow::Borrowed(bytes)))
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Self::Value, E> {
                Ok(Key(Cow::Owned(bytes.to_vec())))
            }
        }

        deserializer.deserialize_bytes(Bytes(std::marker::PhantomData))
    }
}

/// A string or a number as text.
fn text(raw: &RawValue) -> Option<Cow<'_, str>> {
    let json = raw.get();
    match json.bytes().next()? {
        // The parser has seen to it that a string without escapes is what it says.
        b'"' if !json.contains('\\') => json.get(1..json.len() - 1).map(Cow::Borrowed),
        b'"' => serde_json::from_str(&storable(json)).ok().map(Cow::Owned),
        b'-' | b'0'..=b'9' => Some(Cow::Borrowed(json)),
        _ => None,
    }
}

/// The same JSON text with every `\u0000` and every half of a surrogate pair replaced by
/// `\ufffd`: PostgreSQL's `jsonb` and Rust's `String` refuse both.
pub fn storable(json: &str) -> Cow<'_, str> {
    let mut repaired: Option<String> = None;
    let mut copied = 0;
    let mut at = 0;
    let bytes = json.as_bytes();
    while let Some(&byte) = bytes.get(at) {
        if byte != b'\\' {
            at += 1;
            continue;
        }
        match unit(bytes, at) {
            None => at += 2,
            Some(0xD800..=0xDBFF) if matches!(unit(bytes, at + 6), Some(0xDC00..=0xDFFF)) => {
                at += 12;
            }
            Some(0 | 0xD800..=0xDFFF) => {
                let output = repaired.get_or_insert_default();
                output.push_str(&json[copied..at]);
                output.push_str("\\ufffd");
                at += 6;
                copied = at;
            }
            Some(_) => at += 6,
        }
    }
    match repaired {
        None => Cow::Borrowed(json),
        Some(mut output) => {
            output.push_str(&json[copied..]);
            Cow::Owned(output)
        }
    }
}

/// The code unit of the `\uXXXX` escape that starts at `at`, if one does.
fn unit(bytes: &[u8], at: usize) -> Option<u32> {
    let escape = bytes.get(at..at + 6)?;
    let digits = std::str::from_utf8(escape.strip_prefix(b"\\u")?).ok()?;
    u32::from_str_radix(digits, 16).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_cannot_be_stored_is_replaced() {
        for kept in [
            r#""a\u00e1\ud83d\ude00\n\\u0000 \/""#,
            r#""\\ud83d""#,
            "{}",
            "\"\\",
            "\\u00",
        ] {
            assert_eq!(storable(kept), kept);
        }
        assert_eq!(storable(r#""n\u0000l""#), r#""n\ufffdl""#);
        assert_eq!(storable(r#""\ud83d x \ude00""#), r#""\ufffd x \ufffd""#);
        assert_eq!(storable(r#""\\\ud83d\ud83d\ude00""#), r#""\\\ufffd\ud83d\ude00""#);
    }

    #[test]
    fn the_last_of_a_repeated_key_counts_and_odd_keys_do_no_harm() -> serde_json::Result<()> {
        let raw = RawValue::from_string(r#"{"a":1,"\ud83d":2,"a":"x"}"#.to_owned())?;
        let value = Object::parse(&raw).and_then(|object| object.text("a"));
        assert_eq!(value.as_deref(), Some("x"));
        Ok(())
    }
}
