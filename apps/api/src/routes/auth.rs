//! Logging in, staying in, logging out, and who one is.

use access::{Credentials, LoggedIn, LoginError, Who};
use actix_web::{HttpRequest, HttpResponse, web};
use chrono::{DateTime, Utc};
use control::{
    branding::{Branding, Brandings},
    impersonation::Impersonation,
    logo::Logos,
};
use crypto::{ExposeSecret, SecretString};
use pg::Email;
use serde::{Deserialize, Serialize};
use tenant::role::ConversationScope;
use utoipa::ToSchema;

use crate::{
    app::App,
    auth::{Anyone, Caller, RefreshCookie, bearer, client_ip, session_meta},
    gate::Gate,
    json::{Json, OptionalJson},
    names::ConversationScopeName,
    problem::{Kind, Problem},
    routes::{logos, settings},
    token,
};

pub(super) fn configure(config: &mut web::ServiceConfig) {
    config
        .service(super::resource("/auth/login").route(web::post().to(post_login)))
        .service(super::resource("/auth/refresh").route(web::post().to(post_refresh)))
        .service(super::resource("/auth/logout").route(web::post().to(post_logout)))
        .service(super::resource("/me").route(web::get().to(get_me)));
}

/// What to log in with.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct LoginBody {
    email: String,
    #[schema(value_type = String)]
    password: SecretString,
    /// The company's short name, where the e-mail is known in several.
    tenant: Option<String>,
    /// Six digits of the authenticator or a recovery code, after a 401 `totp_required`.
    code: Option<String>,
}

/// A refresh token, where no cookie carries it.
#[derive(Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub(crate) struct RefreshBody {
    #[schema(value_type = Option<String>)]
    refresh_token: Option<SecretString>,
}

/// Who is logged in.
#[derive(Serialize, ToSchema)]
#[schema(as = SessionUser)]
pub(crate) struct IdentityBody {
    id: String,
    name: String,
    email: String,
    /// A role's key; `superadmin` for one.
    role: String,
    /// As people call the role.
    role_name: String,
    permissions: Vec<String>,
    /// `own`: sees only conversations that are assigned to him or to nobody.
    #[schema(value_type = ConversationScopeName)]
    conversations: &'static str,
    /// Whether logging in asks for a code.
    second_factor: bool,
}

/// The company somebody is logged in to.
#[derive(Serialize, ToSchema)]
#[schema(as = TenantRef)]
pub(crate) struct TenantRefBody {
    id: String,
    slug: String,
    name: String,
}

/// A session.
#[derive(Serialize, ToSchema)]
#[schema(as = Session)]
pub(crate) struct SessionBody {
    access_token: String,
    /// Seconds that the access token lives.
    expires_in: i64,
    /// Only for callers that cannot keep it as a cookie.
    #[serde(skip_serializing_if = "Option::is_none")]
    refresh_token: Option<String>,
    user: IdentityBody,
    tenant: Option<TenantRefBody>,
}

/// How a tenant's panel looks.
#[derive(Serialize, ToSchema)]
#[schema(as = Branding)]
pub(crate) struct BrandingBody {
    brand_name: String,
    /// An address of an image; below the API's own where it begins with a slash: uploaded.
    logo_url: Option<String>,
    color_primary: Option<String>,
    color_accent: Option<String>,
    color_background: Option<String>,
    timezone: Option<String>,
}

/// That a SuperAdmin is here with somebody else's eyes.
#[derive(Serialize, ToSchema)]
#[schema(as = CurrentImpersonation)]
pub(crate) struct ImpersonationBody {
    by: ByBody,
    reason: String,
    /// Until when at most.
    until: DateTime<Utc>,
    /// Whether something may be changed.
    write: bool,
}

/// The SuperAdmin who is here.
#[derive(Serialize, ToSchema)]
#[schema(as = ImpersonationBy)]
pub(crate) struct ByBody {
    name: String,
    email: String,
}

impl From<&Impersonation> for ImpersonationBody {
    fn from(of: &Impersonation) -> Self {
        Self {
            by: ByBody {
                name: of.superadmin_name.clone(),
                email: of.superadmin_email.clone(),
            },
            reason: of.reason.clone(),
            until: of.expires_at,
            write: of.can_write,
        }
    }
}

