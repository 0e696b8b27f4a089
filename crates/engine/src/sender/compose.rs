//! A message as it was stored, in the shape in which Meta takes it.

use tenant::outbox::Attempt;
use whatsapp::outbound::{OutboundContent, OutboundMessage, Recipient};

/// The message of an attempt.
pub(super) fn message(attempt: &Attempt) -> OutboundMessage {
    OutboundMessage {
        recipient: recipient(attempt),
        content: OutboundContent::Text {
            body: attempt.body.clone().unwrap_or_default(),
            preview_url: true,
        },
        context_wamid: attempt.context_wamid.clone(),
        callback_data: Some(attempt.reference.to_string()),
    }
}

fn recipient(attempt: &Attempt) -> Recipient {
    match (&attempt.phone, &attempt.bsuid) {
        (Some(phone), _) => Recipient::Phone(phone.clone()),
        (None, Some(bsuid)) => Recipient::UserId(bsuid.clone()),
        (None, None) => Recipient::from_user_key(&attempt.user_key),
    }
}
