//! The only ways for a handler to act: as one of a tenant's team with a named
//! permission, as a SuperAdmin, or as anybody who is logged in. The permission
//! is in the handler's signature, so there is no check to forget.

mod cookie;
mod origin;

use std::{future::Future, marker::PhantomData, net::IpAddr, pin::Pin, sync::Arc};

use access::{Current, Who};
use actix_web::{
    FromRequest, HttpRequest,
    dev::Payload,
    http::{Method, header},
    web,
};
use chrono::{DateTime, Utc};
use control::{Actor, impersonation::Impersonation, platform_user::PlatformUser, session::SessionMeta};
use pg::Conn;
use resolver::{ResolveError, TenantHandle, Unready};
use tenant::{
    conversation::{ConversationId, Conversations, Sight},
    message::MessageId,
    user::{Permission, User, UserId},
};
use uuid::Uuid;

pub(crate) use self::{cookie::RefreshCookie, origin::Caller};
use crate::{
    app::App,
    problem::{Kind, Problem},
};

/// The WebSocket subprotocol that carries events.
pub(crate) const EVENTS_PROTOCOL: &str = "centralita.v1";
const BEARER_PROTOCOL: &str = "bearer.";

/// Names in a handler's signature what its caller must be allowed.
pub(crate) trait Requires: 'static {
    /// One of these is enough.
    const ANY_OF: &'static [Permission];
    /// Whether a SuperAdmin may do it with somebody else's eyes. Who may come in, and with what, he
    /// changes under his own name or not at all.
    const WHILE_IMPERSONATING: bool = true;
}

macro_rules! permissions {
    ($($name:ident: $($permission:ident)|+;)+) => {
        $(
            #[doc = concat!("Requires one of ", $("[`Permission::", stringify!($permission), "`] ",)+)]
            pub(crate) enum $name {}

            impl Requires for $name {
                const ANY_OF: &'static [Permission] = &[$(Permission::$permission),+];
            }
        )+
    };
}

permissions! {
    AuditRead: AuditRead;
    ChatRead: ChatRead;
    ChatWrite: ChatWrite;
    SettingsRead: SettingsRead;
    SettingsWrite: SettingsWrite;
    UsersRead: UsersRead;
    // Who answers looks things up in the catalogue, who sets it up looks at it.
    CatalogueRead: ChatRead | SettingsRead;
    // One's own are for whoever answers, everybody's for whoever sets things up.
    QuickRepliesWrite: ChatWrite | SettingsWrite;
}

/// Requires [`Permission::UsersWrite`].
pub(crate) enum UsersWrite {}

impl Requires for UsersWrite {
    const ANY_OF: &'static [Permission] = &[Permission::UsersWrite];
    const WHILE_IMPERSONATING: bool = false;
}

/// Somebody who is logged in, a SuperAdmin with somebody else's eyes included.
pub(crate) struct Anyone {
    pub app: App,
    pub who: Who,
    pub current: Current,
    pub now: DateTime<Utc>,
}

/// Somebody who is logged in as himself. The only way to one's own password, second factor and sessions.
pub(crate) struct Oneself {
    pub app: App,
    pub who: Who,
    pub family: Uuid,
    pub now: DateTime<Utc>,
}

/// One of a tenant's team who may do `R`. The only way to a tenant's data.
pub(crate) struct Member<R: Requires> {
    pub app: App,
    pub tenant: Arc<TenantHandle>,
    /// Who; with whose eyes, in an impersonation.
    pub user: Arc<User>,
    pub now: DateTime<Utc>,
    impersonation: Option<Arc<Impersonation>>,
    requires: PhantomData<fn() -> R>,
}

impl<R: Requires> Member<R> {
    /// Whether this person may do something beyond what the handler requires.
    pub fn may(&self, permission: Permission) -> bool {
        self.user.role.allows(permission)
    }

    /// Whom the tenant's records name for what is done: this person, or the SuperAdmin's
    /// impersonation with this person's eyes.
    pub fn acting(&self) -> UserId {
        self.impersonation
            .as_ref()
            .map_or(self.user.id, |by| UserId(by.id.uuid()))
    }

