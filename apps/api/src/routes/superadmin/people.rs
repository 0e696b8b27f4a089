//! SuperAdmins: who they are, inviting them, letting them in and out.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use control::{
    platform_user::{
        PlatformUser, PlatformUserChanges, PlatformUserId, PlatformUsers, invite_superadmin,
        reset_second_factor, update_superadmin,
    },
    session::SessionSubject,
};
use pg::Email;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::Platform,
    json::{self, Json, PageQuery, Query},
    mailing::{SentLinkBody, deliver, language},
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            crate::routes::resource("/users")
                .route(web::get().to(list_superadmins))
                .route(web::post().to(post_superadmin)),
        )
        .service(crate::routes::resource("/users/{id}").route(web::patch().to(patch_superadmin)))
        .service(crate::routes::resource("/users/{id}/totp").route(web::delete().to(remove_superadmin_totp)))
        .service(crate::routes::resource("/users/{id}/link").route(web::post().to(post_superadmin_link)));
}

/// A SuperAdmin.
#[derive(Serialize, ToSchema)]
#[schema(as = Superadmin)]
pub(crate) struct SuperadminBody {
    id: String,
    name: String,
    email: String,
    /// `active`, `invited` (has not chosen a password yet) or `inactive`.
    status: &'static str,
    /// Whether logging in asks them for a code.
    second_factor: bool,
    last_login_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// The SuperAdmins by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuperadminPage {
    items: Vec<SuperadminBody>,
    next_cursor: Option<String>,
}

/// A SuperAdmin to invite.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewSuperadminBody {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    email: String,
}

/// What to change of a SuperAdmin.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SuperadminPatch {
    name: Option<String>,
    /// false ends their sessions.
    is_active: Option<bool>,
}

/// A SuperAdmin who was invited, and what became of the invitation.
#[derive(Serialize, ToSchema)]
pub(crate) struct InvitedSuperadmin {
    user: SuperadminBody,
    invitation: SentLinkBody,
}

impl From<PlatformUser> for SuperadminBody {
    fn from(user: PlatformUser) -> Self {
        let status = match (user.is_active, user.is_invited()) {
            (false, _) => "inactive",
            (true, true) => "invited",
            (true, false) => "active",
        };
        Self {
            id: user.id.to_string(),
            name: user.name,
            email: user.email.to_string(),
            status,
            second_factor: user.totp_confirmed_at.is_some(),
            last_login_at: user.last_login_at,
            created_at: user.created_at,
        }
    }
}

/// The SuperAdmins.
#[utoipa::path(get, path = "/api/superadmin/users", tag = "superadmin", params(PageQuery),
    responses((status = 200, body = SuperadminPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_superadmins(
    platform: Platform,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<SuperadminPage>, Problem> {
    let users = PlatformUsers::new(&mut platform.conn().await?).list().await?;
    let users: Vec<SuperadminBody> = users.into_iter().map(Into::into).collect();
    let (items, next_cursor) = page.cut(users, |user| &user.id)?;
    Ok(web::Json(SuperadminPage { items, next_cursor }))
}

async fn invitation(
    platform: &Platform,
    id: PlatformUserId,
    request: &HttpRequest,
) -> Result<SentLinkBody, Problem> {
    let app = &platform.app;
    let made = access::link_for_superadmin(app.resolver(), id, &platform.actor(), platform.now).await?;
    Ok(deliver(app, &made, language(request)).await)
}

/// Invite a SuperAdmin.
#[utoipa::path(post, path = "/api/superadmin/users", tag = "superadmin", request_body = NewSuperadminBody,
    responses((status = 201, body = InvitedSuperadmin)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_superadmin(
    platform: Platform,
    request: HttpRequest,
    Json(body): Json<NewSuperadminBody>,
) -> Result<HttpResponse, Problem> {
    let email: Email = body
        .email
        .parse()
        .map_err(|error| Problem::field("/email", "invalid_email", error))?;
    let mut conn = platform.conn().await?;
    let user = invite_superadmin(&mut conn, &email, &body.name, &platform.actor(), platform.now).await?;
    drop(conn);
    let invitation = invitation(&platform, user.id, &request).await?;
    Ok(HttpResponse::Created().json(InvitedSuperadmin {
        user: user.into(),
        invitation,
    }))
}

/// Rename a SuperAdmin, or let them in or out. The last one stays.
#[utoipa::path(patch, path = "/api/superadmin/users/{id}", tag = "superadmin", params(("id" = String, Path)),
    request_body = SuperadminPatch, responses((status = 200, body = SuperadminBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn patch_superadmin(
    platform: Platform,
    id: web::Path<String>,
    Json(body): Json<SuperadminPatch>,
) -> Result<web::Json<SuperadminBody>, Problem> {
    let id: PlatformUserId = json::id(&id)?;
    let changes = PlatformUserChanges {
        name: body.name,
        is_active: body.is_active,
    };
    let mut conn = platform.conn().await?;
    let user = update_superadmin(&mut conn, id, changes, &platform.actor(), platform.now).await?;
    let subject = SessionSubject {
        tenant_id: None,
        user_id: id.uuid(),
    };
    platform.app.guard().forget(subject).await;
    platform.app.guard().forget_sessions();
    Ok(web::Json(user.into()))
}

/// Send a SuperAdmin a link: the invitation again, or one to set another password. Older links end.
#[utoipa::path(post, path = "/api/superadmin/users/{id}/link", tag = "superadmin",
    params(("id" = String, Path)), responses((status = 200, body = SentLinkBody)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_superadmin_link(
    platform: Platform,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<SentLinkBody>, Problem> {
    Ok(web::Json(invitation(&platform, json::id(&id)?, &request).await?))
}

/// Take the second factor of a SuperAdmin away who lost it. Their sessions end.
#[utoipa::path(delete, path = "/api/superadmin/users/{id}/totp", operation_id = "delete_superadmin_totp",
    tag = "superadmin", params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn remove_superadmin_totp(
    platform: Platform,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: PlatformUserId = json::id(&id)?;
    let mut conn = platform.conn().await?;
    reset_second_factor(&mut conn, id, &platform.actor(), platform.now).await?;
    let subject = SessionSubject {
        tenant_id: None,
        user_id: id.uuid(),
    };
    platform.app.guard().forget(subject).await;
    platform.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}
