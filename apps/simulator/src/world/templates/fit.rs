//! Whether the parameters that are sent fit the template (send-message-templates, error codes
//! 132000 and following).

use serde_json::Value;

use super::{Misfit, Template, variables};

/// The longest body once the variables are filled in.
const MAX_BODY: usize = 1024;
/// The longest code to log in with.
const MAX_CODE: usize = 15;

type Fit = Result<(), Misfit>;

/// Checks the components that are sent.
pub fn check(template: &Template, sent: &Value) -> Fit {
    components(template, &template.components, sent)
}

fn components(template: &Template, defined: &[Value], sent: &Value) -> Fit {
    let part = |kind: &str| defined.iter().find(|component| is(component, kind));
    header(template, part("header"), find(sent, "header"))?;
    body(template, part("body"), find(sent, "body"))?;
    buttons(part("buttons"), sent)?;
    carousel(template, part("carousel"), find(sent, "carousel"))?;
    let offer = part("limited_time_offer");
    let expires = offer.is_some_and(|offer| offer["limited_time_offer"]["has_expiration"] == true);
    if expires && find(sent, "limited_time_offer").is_none() {
        return misfit(
            131_008,
            "limited_time_offer: the component is required".to_owned(),
        );
    }
    Ok(())
}

fn header(template: &Template, defined: Option<&Value>, sent: Option<&Value>) -> Fit {
    let format = defined
        .and_then(|header| header["format"].as_str())
        .unwrap_or("TEXT");
    let given = parameters(sent);
    if format.eq_ignore_ascii_case("text") {
        let text = defined
            .and_then(|header| header["text"].as_str())
            .unwrap_or_default();
        return words(template, "header", &variables(text), given);
    }
    let expected = format.to_ascii_lowercase();
    let received = given.first().and_then(|parameter| parameter["type"].as_str());
    if received != Some(&*expected) {
        let received = received.unwrap_or("unknown").to_uppercase();
        let details = format!("header: Format mismatch, expected {format}, received {received}");
        return misfit(132_012, details);
    }
    Ok(())
}

fn body(template: &Template, defined: Option<&Value>, sent: Option<&Value>) -> Fit {
    let given = parameters(sent);
    let text = defined.and_then(|body| body["text"].as_str()).unwrap_or_default();
    // Meta writes the text of these itself: it holds the code.
    if template.is_authentication() && text.is_empty() {
        words(template, "body", &["1"], given)?;
        let code = given.first().and_then(|parameter| parameter["text"].as_str());
        if code.is_some_and(|code| code.chars().count() > MAX_CODE) {
            return misfit(
                132_018,
                format!("body: the code must be at most {MAX_CODE} characters long"),
            );
        }
        return Ok(());
    }
    words(template, "body", &variables(text), given)?;
    if super::view::fill(text, given).chars().count() > MAX_BODY {
        return misfit(
            132_005,
            format!("body: the text must be at most {MAX_BODY} characters long"),
        );
    }
    Ok(())
}

/// As many parameters as variables, and each with its name where they have names.
fn words(template: &Template, place: &str, variables: &[&str], given: &[Value]) -> Fit {
    if given.len() != variables.len() {
        let (given, expected) = (given.len(), variables.len());
        let details = format!(
            "{place}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
        );
        return misfit(132_000, details);
    }
    if !template.is_named() {
        return Ok(());
    }
    for parameter in given {
        match parameter["parameter_name"].as_str() {
            None | Some("") => return misfit(100, "Parameter name is missing or empty".to_owned()),
            Some(name) if !variables.contains(&name) => {
                return misfit(132_012, format!("{place}: the template has no parameter {name}"));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

fn buttons(defined: Option<&Value>, sent: &Value) -> Fit {
    let defined = defined
        .and_then(|part| part["buttons"].as_array())
        .map_or(&[][..], Vec::as_slice);
    let given = || all(sent).iter().filter(|component| is(component, "button"));
    for component in given() {
        let index = index(component);
        let kind = component["sub_type"].as_str().unwrap_or_default();
        let button = index.and_then(|index| defined.get(index));
        if !button.is_some_and(|button| sends(button).contains(&&*kind.to_ascii_lowercase())) {
            let index = index.unwrap_or_default();
            return misfit(
                132_018,
                format!("buttons: there is no button of type {kind} at index {index}"),
            );
        }
    }
    for (place, button) in defined.iter().enumerate() {
        if needs(button) && !given().any(|component| index(component) == Some(place)) {
            let kind = button["type"].as_str().unwrap_or_default();
            let details = format!("buttons: Button at index {place} of type {kind} requires a parameter");
            return misfit(131_008, details);
        }
    }
    Ok(())
}

/// The `sub_type` that a button is sent as.
fn sends(button: &Value) -> Vec<&'static str> {
    match &*button["type"].as_str().unwrap_or_default().to_ascii_uppercase() {
        "URL" => vec!["url"],
        "OTP" => vec!["url", "copy_code"],
        "QUICK_REPLY" => vec!["quick_reply"],
        "COPY_CODE" => vec!["copy_code"],
        "FLOW" => vec!["flow"],
        "CATALOG" => vec!["catalog"],
        "MPM" => vec!["mpm"],
        "SPM" => vec!["spm"],
        "ORDER_DETAILS" => vec!["order_details"],
        "VOICE_CALL" => vec!["voice_call"],
        _ => Vec::new(),
    }
}

/// Whether a button cannot be sent without a parameter.
fn needs(button: &Value) -> bool {
    match &*button["type"].as_str().unwrap_or_default().to_ascii_uppercase() {
        "URL" => button["url"].as_str().is_some_and(|url| url.contains("{{")),
        "OTP" | "COPY_CODE" | "MPM" | "ORDER_DETAILS" => true,
        _ => false,
    }
}

fn carousel(template: &Template, defined: Option<&Value>, sent: Option<&Value>) -> Fit {
    let cards = |part: Option<&Value>| part.and_then(|part| part["cards"].as_array().cloned());
    let (defined, sent) = (
        cards(defined).unwrap_or_default(),
        cards(sent).unwrap_or_default(),
    );
    if defined.len() != sent.len() {
        let (given, expected) = (sent.len(), defined.len());
        return misfit(
            132_012,
            format!("carousel: number of cards ({given}) does not match the expected number ({expected})"),
        );
    }
    for (card, sent) in defined.iter().zip(&sent) {
        components(template, all(&card["components"]), &sent["components"])?;
    }
    Ok(())
}

/// A list of components; nothing is an empty one.
pub fn all(components: &Value) -> &[Value] {
    components.as_array().map_or(&[], Vec::as_slice)
}

/// The first component of a type.
pub fn find<'v>(components: &'v Value, kind: &str) -> Option<&'v Value> {
    all(components).iter().find(|component| is(component, kind))
}

/// The parameters of a component.
pub fn parameters(component: Option<&Value>) -> &[Value] {
    component.map_or(&[], |component| all(&component["parameters"]))
}

/// Where a button stands; Meta takes numbers and texts.
pub fn index(component: &Value) -> Option<usize> {
    let index = &component["index"];
    let number = index.as_u64().or_else(|| index.as_str()?.parse().ok())?;
    usize::try_from(number).ok()
}

fn is(component: &Value, kind: &str) -> bool {
    component["type"]
        .as_str()
        .is_some_and(|own| own.eq_ignore_ascii_case(kind))
}

fn misfit(code: i64, details: String) -> Fit {
    Err(Misfit { code, details })
}
