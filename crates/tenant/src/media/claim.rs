//! Taking the permission to fetch.

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    dsl::min,
    prelude::*,
    sql_types::{Binary, Integer, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};
use uuid::Uuid;

use crate::{
    id::{ConversationId, MediaId, MessageId},
    schema::media,
};

/// How long an attempt may take before another worker takes over: longer than the client's own
/// time limit, so that a living worker always settles first.
const LEASE: TimeDelta = TimeDelta::minutes(5);

/// Permission to fetch one file: durable before a byte leaves.
#[derive(Debug, Clone, QueryableByName)]
pub struct MediaAttempt {
    /// The file.
    #[diesel(sql_type = SqlUuid)]
    pub id: MediaId,
    /// Fences the settlement.
    #[diesel(sql_type = SqlUuid)]
    pub attempt_id: Uuid,
    /// How many attempts there were, this one included.
    #[diesel(sql_type = Integer)]
    pub attempts: i32,
    /// The message that carries it.
    #[diesel(sql_type = SqlUuid)]
    pub message_id: MessageId,
    /// The thread.
    #[diesel(sql_type = SqlUuid)]
    pub conversation_id: ConversationId,
    /// The line it came in on.
    #[diesel(sql_type = SqlUuid)]
    pub channel_id: ChannelId,
    /// image, video, audio, document or sticker.
    #[diesel(sql_type = Text)]
    pub kind: String,
    /// Meta's id.
    #[diesel(sql_type = Nullable<Text>)]
    pub wa_media_id: Option<String>,
    /// As the sender's phone says.
    #[diesel(sql_type = Nullable<Text>)]
    pub mime_type: Option<String>,
    /// What its bytes must hash to, if the webhook said so.
    #[diesel(sql_type = Nullable<Binary>)]
    pub sha256: Option<Vec<u8>>,
    /// When Meta forgets it.
    #[diesel(sql_type = Timestamptz)]
    pub expires_at: DateTime<Utc>,
}

/// Takes the file that is due longest, or whose worker's lease is over, and commits the attempt.
/// `None` when nothing is due.
pub async fn claim_next(
    conn: &mut Conn<Tenant>,
    now: DateTime<Utc>,
) -> Result<Option<MediaAttempt>, DbError> {
    Ok(diesel::sql_query(
        "WITH due AS MATERIALIZED ( \
             SELECT id FROM media WHERE state IN ('pending', 'fetching') AND next_attempt_at <= $1 \
             ORDER BY next_attempt_at, id LIMIT 1 FOR UPDATE SKIP LOCKED) \
         UPDATE media SET state = 'fetching', attempts = attempts + 1, attempt_id = $2, next_attempt_at = $3 \
         FROM due, messages WHERE media.id = due.id AND messages.id = media.message_id \
         RETURNING media.id, media.attempt_id, media.attempts, media.message_id, messages.conversation_id, \
                   media.channel_id, media.kind, media.wa_media_id, media.mime_type, media.sha256, media.expires_at",
    )
    .bind::<Timestamptz, _>(now)
    .bind::<SqlUuid, _>(Uuid::now_v7())
    .bind::<Timestamptz, _>(now + LEASE)
    .get_result(&mut **conn)
    .await
    .optional()?)
}

/// When the next file is due or the next lease ends; `None` when nothing waits.
pub async fn next_due(conn: &mut Conn<Tenant>) -> Result<Option<DateTime<Utc>>, DbError> {
    Ok(media::table
        .filter(media::state.eq_any(["pending", "fetching"]))
        .select(min(media::next_attempt_at))
        .first(&mut **conn)
        .await?)
}
