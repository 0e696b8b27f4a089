//! What is done to another message: reaction and pin. Meta's pages `messages/reaction-messages`
//! and `groups/pin-messages`.

use std::ops::RangeInclusive;

use super::{
    problem::{Pointer, Problems, code},
    shape::{object, words},
};

/// No emoji sequence of Unicode comes near it.
const EMOJI_CHARS: usize = 16;
const PIN_DAYS: RangeInclusive<i64> = 1..=30;

object! {
    /// An emoji under a message.
    pub struct Reaction {
        /// The message's wamid. At most 30 days old, and no reaction itself.
        pub message_id: String,
        /// One emoji; empty takes it back.
        pub emoji: String,
    }
}

words! {
    /// What is done with the pin.
    pub enum PinAction {
        /// The message is pinned.
        Pin = "pin",
        /// It is taken down.
        Unpin = "unpin",
    }
}

object! {
    /// A message kept at the top of a group.
    pub struct Pin {
        /// Up or down.
        pub action: PinAction as "type",
        /// The message's wamid.
        pub message_id: String,
        /// After how many days it comes down by itself.
        pub expiration_days: Option<i64>,
    }
}

impl Reaction {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.message_id, &at.name("message_id"));
        let emoji = &self.emoji;
        let may_be_emoji = !emoji.contains(|c: char| c.is_ascii_alphabetic() || c.is_whitespace())
            && (emoji.is_empty() || !emoji.is_ascii())
            && emoji.chars().count() <= EMOJI_CHARS;
        problems.unless(
            may_be_emoji,
            &at.name("emoji"),
            code::UNSUPPORTED,
            "must be one emoji, or empty to take the reaction back",
        );
    }
}

impl Pin {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.filled(&self.message_id, &at.name("message_id"));
        if let Some(days) = self.expiration_days {
            problems.range(days, &PIN_DAYS, &at.name("expiration_days"));
        }
    }
}
