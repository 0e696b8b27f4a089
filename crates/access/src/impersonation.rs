//! A SuperAdmin in a tenant's panel, with the eyes of one of its team or of a role.
//!
//! Both audits know of it before the SuperAdmin gets in. Whoever wants to change something
//! there shows his own password once more.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use control::{
    Actor,
    impersonation::{self, Eyes, Impersonation, ImpersonationId, MAX_MINUTES, REASON_LENGTH},
    platform_user::PlatformUser,
};
use crypto::SecretString;
use pg::{DbError, TenantId};
use resolver::{ResolveError, Resolver};
use tenant::{
    impersonation as of_tenant,
    user::{User, UserId},
};
use uuid::Uuid;

use crate::{SecondFactorError, Who, find, password, second_factor};

/// Shown once more by whoever wants to change something.
pub struct StepUp {
    /// The SuperAdmin's own password.
    pub password: SecretString,
    /// A code of the second factor, where it is on.
    pub code: Option<String>,
}

/// What a SuperAdmin asks for.
pub struct NewImpersonation {
    /// The SuperAdmin's own session.
    pub family: Uuid,
    /// Whose panel.
    pub tenant: TenantId,
    /// With whose eyes.
    pub eyes: Eyes,
    /// What for.
    pub reason: String,
    /// How long.
    pub minutes: i64,
    /// What allows to change something; `None`: only to look.
    pub write: Option<StepUp>,
}

/// Why a SuperAdmin was not let in.
#[derive(Debug, thiserror::Error)]
pub enum ImpersonateError {
    /// No such tenant.
    #[error("there is no such company")]
    UnknownTenant,
    /// Nobody gets into a suspended tenant.
    #[error("the company is suspended; reactivate it first")]
    Suspended,
    /// No such user there, or they may not log in.
    #[error("there is no such active user in this company")]
    UnknownUser,
    /// No such role there.
    #[error("there is no such role in this company")]
    UnknownRole,
    /// Too short or too long.
    #[error("say in 5 to 500 characters what for; the company reads it in its audit")]
    Reason,
    /// Too short or too long.
    #[error("between 1 and 60 minutes")]
    Minutes,
    /// The password is another.
    #[error("this is not your password")]
    WrongPassword,
    /// A code is asked for.
    #[error("enter the code of your authenticator, or a recovery code")]
    TotpRequired,
    /// The code does not fit.
    #[error(transparent)]
    SecondFactor(#[from] SecondFactorError),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Lets a SuperAdmin into a tenant's panel; gives the record and who they are there.
#[tracing::instrument(name = "impersonation.begin", skip_all)]
pub async fn impersonate(
    resolver: &Resolver,
    superadmin: &Arc<PlatformUser>,
    new: NewImpersonation,
    now: DateTime<Utc>,
) -> Result<(Impersonation, Who), ImpersonateError> {
    let reason = checked(&new.reason)?;
    if !(1..=MAX_MINUTES).contains(&new.minutes) {
        return Err(ImpersonateError::Minutes);
    }
    let tenant = resolver
        .tenant(new.tenant)
        .await?
        .ok_or(ImpersonateError::UnknownTenant)?;
    if !tenant.tenant.is_active {
        return Err(ImpersonateError::Suspended);
    }
    let begins = record_of(superadmin, &new, reason.clone(), now);
    let visitor = |role| {
        User::visitor(
            begins.acting(),
            &begins.superadmin_name,
            &begins.superadmin_email,
            role,
            now,
        )
    };
    let seen = find::look_for(&tenant, &new.eyes, visitor)
        .await?
        .ok_or(match new.eyes {
            Eyes::User(_) => ImpersonateError::UnknownUser,
            Eyes::Role(_) => ImpersonateError::UnknownRole,
        })?;
    if let Some(shown) = &new.write {
        step_up(resolver, superadmin, shown, now).await?;
    }
    of_tenant::begin(&mut tenant.db().await?.conn().await?, &begins, now).await?;
    let begins = impersonation::NewImpersonation {
        id: ImpersonationId(begins.id),
        family: new.family,
        tenant_id: new.tenant,
        eyes: new.eyes,
        can_write: begins.can_write,
        reason,
        lasts: TimeDelta::minutes(new.minutes),
    };
    let mut conn = resolver.control().conn().await?;
    let begun = impersonation::begin(&mut conn, superadmin, begins, now).await?;
    let who = Who::Member {
        tenant,
        user: Arc::new(seen),
        by: Some(Arc::new(begun.clone())),
    };
    Ok((begun, who))
}

/// A reason that says something.
fn checked(reason: &str) -> Result<String, ImpersonateError> {
    let reason = reason.trim();
    let is_text = reason.chars().all(|c| !c.is_control() || c == '\n');
    let is_long_enough = REASON_LENGTH.contains(&reason.chars().count());
    (is_text && is_long_enough)
        .then(|| reason.to_owned())
        .ok_or(ImpersonateError::Reason)
}

/// As the tenant keeps it.
fn record_of(
    superadmin: &PlatformUser,
    new: &NewImpersonation,
    reason: String,
    now: DateTime<Utc>,
) -> of_tenant::Impersonation {
    let (user, role) = match &new.eyes {
        Eyes::User(user) => (Some(UserId(*user)), None),
        Eyes::Role(role) => (None, Some(role.clone())),
    };
    of_tenant::Impersonation {
        id: Uuid::now_v7(),
        superadmin_id: superadmin.id.uuid(),
        superadmin_name: superadmin.name.clone(),
        superadmin_email: superadmin.email.to_string(),
        user,
        role,
        can_write: new.write.is_some(),
        reason,
        expires_at: now + TimeDelta::minutes(new.minutes),
    }
}

/// Asks the SuperAdmin for his own password once more, and for a code where he has a second factor.
async fn step_up(
    resolver: &Resolver,
    superadmin: &Arc<PlatformUser>,
    shown: &StepUp,
    now: DateTime<Utc>,
) -> Result<(), ImpersonateError> {
    let believed = Who::Platform(Arc::clone(superadmin));
    // Anew: what the guard believes of the password may be some seconds old.
    let known = find::person(resolver, believed.subject()).await?;
    let known = known.ok_or(ImpersonateError::WrongPassword)?;
    if !password::knows(&known, &shown.password).await {
        return Err(ImpersonateError::WrongPassword);
    }
    if second_factor::is_on(&known) {
        let code = shown.code.as_deref().ok_or(ImpersonateError::TotpRequired)?;
        second_factor::take_code(resolver, &known, code, now).await?;
    }
    Ok(())
}

/// Ends one before its time. False when there is none of this id that goes on.
///
/// The control plane's word decides; a tenant whose database cannot be used now lacks the end in
/// its own audit.
#[tracing::instrument(name = "impersonation.end", skip_all)]
pub async fn end_impersonation(
    resolver: &Resolver,
    id: ImpersonationId,
    actor: &Actor,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    let mut conn = resolver.control().conn().await?;
    let Some(ended) = impersonation::end(&mut conn, id, actor, now).await? else {
        return Ok(false);
    };
    drop(conn);
    let told = async {
        if let Some(tenant) = resolver.tenant(ended.tenant_id).await? {
            let mut conn = tenant.db().await?.conn().await.map_err(find::unreachable)?;
            of_tenant::end(&mut conn, id.uuid(), actor.email.as_deref(), now)
                .await
                .map_err(find::unreachable)?;
        }
        Ok::<_, ResolveError>(())
    };
    if let Err(error) = told.await {
        tracing::warn!(%error, impersonation = %id, "the tenant's audit lacks the end of an impersonation");
    }
    Ok(true)
}
