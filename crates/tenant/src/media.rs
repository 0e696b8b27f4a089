//! The files that messages carry: what is known of each, and how far fetching it got.
//!
//! `pending → fetching → stored`, or back to `pending` for another try, or `failed`, `refused`,
//! `too_large`, `expired`. Like a send, an attempt is committed before its call, fenced by its id
//! and limited by a lease; unlike a send it may be repeated, so a lease that ends is simply taken
//! over. Where the bytes are is somebody else's knowledge: here they are a hash.

mod claim;
mod settle;

use chrono::{DateTime, TimeDelta, Utc};
use diesel::{
    prelude::*,
    sql_types::{Array, Binary, Bool, Nullable, Text, Timestamptz, Uuid as SqlUuid},
};
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

pub use self::{
    claim::{MediaAttempt, claim_next, next_due},
    settle::{FetchAgainError, MediaOutcome, fetch_again, settle},
};
use crate::{
    id::{MediaId, MessageId},
    message::Message,
    outbox::Upload,
    schema::media,
};

/// How long Meta knows the id of a file that somebody sent us (Cloud API, media: seven days
/// since 9 October 2025).
const LIFE_AT_META: TimeDelta = TimeDelta::days(7);

crate::text_enum! {
    /// How far fetching a file got.
    MediaState {
        /// Waits for its turn.
        Pending = "pending",
        /// Is being fetched.
        Fetching = "fetching",
        /// Is in the store.
        Stored = "stored",
        /// Did not come, and trying again by itself would not help.
        Failed = "failed",
        /// Is larger than is taken.
        TooLarge = "too_large",
        /// Is gone at Meta.
        Expired = "expired",
        /// Meta will not give it.
        Refused = "refused",
    }
}

/// A file as its message announces it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct InboundMedia {
    /// image, video, audio, document or sticker.
    pub kind: String,
    /// Meta's id.
    pub wa_media_id: Option<String>,
    /// As the sender's phone says.
    pub mime_type: Option<String>,
    /// As the sender's phone says.
    pub filename: Option<String>,
    /// Whether it was spoken into the phone.
    pub voice: bool,
    /// Whether a sticker moves.
    pub animated: bool,
    /// Of its bytes.
    pub sha256: Option<[u8; 32]>,
}

/// A file about to be written down.
#[derive(Debug, Clone, Copy)]
pub struct NewMedia<'a> {
    /// The message that carries it, written in the same transaction.
    pub message: MessageId,
    /// The line it came in on.
    pub channel: ChannelId,
    /// What is known of it.
    pub media: &'a InboundMedia,
    /// When the message was sent.
    pub sent_at: DateTime<Utc>,
}

/// What is known of a file.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = media)]
#[expect(missing_docs, reason = "the columns are commented in the migration")]
pub struct Media {
    pub id: MediaId,
    pub message_id: MessageId,
    pub kind: String,
    pub mime_type: Option<String>,
    pub filename: Option<String>,
    pub voice: bool,
    pub animated: bool,
    #[diesel(deserialize_as = String)]
    pub state: MediaState,
    pub error: Option<String>,
    pub content_hash: Option<Vec<u8>>,
    pub content_type: Option<String>,
    pub size: Option<i64>,
    pub created_at: DateTime<Utc>,
}

/// Writes down the files of messages, in their messages' transaction. A message that has its file
/// already keeps it, so repeating changes nothing.
pub async fn attach(tx: &mut Conn<Tenant>, new: &[NewMedia<'_>], now: DateTime<Utc>) -> Result<(), DbError> {
    if new.is_empty() {
        return Ok(());
    }
    let each = |of: fn(&InboundMedia) -> Option<&str>| -> Vec<Option<&str>> {
        new.iter().map(|new| of(new.media)).collect()
    };
    let flag = |of: fn(&InboundMedia) -> bool| -> Vec<bool> { new.iter().map(|new| of(new.media)).collect() };
    diesel::sql_query(
        "INSERT INTO media (id, message_id, channel_id, kind, wa_media_id, mime_type, filename, voice, animated, \
                            sha256, expires_at, next_attempt_at, created_at) \
         SELECT new.*, $12, $12 FROM unnest($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11) AS new \
         ON CONFLICT (message_id) DO NOTHING",
    )
    .bind::<Array<SqlUuid>, _>(new.iter().map(|_| MediaId::generate()).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(new.iter().map(|new| new.message).collect::<Vec<_>>())
    .bind::<Array<SqlUuid>, _>(new.iter().map(|new| new.channel).collect::<Vec<_>>())
    .bind::<Array<Text>, _>(new.iter().map(|new| new.media.kind.as_str()).collect::<Vec<_>>())
    .bind::<Array<Nullable<Text>>, _>(each(|media| media.wa_media_id.as_deref()))
    .bind::<Array<Nullable<Text>>, _>(each(|media| media.mime_type.as_deref()))
    .bind::<Array<Nullable<Text>>, _>(each(|media| media.filename.as_deref()))
    .bind::<Array<Bool>, _>(flag(|media| media.voice))
    .bind::<Array<Bool>, _>(flag(|media| media.animated))
    .bind::<Array<Nullable<Binary>>, _>(
        new.iter()
            .map(|new| new.media.sha256.as_ref().map(<[u8; 32]>::as_slice))
            .collect::<Vec<_>>(),
    )
    .bind::<Array<Timestamptz>, _>(
        new.iter()
            .map(|new| new.sent_at + LIFE_AT_META)
            .collect::<Vec<_>>(),
    )
    .bind::<Timestamptz, _>(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The file of a message.
pub async fn find(conn: &mut Conn<Tenant>, message: MessageId) -> Result<Option<Media>, DbError> {
    Ok(of(conn, &[message]).await?.pop())
}

/// The files of these messages, in no order.
pub async fn of(conn: &mut Conn<Tenant>, messages: &[MessageId]) -> Result<Vec<Media>, DbError> {
    if messages.is_empty() {
        return Ok(Vec::new());
    }
    Ok(media::table
        .filter(media::message_id.eq_any(messages))
        .select(Media::as_select())
        .load(&mut **conn)
        .await?)
}

/// Writes down the file of a message of ours, whose bytes are in the store, in its message's transaction.
pub(crate) async fn attach_own(
    tx: &mut Conn<Tenant>,
    message: &Message,
    file: &Upload,
    now: DateTime<Utc>,
) -> Result<(), DbError> {
    diesel::insert_into(media::table)
        .values((
            media::id.eq(MediaId::generate()),
            media::message_id.eq(message.id),
            media::channel_id.eq(message.channel_id),
            media::kind.eq(&message.kind),
            media::mime_type.eq(&file.content_type),
            media::filename.eq(&file.filename),
            media::voice.eq(file.voice),
            media::state.eq(MediaState::Stored.as_str()),
            media::content_hash.eq(&file.content_hash),
            media::content_type.eq(&file.content_type),
            media::size.eq(file.size),
            (
                media::expires_at.eq(now),
                media::next_attempt_at.eq(now),
                media::created_at.eq(now),
            ),
        ))
        .execute(&mut **tx)
        .await?;
    Ok(())
}
