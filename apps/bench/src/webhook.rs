//! Webhook bodies as Meta sends them, and who signs them.

use crypto::SecretString;
use whatsapp::signature;

/// A registered line.
#[derive(Clone, Debug)]
pub struct Line {
    /// Meta's id of it.
    pub phone_number_id: String,
    /// The account that it belongs to.
    pub waba_id: String,
    /// Its number.
    pub number: String,
    /// Its own id in the control plane.
    pub channel: String,
}

/// A text message of a customer's.
pub struct Text<'a> {
    /// Meta's id of it.
    pub wamid: &'a str,
    /// Which customer of the tenant's.
    pub contact: u64,
    /// Seconds since 1970.
    pub at: i64,
    /// What it says.
    pub body: &'a str,
}

/// A customer's phone number.
pub fn phone(contact: u64) -> String {
    format!("52155{contact:08}")
}

/// A customer's id at Meta, the same for all tenants.
pub fn bsuid(contact: u64) -> String {
    format!("MX.{:020}", 90_000_000_000_000_000_000_u128 + u128::from(contact))
}

/// The message object, as it stands in `messages` and is kept raw.
pub fn message(text: &Text<'_>) -> String {
    format!(
        r#"{{"from":"{}","from_user_id":"{}","id":"{}","timestamp":"{}","type":"text","text":{{"body":"{}"}}}}"#,
        phone(text.contact),
        bsuid(text.contact),
        text.wamid,
        text.at,
        text.body
    )
}

/// The change that brings one message.
pub fn message_change(line: &Line, text: &Text<'_>) -> String {
    let contact = format!(
        r#""contacts":[{{"profile":{{"name":"Cliente {0}"}},"wa_id":"{1}","user_id":"{2}"}}]"#,
        text.contact,
        phone(text.contact),
        bsuid(text.contact)
    );
    change(line, &format!(r#"{contact},"messages":[{}]"#, message(text)))
}

/// The change that brings one status of a message that was sent before.
pub fn status_change(line: &Line, wamid: &str, status: &str, recipient: u64, at: i64) -> String {
    let errors = if status == "failed" {
        r#","errors":[{"code":131026,"title":"Message undeliverable","message":"Message undeliverable"}]"#
    } else {
        ""
    };
    let status = format!(
        r#"{{"id":"{wamid}","status":"{status}","timestamp":"{at}","recipient_id":"{}","recipient_user_id":"{}"{errors}}}"#,
        phone(recipient),
        bsuid(recipient)
    );
    change(line, &format!(r#""statuses":[{status}]"#))
}

/// A change of the same size as a message's that holds nothing to store.
pub fn empty_change(line: &Line, text: &Text<'_>) -> String {
    let filler = "x".repeat(message(text).len());
    change(
        line,
        &format!(r#""contacts":[],"messages":[],"filler":"{filler}""#),
    )
}

fn change(line: &Line, rest: &str) -> String {
    format!(
        r#"{{"id":"{}","changes":[{{"value":{{"messaging_product":"whatsapp","metadata":{{"display_phone_number":"{}","phone_number_id":"{}"}},{rest}}},"field":"messages"}}]}}"#,
        line.waba_id, line.number, line.phone_number_id
    )
}

/// A whole body of these entries.
pub fn body(entries: &[String]) -> String {
    format!(
        r#"{{"object":"whatsapp_business_account","entry":[{}]}}"#,
        entries.join(",")
    )
}

/// The signature header that Meta would send.
pub fn sign(secret: &SecretString, body: &str) -> String {
    signature::sign(secret, body.as_bytes())
}

#[cfg(test)]
mod tests {
    use whatsapp::webhook::Envelope;

    use super::*;

    #[test]
    fn the_product_reads_what_is_sent_here() {
        let line = Line {
            phone_number_id: "1".into(),
            waba_id: "2".into(),
            number: "3".into(),
            channel: String::new(),
        };
        let text = Text {
            wamid: "wamid.a",
            contact: 7,
            at: 1_793_440_800,
            body: "hola",
        };
        let entries = [
            message_change(&line, &text),
            status_change(&line, "wamid.b", "failed", 7, 1_793_440_800),
            empty_change(&line, &text),
        ];
        let body = body(&entries);
        let envelope = Envelope::parse(body.as_bytes()).unwrap();
        let items: Vec<usize> = envelope
            .changes
            .iter()
            .map(|change| change.items().len())
            .collect();
        assert_eq!((items, envelope.poisoned.len()), (vec![1, 1, 0], 0));
    }
}
