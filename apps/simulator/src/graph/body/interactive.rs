//! Interactive messages: header, body and footer, and what may be tapped.

use super::{
    commerce,
    object::{Check, Object, differ, fits},
    payments,
    simple::source,
};
use crate::graph::failure::GraphFailure;

const MAX_BODY: usize = 1024;
const MAX_LIST_BODY: usize = 4096;
const MAX_FOOTER: usize = 60;
const MAX_HEADER: usize = 60;
const MAX_BUTTONS: usize = 3;
const MAX_BUTTON: usize = 20;
const MAX_BUTTON_ID: usize = 256;
const MAX_ROWS: usize = 10;
const MAX_ROW_ID: usize = 200;
const MAX_ROW: usize = 24;
const MAX_ROW_DESCRIPTION: usize = 72;
const MAX_TTL_MINUTES: i64 = 43_200;

const TYPES: &[&str] = &[
    "button",
    "list",
    "cta_url",
    "location_request_message",
    "flow",
    "product",
    "product_list",
    "catalog_message",
    "carousel",
    "call_permission_request",
    "voice_call",
    "request_contact_info",
    "address_message",
    "order_details",
    "order_status",
];

/// Checks an interactive message.
pub fn check(content: &Object<'_>) -> Check {
    let kind = content.one_of("type", TYPES)?;
    content.only(&["type", "header", "body", "footer", "action"])?;
    header(content, kind)?;
    body(content, kind)?;
    if let Some(footer) = content.optional_child("footer")? {
        footer.only(&["text"])?;
        footer.sized("text", "Footer text", MAX_FOOTER)?;
    }
    let action = content.child("action")?;
    match kind {
        "button" => buttons(&action),
        "list" => list(&action),
        "cta_url" => {
            let parameters = named(&action, "cta_url", &["display_text", "url"])?;
            link(&parameters)
        }
        "location_request_message" => bare(&action, "send_location"),
        "call_permission_request" => bare(&action, "call_permission_request"),
        "request_contact_info" => bare(&action, "request_contact_info"),
        "voice_call" => voice_call(&action),
        "flow" => flow(&action),
        "product" | "product_list" | "catalog_message" | "carousel" => commerce::check(&action, kind),
        _ => payments::check(&action, kind),
    }
}

/// Which headers a type may have, and must.
fn header(content: &Object<'_>, kind: &str) -> Check {
    let allowed: &[&str] = match kind {
        "button" | "cta_url" | "flow" | "order_details" => &["text", "image", "video", "document"],
        "list" | "product_list" => &["text"],
        _ => &[],
    };
    let Some(header) = content.optional_child("header")? else {
        return if kind == "product_list" {
            Err(content.missing("header"))
        } else {
            Ok(())
        };
    };
    if allowed.is_empty() {
        return Err(content.wrong("header", &format!("is not supported for type {kind}")));
    }
    media_header(&header, allowed, MAX_HEADER)
}

/// A header of one of some types.
pub fn media_header(header: &Object<'_>, allowed: &[&str], most: usize) -> Check {
    let kind = header.one_of("type", allowed)?;
    header.only(&["type", kind])?;
    if kind == "text" {
        header.sized("text", "Header text", most)?;
        return Ok(());
    }
    let media = header.child(kind)?;
    media.only(&["id", "link", "filename", "provider"])?;
    source(&media, kind)
}

fn body(content: &Object<'_>, kind: &str) -> Check {
    // A single product speaks for itself.
    let may_lack = matches!(kind, "product" | "call_permission_request");
    let Some(body) = content.optional_child("body")? else {
        return if may_lack {
            Ok(())
        } else {
            Err(content.missing("body"))
        };
    };
    body.only(&["text"])?;
    let most = if kind == "list" { MAX_LIST_BODY } else { MAX_BODY };
    body.sized("text", "Body text", most)?;
    Ok(())
}

fn buttons(action: &Object<'_>) -> Check {
    action.only(&["buttons"])?;
    let buttons = action.list("buttons", 1, MAX_BUTTONS)?;
    let (mut ids, mut titles) = (Vec::new(), Vec::new());
    let mut replies = Vec::new();
    for button in &buttons {
        button.only(&["type", "reply"])?;
        button.one_of("type", &["reply"])?;
        replies.push(button.child("reply")?);
    }
    for reply in &replies {
        reply.only(&["id", "title"])?;
        ids.push(reply.sized("id", "Button id", MAX_BUTTON_ID)?);
        titles.push(reply.sized("title", "Button title", MAX_BUTTON)?);
    }
    differ(ids, "button id")?;
    differ(titles, "button title")
}

