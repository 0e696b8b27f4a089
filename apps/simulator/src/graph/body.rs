//! Meta's rules for the body of a message, each type in full: what is there, how long, how many,
//! and nothing else. Written from Meta's pages (cloud-api/reference/messages and the guide of
//! each type), without a look at what the product itself checks before it sends.

mod cards;
mod commerce;
mod interactive;
mod object;
mod payments;
mod simple;
mod template;

use serde_json::{Value, json};

use self::object::Check;
pub use self::object::Object;
use super::failure::GraphFailure;

/// The longest `biz_opaque_callback_data`.
const MAX_CALLBACK: usize = 512;

const TYPES: &[&str] = &[
    "audio",
    "contacts",
    "document",
    "image",
    "interactive",
    "location",
    "pin",
    "reaction",
    "sticker",
    "template",
    "text",
    "video",
];

/// Keys beside those that are named like the types.
const ENVELOPE: &[&str] = &[
    "messaging_product",
    "recipient_type",
    "to",
    "recipient",
    "type",
    "context",
    "biz_opaque_callback_data",
    "recipient_identity_key_hash",
    "messaging_account_id",
    "paid_messaging_account_id",
];

/// Keys of the Marketing Messages API.
const MARKETING: &[&str] = &["product_policy", "message_activity_sharing"];

/// Which edge a message is posted to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Edge {
    /// `/messages`.
    Messages,
    /// `/marketing_messages`.
    Marketing,
}

/// Checks everything that does not depend on who writes to whom; returns the message's type.
pub fn check(message: &Value, edge: Edge) -> Result<&str, GraphFailure> {
    let top = Object::top(message)?;
    let kind = top.optional("type")?.unwrap_or("text");
    if !TYPES.contains(&kind) {
        let words = TYPES
            .iter()
            .map(|word| word.to_uppercase())
            .collect::<Vec<_>>()
            .join(", ");
        let rule = format!("Param type must be one of {{{words}}} - got \"{kind}\".");
        return Err(GraphFailure::parameter(&rule));
    }
    envelope(&top, kind, edge)?;
    match kind {
        "contacts" => cards::check(&top)?,
        "interactive" => interactive::check(&top.child(kind)?)?,
        "template" => template::check(&top.child(kind)?)?,
        _ => simple::check(&top, kind)?,
    }
    Ok(kind)
}

/// The message itself, without the envelope: what the person sees.
pub fn content(message: &Value, kind: &str) -> Value {
    let mut content = json!({"type": kind, kind: message[kind]});
    if let Some(id) = message["context"]["message_id"].as_str() {
        content["context"] = json!({ "id": id });
    }
    content
}

fn envelope(top: &Object<'_>, kind: &str, edge: Edge) -> Check {
    // The objects of other types are known as well, and not looked at.
    let mut keys = [ENVELOPE, TYPES].concat();
    if edge == Edge::Marketing {
        keys.extend(MARKETING);
    }
    top.only(&keys)?;
    if top.has("recipient_type") {
        top.one_of("recipient_type", &["individual", "group"])?;
    }
    if kind == "pin" && top.optional("recipient_type")? != Some("group") {
        return Err(top.wrong("recipient_type", "must be group for a pin"));
    }
    if edge == Edge::Marketing && kind != "template" {
        return Err(GraphFailure::of_code(134_100));
    }
    if let Some(context) = top.optional_child("context")? {
        context.only(&["message_id"])?;
        context.text("message_id")?;
        if kind == "reaction" {
            return Err(top.wrong("context", "is not supported for reactions"));
        }
    }
    top.optional("recipient_identity_key_hash")?;
    top.at_most("biz_opaque_callback_data", MAX_CALLBACK)
}
