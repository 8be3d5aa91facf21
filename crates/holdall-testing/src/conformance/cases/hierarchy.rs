//! A file `a` beside a file `a/b`: fine in a bucket, impossible on a disk, and told apart by type.

use holdall_core::ErrorKind::Conflict;
use holdall_core::{Content, SaveMode, Store};

use crate::conformance::support::{bytes, chunks, get, level, names, put, refused_naming};

/// A file and a directory of one name live side by side, in listings too. Promise 9.
pub async fn save_keeps_a_file_beside_a_directory(store: &Store) {
    for name in ["a", "a/b", "a/b/c", "a-"] {
        put(store, name, name).await;
    }
    assert_eq!(names(store, "").await, ["a", "a-", "a/b", "a/b/c"]);
    assert_eq!(level(store, "").await, ["a", "a-", "a/"]);
    assert_eq!(level(store, "a").await, ["a/b", "a/b/"]);
    store.delete("a/b").await.unwrap();
    assert_eq!(get(store, "a").await, "a");
    assert_eq!(get(store, "a/b/c").await, "a/b/c");
    store.delete("a").await.unwrap();
    assert_eq!(names(store, "").await, ["a-", "a/b/c"]);
    store.rename("a/b/c", "a").overwrite().await.unwrap();
    assert_eq!(get(store, "a").await, "a/b/c");
}

/// Saving below a file is a `Conflict` that names both, whatever the mode and the source, and the file
/// stays. Promise 9.
pub async fn save_below_a_file_is_a_conflict(store: &Store) {
    put(store, "dir/blocker", "old").await;
    for name in ["dir/blocker/below", "dir/blocker/far/below"] {
        for mode in modes(store) {
            let source = Content::stream(chunks(bytes(100_000, 1), 10_000));
            for content in [Content::text("new"), source] {
                let refused = store.save(name, content).mode(mode.clone()).await;
                let error = refused_naming(refused, Conflict, name).to_string();
                assert!(error.contains("blocker\""), "the sentence names no file in the way: {error}");
            }
        }
    }
    assert_eq!(get(store, "dir/blocker").await, "old");
    assert_eq!(names(store, "").await, ["dir/blocker"]);
}

/// Saving over a directory is a `Conflict`; with `Unique` the directory counts as taken, or is a
/// `Conflict` too. The files below stay. Promise 9.
pub async fn save_over_a_directory_is_a_conflict(store: &Store) {
    put(store, "dir/inner/file", "old").await;
    for name in ["dir", "dir/inner"] {
        for mode in modes(store) {
            let saved = store.save(name, "new").mode(mode.clone()).await;
            match saved {
                Ok(saved) if mode == SaveMode::Unique => {
                    assert!(saved.name.as_str().starts_with(&format!("{name}_")), "{saved:?}");
                    store.delete(&saved.name).await.unwrap();
                }
                refused => drop(refused_naming(refused, Conflict, name)),
            }
        }
    }
    assert_eq!(get(store, "dir/inner/file").await, "old");
    assert_eq!(names(store, "").await, ["dir/inner/file"]);
}

/// Copying and renaming meet the same conflict, also when a file would have to lie below itself, and
/// lose nothing. Promise 9.
pub async fn copy_below_a_file_is_a_conflict(store: &Store) {
    put(store, "source", "new").await;
    put(store, "blocker", "old").await;
    refused_naming(store.copy("source", "blocker/below").overwrite().await, Conflict, "blocker/below");
    refused_naming(store.rename("source", "blocker/below").overwrite().await, Conflict, "blocker/below");
    refused_naming(store.copy("source", "source/below").overwrite().await, Conflict, "source/below");
    refused_naming(store.rename("source", "source/below").overwrite().await, Conflict, "source/below");
    put(store, "dir/file", "x").await;
    refused_naming(store.copy("source", "dir").overwrite().await, Conflict, "dir");
    refused_naming(store.rename("source", "dir").overwrite().await, Conflict, "dir");
    // The only file of a directory cannot take the directory's own place in one step.
    refused_naming(store.rename("dir/file", "dir").overwrite().await, Conflict, "dir");
    assert_eq!(get(store, "source").await, "new");
    assert_eq!(get(store, "blocker").await, "old");
    assert_eq!(names(store, "").await, ["blocker", "dir/file", "source"]);
}

fn modes(store: &Store) -> Vec<SaveMode> {
    let mut modes = vec![SaveMode::Overwrite];
    modes.extend(store.capabilities().create.then_some(SaveMode::Create));
    modes.extend(store.capabilities().unique.then_some(SaveMode::Unique));
    modes
}
