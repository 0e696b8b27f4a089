//! Text, media, location, reaction and pin.

use super::object::{Check, Object};
use crate::graph::failure::GraphFailure;

const MAX_TEXT: usize = 4096;
const MAX_CAPTION: usize = 1024;
const MAX_FILENAME: usize = 240;
/// An emoji of a family with skins is eleven code points; Meta takes one emoji.
const MAX_EMOJI: usize = 16;

/// Checks a message of one of the types of this module.
pub fn check(top: &Object<'_>, kind: &str) -> Check {
    let content = top.child(kind)?;
    match kind {
        "text" => text(&content),
        "location" => location(&content),
        "reaction" => reaction(&content),
        "pin" => pin(&content),
        _ => media(&content, kind),
    }
}

fn text(content: &Object<'_>) -> Check {
    content.only(&["body", "preview_url"])?;
    content.text("body")?;
    content.flag("preview_url")?;
    content.at_most("body", MAX_TEXT)
}

/// A file by id or by link, with what its type may carry.
fn media(content: &Object<'_>, kind: &str) -> Check {
    let extra: &[&str] = match kind {
        "image" | "video" => &["caption"],
        "document" => &["caption", "filename"],
        "audio" => &["voice"],
        _ => &[],
    };
    content.only(&[&["id", "link"], extra].concat())?;
    source(content, kind)?;
    content.flag("voice")?;
    if content
        .optional("filename")?
        .is_some_and(|name| name.chars().count() > MAX_FILENAME)
    {
        return Err(content.wrong("filename", "is too long"));
    }
    content.at_most("caption", MAX_CAPTION)
}

/// Whether a file is named by an id or by a link, and not by both.
pub fn source(content: &Object<'_>, kind: &str) -> Check {
    match (content.has("id"), content.has("link")) {
        (true, false) => content.text("id").map(drop),
        (false, true) => content.url("link").map(drop),
        _ => Err(GraphFailure::missing(format!(
            "Parameter '{kind}' must contain either 'id' or 'link'"
        ))),
    }
}

fn location(content: &Object<'_>) -> Check {
    content.only(&["latitude", "longitude", "name", "address"])?;
    for (key, most) in [("latitude", 90.0), ("longitude", 180.0)] {
        let value = content.get(key).ok_or_else(|| content.missing(key))?;
        let number = value.as_f64().or_else(|| value.as_str()?.parse().ok());
        if number.is_none_or(|number: f64| number.is_nan() || number.abs() > most) {
            return Err(content.wrong(key, "is not valid"));
        }
    }
    content.optional("name")?;
    content.optional("address").map(drop)
}

fn reaction(content: &Object<'_>) -> Check {
    content.only(&["message_id", "emoji"])?;
    content.text("message_id")?;
    let emoji = content.optional("emoji")?.unwrap_or_default();
    let plain = emoji.chars().any(char::is_alphabetic);
    if plain || emoji.chars().count() > MAX_EMOJI {
        return Err(content.wrong("emoji", "must be one emoji"));
    }
    Ok(())
}

fn pin(content: &Object<'_>) -> Check {
    content.only(&["type", "message_id", "expiration_days"])?;
    content.text("message_id")?;
    if content.one_of("type", &["pin", "unpin"])? == "pin" {
        content.whole("expiration_days", 1, 30)?;
    }
    Ok(())
}
