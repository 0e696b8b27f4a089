//! The inbox list, and what the team does to a conversation.

pub(crate) mod activity;
mod body;
pub(crate) mod bulk;
pub(crate) mod filter;

use actix_web::{HttpResponse, web};
use pg::Patch;
use serde::{Deserialize, Serialize};
use tenant::conversation::{
    ConversationChanges, ConversationFilter, ConversationId, Conversations, MOST_COUNTED, MOST_TAGS, Sight,
    change, mark_read, set_tags,
};
use utoipa::ToSchema;

pub(crate) use self::body::{ContactBody, ConversationBody, ConversationPage};
use self::filter::{ConversationQuery, CountsQuery, FilterFields};
use crate::{
    auth::{ChatRead, ChatWrite, Member},
    json::{self, Json, Query},
    names::ConversationStatusName,
    problem::{Kind, Problem},
    routes::channels::LineNames,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/conversations")
                .route(web::get().to(list_conversations))
                .route(web::post().to(super::messages::send::post_conversation)),
        )
        .service(super::resource("/conversations/counts").route(web::get().to(get_counts)))
        .service(super::resource("/conversations/bulk").route(web::post().to(bulk::post_bulk)))
        .service(
            super::resource("/conversations/{id}")
                .route(web::get().to(get_conversation))
                .route(web::patch().to(patch_conversation)),
        )
        .service(
            super::resource("/conversations/{id}/activity").route(web::get().to(activity::list_activity)),
        )
        .service(super::resource("/conversations/{id}/tags").route(web::put().to(put_tags)))
        .service(super::resource("/conversations/{id}/read").route(web::post().to(post_read)));
}

/// How many conversations match. A number above `cap` stands for more than `cap`.
#[derive(Serialize, ToSchema)]
#[schema(as = Counts)]
pub(crate) struct CountsBody {
    mine: i64,
    unassigned: i64,
    all: i64,
    unread: i64,
    cap: i64,
}

/// What to change; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ConversationPatch {
    #[schema(value_type = Option<ConversationStatusName>)]
    status: Option<String>,
    /// A user's id, or null for nobody.
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    assignee_id: Patch<String>,
    /// Until when it sleeps.
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<chrono::DateTime<chrono::Utc>>)]
    snoozed_until: Patch<chrono::DateTime<chrono::Utc>>,
    /// The owner that was seen when the change was decided, null for nobody; if it is another one by now
    /// nothing changes (`conversation_changed`). Absent: whoever it is.
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    expected_assignee_id: Patch<String>,
}

/// The tags that a conversation shall carry, by name.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TagsBody {
    #[schema(max_items = 30)]
    tags: Vec<String>,
}

