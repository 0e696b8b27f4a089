//! What a spooled row holds: each change as Meta sent it, in a webhook body of
//! its own, with the channel it was routed to. Kept raw, so that it is read by
//! the release that applies it.

use crypto::{ExposeSecret, SecretString};
use pg::ChannelId;
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tenant::inbound::InboundItem;
use whatsapp::webhook::{Change, Envelope, ParseError, WHATSAPP_OBJECT};

use crate::ingest::translate::{self, Place};

/// A row that opened and does not hold what it should.
#[derive(Debug, thiserror::Error)]
pub(crate) enum UnreadableContents {
    #[error("the row's contents cannot be read")]
    Contents(#[from] serde_json::Error),
    #[error("a change in the row cannot be read")]
    Change(#[from] ParseError),
}

#[derive(Serialize)]
struct Written<'a> {
    channel: ChannelId,
    is_account: bool,
    body: Body<'a>,
}

#[derive(Serialize)]
struct Body<'a> {
    object: &'static str,
    entry: [Entry<'a>; 1],
}

#[derive(Serialize)]
struct Entry<'a> {
    id: Option<&'a str>,
    time: Option<i64>,
    changes: [OneChange<'a>; 1],
}

#[derive(Serialize)]
struct OneChange<'a> {
    field: &'a str,
    value: &'a RawValue,
}

#[derive(Deserialize)]
struct Read {
    channel: ChannelId,
    #[serde(default)]
    is_account: bool,
    body: Box<RawValue>,
}

/// The contents for `changes`.
pub(crate) fn write(changes: &[(&Change, Place)]) -> Result<SecretString, serde_json::Error> {
    let written: Vec<Written<'_>> = changes
        .iter()
        .map(|(change, place)| Written {
            channel: place.channel,
            is_account: place.is_account,
            body: Body {
                object: WHATSAPP_OBJECT,
                entry: [Entry {
                    id: change.waba_id.as_deref(),
                    time: change.time.map(|time| time.timestamp()),
                    changes: [OneChange {
                        field: &change.field,
                        value: &change.value,
                    }],
                }],
            },
        })
        .collect();
    Ok(SecretString::from(serde_json::to_string(&written)?))
}

/// The items in `contents`, translated anew.
pub(crate) fn read(contents: &SecretString) -> Result<Vec<InboundItem>, UnreadableContents> {
    let read: Vec<Read> = serde_json::from_str(contents.expose_secret())?;
    let mut items = Vec::new();
    for Read {
        channel,
        is_account,
        body,
    } in read
    {
        let place = Place { channel, is_account };
        for change in &Envelope::parse(body.get().as_bytes())?.changes {
            items.extend(translate::items(change, place));
        }
    }
    Ok(items)
}

#[cfg(test)]
mod tests {
    use tenant::inbound::InboundContent;

    use super::*;

    const BODY: &str = r#"{"object":"whatsapp_business_account","entry":[{"id":"7","time":1790000000,"changes":[
        {"field":"messages","value":{"metadata":{"phone_number_id":"8"},
          "contacts":[{"wa_id":"34","profile":{"name":"Ana"}}],
          "messages":[{"id":"w1","from":"34","type":"text","text":{"body":"a\u0000\ud83d"}},7],
          "statuses":[{"id":"w0","status":"read","timestamp":"1790000000","recipient_id":"34"}]}},
        {"field":"messages","value":5}]}]}"#;

    #[test]
    fn what_is_read_again_is_what_was_translated_at_first() {
        let envelope = Envelope::parse(BODY.as_bytes()).unwrap();
        let place = Place {
            channel: ChannelId::generate(),
            is_account: true,
        };
        let direct: Vec<InboundItem> = envelope
            .changes
            .iter()
            .flat_map(|change| translate::items(change, place))
            .collect();
        let changes: Vec<_> = envelope.changes.iter().map(|change| (change, place)).collect();
        let again = read(&write(&changes).unwrap()).unwrap();
        assert_eq!(direct.len(), 4);
        assert_eq!(format!("{direct:?}"), format!("{again:?}"));
        assert!(matches!(&again[0].content, InboundContent::Message(message) if message.wamid == "w1"));
    }

    #[test]
    fn anything_else_is_refused() {
        for text in [
            "",
            "{}",
            "[1]",
            r#"[{"channel":"x","body":{}}]"#,
            r#"[{"channel":"01993b4e-0000-7000-8000-000000000000","body":[]}]"#,
        ] {
            assert!(read(&SecretString::from(text)).is_err(), "{text}");
        }
    }
}