    /// Whether it is the person himself, and no SuperAdmin with his eyes.
    pub fn is_oneself(&self) -> bool {
        self.impersonation.is_none()
    }

    /// A connection to the tenant's own database.
    pub async fn conn(&self) -> Result<Conn<pg::Tenant>, Problem> {
        let unreachable = |error| ResolveError::from(Unready::Unreachable(Arc::new(error)));
        Ok(self.tenant.db().await?.conn().await.map_err(unreachable)?)
    }

    /// As the platform's audit names whoever acts.
    pub fn actor(&self) -> Actor {
        match &self.impersonation {
            Some(by) => by.actor(),
            None => Actor::user(self.user.id.uuid(), self.user.email.as_str()),
        }
    }

    /// What the member sees of the inbox.
    pub fn sight(&self) -> Sight {
        Sight::of(&self.user)
    }

    /// Refuses a conversation that is not there, or out of the member's sight.
    pub async fn sees(&self, id: ConversationId) -> Result<(), Problem> {
        let mut conn = self.conn().await?;
        let seen = Conversations::new(&mut conn).is_seen(id, self.sight()).await?;
        seen.then_some(()).ok_or_else(|| Problem::bare(Kind::NotFound))
    }

    /// Refuses a message that is not there, or whose conversation is out of the member's sight.
    pub async fn sees_message(&self, id: MessageId) -> Result<(), Problem> {
        let mut conn = self.conn().await?;
        let seen = Conversations::new(&mut conn)
            .is_message_seen(id, self.sight())
            .await?;
        seen.then_some(()).ok_or_else(|| Problem::bare(Kind::NotFound))
    }
}

/// A SuperAdmin.
pub(crate) struct Platform {
    pub app: App,
    pub user: Arc<PlatformUser>,
    /// The session that asks.
    pub family: Uuid,
    pub now: DateTime<Utc>,
}

impl Platform {
    /// As the audit names whoever acts.
    pub fn actor(&self) -> Actor {
        Actor::user(self.user.id.uuid(), self.user.email.as_str())
    }

    /// A connection to the control plane.
    pub async fn conn(&self) -> Result<Conn<pg::Control>, Problem> {
        Ok(self.app.resolver().control().conn().await?)
    }
}

/// The access token that a request brings.
pub(crate) fn bearer(request: &HttpRequest) -> Option<String> {
    let header = |name| request.headers().get(name).and_then(|value| value.to_str().ok());
    if let Some(authorization) = header(header::AUTHORIZATION) {
        let (scheme, token) = authorization.split_once(' ')?;
        return scheme
            .eq_ignore_ascii_case("bearer")
            .then(|| token.trim().to_owned());
    }
    // A browser's WebSocket can set no header but this one.
    let protocols = header(header::SEC_WEBSOCKET_PROTOCOL)?;
    protocols
        .split(',')
        .find_map(|part| part.trim().strip_prefix(BEARER_PROTOCOL))
        .map(str::to_owned)
}

async fn authenticate(request: HttpRequest) -> Result<Anyone, Problem> {
    let Some(app) = request.app_data::<web::Data<App>>() else {
        return Err(Problem::bare(Kind::Internal));
    };
    let app = App::clone(app);
    let now = app.engine().clock().now();
    let token = bearer(&request).ok_or_else(|| Problem::bare(Kind::Unauthenticated))?;
    let current = app
        .tokens()
        .read(&token, now)
        .map_err(|error| Problem::new(Kind::Unauthenticated, error))?;
    let admitted = app.guard().admit(current, now).await?;
    let who =
        admitted.ok_or_else(|| Problem::new(Kind::SessionExpired, "the session has ended; log in again"))?;
    Ok(Anyone {
        app,
        who,
        current,
        now,
    })
}

