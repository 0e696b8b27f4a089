//! Who an item is about: what it says itself, and what its `contacts` entry adds.

use std::borrow::Cow;

use serde_json::value::RawValue;

use crate::{identity::is_bsuid, json::Object};

/// A WhatsApp user as a webhook shows him. Meta's page on business-scoped user ids says
/// which of it comes when; every part may be missing, also as `""`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Person {
    /// The phone number in digits, when WhatsApp shares it.
    pub phone: Option<String>,
    /// The business-scoped user id.
    pub user_id: Option<String>,
    /// The user id common to linked portfolios.
    pub parent_user_id: Option<String>,
    /// The name of the profile.
    pub name: Option<String>,
    /// The username, without the `@` that some pages print.
    pub username: Option<String>,
}

impl Person {
    /// The phone number when there is one, else the user id; `None` when the person is nobody.
    pub fn key(&self) -> Option<&str> {
        self.phone.as_deref().or(self.user_id.as_deref())
    }

    /// A phone number or a user id, whichever `id` is: some senders put one where the other belongs.
    pub(super) fn of_id(id: Option<Cow<'_, str>>) -> Self {
        let (phone, user_id) = split(id);
        Self {
            phone,
            user_id,
            ..Self::default()
        }
    }

    /// Fills in what is not known yet from a `contacts` entry or the like.
    pub(super) fn fill(&mut self, contact: &Object<'_>) {
        let (phone, id_in_phone) = split(contact.word("wa_id"));
        self.phone = self.phone.take().or(phone);
        self.user_id = self
            .user_id
            .take()
            .or_else(|| contact.text("user_id"))
            .or(id_in_phone);
        self.parent_user_id = self
            .parent_user_id
            .take()
            .or_else(|| contact.text("parent_user_id"));
        if let Some(profile) = contact.object("profile") {
            self.name = self.name.take().or_else(|| profile.text("name"));
            self.username = self.username.take().or_else(|| username(&profile));
        }
    }
}

pub(super) fn username(object: &Object<'_>) -> Option<String> {
    let name = object.word("username")?;
    Some(name.strip_prefix('@').unwrap_or(&name).to_owned())
}

/// The `contacts` of a value.
pub(super) struct Contacts<'a>(Vec<Object<'a>>);

impl<'a> Contacts<'a> {
    pub(super) fn of(value: &Object<'a>) -> Self {
        let contacts: Vec<&'a RawValue> = value.list("contacts");
        Self(contacts.into_iter().filter_map(Object::parse).collect())
    }

    /// The sender of a message.
    pub(super) fn sender(&self, message: &Object<'_>) -> Person {
        let mut person = Person::of_id(message.word("from"));
        person.user_id = message.text("from_user_id").or(person.user_id);
        person.parent_user_id = message.text("from_parent_user_id");
        self.complete(&mut person);
        person
    }

    /// Adds what the person's entry says. By id, never by position: entries come in any
    /// order and not one per message.
    pub(super) fn complete(&self, person: &mut Person) {
        let named = |key: &str, wanted: Option<&String>| {
            let wanted = wanted?;
            self.0
                .iter()
                .find(|contact| contact.word(key).is_some_and(|id| id == wanted.as_str()))
        };
        let contact = named("user_id", person.user_id.as_ref())
            .or_else(|| named("wa_id", person.phone.as_ref()))
            .or_else(|| named("wa_id", person.user_id.as_ref()));
        if let Some(contact) = contact {
            person.fill(contact);
        }
    }
}

fn split(id: Option<Cow<'_, str>>) -> (Option<String>, Option<String>) {
    match id {
        Some(id) if is_bsuid(&id) => (None, Some(id.into_owned())),
        Some(phone) => (Some(phone.strip_prefix('+').unwrap_or(&phone).to_owned()), None),
        None => (None, None),
    }
}
