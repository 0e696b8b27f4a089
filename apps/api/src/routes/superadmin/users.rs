//! A tenant's people, read from and added to its own database.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use resolver::TenantHandle;
use tenant::user::{UserId, Users};

use crate::{
    auth::Platform,
    json::{self, Json, PageQuery, Query},
    mailing::{SentLinkBody, deliver, language},
    problem::{Kind, Problem},
    routes::users::{self, AddedUser, By, NewUserBody, UserPage},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/tenants/{id}/users")
                .route(web::get().to(list_tenant_users))
                .route(web::post().to(post_tenant_user)),
        )
        .service(
            crate::routes::resource("/tenants/{id}/users/{user}/link")
                .route(web::post().to(post_tenant_user_link)),
        )
        .service(
            crate::routes::resource("/tenants/{id}/users/{user}/totp")
                .route(web::delete().to(remove_tenant_user_totp)),
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
    params(("id" = String, Path)), request_body = NewUserBody, responses((status = 201, body = AddedUser)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_tenant_user(
    platform: Platform,
    request: HttpRequest,
    id: web::Path<String>,
    Json(body): Json<NewUserBody>,
) -> Result<HttpResponse, Problem> {
    let added = body.parse()?;
    let handle = handle(&platform, &id).await?;
    let by = By {
        actor: None,
        author: &platform.actor(),
        now: platform.now,
    };
    let user = users::add(&platform.app, &handle, added, by, &request).await?;
    let entry = control::audit::AuditEntry {
        at: platform.now,
        actor: &platform.actor(),
        tenant_id: Some(handle.tenant.id),
        action: "tenant.user_added",
        target: Some(user.id().to_owned()),
        data: serde_json::json!({ "role": user.role() }),
    };
    control::audit::record(&mut platform.conn().await?, entry).await?;
    Ok(HttpResponse::Created().json(user))
}

/// Send somebody of the tenant's team a link: the invitation again, or one to set another password.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/users/{user}/link", tag = "superadmin",
    params(("id" = String, Path), ("user" = String, Path)), responses((status = 200, body = SentLinkBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_tenant_user_link(
    platform: Platform,
    request: HttpRequest,
    path: web::Path<(String, String)>,
) -> Result<web::Json<SentLinkBody>, Problem> {
    let handle = handle(&platform, &path.0).await?;
    let (app, author) = (&platform.app, platform.actor());
    let user = json::id(&path.1)?;
    let made =
        access::team::link_for_member(app.resolver(), &handle, user, None, &author, platform.now).await?;
    Ok(web::Json(deliver(app, &made, language(&request)).await))
}

/// Take the second factor of somebody of the tenant's team away who lost it. Their sessions end.
#[utoipa::path(delete, path = "/api/superadmin/tenants/{id}/users/{user}/totp", tag = "superadmin",
    operation_id = "delete_tenant_user_totp", params(("id" = String, Path), ("user" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn remove_tenant_user_totp(
    platform: Platform,
    path: web::Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let handle = handle(&platform, &path.0).await?;
    let user: UserId = json::id(&path.1)?;
    access::team::take_away(platform.app.resolver(), &handle, user, None, platform.now).await?;
    let entry = control::audit::AuditEntry {
        at: platform.now,
        actor: &platform.actor(),
        tenant_id: Some(handle.tenant.id),
        action: "tenant.user_second_factor_off",
        target: Some(user.to_string()),
        data: serde_json::json!({}),
    };
    control::audit::record(&mut platform.conn().await?, entry).await?;
    platform.app.guard().forget_everybody();
    platform.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}
