//! What a message says, whatever its type: its words, what it refers to, and what of its
//! JSON is worth keeping beside them. Types after Meta's webhook reference for `messages`;
//! a type that is not known is kept as it is.

use serde_json::value::RawValue;

use crate::json::{Object, storable};

/// The keys that every message has and that are read on their own.
const ENVELOPE: [&str; 7] = [
    "from",
    "from_user_id",
    "from_parent_user_id",
    "id",
    "timestamp",
    "type",
    "group_id",
];

/// The kinds of `unsupported` message that tell of an earlier one instead of saying something.
const NO_NEWS: [&str; 5] = ["edit", "keep_in_chat", "pin", "poll_update", "reaction"];

/// The content of one message.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Content {
    /// Meta's type: `text`, `image`, `interactive`…; `unknown` where it is no short word.
    pub kind: String,
    /// The words in it: text, caption, the title of what was chosen, an emoji, a place's name…
    /// `U+0000` and broken surrogates are replaced by `U+FFFD`.
    pub body: Option<String>,
    /// The message's JSON without what every message has; `None` for a plain text. Fit for
    /// a database, see [`storable`].
    pub payload: Option<String>,
    /// The message it answers, reacts to, edits or takes back.
    pub context_wamid: Option<String>,
    /// Whether somebody said something, so that it counts as unread. Not so: reactions,
    /// edits, deletions and what an app does by itself.
    pub is_news: bool,
    /// Whether it opens the window in which free-form answers may be sent.
    pub opens_window: bool,
}

impl Content {
    /// The content of `message`; what `extra` holds is added to the payload.
    pub(super) fn of(message: &Object<'_>, extra: Option<(&str, String)>) -> Self {
        let word = message.word("type").filter(|word| is_word(word));
        let kind = word.map_or_else(|| "unknown".to_owned(), std::borrow::Cow::into_owned);
        let object = message.object(&kind);
        let is_news = is_news(&kind, object.as_ref());
        Self {
            body: body(&kind, message, object.as_ref()),
            payload: payload(message, &kind, extra),
            context_wamid: target(&kind, message, object.as_ref()),
            is_news,
            opens_window: is_news,
            kind,
        }
    }
}

fn is_word(word: &str) -> bool {
    word.len() <= 40 && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_')
}

fn is_news(kind: &str, object: Option<&Object<'_>>) -> bool {
    match kind {
        // Meta does not say whether a reaction opens the window: an answer that is refused would be worse.
        "reaction" | "edit" | "revoke" | "system" | "request_welcome" => false,
        "unsupported" => object
            .and_then(|object| object.word("type"))
            .is_none_or(|kind| !NO_NEWS.contains(&kind.as_ref())),
        "interactive" => object
            .and_then(|object| object.object("call_permission_reply"))
            .and_then(|reply| reply.word("response_source"))
            .is_none_or(|source| source != "automatic"),
        _ => true,
    }
}

/// The text of a text; the caption, title or name of anything else.
fn body(kind: &str, message: &Object<'_>, object: Option<&Object<'_>>) -> Option<String> {
    match kind {
        "text" => object?.any_text("body"),
        "contacts" => cards(message),
        "button" => object?.text("text").or_else(|| object?.text("payload")),
        "interactive" => chosen(object?),
        "order" => object?.text("text"),
        "reaction" => object?.text("emoji"),
        "location" => place(object?),
        "system" => object?.text("body"),
        "edit" => {
            let edited = object?.object("message")?;
            let kind = edited.text("type")?;
            let inner = edited.object(&kind)?;
            inner.text("body").or_else(|| inner.text("caption"))
        }
        _ => object?.text("caption"),
    }
}

/// The subtype names the object; one that is not known may still have a title.
fn chosen(interactive: &Object<'_>) -> Option<String> {
    let kind = interactive.word("type")?;
    let reply = interactive.object(&kind)?;
    ["title", "body", "text", "response", "product_retailer_id"]
        .into_iter()
        .find_map(|key| reply.text(key))
}

fn place(location: &Object<'_>) -> Option<String> {
    let coordinates = || {
        let (latitude, longitude) = (location.word("latitude")?, location.word("longitude")?);
        Some(format!("{latitude}, {longitude}"))
    };
    location
        .text("name")
        .or_else(|| location.text("address"))
        .or_else(coordinates)
}

fn cards(message: &Object<'_>) -> Option<String> {
    let names: Vec<String> = message
        .list("contacts")
        .into_iter()
        .filter_map(Object::parse)
        .filter_map(|card| {
            let name = card.object("name").and_then(|name| name.text("formatted_name"));
            let phone = || {
                let phones = card.list("phones");
                phones
                    .into_iter()
                    .filter_map(Object::parse)
                    .find_map(|phone| phone.text("phone"))
            };
            name.or_else(phone)
        })
        .collect();
    (!names.is_empty()).then(|| names.join(", "))
}

fn target(kind: &str, message: &Object<'_>, object: Option<&Object<'_>>) -> Option<String> {
    let own = match kind {
        "reaction" => object.and_then(|object| object.text("message_id")),
        "edit" | "revoke" => object.and_then(|object| object.text("original_message_id")),
        _ => None,
    };
    own.or_else(|| message.object("context")?.text("id"))
}

/// The JSON of a message without its envelope, or nothing where the body says it all.
fn payload(message: &Object<'_>, kind: &str, extra: Option<(&str, String)>) -> Option<String> {
    let worth = |key: &str| !ENVELOPE.contains(&key);
    if kind == "text" && extra.is_none() && message.entries().all(|(key, _)| key == "text" || !worth(key)) {
        return None;
    }
    let mut json = String::from("{");
    let mut add = |key: &str, value: &str| {
        if json.len() > 1 {
            json.push(',');
        }
        json.push_str(&serde_json::Value::from(key).to_string());
        json.push(':');
        json.push_str(value);
    };
    for (key, raw) in message.entries().filter(|(key, _)| worth(key)) {
        add(key, RawValue::get(raw));
    }
    if let Some((key, value)) = extra {
        add(key, &value);
    }
    json.push('}');
    Some(storable(&json).into_owned())
}
