//! Reading a stored file back.

use std::ops::Range;

use ::media::{ContentHash, StoreError};
use bytes::Bytes;
use futures_util::Stream;
use pg::DbError;
use resolver::{ResolveError, TenantHandle};
use tenant::{
    media::{self, Media, MediaState},
    message::MessageId,
};

use crate::Engine;

/// Why a file cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum OpenMediaError {
    /// There is no such message, or it carries no file.
    #[error("there is no such file")]
    Unknown,
    /// It is on its way.
    #[error("the file is being fetched")]
    Pending,
    /// It did not come.
    #[error("the file did not come: {0}")]
    Failed(String),
    /// It is gone at Meta.
    #[error("WhatsApp no longer has the file")]
    Expired,
    /// The store failed, or does not have what it should have.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// It failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

/// A file that is there.
#[derive(Debug, Clone)]
pub struct StoredMedia {
    /// What is known of it.
    pub media: Media,
    /// SHA-256 of its bytes.
    pub hash: ContentHash,
    /// How many there are.
    pub size: u64,
}

impl Engine {
    /// The file of a message of this tenant's, if it is in the store.
    pub async fn stored_media(
        &self,
        handle: &TenantHandle,
        message: MessageId,
    ) -> Result<StoredMedia, OpenMediaError> {
        let mut conn = handle.db().await?.conn().await?;
        let media = media::find(&mut conn, message)
            .await?
            .ok_or(OpenMediaError::Unknown)?;
        let hash = media.content_hash.as_deref().and_then(ContentHash::from_slice);
        match (media.state, hash) {
            (MediaState::Stored, Some(hash)) => Ok(StoredMedia {
                hash,
                size: media
                    .size
                    .and_then(|size| u64::try_from(size).ok())
                    .unwrap_or_default(),
                media,
            }),
            (MediaState::Pending | MediaState::Fetching, _) => Err(OpenMediaError::Pending),
            (MediaState::Expired, _) => Err(OpenMediaError::Expired),
            _ => Err(OpenMediaError::Failed(media.error.unwrap_or_default())),
        }
    }

    /// The file's bytes, or those of `range`, as they are read.
    pub async fn media_bytes(
        &self,
        handle: &TenantHandle,
        stored: &StoredMedia,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
        self.0
            .parts
            .store
            .read(handle.tenant.id, stored.hash, range)
            .await
    }
}
