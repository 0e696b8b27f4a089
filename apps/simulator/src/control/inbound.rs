//! A customer writes.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use futures_util::future::join_all;
use serde::Deserialize;
use serde_json::{Value, json};
use whatsapp::identity::phone_digits;

use super::{
    failure::ControlError,
    media::{self, InboundMedia},
};
use crate::{
    clock,
    config::Line,
    delivery::{Delivery, Webhook},
    payload,
    simulator::Simulator,
    world::{
        Bubble, ChatKey, Direction, Person,
        identity::{self, Way},
    },
};

/// Types that do not open the window.
const SILENT: &[&str] = &["reaction", "system", "unsupported"];

/// What a customer writes.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Inbound {
    phone_number_id: String,
    from: String,
    name: Option<String>,
    text: Option<String>,
    /// A file.
    media: Option<InboundMedia>,
    /// Meta's message object, without id, timestamp and identity.
    message: Option<Value>,
    /// The id to use: the same one twice imitates a second delivery.
    wamid: Option<String>,
    timestamp: Option<i64>,
    user_id: Option<String>,
    hide_phone: Option<bool>,
    /// How many messages to write.
    #[serde(default = "one")]
    count: u32,
    /// Whether they come in one webhook.
    #[serde(default)]
    batch: bool,
}

/// Writes as a customer, and says how the webhook was received.
pub async fn write(
    simulator: web::Data<Simulator>,
    inbound: web::Json<Inbound>,
) -> Result<HttpResponse, ControlError> {
    let (simulator, inbound) = (simulator.into_inner(), inbound.into_inner());
    let (line, person) = introduce(&simulator, &inbound)?;
    let at = match inbound.timestamp {
        Some(seconds) => DateTime::from_timestamp(seconds, 0).ok_or(ControlError::Invalid("timestamp"))?,
        None => clock::now(),
    };
    let key = ChatKey {
        line: line.phone_number_id.clone(),
        phone: person.phone.clone(),
    };
    if simulator.lock().world.is_blocked(&key) {
        // Whoever is turned away sees one tick for ever.
        return Ok(
            HttpResponse::Ok().json(json!({"wamid": null, "wamids": [], "deliveries": [], "blocked": true}))
        );
    }
    let contents = contents(&simulator, &inbound, at)?;
    let mut wamids = Vec::new();
    let mut messages = Vec::new();
    for content in contents {
        let wamid = inbound.wamid.clone();
        let wamid = wamid.unwrap_or_else(|| identity::wamid(&person.phone, Way::In));
        messages.push(payload::message(&line, &person, &content, &wamid, at));
        note(&simulator, &line, &person, content, &wamid, at);
        wamids.push(wamid);
    }
    let bodies = if inbound.batch {
        vec![messages]
    } else {
        messages.into_iter().map(|m| vec![m]).collect()
    };
    let webhooks = bodies
        .into_iter()
        .map(|messages| Webhook::of_line("message", &line, &payload::inbound(&line, &person, messages)));
    let deliveries: Vec<Delivery> = join_all(webhooks.map(|webhook| simulator.deliver(webhook))).await;
    Ok(HttpResponse::Ok().json(json!({
        "wamid": wamids.first(),
        "wamids": wamids,
        "user_id": person.user_id(&line.waba_id),
        "delivery": deliveries.first(),
        "deliveries": deliveries,
    })))
}

/// Finds the line, and updates what is known of the person.
fn introduce(simulator: &Simulator, inbound: &Inbound) -> Result<(Line, Person), ControlError> {
    let phone = phone_digits(&inbound.from).ok_or(ControlError::Invalid("from must be a phone number"))?;
    let mut inner = simulator.lock();
    let line = inner.world.lines.get(&inbound.phone_number_id);
    let line = line
        .ok_or_else(|| ControlError::UnknownLine(inbound.phone_number_id.clone()))?
        .clone();
    let mut person = inner.world.person(&phone);
    if let Some(name) = &inbound.name {
        person.name.clone_from(name);
    }
    if let Some(hides) = inbound.hide_phone {
        person.hides_phone = hides;
    }
    if let Some(user_id) = &inbound.user_id {
        person.user_ids.insert(line.waba_id.clone(), user_id.clone());
    }
    inner.world.index_user(&line.waba_id, &person);
    inner.world.remember(person.clone());
    Ok((line, person))
}

fn contents(simulator: &Simulator, inbound: &Inbound, at: DateTime<Utc>) -> Result<Vec<Value>, ControlError> {
    if let Some(media) = &inbound.media {
        let each =
            (1..=inbound.count).map(|_| media::content(simulator, &inbound.phone_number_id, media, at));
        return each.collect();
    }
    let text = |body: String| json!({"type": "text", "text": {"body": body}});
    let content: Box<dyn Fn(u32) -> Value> = match (&inbound.text, &inbound.message) {
        (Some(body), None) if inbound.count > 1 => Box::new(move |n| text(format!("{body} {n}"))),
        (Some(body), None) => Box::new(move |_| text(body.clone())),
        (None, Some(message)) if message.is_object() => Box::new(|_| message.clone()),
        _ => {
            return Err(ControlError::Invalid("give text, media or message (an object)"));
        }
    };
    Ok((1..=inbound.count).map(content).collect())
}

/// Puts the message on the person's phone. The same id twice is there once.
fn note(
    simulator: &Arc<Simulator>,
    line: &Line,
    person: &Person,
    content: Value,
    wamid: &str,
    at: DateTime<Utc>,
) {
    let key = ChatKey {
        line: line.phone_number_id.clone(),
        phone: person.phone.clone(),
    };
    let opens_window = content["type"]
        .as_str()
        .is_none_or(|kind| !SILENT.contains(&kind));
    let mut inner = simulator.lock();
    if opens_window {
        inner.world.renew_window(&key, at.min(clock::now()));
    }
    if inner.world.find(wamid).is_none() {
        let bubble = Bubble {
            wamid: wamid.to_owned(),
            direction: Direction::In,
            payload: content,
            at,
            status: "delivered".to_owned(),
            error_code: None,
            callback_data: None,
            by_user_id: false,
        };
        inner.world.add(&key, bubble, clock::now());
    }
    drop(inner);
    simulator.tell("message", Some(key));
}

fn one() -> u32 {
    1
}
