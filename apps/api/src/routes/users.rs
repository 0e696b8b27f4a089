//! The tenant's team.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use control::session::SessionSubject;
use crypto::SecretString;
use pg::Email;
use serde::{Deserialize, Serialize};
use tenant::user::{NewUser, Permission, User, UserChanges, UserId, Users};
use utoipa::ToSchema;

use crate::{
    auth::{ChatRead, Member, UsersWrite},
    json::{self, Json, PageQuery, Query},
    names::TenantRole,
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/users")
                .route(web::get().to(list_users))
                .route(web::post().to(post_user)),
        )
        .service(super::resource("/users/{id}").route(web::patch().to(patch_user)));
}

/// Somebody of the team.
#[derive(Serialize, ToSchema)]
#[schema(as = User)]
pub(crate) struct UserBody {
    id: String,
    name: String,
    email: String,
    #[schema(value_type = TenantRole)]
    role: String,
    is_active: bool,
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
    #[schema(value_type = TenantRole)]
    role: String,
    /// 10 to 200 characters.
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    password: SecretString,
}

/// What to change of somebody.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct UserPatch {
    name: Option<String>,
    #[schema(value_type = Option<TenantRole>)]
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
        } = user;
        Self {
            id: id.to_string(),
            name,
            email,
            role: role.to_string(),
            is_active,
            last_login_at,
            created_at,
        }
    }
}

impl NewUserBody {
    pub(super) fn parse(self) -> Result<NewUser, Problem> {
        let email: Email = self
            .email
            .parse()
            .map_err(|error| Problem::field("/email", "invalid_email", error))?;
        let role = self
            .role
            .parse()
            .map_err(|error| Problem::field("/role", "invalid_role", error))?;
        Ok(NewUser {
            name: self.name,
            email,
            role,
            password: self.password,
        })
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
    responses((status = 201, body = UserBody)), extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_user(
    member: Member<UsersWrite>,
    Json(body): Json<NewUserBody>,
) -> Result<HttpResponse, Problem> {
    let new = body.parse()?;
    let actor = Some(member.user.id);
    let user = access::team::add(member.app.resolver(), &member.tenant, new, actor, member.now).await?;
    Ok(HttpResponse::Created().json(UserBody::from(user)))
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
    let actor = Some(member.user.id);
    let user = access::team::change(
        member.app.resolver(),
        &member.tenant,
        id,
        changes,
        actor,
        member.now,
    )
    .await?;
    let subject = SessionSubject {
        tenant_id: Some(member.tenant.tenant.id),
        user_id: id.uuid(),
    };
    member.app.guard().forget(subject).await;
    member.app.guard().forget_sessions();
    Ok(web::Json(user.into()))
}
