//! Reading and writing Meta's JSON, one declaration for both. Pure.
//!
//! serde's derive stops at the first error and loses the place inside a tagged enum. A person who
//! fixes a message wants all errors at once, each with its pointer: so a shape here reads every
//! property before it gives up, and names each one that it does not know.

mod basic;
mod declare;

use serde_json::{Map, Value};

pub(super) use self::declare::{choice, choice_shape, key, object, tagged, words};
use super::problem::{Pointer, Problems, code};

pub(super) type Object = Map<String, Value>;

/// A piece of Meta's JSON.
pub(super) trait Shape: Sized {
    /// The properties it takes in the object around it, where it has no property of its own.
    const INLINE: &'static [&'static str] = &[];

    /// Reads the value at `at`; what is wrong goes to `problems`, and then there is no result.
    fn read(value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self>;

    /// The same JSON that it was read from.
    fn write(&self) -> Value;

    /// Reads itself out of the object around it.
    fn take(object: &Object, name: &str, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self> {
        let at = at.name(name);
        if let Some(value) = object.get(name) {
            return Self::read(value, &at, problems);
        }
        problems.add(&at, code::MISSING, "this property is required");
        None
    }

    /// Writes itself into the object around it.
    fn put(&self, name: &str, object: &mut Object) {
        object.insert(name.to_owned(), self.write());
    }
}

/// A shape made of named properties.
pub(super) trait Properties: Sized {
    /// Their names, each property's together.
    const NAMES: &'static [&'static [&'static str]];

    fn take_all(object: &Object, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self>;

    fn put_all(&self, object: &mut Object);
}

/// A shape that says by its `type` what it holds.
pub(super) trait Choice: Sized {
    const KINDS: &'static [&'static str];

    /// The names that may stand beside `type` when it is `kind`.
    fn names(kind: &str) -> Vec<&'static str>;

    fn take_kind(kind: &str, object: &Object, at: &Pointer<'_>, problems: &mut Problems) -> Option<Self>;

    fn kind(&self) -> &'static str;

    fn put_kind(&self, object: &mut Object);
}

/// The object in `value`; a property that is in none of `names` is a problem.
pub(super) fn open<'v>(
    value: &'v Value,
    names: &[&str],
    at: &Pointer<'_>,
    problems: &mut Problems,
) -> Option<&'v Object> {
    let object = object_of(value, at, problems)?;
    refuse_others(object, names, at, problems);
    Some(object)
}

pub(super) fn object_of<'v>(
    value: &'v Value,
    at: &Pointer<'_>,
    problems: &mut Problems,
) -> Option<&'v Object> {
    let object = value.as_object();
    problems.unless(object.is_some(), at, code::WRONG_TYPE, "must be an object");
    object
}

fn refuse_others(object: &Object, names: &[&str], at: &Pointer<'_>, problems: &mut Problems) {
    for name in object.keys().filter(|name| !names.contains(&name.as_str())) {
        let reason = format!("there is no such property here; there are: {}", names.join(", "));
        problems.add(&at.name(name), code::UNKNOWN_PROPERTY, reason);
    }
}

/// Reads what a choice's `type` announces; `beside` names what else its object may hold.
pub(super) fn read_choice<C: Choice>(
    value: &Value,
    beside: &[&str],
    at: &Pointer<'_>,
    problems: &mut Problems,
) -> Option<C> {
    let object = object_of(value, at, problems)?;
    let kind = String::take(object, "type", at, problems)?;
    if !C::KINDS.contains(&kind.as_str()) {
        problems.add(&at.name("type"), code::UNSUPPORTED, one_of(C::KINDS));
        return None;
    }
    let mut names = C::names(&kind);
    names.insert(0, "type");
    names.extend_from_slice(beside);
    refuse_others(object, &names, at, problems);
    C::take_kind(&kind, object, at, problems)
}

pub(super) fn write_choice<C: Choice>(choice: &C) -> Object {
    let mut object = Object::new();
    object.insert("type".to_owned(), choice.kind().into());
    choice.put_kind(&mut object);
    object
}

pub(super) fn one_of(words: &[&str]) -> String {
    format!("must be one of: {}", words.join(", "))
}

pub(super) const fn names_of(
    inline: &'static [&'static str],
    own: &'static [&'static str],
) -> &'static [&'static str] {
    if inline.is_empty() { own } else { inline }
}
