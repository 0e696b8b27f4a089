//! Who somebody is at this moment, looked up where they are kept.

use std::sync::Arc;

use control::{
    impersonation::{Eyes, Impersonation},
    platform_user::{PlatformUserId, PlatformUsers},
    session::SessionSubject,
};
use pg::DbError;
use resolver::{ResolveError, Resolver, TenantHandle, Unready};
use tenant::{
    role::{RoleKey, Roles, TeamRole},
    user::{User, UserId, Users},
};

use crate::Who;

/// The person of a session, if let in: active, in a tenant that is active.
pub(crate) async fn person(
    resolver: &Resolver,
    subject: SessionSubject,
) -> Result<Option<Who>, ResolveError> {
    let Some(tenant_id) = subject.tenant_id else {
        let unavailable = |error: DbError| ResolveError::Unavailable(Arc::new(error));
        let mut conn = resolver.control().conn().await.map_err(unavailable)?;
        let found = PlatformUsers::new(&mut conn)
            .find(PlatformUserId(subject.user_id))
            .await
            .map_err(unavailable)?;
        return Ok(found
            .filter(|user| user.is_active)
            .map(|user| Who::Platform(Arc::new(user))));
    };
    let Some(tenant) = resolver.tenant(tenant_id).await? else {
        return Ok(None);
    };
    if !tenant.tenant.is_active {
        return Ok(None);
    }
    let mut conn = tenant.db().await?.conn().await.map_err(unreachable)?;
    let found = Users::new(&mut conn)
        .find(UserId(subject.user_id))
        .await
        .map_err(unreachable)?;
    Ok(found.filter(|user| user.is_active).map(|user| Who::Member {
        tenant,
        user: Arc::new(user),
        by: None,
    }))
}

/// Whose eyes they are: a user who may log in, or somebody with the role who is none of the team.
pub(crate) async fn look_for(
    tenant: &TenantHandle,
    eyes: &Eyes,
    visitor: impl Fn(TeamRole) -> User,
) -> Result<Option<User>, ResolveError> {
    let mut conn = tenant.db().await?.conn().await.map_err(unreachable)?;
    match eyes {
        Eyes::User(user) => {
            let found = Users::new(&mut conn).find(UserId(*user)).await;
            let found = found.map_err(unreachable)?;
            Ok(found.filter(|user| user.is_active))
        }
        Eyes::Role(key) => {
            let Ok(key) = key.parse::<RoleKey>() else {
                return Ok(None);
            };
            let found = Roles::new(&mut conn).find(&key).await.map_err(unreachable)?;
            Ok(found.map(visitor))
        }
    }
}

/// Who somebody in an impersonation is in the tenant, if the eyes are still there.
pub(crate) async fn eyes(
    resolver: &Resolver,
    impersonation: &Arc<Impersonation>,
) -> Result<Option<Who>, ResolveError> {
    let Some(tenant) = resolver.tenant(impersonation.tenant_id).await? else {
        return Ok(None);
    };
    let visitor = |role| {
        User::visitor(
            UserId(impersonation.id.uuid()),
            &impersonation.superadmin_name,
            &impersonation.superadmin_email,
            role,
            impersonation.began_at,
        )
    };
    let seen = look_for(&tenant, &impersonation.eyes(), visitor).await?;
    Ok(seen.map(|user| Who::Member {
        tenant,
        user: Arc::new(user),
        by: Some(Arc::clone(impersonation)),
    }))
}

/// A tenant's database that cannot be reached.
pub(crate) fn unreachable(error: DbError) -> ResolveError {
    Unready::Unreachable(Arc::new(error)).into()
}
