//! The second factor: setting it up, asking for it, taking it away.

use chrono::{DateTime, Utc};
use control::{Actor, second_factor as of_platform};
use crypto::{
    ExposeSecret, OpenError, SecretString,
    totp::{self, RECOVERY_CODES},
};
use pg::DbError;
use resolver::{ResolveError, Resolver};
use tenant::second_factor as of_team;

use crate::{Who, find, password};

/// What somebody enters into an authenticator.
pub struct Enrolment {
    /// The secret, base32.
    pub secret: SecretString,
    /// The same as a QR code carries it.
    pub url: SecretString,
}

/// How somebody's second factor stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Since when it is asked for; `None`: it is off.
    pub since: Option<DateTime<Utc>>,
    /// Recovery codes that are left.
    pub recovery_codes_left: usize,
}

/// Why the second factor was not changed, or somebody not let in by it.
#[derive(Debug, thiserror::Error)]
pub enum SecondFactorError {
    /// The password is another.
    #[error("this is not your password")]
    WrongPassword,
    /// The code is another, or was used.
    #[error("this code is wrong or was used already; wait for the next one")]
    WrongCode,
    /// It is on already.
    #[error("the second factor is on already; turn it off first")]
    On,
    /// It is off, or was not set up.
    #[error("the second factor is off; set it up first")]
    Off,
    /// The secret was sealed with a key that is not here.
    #[error("the second factor cannot be read")]
    Sealed(#[from] OpenError),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// A database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Whether logging in asks this person for a code.
pub(crate) fn is_on(who: &Who) -> bool {
    match who {
        Who::Platform(user) => user.totp_confirmed_at.is_some(),
        Who::Member { user, .. } => user.totp_confirmed_at.is_some(),
    }
}

/// How the person's second factor stands.
pub async fn standing(resolver: &Resolver, who: &Who) -> Result<Standing, SecondFactorError> {
    let (since, recovery_codes_left) = match who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            let known = of_platform::find(&mut conn, user.id).await?;
            let known = known.ok_or(SecondFactorError::Off)?;
            (known.totp_confirmed_at, known.recovery_codes_left())
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            let known = of_team::find(&mut conn, user.id).await?;
            let known = known.ok_or(SecondFactorError::Off)?;
            (known.totp_confirmed_at, known.recovery_codes_left())
        }
    };
    Ok(Standing {
        since,
        recovery_codes_left,
    })
}

/// Makes a secret for somebody who knows his password. It is asked for once it was confirmed.
pub async fn enrol(
    resolver: &Resolver,
    who: &Who,
    password: &SecretString,
    issuer: &str,
) -> Result<Enrolment, SecondFactorError> {
    ask_password(resolver, who, password).await?;
    let secret = totp::generate_secret();
    let url = totp::enrolment_url(&secret, issuer, who.email()).ok_or(SecondFactorError::Off)?;
    let keyring = resolver.keyring();
    let begun = match who {
        Who::Platform(user) => {
            let sealed = keyring.seal(&of_platform::place(user.id), &secret);
            let mut conn = resolver.control().conn().await?;
            of_platform::begin(&mut conn, user.id, &sealed).await?
        }
        Who::Member { tenant, user, .. } => {
            let sealed = keyring.seal(&of_team::place(tenant.tenant.id, user.id), &secret);
            let mut conn = tenant.db().await?.conn().await?;
            of_team::begin(&mut conn, user.id, &sealed).await?
        }
    };
    begun
        .then_some(Enrolment { secret, url })
        .ok_or(SecondFactorError::On)
}

/// Turns it on for whoever shows that the authenticator has the secret; gives the recovery codes.
pub async fn confirm(
    resolver: &Resolver,
    who: &Who,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SecretString>, SecondFactorError> {
    let secret = secret(resolver, who).await?.ok_or(SecondFactorError::Off)?;
    let step = totp::matching_step(&secret, code, now.timestamp()).ok_or(SecondFactorError::WrongCode)?;
    let (codes, digests) = recovery_codes();
    let turned_on = match who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            of_platform::confirm(&mut conn, user.id, step, &digests, &actor(who), now).await?
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            of_team::confirm(&mut conn, user.id, step, &digests, user.id, now).await?
        }
    };
    turned_on.then_some(codes).ok_or(SecondFactorError::On)
}

