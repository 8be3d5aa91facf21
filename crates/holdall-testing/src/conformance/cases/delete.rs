//! What `delete` promises.

use holdall_core::ErrorKind::{PreconditionFailed, Unsupported};
use holdall_core::{DeleteOptions, ETag, Listing, Name, Store};

use crate::conformance::support::{get, names, put, refused_naming, together};

/// Deleting what is not there is fine, twice and in a directory that does not exist. A directory is no
/// file and stays. Promise 7.
pub async fn delete_of_a_missing_file_is_ok(store: &Store) {
    for name in ["missing", "missing", "no/such/directory/missing"] {
        store.delete(name).await.unwrap();
    }
    put(store, "dir/file", "x").await;
    store.delete("dir/file/below").await.unwrap();
    store.delete("dir").await.unwrap();
    assert_eq!(names(store, "").await, ["dir/file"]);
}

/// A deleted file does not exist and is not listed, and its neighbours stay. Promise 7.
pub async fn delete_makes_the_file_absent(store: &Store) {
    for name in ["a", "ab", "b/c", "b/d"] {
        put(store, name, name).await;
    }
    store.delete("a").await.unwrap();
    store.delete("b/c").await.unwrap();
    assert!(!store.exists("a").await.unwrap());
    assert!(!store.exists("b/c").await.unwrap());
    assert_eq!(names(store, "").await, ["ab", "b/d"]);
}

/// A directory whose last file is deleted is listed nowhere, and neither are those above it. Promise 7.
pub async fn delete_makes_empty_directories_vanish(store: &Store) {
    put(store, "a/b/c/file", "x").await;
    put(store, "a/other", "x").await;
    store.delete("a/b/c/file").await.unwrap();
    let listing = store.listdir("a").await.unwrap();
    assert!(listing.dirs.is_empty(), "{listing:?}");
    assert_eq!(listing.files.len(), 1);
    assert_eq!(store.listdir("a/b").await.unwrap(), Listing::default());

    store.delete("a/other").await.unwrap();
    assert!(store.list("").collect().await.unwrap().is_empty());
    // What was a directory can be a file now.
    put(store, "a", "x").await;
    assert_eq!(names(store, "").await, ["a"]);
}

/// With `if_match`, only that version is deleted; another version and no file are `PreconditionFailed`.
/// Promise 3.
pub async fn delete_with_if_match_deletes_only_that_version(store: &Store) {
    let stale = put(store, "file", "old").await.etag.expect("a storage that compares has entity tags");
    let current = put(store, "file", "new").await.etag.unwrap();
    refused_naming(store.delete("file").if_match(stale).await, PreconditionFailed, "file");
    assert_eq!(get(store, "file").await, "new");
    store.delete("file").if_match(current.clone()).await.unwrap();
    assert!(!store.exists("file").await.unwrap());
    refused_naming(store.delete("file").if_match(current).await, PreconditionFailed, "file");
}

/// Where versions cannot be compared, `if_match` is refused and nothing is deleted. Promise 3.
pub async fn delete_with_if_match_is_refused_where_it_is_not_atomic(store: &Store) {
    put(store, "file", "x").await;
    refused_naming(store.delete("file").if_match(ETag::strong("any")).await, Unsupported, "file");
    assert!(store.exists("file").await.unwrap());
}

/// A directory without a marker has none to delete, and its files stay, as does a file of its name. Promise 7.
pub async fn delete_of_a_missing_marker_is_ok(store: &Store) {
    put(store, "dir/file", "x").await;
    put(store, "file", "x").await;
    for name in ["dir", "file", "missing"] {
        let name = Name::new(name).unwrap();
        store.storage().delete(&name, DeleteOptions::default().with_marker(true)).await.unwrap();
    }
    assert_eq!(names(store, "").await, ["dir/file", "file"]);
}

/// A storage without markers refuses to delete one. Promise 7.
pub async fn delete_of_a_marker_is_refused_where_there_are_none(store: &Store) {
    put(store, "dir/file", "x").await;
    let name = Name::new("dir").unwrap();
    let deleted = store.storage().delete(&name, DeleteOptions::default().with_marker(true)).await;
    assert_eq!(deleted.unwrap_err().kind(), Unsupported);
    assert_eq!(names(store, "").await, ["dir/file"]);
}

/// Many may delete one file at once; each of them is told that it is gone. Promise 7.
pub async fn delete_by_many_at_once_is_ok(store: &Store) {
    put(store, "a/b/file", "x").await;
    let store = store.clone();
    let results = together(16, |_| {
        let store = store.clone();
        async move { store.delete("a/b/file").await }
    });
    for result in results.await {
        result.unwrap();
    }
    assert!(!store.exists("a/b/file").await.unwrap());
}