fn list(action: &Object<'_>) -> Check {
    action.only(&["button", "sections"])?;
    action.sized("button", "Button label", MAX_BUTTON)?;
    let sections = action.list("sections", 1, MAX_ROWS)?;
    let mut ids = Vec::new();
    for section in &sections {
        section.only(&["title", "rows"])?;
        section.optional_sized("title", "Section title", MAX_ROW)?;
        if sections.len() > 1 {
            section.text("title")?;
        }
        for row in section.list("rows", 1, MAX_ROWS)? {
            row.only(&["id", "title", "description"])?;
            ids.push(row.sized("id", "Row id", MAX_ROW_ID)?.to_owned());
            row.sized("title", "Row title", MAX_ROW)?;
            if row.optional("description")?.is_some_and(|text| !text.is_empty()) {
                row.sized("description", "Row description", MAX_ROW_DESCRIPTION)?;
            }
        }
    }
    if ids.len() > MAX_ROWS {
        let details = format!("Total row count exceed max allowed count: {MAX_ROWS}");
        return Err(GraphFailure::invalid(&details));
    }
    differ(ids.iter().map(String::as_str).collect(), "row id")
}

fn voice_call(action: &Object<'_>) -> Check {
    action.only(&["name", "parameters"])?;
    action.one_of("name", &["voice_call"])?;
    let Some(parameters) = action.optional_child("parameters")? else {
        return Ok(());
    };
    parameters.only(&["display_text", "ttl_minutes", "payload"])?;
    parameters.optional_sized("display_text", "Button label", MAX_BUTTON)?;
    if parameters.has("ttl_minutes") {
        parameters.whole("ttl_minutes", 1, MAX_TTL_MINUTES)?;
    }
    Ok(())
}

fn flow(action: &Object<'_>) -> Check {
    let parameters = named(
        action,
        "flow",
        &[
            "flow_message_version",
            "flow_id",
            "flow_name",
            "flow_token",
            "flow_cta",
            "flow_action",
            "flow_action_payload",
            "mode",
        ],
    )?;
    parameters.one_of("flow_message_version", &["3"])?;
    if parameters.has("flow_id") == parameters.has("flow_name") {
        return Err(parameters.missing("flow_id"));
    }
    let label = parameters.sized("flow_cta", "Flow CTA", MAX_BUTTON)?;
    if label.chars().any(is_pictograph) {
        return Err(parameters.wrong("flow_cta", "must not contain emoji"));
    }
    parameters.optional("flow_token")?;
    if parameters.has("mode") {
        parameters.one_of("mode", &["draft", "published"])?;
    }
    let leads = if parameters.has("flow_action") {
        parameters.one_of("flow_action", &["navigate", "data_exchange"])?
    } else {
        "navigate"
    };
    match parameters.optional_child("flow_action_payload")? {
        Some(payload) if leads == "navigate" => {
            payload.only(&["screen", "data"])?;
            payload.text("screen")?;
            payload.optional_child("data").map(drop)
        }
        Some(_) => Err(parameters.wrong("flow_action_payload", "is for flow_action navigate only")),
        None => Ok(()),
    }
}

/// Whether a character is drawn as a picture; near enough, without a table of Unicode's.
fn is_pictograph(character: char) -> bool {
    matches!(u32::from(character), 0x1F000..=0x1FAFF | 0x2600..=0x27BF | 0xFE0F)
}

/// The parameters of an action with a name.
fn named<'v>(action: &'v Object<'v>, name: &str, keys: &[&str]) -> Result<Object<'v>, GraphFailure> {
    action.only(&["name", "parameters"])?;
    action.one_of("name", &[name])?;
    let parameters = action.child("parameters")?;
    parameters.only(keys)?;
    Ok(parameters)
}

/// An action with a name and nothing else.
fn bare(action: &Object<'_>, name: &str) -> Check {
    action.only(&["name"])?;
    action.one_of("name", &[name]).map(drop)
}

/// A button that opens a page.
pub fn link(parameters: &Object<'_>) -> Check {
    fits(parameters.text("display_text")?, "Button label", MAX_BUTTON)?;
    parameters.url("url").map(drop)
}

/// Quick replies of a card.
pub fn quick_replies(action: &Object<'_>, most: usize) -> Check {
    for button in action.list("buttons", 1, most)? {
        button.only(&["type", "quick_reply"])?;
        button.one_of("type", &["quick_reply"])?;
        let reply = button.child("quick_reply")?;
        reply.only(&["id", "title"])?;
        reply.sized("id", "Button id", MAX_BUTTON_ID)?;
        reply.sized("title", "Button title", MAX_BUTTON)?;
    }
    Ok(())
}
