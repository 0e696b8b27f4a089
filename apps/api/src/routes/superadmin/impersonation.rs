//! A SuperAdmin looks at a tenant's panel with the eyes of its team: beginning, the list, ending.

use access::{ImpersonateError, NewImpersonation, SecondFactorError, StepUp};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use control::impersonation::{Eyes, Impersonation, ImpersonationFilter, ImpersonationId, Impersonations};
use crypto::SecretString;
use serde::{Deserialize, Serialize};
use tenant::role::Role;
use utoipa::{IntoParams, ToSchema};
use uuid::Uuid;

use crate::{
    auth::{Platform, client_ip},
    gate::Gate,
    json::{self, Json, Query},
    problem::{Kind, Problem},
    routes::auth::{IdentityBody, TenantRefBody, tenant_ref},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(crate::routes::resource("/tenants/{id}/impersonate").route(web::post().to(post_impersonate)))
        .service(crate::routes::resource("/impersonations").route(web::get().to(list_impersonations)))
        .service(
            crate::routes::resource("/impersonations/{id}").route(web::delete().to(remove_impersonation)),
        );
}

/// How to look at a tenant's panel.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ImpersonateBody {
    /// With the eyes of this user.
    user_id: Option<String>,
    /// With the eyes of this role, by its key; `admin` where neither is given.
    role: Option<String>,
    /// What for. The company reads it in its audit.
    #[schema(min_length = 5, max_length = 500)]
    reason: String,
    /// How long, 1 to 60; 15 where it is not given.
    #[schema(minimum = 1, maximum = 60)]
    minutes: Option<i64>,
    /// Whether something may be changed; asks for the password once more.
    #[serde(default)]
    write: bool,
    /// The SuperAdmin's own, with `write`.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
    /// Six digits of the SuperAdmin's authenticator or a recovery code, with `write`, where it is on.
    code: Option<String>,
}

/// A token for the tenant's panel. Nothing renews it.
#[derive(Serialize, ToSchema)]
pub(crate) struct Impersonated {
    id: String,
    access_token: String,
    /// Seconds that it lives.
    expires_in: i64,
    expires_at: DateTime<Utc>,
    user: IdentityBody,
    tenant: Option<TenantRefBody>,
}

/// One time that a SuperAdmin was in a tenant's panel.
#[derive(Serialize, ToSchema)]
#[schema(as = Impersonation)]
pub(crate) struct ImpersonationBody {
    id: String,
    tenant_id: String,
    superadmin: SuperadminRef,
    /// With whose eyes; null: with those of the role.
    user_id: Option<String>,
    /// The role's key; null: with a user's eyes.
    role: Option<String>,
    write: bool,
    reason: String,
    began_at: DateTime<Utc>,
    expires_at: DateTime<Utc>,
    /// When somebody ended it before that.
    ended_at: Option<DateTime<Utc>>,
    /// Whether it goes on.
    is_live: bool,
}

/// A SuperAdmin as they were called then.
#[derive(Serialize, ToSchema)]
pub(crate) struct SuperadminRef {
    id: String,
    name: String,
    email: String,
}

/// One page of impersonations, the newest first.
#[derive(Serialize, ToSchema)]
pub(crate) struct ImpersonationPage {
    items: Vec<ImpersonationBody>,
    next_cursor: Option<String>,
}

/// Which impersonations.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct ImpersonationQuery {
    /// Only in this tenant.
    tenant_id: Option<String>,
    /// Only those that go on.
    live: Option<bool>,
    /// Items wanted, 1 to 200; 50 if not said.
    limit: Option<u16>,
    /// `next_cursor` of the page before.
    cursor: Option<String>,
}

impl ImpersonationBody {
    fn new(one: Impersonation, now: DateTime<Utc>) -> Self {
        let (user, role) = match one.eyes() {
            Eyes::User(user) => (Some(user.to_string()), None),
            Eyes::Role(role) => (None, Some(role)),
        };
        Self {
            id: one.id.to_string(),
            tenant_id: one.tenant_id.to_string(),
            user_id: user,
            role,
            write: one.can_write,
            began_at: one.began_at,
            expires_at: one.expires_at,
            ended_at: one.ended_at,
            is_live: one.is_live(now),
            superadmin: SuperadminRef {
                id: one.superadmin_id.to_string(),
                name: one.superadmin_name,
                email: one.superadmin_email,
            },
            reason: one.reason,
        }
    }
}

