//! Webhook bodies in Meta's shapes of late 2026. Pure.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
    codes::{Wording, wording},
    config::Line,
    world::{Bubble, Person, WINDOW},
};

/// Free-form messages that a line delivers for nothing each month.
const FREE_SERVICE_MESSAGES: u64 = 1000;

/// One status to report.
pub struct StatusReport<'a> {
    /// The message it is about.
    pub bubble: &'a Bubble,
    /// Meta's word.
    pub status: &'a str,
    /// When it happened.
    pub at: DateTime<Utc>,
    /// Why it failed.
    pub error_code: Option<i64>,
    /// How many free-form messages the line had delivered by then.
    pub delivered: u64,
    /// Whether webhooks still tell the conversation (before v24.0).
    pub with_conversation: bool,
}

/// The webhook of messages that a person wrote.
pub fn inbound(line: &Line, person: &Person, messages: Vec<Value>) -> Value {
    let mut value = value(line);
    value.insert(
        "contacts".to_owned(),
        json!([contact(line, person, !person.hides_phone)]),
    );
    value.insert("messages".to_owned(), messages.into());
    envelope(line, &value)
}

/// A message as the webhook carries it: the content with identity, id and time around it.
pub fn message(line: &Line, person: &Person, content: &Value, wamid: &str, at: DateTime<Utc>) -> Value {
    let mut message = content.as_object().cloned().unwrap_or_default();
    message.insert("id".to_owned(), wamid.into());
    message.insert("timestamp".to_owned(), at.timestamp().to_string().into());
    message.insert("from_user_id".to_owned(), person.user_id(&line.waba_id).into());
    if !person.hides_phone {
        message.insert("from".to_owned(), person.phone.clone().into());
    }
    message.into()
}

/// A status on its way into a webhook.
#[derive(Clone)]
pub struct Status {
    /// The line it is told on.
    pub line: Line,
    contact: Option<Value>,
    status: Value,
}

/// A status, with the person it is about.
pub fn status(line: &Line, person: &Person, report: &StatusReport<'_>) -> Status {
    let failed = report.status == "failed";
    let to_phone = !report.bubble.by_user_id;
    let mut status = Map::new();
    status.insert("id".to_owned(), report.bubble.wamid.clone().into());
    status.insert("status".to_owned(), report.status.into());
    status.insert("timestamp".to_owned(), report.at.timestamp().to_string().into());
    if to_phone {
        status.insert("recipient_id".to_owned(), person.phone.clone().into());
    }
    // A group has an id of its own kind, and nobody's user id.
    let is_group = !person.phone.bytes().all(|byte| byte.is_ascii_digit());
    if is_group {
        status.insert("recipient_type".to_owned(), "group".into());
    } else if !(failed && to_phone) {
        status.insert(
            "recipient_user_id".to_owned(),
            person.user_id(&line.waba_id).into(),
        );
    }
    if let Some(data) = &report.bubble.callback_data {
        status.insert("biz_opaque_callback_data".to_owned(), data.clone().into());
    }
    if matches!(report.status, "sent" | "delivered") {
        let pricing = pricing(report);
        if report.with_conversation {
            let conversation = conversation(report, &pricing["category"]);
            status.insert("conversation".to_owned(), conversation);
        }
        status.insert("pricing".to_owned(), pricing);
    }
    if failed {
        let code = report.error_code.unwrap_or(131_000);
        status.insert("errors".to_owned(), json!([error(code)]));
    }
    let shares_phone = to_phone || !person.hides_phone;
    Status {
        line: line.clone(),
        contact: (!failed && !is_group).then(|| contact(line, person, shares_phone)),
        status: status.into(),
    }
}

/// The webhook of statuses: an entry per account, a change per line.
pub fn statuses(statuses: &[Status]) -> Value {
    let mut accounts = BTreeMap::<&str, BTreeMap<&str, Vec<&Status>>>::new();
    for status in statuses {
        let lines = accounts.entry(&status.line.waba_id).or_default();
        lines
            .entry(&status.line.phone_number_id)
            .or_default()
            .push(status);
    }
    let entries = accounts.into_iter().map(|(account, lines)| {
        let changes: Vec<_> = lines
            .into_values()
            .filter_map(|statuses| change(&statuses))
            .collect();
        json!({"id": account, "changes": changes})
    });
    json!({
        "object": whatsapp::webhook::WHATSAPP_OBJECT,
        "entry": entries.collect::<Vec<_>>(),
    })
}

/// The change that tells statuses of one line.
fn change(statuses: &[&Status]) -> Option<Value> {
    let mut value = value(&statuses.first()?.line);
    let contacts: Vec<_> = statuses
        .iter()
        .filter_map(|status| status.contact.clone())
        .collect();
    if !contacts.is_empty() {
        value.insert("contacts".to_owned(), contacts.into());
    }
    let statuses: Vec<_> = statuses.iter().map(|status| status.status.clone()).collect();
    value.insert("statuses".to_owned(), statuses.into());
    Some(json!({"value": value, "field": "messages"}))
}

/// An error as webhooks carry it.
pub fn error(code: i64) -> Value {
    let Wording { title, details, .. } = wording(code);
    json!({
        "code": code,
        "title": title,
        "message": title,
        "error_data": {"details": details},
        "href": "/documentation/business-messaging/whatsapp/support/error-codes",
    })
}

fn envelope(line: &Line, value: &Map<String, Value>) -> Value {
    json!({
        "object": whatsapp::webhook::WHATSAPP_OBJECT,
        "entry": [{"id": line.waba_id, "changes": [{"value": value, "field": "messages"}]}],
    })
}

fn value(line: &Line) -> Map<String, Value> {
    let metadata = json!({
        "display_phone_number": line.digits(),
        "phone_number_id": line.phone_number_id,
    });
    Map::from_iter([
        ("messaging_product".to_owned(), "whatsapp".into()),
        ("metadata".to_owned(), metadata),
    ])
}

fn contact(line: &Line, person: &Person, with_phone: bool) -> Value {
    let mut contact = json!({
        "profile": {"name": person.name},
        "user_id": person.user_id(&line.waba_id),
    });
    if with_phone {
        contact["wa_id"] = person.phone.clone().into();
    }
    contact
}

fn pricing(report: &StatusReport<'_>) -> Value {
    let is_template = report.bubble.payload["type"] == "template";
    let (billable, kind, category) = if is_template {
        let category = report.bubble.payload["category"].as_str();
        (true, "regular", category.unwrap_or("utility"))
    } else if report.delivered > FREE_SERVICE_MESSAGES {
        (true, "regular", "service")
    } else {
        (false, "free_customer_service", "service")
    };
    json!({"billable": billable, "pricing_model": "PMP", "type": kind, "category": category})
}

fn conversation(report: &StatusReport<'_>, category: &Value) -> Value {
    let id = hex::encode(report.at.date_naive().to_string());
    let mut conversation = json!({"id": id, "origin": {"type": category}});
    if report.status == "sent" {
        let expiry = report.at + WINDOW;
        conversation["expiration_timestamp"] = expiry.timestamp().to_string().into();
    }
    conversation
}
