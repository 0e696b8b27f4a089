//! Keeping and removing drafts. They concern nobody else, so the audit tells nothing of them.

use chrono::{DateTime, Utc};
use diesel::{
    prelude::*,
    sql_types::{BigInt, Jsonb, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use serde_json::Value;

use super::DraftKind;
use crate::{conversation::ConversationId, schema::drafts, user::UserId};

/// Which draft.
#[derive(Debug, Clone, Copy)]
pub struct DraftAt {
    /// Whose.
    pub owner: UserId,
    /// Where.
    pub conversation: ConversationId,
    /// What it would become.
    pub kind: DraftKind,
}

/// Why a draft was not written or removed.
#[derive(Debug, thiserror::Error)]
pub enum SaveDraftError {
    /// Another device has written or sent it.
    #[error("the draft was changed elsewhere")]
    Changed,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

#[derive(QueryableByName)]
struct Written {
    #[diesel(sql_type = BigInt)]
    version: i64,
}

/// Writes a draft that follows from version `follows`, or from none; returns its version.
///
/// # Errors
/// [`SaveDraftError::Changed`] where another version is kept, or none although one is named.
pub async fn save_draft(
    conn: &mut Conn<Tenant>,
    at: DraftAt,
    content: Value,
    follows: Option<i64>,
    now: DateTime<Utc>,
) -> Result<i64, SaveDraftError> {
    let query = match follows {
        None => {
            "INSERT INTO drafts (user_id, conversation_id, kind, content, updated_at) VALUES ($1, $2, $3, $4, $5) \
             ON CONFLICT DO NOTHING RETURNING version"
        }
        Some(_) => {
            "UPDATE drafts SET content = $4, updated_at = $5, version = DEFAULT \
             WHERE user_id = $1 AND conversation_id = $2 AND kind = $3 AND version = $6 RETURNING version"
        }
    };
    let asked = diesel::sql_query(query)
        .into_boxed()
        .bind::<SqlUuid, _>(at.owner)
        .bind::<SqlUuid, _>(at.conversation)
        .bind::<Text, _>(at.kind.as_str())
        .bind::<Jsonb, _>(content)
        .bind::<Timestamptz, _>(now);
    let asked = match follows {
        None => asked,
        Some(version) => asked.bind::<BigInt, _>(version),
    };
    let written: Option<Written> = asked
        .get_result(&mut **conn)
        .await
        .optional()
        .map_err(DbError::from)?;
    written.map(|row| row.version).ok_or(SaveDraftError::Changed)
}

/// Removes a draft: the version that is named, or whichever there is. One that is not there stays so.
///
/// # Errors
/// [`SaveDraftError::Changed`] where another version than the named one is kept.
pub async fn delete_draft(
    conn: &mut Conn<Tenant>,
    at: DraftAt,
    version: Option<i64>,
) -> Result<(), SaveDraftError> {
    let mine = drafts::table.find((at.owner, at.conversation, at.kind.as_str()));
    conn.transaction(async |tx| {
        let kept: Option<i64> = mine
            .select(drafts::version)
            .for_update()
            .first(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?;
        if let (Some(named), Some(kept)) = (version, kept)
            && named != kept
        {
            return Err(SaveDraftError::Changed);
        }
        diesel::delete(mine)
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        Ok(())
    })
    .await
}
