//! What is promised about a visibility for each file.

use holdall_core::ErrorKind::{NotFound, Unsupported};
use holdall_core::Store;
use holdall_core::Visibility::{Private, Public};

use super::attributes::headers;
use crate::conformance::support::{put, refused_naming, untouched};

/// The visibility that was given at save comes back. Promise 10.
pub async fn save_keeps_the_visibility(store: &Store) {
    for visibility in [Public, Private] {
        store.save("a/file", "x").visibility(visibility).overwrite().await.unwrap();
        let metadata = store.metadata("a/file").await.unwrap();
        assert_eq!(metadata.attributes.visibility, Some(visibility));
    }
}

/// The visibility can be changed later, without touching the file. Promise 10.
pub async fn set_visibility_changes_only_the_visibility(store: &Store) {
    store.save("a/file", "x").visibility(Private).overwrite().await.unwrap();
    let before = store.metadata("a/file").await.unwrap();
    for visibility in [Public, Private, Private] {
        store.set_visibility("a/file", visibility).await.unwrap();
        let after = store.metadata("a/file").await.unwrap();
        assert_eq!(after.attributes.visibility, Some(visibility));
        assert_eq!((after.size, after.checksum), (before.size, before.checksum));
    }
    assert_eq!(crate::conformance::support::get(store, "a/file").await, "x");
}

/// A change of the visibility leaves all that was said at save. Promise 10.
pub async fn set_visibility_keeps_every_attribute(store: &Store) {
    store.save("a/file.txt", "x").options(headers()).visibility(Private).overwrite().await.unwrap();
    let mut expected = store.metadata("a/file.txt").await.unwrap().attributes;
    for visibility in [Public, Private] {
        store.set_visibility("a/file.txt", visibility).await.unwrap();
        expected.visibility = Some(visibility);
        assert_eq!(store.metadata("a/file.txt").await.unwrap().attributes, expected);
    }
}

/// A copy and a rename keep the visibility that the file has by then, not the one that it was saved with. Promises 10
/// and 13.
pub async fn copy_keeps_the_visibility_that_was_set_last(store: &Store) {
    for (first, last) in [(Private, Public), (Public, Private)] {
        store.save("a/file", "x").visibility(first).overwrite().await.unwrap();
        store.set_visibility("a/file", last).await.unwrap();
        store.copy("a/file", "b/copy").overwrite().await.unwrap();
        store.rename("a/file", "b/moved").overwrite().await.unwrap();
        for name in ["b/copy", "b/moved"] {
            assert_eq!(store.metadata(name).await.unwrap().attributes.visibility, Some(last), "{name}");
        }
    }
}

/// What is not there has no visibility. Promise 7.
pub async fn set_visibility_of_a_missing_file_is_not_found(store: &Store) {
    put(store, "dir/file", "x").await;
    for name in ["missing", "dir"] {
        refused_naming(store.set_visibility(name, Public).await, NotFound, name);
    }
}

/// Where files have no visibility of their own, giving or setting one is refused before anything is
/// done. Promise 10.
pub async fn save_refuses_a_visibility_where_none_is_kept(store: &Store) {
    for visibility in [Public, Private] {
        let (content, was_read) = untouched();
        let save = store.save("file", content).visibility(visibility).overwrite();
        refused_naming(save.await, Unsupported, "file");
        assert!(!was_read());
        refused_naming(store.set_visibility("file", visibility).await, Unsupported, "file");
    }
    assert!(!store.exists("file").await.unwrap());
}