/// Gives other recovery codes; the old ones are nothing from then on.
pub async fn replace_recovery_codes(
    resolver: &Resolver,
    who: &Who,
    password: &SecretString,
    code: &str,
    now: DateTime<Utc>,
) -> Result<Vec<SecretString>, SecondFactorError> {
    ask_password(resolver, who, password).await?;
    take_code(resolver, who, code, now).await?;
    let (codes, digests) = recovery_codes();
    let replaced = match who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            of_platform::replace_recovery_codes(&mut conn, user.id, &digests, &actor(who), now).await?
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            of_team::replace_recovery_codes(&mut conn, user.id, &digests, user.id, now).await?
        }
    };
    replaced.then_some(codes).ok_or(SecondFactorError::Off)
}

/// Turns it off, with the password and a code.
pub async fn turn_off(
    resolver: &Resolver,
    who: &Who,
    password: &SecretString,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), SecondFactorError> {
    ask_password(resolver, who, password).await?;
    take_code(resolver, who, code, now).await?;
    match who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            of_platform::remove(&mut conn, user.id, &actor(who), now).await?;
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            of_team::remove(&mut conn, user.id, Some(user.id), now).await?;
        }
    }
    Ok(())
}

/// Takes a code of the authenticator or a recovery code, each once.
pub(crate) async fn take_code(
    resolver: &Resolver,
    who: &Who,
    code: &str,
    now: DateTime<Utc>,
) -> Result<(), SecondFactorError> {
    let secret = secret(resolver, who).await?.ok_or(SecondFactorError::Off)?;
    let step = totp::matching_step(&secret, code, now.timestamp());
    let digest = totp::recovery_digest(code);
    let taken = match (who, step) {
        (Who::Platform(user), Some(step)) => {
            let mut conn = resolver.control().conn().await?;
            of_platform::take_step(&mut conn, user.id, step).await?
        }
        (Who::Platform(user), None) => {
            let mut conn = resolver.control().conn().await?;
            of_platform::take_recovery_code(&mut conn, user.id, &digest, &actor(who), now).await?
        }
        (Who::Member { tenant, user, .. }, Some(step)) => {
            let mut conn = tenant.db().await?.conn().await?;
            of_team::take_step(&mut conn, user.id, step).await?
        }
        (Who::Member { tenant, user, .. }, None) => {
            let mut conn = tenant.db().await?.conn().await?;
            of_team::take_recovery_code(&mut conn, user.id, &digest, user.id, now).await?
        }
    };
    taken.then_some(()).ok_or(SecondFactorError::WrongCode)
}

async fn secret(resolver: &Resolver, who: &Who) -> Result<Option<SecretString>, SecondFactorError> {
    let keyring = resolver.keyring();
    match who {
        Who::Platform(user) => {
            let mut conn = resolver.control().conn().await?;
            match of_platform::find(&mut conn, user.id).await? {
                Some(known) => Ok(known.secret(keyring)?),
                None => Ok(None),
            }
        }
        Who::Member { tenant, user, .. } => {
            let mut conn = tenant.db().await?.conn().await?;
            match of_team::find(&mut conn, user.id).await? {
                Some(known) => Ok(known.secret(keyring, tenant.tenant.id)?),
                None => Ok(None),
            }
        }
    }
}

/// Anew: what the guard believes of the password may be some seconds old.
async fn ask_password(
    resolver: &Resolver,
    who: &Who,
    password: &SecretString,
) -> Result<(), SecondFactorError> {
    let now = find::person(resolver, who.subject())
        .await?
        .ok_or(SecondFactorError::WrongPassword)?;
    let knows = password::knows(&now, password).await;
    knows.then_some(()).ok_or(SecondFactorError::WrongPassword)
}

fn recovery_codes() -> (Vec<SecretString>, Vec<String>) {
    let codes: Vec<SecretString> = (0..RECOVERY_CODES)
        .map(|_| totp::generate_recovery_code())
        .collect();
    let digests = codes
        .iter()
        .map(|code| totp::recovery_digest(code.expose_secret()))
        .collect();
    (codes, digests)
}

fn actor(who: &Who) -> Actor {
    Actor::user(who.subject().user_id, who.email())
}
