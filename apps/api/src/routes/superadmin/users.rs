//! A tenant's people, read from and added to its own database.

use std::sync::Arc;

use actix_web::{HttpResponse, web};
use resolver::TenantHandle;
use tenant::user::Users;

use crate::{
    auth::Platform,
    json::{Json, PageQuery, Query},
    problem::{Kind, Problem},
    routes::users::{NewUserBody, UserBody, UserPage},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config.service(
        crate::routes::resource("/tenants/{id}/users")
            .route(web::get().to(list_tenant_users))
            .route(web::post().to(post_tenant_user)),
    );
}

async fn handle(platform: &Platform, id: &str) -> Result<Arc<TenantHandle>, Problem> {
    let tenant = super::tenant(platform, id).await?;
    let handle = platform.app.resolver().tenant(tenant.id).await?;
    handle.ok_or_else(|| Problem::bare(Kind::NotFound))
}

/// The tenant's team.
#[utoipa::path(get, path = "/api/superadmin/tenants/{id}/users", tag = "superadmin",
    params(("id" = String, Path), PageQuery), responses((status = 200, body = UserPage)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_tenant_users(
    platform: Platform,
    id: web::Path<String>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<UserPage>, Problem> {
    let handle = handle(&platform, &id).await?;
    let users = Users::new(&mut handle.db().await?.conn().await?)
        .list(false)
        .await?;
    let users = users.into_iter().map(Into::into).collect();
    Ok(web::Json(UserPage::of(users, page)?))
}

/// Add somebody to the tenant's team.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/users", tag = "superadmin",
    params(("id" = String, Path)), request_body = NewUserBody, responses((status = 201, body = UserBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_tenant_user(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<NewUserBody>,
) -> Result<HttpResponse, Problem> {
    let new = body.parse()?;
    let handle = handle(&platform, &id).await?;
    let user = access::team::add(platform.app.resolver(), &handle, new, None, platform.now).await?;
    let entry = control::audit::AuditEntry {
        at: platform.now,
        actor: &platform.actor(),
        tenant_id: Some(handle.tenant.id),
        action: "tenant.user_added",
        target: Some(user.id.to_string()),
        data: serde_json::json!({ "role": user.role.as_str() }),
    };
    control::audit::record(&mut platform.conn().await?, entry).await?;
    Ok(HttpResponse::Created().json(UserBody::from(user)))
}
