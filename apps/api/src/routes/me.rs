//! What people do about their own access: their sessions and their password.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use control::session::{LiveSession, Sessions, revoke_family, revoke_others};
use crypto::SecretString;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::{
    auth::{Oneself, client_ip},
    gate::Gate,
    json::{self, Json, PageQuery, Query},
    problem::{Kind, Problem},
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/me/sessions").route(web::get().to(list_sessions)))
        .service(super::resource("/me/sessions/revoke-others").route(web::post().to(post_revoke_others)))
        .service(super::resource("/me/sessions/{id}").route(web::delete().to(remove_session)))
        .service(super::resource("/me/password").route(web::post().to(post_password)));
}

/// A place where one is logged in.
#[derive(Serialize, ToSchema)]
#[schema(as = LoginSession)]
pub(crate) struct LoginSessionBody {
    id: String,
    /// Whether it is the one that asks.
    is_current: bool,
    /// The browser's own description.
    user_agent: Option<String>,
    /// The address that it was last used from.
    ip: Option<String>,
    began_at: DateTime<Utc>,
    /// To about ten minutes.
    last_used_at: DateTime<Utc>,
}

/// Where one is logged in, the most recently used first.
#[derive(Serialize, ToSchema)]
pub(crate) struct LoginSessionPage {
    items: Vec<LoginSessionBody>,
    next_cursor: Option<String>,
}

/// Another password of one's own.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct OwnPasswordBody {
    #[schema(value_type = String)]
    current_password: SecretString,
    /// 10 to 200 characters.
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    new_password: SecretString,
}

impl LoginSessionBody {
    fn new(session: LiveSession, current: Uuid) -> Self {
        Self {
            id: session.family_id.to_string(),
            is_current: session.family_id == current,
            user_agent: session.user_agent,
            ip: session.ip,
            began_at: session.began_at,
            last_used_at: session.last_used_at,
        }
    }
}

/// Where one is logged in.
#[utoipa::path(get, path = "/api/me/sessions", tag = "me", params(PageQuery),
    responses((status = 200, body = LoginSessionPage)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn list_sessions(
    oneself: Oneself,
    Query(page): Query<PageQuery>,
) -> Result<web::Json<LoginSessionPage>, Problem> {
    let mut conn = oneself.app.resolver().control().conn().await?;
    let found = Sessions::new(&mut conn)
        .live(oneself.who.subject(), oneself.now)
        .await?;
    let sessions: Vec<LoginSessionBody> = found
        .into_iter()
        .map(|session| LoginSessionBody::new(session, oneself.family))
        .collect();
    let (items, next_cursor) = page.cut(sessions, |session| &session.id)?;
    Ok(web::Json(LoginSessionPage { items, next_cursor }))
}

/// End one of one's own sessions.
#[utoipa::path(delete, path = "/api/me/sessions/{id}", operation_id = "delete_session", tag = "me",
    params(("id" = String, Path)), responses((status = 204)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn remove_session(oneself: Oneself, id: web::Path<String>) -> Result<HttpResponse, Problem> {
    let family: Uuid = json::id(&id)?;
    let mut conn = oneself.app.resolver().control().conn().await?;
    if !revoke_family(&mut conn, oneself.who.subject(), family, oneself.now).await? {
        return Err(Problem::bare(Kind::NotFound));
    }
    oneself.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}

/// End every session of one's own but this one.
#[utoipa::path(post, path = "/api/me/sessions/revoke-others", tag = "me", responses((status = 204)),
    extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_revoke_others(oneself: Oneself) -> Result<HttpResponse, Problem> {
    let mut conn = oneself.app.resolver().control().conn().await?;
    revoke_others(&mut conn, oneself.who.subject(), oneself.family, oneself.now).await?;
    oneself.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}

/// Change one's own password. Every other session ends.
#[utoipa::path(post, path = "/api/me/password", tag = "me", request_body = OwnPasswordBody,
    responses((status = 204)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_password(
    oneself: Oneself,
    request: HttpRequest,
    Json(body): Json<OwnPasswordBody>,
) -> Result<HttpResponse, Problem> {
    let gate = Gate::new(&oneself.app, oneself.who.email(), client_ip(&request))?;
    let changed = access::change_password(
        oneself.app.resolver(),
        &oneself.who,
        oneself.family,
        &body.current_password,
        body.new_password,
        oneself.now,
    );
    if let Err(error) = changed.await {
        if matches!(error, access::ChangePasswordError::Wrong) {
            gate.failed();
        }
        return Err(error.into());
    }
    gate.succeeded();
    oneself.app.guard().forget(oneself.who.subject()).await;
    oneself.app.guard().forget_sessions();
    Ok(HttpResponse::NoContent().finish())
}
