//! Everything that is neither a message nor the status of one: what happened to the account,
//! the number, templates, flows, groups, calls, and who answers a thread. The word for what
//! happened and its time are read, and what we act on; the rest stays JSON. Fields after
//! Meta's webhook reference; one that is not known is kept all the same.

use chrono::{DateTime, Utc};
use serde_json::value::RawValue;

use super::{Person, sender::Contacts};
use crate::json::Object;

/// Something that happened on a line or its account.
#[derive(Debug)]
pub struct LineEvent {
    /// Meta's word for it: `APPROVED`, `connect`, `control_taken`…; may be empty.
    pub kind: String,
    /// When, by Meta's clock, if it says.
    pub at: Option<DateTime<Utc>>,
    /// What we do about it.
    pub act: Act,
    /// The JSON, verbatim.
    pub raw: Box<RawValue>,
}

/// What an event asks of us.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// To remember it.
    Keep,
    /// A customer wants no marketing messages, or wants them again.
    Marketing {
        /// Who.
        person: Person,
        /// Whether he wants none.
        stop: bool,
    },
    /// A group has this name now.
    GroupNamed {
        /// Which.
        group_id: String,
        /// Its name.
        subject: String,
    },
    /// The number may send more or less, or its quality changed.
    Quality {
        /// The tier: `TIER_10K`, `TIER_UNLIMITED`, or a number.
        limit: Option<String>,
    },
    /// Meta decided on the number's name.
    Name {
        /// `APPROVED`, `REJECTED`…
        decision: String,
        /// The name asked for.
        name: Option<String>,
    },
}

impl LineEvent {
    pub(super) fn new(kind: &str, at: Option<DateTime<Utc>>, raw: &RawValue) -> Self {
        Self {
            kind: kind.to_owned(),
            at,
            act: Act::Keep,
            raw: raw.to_owned(),
        }
    }
}

/// One event per element of `list`, called by the first of `words` that it has.
pub(super) fn each(value: &Object<'_>, list: &str, words: &[&str]) -> Vec<LineEvent> {
    value
        .list(list)
        .into_iter()
        .map(|raw| match Object::parse(raw) {
            Some(object) => of(&object, words, raw),
            None => LineEvent::new("", None, raw),
        })
        .collect()
}

/// The same, all called `kind`.
pub(super) fn called(value: &Object<'_>, list: &str, kind: &str) -> Vec<LineEvent> {
    let mut events = each(value, list, &[]);
    for event in &mut events {
        kind.clone_into(&mut event.kind);
    }
    events
}

/// The statuses that belong to calls, groups and payments.
pub(super) fn of(object: &Object<'_>, words: &[&str], raw: &RawValue) -> LineEvent {
    let kind = words.iter().find_map(|key| object.text(key)).unwrap_or_default();
    LineEvent::new(&kind, object.time("timestamp"), raw)
}

/// A value that is one event as a whole.
pub(super) fn whole(field: &str, value: &Object<'_>, raw: &RawValue) -> LineEvent {
    let mut event = of(
        value,
        &[
            "event",
            "decision",
            "new_quality_score",
            "status",
            "type",
            "new_category",
        ],
        raw,
    );
    if event.kind.is_empty()
        && let Some(alert) = value.object("alert_info")
    {
        event.kind = alert.text("alert_type").unwrap_or_default();
    }
    event.act = match field {
        "phone_number_quality_update" => Act::Quality {
            limit: value
                .text("max_daily_conversations_per_business")
                .or_else(|| value.text("current_limit")),
        },
        "phone_number_name_update" => Act::Name {
            decision: event.kind.clone(),
            name: value.text("requested_verified_name"),
        },
        _ => Act::Keep,
    };
    event
}

pub(super) fn groups(value: &Object<'_>) -> Vec<LineEvent> {
    value
        .list("groups")
        .into_iter()
        .map(|raw| {
            let Some(group) = Object::parse(raw) else {
                return LineEvent::new("", None, raw);
            };
            let mut event = of(&group, &["type"], raw);
            let renamed = || {
                let subject = group.object("group_subject")?;
                subject
                    .is_true("update_successful")
                    .then(|| subject.text("text"))
                    .flatten()
            };
            if let (Some(group_id), Some(subject)) =
                (group.text("group_id"), group.text("subject").or_else(renamed))
            {
                event.act = Act::GroupNamed { group_id, subject };
            }
            event
        })
        .collect()
}

pub(super) fn preferences(value: &Object<'_>) -> Vec<LineEvent> {
    let contacts = Contacts::of(value);
    value
        .list("user_preferences")
        .into_iter()
        .map(|raw| {
            let Some(preference) = Object::parse(raw) else {
                return LineEvent::new("", None, raw);
            };
            let mut event = of(&preference, &["value"], raw);
            let mut person = Person::default();
            person.fill(&preference);
            contacts.complete(&mut person);
            let about_marketing = preference
                .word("category")
                .is_none_or(|category| category == "marketing_messages");
            let stop = match event.kind.as_str() {
                "stop" => Some(true),
                "resume" | "signup" => Some(false),
                _ => None,
            };
            if let Some(stop) = stop.filter(|_| about_marketing && person.key().is_some()) {
                event.act = Act::Marketing { person, stop };
            }
            event
        })
        .collect()
}
