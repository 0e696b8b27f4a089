//! Lists. Meta's page `messages/interactive-list-messages`.

use std::collections::HashSet;

use super::super::{
    limits,
    problem::{Pointer, Problems, code},
    shape::object,
};

object! {
    /// Answers in sections, behind a button.
    pub struct Sections {
        /// The button's words, at most 20 characters.
        pub button: String,
        /// One to ten sections, with at most ten rows in all.
        pub sections: Vec<RowSection>,
    }
}

object! {
    /// Answers that belong together.
    pub struct RowSection {
        /// At most 24 characters; required once there is a second section.
        pub title: Option<String>,
        /// The answers.
        pub rows: Vec<Row>,
    }
}

object! {
    /// An answer.
    pub struct Row {
        /// What the webhook repeats, at most 200 characters, unique.
        pub id: String,
        /// At most 24 characters.
        pub title: String,
        /// At most 72 characters.
        pub description: Option<String>,
    }
}

impl Sections {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.text(&self.button, limits::BUTTON_TITLE_CHARS, &at.name("button"));
        let at = at.name("sections");
        problems.count(self.sections.len(), &(1..=limits::SECTIONS), &at);
        let rows: usize = self.sections.iter().map(|section| section.rows.len()).sum();
        in_all(rows, limits::ROWS, "rows", &at, problems);
        let mut ids = HashSet::new();
        for (index, section) in self.sections.iter().enumerate() {
            let at = at.index(index);
            section_title(section.title.as_deref(), self.sections.len(), &at, problems);
            let at = at.name("rows");
            problems.count(section.rows.len(), &(1..=usize::MAX), &at);
            for (index, row) in section.rows.iter().enumerate() {
                row.check(&mut ids, &at.index(index), problems);
            }
        }
    }
}

impl Row {
    fn check<'a>(&'a self, ids: &mut HashSet<&'a str>, at: &Pointer<'_>, problems: &mut Problems) {
        let id = at.name("id");
        problems.text(&self.id, limits::ROW_ID_CHARS, &id);
        problems.unique(self.id.as_str(), ids, &id);
        problems.text(&self.title, limits::ROW_TITLE_CHARS, &at.name("title"));
        let description = self.description.as_deref();
        problems.optional_text(
            description,
            limits::ROW_DESCRIPTION_CHARS,
            &at.name("description"),
        );
    }
}

/// At most so many elements over all sections.
pub(in crate::outbound) fn in_all(
    count: usize,
    most: usize,
    what: &str,
    at: &Pointer<'_>,
    problems: &mut Problems,
) {
    if count > most {
        let reason = format!("must have at most {most} {what} in all; there are {count}");
        problems.add(at, code::TOO_MANY, reason);
    }
}

/// The title of the section at `at`, one of `sections`.
pub(in crate::outbound) fn section_title(
    title: Option<&str>,
    sections: usize,
    at: &Pointer<'_>,
    problems: &mut Problems,
) {
    let at = at.name("title");
    if title.is_none() && sections > 1 {
        problems.add(&at, code::MISSING, "each of several sections needs a title");
    }
    problems.optional_text(title, limits::SECTION_TITLE_CHARS, &at);
}
