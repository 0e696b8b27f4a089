//! Starts a session at login.

use chrono::{DateTime, Utc};
use pg::{Conn, Control, DbError};
use uuid::Uuid;

use super::{IssuedSession, SessionMeta, SessionSubject, repo::Sessions};

/// Gives out the first token of a new family.
#[tracing::instrument(name = "session.issue", skip_all)]
pub async fn issue_session(
    conn: &mut Conn<Control>,
    subject: SessionSubject,
    meta: &SessionMeta,
    now: DateTime<Utc>,
) -> Result<IssuedSession, DbError> {
    conn.transaction(async |tx| {
        let mut sessions = Sessions::new(tx);
        sessions.lock_user(subject.user_id).await?;
        sessions.insert(subject, Uuid::now_v7(), meta, now).await
    })
    .await
}
