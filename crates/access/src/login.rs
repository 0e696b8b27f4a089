//! Logging in by e-mail and password, and staying in by refresh token.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use control::{
    directory::Directory,
    platform_user::PlatformUsers,
    session::{self, RotateError, SessionMeta, SessionSubject},
    tenant::Tenant,
};
use crypto::SecretString;
use pg::{DbError, Email};
use resolver::{ResolveError, Resolver, TenantHandle};
use tenant::user::{User, Users};

use crate::{
    Current, LoggedIn, SecondFactorError, Who, find,
    password::{check, verify_nothing},
    proof, second_factor,
};

/// What somebody logs in with.
pub struct Credentials {
    /// The e-mail.
    pub email: Email,
    /// The password.
    pub password: SecretString,
    /// The tenant's slug, where the e-mail is known in several.
    pub tenant: Option<String>,
    /// A code of the second factor, where it is on.
    pub code: Option<String>,
}

/// A tenant that the e-mail and password fit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice {
    /// To be sent back as `tenant`.
    pub slug: String,
    /// To be shown.
    pub name: String,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum LoginError {
    /// Unknown e-mail, wrong password, or locked out: nobody is told which.
    #[error("this e-mail and password do not fit")]
    InvalidCredentials,
    /// They fit several tenants.
    #[error("choose which company to enter")]
    TenantRequired(Vec<Choice>),
    /// They fit, and a code of the second factor is asked for.
    #[error("enter the code of your authenticator, or a recovery code")]
    TotpRequired,
    /// They fit, but the code does not, or was used.
    #[error("this code is wrong or was used already; wait for the next one")]
    InvalidCode,
    /// The second factor cannot be checked now.
    #[error("the second factor cannot be checked now")]
    SecondFactor(#[source] SecondFactorError),
    /// They fit a tenant that is suspended.
    #[error("this company is suspended")]
    TenantSuspended,
    /// The tenant's database cannot be used, so the password cannot be checked.
    #[error("the company's database cannot be used now")]
    TenantNotReady(#[source] ResolveError),
    /// The control plane's database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Why a refresh token was not taken.
#[derive(Debug, thiserror::Error)]
pub enum RefreshError {
    /// The session ended, or the person is no longer let in.
    #[error("the session has ended; log in again")]
    Ended,
    /// It cannot be told now; the token is as good as before.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// The control plane's database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Lets somebody in. A SuperAdmin's e-mail is tried first, then every tenant
/// that knows the e-mail; the password decides.
pub async fn login(
    resolver: &Resolver,
    credentials: Credentials,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<LoggedIn, LoginError> {
    if credentials.tenant.is_none()
        && let Some(who) = platform_login(resolver, &credentials, now).await?
    {
        second_factor(resolver, &who, credentials.code.as_deref(), now).await?;
        if let Who::Platform(user) = &who {
            let mut conn = resolver.control().conn().await?;
            PlatformUsers::new(&mut conn).touch_login(user.id, now).await?;
        }
        return admit(resolver, who, meta, now).await;
    }
    let tenants = Directory::new(&mut resolver.control().conn().await?)
        .tenants_of(&credentials.email)
        .await?;
    if tenants.is_empty() {
        verify_nothing(&credentials.password).await;
    }
    let mut fitting = Vec::new();
    let mut others = Vec::new();
    let mut failed = None;
    for tenant in &tenants {
        let is_wanted = credentials
            .tenant
            .as_ref()
            .is_none_or(|slug| slug.eq_ignore_ascii_case(tenant.slug.as_str()));
        match member_login(resolver, tenant, &credentials).await {
            Ok(member) if is_wanted => fitting.extend(member),
            Ok(member) => others.extend(member),
            Err(error) if is_wanted => failed = Some(error),
            // What cannot be asked now is not shown either.
            Err(_) => {}
        }
    }
    let (handle, user, new_hash) = only_one(fitting, failed)?;
    let who = Who::Member {
        tenant: Arc::clone(&handle),
        user: Arc::clone(&user),
        by: None,
    };
    second_factor(resolver, &who, credentials.code.as_deref(), now).await?;
    let new_hash = new_hash.as_deref().map(|new| (user.password_hash.as_str(), new));
    let entered = async {
        let mut conn = handle.db().await?.conn().await.map_err(find::unreachable)?;
        let mut users = Users::new(&mut conn);
        users
            .logged_in(user.id, new_hash, now)
            .await
            .map_err(find::unreachable)
    };
    entered.await.map_err(LoginError::TenantNotReady)?;
    let entered = admit(resolver, who, meta, now).await?;
    if !others.is_empty() {
        let mut conn = resolver.control().conn().await?;
        for (handle, user, _) in &others {
            let shown = proof::of(handle, user, false);
            session::prove(&mut conn, entered.session.family_id, &shown, now).await?;
        }
    }
    Ok(entered)
}

/// Asks whoever has a second factor for a code.
pub(crate) async fn second_factor(
    resolver: &Resolver,
    who: &Who,
    code: Option<&str>,
    now: DateTime<Utc>,
) -> Result<(), LoginError> {
    if !second_factor::is_on(who) {
        return Ok(());
    }
    let code = code.ok_or(LoginError::TotpRequired)?;
    match second_factor::take_code(resolver, who, code, now).await {
        Ok(()) => Ok(()),
        Err(SecondFactorError::WrongCode) => Err(LoginError::InvalidCode),
        Err(error) => Err(LoginError::SecondFactor(error)),
    }
}

/// The one tenant to enter, of those that the password fits.
fn only_one(fitting: Vec<Member>, failed: Option<ResolveError>) -> Result<Member, LoginError> {
    let none_fits = fitting.is_empty();
    let mut open: Vec<Member> = fitting
        .into_iter()
        .filter(|(handle, ..)| handle.tenant.is_active)
        .collect();
    if open.len() > 1 {
        let choices = open.iter().map(|(handle, ..)| Choice {
            slug: handle.tenant.slug.to_string(),
            name: handle.tenant.name.clone(),
        });
        return Err(LoginError::TenantRequired(choices.collect()));
    }
    match (open.pop(), failed) {
        (Some(member), _) => Ok(member),
        (None, Some(error)) => Err(LoginError::TenantNotReady(error)),
        (None, None) if none_fits => Err(LoginError::InvalidCredentials),
        (None, None) => Err(LoginError::TenantSuspended),
    }
}

async fn admit(
    resolver: &Resolver,
    who: Who,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<LoggedIn, LoginError> {
    let mut conn = resolver.control().conn().await?;
    let session = session::issue_session(&mut conn, who.subject(), meta, now).await?;
    Ok(LoggedIn { who, session })
}

async fn platform_login(
    resolver: &Resolver,
    credentials: &Credentials,
    now: DateTime<Utc>,
) -> Result<Option<Who>, DbError> {
    let found = PlatformUsers::new(&mut resolver.control().conn().await?)
        .find_by_email(&credentials.email)
        .await?;
    let Some(user) = found.filter(|user| user.is_active) else {
        return Ok(None);
    };
    let Some(new_hash) = check(&credentials.password, user.password_hash()).await else {
        return Ok(None);
    };
    let mut conn = resolver.control().conn().await?;
    let mut users = PlatformUsers::new(&mut conn);
    if let Some(hash) = new_hash {
        users.set_password_hash(user.id, &hash, now).await?;
    }
    Ok(Some(Who::Platform(Arc::new(user))))
}

type Member = (Arc<TenantHandle>, Arc<User>, Option<String>);

async fn member_login(
    resolver: &Resolver,
    tenant: &Tenant,
    credentials: &Credentials,
) -> Result<Option<Member>, ResolveError> {
    let Some(handle) = resolver.tenant(tenant.id).await? else {
        return Ok(None);
    };
    let mut conn = handle.db().await?.conn().await.map_err(find::unreachable)?;
    let found = Users::new(&mut conn)
        .find_by_email(&credentials.email)
        .await
        .map_err(find::unreachable)?;
    drop(conn);
    let Some(user) = found.filter(|user| user.is_active) else {
        verify_nothing(&credentials.password).await;
        return Ok(None);
    };
    let fits = check(&credentials.password, &user.password_hash).await;
    Ok(fits.map(|new_hash| (handle, Arc::new(user), new_hash)))
}

/// Exchanges a refresh token for the next one, if its owner is still let in.
pub async fn refresh(
    resolver: &Resolver,
    token: &str,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<LoggedIn, RefreshError> {
    let subject = bearer(resolver, token, meta, now).await?;
    // Before the token is used up: whoever cannot be looked up now shall come again with it.
    let Some(who) = find::person(resolver, subject).await? else {
        return Err(RefreshError::Ended);
    };
    let mut conn = resolver.control().conn().await?;
    let rotated = session::rotate_session(&mut conn, token, meta, now).await?;
    Ok(LoggedIn {
        who,
        session: rotated.issued,
    })
}

impl From<RotateError> for RefreshError {
    fn from(error: RotateError) -> Self {
        match error {
            RotateError::Db(error) => Self::Db(error),
            RotateError::Unknown | RotateError::Expired | RotateError::Revoked | RotateError::Reused => {
                Self::Ended
            }
        }
    }
}

/// Whose token it is: exchanges it and takes that back. What a refusal does
/// (ending the family of a copied token) stays.
async fn bearer(
    resolver: &Resolver,
    token: &str,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<SessionSubject, RefreshError> {
    enum Undo {
        Exchanged(SessionSubject),
        Db(DbError),
    }
    impl From<DbError> for Undo {
        fn from(error: DbError) -> Self {
            Self::Db(error)
        }
    }
    let mut conn = resolver.control().conn().await?;
    let tried = conn.transaction(
        async |tx| match session::rotate_session(tx, token, meta, now).await {
            Ok(rotated) => Err(Undo::Exchanged(rotated.subject)),
            Err(RotateError::Db(error)) => Err(Undo::Db(error)),
            Err(refused) => Ok(refused),
        },
    );
    match tried.await {
        Ok(refused) => Err(refused.into()),
        Err(Undo::Exchanged(subject)) => Ok(subject),
        Err(Undo::Db(error)) => Err(error.into()),
    }
}

/// Ends the session of an access token.
pub async fn end_session(resolver: &Resolver, current: &Current, now: DateTime<Utc>) -> Result<(), DbError> {
    let mut conn = resolver.control().conn().await?;
    session::revoke_family(&mut conn, current.subject, current.family, now).await?;
    Ok(())
}

/// Ends the session of a refresh token; an unknown one is nobody's concern.
pub async fn logout(resolver: &Resolver, token: &str, now: DateTime<Utc>) -> Result<(), DbError> {
    session::revoke_by_token(&mut resolver.control().conn().await?, token, now).await?;
    Ok(())
}
