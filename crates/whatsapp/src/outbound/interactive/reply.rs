//! Reply buttons. Meta's page `messages/interactive-reply-buttons-messages`.

use std::collections::HashSet;

use super::super::{
    limits,
    problem::{Pointer, Problems},
    shape::{choice, object},
};

object! {
    /// Up to three answers.
    pub struct ReplyButtons {
        /// The answers, one to three.
        pub buttons: Vec<ReplyButton>,
    }
}

choice! {
    /// A button.
    pub enum ReplyButton {
        /// The only kind there is.
        Reply(Reply) = "reply",
    }
}

object! {
    /// An answer: what it says and what it means.
    pub struct Reply {
        /// What the webhook repeats, at most 256 characters, unique.
        pub id: String,
        /// The button's words, at most 20 characters, unique.
        pub title: String,
    }
}

impl ReplyButtons {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let at = at.name("buttons");
        problems.count(self.buttons.len(), &(1..=limits::BUTTONS), &at);
        let replies = self.buttons.iter().map(|ReplyButton::Reply(reply)| reply);
        check_replies(replies, "reply", &at, problems);
    }
}

/// Checks answers that stand in the property `name` of each element of the list at `at`.
pub(super) fn check_replies<'a>(
    replies: impl Iterator<Item = &'a Reply>,
    name: &str,
    at: &Pointer<'_>,
    problems: &mut Problems,
) {
    let (mut ids, mut titles) = (HashSet::new(), HashSet::new());
    for (index, reply) in replies.enumerate() {
        let at = at.index(index);
        let at = at.name(name);
        let (id, title) = (at.name("id"), at.name("title"));
        problems.text(&reply.id, limits::BUTTON_ID_CHARS, &id);
        problems.unique(reply.id.as_str(), &mut ids, &id);
        problems.text(&reply.title, limits::BUTTON_TITLE_CHARS, &title);
        problems.unique(reply.title.as_str(), &mut titles, &title);
    }
}
