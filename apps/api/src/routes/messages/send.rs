//! Sending: answers and first messages of every type, at once or at a time; sending again, calling
//! off, and showing that somebody writes.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use crypto::token;
use engine::reply::Reply;
use serde::Deserialize;
use serde_json::Value;
use tenant::{
    contact::Identity,
    conversation::{ConversationId, Conversations},
    outbox::{Idempotency, Target},
    user::UserId,
};
use utoipa::ToSchema;
use whatsapp::{
    identity::{is_bsuid, phone_digits},
    outbound::ParsedOutbound,
};

use super::{MessageBody, conversation, one};
use crate::{
    auth::{ChatWrite, Member},
    json::{self, Json},
    problem::{FieldError, Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::super::resource("/conversations/{id}/typing").route(web::post().to(post_typing)))
        .service(super::super::resource("/messages/{id}/retry").route(web::post().to(post_retry)))
        .service(super::super::resource("/messages/{id}/cancel").route(web::post().to(post_cancel)));
}

/// A message to send: Meta's message object without `messaging_product`, `recipient_type`, `to` and
/// `recipient`. Every type of Meta's is taken and checked against Meta's limits.
#[derive(Debug, Deserialize, ToSchema)]
pub(crate) struct NewMessageBody {
    /// text, image, video, audio, document, sticker, location, contacts, reaction, interactive, template
    /// or, in a group, pin. The object of that name says what; its files are `{"id"}` of
    /// `POST /api/media` or `{"link"}`.
    #[serde(rename = "type")]
    kind: String,
    /// When to send it, within the next 365 days; at once if not said. Whether it may be sent is
    /// judged then.
    #[serde(default)]
    send_at: Option<DateTime<Utc>>,
    /// The object named after the type, and `context` with the `message_id` that is answered.
    #[serde(flatten)]
    #[schema(value_type = BTreeMap<String, Value>)]
    content: serde_json::Map<String, Value>,
}

/// The first message to somebody.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewConversationBody {
    /// The line to write on.
    channel_id: String,
    /// Whom to: a phone number with country code, or a business-scoped user id.
    to: String,
    /// What: a template, unless the customer wrote in the last 24 hours.
    message: NewMessageBody,
}

struct Parsed {
    message: ParsedOutbound,
    send_at: Option<DateTime<Utc>>,
}

fn parse(body: NewMessageBody) -> Result<Parsed, Problem> {
    let send_at = body.send_at;
    let mut value = Value::Object(body.content);
    value["type"] = body.kind.into();
    let message = ParsedOutbound::parse(&value).map_err(|problems| {
        let fields = problems.into_iter().map(|problem| FieldError {
            pointer: problem.pointer,
            code: problem.code.into(),
            message: problem.reason,
        });
        Problem::fields(fields.collect())
    })?;
    Ok(Parsed { message, send_at })
}

/// The request's `Idempotency-Key`, tied to what is asked for.
fn idempotency(
    request: &HttpRequest,
    user: UserId,
    target: &str,
    parsed: &Parsed,
) -> Result<Option<Idempotency>, Problem> {
    let Some(header) = request.headers().get("idempotency-key") else {
        return Ok(None);
    };
    let key = header
        .to_str()
        .ok()
        .filter(|key| (1..=200).contains(&key.len()))
        .ok_or_else(|| {
            Problem::field(
                "",
                "invalid_idempotency_key",
                "Idempotency-Key has 1 to 200 ASCII characters",
            )
        })?;
    let at = parsed.send_at.map(|at| at.to_rfc3339()).unwrap_or_default();
    let body = parsed.message.to_value();
    Ok(Some(Idempotency {
        user,
        key: key.to_owned(),
        body_digest: token::digest(format!("{target}|{at}|{body}")),
    }))
}

