//! Meta's rules for a message body. Text is checked in full, the other types for their shape.

use serde_json::Value;
use whatsapp::outbound::{MAX_CALLBACK_CHARS, MAX_TEXT_CHARS};

use super::failure::GraphFailure;

const MAX_CAPTION_CHARS: usize = 1024;
const MAX_BUTTONS: usize = 3;
const MAX_BUTTON_CHARS: usize = 20;
const MAX_ROWS: usize = 10;

type Check = Result<(), GraphFailure>;

/// Checks everything that does not depend on who writes to whom; returns the message's type.
pub fn check(message: &Value) -> Result<&str, GraphFailure> {
    let kind = match &message["type"] {
        Value::Null => "text",
        Value::String(kind) => kind,
        _ => return Err(GraphFailure::parameter("Param type must be a string.")),
    };
    check_envelope(message)?;
    let content = &message[kind];
    match kind {
        "text" => text(content)?,
        "image" | "video" | "audio" | "document" | "sticker" => media(kind, content)?,
        "location" => location(content)?,
        "contacts" => list(content, "contacts", 257)?,
        "reaction" => require(content, "reaction", "message_id")?,
        "interactive" => interactive(content)?,
        "template" => template(content)?,
        _ => {
            let rule = "Param type must be one of {AUDIO, CONTACTS, DOCUMENT, IMAGE, INTERACTIVE, LOCATION, REACTION, STICKER, TEMPLATE, TEXT, VIDEO}";
            return Err(GraphFailure::parameter(&format!("{rule} - got \"{kind}\".")));
        }
    }
    Ok(kind)
}

/// The message itself, without the envelope: what the person sees.
pub fn content(message: &Value, kind: &str) -> Value {
    let mut content = serde_json::Map::new();
    content.insert("type".to_owned(), kind.into());
    content.insert(kind.to_owned(), message[kind].clone());
    if let Some(id) = message["context"]["message_id"].as_str() {
        content.insert("context".to_owned(), serde_json::json!({"id": id}));
    }
    content.into()
}

fn check_envelope(message: &Value) -> Check {
    if !matches!(message["recipient_type"].as_str(), None | Some("individual")) {
        return Err(GraphFailure::invalid("recipient_type must be individual"));
    }
    let context = &message["context"];
    if !context.is_null() && context["message_id"].as_str().is_none_or(str::is_empty) {
        return Err(GraphFailure::missing(
            "Parameter 'context.message_id' is mandatory".to_owned(),
        ));
    }
    match &message["biz_opaque_callback_data"] {
        Value::Null => Ok(()),
        Value::String(data) => at_most(data, "biz_opaque_callback_data", MAX_CALLBACK_CHARS),
        _ => Err(GraphFailure::parameter(
            "Param biz_opaque_callback_data must be a string.",
        )),
    }
}

fn text(content: &Value) -> Check {
    require(content, "text", "body")?;
    limit(content, "text", "body", MAX_TEXT_CHARS)
}

fn media(kind: &str, content: &Value) -> Check {
    if content["id"].is_string() == content["link"].is_string() {
        return Err(GraphFailure::missing(format!(
            "Parameter '{kind}' must contain either 'id' or 'link'"
        )));
    }
    if !content["caption"].is_null() && matches!(kind, "audio" | "sticker") {
        return Err(GraphFailure::parameter(&format!(
            "Unexpected key \"caption\" on param \"{kind}\"."
        )));
    }
    limit(content, kind, "caption", MAX_CAPTION_CHARS)
}

fn location(content: &Value) -> Check {
    for name in ["latitude", "longitude"] {
        let value = &content[name];
        let number = value
            .as_f64()
            .or_else(|| value.as_str().and_then(|text| text.parse().ok()));
        if number.is_none_or(|number: f64| number.abs() > 180.0) {
            return Err(GraphFailure::invalid(&format!("location['{name}'] is not valid")));
        }
    }
    Ok(())
}

fn template(content: &Value) -> Check {
    require(content, "template", "name")?;
    require(&content["language"], "template['language']", "code")
}

fn interactive(content: &Value) -> Check {
    require(content, "interactive", "type")?;
    let kind = content["type"].as_str().unwrap_or_default();
    let action = &content["action"];
    if !action.is_object() {
        return Err(GraphFailure::missing(
            "Parameter 'interactive.action' is mandatory".to_owned(),
        ));
    }
    if matches!(kind, "button" | "list" | "cta_url" | "location_request_message") {
        require(&content["body"], "interactive['body']", "text")?;
    }
    match kind {
        "button" => {
            list(&action["buttons"], "action['buttons']", MAX_BUTTONS)?;
            for button in action["buttons"].as_array().into_iter().flatten() {
                require(&button["reply"], "buttons['reply']", "id")?;
                require(&button["reply"], "buttons['reply']", "title")?;
                limit(&button["reply"], "buttons['reply']", "title", MAX_BUTTON_CHARS)?;
            }
            Ok(())
        }
        "list" => {
            require(action, "action", "button")?;
            limit(action, "action", "button", MAX_BUTTON_CHARS)?;
            list(&action["sections"], "action['sections']", MAX_ROWS)?;
            let sections = action["sections"].as_array().into_iter().flatten();
            let rows: Vec<_> = sections
                .filter_map(|section| section["rows"].as_array())
                .flatten()
                .cloned()
                .collect();
            list(&Value::Array(rows), "sections['rows']", MAX_ROWS)
        }
        _ => Ok(()),
    }
}

fn require(object: &Value, parent: &str, name: &str) -> Check {
    match object[name].as_str() {
        Some(text) if !text.is_empty() => Ok(()),
        _ => Err(GraphFailure::missing(format!(
            "Parameter {parent}['{name}'] is mandatory"
        ))),
    }
}

fn list(value: &Value, name: &str, most: usize) -> Check {
    match value.as_array().map(Vec::len) {
        Some(length) if (1..=most).contains(&length) => Ok(()),
        _ => Err(GraphFailure::invalid(&format!(
            "{name} must have 1 to {most} elements"
        ))),
    }
}

fn limit(object: &Value, parent: &str, name: &str, most: usize) -> Check {
    let text = object[name].as_str().unwrap_or_default();
    at_most(text, &format!("{parent}['{name}']"), most)
}

fn at_most(text: &str, name: &str, most: usize) -> Check {
    if text.chars().count() > most {
        let rule = format!("Param {name} must be at most {most} characters long.");
        return Err(GraphFailure::parameter(&rule));
    }
    Ok(())
}
