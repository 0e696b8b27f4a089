//! Templates as they are sent: the components with their parameters, whatever the template is.
//! Whether they fit the template is another question, asked in `world::templates`.

use super::{
    commerce::sections,
    object::{Check, Object, fits},
    payments::order_details,
    simple::source,
};
use crate::graph::failure::GraphFailure;

const MAX_NAME: usize = 512;
const MAX_COMPONENTS: usize = 16;
const MAX_PARAMETERS: usize = 100;
const MAX_BUTTONS: i64 = 9;
const MAX_PAYLOAD: usize = 256;
const MAX_CODE: usize = 20;
const CARDS: usize = 10;

/// Checks the template of a message.
pub fn check(template: &Object<'_>) -> Check {
    template.only(&["name", "namespace", "language", "components"])?;
    let name = template.text("name")?;
    fits(name, "Template name", MAX_NAME)?;
    let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
    if !name.bytes().all(plain) {
        return Err(template.wrong("name", "must hold lower-case letters, digits and _ only"));
    }
    let language = template.child("language")?;
    language.only(&["code", "policy"])?;
    language.text("code")?;
    if language.has("policy") {
        language.one_of("policy", &["deterministic"])?;
    }
    for component in template.list("components", 0, MAX_COMPONENTS)? {
        check_component(&component, true)?;
    }
    Ok(())
}

fn check_component(component: &Object<'_>, outside: bool) -> Check {
    let kind = component.text("type")?.to_ascii_lowercase();
    match kind.as_str() {
        "header" => {
            component.only(&["type", "parameters"])?;
            for parameter in component.list("parameters", 0, 1)? {
                header(&parameter)?;
            }
            Ok(())
        }
        "body" => {
            component.only(&["type", "parameters"])?;
            for parameter in component.list("parameters", 0, MAX_PARAMETERS)? {
                words(&parameter, &["text", "currency", "date_time"])?;
            }
            Ok(())
        }
        "button" => button(component),
        "carousel" if outside => carousel(component),
        "limited_time_offer" | "order_status" | "tap_target_configuration" if outside => {
            special(component, &kind)
        }
        _ => Err(GraphFailure::parameter(&format!(
            "Param template['components'] has a component of unknown type \"{kind}\"."
        ))),
    }
}

/// A parameter that puts words in.
fn words(parameter: &Object<'_>, kinds: &[&str]) -> Check {
    let kind = parameter.one_of("type", kinds)?;
    parameter.only(&["type", "parameter_name", kind])?;
    parameter.optional("parameter_name")?;
    match kind {
        "currency" => {
            let currency = parameter.child("currency")?;
            currency.only(&["fallback_value", "code", "amount_1000"])?;
            currency.text("fallback_value")?;
            currency.text("code")?;
            currency.whole("amount_1000", i64::MIN, i64::MAX).map(drop)
        }
        // Meta ignores the parts of a date since long; they are still sent along.
        "date_time" => parameter.child("date_time")?.text("fallback_value").map(drop),
        _ => single_line(parameter, kind),
    }
}

/// Variables hold neither line breaks, tabs nor more than four spaces in a row.
fn single_line(parameter: &Object<'_>, key: &str) -> Check {
    let text = parameter.text(key)?;
    if text.contains(['\n', '\t', '\r']) || text.contains("     ") {
        let details = "Param text cannot have new-line/tab characters or more than 4 consecutive spaces";
        return Err(GraphFailure::told(132_018, details.to_owned()));
    }
    Ok(())
}

fn header(parameter: &Object<'_>) -> Check {
    let kinds = [
        "text",
        "currency",
        "date_time",
        "image",
        "video",
        "document",
        "location",
        "product",
    ];
    let kind = parameter.one_of("type", &kinds)?;
    match kind {
        "image" | "video" | "document" => {
            parameter.only(&["type", kind])?;
            let media = parameter.child(kind)?;
            media.only(&["id", "link", "filename"])?;
            source(&media, kind)
        }
        "location" => {
            parameter.only(&["type", "location"])?;
            let location = parameter.child("location")?;
            location.only(&["latitude", "longitude", "name", "address"])?;
            ["latitude", "longitude"].into_iter().try_for_each(|key| {
                if location.has(key) {
                    Ok(())
                } else {
                    Err(location.missing(key))
                }
            })
        }
        "product" => {
            parameter.only(&["type", "product"])?;
            let product = parameter.child("product")?;
            product.only(&["product_retailer_id", "catalog_id"])?;
            product.text("product_retailer_id").map(drop)
        }
        _ => words(parameter, &["text", "currency", "date_time"]),
    }
}

