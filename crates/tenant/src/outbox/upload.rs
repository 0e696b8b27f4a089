//! Files that the team sends: what is known of each here, and under which id WhatsApp knows it.
//! The bytes are in the store, by their hash.

use chrono::{DateTime, Utc};
use diesel::prelude::*;
use diesel_async::RunQueryDsl;
use pg::{ChannelId, Conn, DbError, Tenant};

use super::UploadId;
use crate::{
    schema::{uploads, wa_uploads},
    user::UserId,
};

/// A file to keep.
#[derive(Debug, Clone, Copy)]
pub struct NewUpload<'a> {
    /// SHA-256 of its bytes.
    pub content_hash: [u8; 32],
    /// What it is, as its bytes tell.
    pub content_type: &'a str,
    /// In bytes.
    pub size: i64,
    /// As it was called.
    pub filename: Option<&'a str>,
    /// Whether it is a voice message.
    pub voice: bool,
    /// Who of the team brought it; `None`: the platform.
    pub by: Option<UserId>,
}

/// A file of the team's.
#[derive(Debug, Clone, Queryable, Selectable)]
#[diesel(table_name = uploads)]
#[expect(missing_docs, reason = "the fields are those of `NewUpload`")]
pub struct Upload {
    pub id: UploadId,
    pub content_hash: Vec<u8>,
    pub content_type: String,
    pub size: i64,
    pub filename: Option<String>,
    pub voice: bool,
    pub created_at: DateTime<Utc>,
}

/// A file under its id at WhatsApp.
#[derive(Debug, Clone, Copy)]
pub struct WaUpload<'a> {
    /// The line that may use it.
    pub channel: ChannelId,
    /// SHA-256 of its bytes.
    pub content_hash: &'a [u8],
    /// What WhatsApp was told that it is.
    pub content_type: &'a str,
}

/// Writes a file down whose bytes are in the store.
pub async fn add_upload(
    conn: &mut Conn<Tenant>,
    new: NewUpload<'_>,
    now: DateTime<Utc>,
) -> Result<Upload, DbError> {
    Ok(diesel::insert_into(uploads::table)
        .values((
            uploads::id.eq(UploadId::generate()),
            uploads::content_hash.eq(new.content_hash.as_slice()),
            uploads::content_type.eq(new.content_type),
            uploads::size.eq(new.size),
            uploads::filename.eq(new.filename),
            uploads::voice.eq(new.voice),
            uploads::created_by.eq(new.by),
            uploads::created_at.eq(now),
        ))
        .returning(Upload::as_returning())
        .get_result(&mut **conn)
        .await?)
}

/// One file.
pub async fn find_upload(conn: &mut Conn<Tenant>, id: UploadId) -> Result<Option<Upload>, DbError> {
    Ok(uploads::table
        .find(id)
        .select(Upload::as_select())
        .first(&mut **conn)
        .await
        .optional()?)
}

/// WhatsApp's id of a file, if it has it from us and will keep it past `until`.
pub async fn wa_upload(
    conn: &mut Conn<Tenant>,
    file: WaUpload<'_>,
    until: DateTime<Utc>,
) -> Result<Option<String>, DbError> {
    Ok(wa_uploads::table
        .find((file.channel, file.content_hash, file.content_type))
        .filter(wa_uploads::expires_at.gt(until))
        .select(wa_uploads::wa_media_id)
        .first(&mut **conn)
        .await
        .optional()?)
}

/// WhatsApp has the file under `wa_media_id` until `expires_at`.
pub async fn remember_wa_upload(
    conn: &mut Conn<Tenant>,
    file: WaUpload<'_>,
    wa_media_id: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), DbError> {
    let known = (
        wa_uploads::wa_media_id.eq(wa_media_id),
        wa_uploads::expires_at.eq(expires_at),
    );
    diesel::insert_into(wa_uploads::table)
        .values((
            wa_uploads::channel_id.eq(file.channel),
            wa_uploads::content_hash.eq(file.content_hash),
            wa_uploads::content_type.eq(file.content_type),
            known,
        ))
        .on_conflict((
            wa_uploads::channel_id,
            wa_uploads::content_hash,
            wa_uploads::content_type,
        ))
        .do_update()
        .set(known)
        .execute(&mut **conn)
        .await?;
    Ok(())
}
