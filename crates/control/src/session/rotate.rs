//! Exchanges a token for the next one of its family.

use chrono::{DateTime, Utc};
use pg::{Conn, Control, DbError};

use super::{
    IssuedSession, REUSE_GRACE, SessionMeta, SessionSubject,
    repo::{Session, Sessions},
};

/// The next token, and whose it is.
#[derive(Debug)]
pub struct Rotated {
    /// The next token.
    pub issued: IssuedSession,
    /// Whose it is.
    pub subject: SessionSubject,
}

/// Why a token was not exchanged. Whatever it is, the user logs in again.
#[derive(Debug, thiserror::Error)]
pub enum RotateError {
    /// No such token was ever given out, or it expired long ago.
    #[error("there is no such session")]
    Unknown,
    /// It lay unused for too long.
    #[error("the session expired")]
    Expired,
    /// The session was ended: by the user, an administrator, or an earlier reuse.
    #[error("the session was ended")]
    Revoked,
    /// The token had been exchanged before: somebody has a copy. The whole family is revoked now.
    #[error("the session's token was used twice; the session was ended")]
    Reused,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Exchanges a token for the next one of its family.
///
/// A token that was exchanged before revokes its family, except within
/// [`REUSE_GRACE`] of the exchange: then the caller gets a sibling of the next
/// token. An old token stays refused after that, sibling or not.
#[tracing::instrument(name = "session.rotate", skip_all)]
pub async fn rotate_session(
    conn: &mut Conn<Control>,
    token: &str,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<Rotated, RotateError> {
    // The verdict is a value, not the transaction's error: revoking must be committed.
    let verdict = conn
        .transaction(async |tx| {
            let mut sessions = Sessions::new(tx);
            let Some(unlocked) = sessions.find_by_token(token).await? else {
                return Ok(Err(RotateError::Unknown));
            };
            sessions.lock_user(unlocked.subject().user_id).await?;
            let Some(session) = sessions.lock(unlocked.id).await? else {
                return Ok(Err(RotateError::Unknown));
            };
            match usability(&session, now) {
                Ok(()) => {
                    sessions.mark_rotated(session.id, now).await?;
                    let subject = session.subject();
                    let issued = sessions.insert(subject, session.family_id, meta, now).await?;
                    Ok(Ok(Rotated { issued, subject }))
                }
                Err(refusal) => {
                    if matches!(refusal, RotateError::Reused) {
                        sessions
                            .revoke_family(session.subject(), session.family_id, now)
                            .await?;
                    }
                    Ok(Err(refusal))
                }
            }
        })
        .await
        .map_err(|error: DbError| RotateError::Db(error))?;
    if let Err(RotateError::Reused) = &verdict {
        tracing::warn!("a refresh token was used twice; its session was ended");
    }
    verdict
}

fn usability(session: &Session, now: DateTime<Utc>) -> Result<(), RotateError> {
    if session.revoked_at.is_some() {
        return Err(RotateError::Revoked);
    }
    if session.expires_at <= now {
        return Err(RotateError::Expired);
    }
    match session.rotated_at {
        Some(rotated_at) if now - rotated_at > REUSE_GRACE => Err(RotateError::Reused),
        _ => Ok(()),
    }
}
