//! From Meta's items to a tenant's.

use pg::ChannelId;
use tenant::{
    contact::{ChangedIds, Identity},
    inbound::{InboundContent, InboundItem, InboundMessage, OutsideMessage, SystemNotice},
    line_event::{LineAct, LineEventId, NewLineEvent},
    media::InboundMedia,
    status::{Delivery, SendFailure, StatusReport},
};
use whatsapp::webhook::{self, Act, Change, Content, Item, MetaError, Person, Status};

/// Where a change's items belong.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Place {
    /// The line that takes them in.
    pub channel: ChannelId,
    /// Whether they are about the whole account rather than that line.
    pub is_account: bool,
}

/// What `change` holds, for the line at `place`.
pub(crate) fn items(change: &Change, place: Place) -> Vec<InboundItem> {
    change
        .items()
        .into_iter()
        .map(|item| {
            let (content, raw) = content(item, change, place);
            InboundItem {
                channel: place.channel,
                content,
                raw: Box::<str>::from(raw).into(),
            }
        })
        .collect()
}

type Raw = Box<serde_json::value::RawValue>;

fn content(item: Item, change: &Change, place: Place) -> (InboundContent, Raw) {
    match item {
        Item::Message(message) => {
            let (content, raw) = inbound(message);
            (InboundContent::Message(content), raw)
        }
        Item::Status(update) => {
            let raw = update.raw.clone();
            match report(&update) {
                Some(report) => (InboundContent::Status(report), raw),
                None => unreadable("the status is of no kind that a message has", raw),
            }
        }
        Item::System(notice) => {
            let (content, raw) = system(notice);
            (InboundContent::Notice(content), raw)
        }
        Item::Outside(message) => {
            let (content, raw) = outside(message);
            (InboundContent::Outside(content), raw)
        }
        Item::AddressBook(entry) => {
            let name = entry.person.name.clone().unwrap_or_default();
            let who = Identity {
                profile_name: None,
                ..identity(entry.person)
            };
            (InboundContent::AddressBook { who, name }, entry.raw)
        }
        Item::Event(event) => {
            let raw = event.raw.clone();
            (InboundContent::LineEvent(line_event(event, change, place)), raw)
        }
        Item::Poisoned(poisoned) => unreadable(poisoned.reason, poisoned.raw),
    }
}

fn unreadable(reason: &str, raw: Raw) -> (InboundContent, Raw) {
    let reason = reason.to_owned();
    (InboundContent::Unreadable { reason }, raw)
}

fn identity(person: Person) -> Identity {
    Identity {
        user_key: person.key().unwrap_or_default().to_owned(),
        phone: person.phone,
        bsuid: person.user_id,
        profile_name: person.name,
        username: person.username,
        parent_bsuid: person.parent_user_id,
    }
}

/// A group is known by its id; who wrote in it stands in the payload.
fn group(id: String) -> Identity {
    Identity {
        user_key: id,
        ..Identity::default()
    }
}

fn payload(content: &Content) -> Option<serde_json::Value> {
    content
        .payload
        .as_deref()
        .and_then(|json| serde_json::from_str(json).ok())
}

fn inbound(message: webhook::InboundMessage) -> (InboundMessage, Raw) {
    let media = message.media().map(file).map(Box::new);
    let content = message.content;
    let inbound = InboundMessage {
        wamid: message.wamid,
        from: message.group_id.map_or_else(|| identity(message.from), group),
        payload: payload(&content),
        kind: content.kind,
        body: content.body,
        media,
        context_wamid: content.context_wamid,
        is_news: content.is_news,
        opens_window: content.opens_window,
        at: message.timestamp,
    };
    (inbound, message.raw)
}

/// What is kept of a file; its URL is asked for when it is fetched.
fn file(media: webhook::Media) -> InboundMedia {
    InboundMedia {
        kind: media.kind.as_str().to_owned(),
        wa_media_id: media.id,
        mime_type: media.mime_type,
        filename: media.filename,
        voice: media.voice,
        animated: media.animated,
        sha256: media.sha256,
    }
}

