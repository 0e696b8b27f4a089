//! What Meta checks that depends on who writes to whom, when, and with what: part of it refuses
//! the call, part lets the message fail afterwards.

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::recipient::Recipient;
use crate::{
    config::Line,
    files::Files,
    graph::failure::GraphFailure,
    rules::TemplateRule,
    simulator::Inner,
    world::{Direction, REACHABLE, World, line_state::LineState, templates::Template},
};

/// A message that the call is not refused for.
pub struct Verdict {
    /// The code that it fails with afterwards.
    pub fails: Option<i64>,
    /// A template as the customer sees it, when the account has it.
    pub view: Option<Value>,
    /// Its category.
    pub category: Option<String>,
    /// What the answer says of a template.
    pub message_status: Option<String>,
}

/// One message and who sends it to whom.
pub struct Sending<'s> {
    /// The line.
    pub line: &'s Line,
    /// The person, or group.
    pub recipient: &'s Recipient,
    /// The body.
    pub message: &'s Value,
    /// Its type.
    pub kind: &'s str,
}

/// Refuses what Meta refuses at once, and says what will become of the rest.
pub fn judge(inner: &mut Inner, sending: &Sending<'_>, now: DateTime<Utc>) -> Result<Verdict, GraphFailure> {
    let Sending {
        line,
        recipient,
        message,
        kind,
    } = sending;
    let rules = inner.rules;
    check_identity(&inner.world, sending)?;
    if inner.world.is_blocked(&recipient.key) {
        let details = "The recipient was blocked by the business.".to_owned();
        return Err(GraphFailure::new(
            130_403,
            "Business has blocked this user",
            details,
        ));
    }
    let template = if *kind == "template" && rules.templates != TemplateRule::Never {
        let always = rules.templates == TemplateRule::Always;
        let found = inner
            .world
            .template_for(&line.waba_id, &message["template"], always);
        found.map_err(|misfit| GraphFailure::told(misfit.code, misfit.details))?
    } else {
        None
    };
    if recipient.by_user_id && template.is_some_and(Template::is_authentication) {
        return Err(GraphFailure::of_code(131_062));
    }
    let view = template.map(|template| template.view(&message["template"]["components"]));
    let category = template.map(|template| template.category.to_ascii_lowercase());
    let message_status = template.map(|template| template.message_status.clone());
    if rules.pair && !inner.pairs.allows(&recipient.key, now) {
        return Err(GraphFailure::of_code(131_056));
    }
    let state = inner.world.state(&line.phone_number_id);
    let limit = rules.messages_per_second.unwrap_or_else(|| state.throughput());
    let limit = usize::try_from(limit).unwrap_or(usize::MAX);
    if rules.throughput && inner.world.ledger.traffic(&line.phone_number_id, now) >= limit {
        return Err(GraphFailure::of_code(130_429));
    }
    Ok(Verdict {
        fails: failure(inner, sending, &state, now),
        view,
        category,
        message_status,
    })
}

fn check_identity(world: &World, sending: &Sending<'_>) -> Result<(), GraphFailure> {
    let Some(hash) = sending.message["recipient_identity_key_hash"].as_str() else {
        return Ok(());
    };
    let person = world.person(&sending.recipient.key.phone);
    match person.identity_hash {
        Some(own) if own != hash => Err(GraphFailure::of_code(137_000)),
        _ => Ok(()),
    }
}

/// Why a message that was taken will not arrive.
fn failure(inner: &mut Inner, sending: &Sending<'_>, state: &LineState, now: DateTime<Utc>) -> Option<i64> {
    let Sending {
        line,
        recipient,
        message,
        kind,
    } = sending;
    let (rules, key) = (inner.rules, &recipient.key);
    let is_template = *kind == "template";
    let in_window = recipient.is_group || inner.world.window_is_open(key, now);
    if inner.faults.unreachable.contains(&key.phone) {
        Some(131_026)
    } else if !is_template && rules.window && !in_window {
        Some(131_047)
    } else if !in_window && state.lacks_payment() {
        Some(131_042)
    } else if rules.reactions && *kind == "reaction" && !may_react(&inner.world, sending, now) {
        Some(131_009)
    } else if rules.media && !media_is_sound(&inner.files, &line.phone_number_id, message, now) {
        Some(131_053)
    } else {
        inner.faults.fails()
    }
}

/// A reaction is to a message of the same chat, no reaction itself, and thirty days old at most.
fn may_react(world: &World, sending: &Sending<'_>, now: DateTime<Utc>) -> bool {
    let wamid = sending.message["reaction"]["message_id"]
        .as_str()
        .unwrap_or_default();
    world.find(wamid).is_some_and(|(key, bubble)| {
        let arrived = bubble.direction == Direction::In || bubble.status != "failed";
        key == sending.recipient.key
            && bubble.payload["type"] != "reaction"
            && now - bubble.at <= REACHABLE
            && arrived
    })
}

/// Whether every file that a message names by id exists, is the line's, and is what it is sent as.
fn media_is_sound(files: &Files, line: &str, value: &Value, now: DateTime<Utc>) -> bool {
    match value {
        Value::Array(values) => values.iter().all(|value| media_is_sound(files, line, value, now)),
        Value::Object(map) => map.iter().all(|(key, value)| {
            let id = value["id"].as_str().filter(|_| KINDS.contains(&&**key));
            match id {
                Some(id) => files.find(id, now).is_some_and(|file| {
                    file.phone_number_id == line && file.serves_as(key, value["voice"] == true)
                }),
                None => media_is_sound(files, line, value, now),
            }
        }),
        _ => true,
    }
}

const KINDS: &[&str] = &["image", "video", "audio", "document", "sticker"];
