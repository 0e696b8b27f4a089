//! Files in a folder: whole or not there, each in its own tenant's place.
#![expect(clippy::unwrap_used, reason = "a panic is how a test says no")]

use std::{
    fs,
    path::{Path, PathBuf},
    time::{Duration, SystemTime},
};

use bytes::Bytes;
use futures_util::TryStreamExt;
use media::{ContentHash, Location, Received, Store, StoreError};
use pg::TenantId;
use tempfile::TempDir;
use uuid::Uuid;

fn store() -> (Store, TempDir) {
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("made/if/missing");
    (Store::open(&Location::Folder(place), None).unwrap(), folder)
}

async fn receive(store: &Store, tenant: TenantId, parts: &[&'static [u8]]) -> Received {
    let mut writer = store.writer(tenant, Uuid::now_v7());
    for part in parts {
        writer.write(Bytes::from_static(part)).await.unwrap();
    }
    writer.close().await.unwrap()
}

async fn read(
    store: &Store,
    tenant: TenantId,
    hash: ContentHash,
    range: Option<std::ops::Range<u64>>,
) -> Result<Vec<u8>, StoreError> {
    let parts: Vec<Bytes> = store.read(tenant, hash, range).await?.try_collect().await?;
    Ok(parts.concat())
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push(path);
        }
    }
    found
}

#[tokio::test]
async fn a_file_is_found_by_its_hash_once_it_is_kept() {
    let (store, folder) = store();
    let tenant = TenantId::generate();
    let received = receive(&store, tenant, &[b"hello ", b"world"]).await;
    assert_eq!(
        received.hash.to_string(),
        "b94d27b9934d3e08a52e52d7da7dabfac484efe37a5380ee9088f7ace2efcde9"
    );
    assert_eq!(
        (received.size, received.head.as_slice()),
        (11, b"hello world".as_slice())
    );
    let early = read(&store, tenant, received.hash, None).await;
    assert!(matches!(early, Err(StoreError::Missing)));
    received.keep().await.unwrap();
    assert_eq!(
        read(&store, tenant, received.hash, None).await.unwrap(),
        b"hello world"
    );
    assert_eq!(
        read(&store, tenant, received.hash, Some(6..9)).await.unwrap(),
        b"wor"
    );
    let stored = files(folder.path());
    assert_eq!(stored.len(), 1);
    assert!(stored[0].ends_with(format!("{tenant}/b9/{}", received.hash)));
}

#[tokio::test]
async fn the_same_file_twice_takes_one_place_and_another_tenants_is_another() {
    let (store, folder) = store();
    let (a, b) = (TenantId::generate(), TenantId::generate());
    for _ in 0..2 {
        receive(&store, a, &[b"same"]).await.keep().await.unwrap();
    }
    assert_eq!(files(folder.path()).len(), 1);
    let hash = receive(&store, a, &[b"same"]).await;
    let stranger = read(&store, b, hash.hash, None).await;
    assert!(matches!(stranger, Err(StoreError::Missing)));
    hash.discard().await.unwrap();
    assert_eq!(read(&store, a, hash.hash, None).await.unwrap(), b"same");
}

#[tokio::test]
async fn larger_files_go_through_in_parts() {
    let (store, _folder) = store();
    let tenant = TenantId::generate();
    let mut writer = store.writer(tenant, Uuid::now_v7());
    let part = Bytes::from(vec![7; 300_000]);
    for _ in 0..10 {
        writer.write(part.clone()).await.unwrap();
    }
    let received = writer.close().await.unwrap();
    received.keep().await.unwrap();
    let all = read(&store, tenant, received.hash, None).await.unwrap();
    assert_eq!((received.size, all.len()), (3_000_000, 3_000_000));
    assert!(all.iter().all(|byte| *byte == 7));
}

#[tokio::test]
async fn nothing_stays_of_what_was_given_up() {
    let (store, folder) = store();
    let tenant = TenantId::generate();
    receive(&store, tenant, &[b"wrong"])
        .await
        .discard()
        .await
        .unwrap();
    let mut writer = store.writer(tenant, Uuid::now_v7());
    for _ in 0..5 {
        writer.write(Bytes::from(vec![1; 400_000])).await.unwrap();
    }
    writer.abort().await.unwrap();
    assert_eq!(files(folder.path()), Vec::<PathBuf>::new());
}

#[tokio::test]
async fn what_a_process_left_behind_is_cleared_after_a_day() {
    let (store, folder) = store();
    let tenant = TenantId::generate();
    drop(receive(&store, tenant, &[b"half"]).await);
    let kept = receive(&store, tenant, &[b"whole"]).await;
    kept.keep().await.unwrap();
    let now = SystemTime::now();
    assert_eq!(store.clear_left_behind(now).await.unwrap(), 0);
    let later = now + Duration::from_hours(25);
    assert_eq!(store.clear_left_behind(later).await.unwrap(), 1);
    assert_eq!(files(folder.path()).len(), 1);
}

#[test]
fn a_bucket_is_opened_without_asking_it() {
    let location: Location = "s3://files/media?endpoint=http://127.0.0.1:1&region=eu-west-1"
        .parse()
        .unwrap();
    assert!(Store::open(&location, None).is_ok());
}
