//! Where the tenant receives customers.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use pg::Patch;
use serde::{Deserialize, Serialize};
use tenant::{
    branch::{Branch, BranchChanges, BranchFields, Branches, change_branch, create_branch, delete_branch},
    catalogue::CatalogueFilter,
};
use utoipa::{IntoParams, ToSchema};

use crate::{
    auth::{CatalogueRead, Member, SettingsWrite},
    json::{self, Json, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/branches")
                .route(web::get().to(list_branches))
                .route(web::post().to(post_branch)),
        )
        .service(
            super::resource("/branches/{id}")
                .route(web::get().to(get_branch))
                .route(web::patch().to(patch_branch))
                .route(web::delete().to(remove_branch)),
        );
}

/// Which branches.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct BranchQuery {
    /// Only those that are offered, or only those that are not.
    active: Option<bool>,
    /// Part of the name, the code or the address.
    q: Option<String>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

/// A place where the tenant receives customers.
#[derive(Serialize, ToSchema)]
#[schema(as = Branch)]
pub(crate) struct BranchBody {
    id: String,
    code: String,
    name: String,
    address: Option<String>,
    /// Degrees north.
    lat: Option<f64>,
    /// Degrees east.
    lng: Option<f64>,
    /// Opening hours as customers read them.
    hours_text: Option<String>,
    phone: Option<String>,
    is_active: bool,
    position: i32,
    created_at: DateTime<Utc>,
    updated_at: DateTime<Utc>,
}

/// One page of branches in their order.
#[derive(Serialize, ToSchema)]
pub(crate) struct BranchPage {
    items: Vec<BranchBody>,
    next_cursor: Option<String>,
}

/// A branch to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewBranchBody {
    /// Letters, digits, `.`, `_` and `-`; unique without regard to case.
    #[schema(min_length = 1, max_length = 40)]
    code: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    address: Option<String>,
    /// Degrees north, -90 to 90; with `lng` or not at all.
    lat: Option<f64>,
    /// Degrees east, -180 to 180.
    lng: Option<f64>,
    hours_text: Option<String>,
    /// With its country code.
    phone: Option<String>,
    /// true if not said.
    is_active: Option<bool>,
}

/// What to change of a branch.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct BranchPatch {
    code: Option<String>,
    name: Option<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    address: Patch<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<f64>)]
    lat: Patch<f64>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<f64>)]
    lng: Patch<f64>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    hours_text: Patch<String>,
    #[serde(default, deserialize_with = "json::patch")]
    #[schema(value_type = Option<String>)]
    phone: Patch<String>,
    is_active: Option<bool>,
    /// Its place in the list, from 1; the others make room.
    #[schema(minimum = 1)]
    position: Option<u32>,
}

impl From<Branch> for BranchBody {
    fn from(branch: Branch) -> Self {
        let Branch {
            id,
            code,
            name,
            address,
            latitude,
            longitude,
            hours_text,
            phone,
            is_active,
            position,
            created_at,
            updated_at,
        } = branch;
        Self {
            id: id.to_string(),
            code,
            name,
            address,
            lat: latitude,
            lng: longitude,
            hours_text,
            phone,
            is_active,
            position,
            created_at,
            updated_at,
        }
    }
}

/// The branches in their order.
#[utoipa::path(get, path = "/api/branches", tag = "catalogue", params(BranchQuery),
    responses((status = 200, body = BranchPage)),
    extensions(("x-permission" = json!("chat.read|settings.read"))))]
pub(crate) async fn list_branches(
    member: Member<CatalogueRead>,
    Query(query): Query<BranchQuery>,
) -> Result<web::Json<BranchPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let filter = CatalogueFilter {
        is_active: query.active,
        q: query.q,
    };
    let found = Branches::new(&mut member.conn().await?)
        .list(&filter, &page)
        .await?;
    Ok(web::Json(BranchPage {
        items: found.items.into_iter().map(Into::into).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// One branch.
#[utoipa::path(get, path = "/api/branches/{id}", tag = "catalogue", params(("id" = String, Path)),
    responses((status = 200, body = BranchBody)),
    extensions(("x-permission" = json!("chat.read|settings.read"))))]
pub(crate) async fn get_branch(
    member: Member<CatalogueRead>,
    id: web::Path<String>,
) -> Result<web::Json<BranchBody>, Problem> {
    let found = Branches::new(&mut member.conn().await?)
        .find(json::id(&id)?)
        .await?;
    found
        .map(|branch| web::Json(branch.into()))
        .ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// Add a branch behind all others.
#[utoipa::path(post, path = "/api/branches", tag = "catalogue", request_body = NewBranchBody,
    responses((status = 201, body = BranchBody)), extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn post_branch(
    member: Member<SettingsWrite>,
    Json(body): Json<NewBranchBody>,
) -> Result<HttpResponse, Problem> {
    let fields = BranchFields {
        code: body.code,
        name: body.name,
        address: body.address,
        latitude: body.lat,
        longitude: body.lng,
        hours_text: body.hours_text,
        phone: body.phone,
        is_active: body.is_active.unwrap_or(true),
    };
    let mut conn = member.conn().await?;
    let branch = create_branch(&mut conn, fields, member.acting(), member.now).await?;
    Ok(HttpResponse::Created().json(BranchBody::from(branch)))
}

/// Change a branch, or its place in the list.
#[utoipa::path(patch, path = "/api/branches/{id}", tag = "catalogue", params(("id" = String, Path)),
    request_body = BranchPatch, responses((status = 200, body = BranchBody)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn patch_branch(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
    Json(body): Json<BranchPatch>,
) -> Result<web::Json<BranchBody>, Problem> {
    let changes = BranchChanges {
        code: body.code,
        name: body.name,
        address: body.address,
        latitude: body.lat,
        longitude: body.lng,
        hours_text: body.hours_text,
        phone: body.phone,
        is_active: body.is_active,
        position: body.position.map(json::place).transpose()?,
    };
    let mut conn = member.conn().await?;
    let branch = change_branch(&mut conn, json::id(&id)?, changes, member.acting(), member.now).await?;
    Ok(web::Json(branch.into()))
}

/// Remove a branch where no service is offered. One that is to come back is deactivated instead.
#[utoipa::path(delete, path = "/api/branches/{id}", operation_id = "delete_branch", tag = "catalogue",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("settings.write"))))]
pub(crate) async fn remove_branch(
    member: Member<SettingsWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    delete_branch(&mut conn, json::id(&id)?, member.acting(), member.now).await?;
    Ok(HttpResponse::NoContent().finish())
}
