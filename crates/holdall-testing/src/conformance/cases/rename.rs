//! What `rename` promises.

use holdall_core::ErrorKind::{AlreadyExists, NotFound, PreconditionFailed};
use holdall_core::{SaveMode, Store};

use super::attributes::{headers, kept};
use crate::conformance::support::{bytes, get, is_alternative, level, names, put, refused_naming};

/// The file moves: content under the new name, nothing under the old one, and directories that became
/// empty are gone. Promise 13.
pub async fn rename_moves_the_file(store: &Store) {
    let content = bytes(200_000, 1);
    put(store, "a/b/source", content.clone()).await;
    let saved = store.rename("a/b/source", "c/target").overwrite().await.unwrap();
    assert_eq!((saved.name.as_str(), saved.size), ("c/target", 200_000));
    assert!(get(store, "c/target").await == content);
    assert!(!store.exists("a/b/source").await.unwrap());
    assert_eq!(level(store, "").await, ["c/"]);
}

/// Attributes and checksum move with the file. Promises 10, 12 and 13.
pub async fn rename_keeps_the_attributes(store: &Store) {
    store.save("source.txt", "x").options(headers()).overwrite().await.unwrap();
    let before = store.metadata("source.txt").await.unwrap();
    store.rename("source.txt", "target.jpg").overwrite().await.unwrap();
    let after = store.metadata("target.jpg").await.unwrap();
    assert_eq!(kept(&after), headers().attributes);
    assert_eq!(after.checksum, before.checksum);
}

/// A file of which nothing but its content type is known keeps that one under a name that suggests
/// another. Promise 11.
pub async fn rename_keeps_the_content_type(store: &Store) {
    put(store, "source.txt", "x").await;
    store.rename("source.txt", "target.jpg").overwrite().await.unwrap();
    assert_eq!(store.metadata("target.jpg").await.unwrap().content_type(), "text/plain");
    store.copy("target.jpg", "copy.png").overwrite().await.unwrap();
    assert_eq!(store.metadata("copy.png").await.unwrap().content_type(), "text/plain");
}

/// Renaming what is not there, or a directory, is `NotFound` naming the source. Promise 7.
pub async fn rename_of_a_missing_file_is_not_found(store: &Store) {
    put(store, "dir/file", "x").await;
    for name in ["missing", "no/such/directory/missing", "dir"] {
        refused_naming(store.rename(name, "target").overwrite().await, NotFound, name);
        refused_naming(store.rename(name, name).overwrite().await, NotFound, name);
    }
    assert_eq!(names(store, "").await, ["dir/file"]);
}

/// Renaming a file to its own name does nothing and returns the file as it is. Promise 13.
pub async fn rename_onto_itself_does_nothing(store: &Store) {
    put(store, "a/file", "content").await;
    let before = store.metadata("a/file").await.unwrap();
    for mode in [SaveMode::Overwrite, SaveMode::Unique, SaveMode::Create] {
        let saved = store.rename("a/file", r"a\./file").mode(mode.clone()).await.unwrap();
        assert_eq!((saved.name.as_str(), saved.size), ("a/file", 7), "{mode:?}");
        assert_eq!(store.metadata("a/file").await.unwrap(), before, "{mode:?}");
    }
    assert_eq!(get(store, "a/file").await, "content");
    assert_eq!(names(store, "").await, ["a/file"]);
}

/// A taken destination gives way as with `save`; a rename that is refused leaves both files. Promise 3.
pub async fn rename_has_the_modes_of_save(store: &Store) {
    put(store, "source", "new").await;
    put(store, "taken.txt", "old").await;
    let refused = store.rename("source", "taken.txt").mode(SaveMode::Create).await;
    refused_naming(refused, AlreadyExists, "taken.txt");
    assert_eq!(get(store, "source").await, "new");
    assert_eq!(get(store, "taken.txt").await, "old");

    let other = store.rename("source", "taken.txt").await.unwrap().name;
    is_alternative(&other, "taken_", ".txt");
    assert_eq!(get(store, "taken.txt").await, "old");
    assert!(!store.exists("source").await.unwrap());

    assert_eq!(store.rename(&other, "taken.txt").overwrite().await.unwrap().name, "taken.txt");
    assert_eq!(get(store, "taken.txt").await, "new");
    assert_eq!(names(store, "").await, ["taken.txt"]);
}

/// A name that is free again after a rename can be taken. Promise 3.
pub async fn rename_frees_the_old_name(store: &Store) {
    put(store, "a/source", "first").await;
    store.rename("a/source", "b/target").mode(SaveMode::Create).await.unwrap();
    let saved = store.save("a/source", "second").create().await.unwrap();
    assert_eq!(get(store, &saved.name).await, "second");
    assert_eq!(get(store, "b/target").await, "first");
}

/// With `if_match`, only that version is renamed. Promise 13.
pub async fn rename_with_if_match_moves_only_that_version(store: &Store) {
    let stale = put(store, "source", "old").await.etag.expect("a storage that compares has entity tags");
    let current = put(store, "source", "new").await.etag.unwrap();
    let refused = store.rename("source", "target").overwrite().if_match(stale).await;
    refused_naming(refused, PreconditionFailed, "source");
    assert_eq!(names(store, "").await, ["source"]);
    store.rename("source", "target").overwrite().if_match(current).await.unwrap();
    assert_eq!(get(store, "target").await, "new");
    assert_eq!(names(store, "").await, ["target"]);
}
