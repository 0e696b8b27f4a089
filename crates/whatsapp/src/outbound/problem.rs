//! What is wrong with a message: where it stands, a stable code and what to do about it. Pure.

use std::fmt;

/// The codes of [`InvalidMessageError`]. Public and never renamed.
pub mod code {
    /// A property that Meta requires is absent.
    pub const MISSING: &str = "missing";
    /// A text or a list without anything in it.
    pub const EMPTY: &str = "empty";
    /// More characters than Meta takes.
    pub const TOO_LONG: &str = "too_long";
    /// More elements than Meta takes.
    pub const TOO_MANY: &str = "too_many";
    /// Fewer elements than Meta takes.
    pub const TOO_FEW: &str = "too_few";
    /// Twice the same where each must differ.
    pub const NOT_UNIQUE: &str = "not_unique";
    /// Meta knows no such property there.
    pub const UNKNOWN_PROPERTY: &str = "unknown_property";
    /// JSON of another type.
    pub const WRONG_TYPE: &str = "wrong_type";
    /// Not an absolute `http` or `https` URL.
    pub const NOT_A_URL: &str = "not_a_url";
    /// A number that Meta does not take.
    pub const OUT_OF_RANGE: &str = "out_of_range";
    /// A text that is not written as Meta wants it.
    pub const WRONG_FORMAT: &str = "wrong_format";
    /// Two properties, each fine, that do not go together.
    pub const CONFLICT: &str = "conflict";
    /// A word or a kind that Meta does not take there.
    pub const UNSUPPORTED: &str = "unsupported";
}

/// Far more than a person reads: a hostile body does not fill an answer.
const MAX_PROBLEMS: usize = 100;

/// One thing that Meta would refuse, and the property to blame.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{pointer}: {reason}")]
pub struct InvalidMessageError {
    /// Where it stands in Meta's shape (RFC 6901), for example
    /// `/interactive/action/buttons/0/reply/title`.
    pub pointer: String,
    /// What kind of problem it is: one of [`code`].
    pub code: &'static str,
    /// What to do, in English.
    pub reason: String,
}

/// All that is wrong with one message. As an error it holds at least one problem, and at most a
/// hundred.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Problems(Vec<InvalidMessageError>);

impl Problems {
    /// The problems, in the order in which they were found.
    pub fn as_slice(&self) -> &[InvalidMessageError] {
        &self.0
    }

    pub(super) fn add(&mut self, at: &Pointer<'_>, code: &'static str, reason: impl Into<String>) {
        if self.0.len() < MAX_PROBLEMS {
            self.0.push(InvalidMessageError {
                pointer: at.to_string(),
                code,
                reason: reason.into(),
            });
        }
    }

    /// Adds the problem unless `ok`.
    pub(super) fn unless(&mut self, ok: bool, at: &Pointer<'_>, code: &'static str, reason: &str) {
        if !ok {
            self.add(at, code, reason);
        }
    }

    /// `value`, if nothing is wrong with it.
    pub(super) fn or<T>(self, value: T) -> Result<T, Self> {
        if self.0.is_empty() { Ok(value) } else { Err(self) }
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, problem) in self.0.iter().enumerate() {
            if index > 0 {
                f.write_str("; ")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

impl IntoIterator for Problems {
    type Item = InvalidMessageError;
    type IntoIter = std::vec::IntoIter<InvalidMessageError>;

    fn into_iter(self) -> Self::IntoIter {
        self.0.into_iter()
    }
}

/// Where a value stands, as a chain back to the message: nothing is allocated until a problem is
/// written down.
#[derive(Debug, Clone, Copy)]
pub(super) enum Pointer<'a> {
    Root,
    Name(&'a Pointer<'a>, &'a str),
    Index(&'a Pointer<'a>, usize),
}

impl<'a> Pointer<'a> {
    pub(super) fn name<'b>(&'b self, name: &'b str) -> Pointer<'b>
    where
        'a: 'b,
    {
        Pointer::Name(self, name)
    }

    pub(super) fn index(&self, index: usize) -> Pointer<'_> {
        Pointer::Index(self, index)
    }
}

impl fmt::Display for Pointer<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Root => Ok(()),
            Self::Name(parent, name) => {
                write!(f, "{parent}/{}", name.replace('~', "~0").replace('/', "~1"))
            }
            Self::Index(parent, index) => write!(f, "{parent}/{index}"),
        }
    }
}
