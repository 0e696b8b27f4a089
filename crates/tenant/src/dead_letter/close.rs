//! Closing a letter: it was applied after all, or a person does not need it.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::json;

use super::{DeadLetter, DeadLetterId, DeadLetterState};
use crate::{
    audit::{self, AuditEntry},
    schema::dead_letters,
    user::UserId,
};

/// The longest reason for discarding, in characters.
const MAX_NOTE: usize = 400;

/// Why a letter was not discarded.
#[derive(Debug, thiserror::Error)]
pub enum DiscardLetterError {
    /// There is no such letter.
    #[error("there is no such dead letter")]
    Unknown,
    /// It was replayed or discarded already.
    #[error("this dead letter is closed already")]
    Closed,
    /// No reason was given, or too long a one.
    #[error("say why, in 1 to {MAX_NOTE} characters")]
    InvalidReason,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Closes an open letter whose item has been applied; false if it is not open.
/// `actor` is `None` for the command line.
pub async fn close_replayed(
    conn: &mut Conn<Tenant>,
    id: DeadLetterId,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let closed = close(tx, id, DeadLetterState::Replayed, None, now).await?;
        if let Some(letter) = &closed {
            note(tx, letter, "dead_letter.replayed", actor, now).await?;
        }
        Ok(closed.is_some())
    })
    .await
}

/// Decides that an open letter is not needed. Why is kept with it.
pub async fn discard_letter(
    conn: &mut Conn<Tenant>,
    id: DeadLetterId,
    reason: &str,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<DeadLetter, DiscardLetterError> {
    let reason = reason.trim();
    if reason.is_empty() || reason.chars().count() > MAX_NOTE {
        return Err(DiscardLetterError::InvalidReason);
    }
    conn.transaction(async |tx| {
        let Some(letter) = close(tx, id, DeadLetterState::Discarded, Some(reason), now).await? else {
            let known = dead_letters::table.find(id.uuid()).count();
            let known: i64 = known.get_result(&mut **tx).await.map_err(DbError::from)?;
            return Err(if known == 0 {
                DiscardLetterError::Unknown
            } else {
                DiscardLetterError::Closed
            });
        };
        note(tx, &letter, "dead_letter.discarded", actor, now).await?;
        Ok(letter)
    })
    .await
}

async fn close(
    conn: &mut Conn<Tenant>,
    id: DeadLetterId,
    state: DeadLetterState,
    note: Option<&str>,
    now: DateTime<Utc>,
) -> Result<Option<DeadLetter>, DbError> {
    let open = dead_letters::table
        .find(id.uuid())
        .filter(dead_letters::state.eq(DeadLetterState::Open.as_str()));
    Ok(diesel::update(open)
        .set((
            dead_letters::state.eq(state.as_str()),
            dead_letters::closed_at.eq(now),
            dead_letters::note.eq(note),
        ))
        .returning(DeadLetter::as_returning())
        .get_result(&mut **conn)
        .await
        .optional()?)
}

async fn note(
    conn: &mut Conn<Tenant>,
    letter: &DeadLetter,
    action: &str,
    actor: Option<UserId>,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    let entry = AuditEntry {
        actor,
        action,
        target: Some(letter.id.to_string()),
        data: json!({ "kind": letter.kind, "reason": letter.note }),
    };
    audit::record(conn, entry, now).await
}
