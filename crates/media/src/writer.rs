//! A file on its way in.

use bytes::Bytes;
use object_store::{ObjectStoreExt, buffered::BufWriter, path::Path};
use pg::TenantId;
use ring::digest::{Context, SHA256};
use tokio::io::AsyncWriteExt;
use uuid::Uuid;

use crate::{
    ContentHash, Store, StoreError,
    store::{INCOMING, key},
};

/// How much of a file's beginning tells its type.
const HEAD: usize = 4096;

/// Takes a file's bytes as they come; holds a part of it in memory, never the whole.
pub struct Writer {
    store: Store,
    tenant: TenantId,
    path: Path,
    upload: BufWriter,
    digest: Context,
    head: Vec<u8>,
    size: u64,
}

impl Writer {
    pub(crate) fn new(store: &Store, tenant: TenantId, attempt: Uuid) -> Self {
        let name = format!("{tenant}-{attempt}");
        let path = Path::from_iter([INCOMING, &name]);
        Self {
            upload: BufWriter::with_capacity(store.objects.clone(), path.clone(), store.part)
                .with_max_concurrency(1),
            store: store.clone(),
            tenant,
            path,
            digest: Context::new(&SHA256),
            head: Vec::new(),
            size: 0,
        }
    }

    /// Appends bytes.
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), StoreError> {
        let missing = HEAD.saturating_sub(self.head.len()).min(bytes.len());
        self.head.extend_from_slice(&bytes[..missing]);
        self.digest.update(&bytes);
        self.size += u64::try_from(bytes.len()).unwrap_or(u64::MAX);
        Ok(self.upload.put(bytes).await?)
    }

    /// All bytes are there. The file is not under its name yet.
    pub async fn close(mut self) -> Result<Received, StoreError> {
        self.upload.shutdown().await.map_err(|error| {
            StoreError::Failed(object_store::Error::Generic {
                store: "media",
                source: Box::new(error),
            })
        })?;
        let hash = ContentHash::from_slice(self.digest.finish().as_ref());
        let hash = hash.ok_or(StoreError::Missing)?;
        Ok(Received {
            store: self.store,
            tenant: self.tenant,
            path: self.path,
            hash,
            size: self.size,
            head: self.head,
        })
    }

    /// Forgets what was written.
    pub async fn abort(mut self) -> Result<(), StoreError> {
        Ok(self.upload.abort().await?)
    }
}

/// A whole file that has no name yet: keep or discard it.
#[must_use]
pub struct Received {
    store: Store,
    tenant: TenantId,
    path: Path,
    /// The SHA-256 of its bytes.
    pub hash: ContentHash,
    /// How many there are.
    pub size: u64,
    /// The first of them.
    pub head: Vec<u8>,
}

impl Received {
    /// Gives the file its name. Durable when it returns.
    pub async fn keep(&self) -> Result<(), StoreError> {
        let key = key(self.tenant, self.hash);
        Ok(self.store.objects.rename(&self.path, &key).await?)
    }

    /// Deletes it.
    pub async fn discard(&self) -> Result<(), StoreError> {
        Ok(self.store.objects.delete(&self.path).await?)
    }
}
