//! Makes sure that a SuperAdmin exists and has a given password.

use chrono::{DateTime, Utc};
use crypto::{
    SecretString,
    password::{self, Verdict, WeakPassword},
};
use pg::{Conn, Control, DbError, Email};
use serde_json::json;

use super::{PlatformUser, PlatformUsers};
use crate::{
    Actor,
    audit::{self, AuditEntry},
    session::{SessionSubject, revoke_user},
    text,
};

/// What seeding changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SeedOutcome {
    /// There was no such SuperAdmin.
    Created,
    /// The password, the name or the suspension changed.
    Changed,
    /// Everything was as wanted.
    Unchanged,
}

/// The SuperAdmin as wanted.
#[derive(Debug)]
pub struct SeededSuperadmin {
    /// Who.
    pub user: PlatformUser,
    /// What it took.
    pub outcome: SeedOutcome,
}

/// Why a SuperAdmin was not seeded.
#[derive(Debug, thiserror::Error)]
pub enum SeedSuperadminError {
    /// The password is too short or too long.
    #[error(transparent)]
    WeakPassword(#[from] WeakPassword),
    /// The name is empty, too long or has control characters.
    #[error("a name has 1 to 120 characters")]
    InvalidName,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes sure that a SuperAdmin with this e-mail exists, may log in, and does
/// so with this password. Another password than before ends their sessions.
///
/// Hashes on the calling thread, for tens of milliseconds.
#[tracing::instrument(name = "platform_user.seed", skip_all)]
pub async fn seed_superadmin(
    conn: &mut Conn<Control>,
    email: &Email,
    name: &str,
    password: &SecretString,
    now: DateTime<Utc>,
) -> Result<SeededSuperadmin, SeedSuperadminError> {
    password::check_strength(password)?;
    let name = text::name(name).ok_or(SeedSuperadminError::InvalidName)?;
    let hash = password::hash(password);
    conn.transaction(async |tx| {
        let outcome = if PlatformUsers::new(tx)
            .insert(email, &name, &hash, now)
            .await?
            .is_some()
        {
            SeedOutcome::Created
        } else {
            bring_up_to_date(tx, email, &name, password, &hash, now).await?
        };
        let user = PlatformUsers::new(tx).lock_by_email(email).await?;
        let user = user.ok_or(DbError::Query(diesel::result::Error::NotFound))?;
        let action = match outcome {
            SeedOutcome::Created => "superadmin.created",
            SeedOutcome::Changed => "superadmin.updated",
            SeedOutcome::Unchanged => return Ok(SeededSuperadmin { user, outcome }),
        };
        audit::record(
            tx,
            AuditEntry {
                at: now,
                actor: &Actor::command_line(),
                tenant_id: None,
                action,
                target: Some(user.id.to_string()),
                data: json!({ "email": email.as_str() }),
            },
        )
        .await?;
        Ok(SeededSuperadmin { user, outcome })
    })
    .await
}

async fn bring_up_to_date(
    tx: &mut Conn<Control>,
    email: &Email,
    name: &str,
    password: &SecretString,
    hash: &str,
    now: DateTime<Utc>,
) -> Result<SeedOutcome, DbError> {
    let mut users = PlatformUsers::new(tx);
    let Some(old) = users.lock_by_email(email).await? else {
        return Ok(SeedOutcome::Unchanged);
    };
    let mut outcome = SeedOutcome::Unchanged;
    if old.name != name || !old.is_active {
        users.rename_and_activate(old.id, name, now).await?;
        outcome = SeedOutcome::Changed;
    }
    let verdict = password::verify(password, old.password_hash());
    if verdict != Verdict::Right {
        users.set_password_hash(old.id, hash, now).await?;
        outcome = SeedOutcome::Changed;
    }
    if verdict == Verdict::Wrong {
        users.bump_session_version(old.id, now).await?;
        revoke_user(
            tx,
            SessionSubject {
                tenant_id: None,
                user_id: old.id.uuid(),
            },
            now,
        )
        .await?;
    }
    Ok(outcome)
}
