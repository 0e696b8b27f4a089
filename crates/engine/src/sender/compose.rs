//! A message as it was stored, in the shape in which Meta takes it.

use serde_json::{Value, json};
use tenant::outbox::Attempt;
use whatsapp::{
    identity::phone_digits,
    outbound::{OutboundMessage, ParsedOutbound, Problems, Recipient},
};

/// The message of an attempt, its files still under our own ids.
pub(super) fn message(attempt: &Attempt) -> Result<OutboundMessage, Problems> {
    let mut stored = attempt.payload.clone().unwrap_or_else(
        || json!({ "text": { "body": attempt.body.as_deref().unwrap_or_default(), "preview_url": true } }),
    );
    if let Value::Object(object) = &mut stored {
        object.insert("type".to_owned(), attempt.kind.clone().into());
    }
    let parsed = ParsedOutbound::parse(&stored)?;
    let mut message = OutboundMessage::new(recipient(attempt), parsed.content);
    // What a reaction is about stands in the reaction.
    message.context_wamid = attempt
        .context_wamid
        .clone()
        .filter(|_| attempt.kind != "reaction");
    message.callback_data = Some(attempt.reference.to_string());
    message.validate()?;
    Ok(message)
}

fn recipient(attempt: &Attempt) -> Recipient {
    match (&attempt.phone, &attempt.bsuid) {
        (Some(phone), _) => Recipient::Phone(phone.clone()),
        (None, Some(bsuid)) => Recipient::UserId(bsuid.clone()),
        (None, None) => match Recipient::from_user_key(&attempt.user_key) {
            Recipient::Phone(key) if phone_digits(&key).is_none() => Recipient::Group(key),
            known => known,
        },
    }
}