/// Refuses a SuperAdmin with somebody else's eyes what he may not do with them.
fn allowed<R: Requires>(who: &Who, method: &Method) -> Result<(), Problem> {
    let Some(by) = who.impersonation() else {
        return Ok(());
    };
    if !R::WHILE_IMPERSONATING {
        return Err(not_with_their_eyes());
    }
    if by.can_write || method.is_safe() {
        return Ok(());
    }
    let told = "this impersonation is for looking only; begin one that may change things";
    Err(Problem::new(Kind::ImpersonationReadOnly, told))
}

fn not_with_their_eyes() -> Problem {
    let told = "this is not done with somebody else's eyes; leave the impersonation first";
    Problem::new(Kind::ImpersonationForbidden, told)
}

type Extracted<T> = Pin<Box<dyn Future<Output = Result<T, Problem>>>>;

impl FromRequest for Anyone {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        Box::pin(authenticate(request.clone()))
    }
}

impl FromRequest for Oneself {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Anyone {
                app,
                who,
                current,
                now,
            } = authenticate(request).await?;
            if who.impersonation().is_some() {
                return Err(not_with_their_eyes());
            }
            Ok(Self {
                app,
                who,
                family: current.family,
                now,
            })
        })
    }
}

impl<R: Requires> FromRequest for Member<R> {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let method = request.method().clone();
            let Anyone { app, who, now, .. } = authenticate(request).await?;
            allowed::<R>(&who, &method)?;
            match who {
                Who::Member { tenant, user, by } if R::ANY_OF.iter().any(|one| user.role.allows(*one)) => {
                    Ok(Self {
                        app,
                        tenant,
                        user,
                        now,
                        impersonation: by,
                        requires: PhantomData,
                    })
                }
                Who::Member { user, .. } => {
                    let wanted: Vec<&str> = R::ANY_OF.iter().map(|one| one.as_str()).collect();
                    Err(Problem::new(
                        Kind::Forbidden,
                        format!("the role {} lacks {}", user.role.key, wanted.join(" or ")),
                    ))
                }
                Who::Platform(_) => Err(Problem::new(Kind::Forbidden, "this belongs to a tenant's team")),
            }
        })
    }
}

impl FromRequest for Platform {
    type Error = Problem;
    type Future = Extracted<Self>;

    fn from_request(request: &HttpRequest, _payload: &mut Payload) -> Self::Future {
        let request = request.clone();
        Box::pin(async move {
            let Anyone {
                app,
                who,
                current,
                now,
            } = authenticate(request).await?;
            match who {
                Who::Platform(user) => {
                    let is_open = user.totp_confirmed_at.is_some()
                        || !app
                            .guard()
                            .superadmins_need_totp()
                            .await
                            .map_err(|error| Problem::caused(Kind::Unavailable, error))?;
                    if is_open {
                        return Ok(Self {
                            app,
                            user,
                            family: current.family,
                            now,
                        });
                    }
                    let told = "this platform asks SuperAdmins for a second factor; set yours up first";
                    Err(Problem::new(Kind::TotpEnrolmentRequired, told))
                }
                Who::Member { .. } => Err(Problem::new(Kind::Forbidden, "only a SuperAdmin may do this")),
            }
        })
    }
}

/// Where a request came from, as sessions remember it.
pub(crate) fn session_meta(request: &HttpRequest) -> SessionMeta {
    let user_agent = request
        .headers()
        .get(header::USER_AGENT)
        .and_then(|value| value.to_str().ok());
    SessionMeta {
        user_agent: user_agent.map(|text| text.chars().take(400).collect()),
        ip: client_ip(request),
    }
}

/// The address that the nearest proxy saw, else the peer's. Entries further to
/// the left of `X-Forwarded-For` are whatever the client wrote.
pub(crate) fn client_ip(request: &HttpRequest) -> Option<IpAddr> {
    let forwarded = request
        .headers()
        .get("x-forwarded-for")
        .and_then(|value| value.to_str().ok());
    forwarded
        .and_then(|list| list.rsplit(',').next())
        .and_then(|address| address.trim().parse().ok())
        .or_else(|| request.peer_addr().map(|address| address.ip()))
}
