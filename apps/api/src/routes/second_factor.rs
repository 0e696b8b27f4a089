//! The second factor of whoever is logged in, and of colleagues who lost theirs.

use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use crypto::{ExposeSecret, SecretString};
use serde::{Deserialize, Serialize};
use tenant::user::UserId;
use utoipa::ToSchema;

use crate::{
    auth::{Member, Oneself, UsersWrite, client_ip},
    gate::Gate,
    json::{self, Json},
    mailing,
    problem::Problem,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(
            super::resource("/me/totp")
                .route(web::get().to(get_totp))
                .route(web::post().to(post_totp))
                .route(web::delete().to(remove_totp)),
        )
        .service(super::resource("/me/totp/confirm").route(web::post().to(post_confirm)))
        .service(super::resource("/me/totp/recovery-codes").route(web::post().to(post_recovery_codes)))
        .service(super::resource("/users/{id}/totp").route(web::delete().to(remove_user_totp)));
}

/// How one's second factor stands.
#[derive(Serialize, ToSchema)]
#[schema(as = SecondFactor)]
pub(crate) struct SecondFactorBody {
    /// Whether logging in asks for it.
    is_on: bool,
    since: Option<DateTime<Utc>>,
    recovery_codes_left: usize,
}

/// One's password, to set the second factor up.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct EnrolBody {
    #[schema(value_type = String)]
    password: SecretString,
}

/// What to enter into an authenticator; shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct Enrolment {
    /// Base32.
    secret: String,
    /// The same as a QR code carries it.
    url: String,
}

/// A code of the authenticator.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct CodeBody {
    /// Six digits.
    code: String,
}

/// One's password and a code.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct PasswordAndCodeBody {
    #[schema(value_type = String)]
    password: SecretString,
    /// Six digits, or a recovery code.
    code: String,
}

/// Codes that take the place of the authenticator's, each once; shown once.
#[derive(Serialize, ToSchema)]
pub(crate) struct RecoveryCodes {
    recovery_codes: Vec<String>,
}

impl RecoveryCodes {
    fn answer(codes: &[SecretString]) -> HttpResponse {
        let codes = codes.iter().map(|code| code.expose_secret().to_owned());
        let mut response = HttpResponse::Ok();
        response.insert_header(("Cache-Control", "no-store"));
        response.json(Self {
            recovery_codes: codes.collect(),
        })
    }
}

fn gate(oneself: &Oneself, request: &HttpRequest) -> Result<Gate, Problem> {
    Gate::new(&oneself.app, oneself.who.email(), client_ip(request))
}

/// What came of a try that had to prove something.
fn proven<T>(gate: &Gate, tried: Result<T, access::SecondFactorError>) -> Result<T, Problem> {
    use access::SecondFactorError::{WrongCode, WrongPassword};
    match &tried {
        Ok(_) => gate.succeeded(),
        Err(WrongCode | WrongPassword) => gate.failed(),
        Err(_) => {}
    }
    Ok(tried?)
}

/// How one's second factor stands.
#[utoipa::path(get, path = "/api/me/totp", tag = "me", responses((status = 200, body = SecondFactorBody)),
    extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn get_totp(oneself: Oneself) -> Result<web::Json<SecondFactorBody>, Problem> {
    let standing = access::standing(oneself.app.resolver(), &oneself.who).await?;
    Ok(web::Json(SecondFactorBody {
        is_on: standing.since.is_some(),
        since: standing.since,
        recovery_codes_left: standing.recovery_codes_left,
    }))
}

/// Begin to set the second factor up: a secret for the authenticator.
#[utoipa::path(post, path = "/api/me/totp", tag = "me", request_body = EnrolBody,
    responses((status = 200, body = Enrolment)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_totp(
    oneself: Oneself,
    request: HttpRequest,
    Json(body): Json<EnrolBody>,
) -> Result<HttpResponse, Problem> {
    let gate = gate(&oneself, &request)?;
    let issuer = mailing::brand(&oneself.app, &oneself.who).await;
    let tried = access::enrol(oneself.app.resolver(), &oneself.who, &body.password, &issuer).await;
    let enrolment = proven(&gate, tried)?;
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    Ok(response.json(Enrolment {
        secret: enrolment.secret.expose_secret().to_owned(),
        url: enrolment.url.expose_secret().to_owned(),
    }))
}

/// Turn the second factor on with a first code of the authenticator. The answer has the recovery codes.
#[utoipa::path(post, path = "/api/me/totp/confirm", operation_id = "post_totp_confirm", tag = "me",
    request_body = CodeBody, responses((status = 200, body = RecoveryCodes)),
    extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_confirm(
    oneself: Oneself,
    request: HttpRequest,
    Json(body): Json<CodeBody>,
) -> Result<HttpResponse, Problem> {
    let gate = gate(&oneself, &request)?;
    let tried = access::confirm(oneself.app.resolver(), &oneself.who, &body.code, oneself.now).await;
    let codes = proven(&gate, tried)?;
    oneself.app.guard().forget(oneself.who.subject()).await;
    Ok(RecoveryCodes::answer(&codes))
}

/// Turn the second factor off.
#[utoipa::path(delete, path = "/api/me/totp", operation_id = "delete_totp", tag = "me",
    request_body = PasswordAndCodeBody, responses((status = 204)),
    extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn remove_totp(
    oneself: Oneself,
    request: HttpRequest,
    Json(body): Json<PasswordAndCodeBody>,
) -> Result<HttpResponse, Problem> {
    let gate = gate(&oneself, &request)?;
    let resolver = oneself.app.resolver();
    let tried = access::turn_off(resolver, &oneself.who, &body.password, &body.code, oneself.now).await;
    proven(&gate, tried)?;
    oneself.app.guard().forget(oneself.who.subject()).await;
    Ok(HttpResponse::NoContent().finish())
}

/// Get other recovery codes. The old ones are nothing from then on.
#[utoipa::path(post, path = "/api/me/totp/recovery-codes", tag = "me", request_body = PasswordAndCodeBody,
    responses((status = 200, body = RecoveryCodes)), extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn post_recovery_codes(
    oneself: Oneself,
    request: HttpRequest,
    Json(body): Json<PasswordAndCodeBody>,
) -> Result<HttpResponse, Problem> {
    let gate = gate(&oneself, &request)?;
    let (resolver, who) = (oneself.app.resolver(), &oneself.who);
    let tried = access::replace_recovery_codes(resolver, who, &body.password, &body.code, oneself.now).await;
    Ok(RecoveryCodes::answer(&proven(&gate, tried)?))
}

/// Take the second factor of a colleague away who lost it. Their sessions end.
#[utoipa::path(delete, path = "/api/users/{id}/totp", operation_id = "delete_user_totp", tag = "team",
    params(("id" = String, Path)), responses((status = 204)),
    extensions(("x-permission" = json!("users.write"))))]
pub(crate) async fn remove_user_totp(
    member: Member<UsersWrite>,
    id: web::Path<String>,
) -> Result<HttpResponse, Problem> {
    let id: UserId = json::id(&id)?;
    let (resolver, actor) = (member.app.resolver(), Some(member.acting()));
    access::team::take_away(resolver, &member.tenant, id, actor, member.now).await?;
    super::users::forget(&member, id).await;
    Ok(HttpResponse::NoContent().finish())
}
