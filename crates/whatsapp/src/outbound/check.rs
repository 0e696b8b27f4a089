//! The checks that many properties share. Pure.

use std::{collections::HashSet, ops::RangeInclusive};

use reqwest::Url;

use super::{
    limits,
    problem::{Pointer, Problems, code},
};

impl Problems {
    /// A text with something in it, of at most `most` characters.
    pub(super) fn text(&mut self, text: &str, most: usize, at: &Pointer<'_>) {
        self.unless(!text.trim().is_empty(), at, code::EMPTY, "must not be empty");
        self.at_most(text, most, at);
    }

    /// A text of at most `most` characters.
    pub(super) fn at_most(&mut self, text: &str, most: usize, at: &Pointer<'_>) {
        let length = text.chars().count();
        if length > most {
            let reason = format!("must have at most {most} characters; it has {length}");
            self.add(at, code::TOO_LONG, reason);
        }
    }

    /// A text with something in it, of any length.
    pub(super) fn filled(&mut self, text: &str, at: &Pointer<'_>) {
        self.text(text, usize::MAX, at);
    }

    /// [`Problems::text`], for a property that may be absent.
    pub(super) fn optional_text(&mut self, text: Option<&str>, most: usize, at: &Pointer<'_>) {
        if let Some(text) = text {
            self.text(text, most, at);
        }
    }

    /// How many elements a list has.
    pub(super) fn count(&mut self, count: usize, allowed: &RangeInclusive<usize>, at: &Pointer<'_>) {
        let (least, most) = (allowed.start(), allowed.end());
        if count > *most {
            self.add(
                at,
                code::TOO_MANY,
                format!("must have at most {most}; there are {count}"),
            );
        } else if count == 0 && *least > 0 {
            self.add(at, code::EMPTY, format!("must have at least {least}"));
        } else if count < *least {
            self.add(
                at,
                code::TOO_FEW,
                format!("must have at least {least}; there are {count}"),
            );
        }
    }

    /// A number within bounds.
    pub(super) fn range(&mut self, number: i64, allowed: &RangeInclusive<i64>, at: &Pointer<'_>) {
        if !allowed.contains(&number) {
            let reason = format!("must be between {} and {}", allowed.start(), allowed.end());
            self.add(at, code::OUT_OF_RANGE, reason);
        }
    }

    /// An absolute `http` or `https` URL.
    pub(super) fn url(&mut self, url: &str, at: &Pointer<'_>) {
        self.unless(
            is_url(url),
            at,
            code::NOT_A_URL,
            "must be an absolute http or https URL",
        );
        self.at_most(url, limits::URL_CHARS, at);
    }

    /// A text that none of those `seen` before is.
    pub(super) fn unique<T: std::hash::Hash + Eq>(
        &mut self,
        value: T,
        seen: &mut HashSet<T>,
        at: &Pointer<'_>,
    ) {
        let new = seen.insert(value);
        self.unless(new, at, code::NOT_UNIQUE, "must differ from those before it");
    }
}

fn is_url(text: &str) -> bool {
    // The parser forgives spaces and missing slashes; Meta does not.
    let (scheme, rest) = text.split_once("://").unwrap_or_default();
    (scheme.eq_ignore_ascii_case("http") || scheme.eq_ignore_ascii_case("https"))
        && !rest.starts_with('/')
        && !text.contains(|c: char| c.is_whitespace() || c.is_control())
        && Url::parse(text).is_ok_and(|url| url.has_host())
}

/// Lower-case letters, digits and underscores, as template names and parameter names are written.
pub(super) fn is_snake(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_')
}

/// Whether a text holds an emoji or what joins emoji together, judged by Unicode's blocks.
pub(super) fn has_emoji(text: &str) -> bool {
    text.chars().any(|character| {
        matches!(character,
            '\u{200D}' | '\u{20E3}' | '\u{FE0F}'
            | '\u{2600}'..='\u{27BF}' | '\u{2B00}'..='\u{2BFF}' | '\u{1F000}'..='\u{1FAFF}')
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_absolute_web_addresses_are_urls() {
        for url in [
            "https://example.com",
            "HTTP://example.com/a?b=c#d",
            "https://[::1]:8080/ñ",
        ] {
            assert!(is_url(url), "{url}");
        }
        for text in [
            "",
            "example.com",
            "/a",
            "//example.com",
            "ftp://example.com",
            "https://",
            "https:///a",
            "http:example.com",
            " https://example.com",
            "https://exa mple.com",
            "javascript:alert(1)",
        ] {
            assert!(!is_url(text), "{text}");
        }
    }
}
