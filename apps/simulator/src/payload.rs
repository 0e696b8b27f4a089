//! Webhook bodies in Meta's shapes of late 2026. Pure.

use chrono::{DateTime, Utc};
use serde_json::{Map, Value, json};

use crate::{
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

/// The webhook of a status.
pub fn status(line: &Line, person: &Person, report: &StatusReport<'_>) -> Value {
    let failed = report.status == "failed";
    let to_phone = !report.bubble.by_user_id;
    let mut status = Map::new();
    status.insert("id".to_owned(), report.bubble.wamid.clone().into());
    status.insert("status".to_owned(), report.status.into());
    status.insert("timestamp".to_owned(), report.at.timestamp().to_string().into());
    if to_phone {
        status.insert("recipient_id".to_owned(), person.phone.clone().into());
    }
    if !(failed && to_phone) {
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
    let mut value = value(line);
    if failed {
        let code = report.error_code.unwrap_or(131_000);
        status.insert("errors".to_owned(), json!([error(code)]));
    } else {
        let shares_phone = to_phone || !person.hides_phone;
        value.insert(
            "contacts".to_owned(),
            json!([contact(line, person, shares_phone)]),
        );
    }
    value.insert("statuses".to_owned(), json!([status]));
    envelope(line, &value)
}

/// An error as webhooks carry it.
pub fn error(code: i64) -> Value {
    let (title, details) = wording(code);
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
        (true, "regular", "utility")
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

/// Meta's words for the failures that come by webhook.
fn wording(code: i64) -> (&'static str, &'static str) {
    match code {
        130_472 => (
            "User's number is part of an experiment",
            "Failed to send message because this user's phone number is part of an experiment",
        ),
        131_026 => ("Message undeliverable", "Message Undeliverable."),
        131_047 => (
            "Re-engagement message",
            "Message failed to send because more than 24 hours have passed since the customer last replied to this number.",
        ),
        131_049 => (
            "This message was not delivered to maintain healthy ecosystem engagement.",
            "In order to maintain a healthy ecosystem engagement, the message failed to be delivered.",
        ),
        131_053 => ("Media upload error", "Media upload error"),
        _ => (
            "Something went wrong",
            "Message failed to send due to an unknown error.",
        ),
    }
}
