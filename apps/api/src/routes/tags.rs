//! Labels.

use actix_web::{HttpResponse, web};
use pg::Patch;
use serde::{Deserialize, Serialize};
use tenant::tag::{Tag, Tags, change_tag, create_tag, delete_tag, merge_tag};
use utoipa::ToSchema;

use crate::{
    auth::{ChatRead, ChatWrite, Member, SettingsWrite},
    json::{self, Json, PageQuery, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/tags")
                .route(web::get().to(list_tags))
                .route(web::post().to(post_tag)),
        )
        .service(
            super::resource("/tags/{id}")
                .route(web::patch().to(patch_tag))
                .route(web::delete().to(remove_tag)),
        )
        .service(super::resource("/tags/{id}/merge").route(web::post().to(post_merge)));
}

/// A label, as a conversation carries it.
#[derive(Serialize, ToSchema)]
#[schema(as = TagRef)]
pub(crate) struct TagRefBody {
    id: String,
    name: String,
    color: Option<String>,
}

/// A label, with how many conversations carry it.
#[derive(Serialize, ToSchema)]
#[schema(as = Tag)]
pub(crate) struct TagBody {
    id: String,
    name: String,
    color: Option<String>,
    conversations: i64,
}

/// Where a label's conversations go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct MergeBody {
    /// The id of the label that stays.
    into: String,
}

/// Every label by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct TagPage {
    items: Vec<TagBody>,
    next_cursor: Option<String>,
}

/// A label to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewTagBody {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    /// `#rrggbb`
    color: Option<String>,
}

/// What to change of a label.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct TagPatch {
    name: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    color: Patch<String>,
}

impl From<Tag> for TagRefBody {
    fn from(Tag { id, name, color }: Tag) -> Self {
        Self {
            id: id.to_string(),
            name,
            color,
        }
    }
}

impl From<(Tag, i64)> for TagBody {
    fn from((Tag { id, name, color }, conversations): (Tag, i64)) -> Self {
        Self {
            id: id.to_string(),
            name,
            color,
            conversations,
        }
    }
}

/// Every label by name.
#[utoipa::path(get, path = "/api/tags", tag = "inbox", params(PageQuery),
    responses((status = 200, body = TagPage)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_tags(
    member: Member<ChatRead>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<TagPage>, Problem> {
    let tags = Tags::new(&mut member.conn().await?).list().await?;
    let tags: Vec<TagBody> = tags.into_iter().map(Into::into).collect();
    let (items, next_cursor) = page.cut(tags, |tag| &tag.id)?;
    Ok(web::Json(TagPage { items, next_cursor }))
}

/// Add a label.
#[utoipa::path(post, path = "/api/tags", tag = "inbox", request_body = NewTagBody,
    responses((status = 201, body = TagBody)), extensions(("x-permission" = json!("chat.write"))))]
pub(crate) async fn post_tag(
    member: Member<ChatWrite>,
    Json(body): Json<NewTagBody>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    let color = body.color.as_deref();
    let tag = create_tag(&mut conn, &body.name, color, member.acting(), member.now).await?;
    // Nothing carries a tag that was made just now.
    Ok(HttpResponse::Created().json(TagBody::from((tag, 0))))
}

/// Rename or recolour a label.
#[utoipa::path(patch, path = "/api/tags/{id}", tag = "inbox", params(("id" = String, Path)),
    request_body = TagPatch, responses((status = 200, body = TagBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn patch_tag(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
    Json(body): Json<TagPatch>,
) -> Result<web::Json<TagBody>, Problem> {
    let mut conn = member.conn().await?;
    let color = match &body.color {
        Patch::Keep => Patch::Keep,
        Patch::Clear => Patch::Clear,
        Patch::Set(color) => Patch::Set(color.as_str()),
    };
    let (id, name) = (json::id(&id)?, body.name.as_deref());
    let tag = change_tag(&mut conn, id, name, color, member.acting(), member.now).await?;
    tag.map(|tag| web::Json(tag.into()))
        .ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// Remove a label from everywhere.
#[utoipa::path(delete, path = "/api/tags/{id}", operation_id = "delete_tag", tag = "inbox", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn remove_tag(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    if !delete_tag(&mut conn, json::id(&id)?, member.acting(), member.now).await? {
        return Err(Problem::bare(Kind::NotFound));
    }
    Ok(HttpResponse::NoContent().finish())
}

/// Give every conversation of a label another one instead, and remove the label.
#[utoipa::path(post, path = "/api/tags/{id}/merge", tag = "inbox", params(("id" = String, Path)),
    request_body = MergeBody, responses((status = 200, body = TagBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_merge(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
    Json(body): Json<MergeBody>,
) -> Result<web::Json<TagBody>, Problem> {
    let id = json::id(&id)?;
    let into = json::body_id("/into", &body.into)?;
    let mut conn = member.conn().await?;
    let kept = merge_tag(&mut conn, id, into, member.acting(), member.now).await?;
    Ok(web::Json(kept.into()))
}
