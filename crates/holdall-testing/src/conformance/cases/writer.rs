//! What the push-style [`Writer`](holdall_core::Writer) promises over this storage.

use holdall_core::ErrorKind::{AlreadyExists, PreconditionFailed, TooLarge};
use holdall_core::{Checksum, ETag, Store};
use tokio::io::AsyncWriteExt as _;

use crate::conformance::support::{bytes, get, names, put, refused_naming};

/// What was written becomes a file with `finish`, and not before. Promise 2.
pub async fn writer_publishes_with_finish_and_not_before(store: &Store) {
    let content = bytes(300_000, 1);
    let mut writer = store.writer("a/file.txt").overwrite().await.unwrap();
    for chunk in content.chunks(1_001) {
        writer.write_all(chunk).await.unwrap();
    }
    writer.flush().await.unwrap();
    assert!(!store.exists("a/file.txt").await.unwrap(), "the file is visible before it is finished");
    let saved = writer.finish().await.unwrap();
    assert_eq!((saved.name.as_str(), saved.size), ("a/file.txt", 300_000));
    assert_eq!(saved.checksum, Some(Checksum::of(&content)));
    assert!(get(store, "a/file.txt").await == content);
}

/// A writer that nothing was written to makes an empty file. Promise 2.
pub async fn writer_without_bytes_makes_an_empty_file(store: &Store) {
    let writer = store.writer("empty").overwrite().await.unwrap();
    assert_eq!(writer.finish().await.unwrap().size, 0);
    assert!(get(store, "empty").await.is_empty());
}

/// A writer that is dropped, also after a `shutdown`, leaves the old file, or none. Promise 2.
pub async fn writer_dropped_stores_nothing(store: &Store) {
    put(store, "old", "old").await;
    for name in ["old", "a/new"] {
        for length in [1, 200_000] {
            let mut writer = store.writer(name).overwrite().await.unwrap();
            writer.write_all(&bytes(length, 1)).await.unwrap();
            writer.shutdown().await.unwrap();
            drop(writer);
        }
    }
    assert_eq!(get(store, "old").await, "old");
    assert_eq!(names(store, "").await, ["old"]);
}

/// Mode and limit are honoured as by `save`; the error comes from a write or from `finish`. Promise 3.
pub async fn writer_honours_mode_and_limit(store: &Store) {
    put(store, "taken", "old").await;
    let mut writer = store.writer("large").max_size(99_999).overwrite().await.unwrap();
    // The write may notice it already; `finish` tells the kind in any case.
    let _ = writer.write_all(&bytes(100_000, 1)).await;
    refused_naming(writer.finish().await, TooLarge, "large");

    if store.capabilities().create {
        let mut writer = store.writer("taken").create().await.unwrap();
        let _ = writer.write_all(&bytes(100_000, 1)).await;
        refused_naming(writer.finish().await, AlreadyExists, "taken");
    }
    if store.capabilities().unique {
        let writer = store.writer("taken").await.unwrap();
        assert_ne!(writer.finish().await.unwrap().name, "taken");
    }
    if store.capabilities().replace {
        let mut writer = store.writer("taken").replace(ETag::strong("stale")).await.unwrap();
        let _ = writer.write_all(b"new").await;
        refused_naming(writer.finish().await, PreconditionFailed, "taken");
    }
    assert_eq!(get(store, "taken").await, "old");
    assert!(!store.exists("large").await.unwrap());
}
