//! A message's JSON.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use serde::Serialize;
use tenant::{
    message::{AuthorKind, Direction, Message, MessageId, MessageStatus},
    user::UserId,
};
use utoipa::ToSchema;
use whatsapp::error::{Advice, Verdict};

use super::super::media::body::MediaBody;
use crate::names::{AuthorKindName, DirectionName, MessageStatusName};

/// Who wrote a message.
#[derive(Serialize, ToSchema)]
#[schema(as = Author)]
pub(crate) struct AuthorBody {
    #[schema(value_type = AuthorKindName)]
    kind: String,
    id: Option<String>,
    name: Option<String>,
}

/// When a message got how far.
#[derive(Serialize, ToSchema)]
#[schema(as = StatusTimes)]
pub(crate) struct StatusTimesBody {
    #[serde(skip_serializing_if = "Option::is_none")]
    received: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    queued: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    sent: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    delivered: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    read: Option<DateTime<Utc>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    failed: Option<DateTime<Utc>>,
}

/// Why a message failed.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageError)]
pub(crate) struct MessageErrorBody {
    /// Meta's code, or one of ours: not_confirmed, window_closed, contact_opted_out, contact_blocked, cancelled,
    /// channel_inactive, channel_without_token, meta_unreachable, token_malformed, request_invalid, file_missing.
    code: String,
    /// Meta's short text.
    title: String,
    /// Meta's long text.
    detail: Option<String>,
    /// What to do: retry, wait, use_template, check_token, check_number, contact_unreachable, contact_support or none.
    advice: String,
}

/// The message that this one answers.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageContext)]
pub(crate) struct ContextBody {
    /// Its id here, if it is known.
    message_id: Option<String>,
    wamid: String,
}

/// A message or note.
#[derive(Serialize, ToSchema)]
#[schema(as = Message)]
pub(crate) struct MessageBody {
    id: String,
    conversation_id: String,
    #[schema(value_type = DirectionName)]
    direction: String,
    /// WhatsApp's type: text, image, video, audio, document, sticker, location, contacts, reaction, button,
    /// interactive, order, edit, revoke, system, unsupported…; new ones come without notice.
    /// A reaction, edit or revoke names what it is about in `context`; a reaction without text was taken back.
    #[serde(rename = "type")]
    kind: String,
    /// The words in it: text, caption, the title of what was chosen, a place's name, an emoji…
    text: Option<String>,
    /// The file it carries.
    media: Option<MediaBody>,
    /// What WhatsApp sent: the object named after the type, and `context`, `referral`, `errors` or, in a
    /// group, `sender`. null for a plain text.
    payload: Option<serde_json::Value>,
    #[schema(value_type = MessageStatusName)]
    status: String,
    status_at: StatusTimesBody,
    error: Option<MessageErrorBody>,
    wamid: Option<String>,
    author: AuthorBody,
    context: Option<ContextBody>,
    created_at: DateTime<Utc>,
    /// When it goes out, or went out, if that was to be later.
    send_at: Option<DateTime<Utc>>,
}

impl AuthorBody {
    /// `name` is the agent's; a customer goes by the contact's.
    pub(crate) fn new(message: &Message, name: Option<String>, contact: &str) -> Self {
        Self {
            kind: message.author_kind.to_string(),
            id: message.author_id.map(|id| id.to_string()),
            name: match message.author_kind {
                AuthorKind::Contact => Some(contact.to_owned()).filter(|name| !name.is_empty()),
                AuthorKind::Agent | AuthorKind::Bot | AuthorKind::Campaign | AuthorKind::System => name,
            },
        }
    }
}

impl MessageBody {
    pub(super) fn new(
        message: Message,
        names: &HashMap<UserId, String>,
        ids: &HashMap<String, MessageId>,
        media: Option<MediaBody>,
    ) -> Self {
        let name = message.author_id.and_then(|id| names.get(&id).cloned());
        Self {
            id: message.id.to_string(),
            conversation_id: message.conversation_id.to_string(),
            direction: message.direction.to_string(),
            status: message.status().to_string(),
            status_at: times(&message),
            error: error(&message),
            author: AuthorBody::new(&message, name, ""),
            context: message.context_wamid.map(|wamid| ContextBody {
                message_id: ids.get(&wamid).map(ToString::to_string),
                wamid,
            }),
            kind: message.kind,
            text: message.body,
            media,
            payload: message.payload,
            wamid: message.wamid,
            created_at: message.occurred_at,
            send_at: message.send_at,
        }
    }
}

fn times(message: &Message) -> StatusTimesBody {
    let out = message.direction == Direction::Out;
    StatusTimesBody {
        received: (!out).then_some(message.created_at),
        queued: out.then_some(message.created_at),
        sent: message.sent_at,
        delivered: message.delivered_at,
        read: message.read_at,
        failed: message.failed_at,
    }
}

fn error(message: &Message) -> Option<MessageErrorBody> {
    if message.status() == MessageStatus::Unknown {
        return Some(MessageErrorBody {
            code: "not_confirmed".to_owned(),
            title: "WhatsApp did not confirm that it took the message".to_owned(),
            // What WhatsApp said, where it said anything.
            detail: message
                .error_detail
                .clone()
                .or_else(|| message.error_title.clone()),
            advice: Advice::Retry.to_string(),
        });
    }
    let failure = message.failure()?;
    let verdict = Verdict::of_code(failure.code.map(i64::from));
    let ours = match failure.title.as_str() {
        "channel_without_token" | "token_malformed" => Advice::CheckToken,
        "channel_inactive" => Advice::CheckNumber,
        "meta_unreachable" | "cancelled" | "not_confirmed" => Advice::Retry,
        "window_closed" => Advice::UseTemplate,
        "contact_opted_out" | "contact_blocked" => Advice::ContactUnreachable,
        _ => Advice::None,
    };
    Some(MessageErrorBody {
        code: failure
            .code
            .map_or_else(|| failure.title.clone(), |code| code.to_string()),
        advice: verdict.map_or(ours, |verdict| verdict.advice).to_string(),
        title: failure.title,
        detail: failure.detail,
    })
}
