//! `object_store`'s own integration tests over storages of Holdall.
//!
//! All that the version has and that apply: `multipart`, `multipart_with_opts` and
//! `multipart_put_part_out_of_order` are about `MultipartStore`, which is not implemented, and
//! `response_extensions` is about HTTP clients.

use std::time::{Duration, Instant};

use holdall_core::{MemoryStorage, ReadOnly, Store};
use holdall_fs::FileSystemStorage;
use holdall_object_store::{ObjectStoreStorage, StorageObjectStore};
use object_store::memory::InMemory;
use object_store::path::Path;
use object_store::{Error, ObjectStore, ObjectStoreExt as _, PutMode, PutOptions, integration};

use crate::support::files_below;

/// Every test, on an empty store each.
async fn all(fresh: impl Fn() -> StorageObjectStore) {
    let updates = fresh().store().capabilities().replace;
    integration::put_get_delete_list(&fresh()).await;
    integration::put_get_attributes(&fresh()).await;
    integration::get_opts(&fresh()).await;
    integration::put_opts(&fresh(), updates).await;
    integration::stream_get(&fresh()).await;
    integration::list_uses_directories_correctly(&fresh()).await;
    integration::list_with_delimiter(&fresh()).await;
    let missing = integration::get_nonexistent_object(&fresh(), None).await.unwrap_err();
    assert!(matches!(missing, Error::NotFound { .. }), "{missing}");
    integration::rename_and_copy(&fresh()).await;
    integration::copy_if_not_exists(&fresh()).await;
    integration::copy_rename_nonexistent_object(&fresh()).await;
    integration::multipart_race_condition(&fresh(), true).await;
    integration::multipart_out_of_order(&fresh()).await;
    let paged = fresh();
    integration::list_paginated(&paged, &paged).await;
    integration::list_with_offset_exclusivity(&fresh()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_is_an_object_store() {
    all(|| StorageObjectStore::new(MemoryStorage::new())).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_directory_is_an_object_store() {
    let root = tempfile::tempdir().unwrap();
    let next = std::sync::atomic::AtomicU32::new(0);
    let fresh = || {
        let number = next.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
        let directory = root.path().join(number.to_string());
        let storage = FileSystemStorage::builder(directory).create_root(true).build().unwrap();
        StorageObjectStore::new(storage)
    };
    all(fresh).await;
}

/// There and back again.
#[tokio::test(flavor = "multi_thread")]
async fn an_object_store_behind_both_adapters_is_one_still() {
    all(|| StorageObjectStore::new(ObjectStoreStorage::memory(InMemory::new()).build().unwrap())).await;
}

/// Dropping an upload, with parts in flight or none, leaves nothing.
#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_upload_leaves_nothing() {
    let root = tempfile::tempdir().unwrap();
    let store = StorageObjectStore::new(FileSystemStorage::new(root.path()).unwrap());
    let path = Path::from("a/file");
    for parts in 0..3 {
        let mut upload = store.put_multipart(&path).await.unwrap();
        let sent: Vec<_> = (0..parts).map(|_| upload.put_part(vec![7; 100_000].into())).collect();
        for part in sent.into_iter().skip(1) {
            part.await.unwrap();
        }
    }
    let begin = Instant::now();
    while !files_below(root.path()).is_empty() {
        assert!(begin.elapsed() < Duration::from_secs(30), "{:?}", files_below(root.path()));
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
}

/// An upload whose save fails at its end says why.
#[tokio::test(flavor = "multi_thread")]
async fn an_upload_tells_what_went_wrong() {
    let root = tempfile::tempdir().unwrap();
    std::fs::write(root.path().join("a"), "in the way").unwrap();
    let store = StorageObjectStore::new(FileSystemStorage::new(root.path()).unwrap());
    let mut upload = store.put_multipart(&Path::from("a/file")).await.unwrap();
    upload.put_part("content".into()).await.unwrap();
    let error = upload.complete().await.unwrap_err();
    assert!(error.to_string().contains("\"a\""), "{error}");
    let late = upload.put_part("more".into()).await.unwrap_err();
    assert!(late.to_string().contains("completed or aborted already"), "{late}");
    assert!(upload.complete().await.is_err() && upload.abort().await.is_err());
}

/// One whose save fails before it reads tells every part, and the end.
#[tokio::test(flavor = "multi_thread")]
async fn a_part_tells_what_went_wrong() {
    let store = StorageObjectStore::new(ReadOnly::new(MemoryStorage::new()));
    let mut upload = store.put_multipart(&Path::from("file")).await.unwrap();
    for _ in 0..2 {
        let error = upload.put_part("content".into()).await.unwrap_err();
        assert!(matches!(error, Error::NotSupported { .. }), "{error}");
    }
    assert!(matches!(upload.complete().await, Err(Error::NotSupported { .. })));
}

/// What a storage cannot do is refused, and names that are none cannot be written.
#[tokio::test]
async fn what_is_not_there_is_refused() {
    let store = StorageObjectStore::new(Store::new(MemoryStorage::new()));
    let mut tags = object_store::TagSet::default();
    tags.push("a", "b");
    let tagged = store.put_opts(&Path::from("a"), "x".into(), PutOptions::from(tags)).await;
    assert!(matches!(tagged, Err(Error::NotImplemented { .. })));
    for raw in ["a\\b", ".holdall-x", "a\u{85}"] {
        let path = Path::parse(raw).unwrap();
        let error = store.put_opts(&path, "x".into(), PutMode::Create.into()).await.unwrap_err();
        assert!(matches!(error, Error::Generic { .. }), "{error}");
        assert!(matches!(store.head(&path).await, Err(Error::NotFound { .. })));
        store.delete(&path).await.unwrap();
    }
    let update = PutMode::Update(object_store::UpdateVersion { e_tag: None, version: None });
    let error = store.put_opts(&Path::from("a"), "x".into(), update.into()).await.unwrap_err();
    assert!(error.to_string().contains("entity tag"), "{error}");
    let shown: &dyn ObjectStore = &store;
    assert_eq!(shown.to_string(), "Holdall(memory)");
}
