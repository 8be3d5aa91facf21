//! What is promised about versions, where a storage keeps them.

use holdall_core::ErrorKind::{InvalidInput, NotFound, NotModified, Unsupported};
use holdall_core::{ETag, Metadata, Saved, Store, Visibility};

use crate::conformance::support::{get, put, refused_naming, same_file};

/// The version of something that was just saved.
#[track_caller]
fn version(saved: &Saved) -> String {
    saved.version.clone().expect("a storage that keeps versions tells them")
}

/// What a version holds, and what is known about it.
async fn get_version(store: &Store, name: &str, version: &str) -> (Metadata, bytes::Bytes) {
    let file = store.open(name).version(version).await.expect("the version opens");
    let metadata = file.metadata().clone();
    (metadata, file.bytes().await.expect("the version is read to its end"))
}

/// What was overwritten can still be opened by its version, with its own size, tag and attributes; without a
/// version the newest opens. Promise 19.
pub async fn open_of_a_version_reads_what_was_overwritten(store: &Store) {
    let save = store.save("dir/file.txt", "first").overwrite();
    let save = if store.capabilities().attributes { save.content_language("de") } else { save };
    let first = save.await.unwrap();
    let told = store.metadata("dir/file.txt").await.unwrap();
    let second = put(store, "dir/file.txt", "the second").await;
    assert_ne!(version(&first), version(&second));

    let (old, content) = get_version(store, "dir/file.txt", &version(&first)).await;
    assert_eq!(content, "first");
    same_file(&old, &told);
    assert_eq!(old.version, first.version);
    let (new, content) = get_version(store, "dir/file.txt", &version(&second)).await;
    assert_eq!((content, new.version), ("the second".into(), second.version.clone()));
    assert_eq!(get(store, "dir/file.txt").await, "the second");
    assert_eq!(store.metadata("dir/file.txt").await.unwrap().version, second.version);
}

/// A deleted file does not exist and is not listed, but its versions open. Promise 19.
pub async fn open_of_a_version_reads_what_was_deleted(store: &Store) {
    let saved = put(store, "file", "kept").await;
    store.delete("file").await.unwrap();
    assert!(!store.exists("file").await.unwrap());
    refused_naming(store.open("file").await, NotFound, "file");
    assert!(store.list("").collect().await.unwrap().is_empty());
    assert_eq!(get_version(store, "file", &version(&saved)).await.1, "kept");
}

/// A version that the file never had, or that another file has, is `NotFound`. Promises 7 and 19.
pub async fn open_of_an_unknown_version_is_not_found(store: &Store) {
    put(store, "file", "x").await;
    let other = put(store, "other", "y").await;
    refused_naming(store.open("file").version(version(&other)).await, NotFound, "file");
    refused_naming(store.open("file").version("no-such.version").await, NotFound, "file");
    refused_naming(store.open("missing").version(version(&other)).await, NotFound, "missing");
    refused_naming(store.open("file").version("").await, InvalidInput, "file");
}

/// Ranges and conditions are about the version that was asked for. Promise 19.
pub async fn open_of_a_version_honours_range_and_conditions(store: &Store) {
    let first = put(store, "file", "0123456789").await;
    let second = put(store, "file", "abc").await;
    let part = store.open("file").version(version(&first)).range(2..5).await.unwrap();
    assert_eq!((part.metadata().size, part.range()), (10, 2..5));
    assert_eq!(part.bytes().await.unwrap(), "234");
    if let (Some(own), Some(other)) = (first.etag.clone(), second.etag.clone()) {
        let open = || store.open("file").version(version(&first));
        assert_eq!(open().if_match(&own).await.unwrap().bytes().await.unwrap(), "0123456789");
        refused_naming(open().if_none_match(&own).await, NotModified, "file");
        assert!(open().if_none_match(&other).await.is_ok());
    }
}