/// Who one is, and what one should know.
#[derive(Serialize, ToSchema)]
#[schema(as = Me)]
pub(crate) struct MeBody {
    user: IdentityBody,
    tenant: Option<TenantRefBody>,
    branding: Option<BrandingBody>,
    /// null: one is here as oneself.
    impersonation: Option<ImpersonationBody>,
    warnings: Vec<String>,
}

impl BrandingBody {
    /// The same with the logo that was uploaded, if there is one.
    pub(super) fn with_logo(self, key: Option<&str>) -> Self {
        Self {
            logo_url: key.map(logos::path).or(self.logo_url),
            ..self
        }
    }

    /// Of a tenant that never chose any.
    pub(super) fn unset(brand_name: String) -> Self {
        Self {
            brand_name,
            logo_url: None,
            color_primary: None,
            color_accent: None,
            color_background: None,
            timezone: None,
        }
    }
}

impl From<Branding> for BrandingBody {
    fn from(branding: Branding) -> Self {
        let Branding {
            tenant_id: _,
            brand_name,
            logo_url,
            color_primary,
            color_accent,
            color_background,
            timezone,
            updated_at: _,
        } = branding;
        Self {
            brand_name,
            logo_url,
            color_primary,
            color_accent,
            color_background,
            timezone,
        }
    }
}

impl From<&Who> for IdentityBody {
    fn from(who: &Who) -> Self {
        match who {
            Who::Platform(user) => Self {
                id: user.id.to_string(),
                name: user.name.clone(),
                email: user.email.to_string(),
                role: "superadmin".to_owned(),
                role_name: "SuperAdmin".to_owned(),
                permissions: vec!["platform".to_owned()],
                conversations: ConversationScope::All.as_str(),
                second_factor: user.totp_confirmed_at.is_some(),
            },
            Who::Member { user, .. } => Self {
                id: user.id.to_string(),
                name: user.name.clone(),
                email: user.email.clone(),
                role: user.role.key.to_string(),
                role_name: user.role.name.clone(),
                permissions: user
                    .role
                    .permissions()
                    .iter()
                    .map(|name| name.to_string())
                    .collect(),
                conversations: user.role.conversations.as_str(),
                second_factor: user.totp_confirmed_at.is_some(),
            },
        }
    }
}

pub(super) fn tenant_ref(who: &Who) -> Option<TenantRefBody> {
    match who {
        Who::Platform(_) => None,
        Who::Member { tenant, .. } => Some(TenantRefBody {
            id: tenant.tenant.id.to_string(),
            slug: tenant.tenant.slug.to_string(),
            name: tenant.tenant.name.clone(),
        }),
    }
}

pub(super) fn answer(app: &App, request: &HttpRequest, entered: &LoggedIn) -> Result<HttpResponse, Problem> {
    let now = app.engine().clock().now();
    let access_token = app
        .tokens()
        .issue(&entered.who, entered.session.family_id, now)
        .map_err(|error| Problem::caused(Kind::Internal, error))?;
    let caller = Caller::of(request);
    let refresh = entered.session.token.expose_secret();
    let body = SessionBody {
        access_token,
        expires_in: token::LIFETIME.num_seconds(),
        refresh_token: caller.takes_body().then(|| refresh.to_owned()),
        user: (&entered.who).into(),
        tenant: tenant_ref(&entered.who),
    };
    let mut response = HttpResponse::Ok();
    response.insert_header(("Cache-Control", "no-store"));
    if caller.takes_cookie() {
        response.cookie(RefreshCookie::over(request).keep(refresh));
    }
    Ok(response.json(body))
}

/// Log in.
#[utoipa::path(post, path = "/api/auth/login", tag = "auth", request_body = LoginBody, security(()),
    responses((status = 200, body = SessionBody)))]
