//! What `sweep` promises.

use std::time::Duration;

use holdall_core::Store;

use crate::conformance::support::{get, names, put};

/// A sweep removes leftovers that are old, and neither files nor anything young. Promise 22.
pub async fn sweep_leaves_files_alone(store: &Store) {
    for name in ["file", "a/b/file.txt"] {
        put(store, name, "content").await;
    }
    let swept = store.sweep(Duration::from_hours(24 * 365)).await.unwrap();
    assert_eq!(swept.failed, 0, "{:?}", swept.errors);
    assert_eq!(names(store, "").await, ["a/b/file.txt", "file"]);
    assert_eq!(get(store, "a/b/file.txt").await, "content");
}
