//! What people who are in do about their own access: their password.

use chrono::{DateTime, Utc};
use control::{platform_user, session};
use crypto::{
    SecretString,
    password::{self, WeakPassword},
};
use pg::DbError;
use resolver::{ResolveError, Resolver};
use uuid::Uuid;

use crate::{Who, find};

/// Why a password was not changed.
#[derive(Debug, thiserror::Error)]
pub enum ChangePasswordError {
    /// The current one is another.
    #[error("this is not your current password")]
    Wrong,
    /// The new one is too short or too long.
    #[error(transparent)]
    Weak(#[from] WeakPassword),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Gives somebody another password and ends every session of theirs but the one of `family`.
pub async fn change_password(
    resolver: &Resolver,
    who: &Who,
    family: Uuid,
    current: &SecretString,
    new: SecretString,
    now: DateTime<Utc>,
) -> Result<(), ChangePasswordError> {
    password::check_strength(&new)?;
    // Anew: what the guard believes may be some seconds old.
    let who = find::person(resolver, who.subject())
        .await?
        .ok_or(ChangePasswordError::Wrong)?;
    if !crate::password::knows(&who, current).await {
        return Err(ChangePasswordError::Wrong);
    }
    let hash = crate::password::off_thread(move || password::hash(&new)).await;
    let replaced = match &who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            platform_user::replace_password(&mut conn, user, &hash, family, now).await?
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            let replaced = tenant::user::replace_password(&mut conn, user, &hash, now).await?;
            drop(conn);
            let mut conn = resolver.control().conn().await?;
            session::revoke_others(&mut conn, who.subject(), family, now).await?;
            replaced
        }
    };
    replaced.then_some(()).ok_or(ChangePasswordError::Wrong)
}