pub(crate) async fn post_login(
    app: web::Data<App>,
    request: HttpRequest,
    Json(body): Json<LoginBody>,
) -> Result<HttpResponse, Problem> {
    let email: Email = body
        .email
        .parse()
        .map_err(|error| Problem::field("/email", "invalid_email", error))?;
    let gate = Gate::new(&app, email.as_str(), client_ip(&request))?;
    let credentials = Credentials {
        email,
        password: body.password,
        tenant: body.tenant,
        code: body.code,
    };
    let now = app.engine().clock().now();
    match access::login(app.resolver(), credentials, &session_meta(&request), now).await {
        Ok(entered) => {
            gate.succeeded();
            answer(&app, &request, &entered)
        }
        Err(error) => {
            if matches!(error, LoginError::InvalidCredentials | LoginError::InvalidCode) {
                gate.failed();
            }
            Err(error.into())
        }
    }
}

fn refresh_token(request: &HttpRequest, body: RefreshBody) -> Option<String> {
    body.refresh_token
        .map(|token| token.expose_secret().to_owned())
        .or_else(|| RefreshCookie::over(request).token(request))
}

/// Exchange the refresh token for the next one.
#[utoipa::path(post, path = "/api/auth/refresh", tag = "auth", request_body = RefreshBody, security(()),
    responses((status = 200, body = SessionBody)))]
pub(crate) async fn post_refresh(
    app: web::Data<App>,
    request: HttpRequest,
    OptionalJson(body): OptionalJson<RefreshBody>,
) -> Result<HttpResponse, Problem> {
    let token = refresh_token(&request, body)
        .ok_or_else(|| Problem::new(Kind::SessionExpired, "there is no session; log in"))?;
    let now = app.engine().clock().now();
    let entered = access::refresh(app.resolver(), &token, &session_meta(&request), now).await?;
    answer(&app, &request, &entered)
}

/// End the session: that of the refresh token, and that of the access token if one comes along.
#[utoipa::path(post, path = "/api/auth/logout", tag = "auth", request_body = RefreshBody, security(()),
    responses((status = 204)))]
pub(crate) async fn post_logout(
    app: web::Data<App>,
    request: HttpRequest,
    OptionalJson(body): OptionalJson<RefreshBody>,
) -> Result<HttpResponse, Problem> {
    let now = app.engine().clock().now();
    let current = bearer(&request).and_then(|token| app.tokens().read(&token, now).ok());
    if let Some(token) = refresh_token(&request, body) {
        access::logout(app.resolver(), &token, now).await?;
        app.guard().forget_sessions();
    }
    if let Some(current) = current {
        access::end_session(app.resolver(), &current, now).await?;
        app.guard().forget_sessions();
    }
    Ok(HttpResponse::NoContent()
        .cookie(RefreshCookie::over(&request).forget())
        .finish())
}

/// Who one is.
#[utoipa::path(get, path = "/api/me", tag = "auth", responses((status = 200, body = MeBody)),
    extensions(("x-permission" = json!("anyone"))))]
pub(crate) async fn get_me(anyone: Anyone) -> Result<web::Json<MeBody>, Problem> {
    let branding = match &anyone.who {
        Who::Platform(_) => None,
        Who::Member { tenant, .. } => {
            let mut conn = anyone.app.resolver().control().conn().await?;
            let found = Brandings::new(&mut conn).find(tenant.tenant.id).await?;
            let logo = Logos::new(&mut conn).key_of(tenant.tenant.id).await?;
            drop(conn);
            let zone = settings::own_zone(tenant).await;
            let unset = || BrandingBody::unset(tenant.tenant.name.clone());
            let chosen = found.map(BrandingBody::from);
            let chosen = chosen.or_else(|| (logo.is_some() || zone.is_some()).then(unset));
            chosen.map(|branding| {
                let branding = branding.with_logo(logo.as_deref());
                BrandingBody {
                    timezone: zone.map(|zone| zone.name().to_owned()).or(branding.timezone),
                    ..branding
                }
            })
        }
    };
    let unsigned = match &anyone.who {
        Who::Platform(_) => anyone.app.unsigned_channels().await?,
        Who::Member { .. } => 0,
    };
    let warnings = if unsigned > 0 {
        vec!["unsigned_webhooks".to_owned()]
    } else {
        Vec::new()
    };
    Ok(web::Json(MeBody {
        user: (&anyone.who).into(),
        tenant: tenant_ref(&anyone.who),
        branding,
        impersonation: anyone.who.impersonation().map(Into::into),
        warnings,
    }))
}
