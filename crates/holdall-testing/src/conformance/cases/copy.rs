//! What `copy` promises.

use holdall_core::ErrorKind::{AlreadyExists, NotFound, PreconditionFailed, Unsupported};
use holdall_core::{Checksum, ETag, SaveMode, Store};

use super::attributes::{headers, kept};
use crate::conformance::support::{bytes, get, is_alternative, names, put, refused_naming, same_file};

/// The copy has the content of the source, which stays as it is. Promise 13.
pub async fn copy_keeps_the_content_and_the_source(store: &Store) {
    for length in [0, 300_000] {
        let content = bytes(length, 1);
        put(store, "a/source", content.clone()).await;
        let before = store.metadata("a/source").await.unwrap();
        let saved = store.copy("a/source", "b/c/copy").overwrite().await.unwrap();
        assert_eq!((saved.name.as_str(), saved.size), ("b/c/copy", length as u64));
        assert!(get(store, "b/c/copy").await == content);
        same_file(&store.metadata("a/source").await.unwrap(), &before);
        let copy = store.metadata("b/c/copy").await.unwrap();
        assert_eq!(saved.etag, copy.etag);
        assert!(saved.checksum.is_none_or(|told| told == Checksum::of(&content)));
    }
}

/// A large file is copied whole. Promise 13.
pub async fn copy_keeps_a_large_file(store: &Store) {
    let content = bytes(13 * 1024 * 1024, 1);
    put(store, "source", content.clone()).await;
    store.copy("source", "copy").overwrite().await.unwrap();
    assert!(get(store, "copy").await == content);
}

/// The copy has the attributes of the source, not those that its own name suggests. Promise 13.
pub async fn copy_keeps_the_attributes(store: &Store) {
    store.save("source.txt", "x").options(headers()).overwrite().await.unwrap();
    store.copy("source.txt", "copy.jpg").overwrite().await.unwrap();
    assert_eq!(kept(&store.metadata("copy.jpg").await.unwrap()), headers().attributes);
}

/// The copy has the checksum of the source. Promises 12 and 13.
pub async fn copy_keeps_the_checksum(store: &Store) {
    put(store, "source", "content").await;
    store.copy("source", "copy").overwrite().await.unwrap();
    assert_eq!(store.metadata("copy").await.unwrap().checksum, Some(Checksum::of(b"content")));
}

/// Copy and source are two files: what happens to one does not touch the other. Promise 13.
pub async fn copy_is_independent_of_its_source(store: &Store) {
    put(store, "source", "content").await;
    store.copy("source", "copy").overwrite().await.unwrap();
    put(store, "source", "changed").await;
    assert_eq!(get(store, "copy").await, "content");
    put(store, "copy", "also changed").await;
    assert_eq!(get(store, "source").await, "changed");
    store.delete("source").await.unwrap();
    assert_eq!(get(store, "copy").await, "also changed");
}

/// Copying what is not there, or a directory, is `NotFound` naming the source, and makes nothing.
/// Promise 7.
pub async fn copy_of_a_missing_file_is_not_found(store: &Store) {
    put(store, "dir/file", "x").await;
    for name in ["missing", "no/such/directory/missing", "dir"] {
        refused_naming(store.copy(name, "copy").overwrite().await, NotFound, name);
        refused_naming(store.copy(name, name).overwrite().await, NotFound, name);
    }
    assert_eq!(names(store, "").await, ["dir/file"]);
}

/// Copying a file onto itself does nothing and returns the file as it is, in every mode. Promise 13.
pub async fn copy_onto_itself_does_nothing(store: &Store) {
    let saved = put(store, "a/file", "content").await;
    let before = store.metadata("a/file").await.unwrap();
    for mode in [SaveMode::Overwrite, SaveMode::Unique, SaveMode::Create] {
        let copy = store.copy("a/file", r"a\./file").mode(mode.clone()).await.unwrap();
        assert_eq!((&copy.name, copy.size, &copy.etag), (&saved.name, saved.size, &saved.etag), "{mode:?}");
        assert_eq!(store.metadata("a/file").await.unwrap(), before, "{mode:?}");
    }
    assert_eq!(names(store, "").await, ["a/file"]);
}

/// A taken destination gives way as with `save`: another name by default, `AlreadyExists` with `Create`,
/// overwritten with `Overwrite`. Promise 3.
pub async fn copy_has_the_modes_of_save(store: &Store) {
    put(store, "source", "new").await;
    put(store, "taken.txt", "old").await;
    refused_naming(
        store.copy("source", "taken.txt").mode(SaveMode::Create).await,
        AlreadyExists,
        "taken.txt",
    );
    let other = store.copy("source", "taken.txt").await.unwrap().name;
    is_alternative(&other, "taken_", ".txt");
    assert_eq!(get(store, &other).await, "new");
    assert_eq!(get(store, "taken.txt").await, "old");
    assert_eq!(store.copy("source", "taken.txt").overwrite().await.unwrap().name, "taken.txt");
    assert_eq!(get(store, "taken.txt").await, "new");
    assert_eq!(store.copy("source", "free").mode(SaveMode::Create).await.unwrap().name, "free");

    let shortened = store.copy("source", "longfilename.txt").max_name_length(15).await.unwrap().name;
    is_alternative(&shortened, "lon_", ".txt");
    let cut = store.copy("source", "longfilename.txt").overwrite().max_name_length(12).await.unwrap();
    assert_eq!(cut.name, "longfile.txt");
}

/// `IfMatch` copies only over that version of the destination. Promise 3.
pub async fn copy_with_replace_takes_only_that_version(store: &Store) {
    put(store, "source", "new").await;
    let stale = put(store, "target", "older").await.etag.expect("a storage that replaces has entity tags");
    let current = put(store, "target", "old").await.etag.unwrap();
    let copy = |to, etag| store.copy("source", to).mode(SaveMode::IfMatch(etag));
    refused_naming(copy("target", stale).await, PreconditionFailed, "target");
    refused_naming(copy("missing", current.clone()).await, PreconditionFailed, "missing");
    assert_eq!(get(store, "target").await, "old");
    assert_eq!(copy("target", current).await.unwrap().name, "target");
    assert_eq!(get(store, "target").await, "new");
    assert_eq!(names(store, "").await, ["source", "target"]);
}

/// With `if_match`, only that version of the source is copied. Promise 13.
pub async fn copy_with_if_match_copies_only_that_version(store: &Store) {
    let stale = put(store, "source", "old").await.etag.expect("a storage that compares has entity tags");
    let current = put(store, "source", "new").await.etag.unwrap();
    let refused = store.copy("source", "copy").overwrite().if_match(stale).await;
    refused_naming(refused, PreconditionFailed, "source");
    assert!(!store.exists("copy").await.unwrap());
    store.copy("source", "copy").overwrite().if_match(current).await.unwrap();
    assert_eq!(get(store, "copy").await, "new");
}

/// Where versions cannot be compared, `if_match` is refused before anything is copied. Promise 13.
pub async fn copy_with_if_match_is_refused_where_it_is_not_atomic(store: &Store) {
    put(store, "source", "x").await;
    let any = ETag::strong("any");
    refused_naming(store.copy("source", "to").overwrite().if_match(any.clone()).await, Unsupported, "source");
    refused_naming(store.rename("source", "to").overwrite().if_match(any).await, Unsupported, "source");
    assert_eq!(names(store, "").await, ["source"]);
}