fn eyes(user: Option<&str>, role: Option<String>) -> Result<Eyes, Problem> {
    match (user, role) {
        (Some(_), Some(_)) => Err(Problem::field(
            "/role",
            "invalid",
            "give a user or a role, not both",
        )),
        (Some(user), None) => Ok(Eyes::User(json::body_id::<Uuid>("/user_id", user)?)),
        (None, Some(role)) => Ok(Eyes::Role(role)),
        (None, None) => Ok(Eyes::Role(Role::Admin.as_str().to_owned())),
    }
}

/// Look at a tenant's panel with the eyes of one of its team, or of a role. Both audits know of it.
#[utoipa::path(post, path = "/api/superadmin/tenants/{id}/impersonate", tag = "superadmin",
    params(("id" = String, Path)), request_body = ImpersonateBody,
    responses((status = 201, body = Impersonated)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn post_impersonate(
    platform: Platform,
    request: HttpRequest,
    id: web::Path<String>,
    Json(body): Json<ImpersonateBody>,
) -> Result<HttpResponse, Problem> {
    let gate = Gate::new(&platform.app, platform.user.email.as_str(), client_ip(&request))?;
    let missing = || {
        Problem::field(
            "/password",
            "required",
            "to change something, enter your password",
        )
    };
    let write = if body.write {
        Some(StepUp {
            password: body.password.ok_or_else(missing)?,
            code: body.code,
        })
    } else {
        None
    };
    let minutes = body.minutes.unwrap_or(15);
    let new = NewImpersonation {
        family: platform.family,
        tenant: json::id(&id)?,
        eyes: eyes(body.user_id.as_deref(), body.role)?,
        reason: body.reason,
        minutes,
        write,
    };
    let (app, now) = (&platform.app, platform.now);
    let tried = access::impersonate(app.resolver(), &platform.user, new, now).await;
    match &tried {
        Ok((begun, _)) if begun.can_write => gate.succeeded(),
        Err(
            ImpersonateError::WrongPassword | ImpersonateError::SecondFactor(SecondFactorError::WrongCode),
        ) => {
            gate.failed();
        }
        _ => {}
    }
    let (begun, who) = tried?;
    let access_token = app
        .tokens()
        .issue_impersonation(&who, &begun, &platform.user, now)
        .map_err(|error| Problem::caused(Kind::Internal, error))?;
    let mut response = HttpResponse::Created();
    response.insert_header(("Cache-Control", "no-store"));
    Ok(response.json(Impersonated {
        id: begun.id.to_string(),
        access_token,
        expires_in: minutes * 60,
        expires_at: begun.expires_at,
        user: (&who).into(),
        tenant: tenant_ref(&who),
    }))
}

/// When SuperAdmins were in tenants' panels, and who is now.
#[utoipa::path(get, path = "/api/superadmin/impersonations", tag = "superadmin", params(ImpersonationQuery),
    responses((status = 200, body = ImpersonationPage)), extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn list_impersonations(
    platform: Platform,
    Query(query): Query<ImpersonationQuery>,
) -> Result<web::Json<ImpersonationPage>, Problem> {
    let page = json::page_request(query.limit, query.cursor)?;
    let tenant_id = query.tenant_id.as_deref();
    let filter = ImpersonationFilter {
        tenant_id: tenant_id.map(|id| json::body_id("/tenant_id", id)).transpose()?,
        live_at: query.live.unwrap_or(false).then_some(platform.now),
    };
    let mut conn = platform.conn().await?;
    let found = Impersonations::new(&mut conn).list(&filter, &page).await?;
    let body = |one| ImpersonationBody::new(one, platform.now);
    Ok(web::Json(ImpersonationPage {
        items: found.items.into_iter().map(body).collect(),
        next_cursor: found.next.map(|cursor| cursor.as_str().to_owned()),
    }))
}

/// End an impersonation, one's own or another SuperAdmin's.
#[utoipa::path(delete, path = "/api/superadmin/impersonations/{id}", operation_id = "delete_impersonation",
    tag = "superadmin", params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("platform"))))]
pub(crate) async fn remove_impersonation(
    platform: Platform,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: ImpersonationId = json::id(&id)?;
    let (resolver, actor) = (platform.app.resolver(), platform.actor());
    if !access::end_impersonation(resolver, id, &actor, platform.now).await? {
        return Err(Problem::bare(Kind::NotFound));
    }
    platform.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}
