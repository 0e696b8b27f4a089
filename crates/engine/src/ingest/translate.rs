//! From Meta's items to a tenant's.

use pg::ChannelId;
use tenant::{
    contact::Identity,
    inbound::{InboundContent, InboundItem, InboundMessage},
    media::InboundMedia,
    status::{Delivery, SendFailure, StatusReport},
};
use whatsapp::webhook::{self, Change, Item, MetaError, OtherKind, Status};

/// What `change` holds for the line. Events that nobody acts on are left out:
/// reports of kinds that change nothing, and fields other than `messages`.
pub(crate) fn items(change: &Change, channel: ChannelId) -> Vec<InboundItem> {
    if change.field != "messages" {
        return Vec::new();
    }
    change
        .items()
        .into_iter()
        .filter_map(|item| {
            let (content, raw) = match item {
                Item::Message(message) => {
                    let raw = message.raw.get().to_owned();
                    (InboundContent::Message(inbound(message)), raw)
                }
                Item::Status(update) => (
                    InboundContent::Status(report(&update)?),
                    update.raw.get().to_owned(),
                ),
                Item::Other { kind, raw } => {
                    let reason = set_aside(kind)?.to_owned();
                    (InboundContent::Unreadable { reason }, raw.get().to_owned())
                }
                Item::Poisoned(poisoned) => {
                    let reason = poisoned.reason.to_owned();
                    (
                        InboundContent::Unreadable { reason },
                        poisoned.raw.get().to_owned(),
                    )
                }
            };
            Some(InboundItem {
                channel,
                content,
                raw,
            })
        })
        .collect()
}

fn inbound(message: webhook::InboundMessage) -> InboundMessage {
    let media = message.media();
    let (kind, body, payload) = match (message.content, &media) {
        (_, Some(media)) => (media.kind.as_str(), media.caption.clone(), None),
        (webhook::InboundContent::Text { body }, None) => ("text", Some(body), None),
        (webhook::InboundContent::Unsupported | webhook::InboundContent::Other, None) => {
            let json = whatsapp::storable(message.raw.get());
            ("unsupported", None, serde_json::from_str(&json).ok())
        }
    };
    InboundMessage {
        wamid: message.wamid,
        from: Identity {
            user_key: message.user_key,
            phone: message.from,
            bsuid: message.from_user_id,
            profile_name: message.profile_name,
            ..Identity::default()
        },
        kind: kind.to_owned(),
        body,
        payload,
        media: media.map(file).map(Box::new),
        context_wamid: message.context_wamid,
        at: message.timestamp,
        counts_as_unread: true,
        opens_window: true,
    }
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

fn report(update: &webhook::StatusUpdate) -> Option<StatusReport> {
    let delivery = match update.status {
        Status::Sent => Delivery::Sent,
        Status::Delivered => Delivery::Delivered,
        Status::Read | Status::Played => Delivery::Read,
        Status::Failed => Delivery::Failed,
        Status::Other(_) => return None,
    };
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

/// The reason to keep an item that no conversation takes, unless nothing would be lost.
fn set_aside(kind: OtherKind) -> Option<&'static str> {
    match kind {
        OtherKind::GroupMessage => Some("messages of groups are not shown yet"),
        OtherKind::System => Some("notices about a changed number or user id are not applied yet"),
        OtherKind::LineError => Some("an error of the line itself, without a message"),
        OtherKind::GroupStatus | OtherKind::PaymentStatus | OtherKind::UserAction => None,
    }
}