fn system(notice: webhook::SystemNotice) -> (SystemNotice, Raw) {
    let changed = notice.now.clone().map(|now| ChangedIds {
        old_phone: notice.about.phone.clone(),
        old_bsuid: notice.about.user_id.clone(),
        phone: now.phone,
        bsuid: now.user_id,
        parent_bsuid: now.parent_user_id,
    });
    let translated = SystemNotice {
        wamid: notice.wamid,
        about: identity(notice.about),
        changed,
        payload: payload(&notice.content),
        body: notice.content.body,
        at: notice.timestamp,
    };
    (translated, notice.raw)
}

fn outside(message: webhook::OutsideMessage) -> (OutsideMessage, Raw) {
    let content = message.content;
    let outside = OutsideMessage {
        wamid: message.wamid,
        peer: identity(message.peer),
        is_outbound: message.is_outbound,
        is_history: message.is_history,
        delivery: message.status.as_ref().and_then(delivery),
        payload: payload(&content),
        kind: content.kind,
        body: content.body,
        context_wamid: content.context_wamid,
        at: message.timestamp,
    };
    (outside, message.raw)
}

fn line_event(event: webhook::LineEvent, change: &Change, place: Place) -> NewLineEvent {
    let channel = (!place.is_account).then_some(place.channel);
    let json = whatsapp::storable(event.raw.get());
    let field = change.field_of_event();
    let id = format!(
        "{channel:?}|{}|{field}|{}|{}|{}",
        change.waba_id.as_deref().unwrap_or_default(),
        change.time.map_or(0, |time| time.timestamp()),
        event.kind,
        event.raw.get(),
    );
    NewLineEvent {
        id: LineEventId::of_contents(&id),
        channel,
        waba_id: change.waba_id.clone(),
        field: storable_word(field),
        kind: storable_word(&event.kind),
        at: event.at,
        // What is nested too deep for a value is kept as its text.
        payload: serde_json::from_str(&json).unwrap_or_else(|_too_deep| json.into_owned().into()),
        act: match event.act {
            Act::Keep => LineAct::Keep,
            Act::Marketing { person, stop } => LineAct::Marketing {
                who: identity(person),
                stop,
            },
            Act::GroupNamed { group_id, subject } => LineAct::Named {
                who: Identity {
                    profile_name: Some(subject),
                    ..group(group_id)
                },
            },
            Act::Quality { limit } => LineAct::Quality { limit },
            Act::Name { decision, name } => LineAct::Name { decision, name },
        },
    }
}

/// Words are Meta's, and so short; whatever else stands in their place is cut.
fn storable_word(word: &str) -> String {
    word.chars().take(120).collect()
}

/// How far a message got. A history writes its words in capitals, and `error` for a failure.
fn delivery(status: &Status) -> Option<Delivery> {
    match status {
        Status::Sent => Some(Delivery::Sent),
        Status::Delivered => Some(Delivery::Delivered),
        Status::Read | Status::Played => Some(Delivery::Read),
        Status::Failed => Some(Delivery::Failed),
        Status::Other(word) if word == "error" => Some(Delivery::Failed),
        Status::Other(_) => None,
    }
}

fn report(update: &webhook::StatusUpdate) -> Option<StatusReport> {
    let delivery = delivery(&update.status)?;
    Some(StatusReport {
        wamid: update.wamid.clone(),
        delivery,
        at: update.timestamp,
        failure: (delivery == Delivery::Failed).then(|| failure(update.errors.first())),
        attempt: update.callback_data.as_deref().and_then(|data| data.parse().ok()),
    })
}

fn failure(error: Option<&MetaError>) -> SendFailure {
    SendFailure {
        code: error
            .and_then(|error| error.code)
            .and_then(|code| i32::try_from(code).ok()),
        title: error.and_then(|error| error.title.clone()).unwrap_or_default(),
        detail: error.and_then(|error| error.details.clone()),
    }
}
