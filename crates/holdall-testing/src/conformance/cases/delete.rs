//! What `delete` promises.

use holdall_core::Store;

use super::support::{names, put};

/// Deleting what is not there is fine, twice and in a directory that does not exist. Promise 7.
pub async fn delete_of_a_missing_file_is_ok(store: &Store) {
    for name in ["missing", "missing", "no/such/directory/missing"] {
        store.delete(name).await.unwrap();
    }
    put(store, "dir/file", "x").await;
    store.delete("dir/file/below").await.unwrap();
    store.delete("dir").await.unwrap();
    assert_eq!(names(store, "").await, ["dir/file"], "a directory is no file and cannot be deleted as one");
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
    assert_eq!(store.listdir("a/b").await.unwrap(), holdall_core::Listing::default());

    store.delete("a/other").await.unwrap();
    assert!(store.list("").collect().await.unwrap().is_empty());
}
