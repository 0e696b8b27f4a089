//! What was said without us: messages that the business sent from its phone app
//! (`smb_message_echoes`, `message_echoes`) and what a number had said before it was
//! connected (`history`). Also the phone app's address book (`smb_app_state_sync`).

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{
    Content, Item, LineEvent, Person, Poisoned, Status,
    sender::{Contacts, username},
};
use crate::json::Object;

/// A message that is no news: told afterwards, or said by the business itself.
#[derive(Debug)]
pub struct OutsideMessage {
    /// Meta's id of the message.
    pub wamid: String,
    /// When it was sent.
    pub timestamp: Option<DateTime<Utc>>,
    /// The customer at the other end.
    pub peer: Person,
    /// Whether the business sent it.
    pub is_outbound: bool,
    /// Whether it comes from a history, not from just now.
    pub is_history: bool,
    /// How far it had got, for a message of a history.
    pub status: Option<Status>,
    /// What it says.
    pub content: Content,
    /// The message's JSON, verbatim.
    pub raw: Box<RawValue>,
}

/// An entry of the phone app's address book.
#[derive(Debug)]
pub struct AddressBookEntry {
    /// Who.
    pub person: Person,
    /// The JSON, verbatim.
    pub raw: Box<RawValue>,
}

/// Echoes of the value's `message_echoes`.
pub(super) fn echoes(value: &Object<'_>, is_history: bool) -> impl Iterator<Item = Item> {
    let contacts = Contacts::of(value);
    value
        .list("message_echoes")
        .into_iter()
        .map(move |raw| settle(raw, echo(raw, &contacts, is_history)))
}

fn echo(raw: &RawValue, contacts: &Contacts<'_>, is_history: bool) -> Result<OutsideMessage, &'static str> {
    let message = Object::parse(raw).ok_or("the echo is not an object")?;
    let mut peer = receiver(&message);
    contacts.complete(&mut peer);
    read(&message, raw, peer, true, is_history)
}

/// Messages and threads of a history, and why there is none where the business declined.
pub(super) fn history(value: &Object<'_>, line: Option<&str>) -> Vec<Item> {
    let mut items = Vec::new();
    for raw in value.list("history") {
        let Some(chunk) = Object::parse(raw) else {
            items.push(poisoned(raw, "the chunk of a history is not an object"));
            continue;
        };
        for raw in chunk.list("errors") {
            items.push(Item::Event(LineEvent::new("declined", None, raw)));
        }
        for raw in chunk.list("threads") {
            match Object::parse(raw) {
                Some(thread) => items.extend(of_thread(&thread, line)),
                None => items.push(poisoned(raw, "the thread of a history is not an object")),
            }
        }
    }
    let contacts = Contacts::of(value);
    for raw in value.list("messages") {
        let message = Object::parse(raw).ok_or("the message is not an object");
        let read = message.and_then(|message| {
            let outbound = is_outbound(&message, line);
            let mut peer = if outbound {
                receiver(&message)
            } else {
                contacts.sender(&message)
            };
            contacts.complete(&mut peer);
            read(&message, raw, peer, outbound, true)
        });
        items.push(settle(raw, read));
    }
    items.extend(echoes(value, true));
    items
}

fn of_thread(thread: &Object<'_>, line: Option<&str>) -> Vec<Item> {
    let mut peer = thread.object("context").map(|context| {
        let mut person = Person::default();
        person.fill(&context);
        person.username = username(&context);
        person
    });
    if peer.as_ref().is_none_or(|peer| peer.key().is_none()) {
        peer = Some(Person::of_id(thread.word("id")));
    }
    let peer = peer.unwrap_or_default();
    thread
        .list("messages")
        .into_iter()
        .map(|raw| {
            let message = Object::parse(raw).ok_or("the message is not an object");
            let read = message.and_then(|message| {
                let outbound = is_outbound(&message, line);
                read(&message, raw, peer.clone(), outbound, true)
            });
            settle(raw, read)
        })
        .collect()
}

/// The business's own messages name the receiver, or the line itself as the sender.
fn is_outbound(message: &Object<'_>, line: Option<&str>) -> bool {
    let from = message.word("from");
    message.get("to").is_some() || (line.is_some() && from.as_deref() == line)
}

fn receiver(message: &Object<'_>) -> Person {
    let mut person = Person::of_id(message.word("to"));
    person.user_id = ["to_user_id", "recipient_user_id", "recipient"]
        .into_iter()
        .find_map(|key| message.text(key))
        .or(person.user_id);
    person
}

fn read(
    message: &Object<'_>,
    raw: &RawValue,
    peer: Person,
    is_outbound: bool,
    is_history: bool,
) -> Result<OutsideMessage, &'static str> {
    let wamid = message.text("id").ok_or("the message has no id")?;
    if peer.key().is_none() {
        return Err("the message does not say who it is to");
    }
    let status = message
        .object("history_context")
        .and_then(|context| context.text("status"))
        .map(|word| Status::from(word.to_ascii_lowercase()));
    Ok(OutsideMessage {
        wamid,
        timestamp: message.time("timestamp"),
        peer,
        is_outbound,
        is_history,
        status: status.filter(|_| is_outbound),
        content: Content::of(message, None),
        raw: raw.to_owned(),
    })
}

/// What changed in the address book. Removals tell nothing about the customer.
pub(super) fn address_book(value: &Object<'_>) -> impl Iterator<Item = Item> {
    value.list("state_sync").into_iter().map(|raw| {
        let entry = Object::parse(raw);
        let removed = entry
            .as_ref()
            .is_some_and(|entry| entry.word("action").is_some_and(|action| action == "remove"));
        let person = entry.and_then(|entry| entry.object("contact")).map(|contact| {
            let mut person = Person::of_id(contact.word("phone_number"));
            person.fill(&contact);
            person.name = contact.text("full_name").or_else(|| contact.text("first_name"));
            person.username = username(&contact);
            person
        });
        match person.filter(|person| !removed && person.key().is_some() && person.name.is_some()) {
            Some(person) => Item::AddressBook(AddressBookEntry {
                person,
                raw: raw.to_owned(),
            }),
            None => Item::Event(LineEvent::new(if removed { "remove" } else { "add" }, None, raw)),
        }
    })
}

fn settle(raw: &RawValue, read: Result<OutsideMessage, &'static str>) -> Item {
    match read {
        Ok(message) => Item::Outside(message),
        Err(reason) => poisoned(raw, reason),
    }
}

fn poisoned(raw: &RawValue, reason: &'static str) -> Item {
    Item::Poisoned(Poisoned {
        raw: raw.to_owned(),
        reason,
    })
}
