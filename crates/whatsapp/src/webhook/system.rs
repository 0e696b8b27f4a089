//! WhatsApp's notices about a user: `user_changed_number`, `user_changed_user_id`, and the
//! older `customer_changed_number` and `customer_identity_changed`.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{Content, Person};
use crate::json::Object;

/// A notice about a user.
#[derive(Debug)]
pub struct SystemNotice {
    /// Meta's id of the notice.
    pub wamid: String,
    /// When, by Meta's clock.
    pub timestamp: Option<DateTime<Utc>>,
    /// Whom it is about, as he was before.
    pub about: Person,
    /// Who he is now, where his number or user id changed.
    pub now: Option<Person>,
    /// The notice in words, and its JSON.
    pub content: Content,
    /// The notice's JSON, verbatim.
    pub raw: Box<RawValue>,
}

pub(super) fn read(
    wamid: String,
    from: Person,
    message: &Object<'_>,
    raw: &RawValue,
) -> Result<SystemNotice, &'static str> {
    let system = message.object("system");
    let mut about = from;
    let mut now = None;
    if let Some(system) = &system {
        about.user_id = system.text("previous_user_id").or(about.user_id);
        if about.phone.is_none() {
            about.phone = Person::of_id(system.word("customer")).phone;
        }
        now = changed(system);
    }
    let named = about.key().is_some() || now.as_ref().is_some_and(|now| now.key().is_some());
    if !named {
        return Err("the notice names nobody");
    }
    Ok(SystemNotice {
        wamid,
        timestamp: message.time("timestamp"),
        about,
        now,
        content: Content::of(message, None),
        raw: raw.to_owned(),
    })
}

fn changed(system: &Object<'_>) -> Option<Person> {
    let kind = system.word("type")?;
    if !matches!(
        kind.as_ref(),
        "user_changed_number" | "user_changed_user_id" | "customer_changed_number"
    ) {
        return None;
    }
    let mut now = Person::of_id(system.word("new_wa_id").or_else(|| system.word("wa_id")));
    now.user_id = system.text("user_id").or(now.user_id);
    now.parent_user_id = system.text("parent_user_id");
    now.key().is_some().then_some(now)
}
