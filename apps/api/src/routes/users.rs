//! The tenant's team.

use std::sync::Arc;

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use control::{Actor, session::SessionSubject};
use crypto::SecretString;
use pg::Email;
use resolver::TenantHandle;
use serde::{Deserialize, Serialize};
use tenant::user::{Invitee, NewUser, Permission, User, UserChanges, UserId, Users};
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{ChatRead, Member, UsersWrite},
    json::{self, Json, PageQuery, Query},
    mailing::{SentLinkBody, deliver, language},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/users")
                .route(web::get().to(list_users))
                .route(web::post().to(post_user)),
        )
        .service(super::resource("/users/{id}").route(web::patch().to(patch_user)))
        .service(super::resource("/users/{id}/invite").route(web::post().to(post_invite)))
        .service(super::resource("/users/{id}/reset-link").route(web::post().to(post_reset_link)))
        .service(super::resource("/users/{id}/sessions/revoke").route(web::post().to(post_end_sessions)));
}

/// Somebody of the team.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody {
    id: String,
    name: String,
    email: String,
    /// A role's key.
    role: String,
    is_active: bool,
    /// `active`, `invited` (has not chosen a password yet) or `inactive`.
    status: &'static str,
    /// Whether logging in asks them for a code.
    second_factor: bool,
    last_login_at: Option<DateTime<Utc>>,
    created_at: DateTime<Utc>,
}

/// The team by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct UserPage {
    items: Vec<UserBody>,
    next_cursor: Option<String>,
}

/// Somebody to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewUserBody {
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    email: String,
    /// A role's key.
    role: String,
    /// 10 to 200 characters. Without one they are invited to choose it by a link.
    #[schema(value_type = Option<String>, min_length = 10, max_length = 200)]
    password: Option<SecretString>,
}

/// Somebody who was added, and what became of the invitation if they were invited.
#[derive(Serialize, ToSchema)]
pub(crate) struct AddedUser {
    #[serde(flatten)]
    user: UserBody,
    invitation: Option<SentLinkBody>,
}

/// Somebody to add, with a password or by invitation.
pub(super) enum Added {
    WithPassword(NewUser),
    Invited(Invitee),
}

/// What to change of somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    name: Option<String>,
    /// A role's key.
    role: Option<String>,
    is_active: Option<bool>,
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
}

impl UserPage {
    /// The page that was asked for of everybody.
    pub(super) fn of(users: Vec<UserBody>, page: PageQuery) -> Result<Self, Problem> {
        let (items, next_cursor) = page.cut(users, |user| &user.id)?;
        Ok(Self { items, next_cursor })
    }
}

impl From<User> for UserBody {
    fn from(user: User) -> Self {
        let status = match (user.is_active, user.is_invited()) {
            (false, _) => "inactive",
            (true, true) => "invited",
            (true, false) => "active",
        };
        let User {
            id,
            name,
            email,
            password_hash: _,
            role,
            is_active,
            session_version: _,
            last_login_at,
            created_at,
            totp_confirmed_at,
        } = user;
        Self {
            id: id.to_string(),
            name,
            email,
            role: role.key.to_string(),
            is_active,
            status,
            second_factor: totp_confirmed_at.is_some(),
            last_login_at,
            created_at,
        }
    }
}

impl NewUserBody {
    pub(super) fn parse(self) -> Result<Added, Problem> {
        let email: Email = self
            .email
            .parse()
            .map_err(|error| Problem::field("/email", "invalid_email", error))?;
        let role = self
            .role
            .parse()
            .map_err(|error| Problem::field("/role", "invalid_role", error))?;
        let name = self.name;
        Ok(match self.password {
            Some(password) => Added::WithPassword(NewUser {
                name,
                email,
                role,
                password,
            }),
            None => Added::Invited(Invitee { name, email, role }),
        })
    }
}

/// Adds somebody, and invites them if they shall choose their password.
pub(super) async fn add(
    app: &App,
    tenant: &Arc<TenantHandle>,
    added: Added,
    by: By<'_>,
    request: &HttpRequest,
) -> Result<AddedUser, Problem> {
    let By { actor, author, now } = by;
    let resolver = app.resolver();
    let invitee = match added {
        Added::WithPassword(new) => {
            let user = access::team::add(resolver, tenant, new, actor, now).await?;
            let user = user.into();
            return Ok(AddedUser {
                user,
                invitation: None,
            });
        }
        Added::Invited(invitee) => invitee,
    };
    let user = access::team::invite(resolver, tenant, invitee, actor, now).await?;
    let made = access::team::link_for_member(resolver, tenant, user.id, actor, author, now).await?;
    Ok(AddedUser {
        user: user.into(),
        invitation: Some(deliver(app, &made, language(request)).await),
    })
}

/// Who adds somebody.
pub(super) struct By<'a> {
    /// One of the team; `None` for the platform.
    pub actor: Option<UserId>,
    /// The same for the platform's audit.
    pub author: &'a Actor,
    pub now: DateTime<Utc>,
}

