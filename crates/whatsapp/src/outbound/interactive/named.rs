//! Actions of the form `{"name":"…","parameters":{…}}`, and the simple ones among them.

use serde_json::Value;

use super::super::{
    limits,
    problem::{Pointer, Problems, code},
    shape::{Object, Shape, object, open},
};

object! {
    /// A link on a button.
    pub struct CtaUrl {
        /// The button's words, at most 20 characters.
        pub display_text: String,
        /// Where it leads.
        pub url: String,
    }
}

object! {
    /// A button that calls the business.
    pub struct VoiceCall {
        /// The button's words, at most 20 characters.
        pub display_text: Option<String>,
        /// For how many minutes it works, up to 30 days.
        pub ttl_minutes: Option<i64>,
        /// What the webhooks about the call repeat, at most 512 characters.
        pub payload: Option<String>,
    }
}

object! {
    /// A form for an address. Its fields are India's, and Meta's to name.
    pub struct AddressRequest {
        /// `IN`.
        pub country: String,
        /// What is filled in already.
        pub values: Option<Object>,
        /// Addresses to choose from.
        pub saved_addresses: Option<Vec<SavedAddress>>,
        /// What was wrong with the answer before, by field.
        pub validation_errors: Option<Object>,
    }
}

object! {
    /// An address to choose.
    pub struct SavedAddress {
        /// What the answer repeats.
        pub id: String,
        /// Its fields.
        pub value: Object,
    }
}

/// The parameters of an action called `name`.
pub(super) fn named<T: Shape>(
    name: &str,
    value: &Value,
    at: &Pointer<'_>,
    problems: &mut Problems,
) -> Option<T> {
    let object = open(value, &["name", "parameters"], at, problems)?;
    let is_called = is_called(name, object, at, problems);
    let parameters = T::take(object, "parameters", at, problems);
    is_called?;
    parameters
}

/// An action called `name` that has no parameters.
pub(super) fn bare(name: &str, value: &Value, at: &Pointer<'_>, problems: &mut Problems) -> Option<()> {
    let object = open(value, &["name"], at, problems)?;
    is_called(name, object, at, problems)
}

fn is_called(name: &str, object: &Object, at: &Pointer<'_>, problems: &mut Problems) -> Option<()> {
    let given = String::take(object, "name", at, problems)?;
    let reason = format!("must be {name}");
    problems.unless(given == name, &at.name("name"), code::UNSUPPORTED, &reason);
    (given == name).then_some(())
}

pub(super) fn write_named<T: Shape>(name: &str, parameters: &T) -> Value {
    let mut object = Object::new();
    object.insert("name".to_owned(), name.into());
    parameters.put("parameters", &mut object);
    Value::Object(object)
}

impl CtaUrl {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        problems.text(
            &self.display_text,
            limits::BUTTON_TITLE_CHARS,
            &at.name("display_text"),
        );
        problems.url(&self.url, &at.name("url"));
    }
}

impl VoiceCall {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let text = self.display_text.as_deref();
        problems.optional_text(text, limits::BUTTON_TITLE_CHARS, &at.name("display_text"));
        if let Some(minutes) = self.ttl_minutes {
            problems.range(minutes, &(1..=limits::CALL_TTL_MINUTES), &at.name("ttl_minutes"));
        }
        let payload = self.payload.as_deref();
        problems.optional_text(payload, limits::MAX_CALLBACK_CHARS, &at.name("payload"));
    }
}

impl AddressRequest {
    pub(super) fn check(&self, at: &Pointer<'_>, problems: &mut Problems) {
        let is_india = self.country == "IN";
        problems.unless(is_india, &at.name("country"), code::UNSUPPORTED, "must be IN");
    }
}
