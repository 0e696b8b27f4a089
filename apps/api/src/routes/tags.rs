//! Labels.

use actix_web::{HttpResponse, web};
use pg::Patch;
use serde::{Deserialize, Serialize};
use tenant::{
    audit::{self, AuditEntry},
    tag::{Tag, Tags},
};
use utoipa::ToSchema;

use crate::{
    auth::{ChatRead, ChatWrite, Member, Requires, SettingsWrite},
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
                .route(web::delete().to(delete_tag)),
        );
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

impl From<Tag> for TagBody {
    fn from(Tag { id, name, color }: Tag) -> Self {
        Self {
            id: id.to_string(),
            name,
            color,
            conversations: 0,
        }
    }
}

async fn note<R: Requires>(
    member: &Member<R>,
    conn: &mut pg::Conn<pg::Tenant>,
    action: &str,
    id: String,
) -> Result<(), Problem> {
    let entry = AuditEntry {
        actor: Some(member.user.id),
        action,
        target: Some(id),
        data: serde_json::json!({}),
    };
    Ok(audit::record(conn, entry, member.now).await?)
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
    let tags: Vec<TagBody> = tags
        .into_iter()
        .map(|(tag, conversations)| TagBody {
            conversations,
            ..tag.into()
        })
        .collect();
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
    let tag = Tags::new(&mut conn)
        .insert(&body.name, body.color.as_deref())
        .await?;
    note(&member, &mut conn, "tag.created", tag.id.to_string()).await?;
    Ok(HttpResponse::Created().json(TagBody::from(tag)))
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
    let tag = Tags::new(&mut conn)
        .update(json::id(&id)?, body.name.as_deref(), color)
        .await?;
    let tag = tag.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    note(&member, &mut conn, "tag.updated", tag.id.to_string()).await?;
    Ok(web::Json(tag.into()))
}

/// Remove a label from everywhere.
#[utoipa::path(delete, path = "/api/tags/{id}", tag = "inbox", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn delete_tag(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    if !Tags::new(&mut conn).delete(json::id(&id)?).await? {
        return Err(Problem::bare(Kind::NotFound));
    }
    note(&member, &mut conn, "tag.deleted", id.into_inner()).await?;
    Ok(HttpResponse::NoContent().finish())
}