impl AddedUser {
    pub(super) fn id(&self) -> &str {
        &self.user.id
    }

    pub(super) fn role(&self) -> &str {
        &self.user.role
    }
}

/// The team. Whoever may not manage it sees only those who may log in.
#[utoipa::path(get, path = "/api/users", tag = "team", params(PageQuery),
    responses((status = 200, body = UserPage)),
    extensions(("x-permission" = json!("chat.read"))))]
pub(crate) async fn list_users(
    member: Member<ChatRead>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<UserPage>, Problem> {
    let manages = member.user.role.allows(Permission::UsersRead);
    let users = Users::new(&mut member.conn().await?).list(!manages).await?;
    let users: Vec<UserBody> = users
        .into_iter()
        .map(|user| UserBody {
            last_login_at: user.last_login_at.filter(|_| manages),
            ..user.into()
        })
        .collect();
    Ok(web::Json(UserPage::of(users, page)?))
}

/// Add somebody to the team.
#[utoipa::path(post, path = "/api/users", tag = "team", request_body = NewUserBody,
    responses((status = 201, body = AddedUser)), extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_user(
    member: Member<UsersWrite>,
    request: HttpRequest,
    Json(body): Json<NewUserBody>,
) -> Result<HttpResponse, Problem> {
    let added = body.parse()?;
    let by = By {
        actor: Some(member.acting()),
        author: &member.actor(),
        now: member.now,
    };
    let user = add(&member.app, &member.tenant, added, by, &request).await?;
    Ok(HttpResponse::Created().json(user))
}

async fn link(
    member: &Member<UsersWrite>,
    id: UserId,
    request: &HttpRequest,
) -> Result<web::Json<SentLinkBody>, Problem> {
    let (actor, author) = (Some(member.acting()), member.actor());
    let resolver = member.app.resolver();
    let made =
        access::team::link_for_member(resolver, &member.tenant, id, actor, &author, member.now).await?;
    Ok(web::Json(deliver(&member.app, &made, language(request)).await))
}

/// Send the invitation again. Older links end.
#[utoipa::path(post, path = "/api/users/{id}/invite", tag = "team", params(("id" = String, Path)),
    responses((status = 200, body = SentLinkBody)), extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_invite(
    member: Member<UsersWrite>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<SentLinkBody>, Problem> {
    let id: UserId = json::id(&id)?;
    let user = Users::new(&mut member.conn().await?).find(id).await?;
    let user = user.ok_or_else(|| Problem::bare(Kind::NotFound))?;
    if !user.is_invited() {
        let told = "they have chosen a password already; a link for another one is what they need";
        return Err(Problem::new(Kind::NotInvited, told));
    }
    link(&member, id, &request).await
}

/// Send somebody a link to set another password, where they cannot ask for it themselves. Older links end.
#[utoipa::path(post, path = "/api/users/{id}/reset-link", tag = "team", params(("id" = String, Path)),
    responses((status = 200, body = SentLinkBody)), extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_reset_link(
    member: Member<UsersWrite>,
    request: HttpRequest,
    id: web::Path<String>,
) -> Result<web::Json<SentLinkBody>, Problem> {
    link(&member, json::id(&id)?, &request).await
}

/// Change somebody of the team.
#[utoipa::path(patch, path = "/api/users/{id}", tag = "team", params(("id" = String, Path)),
    request_body = UserPatch, responses((status = 200, body = UserBody)),
    extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn patch_user(
    member: Member<UsersWrite>,
    id: web::Path<String>,
    Json(body): Json<UserPatch>,
) -> Result<web::Json<UserBody>, Problem> {
    let id: UserId = json::id(&id)?;
    let role = body.role.map(|role| {
        role.parse()
            .map_err(|error| Problem::field("/role", "invalid_role", error))
    });
    let changes = UserChanges {
        name: body.name,
        role: role.transpose()?,
        is_active: body.is_active,
        password: body.password,
    };
    let actor = Some(member.acting());
    let user = access::team::change(
        member.app.resolver(),
        &member.tenant,
        id,
        changes,
        actor,
        member.now,
    )
    .await?;
    forget(&member, id).await;
    Ok(web::Json(user.into()))
}

/// Whoever is changed goes by it from the next request on.
pub(super) async fn forget(member: &Member<UsersWrite>, id: UserId) {
    let subject = SessionSubject {
        tenant_id: Some(member.tenant.tenant.id),
        user_id: id.uuid(),
    };
    member.app.guard().forget(subject).await;
    member.app.guard().forget_sessions();
}

/// End every session of somebody of the team.
#[utoipa::path(post, path = "/api/users/{id}/sessions/revoke", tag = "team", params(("id" = String, Path)),
    responses((status = 204)), extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_end_sessions(
    member: Member<UsersWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UserId = json::id(&id)?;
    let actor = Some(member.acting());
    access::team::end_sessions(member.app.resolver(), &member.tenant, id, actor, member.now).await?;
    forget(&member, id).await;
    Ok(HttpResponse::NoContent().finish())
}
