//! Changing to another company that knows the same e-mail, without logging in anew.
//!
//! An e-mail proves nothing: whoever administers one company may write anybody's e-mail down
//! there. A company opens to whoever showed its own password within the session, at the login
//! or since; of any other not even the name is told.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use control::{
    directory::Directory,
    session::{self, SessionMeta},
    tenant::Tenants,
};
use crypto::SecretString;
use pg::{DbError, Email};
use resolver::{ResolveError, Resolver, TenantHandle};
use tenant::user::{User, Users};
use uuid::Uuid;

use crate::{LoggedIn, LoginError, Who, find, login, password, proof, second_factor};

/// A company that somebody may change to without its password.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OwnTenant {
    /// Its short name.
    pub slug: String,
    /// To be shown.
    pub name: String,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// Where somebody wants to go.
pub struct Switch {
    /// The company's short name.
    pub tenant: String,
    /// Its own password, where it was not shown yet.
    pub password: Option<SecretString>,
    /// A code of its second factor, where it was not shown yet.
    pub code: Option<String>,
}

/// Why somebody was not let in.
#[derive(Debug, thiserror::Error)]
pub enum SwitchError {
    /// Only members of a team change.
    #[error("this belongs to a tenant's team")]
    NotAMember,
    /// It is the company that asks.
    #[error("you are in this company already")]
    Here,
    /// Its own password was not shown yet, or is another by now. The same for one that does not exist.
    #[error("enter your password of this company")]
    PasswordRequired,
    /// As at a login.
    #[error(transparent)]
    Login(#[from] LoginError),
}

impl From<DbError> for SwitchError {
    fn from(error: DbError) -> Self {
        Self::Login(error.into())
    }
}

impl From<ResolveError> for SwitchError {
    fn from(error: ResolveError) -> Self {
        Self::Login(LoginError::TenantNotReady(error))
    }
}

/// The companies that somebody may change to, his own among them, by name.
pub async fn own_tenants(resolver: &Resolver, who: &Who, family: Uuid) -> Result<Vec<OwnTenant>, DbError> {
    let Who::Member { tenant, by: None, .. } = who else {
        return Ok(Vec::new());
    };
    let mut own = vec![OwnTenant {
        slug: tenant.tenant.slug.to_string(),
        name: tenant.tenant.name.clone(),
        is_current: true,
    }];
    let mut conn = resolver.control().conn().await?;
    for shown in session::proofs(&mut conn, family).await? {
        if shown.tenant_id == tenant.tenant.id {
            continue;
        }
        let found = Tenants::new(&mut conn).find(shown.tenant_id).await?;
        own.extend(found.filter(|found| found.is_active).map(|found| OwnTenant {
            slug: found.slug.to_string(),
            name: found.name,
            is_current: false,
        }));
    }
    own.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(own)
}

/// Takes somebody into another company; the session that asks ends.
#[tracing::instrument(name = "session.switch", skip_all)]
pub async fn switch(
    resolver: &Resolver,
    who: &Who,
    family: Uuid,
    to: Switch,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<LoggedIn, SwitchError> {
    let Who::Member {
        tenant: here,
        user: myself,
        by: None,
    } = who
    else {
        return Err(SwitchError::NotAMember);
    };
    if to.tenant.eq_ignore_ascii_case(here.tenant.slug.as_str()) {
        return Err(SwitchError::Here);
    }
    let Some((there, user)) = look_up(resolver, &myself.email, &to.tenant).await? else {
        let shown = to.password.ok_or(SwitchError::PasswordRequired)?;
        password::verify_nothing(&shown).await;
        return Err(LoginError::InvalidCredentials.into());
    };
    let mut conn = resolver.control().conn().await?;
    let shown = session::proofs(&mut conn, family).await?;
    drop(conn);
    let with_code = |with_code| proof::of(&there, &user, with_code);
    let knows_code = shown.contains(&with_code(true));
    if !knows_code && !shown.contains(&with_code(false)) {
        let shown = to.password.ok_or(SwitchError::PasswordRequired)?;
        if password::check(&shown, &user.password_hash).await.is_none() {
            return Err(LoginError::InvalidCredentials.into());
        }
    }
    if !there.tenant.is_active {
        return Err(LoginError::TenantSuspended.into());
    }
    let entered = Who::Member {
        tenant: Arc::clone(&there),
        user: Arc::clone(&user),
        by: None,
    };
    if !knows_code {
        login::second_factor(resolver, &entered, to.code.as_deref(), now).await?;
    }
    let mut tenant_conn = there.db().await?.conn().await.map_err(find::unreachable)?;
    let noted = Users::new(&mut tenant_conn).logged_in(user.id, None, now).await;
    noted.map_err(find::unreachable)?;
    drop(tenant_conn);
    let mut conn = resolver.control().conn().await?;
    let back = proof::of(here, myself, second_factor::is_on(who));
    let there = proof::of(&there, &user, second_factor::is_on(&entered));
    for shown in [&back, &there] {
        session::prove(&mut conn, family, shown, now).await?;
    }
    let session =
        session::change_session(&mut conn, who.subject(), family, entered.subject(), meta, now).await?;
    Ok(LoggedIn {
        who: entered,
        session,
    })
}

/// The company of this name, and the active user of this e-mail there.
async fn look_up(
    resolver: &Resolver,
    email: &str,
    slug: &str,
) -> Result<Option<(Arc<TenantHandle>, Arc<User>)>, SwitchError> {
    let Ok(email) = email.parse::<Email>() else {
        return Ok(None);
    };
    let mut conn = resolver.control().conn().await?;
    let known = Directory::new(&mut conn).tenants_of(&email).await?;
    drop(conn);
    let wanted = known
        .iter()
        .find(|tenant| slug.eq_ignore_ascii_case(tenant.slug.as_str()));
    let Some(wanted) = wanted else {
        return Ok(None);
    };
    let Some(there) = resolver.tenant(wanted.id).await? else {
        return Ok(None);
    };
    let mut conn = there.db().await?.conn().await.map_err(find::unreachable)?;
    let found = Users::new(&mut conn).find_by_email(&email).await;
    let found = found.map_err(find::unreachable)?;
    drop(conn);
    Ok(found
        .filter(|user| user.is_active)
        .map(|user| (there, Arc::new(user))))
}
