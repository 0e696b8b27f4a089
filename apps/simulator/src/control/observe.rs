//! What happened: sends, chats, deliveries.

use std::collections::HashSet;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use serde_json::{Value, json};
use whatsapp::identity::phone_digits;

use super::failure::ControlError;
use crate::{
    simulator::Simulator,
    world::{Chat, ChatKey, Direction, WINDOW, World},
};

/// How many chats of a line are listed.
const SHOWN: usize = 500;

/// Which chat, or all of a line.
#[derive(Deserialize)]
pub struct Which {
    phone_number_id: String,
    from: Option<String>,
}

/// Which sends.
#[derive(Deserialize)]
pub struct Sent {
    /// Of one line.
    phone_number_id: Option<String>,
    /// Without what grows with every send.
    #[serde(default)]
    brief: bool,
}

/// Whose counters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Whose {
    phone_number_id: Option<String>,
}

/// What was sent, counted: in all, twice, per line and per second.
pub async fn sends(simulator: web::Data<Simulator>, sent: web::Query<Sent>) -> HttpResponse {
    let report = {
        let inner = simulator.lock();
        let line = sent.phone_number_id.as_deref();
        inner.world.ledger.report(line, sent.brief)
    };
    HttpResponse::Ok().json(report)
}

/// Counts anew.
pub async fn count_anew(simulator: web::Data<Simulator>, whose: web::Json<Whose>) -> HttpResponse {
    let line = whose.into_inner().phone_number_id;
    simulator.lock().world.ledger.forget(line.as_deref());
    HttpResponse::Ok().json(json!({"success": true}))
}

/// The latest webhooks, oldest first.
pub async fn deliveries(simulator: web::Data<Simulator>) -> HttpResponse {
    let inner = simulator.lock();
    let entries: Vec<_> = inner.log.entries().collect();
    HttpResponse::Ok().json(json!({"deliveries": entries}))
}

/// One chat with its messages, or a line's chats with their last message.
pub async fn chats(
    simulator: web::Data<Simulator>,
    which: web::Query<Which>,
) -> Result<HttpResponse, ControlError> {
    let Which {
        phone_number_id: line,
        from,
    } = which.into_inner();
    let inner = simulator.lock();
    if !inner.world.lines.contains_key(&line) {
        return Err(ControlError::UnknownLine(line));
    }
    let body = match from {
        None => overview(&inner.world, &line),
        Some(from) => {
            let phone = phone_digits(&from).ok_or(ControlError::Invalid("from must be a phone number"))?;
            one(&inner.world, &ChatKey { line, phone })
        }
    };
    Ok(HttpResponse::Ok().json(body))
}

fn one(world: &World, key: &ChatKey) -> Value {
    let person = world.person(&key.phone);
    let chat = world.chat(key);
    json!({
        "phone_number_id": key.line,
        "from": key.phone,
        "name": person.name,
        "hides_phone": person.hides_phone,
        "window_closes_at": chat.and_then(|chat| chat.last_inbound).map(|last| last + WINDOW),
        "messages": chat.map(|chat| &chat.messages),
    })
}

/// The chats of a line, and after them everybody who has not written to it.
fn overview(world: &World, line: &str) -> Value {
    let summary = |phone: &str, chat: Option<&Chat>| {
        let messages = || chat.into_iter().flat_map(|chat| &chat.messages);
        let unread = |direction, status| {
            messages()
                .filter(|b| b.direction == direction && b.status == status)
                .count()
        };
        json!({
            "from": phone,
            "name": world.person(phone).name,
            "last": messages().next_back(),
            "unread": unread(Direction::Out, "delivered"),
        })
    };
    let mut chats: Vec<_> = world.chats_of(line).collect();
    let last = |chat: &Chat| chat.messages.back().map(|bubble| bubble.at);
    chats.sort_by_key(|(_, chat)| std::cmp::Reverse(last(chat)));
    let known: HashSet<_> = chats.iter().map(|(phone, _)| phone.as_str()).collect();
    let strangers = world.people().map(|person| &person.phone);
    let strangers = strangers.filter(|phone| !known.contains(phone.as_str()));
    let rows = chats.iter().map(|(phone, chat)| summary(phone, Some(chat)));
    let rows = rows.chain(strangers.map(|phone| summary(phone, None)));
    let rows: Vec<_> = rows.take(SHOWN).collect();
    json!({"chats": rows})
}