/// Answer the customer.
#[utoipa::path(post, path = "/api/conversations/{id}/messages", tag = "inbox",
    params(("id" = String, Path),
        ("Idempotency-Key" = Option<String>, Header, description = "The same key and body give the same message again.")),
    request_body = NewMessageBody, responses((status = 202, body = MessageBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_message(
    member: Member<ChatWrite>,
    request: HttpRequest,
    id: web::Path<String>,
    Json(body): Json<NewMessageBody>,
) -> Result<HttpResponse, Problem> {
    let id: ConversationId = json::id(&id)?;
    // First of all, so that whatever else is wrong, another's conversation is only ever 404.
    drop(conversation(&member, id).await?);
    let parsed = parse(body)?;
    let idempotency = idempotency(&request, member.acting(), &id.to_string(), &parsed)?;
    send(&member, Target::Thread(id), parsed, idempotency).await
}

/// Write to somebody who may never have written: begins the conversation if there is none.
#[utoipa::path(post, path = "/api/conversations", tag = "inbox",
    params(("Idempotency-Key" = Option<String>, Header, description = "The same key and body give the same message again.")),
    request_body = NewConversationBody, responses((status = 202, body = MessageBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_conversation(
    member: Member<ChatWrite>,
    request: HttpRequest,
    Json(body): Json<NewConversationBody>,
) -> Result<HttpResponse, Problem> {
    let channel = json::body_id("/channel_id", &body.channel_id)?;
    let identity = identity(&body.to)?;
    let mut conn = member.conn().await?;
    let hidden = Conversations::new(&mut conn)
        .is_hidden_with(channel, &identity, member.sight())
        .await?;
    drop(conn);
    if hidden {
        let told = "a colleague has the conversation with this customer";
        return Err(Problem::new(Kind::NotFound, told));
    }
    let parsed = parse(body.message).map_err(within)?;
    let target = format!("{channel}|{}", identity.user_key);
    let idempotency = idempotency(&request, member.acting(), &target, &parsed)?;
    send(&member, Target::Person { channel, identity }, parsed, idempotency)
        .await
        .map_err(within)
}

/// A problem of the message that a body holds.
fn within(problem: Problem) -> Problem {
    problem.under("/message")
}

fn identity(to: &str) -> Result<Identity, Problem> {
    let to = to.trim();
    if is_bsuid(to) {
        return Ok(Identity {
            user_key: to.to_owned(),
            bsuid: Some(to.to_owned()),
            ..Identity::default()
        });
    }
    let digits = phone_digits(to).ok_or_else(|| {
        let reason = "must be a phone number with country code, or a business-scoped user id";
        Problem::field("/to", "wrong_format", reason)
    })?;
    Ok(Identity {
        user_key: digits.clone(),
        phone: Some(digits),
        ..Identity::default()
    })
}

async fn send(
    member: &Member<ChatWrite>,
    target: Target,
    parsed: Parsed,
    idempotency: Option<Idempotency>,
) -> Result<HttpResponse, Problem> {
    let reply = Reply {
        target,
        author: member.acting(),
        message: parsed.message,
        send_at: parsed.send_at,
        idempotency,
    };
    let message = member.app.engine().reply(&member.tenant, reply).await?;
    let mut conn = member.conn().await?;
    Ok(HttpResponse::Accepted().json(one(&mut conn, message).await?))
}

/// Send a message again that failed or is not confirmed.
#[utoipa::path(post, path = "/api/messages/{id}/retry", tag = "inbox", params(("id" = String, Path)),
    responses((status = 202, body = MessageBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_retry(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = json::id(&id)?;
    member.sees_message(id).await?;
    let engine = member.app.engine();
    let message = engine.retry(&member.tenant, id, member.acting()).await?;
    let mut conn = member.conn().await?;
    Ok(HttpResponse::Accepted().json(one(&mut conn, message).await?))
}

/// Call a message off that waits for its turn or its time.
#[utoipa::path(post, path = "/api/messages/{id}/cancel", tag = "inbox", params(("id" = String, Path)),
    responses((status = 200, body = MessageBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_cancel(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = json::id(&id)?;
    member.sees_message(id).await?;
    let engine = member.app.engine();
    let message = engine.cancel(&member.tenant, id, member.acting()).await?;
    let mut conn = member.conn().await?;
    Ok(HttpResponse::Ok().json(one(&mut conn, message).await?))
}

/// Show the customer that an answer is being written, for 25 seconds or until it comes; what he wrote
/// counts as read.
#[utoipa::path(post, path = "/api/conversations/{id}/typing", tag = "inbox", params(("id" = String, Path)),
    responses((status = 202)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_typing(
    member: Member<ChatWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = json::id(&id)?;
    drop(conversation(&member, id).await?);
    member.app.engine().seen(&member.tenant, id, true);
    Ok(HttpResponse::Accepted().finish())
}
