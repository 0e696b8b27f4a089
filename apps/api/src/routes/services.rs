//! What the tenant offers.

mod body;

use actix_web::{HttpResponse, web};
use serde::Deserialize;
use tenant::{
    catalogue::CatalogueFilter,
    service::{ServiceFilter, Services, change_service, create_service, delete_service},
};
use utoipa::IntoParams;

pub(crate) use self::body::{NewServiceBody, ServiceBody, ServicePage, ServicePatch};
use crate::{
    auth::{CatalogueRead, Member, SettingsWrite},
    json::{self, Json, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/services")
                .route(web::get().to(list_services))
                .route(web::post().to(post_service)),
        )
        .service(
            super::resource("/services/{id}")
                .route(web::get().to(get_service))
                .route(web::patch().to(patch_service))
                .route(web::delete().to(remove_service)),
        );
}

/// Which services.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ServiceQuery {
    /// Only those that are offered, or only those that are not.
    active: Option<bool>,
    /// Only what is offered in this branch, be it everywhere.
    branch_id: Option<String>,
    /// Part of the name, the code or the subtitle.
    q: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// The services in their order.
#[utoipa::path(get, path = "/api/services", tag = "catalogue", params(ServiceQuery),
    responses((status = 200, body = ServicePage)),
    extensions(("x-permission" = json!("chat.read|settings.read"))))]
pub(crate) async fn list_services(
    member: Member<CatalogueRead>,
    Query(query): Query<ServiceQuery>,
) -> Result<web::Json<ServicePage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let branch = query
        .branch_id
        .map(|id| json::body_id("/branch_id", &id))
        .transpose()?;
    let filter = ServiceFilter {
        catalogue: CatalogueFilter {
            is_active: query.active,
            q: query.q,
        },
        branch,
    };
    let found = Services::new(&mut member.conn().await?)
        .list(&filter, &page)
        .await?;
    Ok(web::Json(found.into()))
}

/// One service.
#[utoipa::path(get, path = "/api/services/{id}", tag = "catalogue", params(("id" = String, Path)),
    responses((status = 200, body = ServiceBody)),
    extensions(("x-permission" = json!("chat.read|settings.read"))))]
pub(crate) async fn get_service(
    member: Member<CatalogueRead>,
    id: web::Path<String>,
) -> Result<web::Json<ServiceBody>, Problem> {
    let found = Services::new(&mut member.conn().await?)
        .find(json::id(&id)?)
        .await?;
    found
        .map(|service| web::Json(service.into()))
        .ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// Add a service behind all others.
#[utoipa::path(post, path = "/api/services", tag = "catalogue", request_body = NewServiceBody,
    responses((status = 201, body = ServiceBody)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_service(
    member: Member<SettingsWrite>,
    Json(body): Json<NewServiceBody>,
) -> Result<HttpResponse, Problem> {
    let fields = body.parse()?;
    let mut conn = member.conn().await?;
    let service = create_service(&mut conn, fields, member.acting(), member.now).await?;
    Ok(HttpResponse::Created().json(ServiceBody::from(service)))
}

/// Change a service, or its place in the list.
#[utoipa::path(patch, path = "/api/services/{id}", tag = "catalogue", params(("id" = String, Path)),
    request_body = ServicePatch, responses((status = 200, body = ServiceBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn patch_service(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
    Json(body): Json<ServicePatch>,
) -> Result<web::Json<ServiceBody>, Problem> {
    let (id, changes) = (json::id(&id)?, body.parse()?);
    let mut conn = member.conn().await?;
    let service = change_service(&mut conn, id, changes, member.acting(), member.now).await?;
    Ok(web::Json(service.into()))
}

/// Remove a service. One that is to come back is deactivated instead.
#[utoipa::path(delete, path = "/api/services/{id}", operation_id = "delete_service", tag = "catalogue",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn remove_service(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    if !delete_service(&mut conn, json::id(&id)?, member.acting(), member.now).await? {
        return Err(Problem::bare(Kind::NotFound));
    }
    Ok(HttpResponse::NoContent().finish())
}
