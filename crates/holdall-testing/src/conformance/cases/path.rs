//! What `path` promises.

use holdall_core::ErrorKind::InvalidName;
use holdall_core::Store;

use crate::conformance::support::{bytes, put, refused};

/// Where a file has a path, the bytes are there, and a file that does not exist has a path too. Either every file of a
/// storage has one or none. Promise 21.
pub async fn path_leads_to_the_bytes(store: &Store) {
    let names = ["file", "a/b/file.txt", "a/b/größe 100%.txt"];
    let paths: Vec<_> = names.iter().filter_map(|name| store.path(*name).unwrap()).collect();
    assert!(paths.is_empty() || paths.len() == names.len(), "some files have a path: {paths:?}");
    for (seed, name) in (1..).zip(names) {
        let content = bytes(1000, seed);
        put(store, name, content.clone()).await;
        if let Some(path) = store.path(name).unwrap() {
            assert!(path.is_absolute(), "{}", path.display());
            let read = tokio::fs::read(&path).await;
            assert_eq!(read.expect("the path leads to the file"), content, "{}", path.display());
        }
    }
    let below = store.located("a").unwrap();
    assert_eq!(below.path("b/file.txt").unwrap(), store.path("a/b/file.txt").unwrap());
}

/// No path is made of a name that leads elsewhere. Promises 5 and 21.
pub async fn path_refuses_names_that_are_invalid(store: &Store) {
    for name in ["../file", "a/../../file", "/etc/passwd", "", "a\0b"] {
        refused(store.path(name), InvalidName);
    }
}