fn button(component: &Object<'_>) -> Check {
    component.only(&["type", "sub_type", "index", "parameters"])?;
    component.whole("index", 0, MAX_BUTTONS)?;
    let kind = component.text("sub_type")?.to_ascii_lowercase();
    let parameters = component.list("parameters", 1, 1)?;
    let parameter = parameters
        .first()
        .ok_or_else(|| component.missing("parameters"))?;
    match kind.as_str() {
        "url" => {
            parameter.only(&["type", "text"])?;
            parameter.one_of("type", &["text"])?;
            parameter.text("text").map(drop)
        }
        "quick_reply" => {
            parameter.only(&["type", "payload"])?;
            parameter.one_of("type", &["payload"])?;
            parameter
                .sized("payload", "Button payload", MAX_PAYLOAD)
                .map(drop)
        }
        "copy_code" => {
            parameter.only(&["type", "coupon_code"])?;
            parameter.one_of("type", &["coupon_code"])?;
            parameter.sized("coupon_code", "Coupon code", MAX_CODE).map(drop)
        }
        "flow" | "catalog" | "mpm" | "spm" | "order_details" => action(parameter, &kind),
        "voice_call" => {
            parameter.only(&["type", "ttl_minutes", "payload"])?;
            parameter.one_of("type", &["ttl_minutes", "payload"]).map(drop)
        }
        _ => {
            let words = "URL, QUICK_REPLY, COPY_CODE, FLOW, CATALOG, MPM, SPM, VOICE_CALL, ORDER_DETAILS";
            let rule = format!("Param sub_type must be one of {{{words}}} - got \"{kind}\".");
            Err(GraphFailure::parameter(&rule))
        }
    }
}

fn action(parameter: &Object<'_>, kind: &str) -> Check {
    parameter.only(&["type", "action"])?;
    parameter.one_of("type", &["action"])?;
    let action = parameter.child("action")?;
    match kind {
        "flow" => {
            action.only(&["flow_token", "flow_action_data"])?;
            action.optional("flow_token")?;
            action.optional_child("flow_action_data").map(drop)
        }
        "mpm" => {
            action.only(&["thumbnail_product_retailer_id", "sections"])?;
            action.text("thumbnail_product_retailer_id")?;
            sections(&action)
        }
        "order_details" => {
            action.only(&["order_details"])?;
            order_details(&action.child("order_details")?)
        }
        _ => {
            action.only(&["thumbnail_product_retailer_id"])?;
            action.optional("thumbnail_product_retailer_id").map(drop)
        }
    }
}

fn carousel(component: &Object<'_>) -> Check {
    component.only(&["type", "cards"])?;
    for (place, card) in component.list("cards", 1, CARDS)?.iter().enumerate() {
        card.only(&["card_index", "components"])?;
        let index = card.whole("card_index", 0, 9)?;
        if usize::try_from(index) != Ok(place) {
            return Err(card.wrong("card_index", "must count the cards from 0"));
        }
        for component in card.list("components", 1, MAX_COMPONENTS)? {
            check_component(&component, false)?;
        }
    }
    Ok(())
}

/// Components that have one parameter named like themselves.
fn special(component: &Object<'_>, kind: &str) -> Check {
    component.only(&["type", "parameters"])?;
    for parameter in component.list("parameters", 1, 1)? {
        parameter.only(&["type", kind])?;
        parameter.one_of("type", &[kind])?;
        match kind {
            "limited_time_offer" => {
                let offer = parameter.child(kind)?;
                offer.only(&["expiration_time_ms"])?;
                // Seconds in the place of milliseconds are a date in 1970.
                offer.whole("expiration_time_ms", 100_000_000_000, i64::MAX)?;
            }
            "order_status" => {
                let status = parameter.child(kind)?;
                status.only(&["reference_id", "order"])?;
                status.text("reference_id")?;
                status.child("order")?.text("status")?;
            }
            _ => {
                for target in parameter.list(kind, 1, 1)? {
                    target.only(&["url", "title"])?;
                    target.url("url")?;
                }
            }
        }
    }
    Ok(())
}
