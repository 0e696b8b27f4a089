//! The team's roles: what each allows, and how much of the inbox it sees.

use actix_web::{HttpResponse, web};
use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use tenant::role::{
    NewRole, Permissions, RoleChanges, RoleKey, Roles, TeamRole, create_role, delete_role, reset_role,
    update_role,
};
use utoipa::ToSchema;

use crate::{
    auth::{Member, Requires, UsersRead, UsersWrite},
    json::{Json, PageQuery, Query},
    names::{ConversationScopeName, PermissionName},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/roles")
                .route(web::get().to(list_roles))
                .route(web::post().to(post_role)),
        )
        .service(
            super::resource("/roles/{key}")
                .route(web::patch().to(patch_role))
                .route(web::delete().to(remove_role)),
        )
        .service(super::resource("/roles/{key}/reset").route(web::post().to(post_reset)));
}

/// A role.
#[derive(Serialize, ToSchema)]
#[schema(as = Role)]
pub(crate) struct RoleBody {
    /// What users refer to it by; never changes.
    key: String,
    name: String,
    #[schema(value_type = Vec<PermissionName>)]
    permissions: Vec<&'static str>,
    /// `own`: only conversations that are assigned to oneself or to nobody.
    #[schema(value_type = ConversationScopeName)]
    conversations: &'static str,
    /// Was there from the beginning: may be changed and put back, not deleted.
    is_builtin: bool,
    /// Whether it is a role from the beginning that is not as it was then.
    is_changed: bool,
    /// Whether it can be changed at all.
    is_fixed: bool,
    /// How many people have it.
    user_count: i64,
    updated_at: DateTime<Utc>,
}

/// The roles, those from the beginning first.
#[derive(Serialize, ToSchema)]
pub(crate) struct RolePage {
    items: Vec<RoleBody>,
    next_cursor: Option<String>,
}

/// A role to add.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct NewRoleBody {
    /// 1 to 40 of a-z, 0-9, - and _; never changes.
    #[schema(pattern = "^[a-z0-9][a-z0-9_-]{0,39}$")]
    key: String,
    #[schema(min_length = 1, max_length = 120)]
    name: String,
    /// Whoever may write a thing may read it, said or not.
    #[schema(value_type = Vec<PermissionName>)]
    permissions: Vec<String>,
    /// `all` if not said.
    #[schema(value_type = Option<ConversationScopeName>)]
    conversations: Option<String>,
}

/// What to change of a role; what is absent stays.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RolePatch {
    name: Option<String>,
    /// Everything that it allows from now on.
    #[schema(value_type = Option<Vec<PermissionName>>)]
    permissions: Option<Vec<String>>,
    #[schema(value_type = Option<ConversationScopeName>)]
    conversations: Option<String>,
}

impl RoleBody {
    fn new(role: TeamRole, user_count: i64) -> Self {
        Self {
            permissions: role.permissions().names(),
            conversations: role.conversations.as_str(),
            is_builtin: role.is_builtin,
            is_changed: role.is_changed(),
            is_fixed: role.is_admin(),
            user_count,
            updated_at: role.updated_at,
            key: role.key.to_string(),
            name: role.name,
        }
    }
}

fn permissions(names: &[String]) -> Result<Permissions, Problem> {
    names
        .iter()
        .enumerate()
        .map(|(place, name)| {
            name.parse().map_err(|error| {
                Problem::field(&format!("/permissions/{place}"), "invalid_permission", error)
            })
        })
        .collect()
}

fn scope<T: std::str::FromStr<Err: std::fmt::Display>>(name: &str) -> Result<T, Problem> {
    name.parse()
        .map_err(|error| Problem::field("/conversations", "invalid_scope", error))
}

/// A role that a path names; one that cannot be there is not there.
fn key(text: &str) -> Result<RoleKey, Problem> {
    text.parse().map_err(|_not_a_key| Problem::bare(Kind::NotFound))
}

/// The role after a change, which everybody's next request goes by.
async fn changed<R: Requires>(member: &Member<R>, role: TeamRole) -> Result<web::Json<RoleBody>, Problem> {
    member.app.guard().forget_everybody();
    let mut conn = member.conn().await?;
    let count = Roles::new(&mut conn).user_count(&role.key).await?;
    Ok(web::Json(RoleBody::new(role, count)))
}

/// The roles of the team.
#[utoipa::path(get, path = "/api/roles", tag = "team", params(PageQuery),
    responses((status = 200, body = RolePage)), extensions(("x-permission" = json!("users.read"))))]
pub(crate) async fn list_roles(
    member: Member<UsersRead>,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<RolePage>, Problem> {
    let roles = Roles::new(&mut member.conn().await?).list().await?;
    let roles: Vec<RoleBody> = roles
        .into_iter()
        .map(|(role, count)| RoleBody::new(role, count))
        .collect();
    let (items, next_cursor) = page.cut(roles, |role| &role.key)?;
    Ok(web::Json(RolePage { items, next_cursor }))
}

/// Add a role, with nothing in it that one's own does not allow.
#[utoipa::path(post, path = "/api/roles", tag = "team", request_body = NewRoleBody,
    responses((status = 201, body = RoleBody)), extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_role(
    member: Member<UsersWrite>,
    Json(body): Json<NewRoleBody>,
) -> Result<HttpResponse, Problem> {
    let new = NewRole {
        permissions: permissions(&body.permissions)?,
        conversations: scope(body.conversations.as_deref().unwrap_or("all"))?,
        key: body.key,
        name: body.name,
    };
    let role = create_role(&mut member.conn().await?, new, member.acting(), member.now).await?;
    Ok(HttpResponse::Created().json(RoleBody::new(role, 0)))
}

/// Change a role: not `admin`, and not one's own. Whoever has it may do so from the next request on.
#[utoipa::path(patch, path = "/api/roles/{key}", tag = "team", params(("key" = String, Path)),
    request_body = RolePatch, responses((status = 200, body = RoleBody)),
    extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn patch_role(
    member: Member<UsersWrite>,
    path: web::Path<String>,
    Json(body): Json<RolePatch>,
) -> Result<web::Json<RoleBody>, Problem> {
    let changes = RoleChanges {
        name: body.name,
        permissions: body.permissions.as_deref().map(permissions).transpose()?,
        conversations: body.conversations.as_deref().map(scope).transpose()?,
    };
    let mut conn = member.conn().await?;
    let role = update_role(&mut conn, &key(&path)?, changes, member.acting(), member.now).await?;
    drop(conn);
    changed(&member, role).await
}

/// Put a role that was there from the beginning back to what it was then.
#[utoipa::path(post, path = "/api/roles/{key}/reset", operation_id = "post_role_reset", tag = "team",
    params(("key" = String, Path)), responses((status = 200, body = RoleBody)),
    extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn post_reset(
    member: Member<UsersWrite>,
    path: web::Path<String>,
) -> Result<web::Json<RoleBody>, Problem> {
    let mut conn = member.conn().await?;
    let role = reset_role(&mut conn, &key(&path)?, member.acting(), member.now).await?;
    drop(conn);
    changed(&member, role).await
}

/// Remove a role that nobody has.
#[utoipa::path(delete, path = "/api/roles/{key}", operation_id = "delete_role", tag = "team",
    params(("key" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn remove_role(
    member: Member<UsersWrite>,
    path: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let mut conn = member.conn().await?;
    delete_role(&mut conn, &key(&path)?, member.acting(), member.now).await?;
    Ok(HttpResponse::NoContent().finish())
}
