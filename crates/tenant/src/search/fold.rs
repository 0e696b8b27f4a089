//! Words without case and accents, and where they stand in the text as it was written.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The longest word that is told from another, in characters.
const LONGEST: usize = 48;

/// A word of a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Word {
    /// Lower case, without accents.
    pub folded: String,
    /// For each character of `folded` the character of the text that it comes from; one more for the word's end.
    places: Vec<usize>,
}

/// A stretch of a text, counted in UTF-16 code units as browsers do, the end not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Range {
    /// Where it begins.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
}

/// The characters that stand for `c` in a search.
fn fold(c: char, mut put: impl FnMut(char)) {
    if c.is_ascii() {
        put(c.to_ascii_lowercase());
        return;
    }
    for c in c.to_lowercase().nfkd().filter(|c| !is_combining_mark(*c)) {
        match c {
            'ø' => put('o'),
            'ł' => put('l'),
            'đ' | 'ð' => put('d'),
            'ß' => "ss".chars().for_each(&mut put),
            'æ' => "ae".chars().for_each(&mut put),
            'œ' => "oe".chars().for_each(&mut put),
            other => put(other),
        }
    }
}

/// The words of a text in its order.
pub(super) fn words(text: &str) -> Vec<Word> {
    let mut all = Vec::new();
    let mut folded = String::new();
    let mut places = Vec::new();
    let mut end = 0;
    let mut close = |folded: &mut String, places: &mut Vec<usize>, end: usize| {
        if !folded.is_empty() {
            places.push(end);
            all.push(Word {
                folded: std::mem::take(folded),
                places: std::mem::take(places),
            });
        }
        places.clear();
    };
    for (place, c) in text.chars().enumerate() {
        // A mark of its own belongs to the letter before it.
        if is_combining_mark(c) {
            end = place + 1;
            continue;
        }
        if !c.is_alphanumeric() {
            close(&mut folded, &mut places, end);
            continue;
        }
        fold(c, |c| {
            if c.is_alphanumeric() && places.len() < LONGEST {
                folded.push(c);
                places.push(place);
            }
        });
        end = place + 1;
    }
    close(&mut folded, &mut places, end);
    all
}

/// Each word of a text once, one blank between them.
pub(super) fn word_list(text: &str) -> String {
    let mut words: Vec<String> = words(text).into_iter().map(|word| word.folded).collect();
    words.sort_unstable();
    words.dedup();
    words.join(" ")
}

/// Where in characters `terms` begin words of `text`, or, `anywhere`, stand in them.
pub(super) fn hits(text: &str, terms: &[String], anywhere: bool) -> Vec<(usize, usize)> {
    let mut found: Vec<(usize, usize)> = Vec::new();
    for word in words(text) {
        let longest = terms
            .iter()
            .filter_map(|term| word.place_of(term, anywhere))
            .max_by_key(|(from, to)| to - from);
        found.extend(longest);
    }
    found
}

impl Word {
    fn place_of(&self, term: &str, anywhere: bool) -> Option<(usize, usize)> {
        let byte = if anywhere {
            self.folded.find(term)?
        } else {
            self.folded.starts_with(term).then_some(0)?
        };
        let from = self.folded[..byte].chars().count();
        let to = from + term.chars().count();
        let last = *self.places.get(to.checked_sub(1)?)?;
        let end = match self.places.get(to) {
            Some(next) if to + 1 == self.places.len() || *next > last => *next,
            _ => last + 1,
        };
        Some((*self.places.get(from)?, end))
    }
}

/// Stretches of characters as stretches of UTF-16 code units of the same text.
pub(super) fn in_utf16(text: &str, places: &[(usize, usize)]) -> Vec<Range> {
    let mut offsets = Vec::with_capacity(text.len() + 1);
    let mut offset = 0;
    for c in text.chars() {
        offsets.push(offset);
        offset += c.len_utf16();
    }
    offsets.push(offset);
    let at = |place: usize| offsets.get(place).copied().unwrap_or(offset);
    places
        .iter()
        .map(|(start, end)| Range {
            start: at(*start),
            end: at(*end),
        })
        .collect()
}

/// Where what was searched for stands in a name or a telephone number.
pub fn highlights(text: &str, search: &str) -> Vec<Range> {
    if let Some(digits) = super::dialled(search)
        && let Some(range) = number(text, &digits)
    {
        return vec![range];
    }
    in_utf16(text, &hits(text, &super::terms(search), true))
}

/// The digits in a number, whatever stands between them.
fn number(text: &str, digits: &str) -> Option<Range> {
    let places: Vec<(usize, char)> = text
        .chars()
        .enumerate()
        .filter(|(_, c)| c.is_ascii_digit())
        .collect();
    let all: String = places.iter().map(|(_, c)| *c).collect();
    let from = all.find(digits)?;
    let (start, _) = places.get(from)?;
    let (last, _) = places.get(from + digits.len() - 1)?;
    in_utf16(text, &[(*start, last + 1)]).pop()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn marked(text: &str, search: &str, anywhere: bool) -> Vec<String> {
        let units: Vec<u16> = text.encode_utf16().collect();
        in_utf16(text, &hits(text, &super::super::terms(search), anywhere))
            .into_iter()
            .map(|range| String::from_utf16(&units[range.start..range.end]).unwrap())
            .collect()
    }

    #[test]
    fn case_and_accents_do_not_tell_words_apart() {
        for (text, list) in [
            ("Mañana a las 10:30, ¿SÍ?", "10 30 a las manana si"),
            ("Mañana", "manana"),
            ("Straße Łódź ﬁn", "fin lodz strasse"),
            ("👍🏽 …", ""),
            ("İstanbul", "istanbul"),
        ] {
            assert_eq!(word_list(text), list, "{text}");
        }
    }

    #[test]
    fn what_was_found_is_marked_as_it_was_written() {
        assert_eq!(marked("👋 Buenos DÍAS, día", "dia", false), ["DÍA", "día"]);
        assert_eq!(marked("Factu\u{301}ra", "factur", false), ["Factu\u{301}r"]);
        assert_eq!(marked("Straße", "strass", false), ["Straß"]);
        assert_eq!(marked("Fernández", "nand", true), ["nánd"]);
        assert_eq!(marked("Fernández", "nand", false), [""; 0]);
    }

    #[test]
    fn a_number_is_found_however_it_is_grouped() {
        let range = highlights("+51 987 654 321", "87-65").pop().unwrap();
        assert_eq!(&"+51 987 654 321"[range.start..range.end], "87 65");
    }
}
