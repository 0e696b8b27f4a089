//! Whom a message is for.

use serde_json::Value;
use whatsapp::identity::{is_bsuid, phone_digits};

use crate::{
    config::Line,
    graph::failure::GraphFailure,
    world::{ChatKey, World, identity},
};

/// What every group's id begins with.
const GROUP: &str = "Y2FwaV9ncm91cD";

/// Whom a message is for.
pub struct Recipient {
    /// The chat it goes into.
    pub key: ChatKey,
    /// What the business wrote.
    pub input: String,
    /// Whether that was a user id.
    pub by_user_id: bool,
    /// Whether it is a group.
    pub is_group: bool,
}

/// `to` wins over `recipient`, as it does at Meta.
pub fn find(world: &World, line: &Line, message: &Value) -> Result<Recipient, GraphFailure> {
    let text = |name: &str| message[name].as_str().filter(|text| !text.is_empty());
    let (input, phone, by_user_id) = if message["recipient_type"] == "group" {
        let to = text("to").ok_or_else(|| GraphFailure::parameter("The parameter to is required."))?;
        if !to.starts_with(GROUP) {
            return Err(GraphFailure::of_code(131_041));
        }
        (to, to.to_owned(), false)
    } else if let Some(to) = text("to") {
        let digits =
            dialled(to, line).ok_or_else(|| GraphFailure::invalid("to is not a valid phone number"))?;
        (to, world.wa_id(&digits), false)
    } else if let Some(user_id) = text("recipient") {
        if !is_bsuid(user_id) {
            return Err(GraphFailure::invalid("recipient is not a valid user id"));
        }
        let person = world.by_user_id(&line.waba_id, user_id);
        let person = person.ok_or_else(|| GraphFailure::of_code(131_026))?;
        (user_id, person.phone.clone(), true)
    } else {
        return Err(GraphFailure::parameter("The parameter to is required."));
    };
    if phone == line.digits() {
        return Err(GraphFailure::of_code(131_021));
    }
    let key = ChatKey {
        line: line.phone_number_id.clone(),
        phone,
    };
    Ok(Recipient {
        key,
        input: input.to_owned(),
        by_user_id,
        is_group: message["recipient_type"] == "group",
    })
}

/// Without a leading `+` Meta puts the business number's own country in front.
fn dialled(to: &str, line: &Line) -> Option<String> {
    let digits = phone_digits(to)?;
    if to.trim_start().starts_with('+') {
        return Some(digits);
    }
    let own = line.digits();
    phone_digits(&format!("{}{digits}", identity::calling_code(&own)))
}
