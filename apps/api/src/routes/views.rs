//! Ways to look at the inbox that are kept under a name.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::{
    user::Permission,
    view::{NewView, View, ViewChanges, ViewEditor, Views, change_view, create_view, delete_view},
};
use utoipa::ToSchema;

use crate::{
    auth::{ChatRead, Member},
    json::{self, Json, PageQuery, Query},
    names::ConversationSortName,
    problem::{Kind, Problem},
    routes::conversations::filter::{self, FilterFields},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/views")
                .route(web::get().to(list_views))
                .route(web::post().to(post_view)),
        )
        .service(
            super::resource("/views/{id}")
                .route(web::patch().to(patch_view))
                .route(web::delete().to(remove_view)),
        );
}

/// A way to look at the inbox.
#[derive(Serialize, ToSchema)]
#[schema(as = View)]
pub(crate) struct ViewBody {
    id: String,
    name: String,
    /// Whether it is everybody's; else it is one's own.
    shared: bool,
    #[schema(value_type = FilterFields)]
    filter: serde_json::Value,
    #[schema(value_type = ConversationSortName)]
    sort: &'static str,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// Everybody's views and one's own, by name; all of them on one page.
#[derive(Serialize, ToSchema)]
pub(crate) struct ViewPage {
    items: Vec<ViewBody>,
    next_cursor: Option<String>,
}

/// A view to keep.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewViewBody {
    #[schema(min_length = 1, max_length = 60)]
    name: String,
    #[serde(deserialize_with = "json::object")]
    filter: FilterFields,
    #[schema(value_type = Option<ConversationSortName>)]
    sort: Option<String>,
    /// Whether it is everybody's, which takes settings.write; else it is one's own.
    shared: bool,
}

/// What to change of a view; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ViewPatch {
    name: Option<String>,
    #[serde(default, deserialize_with = "json::object")]
    filter: Option<FilterFields>,
    #[schema(value_type = Option<ConversationSortName>)]
    sort: Option<String>,
}

impl From<View> for ViewBody {
    fn from(view: View) -> Self {
        Self {
            id: view.id.to_string(),
            name: view.name,
            shared: view.owner_id.is_none(),
            filter: view.filter,
            sort: view.sort.as_str(),
            created_at: view.created_at,
            updated_at: view.updated_at,
        }
    }
}

fn editor(member: &Member<ChatRead>) -> ViewEditor {
    ViewEditor {
        user: member.acting(),
        // Nobody else fills somebody's own drawer.
        may_own: member.is_oneself(),
        may_share: member.may(Permission::SettingsWrite),
    }
}

/// The filter as it is kept, if the list would take it.
fn kept(fields: &FilterFields, member: &Member<ChatRead>) -> Result<serde_json::Value, Problem> {
    fields.filter(member.user.id, member.now)?;
    if fields.q.as_ref().is_some_and(|q| q.chars().count() > 200) {
        return Err(Problem::field(
            "/filter/q",
            "invalid_length",
            "at most 200 characters",
        ));
    }
    serde_json::to_value(fields).map_err(|error| Problem::caused(Kind::Internal, error))
}

/// Everybody's views and one's own.
#[utoipa::path(get, path = "/api/views", tag = "inbox", params(PageQuery),
    responses((status = 200, body = ViewPage)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_views(
    member: Member<ChatRead>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<ViewPage>, Problem> {
    let mut conn = member.conn().await?;
    let views = Views::new(&mut conn, member.user.id).list().await?;
    let views: Vec<ViewBody> = views.into_iter().map(Into::into).collect();
    let (items, next_cursor) = page.cut(views, |view| &view.id)?;
    Ok(web::Json(ViewPage { items, next_cursor }))
}

/// Keep a view: one's own, or everybody's with settings.write.
#[utoipa::path(post, path = "/api/views", tag = "inbox", request_body = NewViewBody,
    responses((status = 201, body = ViewBody)), extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn post_view(
    member: Member<ChatRead>,
    Json(body): Json<NewViewBody>,
) -> Result<HttpResponse, Problem> {
    let new = NewView {
        filter: kept(&body.filter, &member)?,
        sort: filter::sort(body.sort.as_deref())?,
        name: body.name,
        shared: body.shared,
    };
    let mut conn = member.conn().await?;
    let view = create_view(&mut conn, new, editor(&member), member.now).await?;
    Ok(HttpResponse::Created().json(ViewBody::from(view)))
}

/// Change a view; whose it is stays.
#[utoipa::path(patch, path = "/api/views/{id}", tag = "inbox", params(("id" = String, Path)),
    request_body = ViewPatch, responses((status = 200, body = ViewBody)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn patch_view(
    member: Member<ChatRead>,
    id: web::Path<String>,
    Json(body): Json<ViewPatch>,
) -> Result<web::Json<ViewBody>, Problem> {
    let id = json::id(&id)?;
    let sort = body.sort.as_deref();
    let changes = ViewChanges {
        name: body.name,
        filter: body.filter.map(|fields| kept(&fields, &member)).transpose()?,
        sort: sort.map(|name| filter::sort(Some(name))).transpose()?,
    };
    let mut conn = member.conn().await?;
    let view = change_view(&mut conn, id, changes, editor(&member), member.now).await?;
    Ok(web::Json(view.into()))
}

/// Remove a view.
#[utoipa::path(delete, path = "/api/views/{id}", operation_id = "delete_view", tag = "inbox",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn remove_view(
    member: Member<ChatRead>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    delete_view(&mut conn, json::id(&id)?, editor(&member), member.now).await?;
    Ok(HttpResponse::NoContent().finish())
}