/// The inbox; in which order, the query says.
#[utoipa::path(get, path = "/api/conversations", tag = "inbox", params(ConversationQuery),
    responses((status = 200, body = ConversationPage)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_conversations(
    member: Member<ChatRead>,
    Query(mut query): Query<ConversationQuery>,
) -> Result<web::Json<ConversationPage>, Problem> {
    let sort = filter::sort(query.sort.as_deref())?;
    let page = json::page_request(query.limit, query.cursor.take())?;
    let filter = ConversationFilter {
        sort,
        ..FilterFields::from(query).filter(member.user.id, member.now)?
    };
    let lines = LineNames::of(&member.app, member.tenant.tenant.id).await?;
    let found = Conversations::new(&mut member.conn().await?)
        .list(&filter, member.sight(), &page)
        .await??;
    Ok(web::Json(ConversationPage::from(
        found.map(|view| ConversationBody::new(view, &lines)),
    )))
}

/// How many conversations there are in each tab.
#[utoipa::path(get, path = "/api/conversations/counts", tag = "inbox", params(CountsQuery),
    responses((status = 200, body = CountsBody)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_counts(
    member: Member<ChatRead>,
    Query(query): Query<CountsQuery>,
) -> Result<web::Json<CountsBody>, Problem> {
    let filter = FilterFields::from(query).filter(member.user.id, member.now)?;
    let counts = Conversations::new(&mut member.conn().await?)
        .counts(&filter, member.user.id, member.sight())
        .await?;
    Ok(web::Json(CountsBody {
        mine: counts.mine,
        unassigned: counts.unassigned,
        all: counts.everyone,
        unread: counts.unread,
        cap: MOST_COUNTED,
    }))
}

async fn view<R: crate::auth::Requires>(
    member: &Member<R>,
    id: ConversationId,
    sight: Sight,
) -> Result<web::Json<ConversationBody>, Problem> {
    let lines = LineNames::of(&member.app, member.tenant.tenant.id).await?;
    let found = Conversations::new(&mut member.conn().await?)
        .view(id, sight)
        .await?;
    found
        .map(|view| web::Json(ConversationBody::new(view, &lines)))
        .ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// One conversation.
#[utoipa::path(get, path = "/api/conversations/{id}", tag = "inbox", params(("id" = String, Path)),
    responses((status = 200, body = ConversationBody)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn get_conversation(
    member: Member<ChatRead>,
    id: web::Path<String>,
) -> Result<web::Json<ConversationBody>, Problem> {
    view(&member, json::id(&id)?, member.sight()).await
}

/// Change state, owner or sleep.
#[utoipa::path(patch, path = "/api/conversations/{id}", tag = "inbox", params(("id" = String, Path)),
    request_body = ConversationPatch, responses((status = 200, body = ConversationBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn patch_conversation(
    member: Member<ChatWrite>,
    id: web::Path<String>,
    Json(body): Json<ConversationPatch>,
) -> Result<web::Json<ConversationBody>, Problem> {
    let id = json::id(&id)?;
    member.sees(id).await?;
    let changes = ConversationChanges {
        status: body
            .status
            .map(|status| {
                status
                    .parse()
                    .map_err(|error| Problem::field("/status", "invalid_status", error))
            })
            .transpose()?,
        assignee: body
            .assignee_id
            .try_map(|id| json::body_id("/assignee_id", &id))?,
        snoozed_until: body.snoozed_until,
        expected_assignee: body
            .expected_assignee_id
            .try_map(|id| json::body_id("/expected_assignee_id", &id))?,
    };
    change(
        &mut member.conn().await?,
        id,
        &changes,
        member.acting(),
        member.now,
    )
    .await?;
    // Whoever works on the tenant must know when the sleep is over.
    member.app.engine().queued(member.tenant.tenant.id);
    // Also for whoever has just handed it to a colleague.
    view(&member, id, Sight::Everything).await
}

/// Replace the conversation's tags; unknown names become tags.
#[utoipa::path(put, path = "/api/conversations/{id}/tags", tag = "inbox", params(("id" = String, Path)),
    request_body = TagsBody, responses((status = 200, body = ConversationBody)),
    extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn put_tags(
    member: Member<ChatWrite>,
    id: web::Path<String>,
    Json(body): Json<TagsBody>,
) -> Result<web::Json<ConversationBody>, Problem> {
    let id = json::id(&id)?;
    member.sees(id).await?;
    if body.tags.len() > MOST_TAGS {
        return Err(Problem::field(
            "/tags",
            "too_many",
            "a conversation carries at most 30 tags",
        ));
    }
    set_tags(
        &mut member.conn().await?,
        id,
        &body.tags,
        member.acting(),
        member.now,
    )
    .await?;
    member.app.engine().hint(member.tenant.tenant.id);
    view(&member, id, member.sight()).await
}

/// Everything in it has been seen; the customer is shown so.
#[utoipa::path(post, path = "/api/conversations/{id}/read", tag = "inbox", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn post_read(
    member: Member<ChatRead>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id = json::id(&id)?;
    member.sees(id).await?;
    if mark_read(&mut member.conn().await?, id).await? {
        member.app.engine().seen(&member.tenant, id, false);
    }
    member.app.engine().hint(member.tenant.tenant.id);
    Ok(HttpResponse::NoContent().finish())
}
