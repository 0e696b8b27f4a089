//! Files on their way to Meta: uploaded once in their life there, before the message that carries
//! them. An upload takes too long for an attempt: the message waits outside while it runs.

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use media::{ContentHash, StoreError};
use moka::future::Cache;
use pg::{ChannelId, DbError};
use resolver::{Line, ResolveError, TenantHandle};
use tenant::{
    outbox::{self, Attempt, UploadId, WaUpload},
    status::SendFailure,
};
use whatsapp::{
    client::{Upload, UploadError},
    outbound::{MediaRef, OutboundContent},
};

use super::{failure, pace::Pace};
use crate::Engine;

/// How long Meta keeps an uploaded file (Cloud API, media), less a day.
const LIFE: TimeDelta = TimeDelta::days(29);
/// An id that ends sooner than this is not used any more.
const MARGIN: TimeDelta = TimeDelta::hours(1);
/// How long the message waits if the upload comes to nothing and this process is gone.
pub(super) const PATIENCE: Duration = Duration::from_mins(4);
/// Looks for the message to wait, after the upload that it waits for.
const LOOKS: u32 = 20;
const BETWEEN: Duration = Duration::from_millis(250);
/// How long a message waits after an upload that may succeed later.
const PAUSE: TimeDelta = TimeDelta::seconds(30);

/// A file under our id and at Meta.
#[derive(Debug, Clone)]
pub(super) struct Missing(Vec<outbox::Upload>);

/// What names the files of a message comes to.
pub(super) enum Files {
    /// Every one is at Meta, and named by its id there.
    There,
    /// Some have to be uploaded first.
    Missing(Missing),
    /// One is none of ours.
    Unknown,
}

