//! The people who write.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{World, identity};

/// Somebody with WhatsApp.
#[derive(Clone, Default, Serialize, Deserialize)]
pub struct Person {
    /// The number in digits.
    pub phone: String,
    /// The name the person chose.
    pub name: String,
    /// Whether businesses see the user id only.
    #[serde(default)]
    pub hides_phone: bool,
    /// The hash of the person's identity key, when a test has set one.
    #[serde(default)]
    pub identity_hash: Option<String>,
    /// User ids that were given instead of derived, by account.
    #[serde(default)]
    pub user_ids: BTreeMap<String, String>,
}

impl Person {
    /// The person's user id towards an account.
    pub fn user_id(&self, waba_id: &str) -> String {
        let given = self.user_ids.get(waba_id).cloned();
        given.unwrap_or_else(|| identity::user_id(waba_id, &self.phone))
    }
}

impl World {
    /// The person with a number; somebody nameless when nobody has it.
    pub fn person(&self, phone: &str) -> Person {
        let nameless = || Person {
            phone: phone.to_owned(),
            name: format!("+{phone}"),
            ..Person::default()
        };
        self.people.get(phone).cloned().unwrap_or_else(nameless)
    }

    /// Remembers a person.
    pub fn remember(&mut self, person: Person) {
        self.people.insert(person.phone.clone(), person);
    }

    /// Everybody known.
    pub fn people(&self) -> impl Iterator<Item = &Person> {
        self.people.values()
    }

    /// The number that WhatsApp knows the person by: a known spelling of it, else the one given.
    pub fn wa_id(&self, digits: &str) -> String {
        if self.people.contains_key(digits) {
            return digits.to_owned();
        }
        let known = identity::variants(digits)
            .into_iter()
            .find(|v| self.people.contains_key(v));
        known.unwrap_or_else(|| digits.to_owned())
    }

    /// The person behind a user id of an account.
    pub fn by_user_id(&self, waba_id: &str, user_id: &str) -> Option<&Person> {
        let known = self.user_ids.get(&(waba_id.to_owned(), user_id.to_owned()));
        let known = known.and_then(|phone| self.people.get(phone));
        known.or_else(|| {
            let mut people = self.people.values();
            people.find(|person| person.user_id(waba_id) == user_id)
        })
    }

    /// Makes a person quick to find by the user id towards an account.
    pub fn index_user(&mut self, waba_id: &str, person: &Person) {
        let name = (waba_id.to_owned(), person.user_id(waba_id));
        self.user_ids.insert(name, person.phone.clone());
    }
}
