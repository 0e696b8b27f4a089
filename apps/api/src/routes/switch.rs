//! Changing to another company, and leaving an impersonation.

use access::{LoginError, Switch, SwitchError};
use actix_web::{HttpRequest, HttpResponse, web};
use crypto::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::{
    auth::{Anyone, Oneself, client_ip, session_meta},
    gate::Gate,
    json::{Json, PageQuery, Query},
    problem::{Kind, Problem},
    routes::auth::{SessionBody, answer},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/me/tenants").route(web::get().to(list_own_tenants)))
        .service(super::resource("/auth/switch").route(web::post().to(post_switch)))
        .service(super::resource("/auth/impersonation/end").route(web::post().to(post_impersonation_end)));
}

/// A company that one may change to without its password.
#[derive(Serialize, ToSchema)]
#[schema(as = OwnTenant)]
pub(crate) struct OwnTenantBody {
    slug: String,
    name: String,
    is_current: bool,
}

/// The companies by name.
#[derive(Serialize, ToSchema)]
pub(crate) struct OwnTenantPage {
    items: Vec<OwnTenantBody>,
    next_cursor: Option<String>,
}

/// Where to go.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct SwitchBody {
    /// The company's short name.
    tenant: String,
    /// One's password of that company, after a 409 `password_required`.
    #[schema(value_type = Option<String>)]
    password: Option<SecretString>,
    /// Six digits of the authenticator of that company or a recovery code, after a 401 `totp_required`.
    code: Option<String>,
}

/// The companies whose own passwords were shown since the login, to change between them.
#[utoipa::path(get, path = "/api/me/tenants", tag = "me", params(PageQuery),
    responses((status = 200, body = OwnTenantPage)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn list_own_tenants(
    oneself: Oneself,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<OwnTenantPage>, Problem> {
    let found = access::own_tenants(oneself.app.resolver(), &oneself.who, oneself.family).await?;
    let body = |one: access::OwnTenant| OwnTenantBody {
        slug: one.slug,
        name: one.name,
        is_current: one.is_current,
    };
    let (items, next_cursor) = page.cut(found.into_iter().map(body).collect(), |one| &one.slug)?;
    Ok(web::Json(OwnTenantPage { items, next_cursor }))
}

/// Change to another company of the same e-mail. The session that asks ends.
#[utoipa::path(post, path = "/api/auth/switch", tag = "auth", request_body = SwitchBody,
    responses((status = 200, body = SessionBody)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_switch(
    oneself: Oneself,
    request: HttpRequest,
    Json(body): Json<SwitchBody>,
) -> Result<HttpResponse, Problem> {
    let app = &oneself.app;
    let gate = Gate::new(app, oneself.who.email(), client_ip(&request))?;
    let to = Switch {
        tenant: body.tenant,
        password: body.password,
        code: body.code,
    };
    let (who, family) = (&oneself.who, oneself.family);
    let meta = session_meta(&request);
    match access::switch(app.resolver(), who, family, to, &meta, oneself.now).await {
        Ok(entered) => {
            gate.succeeded();
            app.guard().forget_sessions();
            answer(app, &request, &entered)
        }
        Err(error) => {
            if let SwitchError::Login(LoginError::InvalidCredentials | LoginError::InvalidCode) = &error {
                gate.failed();
            }
            Err(error.into())
        }
    }
}

/// Leave an impersonation before its time. Its token is nothing from then on.
#[utoipa::path(post, path = "/api/auth/impersonation/end", tag = "auth", responses((status = 204)),
    extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_impersonation_end(anyone: Anyone) -> Result<HttpResponse, Problem> {
    let Some(by) = anyone.who.impersonation() else {
        return Err(Problem::new(Kind::Conflict, "you are here as yourself"));
    };
    access::end_impersonation(anyone.app.resolver(), by.id, &by.actor(), anyone.now).await?;
    anyone.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}
