//! What is said in a conversation: reading and noting; [`send`] has the answering.

mod body;
pub(crate) mod send;

use std::collections::HashMap;

use actix_web::{HttpResponse, web};
use pg::{Conn, Cursor};
use serde::{Deserialize, Serialize};
use tenant::{
    conversation::{Conversation, ConversationId, Conversations},
    media::Media,
    message::{MOST_MENTIONED, Message, MessageId, Messages, NewNote, add_note},
    user::{UserId, Users},
};
use utoipa::{IntoParams, ToSchema};

pub(crate) use self::body::{AuthorBody, MessageBody};
use crate::{
    auth::{ChatRead, ChatWrite, Member, Requires},
    json::{self, Json, Query},
    problem::{Kind, Problem},
};

/// The longest note, in characters.
const MAX_NOTE: usize = 10_000;

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/conversations/{id}/messages")
                .route(web::get().to(list_messages))
                .route(web::post().to(send::post_message)),
        )
        .service(super::resource("/conversations/{id}/notes").route(web::post().to(post_note)))
        .configure(send::configure);
}

/// Where in a conversation.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct MessageQuery {
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before: older messages.
    cursor: Option<String>,
    /// A message's id: only what was added after it, oldest first.
    after: Option<String>,
    /// A message's id: the page that has it in its middle.
    around: Option<String>,
    /// `previous_cursor` of a page: the messages that are newer than its own, newest first.
    newer: Option<String>,
}

/// One page of messages.
#[derive(Serialize, ToSchema)]
pub(crate) struct MessagePage {
    items: Vec<MessageBody>,
    next_cursor: Option<String>,
    /// Where newer messages go on, of a page that was asked for by `around` or `newer`; null where the newest is there.
    previous_cursor: Option<String>,
}

/// A note to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewNoteBody {
    /// 1 to 10,000 characters.
    #[schema(min_length = 1, max_length = 10_000)]
    body: String,
    /// Ids of those of the team whom it names; they are told.
    #[serde(default)]
    #[schema(max_items = 20)]
    mentions: Vec<String>,
}

async fn conversation<R: Requires>(
    member: &Member<R>,
    id: ConversationId,
) -> Result<(Conn<pg::Tenant>, Conversation), Problem> {
    let mut conn = member.conn().await?;
    let found = Conversations::new(&mut conn).find(id).await?;
    let sight = member.sight();
    let found = found.filter(|found| sight.sees(found.assignee_id));
    Ok((conn, found.ok_or_else(|| Problem::bare(Kind::NotFound))?))
}

async fn bodies(conn: &mut Conn<pg::Tenant>, messages: Vec<Message>) -> Result<Vec<MessageBody>, Problem> {
    let authors: Vec<UserId> = messages.iter().filter_map(|message| message.author_id).collect();
    let names: HashMap<UserId, String> = Users::new(conn).names(&authors).await?.into_iter().collect();
    let quoted: Vec<&str> = messages
        .iter()
        .filter_map(|message| message.context_wamid.as_deref())
        .collect();
    let ids: HashMap<String, MessageId> = Messages::new(conn).by_wamid(&quoted).await?.into_iter().collect();
    let all: Vec<MessageId> = messages.iter().map(|message| message.id).collect();
    let files = tenant::media::of(conn, &all).await?;
    let mut files: HashMap<MessageId, Media> =
        files.into_iter().map(|media| (media.message_id, media)).collect();
    Ok(messages
        .into_iter()
        .map(|message| {
            let media = files.remove(&message.id).map(Into::into);
            MessageBody::new(message, &names, &ids, media)
        })
        .collect())
}

async fn one(conn: &mut Conn<pg::Tenant>, message: Message) -> Result<MessageBody, Problem> {
    bodies(conn, vec![message])
        .await?
        .pop()
        .ok_or_else(|| Problem::bare(Kind::Internal))
}

