//! Coming in by a link: invitations, and passwords that were forgotten.

use access::{LinkError, OpenLink};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use crypto::{ExposeSecret, SecretString};
use pg::Email;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::auth::{SessionBody, TenantRefBody, answer, tenant_ref};
use crate::{
    app::App,
    auth::{client_ip, session_meta},
    gate::Gate,
    json::Json,
    mailing::{self, deliver},
    problem::Problem,
};

/// What stands for the e-mail where tries are counted by address alone.
const LINKS: &str = "link";

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/auth/links/read").route(web::post().to(post_read)))
        .service(super::resource("/auth/links/accept").route(web::post().to(post_accept)))
        .service(super::resource("/auth/forgot").route(web::post().to(post_forgot)));
}

/// A link, by what stands after the `#`.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LinkBody {
    #[schema(value_type = String)]
    token: SecretString,
}

/// Whose password a link sets.
#[derive(Serialize, ToSchema)]
#[schema(as = OpenLink)]
pub(crate) struct OpenLinkBody {
    /// `invite` or `reset`.
    kind: &'static str,
    name: String,
    email: String,
    /// null: a SuperAdmin's.
    tenant: Option<TenantRefBody>,
    /// As the company calls itself.
    brand_name: String,
    expires_at: DateTime<Utc>,
}

/// A password for the link's person.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct AcceptLinkBody {
    #[schema(value_type = String)]
    token: SecretString,
    /// 10 to 200 characters.
    #[schema(value_type = String, min_length = 10, max_length = 200)]
    password: SecretString,
    /// Another name than the one they were invited with.
    #[schema(min_length = 1, max_length = 120)]
    name: Option<String>,
}

/// Whoever forgot the password.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct ForgotBody {
    email: String,
    /// The company's short name, if only its password was forgotten.
    tenant: Option<String>,
}

fn count(gate: &Gate, error: &LinkError) {
    if matches!(error, LinkError::Invalid) {
        gate.failed();
    }
}

/// Whose link it is.
#[utoipa::path(post, path = "/api/auth/links/read", operation_id = "post_link_read", tag = "auth",
    request_body = LinkBody, security(()), responses((status = 200, body = OpenLinkBody)))]
pub(crate) async fn post_read(
    app: web::Data<App>,
    request: HttpRequest,
    Json(body): Json<LinkBody>,
) -> Result<web::Json<OpenLinkBody>, Problem> {
    let gate = Gate::new(&app, LINKS, client_ip(&request))?;
    let now = app.engine().clock().now();
    let read = access::read_link(app.resolver(), body.token.expose_secret(), now).await;
    let OpenLink {
        who,
        kind,
        expires_at,
    } = read.inspect_err(|error| count(&gate, error))?;
    Ok(web::Json(OpenLinkBody {
        kind: kind.as_str(),
        name: who.name().to_owned(),
        email: who.email().to_owned(),
        tenant: tenant_ref(&who),
        brand_name: mailing::brand(&app, &who).await,
        expires_at,
    }))
}

/// Set the password of the link's person, and log in. The link is spent; every session of theirs ends.
#[utoipa::path(post, path = "/api/auth/links/accept", operation_id = "post_link_accept", tag = "auth",
    request_body = AcceptLinkBody, security(()), responses((status = 200, body = SessionBody)))]
pub(crate) async fn post_accept(
    app: web::Data<App>,
    request: HttpRequest,
    Json(body): Json<AcceptLinkBody>,
) -> Result<HttpResponse, Problem> {
    let gate = Gate::new(&app, LINKS, client_ip(&request))?;
    let now = app.engine().clock().now();
    let meta = session_meta(&request);
    let accepted = access::accept_link(
        app.resolver(),
        body.token.expose_secret(),
        body.password,
        body.name.as_deref(),
        &meta,
        now,
    );
    let entered = accepted.await.inspect_err(|error| count(&gate, error))?;
    app.guard().forget(entered.who.subject()).await;
    app.guard().forget_sessions();
    answer(&app, &request, &entered)
}

/// Ask for a link to set another password. Answers the same at once, whether there is anybody or
/// not; the link goes to the mailbox.
#[utoipa::path(post, path = "/api/auth/forgot", tag = "auth", request_body = ForgotBody, security(()),
    responses((status = 202)))]
pub(crate) async fn post_forgot(
    app: web::Data<App>,
    request: HttpRequest,
    Json(body): Json<ForgotBody>,
) -> Result<HttpResponse, Problem> {
    let email: Email = body
        .email
        .parse()
        .map_err(|error| Problem::field("/email", "invalid_email", error))?;
    // Each is counted, under a name of its own: nobody is locked out by mails that others ask for.
    let key = format!("forgot {email}");
    Gate::new(&app, &key, client_ip(&request))?.failed();
    let (app, language) = (App::clone(&app), mailing::language(&request));
    actix_web::rt::spawn(async move {
        let now = app.engine().clock().now();
        let made = access::links_for_forgetful(app.resolver(), &email, body.tenant.as_deref(), now).await;
        match made {
            Ok(links) => {
                for link in links {
                    deliver(&app, &link, language).await;
                }
            }
            Err(error) => tracing::warn!(%error, "cannot make links for whoever forgot a password"),
        }
    });
    Ok(HttpResponse::Accepted().finish())
}