/// Why a file is not at Meta.
#[derive(Debug, thiserror::Error)]
enum BringError {
    #[error(transparent)]
    Upload(#[from] UploadError),
    #[error(transparent)]
    Store(#[from] StoreError),
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    #[error(transparent)]
    Db(#[from] DbError),
    #[error("the file's hash is none")]
    Hash,
    #[error("the line has no token")]
    NoToken,
}

/// Uploads under way: whoever wants the same file on the same line waits for the same upload.
pub(crate) struct Uploads(Cache<(ChannelId, Vec<u8>, String), String>);

impl Default for Uploads {
    fn default() -> Self {
        // What came of it is in the tenant's database; here it only needs to outlast the rush.
        let cache = Cache::builder()
            .max_capacity(1_000)
            .time_to_live(Duration::from_secs(30));
        Self(cache.build())
    }
}

impl Engine {
    /// Puts Meta's ids in the place of ours.
    pub(super) async fn name_files(
        &self,
        handle: &TenantHandle,
        channel: ChannelId,
        content: &mut OutboundContent,
    ) -> Result<Files, super::OutboxFailure> {
        let refs: Vec<&mut MediaRef> = content
            .media_refs_mut()
            .into_iter()
            .map(|(_, media)| media)
            .filter(|media| matches!(media, MediaRef::Id(_)))
            .collect();
        if refs.is_empty() {
            return Ok(Files::There);
        }
        let until = self.clock().now() + MARGIN;
        let mut conn = handle.db().await?.conn().await?;
        let mut missing = Vec::new();
        for media in refs {
            let MediaRef::Id(id) = media else { continue };
            let Ok(known) = id.parse::<UploadId>() else {
                return Ok(Files::Unknown);
            };
            let Some(upload) = outbox::find_upload(&mut conn, known).await? else {
                return Ok(Files::Unknown);
            };
            match outbox::wa_upload(&mut conn, at_meta(channel, &upload), until).await? {
                Some(theirs) => *id = theirs,
                None => missing.push(upload),
            }
        }
        Ok(if missing.is_empty() {
            Files::There
        } else {
            Files::Missing(Missing(missing))
        })
    }

    /// Uploads what an attempt was given back for; then its message is due.
    pub(super) fn bring(
        &self,
        handle: &Arc<TenantHandle>,
        pace: &Arc<Pace>,
        line: &Arc<Line>,
        attempt: &Attempt,
        missing: Missing,
    ) {
        let (engine, handle, pace) = (self.clone(), Arc::clone(handle), Arc::clone(pace));
        let (line, attempt) = (Arc::clone(line), attempt.clone());
        tokio::spawn(async move {
            let mut brought = Ok(());
            for upload in missing.0 {
                brought = engine.upload(&handle, &line, upload).await.map(drop);
                if let Err(error) = &brought {
                    let message = attempt.reference.message;
                    tracing::warn!(message.id = %message, %error, "a file could not be uploaded");
                    break;
                }
            }
            for _look in 0..LOOKS {
                match engine.let_go(&handle, &attempt, &brought).await {
                    Ok(true) => break,
                    Ok(false) => {}
                    Err(error) => tracing::warn!(%error, "a message waits longer than it had to"),
                }
                tokio::time::sleep(BETWEEN).await;
            }
            engine.0.feeds.hint(handle.tenant.id);
            engine.0.turns.wake(handle.tenant.id);
            pace.wake();
        });
    }

    /// What the end of the upload means for the message. False while its attempt is not settled yet.
    async fn let_go(
        &self,
        handle: &TenantHandle,
        attempt: &Attempt,
        brought: &Result<(), Arc<BringError>>,
    ) -> Result<bool, super::OutboxFailure> {
        let now = self.clock().now();
        let mut conn = handle.db().await?.conn().await?;
        let Err(error) = brought else {
            return Ok(outbox::wait_until(&mut conn, attempt, now).await?);
        };
        let refusal = match &**error {
            BringError::Upload(error) if !error.may_pass() => Some(refused(error)),
            _ => None,
        };
        Ok(match refusal {
            Some(why) => outbox::give_up_waiting(&mut conn, attempt, &why, now).await?,
            None => outbox::wait_until(&mut conn, attempt, now + PAUSE).await?,
        })
    }

    async fn upload(
        &self,
        handle: &TenantHandle,
        line: &Line,
        upload: outbox::Upload,
    ) -> Result<String, Arc<BringError>> {
        let key = (
            line.channel.id,
            upload.content_hash.clone(),
            upload.content_type.clone(),
        );
        let once = self.upload_once(handle, line, upload);
        self.0.uploads.0.try_get_with(key, once).await
    }

    async fn upload_once(
        &self,
        handle: &TenantHandle,
        line: &Line,
        upload: outbox::Upload,
    ) -> Result<String, BringError> {
        let token = line.token.as_ref().ok_or(BringError::NoToken)?;
        let hash = ContentHash::from_slice(&upload.content_hash).ok_or(BringError::Hash)?;
        let bytes = self.0.parts.store.read(handle.tenant.id, hash, None).await?;
        let size = u64::try_from(upload.size).unwrap_or_default();
        let name = upload.filename.as_deref().unwrap_or("file");
        let file = Upload::stream(bytes, size, &upload.content_type, name);
        let theirs = self
            .0
            .parts
            .graph
            .upload_media(&line.channel.phone_number_id, token, file)
            .await?;
        let mut conn = handle.db().await?.conn().await?;
        let until = self.clock().now() + LIFE;
        outbox::remember_wa_upload(&mut conn, at_meta(line.channel.id, &upload), &theirs.0, until).await?;
        metrics::counter!("uploads_total").increment(1);
        Ok(theirs.0)
    }
}

fn refused(error: &UploadError) -> SendFailure {
    match error {
        UploadError::Refused(error) | UploadError::NotNow(error) => failure::of_meta(error),
        other => SendFailure {
            detail: Some(other.to_string()),
            ..failure::ours("request_invalid")
        },
    }
}

fn at_meta(channel: ChannelId, upload: &outbox::Upload) -> WaUpload<'_> {
    WaUpload {
        channel,
        content_hash: &upload.content_hash,
        content_type: &upload.content_type,
    }
}
