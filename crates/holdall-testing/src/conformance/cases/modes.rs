//! What `save` promises about taken names: the four modes, and `max_name_length`.

use holdall_core::ErrorKind::{AlreadyExists, InvalidName, PreconditionFailed, Unsupported};
use holdall_core::{Content, ETag, Store};

use crate::conformance::support::{
    bytes, chunks, get, is_alternative, names, put, refused_naming, untouched,
};

/// A taken name gets `_` and seven of `[A-Za-z0-9]` before the first dot of its file name; a dot in a
/// directory is not taken for one. The vectors are Django's. Promise 3.
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
        is_alternative(&saved, before, after);
        assert_eq!(get(store, name).await, "taken");
        assert_eq!(get(store, &saved).await, "new");
    }
}

/// A content of unknown length that finds its name taken is stored whole under the other name: it cannot
/// be read twice. Promise 3.
pub async fn save_renames_a_stream_without_reading_it_twice(store: &Store) {
    put(store, "file.bin", "taken").await;
    let content = bytes(300_000, 1);
    let source = Content::stream(chunks(content.clone(), 20_000));
    let saved = store.save("file.bin", source).await.unwrap();
    assert_ne!(saved.name, "file.bin");
    assert!(get(store, &saved.name).await == content);
    assert_eq!(get(store, "file.bin").await, "taken");
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

/// A large file that finds its name taken at the very end is refused as well, and what was uploaded is
/// removed. Promise 3.
pub async fn save_with_create_refuses_a_large_file_too(store: &Store) {
    put(store, "file", "first").await;
    let source = Content::stream(chunks(bytes(13 * 1024 * 1024, 1), 500_000));
    refused_naming(store.save("file", source).create().await, AlreadyExists, "file");
    assert_eq!(get(store, "file").await, "first");
}

/// A deleted name is free again. Promise 3.
pub async fn save_with_create_takes_a_deleted_name(store: &Store) {
    for round in ["first", "second"] {
        assert_eq!(store.save("a/file", round).create().await.unwrap().name, "a/file");
        assert_eq!(get(store, "a/file").await, round);
        store.delete("a/file").await.unwrap();
    }
    assert_eq!(store.save("a/file", "third").await.unwrap().name, "a/file");
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

/// `IfMatch` with the current entity tag replaces, and the tag that it returns is good for the next.
/// Promise 3.
pub async fn save_with_replace_takes_the_current_version(store: &Store) {
    let mut etag = put(store, "a/file", "0").await.etag.expect("a storage that replaces has entity tags");
    for round in 1..4 {
        let saved = store.save("a/file", format!("{round}")).replace(etag).await.unwrap();
        assert_eq!(saved.name, "a/file");
        etag = saved.etag.expect("a replacement has an entity tag");
        assert_eq!(store.metadata("a/file").await.unwrap().etag.as_ref(), Some(&etag));
    }
    assert_eq!(get(store, "a/file").await, "3");
}

/// `IfMatch` with the tag of an older version, of another file or of nothing at all is
/// `PreconditionFailed`, and the file stays as it is. Promise 3.
pub async fn save_with_replace_refuses_a_stale_version(store: &Store) {
    let stale = put(store, "file", "old").await.etag.unwrap();
    let other = put(store, "other", "another content").await.etag.unwrap();
    put(store, "file", "new").await;
    for etag in [stale, other, ETag::strong("no-such-version")] {
        refused_naming(store.save("file", "lost").replace(etag.clone()).await, PreconditionFailed, "file");
        let source = Content::stream(chunks(bytes(300_000, 1), 50_000));
        refused_naming(store.save("file", source).replace(etag).await, PreconditionFailed, "file");
    }
    assert_eq!(get(store, "file").await, "new");
}

/// `IfMatch` of a file that is not there, or no longer, is `PreconditionFailed` and makes none.
/// Promise 3.
pub async fn save_with_replace_refuses_a_missing_file(store: &Store) {
    let etag = put(store, "file", "old").await.etag.unwrap();
    store.delete("file").await.unwrap();
    for name in ["file", "never/there"] {
        refused_naming(store.save(name, "x").replace(etag.clone()).await, PreconditionFailed, name);
    }
    assert!(names(store, "").await.is_empty());
}

/// Where `IfMatch` is not atomic it is refused before the source is read. Promise 3.
pub async fn save_with_replace_is_refused_where_it_is_not_atomic(store: &Store) {
    put(store, "file", "old").await;
    let etag = store.metadata("file").await.unwrap().etag.unwrap_or_else(|| ETag::strong("any"));
    let (content, was_read) = untouched();
    refused_naming(store.save("file", content).replace(etag).await, Unsupported, "file");
    assert!(!was_read());
    assert_eq!(get(store, "file").await, "old");
}

/// Where `Create` is not atomic, it is refused before the source is read, by a writer too. Promise 3.
pub async fn save_with_create_is_refused_where_it_is_not_atomic(store: &Store) {
    let (content, was_read) = untouched();
    refused_naming(store.save("file", content).create().await, Unsupported, "file");
    assert!(!was_read());
    refused_naming(store.writer("file").create().await, Unsupported, "file");
    assert!(!store.exists("file").await.unwrap());
}

/// With `Unique`, a name over `max_name_length` characters is cut and made unique, taken or not; no room for
/// it is `InvalidName`. The vectors are Django's. Promise 3.
pub async fn save_keeps_to_max_name_length_with_rename(store: &Store) {
    put(store, "longfilename.txt", "taken").await;
    for (name, max_name_length, before, after) in [
        ("longfilename.txt", 16, "long_", ".txt"),
        ("longfilename.txt", 13, "l_", ".txt"),
        ("freshfresh.txt", 13, "f_", ".txt"),
        ("d/freshfresh.txt", 15, "d/f_", ".txt"),
        // Characters are counted, not bytes.
        ("日本語日本語日本語日.txt", 13, "日_", ".txt"),
    ] {
        let saved = store.save(name, "new").max_name_length(max_name_length).await.unwrap().name;
        assert_eq!(saved.as_str().chars().count(), max_name_length, "{name:?} became {saved:?}");
        is_alternative(&saved, before, after);
        assert_eq!(get(store, &saved).await, "new");
    }
    assert_eq!(store.save("freshfresh.txt", "x").max_name_length(14).await.unwrap().name, "freshfresh.txt");
    assert_eq!(store.save("unlimited.txt", "x").max_name_length(0).await.unwrap().name, "unlimited.txt");
    let (content, _) = untouched();
    refused_naming(
        store.save("longfilename.txt", content).max_name_length(12).await,
        InvalidName,
        "longfilename.txt",
    );
}

/// With `Overwrite`, a name over `max_name_length` is cut and nothing is added, so that it stays predictable.
/// The vectors are Django's. Promise 3.
pub async fn save_keeps_to_max_name_length_with_overwrite(store: &Store) {
    for (max_name_length, expected) in
        [(16, "longfilename.txt"), (15, "longfilenam.txt"), (12, "longfile.txt")]
    {
        for content in ["first", "second"] {
            let save = store.save("longfilename.txt", content).overwrite().max_name_length(max_name_length);
            assert_eq!(save.await.unwrap().name, expected);
            assert_eq!(get(store, expected).await, content);
        }
    }
    refused_naming(
        store.save("longfilename.txt", "x").overwrite().max_name_length(4).await,
        InvalidName,
        "longfilename.txt",
    );
}

/// With `Create`, where another name would be wrong, a name over `max_name_length` is `InvalidName`.
/// Promise 3.
pub async fn save_with_create_refuses_a_name_over_max_name_length(store: &Store) {
    let create = |limit| store.save("longfilename.txt", "x").create().max_name_length(limit);
    refused_naming(create(15).await, InvalidName, "longfilename.txt");
    assert!(names(store, "").await.is_empty());
    assert_eq!(create(16).await.unwrap().name, "longfilename.txt");
}
