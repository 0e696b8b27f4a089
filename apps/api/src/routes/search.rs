//! Finding conversations by whom they are with, and messages by what they say.

use actix_web::web;
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::search::{MessageHit, Range, find_conversations, find_messages, highlights};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{ChatRead, Member},
    json::{self, Query},
    names::DirectionName,
    problem::Problem,
    routes::{
        channels::{ChannelRefBody, LineNames},
        conversations::{ContactBody, ConversationBody},
    },
};

/// The longest search, in characters.
const MAX_TEXT: usize = 200;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(super::resource("/search").route(web::get().to(get_search)));
}

/// What to search for.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct SearchQuery {
    /// Words, or parts of a name or phone number, without regard to case and accents; all of them must be there.
    q: Option<String>,
    /// `conversations` or `messages`; both if not said. Needed to go on from a cursor.
    kind: Option<String>,
    /// Items wanted of each, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A stretch of a text, in UTF-16 code units; `end` is not in it.
#[derive(Serialize, ToSchema)]
#[schema(as = TextRange)]
pub(crate) struct RangeBody {
    start: usize,
    end: usize,
}

/// A conversation with somebody who is called so.
#[derive(Serialize, ToSchema)]
#[schema(as = ConversationHit)]
pub(crate) struct ConversationHitBody {
    conversation: ConversationBody,
    /// Where in the contact's name it stands.
    name_highlights: Vec<RangeBody>,
    /// Where in the contact's phone number it stands.
    phone_highlights: Vec<RangeBody>,
}

/// A message that says so.
#[derive(Serialize, ToSchema)]
#[schema(as = MessageHit)]
pub(crate) struct MessageHitBody {
    /// The message; of an edit, the message that was edited.
    id: String,
    conversation_id: String,
    contact: ContactBody,
    channel: ChannelRefBody,
    #[schema(value_type = DirectionName)]
    direction: String,
    #[serde(rename = "type")]
    kind: String,
    /// The part of the text that says so, on one line.
    snippet: String,
    /// Where in `snippet` it stands.
    highlights: Vec<RangeBody>,
    created_at: DateTime<Utc>,
}

/// Conversations, the most recently active first.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct ConversationHits {
    items: Vec<ConversationHitBody>,
    next_cursor: Option<String>,
}

/// Messages, the newest first.
#[derive(Default, Serialize, ToSchema)]
pub(crate) struct MessageHits {
    items: Vec<MessageHitBody>,
    next_cursor: Option<String>,
}

/// What was found.
#[derive(Serialize, ToSchema)]
pub(crate) struct SearchResults {
    conversations: ConversationHits,
    messages: MessageHits,
}

fn ranges(ranges: Vec<Range>) -> Vec<RangeBody> {
    let body = |Range { start, end }| RangeBody { start, end };
    ranges.into_iter().map(body).collect()
}

impl MessageHitBody {
    fn new(hit: MessageHit, lines: &LineNames) -> Self {
        Self {
            id: hit.id.to_string(),
            conversation_id: hit.conversation.to_string(),
            contact: hit.contact.into(),
            channel: lines.of_channel(hit.channel),
            direction: hit.message.direction.to_string(),
            kind: hit.message.kind,
            snippet: hit.snippet,
            highlights: ranges(hit.highlights),
            created_at: hit.message.occurred_at,
        }
    }
}

/// Search names, phone numbers and what was said.
#[utoipa::path(get, path = "/api/search", tag = "inbox", params(SearchQuery),
    responses((status = 200, body = SearchResults)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_search(
    member: Member<ChatRead>,
    Query(query): Query<SearchQuery>,
) -> Result<web::Json<SearchResults>, Problem> {
    let (by_name, by_words) = match query.kind.as_deref() {
        None => (true, true),
        Some("conversations") => (true, false),
        Some("messages") => (false, true),
        Some(_) => {
            let told = "must be one of conversations, messages";
            return Err(Problem::field("/kind", "invalid", told));
        }
    };
    if query.cursor.is_some() && by_name && by_words {
        return Err(Problem::field(
            "/kind",
            "required",
            "say what the cursor goes on with",
        ));
    }
    let page = json::page_request(query.limit, query.cursor)?;
    let text: String = query.q.unwrap_or_default().chars().take(MAX_TEXT).collect();
    let lines = LineNames::of(&member.app, member.tenant.tenant.id).await?;
    let (mut conn, sight) = (member.conn().await?, member.sight());
    let mut results = SearchResults {
        conversations: ConversationHits::default(),
        messages: MessageHits::default(),
    };
    if by_name {
        let found = find_conversations(&mut conn, &text, sight, &page).await?;
        let hit = |view: tenant::search::ContactHit| ConversationHitBody {
            name_highlights: ranges(highlights(&view.contact.display_name(), &text)),
            phone_highlights: match &view.contact.phone {
                Some(phone) => ranges(highlights(&format!("+{phone}"), &text)),
                None => Vec::new(),
            },
            conversation: ConversationBody::new(view, &lines),
        };
        results.conversations = ConversationHits {
            items: found.items.into_iter().map(hit).collect(),
            next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
        };
    }
    if by_words {
        let found = find_messages(&mut conn, &text, sight, &page).await?;
        results.messages = MessageHits {
            items: found
                .items
                .into_iter()
                .map(|hit| MessageHitBody::new(hit, &lines))
                .collect(),
            next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
        };
    }
    Ok(web::Json(results))
}