/// Messages of whichever conversations as one page.
pub(super) async fn page_of(
    conn: &mut Conn<pg::Tenant>,
    page: pg::Page<Message>,
) -> Result<MessagePage, Problem> {
    Ok(MessagePage {
        items: bodies(conn, page.items).await?,
        next_cursor: page.next.map(|cursor| cursor.as_str().to_owned()),
        previous_cursor: None,
    })
}

/// One message, which must be there.
pub(super) async fn body_of(conn: &mut Conn<pg::Tenant>, id: MessageId) -> Result<MessageBody, Problem> {
    let found = Messages::new(conn).find(id).await?;
    one(conn, found.ok_or_else(|| Problem::bare(Kind::NotFound))?).await
}

/// A conversation's messages, the newest first.
#[utoipa::path(get, path = "/api/conversations/{id}/messages", tag = "inbox",
    params(("id" = String, Path), MessageQuery), responses((status = 200, body = MessagePage)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_messages(
    member: Member<ChatRead>,
    id: web::Path<String>,
    Query(query): Query<MessageQuery>,
) -> Result<web::Json<MessagePage>, Problem> {
    let page = json::page_request(query.limit, query.newer.clone().or(query.cursor))?;
    let (mut conn, conversation) = conversation(&member, json::id(&id)?).await?;
    let mut messages = Messages::new(&mut conn);
    let (found, next, previous) = if let Some(around) = query.around {
        let id = json::body_id("/around", &around)?;
        let around = messages.around(conversation.id, id, page.limit).await?;
        let around = around.ok_or_else(|| Problem::bare(Kind::NotFound))?;
        (around.items, around.older, around.newer)
    } else if query.newer.is_some() {
        let page = messages.newer_page(conversation.id, &page).await??;
        (page.items, None, page.next)
    } else if let Some(after) = query.after {
        let known = json::body_id("/after", &after)?;
        let limit = i64::try_from(page.limit).unwrap_or(i64::MAX);
        let added = messages.added_after(conversation.id, known, limit).await?;
        (added, None, None)
    } else {
        let page = messages.list(conversation.id, &page).await??;
        (page.items, page.next, None)
    };
    let items = bodies(&mut conn, found).await?;
    let text = |cursor: Option<Cursor>| cursor.map(|cursor| cursor.as_str().to_owned());
    Ok(web::Json(MessagePage {
        items,
        next_cursor: text(next),
        previous_cursor: text(previous),
    }))
}

/// Keep a note that only the team sees.
#[utoipa::path(post, path = "/api/conversations/{id}/notes", tag = "inbox", params(("id" = String, Path)),
    request_body = NewNoteBody, responses((status = 201, body = MessageBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_note(
    member: Member<ChatWrite>,
    id: web::Path<String>,
    Json(body): Json<NewNoteBody>,
) -> Result<HttpResponse, Problem> {
    let conversation = json::id(&id)?;
    member.sees(conversation).await?;
    let length = body.body.trim().chars().count();
    if length == 0 || length > MAX_NOTE {
        return Err(Problem::field(
            "/body",
            "invalid_length",
            format!("a note has 1 to {MAX_NOTE} characters"),
        ));
    }
    if body.mentions.len() > MOST_MENTIONED {
        let told = format!("a note names at most {MOST_MENTIONED} people");
        return Err(Problem::field("/mentions", "too_many", told));
    }
    let mentions = body.mentions.iter().enumerate();
    let mentions = mentions
        .map(|(place, id)| json::body_id(&format!("/mentions/{place}"), id))
        .collect::<Result<Vec<UserId>, _>>()?;
    let new = NewNote {
        author: member.acting(),
        body: body.body.trim(),
        mentions: &mentions,
    };
    let mut conn = member.conn().await?;
    let note = add_note(&mut conn, conversation, new, member.now).await?;
    member.app.engine().hint(member.tenant.tenant.id);
    Ok(HttpResponse::Created().json(one(&mut conn, note).await?))
}
