//! Finding customers and what was said, without regard to case and accents.
//!
//! What is searched stands in tables of its own, which [`advance`] fills from the event log after the fact: an
//! inbound message pays nothing for it. Whoever searches first lets the tables catch up, so that he finds what was
//! said a second ago. ADR 0014 has the reasons and the figures.

mod contacts;
mod fold;
mod index;
mod messages;

pub use self::{
    contacts::{ContactHit, find_conversations},
    fold::{Range, highlights},
    index::{advance, catch_up},
    messages::{MessageHit, find_messages},
};

/// Words of a search that count; those after them are ignored.
const MOST_TERMS: usize = 8;

/// The words of a search, folded, each once.
fn terms(text: &str) -> Vec<String> {
    let mut terms: Vec<String> = Vec::new();
    for word in fold::words(text) {
        if !terms.contains(&word.folded) && terms.len() < MOST_TERMS {
            terms.push(word.folded);
        }
    }
    terms
}

/// Every term as the beginning of a word. Terms are letters and digits alone, so quotes keep them whole.
fn query_of(terms: &[String]) -> Option<String> {
    let parts: Vec<String> = terms.iter().map(|term| format!("'{term}':*")).collect();
    (!parts.is_empty()).then(|| parts.join(" & "))
}

/// What finds customers by this text; `None` when there is nothing to search for in it. What is written like a
/// telephone number is one number, however it is grouped.
pub(crate) fn contact_query(text: &str) -> Option<String> {
    let terms = match dialled(text) {
        Some(digits) => vec![digits],
        None => terms(text),
    };
    query_of(&terms)
}

/// The digits of a text that is written like a part of a telephone number.
fn dialled(text: &str) -> Option<String> {
    let decoration = |c: char| matches!(c, '+' | '-' | '(' | ')' | '.' | ' ');
    if !text.chars().all(|c| c.is_ascii_digit() || decoration(c)) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    (!digits.is_empty()).then_some(digits)
}