/// A save, a copy and `metadata` tell which version they made or saw, and every save makes another. Promise 19.
pub async fn save_and_copy_tell_the_version(store: &Store) {
    let first = put(store, "file", "same").await;
    let again = put(store, "file", "same").await;
    assert_ne!(version(&first), version(&again));
    let copy = store.copy("file", "copy").overwrite().await.unwrap();
    assert_eq!(store.metadata("copy").await.unwrap().version, Some(version(&copy)));
    assert_eq!(get_version(store, "copy", &version(&copy)).await.1, "same");
    let moved = store.rename("copy", "moved").overwrite().await.unwrap();
    assert_eq!(store.metadata("moved").await.unwrap().version, Some(version(&moved)));
    // What was moved away is hidden, not destroyed.
    assert_eq!(get_version(store, "copy", &version(&copy)).await.1, "same");
}

/// A version that was deleted by its id is gone, and the others stay. Promise 19.
pub async fn delete_of_a_version_is_for_good(store: &Store) {
    let first = put(store, "file", "first").await;
    let second = put(store, "file", "second").await;
    store.delete("file").version(version(&first)).await.unwrap();
    refused_naming(store.open("file").version(version(&first)).await, NotFound, "file");
    assert_eq!(get(store, "file").await, "second");
    assert_eq!(get_version(store, "file", &version(&second)).await.1, "second");
    let both = store.delete("file").version(version(&second)).if_match(ETag::strong("any"));
    let kind = if store.capabilities().delete_if_match { InvalidInput } else { Unsupported };
    refused_naming(both.await, kind, "file");
}

/// When the current version is deleted by its id, the one before it is current again; after the last one there is
/// no file. Promise 19.
pub async fn delete_of_the_current_version_uncovers_the_one_before(store: &Store) {
    let first = put(store, "file", "first").await;
    let second = put(store, "file", "second").await;
    store.delete("file").version(version(&second)).await.unwrap();
    assert_eq!(get(store, "file").await, "first");
    store.delete("file").version(version(&first)).await.unwrap();
    assert!(!store.exists("file").await.unwrap());
    assert!(store.list("").collect().await.unwrap().is_empty());
}

/// Deleting a version that is not there is fine and touches nothing. Promises 7 and 19.
pub async fn delete_of_an_unknown_version_is_ok(store: &Store) {
    let saved = put(store, "file", "x").await;
    let gone = put(store, "other", "y").await;
    store.delete("other").version(version(&gone)).await.unwrap();
    store.delete("other").version(version(&gone)).await.unwrap();
    store.delete("file").version(version(&gone)).await.unwrap();
    assert_eq!(get(store, "file").await, "x");
    assert_eq!(store.metadata("file").await.unwrap().version, Some(version(&saved)));
    refused_naming(store.delete("file").version("").await, InvalidInput, "file");
}

/// A signed URL can show a version, and says which; a plain one always shows the current version and refuses.
/// Promises 14 and 19.
pub async fn url_of_a_version_is_signed_for_it(store: &Store) {
    let url = |version: &'static str| {
        let call = store.url("file").visibility(Visibility::Private);
        async move { if version.is_empty() { call.await } else { call.version(version).await } }
    };
    let current = url("").await.unwrap();
    let (one, other) = (url("one").await.unwrap(), url("other").await.unwrap());
    assert!(one.as_str() != other.as_str() && one.as_str() != current.as_str());
    assert!(one.expires_at.is_some());
    refused_naming(
        store.url("file").visibility(Visibility::Public).version("one").await,
        Unsupported,
        "file",
    );
}

/// Where no versions are kept, every option that names one is refused, before any I/O: nobody looks whether the
/// file is there. Promise 19.
pub async fn versions_are_refused_where_none_are_kept(store: &Store) {
    refused_naming(store.open("missing").version("any").await, Unsupported, "missing");
    refused_naming(store.delete("missing").version("any").await, Unsupported, "missing");
    refused_naming(store.url("missing").version("any").await, Unsupported, "missing");
    if store.capabilities().writable {
        // Nobody is told a version that no verb takes.
        let saved = put(store, "file", "x").await;
        let copied = store.copy("file", "copy").overwrite().await.unwrap();
        assert_eq!((saved.version, copied.version), (None, None));
        assert_eq!(store.metadata("file").await.unwrap().version, None);
    }
}
