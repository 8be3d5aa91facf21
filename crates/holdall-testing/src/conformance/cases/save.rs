//! What `save` promises about names, contents and modes.

use holdall_core::ErrorKind::{AlreadyExists, SourceFailed, TooLarge};
use holdall_core::{Content, Store};

use super::support::{bytes, chunks, failing, get, names, put, refused, refused_naming};

/// The name that `save` returns opens and holds what was saved, also when it is not the one that was
/// asked for. Promise 1.
pub async fn save_returns_the_name_that_opens(store: &Store) {
    let first = store.save("a/cat.jpg", "first").await.unwrap();
    assert_eq!(first.name, "a/cat.jpg");
    assert_eq!(first.size, 5);

    let second = store.save("a/cat.jpg", "the second").await.unwrap();
    assert_ne!(second.name, first.name);
    assert_eq!(second.size, 10);
    assert_eq!(get(store, &first.name).await, "first");
    assert_eq!(get(store, &second.name).await, "the second");
    let mut expected = vec![first.name.to_string(), second.name.to_string()];
    expected.sort();
    assert_eq!(names(store, "").await, expected);
}

/// A taken name gets `_` and seven of `[A-Za-z0-9]` before the first dot of its file name; a dot in a
/// directory is not taken for one. Promises 1 and 3.
pub async fn save_renames_before_the_first_dot(store: &Store) {
    for (name, before, after) in [
        ("x.tar.gz", "x_", ".tar.gz"),
        ("noext", "noext_", ""),
        (".dot", ".dot_", ""),
        ("trail.", "trail._", ""),
        ("dir.d/plain", "dir.d/plain_", ""),
        ("a b.c d", "a b_", ".c d"),
    ] {
        put(store, name, "taken").await;
        let saved = store.save(name, "new").await.unwrap().name;
        let random = saved.as_str().strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
        let random = random.unwrap_or_else(|| panic!("{name:?} became {saved:?}"));
        assert_eq!(random.len(), 7, "{name:?} became {saved:?}");
        assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name:?} became {saved:?}");
        assert_eq!(get(store, name).await, "taken");
        assert_eq!(get(store, &saved).await, "new");
    }
}

/// Empty files, single bytes and whole kibibytes come back as they were, from memory and from sources of
/// unknown length in chunks of any size. Promise 2.
pub async fn save_keeps_content_of_any_size(store: &Store) {
    for (index, length) in [0, 1, 4095, 65_536, 65_537, 300_000].into_iter().enumerate() {
        let content = bytes(length, index as u64);
        let saved = put(store, "bytes", content.clone()).await;
        assert_eq!(saved.size, length as u64);
        assert!(get(store, "bytes").await == content, "{length} bytes from memory came back changed");

        let source = Content::stream(chunks(content.clone(), 1_000));
        let saved = store.save("stream", source).overwrite().await.unwrap();
        assert_eq!(saved.size, length as u64);
        assert!(get(store, "stream").await == content, "{length} bytes of a stream came back changed");
    }
}

/// A source that fails half way leaves no file, and the error says that nothing was stored. Promise 2.
pub async fn save_with_a_failing_source_leaves_nothing(store: &Store) {
    for length in [0, 1, 100_000] {
        let source = Content::stream(failing(bytes(length, 1), 10_000));
        refused_naming(store.save("torn", source).overwrite().await, SourceFailed, "torn");
        assert!(!store.exists("torn").await.unwrap());
        assert!(names(store, "").await.is_empty());
    }
}

/// A source that fails half way leaves the file that it would have replaced. Promise 2.
pub async fn save_with_a_failing_source_leaves_the_old_file(store: &Store) {
    let old = put(store, "file", "old").await;
    let source = Content::stream(failing(bytes(100_000, 1), 10_000));
    refused(store.save("file", source).overwrite().await, SourceFailed);
    assert_eq!(get(store, "file").await, "old");
    assert_eq!(store.metadata("file").await.unwrap().etag, old.etag);
    assert_eq!(names(store, "").await, ["file"]);
}

/// One byte over the caller's limit is `TooLarge` and stores nothing, whether the size is known or not;
/// exactly the limit is fine. Promise 2.
pub async fn save_over_the_limit_stores_nothing(store: &Store) {
    let content = bytes(100_001, 1);
    let source = || Content::stream(chunks(content.clone(), 7_000));
    refused(store.save("a", source()).max_size(100_000).overwrite().await, TooLarge);
    refused(store.save("b", content.clone()).max_size(100_000).overwrite().await, TooLarge);
    refused(store.save("c", source().with_size(100_001)).max_size(100_000).overwrite().await, TooLarge);
    assert!(names(store, "").await.is_empty());

    store.save("d", source()).max_size(100_001).overwrite().await.unwrap();
    assert!(get(store, "d").await == content);
}

/// `Create` takes a free name and refuses a taken one with `AlreadyExists`, and the file that has it
/// stays. Promise 3.
pub async fn save_with_create_refuses_a_taken_name(store: &Store) {
    let saved = store.save("a/file", "first").create().await.unwrap();
    assert_eq!(saved.name, "a/file");
    refused_naming(store.save("a/file", "second").create().await, AlreadyExists, "a/file");
    let source = Content::stream(chunks(bytes(300_000, 1), 50_000));
    refused_naming(store.save("a/file", source).create().await, AlreadyExists, "a/file");
    assert_eq!(get(store, "a/file").await, "first");
    assert_eq!(names(store, "").await, ["a/file"]);
}

/// `Overwrite` puts the new file in the old one's place under the very name. Promise 3.
pub async fn save_with_overwrite_replaces_the_file(store: &Store) {
    for content in ["the first", "second", ""] {
        let saved = store.save("a/file", content).overwrite().await.unwrap();
        assert_eq!(saved.name, "a/file");
        assert_eq!(get(store, "a/file").await, content);
    }
    assert_eq!(names(store, "").await, ["a/file"]);
}
