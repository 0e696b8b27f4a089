//! The store: opening it, reading from it, clearing what was left half-way.

use std::{
    io,
    ops::Range,
    path::{Path as FilePath, PathBuf},
    sync::Arc,
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures_util::{Stream, TryStreamExt};
use object_store::{
    ClientOptions, GetOptions, GetRange, ObjectStore, RetryConfig, aws::AmazonS3Builder,
    local::LocalFileSystem, path::Path, prefix::PrefixStore,
};
use pg::TenantId;
use secrecy::ExposeSecret;
use uuid::Uuid;

use crate::{ContentHash, Credentials, Location, Writer};

/// Where files grow.
pub(crate) const INCOMING: &str = "incoming";
/// Bytes held before they go to a folder.
const FOLDER_PART: usize = 1024 * 1024;
/// Bytes held before they go to a bucket: S3's smallest part.
const BUCKET_PART: usize = 5 * 1024 * 1024;
/// What is older than this and still incoming was left by a process that died.
const LEFT_BEHIND: Duration = Duration::from_hours(24);
/// How long a bucket may fail before a file waits for its next turn.
const BUCKET_PATIENCE: Duration = Duration::from_secs(30);

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// The folder cannot be made or written to.
    #[error("the folder {path} cannot be made or opened")]
    Folder {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The store's own reason.
    #[error("the store cannot be opened")]
    Store(#[from] object_store::Error),
}

/// The store failed.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The file is not there.
    #[error("the file is not in the store")]
    Missing,
    /// It cannot be reached, is full, or refuses.
    #[error("the store failed")]
    Failed(#[source] object_store::Error),
}

impl From<object_store::Error> for StoreError {
    fn from(error: object_store::Error) -> Self {
        match error {
            object_store::Error::NotFound { .. } => Self::Missing,
            error => Self::Failed(error),
        }
    }
}

/// Keeps files. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Store {
    pub(crate) objects: Arc<dyn ObjectStore>,
    pub(crate) part: usize,
    folder: Option<Arc<FilePath>>,
}

impl Store {
    /// Opens `location`; a folder is made if it is missing. Credentials are for buckets; without
    /// any, the machine's own role is asked for.
    pub fn open(location: &Location, credentials: Option<&Credentials>) -> Result<Self, OpenError> {
        match location {
            Location::Folder(path) => Self::folder(path),
            Location::Bucket {
                bucket,
                prefix,
                endpoint,
                region,
            } => {
                // Fails only when a provider is installed already, which then serves as well.
                drop(rustls::crypto::ring::default_provider().install_default());
                let mut builder = AmazonS3Builder::new()
                    .with_bucket_name(bucket)
                    .with_region(region)
                    .with_retry(RetryConfig {
                        retry_timeout: BUCKET_PATIENCE,
                        ..RetryConfig::default()
                    })
                    .with_client_options(
                        // Whoever watches a film may take his time; a bucket that falls silent may not.
                        ClientOptions::new()
                            .with_timeout_disabled()
                            .with_read_timeout(BUCKET_PATIENCE),
                    );
                if let Some(endpoint) = endpoint {
                    builder = builder
                        .with_endpoint(endpoint.as_str().trim_end_matches('/'))
                        .with_allow_http(endpoint.scheme() == "http");
                }
                if let Some(Credentials { id, secret }) = credentials {
                    builder = builder
                        .with_access_key_id(id)
                        .with_secret_access_key(secret.expose_secret());
                }
                let objects = PrefixStore::new(builder.build()?, prefix.as_str());
                Ok(Self {
                    objects: Arc::new(objects),
                    part: BUCKET_PART,
                    folder: None,
                })
            }
        }
    }

    fn folder(path: &FilePath) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Folder {
            path: path.to_owned(),
            source,
        };
        std::fs::create_dir_all(path.join(INCOMING)).map_err(failed)?;
        let objects = LocalFileSystem::new_with_prefix(path)?.with_fsync(true);
        Ok(Self {
            objects: Arc::new(objects),
            part: FOLDER_PART,
            folder: Some(path.into()),
        })
    }

    /// A place for a file of this tenant's to grow in. `attempt` names it: no two share one.
    pub fn writer(&self, tenant: TenantId, attempt: Uuid) -> Writer {
        Writer::new(self, tenant, attempt)
    }

    /// The file's bytes, or those of `range`, as they are read.
    pub async fn read(
        &self,
        tenant: TenantId,
        hash: ContentHash,
        range: Option<Range<u64>>,
    ) -> Result<impl Stream<Item = Result<Bytes, StoreError>> + use<>, StoreError> {
        let options = GetOptions {
            range: range.map(GetRange::Bounded),
            ..GetOptions::default()
        };
        let found = self.objects.get_opts(&key(tenant, hash), options).await?;
        Ok(found.into_stream().map_err(StoreError::from))
    }

    /// Deletes what processes that died have left half-way in a folder. A bucket does it by a
    /// lifecycle rule: unfinished uploads cannot be listed like files.
    pub async fn clear_left_behind(&self, now: SystemTime) -> io::Result<usize> {
        let Some(folder) = &self.folder else { return Ok(0) };
        let mut cleared = 0;
        let mut entries = tokio::fs::read_dir(folder.join(INCOMING)).await?;
        while let Some(entry) = entries.next_entry().await? {
            let age = now.duration_since(entry.metadata().await?.modified()?);
            if age.is_ok_and(|age| age > LEFT_BEHIND) {
                tokio::fs::remove_file(entry.path()).await?;
                cleared += 1;
            }
        }
        Ok(cleared)
    }
}

pub(crate) fn key(tenant: TenantId, hash: ContentHash) -> Path {
    let hash = hash.to_string();
    Path::from_iter([tenant.to_string().as_str(), &hash[..2], &hash])
}
