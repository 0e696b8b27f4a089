//! Ends sessions.

use chrono::{DateTime, Utc};
use pg::{Conn, Control, DbError};
use uuid::Uuid;

use super::{SessionSubject, repo::Sessions};

/// Ends the session that a token belongs to, as logging out does. Returns whether one ended.
#[tracing::instrument(name = "session.revoke", skip_all)]
pub async fn revoke_by_token(
    conn: &mut Conn<Control>,
    token: &str,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let mut sessions = Sessions::new(tx);
        let Some(session) = sessions.find_by_token(token).await? else {
            return Ok(false);
        };
        let subject = session.subject();
        sessions.lock_user(subject.user_id).await?;
        Ok(sessions.revoke_family(subject, session.family_id, now).await? > 0)
    })
    .await
}

/// Ends one session of a user, by the family that its access tokens name. Returns whether one ended.
#[tracing::instrument(name = "session.revoke_family", skip_all)]
pub async fn revoke_family(
    conn: &mut Conn<Control>,
    subject: SessionSubject,
    family: Uuid,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let mut sessions = Sessions::new(tx);
        sessions.lock_user(subject.user_id).await?;
        Ok(sessions.revoke_family(subject, family, now).await? > 0)
    })
    .await
}

/// Ends every session of a user. Returns how many tokens that were alive it took.
#[tracing::instrument(name = "session.revoke_user", skip_all)]
pub async fn revoke_user(
    conn: &mut Conn<Control>,
    subject: SessionSubject,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    conn.transaction(async |tx| {
        let mut sessions = Sessions::new(tx);
        sessions.lock_user(subject.user_id).await?;
        sessions.revoke_user(subject, None, now).await
    })
    .await
}

/// Ends every session of a user but this one. Returns how many tokens that were alive it took.
#[tracing::instrument(name = "session.revoke_others", skip_all)]
pub async fn revoke_others(
    conn: &mut Conn<Control>,
    subject: SessionSubject,
    family: Uuid,
    now: DateTime<Utc>,
) -> Result<usize, DbError> {
    conn.transaction(async |tx| {
        let mut sessions = Sessions::new(tx);
        sessions.lock_user(subject.user_id).await?;
        sessions.revoke_user(subject, Some(family), now).await
    })
    .await
}
