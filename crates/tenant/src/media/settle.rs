//! Writing down how an attempt ended, and asking for another one.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{Conn, DbError, Tenant};
use uuid::Uuid;

use super::{MediaAttempt, MediaState};
use crate::{
    event::{self, EventKind, NewEvent},
    id::{ConversationId, MessageId},
    schema::{media, messages},
};

/// How an attempt ended.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum MediaOutcome {
    /// The bytes are in the store.
    Stored {
        /// SHA-256 of them.
        content_hash: [u8; 32],
        /// The harmless type they are shown as, if they are.
        content_type: Option<String>,
        /// How many there are.
        size: i64,
    },
    /// Not now; to be tried again then.
    Retry {
        /// When.
        at: DateTime<Utc>,
        /// Why it did not come.
        reason: &'static str,
    },
    /// It will not come by itself.
    GivenUp {
        /// [`MediaState::Failed`], `TooLarge`, `Expired` or `Refused`.
        state: MediaState,
        /// Why.
        reason: &'static str,
        /// How large it is said to be.
        size: Option<i64>,
    },
}

/// Settles `attempt`. False when it is no longer the current one: its lease ended and another
/// worker took over.
pub async fn settle(
    conn: &mut Conn<Tenant>,
    attempt: &MediaAttempt,
    outcome: &MediaOutcome,
) -> Result<bool, DbError> {
    conn.transaction(async |tx| {
        let current = media::table
            .find(attempt.id)
            .filter(media::attempt_id.eq(attempt.attempt_id));
        let over = media::attempt_id.eq(None::<Uuid>);
        let settled = match outcome {
            MediaOutcome::Stored {
                content_hash,
                content_type,
                size,
            } => {
                diesel::update(current)
                    .set((
                        over,
                        media::state.eq(MediaState::Stored.as_str()),
                        media::content_hash.eq(content_hash.as_slice()),
                        media::content_type.eq(content_type),
                        media::size.eq(size),
                        media::error.eq(None::<String>),
                    ))
                    .execute(&mut **tx)
                    .await
            }
            MediaOutcome::Retry { at, reason } => {
                diesel::update(current)
                    .set((
                        over,
                        media::state.eq(MediaState::Pending.as_str()),
                        media::next_attempt_at.eq(at),
                        media::error.eq(reason),
                    ))
                    .execute(&mut **tx)
                    .await
            }
            MediaOutcome::GivenUp { state, reason, size } => {
                diesel::update(current)
                    .set((
                        over,
                        media::state.eq(state.as_str()),
                        media::error.eq(reason),
                        media::size.eq(size),
                    ))
                    .execute(&mut **tx)
                    .await
            }
        };
        if settled.map_err(DbError::from)? == 0 {
            return Ok(false);
        }
        tell(tx, attempt.conversation_id, attempt.message_id).await?;
        Ok(true)
    })
    .await
}

/// Why a file is not fetched again.
#[derive(Debug, thiserror::Error)]
pub enum FetchAgainError {
    /// There is no such message, or it carries no file.
    #[error("there is no such file")]
    Unknown,
    /// It is there or on its way.
    #[error("the file did not fail")]
    NotFailed,
    /// It is larger than is taken.
    #[error("the file is too large")]
    TooLarge,
    /// Meta no longer has it.
    #[error("WhatsApp no longer has the file")]
    Expired,
    /// The database failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// Makes a file that did not come due at once.
pub async fn fetch_again(
    conn: &mut Conn<Tenant>,
    message: MessageId,
    now: DateTime<Utc>,
) -> Result<(), FetchAgainError> {
    conn.transaction(async |tx| {
        let found: Option<(String, DateTime<Utc>, ConversationId)> = media::table
            .inner_join(messages::table)
            .filter(media::message_id.eq(message))
            .select((media::state, media::expires_at, messages::conversation_id))
            .for_update()
            .first(&mut **tx)
            .await
            .optional()
            .map_err(DbError::from)?;
        let (state, expires_at, conversation) = found.ok_or(FetchAgainError::Unknown)?;
        match state.parse() {
            Ok(MediaState::Failed | MediaState::Refused) if expires_at > now => {}
            Ok(MediaState::Failed | MediaState::Refused | MediaState::Expired) => {
                return Err(FetchAgainError::Expired);
            }
            Ok(MediaState::TooLarge) => return Err(FetchAgainError::TooLarge),
            _ => return Err(FetchAgainError::NotFailed),
        }
        diesel::update(media::table.filter(media::message_id.eq(message)))
            .set((
                media::state.eq(MediaState::Pending.as_str()),
                media::attempts.eq(0),
                media::next_attempt_at.eq(now),
                media::error.eq(None::<String>),
            ))
            .execute(&mut **tx)
            .await
            .map_err(DbError::from)?;
        tell(tx, conversation, message).await?;
        Ok(())
    })
    .await
}

async fn tell(
    tx: &mut Conn<Tenant>,
    conversation: ConversationId,
    message: MessageId,
) -> Result<(), DbError> {
    let updated = NewEvent {
        kind: EventKind::MessageUpdated,
        conversation,
        message: Some(message),
    };
    event::append(tx, &[updated]).await
}
