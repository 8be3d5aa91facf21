//! What `promote` promises: nothing that the client can still write to is trusted.

use std::future::IntoFuture as _;
use std::sync::Arc;

use bytes::Bytes;
use holdall_core::ErrorKind::{ChecksumMismatch, InvalidInput, NotFound, TooLarge};
use holdall_core::{Attributes, Checksum, Name, Store};

use super::attributes::headers;
use crate::conformance::meddled::Meddled;
use crate::conformance::support::{bytes, get, interrupted, names, put, refused_naming};

/// A file that begins as a PNG does.
fn png(length: usize) -> Bytes {
    [b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", &bytes(length - 16, 1)[..]].concat().into()
}

/// The file moves with its checks, under the final name or, where that is taken, another. Promise 20.
pub async fn promote_moves_what_passes_the_checks(store: &Store) {
    let content = png(200_000);
    for free in [true, false] {
        put(store, "in/1", content.clone()).await;
        let promote = store.promote("in/1", "final/cat.png").size(200_000).checksum(Checksum::of(&content));
        let promoted = promote.content_types(["image/jpeg", "image/png"]).await.unwrap();
        assert_eq!(promoted.saved.name == "final/cat.png", free);
        assert_eq!((promoted.saved.size, promoted.content_type.as_str()), (200_000, "image/png"));
        assert!(promoted.incoming_left.is_none());
        assert!(get(store, &promoted.saved.name).await == content);
        assert_eq!(store.metadata(&promoted.saved.name).await.unwrap().content_type(), "image/png");
    }
    assert!(names(store, "in").await.is_empty());
    let error = store.promote("in/1", "final/dog.png").await.map(|promoted| promoted.saved);
    refused_naming(error, NotFound, "in/1");
    put(store, "in/empty.bin", "").await;
    assert_eq!(store.promote("in/empty.bin", "final/empty.bin").await.unwrap().saved.size, 0);
}

/// A check that fails leaves nothing but the incoming file, and not even that where it was asked to go.
/// Promise 20.
pub async fn promote_stores_nothing_that_fails_a_check(store: &Store) {
    put(store, "in/1", png(100_000)).await;
    let promote = || store.promote("in/1", "final/cat.png");
    let failing = [
        (promote().max_size(99_999), TooLarge),
        (promote().min_size(100_001), InvalidInput),
        (promote().content_types(["image/jpeg"]), InvalidInput),
        (promote().checksum(Checksum::of(b"something else")), ChecksumMismatch),
    ];
    for (promote, kind) in failing {
        refused_naming(promote.await.map(|promoted| promoted.saved), kind, "in/1");
        assert_eq!(names(store, "").await, ["in/1"]);
    }
    let refused = promote().max_size(99_999).delete_rejected().await;
    refused_naming(refused.map(|promoted| promoted.saved), TooLarge, "in/1");
    assert!(names(store, "").await.is_empty());
}

/// A client that writes to the incoming name at every step gets nothing in that was not checked: what passed
/// is stored, or what is stored was refused. Promise 20.
pub async fn promote_stores_what_it_checked_while_the_client_writes_on(store: &Store) {
    let good = png(300_000);
    let evil = Bytes::from(b"<!DOCTYPE html><script>".repeat(20_000));
    put(store, "in/1", good.clone()).await;
    let incoming = Name::new("in/1").expect("a name");
    let meddled = Store::new(Meddled::new(Arc::clone(store.storage()), incoming, evil));
    let promote = || meddled.promote("in/1", "final/cat.png").size(300_000).content_types(["image/png"]);
    match promote().checksum(Checksum::of(&good)).await {
        Ok(promoted) => {
            assert!(get(store, &promoted.saved.name).await == good, "it was not checked");
            assert_eq!(names(store, "").await, ["final/cat.png"]);
        }
        Err(error) => panic!("the version that was opened is good: {error}"),
    }
    // Whoever comes later meets what the client wrote.
    put(store, "in/1", "<script>").await;
    refused_naming(promote().await.map(|promoted| promoted.saved), InvalidInput, "in/1");
    assert_eq!(names(store, "final").await, ["final/cat.png"]);
}

/// Attributes come from the application and the content, never from the client. Promise 20.
pub async fn promote_keeps_nothing_that_the_client_said(store: &Store) {
    store.save("in/cat.html", png(1000)).options(headers()).overwrite().await.unwrap();
    let mut attributes = Attributes::default();
    attributes.cache_control = Some("max-age=60".to_owned());
    store.promote("in/cat.html", "final/cat.png").attributes(attributes.clone()).await.unwrap();
    let metadata = store.metadata("final/cat.png").await.unwrap();
    attributes.content_type = Some("image/png".to_owned());
    attributes.visibility = metadata.attributes.visibility;
    assert_eq!(metadata.attributes, attributes);
}

/// Dropped at any moment, it leaves the file under the one name or the other, whole. Promise 20.
pub async fn promote_dropped_at_any_poll_never_loses_the_file(store: &Store) {
    let content = png(60_000);
    for polls in 0.. {
        assert!(polls < 10_000, "the promotion does not end");
        let (incoming, to) = (format!("in/{polls}"), format!("final/{polls}.png"));
        put(store, &incoming, content.clone()).await;
        let promotion = store.promote(&incoming, &to).content_types(["image/png"]).into_future();
        let ended = interrupted(promotion, polls).await;
        // In this order: work that could not be cancelled may still delete the incoming file, but not before
        // the other is there.
        let mut found = 0;
        for name in [&incoming, &to] {
            match store.open(name).await {
                Ok(file) => {
                    assert!(file.bytes().await.unwrap() == content, "{name} is torn");
                    found += 1;
                }
                Err(error) => assert!(error.is_not_found(), "{error}"),
            }
        }
        assert!(found > 0, "{incoming} is lost");
        if let Some(promoted) = ended {
            assert!(promoted.unwrap().incoming_left.is_none());
            break;
        }
    }
}
