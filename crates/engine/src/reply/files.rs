//! Files that the team sends: taken in and checked, found again when a message names them.

use bytes::Bytes;
use futures_util::{Stream, StreamExt};
use media::StoreError;
use pg::{Conn, DbError, Tenant};
use resolver::{ResolveError, TenantHandle};
use tenant::{
    outbox::{self, NewUpload, Upload, UploadId},
    user::UserId,
};
use uuid::Uuid;
use whatsapp::{
    outbound::{
        MediaRef, OutboundContent,
        media_limits::{self, MediaRefusal},
    },
    webhook::MediaKind,
};

use super::ReplyError;
use crate::Engine;

/// A file about to be taken in.
#[derive(Debug, Clone)]
pub struct NewFile {
    /// What it is to be sent as.
    pub kind: MediaKind,
    /// What it is said to be.
    pub mime_type: String,
    /// As it is called.
    pub filename: Option<String>,
    /// Whether it is to show as spoken into the phone.
    pub voice: bool,
    /// Who brings it.
    pub by: Option<UserId>,
}

/// Why a file was not taken in.
#[derive(Debug, thiserror::Error)]
pub enum AddFileError {
    /// Meta would not take it.
    #[error(transparent)]
    Refused(#[from] MediaRefusal),
    /// It broke off on the way here.
    #[error("the file did not arrive whole")]
    BrokeOff,
    /// The store failed.
    #[error("the store failed")]
    Store(#[from] StoreError),
    /// The tenant's database cannot be used.
    #[error(transparent)]
    Resolve(#[from] ResolveError),
    /// It failed.
    #[error(transparent)]
    Db(#[from] DbError),
}

impl Engine {
    /// Takes a file in, as its bytes come. Its type is looked at before the first byte, its size while
    /// they come, its contents at the end.
    pub async fn add_file<S, E>(
        &self,
        handle: &TenantHandle,
        file: NewFile,
        mut bytes: S,
    ) -> Result<Upload, AddFileError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
    {
        media_limits::check(file.kind, &file.mime_type, 1)?;
        let limit = media_limits::accepted(file.kind).max_bytes;
        let mut writer = self.0.parts.store.writer(handle.tenant.id, Uuid::now_v7());
        let mut size = 0_u64;
        while let Some(part) = bytes.next().await {
            let part = match part {
                Ok(part) => part,
                Err(_broken) => {
                    writer.abort().await?;
                    return Err(AddFileError::BrokeOff);
                }
            };
            size += part.len() as u64;
            if size > limit {
                writer.abort().await?;
                return Err(MediaRefusal::TooLarge { limit }.into());
            }
            writer.write(part).await?;
        }
        let received = writer.close().await?;
        let checked = if file.voice {
            media_limits::check_voice(&file.mime_type, size, &received.head)
        } else {
            media_limits::check_bytes(file.kind, &file.mime_type, size, &received.head)
        };
        let content_type = match checked {
            Ok(content_type) => content_type,
            Err(refusal) => {
                received.discard().await?;
                return Err(refusal.into());
            }
        };
        received.keep().await?;
        let new = NewUpload {
            content_hash: *received.hash.as_bytes(),
            content_type,
            size: i64::try_from(size).unwrap_or(i64::MAX),
            filename: file.filename.as_deref(),
            voice: file.voice,
            by: file.by,
        };
        let mut conn = handle.db().await?.conn().await?;
        Ok(outbox::add_upload(&mut conn, new, self.clock().now()).await?)
    }
}

/// Makes sure that every file that `content` names by an id is one of ours and fits; a document takes
/// the file's own name if it has none. Returns the file that the message is, if it is one.
pub(super) async fn known(
    conn: &mut Conn<Tenant>,
    content: &mut OutboundContent,
) -> Result<Option<Upload>, ReplyError> {
    let wanted: Vec<(MediaKind, String)> = content
        .media_refs()
        .into_iter()
        .filter_map(|(kind, media)| match media {
            MediaRef::Id(id) => Some((kind, id.clone())),
            MediaRef::Link(_) => None,
        })
        .collect();
    let own = match content.media() {
        Some(MediaRef::Id(id)) => Some(id.clone()),
        _ => None,
    };
    let mut file = None;
    for (kind, id) in wanted {
        let upload = one(conn, kind, &id)
            .await
            .map_err(|error| error.at(content, &id))?;
        if own.as_ref() == Some(&id) {
            file = Some(upload);
        }
    }
    if let (OutboundContent::Document(document), Some(file)) = (&mut *content, &file) {
        document.filename = document.filename.take().or_else(|| file.filename.clone());
    }
    if let (OutboundContent::Audio(audio), Some(file)) = (&mut *content, &file) {
        audio.voice = audio.voice.or(file.voice.then_some(true));
    }
    Ok(file)
}

enum Unfit {
    Unknown,
    Refused(MediaRefusal),
    Db(DbError),
}

async fn one(conn: &mut Conn<Tenant>, kind: MediaKind, id: &str) -> Result<Upload, Unfit> {
    let id: UploadId = id.parse().or(Err(Unfit::Unknown))?;
    let upload = outbox::find_upload(conn, id)
        .await
        .map_err(Unfit::Db)?
        .ok_or(Unfit::Unknown)?;
    let size = u64::try_from(upload.size).unwrap_or_default();
    media_limits::check(kind, &upload.content_type, size).map_err(Unfit::Refused)?;
    Ok(upload)
}

impl Unfit {
    fn at(self, content: &OutboundContent, id: &str) -> ReplyError {
        let (code, reason) = match self {
            Self::Db(error) => return ReplyError::Db(error),
            Self::Unknown => (
                "unknown_file",
                "there is no such file: upload it first, POST /api/media".to_owned(),
            ),
            Self::Refused(refusal) => (refusal.code(), refusal.to_string()),
        };
        ReplyError::File {
            pointer: pointer_to(&content.to_value(), id).unwrap_or_default(),
            code,
            reason,
        }
    }
}

/// Where in `value` an object has this `id`.
fn pointer_to(value: &serde_json::Value, id: &str) -> Option<String> {
    let within = |step: &dyn std::fmt::Display, value| Some(format!("/{step}{}", pointer_to(value, id)?));
    match value {
        serde_json::Value::Object(object) => object.iter().find_map(|(name, value)| {
            if name == "id" && value == id {
                return Some("/id".to_owned());
            }
            within(name, value)
        }),
        serde_json::Value::Array(items) => items
            .iter()
            .enumerate()
            .find_map(|(index, value)| within(&index, value)),
        _ => None,
    }
}
