//! Coming in by a link: invitations, and passwords that were forgotten.
//!
//! The link names one person of one tenant (or one SuperAdmin); it sets that
//! person's password and nobody else's, whoever else has the same e-mail.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use control::{
    Actor,
    directory::Directory,
    login_link::{self, LinkKind, LoginLink, LoginLinks, NewLink},
    platform_user::{self, PlatformUserId, PlatformUsers},
    session::{self, SessionMeta, SessionSubject},
};
use crypto::{
    SecretString,
    password::{self, WeakPassword},
};
use pg::{Conn, Control, DbError, Email};
use resolver::{ResolveError, Resolver};
use tenant::user::{self, SaveUserError, User, Users};

use crate::{LoggedIn, Who, find, second_factor};

/// A link that was just made, and whose it is.
pub struct LinkFor {
    /// Whose password it sets.
    pub who: Who,
    /// The link.
    pub link: NewLink,
}

/// A link that works, as whoever holds it may see it.
pub struct OpenLink {
    /// Whose password it sets.
    pub who: Who,
    /// What it is for.
    pub kind: LinkKind,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

/// Why a link was not taken.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// It was used, has ended, or never was; or its person is no longer let in.
    #[error("this link does not work any more; ask for a new one")]
    Invalid,
    /// No such person, or one who is locked out.
    #[error("there is no such person, or they are deactivated")]
    Unknown,
    /// The password is set, and logging in with it asks for a code of the second factor.
    #[error("the password is set; log in with it and a code of your authenticator")]
    SecondFactor,
    /// The password is too short or too long.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The name is not one.
    #[error("a name has 1 to 120 characters")]
    InvalidName,
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes a link for a SuperAdmin: an invitation while they have no password, else a reset.
pub async fn link_for_superadmin(
    resolver: &Resolver,
    id: PlatformUserId,
    author: &Actor,
    now: DateTime<Utc>,
) -> Result<LinkFor, LinkError> {
    let mut conn = resolver.control().conn().await?;
    let user = PlatformUsers::new(&mut conn).find(id).await?;
    drop(conn);
    let user = user.filter(|user| user.is_active).ok_or(LinkError::Unknown)?;
    Ok(link_for(resolver, Who::Platform(Arc::new(user)), author, now).await?)
}

pub(crate) async fn link_for(
    resolver: &Resolver,
    who: Who,
    author: &Actor,
    now: DateTime<Utc>,
) -> Result<LinkFor, DbError> {
    let kind = match &who {
        Who::Member { user, .. } if user.is_invited() => LinkKind::Invite,
        Who::Platform(user) if user.is_invited() => LinkKind::Invite,
        _ => LinkKind::Reset,
    };
    let mut conn = resolver.control().conn().await?;
    let link = login_link::create_link(&mut conn, kind, who.subject(), author, now).await?;
    Ok(LinkFor { who, link })
}

/// Makes a link for everybody who is let in with this e-mail, in every tenant or in the one
/// named. Nobody is told whether there is anybody: hand the links to their mailbox alone.
pub async fn links_for_forgetful(
    resolver: &Resolver,
    email: &Email,
    slug: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Vec<LinkFor>, DbError> {
    let mut people = Vec::new();
    let mut conn = resolver.control().conn().await?;
    if slug.is_none()
        && let Some(user) = PlatformUsers::new(&mut conn).find_by_email(email).await?
        && user.is_active
    {
        people.push(Who::Platform(Arc::new(user)));
    }
    let tenants = Directory::new(&mut conn).tenants_of(email).await?;
    drop(conn);
    let wanted = |tenant: &&control::tenant::Tenant| {
        tenant.is_active && slug.is_none_or(|slug| slug.eq_ignore_ascii_case(tenant.slug.as_str()))
    };
    for tenant in tenants.iter().filter(wanted) {
        match member_of(resolver, tenant.id, email).await {
            Ok(member) => people.extend(member),
            // The others still get theirs.
            Err(error) => {
                tracing::warn!(tenant.id = %tenant.id, %error, "cannot look up whoever forgot a password");
            }
        }
    }
    let nobody = Actor {
        id: None,
        email: Some(email.to_string()),
    };
    let mut links = Vec::new();
    for who in people {
        links.push(link_for(resolver, who, &nobody, now).await?);
    }
    Ok(links)
}

async fn member_of(
    resolver: &Resolver,
    tenant: pg::TenantId,
    email: &Email,
) -> Result<Option<Who>, ResolveError> {
    let Some(handle) = resolver.tenant(tenant).await? else {
        return Ok(None);
    };
    let mut conn = handle.db().await?.conn().await.map_err(find::unreachable)?;
    let found = Users::new(&mut conn)
        .find_by_email(email)
        .await
        .map_err(find::unreachable)?;
    Ok(found.filter(|user| user.is_active).map(|user| Who::Member {
        tenant: handle,
        user: Arc::new(user),
        by: None,
    }))
}

/// What a link is for, to be shown to whoever holds it.
pub async fn read_link(resolver: &Resolver, token: &str, now: DateTime<Utc>) -> Result<OpenLink, LinkError> {
    let mut conn = resolver.control().conn().await?;
    let link = LoginLinks::new(&mut conn).find(token, now).await?;
    drop(conn);
    open(resolver, link.ok_or(LinkError::Invalid)?).await
}

async fn open(resolver: &Resolver, link: LoginLink) -> Result<OpenLink, LinkError> {
    let who = find::person(resolver, link.subject())
        .await?
        .ok_or(LinkError::Invalid)?;
    Ok(OpenLink {
        who,
        kind: link.kind(),
        expires_at: link.expires_at,
    })
}

/// Sets the password (and name) of the link's person, spends the link, ends their sessions and
/// other links, and lets them in, unless they have a second factor: then they log in with it.
pub async fn accept_link(
    resolver: &Resolver,
    token: &str,
    password: SecretString,
    name: Option<&str>,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<LoggedIn, LinkError> {
    password::check_strength(&password)?;
    let mut conn = resolver.control().conn().await?;
    let link = LoginLinks::new(&mut conn)
        .find(token, now)
        .await?
        .ok_or(LinkError::Invalid)?;
    let subject = link.subject();
    let before = open(resolver, link.clone()).await?.who;
    let hash = crate::password::off_thread(move || password::hash(&password)).await;
    // The link stays spent only if the password is stored: whatever fails in between, it still works.
    conn.transaction(async |tx| {
        if !LoginLinks::new(tx).spend(&link, now).await? {
            return Err(LinkError::Invalid);
        }
        store(tx, &before, name, &hash, now).await?;
        LoginLinks::new(tx).end_all(subject).await?;
        session::revoke_user(tx, subject, now).await?;
        Ok(())
    })
    .await?;
    drop(conn);
    let who = find::person(resolver, subject).await?.ok_or(LinkError::Invalid)?;
    if second_factor::is_on(&who) {
        return Err(LinkError::SecondFactor);
    }
    note_login(resolver, &who, now).await?;
    let mut conn = resolver.control().conn().await?;
    let session = session::issue_session(&mut conn, subject, meta, now).await?;
    Ok(LoggedIn { who, session })
}

async fn store(
    tx: &mut Conn<Control>,
    who: &Who,
    name: Option<&str>,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<(), LinkError> {
    match who {
        Who::Platform(user) => {
            let saved = platform_user::set_password(tx, user, name, hash, now).await?;
            saved.then_some(()).ok_or(LinkError::InvalidName)
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            let saved: Result<User, SaveUserError> =
                user::set_password(&mut conn, user.id, name, hash, now).await;
            match saved {
                Ok(_) => Ok(()),
                Err(SaveUserError::InvalidName) => Err(LinkError::InvalidName),
                Err(SaveUserError::Db(error)) => Err(error.into()),
                Err(_) => Err(LinkError::Invalid),
            }
        }
    }
}

async fn note_login(resolver: &Resolver, who: &Who, now: DateTime<Utc>) -> Result<(), LinkError> {
    match who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            PlatformUsers::new(&mut conn).touch_login(user.id, now).await?;
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            Users::new(&mut conn).logged_in(user.id, None, now).await?;
        }
    }
    Ok(())
}

/// Ends the links of somebody whose access was changed otherwise.
pub(crate) async fn end_links(resolver: &Resolver, subject: SessionSubject) -> Result<(), DbError> {
    LoginLinks::new(&mut resolver.control().conn().await?)
        .end_all(subject)
        .await
}
