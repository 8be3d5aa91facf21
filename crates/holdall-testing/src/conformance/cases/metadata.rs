//! What `metadata` and `exists` promise.

use holdall_core::ErrorKind::NotFound;
use holdall_core::Store;

use crate::conformance::support::{bytes, put, refused_naming};

/// Looking at what is not there is `NotFound` and names it; `exists` is false. Promise 7.
pub async fn metadata_of_a_missing_file_is_not_found(store: &Store) {
    for name in ["missing", "no/such/directory/missing"] {
        refused_naming(store.metadata(name).await, NotFound, name);
        assert!(!store.exists(name).await.unwrap());
    }
}

/// A directory is no file: it has no metadata and does not exist. A file is no directory either.
/// Promise 7.
pub async fn metadata_of_a_directory_is_not_found(store: &Store) {
    put(store, "dir/inner/file", "x").await;
    assert!(store.exists("dir/inner/file").await.unwrap());
    for name in ["dir", "dir/inner", "dir/inner/file/below"] {
        refused_naming(store.metadata(name).await, NotFound, name);
        assert!(!store.exists(name).await.unwrap(), "{name:?}");
    }
}

/// Metadata follows the file from version to version: size and entity tag change, and time does not run
/// backwards. Promise 7.
pub async fn metadata_follows_the_file(store: &Store) {
    let mut before = None;
    for length in [0, 7, 300_000, 3] {
        put(store, "a/file", bytes(length, 1)).await;
        let now = store.metadata("a/file").await.unwrap();
        assert_eq!(now.name, "a/file");
        assert_eq!(now.size, length as u64);
        if let Some(holdall_core::Metadata { modified, etag, .. }) = before {
            assert!(now.modified >= modified, "the file was modified before it was saved");
            assert!(now.etag.is_none() || now.etag != etag, "another content has the same entity tag");
        }
        before = Some(now);
    }
}

/// Names are told as they were given: relative to the storage, whole. Promise 1.
pub async fn metadata_tells_the_whole_name(store: &Store) {
    put(store, r"a\b/./c//file.txt", "x").await;
    let name = "a/b/c/file.txt";
    assert_eq!(store.metadata(name).await.unwrap().name, name);
    assert_eq!(store.open(name).await.unwrap().name().as_str(), name);
    assert!(store.exists(r".\a\b\c\file.txt").await.unwrap());
}

/// When a file was made does not change because somebody looks at it or reads it, and when it was last read does not run
/// backwards. A storage may know neither. Promise 7.
pub async fn metadata_tells_when_a_file_was_made_and_read(store: &Store) {
    put(store, "a/file", "content").await;
    let before = store.metadata("a/file").await.unwrap();
    let opened = store.open("a/file").await.unwrap();
    assert_eq!(opened.metadata().created, before.created);
    assert_eq!(opened.bytes().await.unwrap(), "content");
    let after = store.metadata("a/file").await.unwrap();
    assert_eq!(after.created, before.created);
    assert_eq!(after.accessed.is_some(), before.accessed.is_some());
    assert!(after.accessed >= before.accessed, "{:?} {:?}", after.accessed, before.accessed);
    assert_eq!(after.modified, before.modified);
}
