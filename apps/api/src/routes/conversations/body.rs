//! A conversation's JSON.

use chrono::{DateTime, Utc};
use pg::Page;
use serde::Serialize;
use tenant::{
    contact::Contact,
    conversation::{ConversationView, UserRef},
    message::Message,
};
use utoipa::ToSchema;

use crate::names::{ConversationStatusName, DirectionName, MessageStatusName};
use crate::routes::{
    channels::{ChannelRefBody, LineNames},
    messages::AuthorBody,
    tags::TagRefBody,
};

/// Somebody of the team.
#[derive(Serialize, ToSchema)]
#[schema(as = UserRef)]
pub(crate) struct UserRefBody {
    id: String,
    name: String,
}

/// A customer.
#[derive(Serialize, ToSchema)]
#[schema(as = ContactRef)]
pub(crate) struct ContactBody {
    id: String,
    name: String,
    phone: Option<String>,
    user_key: String,
    /// Whether nobody writes to him.
    is_blocked: bool,
}

/// The newest message, as the list shows it.
#[derive(Serialize, ToSchema)]
#[schema(as = LastMessage)]
pub(crate) struct LastMessageBody {
    id: String,
    #[schema(value_type = DirectionName)]
    direction: String,
    #[serde(rename = "type")]
    kind: String,
    text: Option<String>,
    #[schema(value_type = MessageStatusName)]
    status: String,
    author: Option<AuthorBody>,
    created_at: DateTime<Utc>,
}

/// A thread with one customer on one line.
#[derive(Serialize, ToSchema)]
#[schema(as = Conversation)]
pub(crate) struct ConversationBody {
    id: String,
    contact: ContactBody,
    channel: ChannelRefBody,
    #[schema(value_type = ConversationStatusName)]
    status: String,
    snoozed_until: Option<DateTime<Utc>>,
    assignee: Option<UserRefBody>,
    tags: Vec<TagRefBody>,
    unread_count: i32,
    last_message: Option<LastMessageBody>,
    last_activity_at: DateTime<Utc>,
    /// Until when free-form messages may be sent.
    window_expires_at: Option<DateTime<Utc>>,
    /// Until when messages are free, since the customer came from an advertisement.
    entry_point_expires_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// One page of conversations.
#[derive(Serialize, ToSchema)]
pub(crate) struct ConversationPage {
    items: Vec<ConversationBody>,
    next_cursor: Option<String>,
}

impl From<UserRef> for UserRefBody {
    fn from(UserRef { id, name }: UserRef) -> Self {
        Self {
            id: id.to_string(),
            name,
        }
    }
}

impl From<Contact> for ContactBody {
    fn from(contact: Contact) -> Self {
        Self {
            id: contact.id.to_string(),
            name: contact.display_name(),
            phone: contact.phone.map(|phone| format!("+{phone}")),
            user_key: contact.user_key,
            is_blocked: contact.blocked_at.is_some(),
        }
    }
}

impl From<Page<ConversationBody>> for ConversationPage {
    fn from(page: Page<ConversationBody>) -> Self {
        Self {
            items: page.items,
            next_cursor: page.next.map(|cursor| cursor.as_str().to_owned()),
        }
    }
}

impl ConversationBody {
    pub(crate) fn new(view: ConversationView, lines: &LineNames) -> Self {
        let ConversationView {
            conversation,
            contact,
            last_message,
            last_author,
            assignee,
            tags,
        } = view;
        Self {
            id: conversation.id.to_string(),
            channel: lines.of_channel(conversation.channel_id),
            status: conversation.status.to_string(),
            snoozed_until: conversation.snoozed_until,
            assignee: assignee.map(Into::into),
            tags: tags.into_iter().map(Into::into).collect(),
            unread_count: conversation.unread_count,
            last_message: last_message.map(|message| last(&message, last_author, &contact.display_name())),
            last_activity_at: conversation.last_activity_at,
            window_expires_at: conversation.window_expires_at,
            entry_point_expires_at: conversation.entry_point_expires_at,
            created_at: conversation.created_at,
            contact: contact.into(),
        }
    }
}

fn last(message: &Message, author: Option<UserRef>, contact: &str) -> LastMessageBody {
    LastMessageBody {
        id: message.id.to_string(),
        direction: message.direction.to_string(),
        kind: message.kind.clone(),
        // The list shows one line; a whole essay would only travel.
        text: message.body.as_ref().map(|body| body.chars().take(200).collect()),
        status: message.status().to_string(),
        author: Some(AuthorBody::new(
            message,
            author.map(|author| author.name),
            contact,
        )),
        created_at: message.occurred_at,
    }
}
