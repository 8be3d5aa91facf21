//! What `metadata` and `exists` promise.

use holdall_core::ErrorKind::NotFound;
use holdall_core::Store;

use super::support::{put, refused_naming};

/// Looking at what is not there is `NotFound` and names it; `exists` is false. Promise 7.
pub async fn metadata_of_a_missing_file_is_not_found(store: &Store) {
    for name in ["missing", "no/such/directory/missing"] {
        refused_naming(store.metadata(name).await, NotFound, name);
        assert!(!store.exists(name).await.unwrap());
    }
}

/// A directory is no file: it has no metadata and does not exist. Promise 7.
pub async fn metadata_of_a_directory_is_not_found(store: &Store) {
    put(store, "dir/inner/file", "x").await;
    assert!(store.exists("dir/inner/file").await.unwrap());
    for name in ["dir", "dir/inner"] {
        refused_naming(store.metadata(name).await, NotFound, name);
        assert!(!store.exists(name).await.unwrap(), "{name:?}");
    }
}
