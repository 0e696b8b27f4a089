//! Which items a change holds, field by field.

use serde_json::value::RawValue;

use super::{
    Change, Item, Poisoned, inbound,
    line_event::{self, LineEvent},
    outside,
    sender::Contacts,
    status,
};
use crate::json::Object;

/// Fields that may hold what people said, or are about people: for their line alone.
const OF_A_LINE: [&str; 17] = [
    "messages",
    "message_echoes",
    "smb_message_echoes",
    "smb_app_state_sync",
    "history",
    "standby",
    "messaging_handovers",
    "calls",
    "user_preferences",
    "user_id_update",
    "automatic_events",
    "tracking_events",
    "consumer_profile",
    "group_lifecycle_update",
    "group_participants_update",
    "group_settings_update",
    "group_status_update",
];

/// What a value holds that is for one line alone, under whatever field.
const LINE_KEYS: [&str; 9] = [
    "metadata",
    "contacts",
    "messages",
    "message_echoes",
    "statuses",
    "history",
    "standby",
    "calls",
    "groups",
];

/// Whose an event of an account is, where it names no line by id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct AccountScope {
    /// The WhatsApp Business account.
    pub waba_id: String,
    /// The digits of the one number it is about, if it is about one.
    pub display_phone_number: Option<String>,
}

impl Change {
    /// Everything that happened, each item by itself, in order.
    pub fn items(&self) -> Vec<Item> {
        let Some(value) = Object::parse(&self.value) else {
            return vec![Item::Poisoned(Poisoned {
                raw: self.value.clone(),
                reason: "the value is not an object",
            })];
        };
        match self.field.as_str() {
            "messages" => said(&value),
            "smb_message_echoes" | "message_echoes" if value.get("message_echoes").is_some() => {
                outside::echoes(&value, false).collect()
            }
            "history" => outside::history(&value, self.display_phone_number.as_deref()),
            "smb_app_state_sync" => outside::address_book(&value).collect(),
            _ => self.events(&value).into_iter().map(Item::Event).collect(),
        }
    }

    fn events(&self, value: &Object<'_>) -> Vec<LineEvent> {
        let mut events = match self.field.as_str() {
            "calls" => {
                let mut events = line_event::each(value, "calls", &["event"]);
                events.extend(line_event::each(value, "statuses", &["status"]));
                events.extend(line_event::called(value, "errors", "error"));
                events
            }
            "standby" => match value.object("standby") {
                Some(standby) => {
                    let mut events = line_event::called(&standby, "messages", "message");
                    events.extend(line_event::called(&standby, "message_echoes", "message_echo"));
                    events.extend(line_event::called(&standby, "statuses", "status"));
                    events
                }
                None => Vec::new(),
            },
            "user_preferences" => line_event::preferences(value),
            "automatic_events" => line_event::each(value, "automatic_events", &["event_name"]),
            "group_lifecycle_update"
            | "group_participants_update"
            | "group_settings_update"
            | "group_status_update" => line_event::groups(value),
            field => vec![line_event::whole(field, value, &self.value)],
        };
        if events.is_empty() {
            events.push(LineEvent::new("", None, &self.value));
        }
        for event in &mut events {
            event.at = event.at.or(self.time);
        }
        events
    }

    /// The field, by what the value holds: Meta's page on template quality labels its own
    /// example as an update of the status.
    pub fn field_of_event(&self) -> &str {
        let mislabelled = self.field == "message_template_status_update"
            && Object::parse(&self.value).is_some_and(|value| {
                value.get("event").is_none() && value.get("new_quality_score").is_some()
            });
        if mislabelled {
            "message_template_quality_update"
        } else {
            &self.field
        }
    }

    /// The account it belongs to, for a field of accounts. `None` for whatever may hold a
    /// message: that goes to the line it names and nowhere else.
    pub fn account(&self) -> Option<AccountScope> {
        if self.phone_number_id.is_some() || OF_A_LINE.contains(&self.field.as_str()) {
            return None;
        }
        let value = Object::parse(&self.value)?;
        if LINE_KEYS.iter().any(|key| value.get(key).is_some()) {
            return None;
        }
        // Some events of a partner carry the portfolio's id where the account's belongs.
        let waba_id = value
            .object("waba_info")
            .and_then(|info| info.text("waba_id"))
            .or_else(|| self.waba_id.clone())?;
        let number = value
            .word("display_phone_number")
            .or_else(|| value.word("phone_number"));
        Some(AccountScope {
            waba_id,
            display_phone_number: number.and_then(|number| crate::identity::phone_digits(&number)),
        })
    }
}

fn said(value: &Object<'_>) -> Vec<Item> {
    let messages = value.list("messages");
    let statuses = value.list("statuses");
    let mut items = Vec::with_capacity(messages.len() + statuses.len());
    if !messages.is_empty() {
        let contacts = Contacts::of(value);
        items.extend(messages.into_iter().map(|raw| inbound::item(raw, &contacts)));
    }
    items.extend(statuses.into_iter().map(status::item));
    items.extend(
        line_event::called(value, "errors", "error")
            .into_iter()
            .chain(line_event::each(value, "user_actions", &["action_type"]))
            .chain(value.get("conversation_context").map(summary))
            .map(Item::Event),
    );
    items
}

fn summary(raw: &RawValue) -> LineEvent {
    LineEvent::new("conversation_context", None, raw)
}
