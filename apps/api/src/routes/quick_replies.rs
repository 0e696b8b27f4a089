//! Texts that the team writes again and again.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::{
    quick_reply::{
        Editor, NewQuickReply, QuickReplies, QuickReply, QuickReplyChanges, QuickReplyFilter, Scope,
        change_quick_reply, create_quick_reply, delete_quick_reply, use_quick_reply,
    },
    user::Permission,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{ChatRead, ChatWrite, Member, QuickRepliesWrite},
    json::{self, Json, Query},
    names::QuickReplyScopeName,
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/quick-replies")
                .route(web::get().to(list_quick_replies))
                .route(web::post().to(post_quick_reply)),
        )
        .service(
            super::resource("/quick-replies/{id}")
                .route(web::patch().to(patch_quick_reply))
                .route(web::delete().to(remove_quick_reply)),
        )
        .service(super::resource("/quick-replies/{id}/use").route(web::post().to(post_use)));
}

/// Which quick replies.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct QuickReplyQuery {
    /// Everybody's or one's own; both if not said.
    #[param(value_type = Option<QuickReplyScopeName>)]
    scope: Option<String>,
    /// Part of the shortcut, the title or the text.
    q: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A text that the team writes again and again.
#[derive(Serialize, ToSchema)]
#[schema(as = QuickReply)]
pub(crate) struct QuickReplyBody {
    id: String,
    shortcut: String,
    title: String,
    body: String,
    /// Whether it is everybody's; else it is one's own.
    shared: bool,
    uses: i64,
    last_used_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// One page of quick replies by shortcut.
#[derive(Serialize, ToSchema)]
pub(crate) struct QuickReplyPage {
    items: Vec<QuickReplyBody>,
    next_cursor: Option<String>,
}

/// A quick reply to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewQuickReplyBody {
    /// `a-z`, `0-9`, `_` and `-`.
    #[schema(min_length = 1, max_length = 32)]
    shortcut: String,
    #[schema(min_length = 1, max_length = 120)]
    title: String,
    /// May hold {{contact.name}}, {{contact.first_name}}, {{contact.phone}}, {{agent.name}} and {{agent.first_name}}.
    #[schema(min_length = 1, max_length = 4096)]
    body: String,
    /// Whether it is everybody's, which takes settings.write; else it is one's own, which takes chat.write.
    shared: bool,
}

/// What to change of a quick reply.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct QuickReplyPatch {
    shortcut: Option<String>,
    title: Option<String>,
    body: Option<String>,
}

/// For whom a quick reply is filled in.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UseBody {
    conversation_id: String,
}

/// A quick reply with its variables filled in.
#[derive(Serialize, ToSchema)]
#[schema(as = FilledQuickReply)]
pub(crate) struct FilledBody {
    text: String,
}

impl From<QuickReply> for QuickReplyBody {
    fn from(reply: QuickReply) -> Self {
        let QuickReply {
            id,
            shortcut,
            title,
            body,
            owner_id,
            uses,
            last_used_at,
            created_at,
            updated_at,
        } = reply;
        Self {
            id: id.to_string(),
            shortcut,
            title,
            body,
            shared: owner_id.is_none(),
            uses,
            last_used_at,
            created_at,
            updated_at,
        }
    }
}

fn editor(member: &Member<QuickRepliesWrite>) -> Editor {
    Editor {
        user: member.acting(),
        may_share: member.may(Permission::SettingsWrite),
        // Nobody else fills somebody's own drawer.
        may_own: member.is_oneself() && member.may(Permission::ChatWrite),
    }
}

/// Everybody's quick replies and one's own, by shortcut.
#[utoipa::path(get, path = "/api/quick-replies", tag = "inbox", params(QuickReplyQuery),
    responses((status = 200, body = QuickReplyPage)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_quick_replies(
    member: Member<ChatRead>,
    Query(query): Query<QuickReplyQuery>,
) -> Result<web::Json<QuickReplyPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let scope = |name: String| {
        name.parse::<Scope>()
            .map_err(|error| Problem::field("/scope", "invalid", error))
    };
    let filter = QuickReplyFilter {
        scope: query.scope.map(scope).transpose()?,
        q: query.q,
    };
    let mut conn = member.conn().await?;
    let found = QuickReplies::new(&mut conn, member.user.id)
        .list(&filter, &page)
        .await?;
    Ok(web::Json(QuickReplyPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// Add a quick reply for everybody, or for oneself.
#[utoipa::path(post, path = "/api/quick-replies", tag = "inbox", request_body = NewQuickReplyBody,
    responses((status = 201, body = QuickReplyBody)),
    extensions(("x-permission" = json!("chat.write|settings.write"))))]
pub(crate) async fn post_quick_reply(
    member: Member<QuickRepliesWrite>,
    Json(body): Json<NewQuickReplyBody>,
) -> Result<HttpResponse, Problem> {
    let new = NewQuickReply {
        shortcut: body.shortcut,
        title: body.title,
        body: body.body,
        shared: body.shared,
    };
    let mut conn = member.conn().await?;
    let reply = create_quick_reply(&mut conn, new, editor(&member), member.now).await?;
    Ok(HttpResponse::Created().json(QuickReplyBody::from(reply)))
}

/// Change a quick reply. Whose it is stays.
#[utoipa::path(patch, path = "/api/quick-replies/{id}", tag = "inbox", params(("id" = String, Path)),
    request_body = QuickReplyPatch, responses((status = 200, body = QuickReplyBody)),
    extensions(("x-permission" = json!("chat.write|settings.write"))))]
pub(crate) async fn patch_quick_reply(
    member: Member<QuickRepliesWrite>,
    id: web::Path<String>,
    Json(body): Json<QuickReplyPatch>,
) -> Result<web::Json<QuickReplyBody>, Problem> {
    let changes = QuickReplyChanges {
        shortcut: body.shortcut,
        title: body.title,
        body: body.body,
    };
    let mut conn = member.conn().await?;
    let id = json::id(&id)?;
    let reply = change_quick_reply(&mut conn, id, changes, editor(&member), member.now).await?;
    Ok(web::Json(reply.into()))
}

/// Remove a quick reply.
#[utoipa::path(delete, path = "/api/quick-replies/{id}", operation_id = "delete_quick_reply", tag = "inbox",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("chat.write|settings.write"))))]
pub(crate) async fn remove_quick_reply(
    member: Member<QuickRepliesWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    delete_quick_reply(&mut conn, json::id(&id)?, editor(&member), member.now).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Fill in a quick reply's variables for a conversation; counts that it was used.
#[utoipa::path(post, path = "/api/quick-replies/{id}/use", tag = "inbox", params(("id" = String, Path)),
    request_body = UseBody, responses((status = 200, body = FilledBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_use(
    member: Member<ChatWrite>,
    id: web::Path<String>,
    Json(body): Json<UseBody>,
) -> Result<web::Json<FilledBody>, Problem> {
    let id = json::id(&id)?;
    let conversation = json::body_id("/conversation_id", &body.conversation_id)?;
    let mut conn = member.conn().await?;
    let text = use_quick_reply(&mut conn, id, conversation, &member.user, member.now).await?;
    Ok(web::Json(FilledBody { text }))
}
