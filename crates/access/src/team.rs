//! Adding and changing people of a tenant, here and in the login directory.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use control::{
    Actor,
    directory::Directory,
    session::{self, SessionSubject},
};
use pg::{DbError, Email};
use resolver::{ResolveError, Resolver, TenantHandle};
use tenant::second_factor;
use tenant::user::{self, Invitee, NewUser, SaveUserError, User, UserChanges, UserId};

use crate::{Who, links, links::LinkFor};

/// Why somebody was not saved.
#[derive(Debug, thiserror::Error)]
pub enum TeamError {
    /// The tenant's own rules refuse it.
    #[error(transparent)]
    Save(#[from] SaveUserError),
    /// They may not log in, so a link would lead nowhere.
    #[error("this person is deactivated; let them in first")]
    Inactive,
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Adds somebody who can log in from then on.
pub async fn add(
    resolver: &Resolver,
    tenant: &TenantHandle,
    new: NewUser,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, TeamError> {
    let email = new.email.clone();
    let created = user::create_user(&mut tenant.db().await?.conn().await?, new, actor, now).await;
    entered(resolver, tenant, &email, created).await
}

/// Adds somebody who can log in once they have chosen a password by a link.
pub async fn invite(
    resolver: &Resolver,
    tenant: &TenantHandle,
    invitee: Invitee,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, TeamError> {
    let email = invitee.email.clone();
    let created = user::invite_user(&mut tenant.db().await?.conn().await?, invitee, actor, now).await;
    entered(resolver, tenant, &email, created).await
}

async fn entered(
    resolver: &Resolver,
    tenant: &TenantHandle,
    email: &Email,
    created: Result<User, SaveUserError>,
) -> Result<User, TeamError> {
    // After the user: an entry without a user would let nobody in, but tell that somebody is
    // expected. Also for somebody who is there already: the entry may have failed then.
    if matches!(created, Ok(_) | Err(SaveUserError::EmailTaken)) {
        Directory::new(&mut resolver.control().conn().await?)
            .add(email, tenant.tenant.id)
            .await?;
    }
    Ok(created?)
}

/// Changes somebody. A new password or a lock-out ends their sessions.
pub async fn change(
    resolver: &Resolver,
    tenant: &TenantHandle,
    id: UserId,
    changes: UserChanges,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<User, TeamError> {
    let ends_sessions = changes.password.is_some() || changes.is_active == Some(false);
    let user = user::update_user(&mut tenant.db().await?.conn().await?, id, changes, actor, now).await?;
    if ends_sessions {
        let subject = SessionSubject {
            tenant_id: Some(tenant.tenant.id),
            user_id: id.uuid(),
        };
        session::revoke_user(&mut resolver.control().conn().await?, subject, now).await?;
        links::end_links(resolver, subject).await?;
    }
    Ok(user)
}

/// Ends every session of somebody within the actor's reach.
pub async fn end_sessions(
    resolver: &Resolver,
    tenant: &TenantHandle,
    id: UserId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), TeamError> {
    user::end_sessions(&mut tenant.db().await?.conn().await?, id, actor, now).await?;
    let subject = SessionSubject {
        tenant_id: Some(tenant.tenant.id),
        user_id: id.uuid(),
    };
    session::revoke_user(&mut resolver.control().conn().await?, subject, now).await?;
    Ok(())
}

/// Takes a colleague's second factor away, within the actor's reach, and ends their sessions.
pub async fn take_away(
    resolver: &Resolver,
    tenant: &TenantHandle,
    id: UserId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), TeamError> {
    let mut conn = tenant.db().await?.conn().await?;
    user::end_sessions(&mut conn, id, actor, now).await?;
    second_factor::remove(&mut conn, id, actor, now).await?;
    drop(conn);
    let subject = session::SessionSubject {
        tenant_id: Some(tenant.tenant.id),
        user_id: id.uuid(),
    };
    session::revoke_user(&mut resolver.control().conn().await?, subject, now).await?;
    Ok(())
}

/// Makes a link for one of a tenant's team: an invitation while they have no password, else a
/// reset. `actor` must reach them; `None` is the platform.
pub async fn link_for_member(
    resolver: &Resolver,
    tenant: &Arc<TenantHandle>,
    id: UserId,
    actor: Option<UserId>,
    author: &Actor,
    now: DateTime<Utc>,
) -> Result<LinkFor, TeamError> {
    let user = user::reach(&mut tenant.db().await?.conn().await?, id, actor).await?;
    if !user.is_active {
        return Err(TeamError::Inactive);
    }
    let who = Who::Member {
        tenant: Arc::clone(tenant),
        user: Arc::new(user),
        by: None,
    };
    Ok(links::link_for(resolver, who, author, now).await?)
}
