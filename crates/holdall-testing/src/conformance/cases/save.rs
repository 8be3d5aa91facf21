//! What `save` promises about content: whole or not at all, from any source.

use std::io::Cursor;

use holdall_core::ErrorKind::{InvalidInput, SourceFailed, TooLarge};
use holdall_core::{Checksum, Content, Durability, Store};
use tokio::io::AsyncReadExt as _;

use crate::conformance::support::{
    bytes, chunks, failing, get, names, put, refused, refused_naming, untouched,
};

/// The name that `save` returns opens and holds what was saved, also when it is not the one that was
/// asked for. Promise 1.
pub async fn save_returns_the_name_that_opens(store: &Store) {
    let first = store.save("a/cat.jpg", "first").await.unwrap();
    assert_eq!(first.name == "a/cat.jpg", store.capabilities().plain_names, "{first:?}");
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

/// What `save` tells about the file is what `metadata` tells: name, size and entity tag. The checksum is
/// that of the content on every storage, because every save computes it. Promises 1 and 12.
pub async fn save_tells_what_metadata_tells(store: &Store) {
    for content in [bytes(0, 1), bytes(70_000, 2)] {
        let saved = put(store, "a/file", content.clone()).await;
        let metadata = store.metadata("a/file").await.unwrap();
        assert_eq!(saved.name, metadata.name);
        assert_eq!((saved.size, metadata.size), (content.len() as u64, content.len() as u64));
        assert_eq!(saved.etag, metadata.etag);
        assert_eq!(saved.checksum, Some(Checksum::of(&content)));
    }
}

/// Every other content has another entity tag, also at the same size and within the same second.
/// Promise 3: compare-and-swap and conditional reads stand on it.
pub async fn save_changes_the_etag_with_the_content(store: &Store) {
    let mut tags = Vec::new();
    for round in 0..20 {
        tags.extend(put(store, "file", bytes(64, round)).await.etag);
    }
    let count = tags.len();
    tags.sort();
    tags.dedup();
    assert_eq!(tags.len(), count, "two contents had the same entity tag");
    assert!(count == 20 || count == 0, "some saves told an entity tag and some did not");
}

/// Empty files, single bytes and whole kibibytes come back as they were, from memory and from sources of
/// unknown length. Promise 2.
pub async fn save_keeps_content_of_any_size(store: &Store) {
    for (index, length) in [0, 1, 4095, 65_536, 65_537, 300_000].into_iter().enumerate() {
        let content = bytes(length, index as u64);
        let saved = put(store, "bytes", content.clone()).await;
        assert_eq!(saved.size, length as u64);
        assert!(get(store, "bytes").await == content, "{length} bytes from memory came back changed");

        let source = Content::stream(chunks(content.clone(), 10_000));
        let saved = store.save("stream", source).overwrite().await.unwrap();
        assert_eq!(saved.size, length as u64);
        assert!(get(store, "stream").await == content, "{length} bytes of a stream came back changed");
    }
}

/// A file above the size at which storages begin to upload in parts comes back as it was, from memory
/// and from a source of unknown length. Promise 2.
pub async fn save_keeps_large_content(store: &Store) {
    let length = 17 * 1024 * 1024 + 1;
    let content = bytes(length, 1);
    for known in [true, false] {
        let source = Content::stream(chunks(content.clone(), 100_000));
        let source = if known { source.with_size(length as u64) } else { source };
        let saved = store.save("large", source).overwrite().await.unwrap();
        assert_eq!(saved.size, length as u64);
        assert_eq!(saved.checksum, Some(Checksum::of(&content)));
        assert!(get(store, "large").await == content, "the large file came back changed");
    }
}

/// A source in thousands of tiny chunks, with empty ones between them, gives the same file. Promise 2.
pub async fn save_takes_a_source_in_tiny_chunks(store: &Store) {
    let content = bytes(20_011, 3);
    let mut pieces: Vec<_> = content.chunks(7).map(|piece| Ok(content.slice_ref(piece))).collect();
    pieces.insert(0, Ok(bytes(0, 0)));
    pieces.insert(1000, Ok(bytes(0, 0)));
    pieces.push(Ok::<_, std::io::Error>(bytes(0, 0)));
    let source = Content::stream(futures_util::stream::iter(pieces));
    assert_eq!(store.save("file", source).overwrite().await.unwrap().size, 20_011);
    assert!(get(store, "file").await == content);
}

/// A local path is read when it is saved; a path that cannot be read is `SourceFailed`, not `NotFound`,
/// and stores nothing. Promise 2.
pub async fn save_takes_a_local_path(store: &Store) {
    let directory = tempfile::tempdir().unwrap();
    for length in [0, 300_001] {
        let content = bytes(length, 4);
        let path = directory.path().join("source");
        std::fs::write(&path, &content).unwrap();
        let saved = store.save("file", path).overwrite().await.unwrap();
        assert_eq!(saved.size, length as u64);
        assert!(get(store, "file").await == content);
    }
    let missing = directory.path().join("missing");
    refused_naming(store.save("other", missing).overwrite().await, SourceFailed, "other");
    let directory_itself = directory.path();
    refused_naming(store.save("other", directory_itself).overwrite().await, SourceFailed, "other");
    assert_eq!(names(store, "").await, ["file"]);
}

/// The body of an open file, of this storage or another, can be saved, onto itself too. Promise 2.
pub async fn save_takes_an_open_file(store: &Store) {
    let content = bytes(200_000, 5);
    put(store, "a", content.clone()).await;
    let part = store.open("a").range(1_000..150_000).await.unwrap();
    assert_eq!(store.save("b", part).overwrite().await.unwrap().size, 149_000);
    assert!(get(store, "b").await == content.slice(1_000..150_000));

    let whole = store.open("a").await.unwrap();
    store.save("a", whole).overwrite().await.unwrap();
    assert!(get(store, "a").await == content);
}

/// A reader is borrowed, read from where it stands to its end, and can be used afterwards. Promise 17.
pub async fn save_reads_a_borrowed_reader_from_where_it_stands(store: &Store) {
    let mut reader = Cursor::new(b"header|body|rest".to_vec());
    reader.set_position(7);
    let mut body = (&mut reader).take(4);
    store.save("body", Content::reader(&mut body)).overwrite().await.unwrap();
    assert_eq!(body.limit(), 0);
    assert_eq!(get(store, "body").await, "body");

    assert_eq!(reader.position(), 11, "the reader was moved, or read further than it was lent");
    store.save("rest", Content::reader(&mut reader)).overwrite().await.unwrap();
    assert_eq!(get(store, "rest").await, "|rest");
    reader.set_position(0);
    let mut again = String::new();
    reader.read_to_string(&mut again).await.unwrap();
    assert_eq!(again, "header|body|rest");
}

/// A source that fails half way leaves no file, and the error says that nothing was stored. Promise 2.
pub async fn save_with_a_failing_source_leaves_nothing(store: &Store) {
    for length in [0, 1, 100_000] {
        let source = Content::stream(failing(bytes(length, 1), 10_000));
        refused_naming(store.save("a/torn", source).overwrite().await, SourceFailed, "a/torn");
        let source = Content::stream(failing(bytes(length, 1), 10_000)).with_size(length as u64 + 1);
        refused_naming(store.save("a/torn", source).overwrite().await, SourceFailed, "a/torn");
        assert!(!store.exists("a/torn").await.unwrap());
        assert!(names(store, "").await.is_empty());
        assert!(store.listdir("").await.unwrap().dirs.is_empty(), "an empty directory is left");
    }
}

/// The same for a source that fails after so many bytes that a storage has begun to upload in parts.
/// Promise 2.
pub async fn save_with_a_large_failing_source_leaves_nothing(store: &Store) {
    let source = Content::stream(failing(bytes(13 * 1024 * 1024, 1), 1_000_000));
    refused_naming(store.save("torn", source).overwrite().await, SourceFailed, "torn");
    assert!(names(store, "").await.is_empty());
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
    let (content, was_read) = untouched();
    refused(store.save("e", content.with_size(11)).max_size(10).overwrite().await, TooLarge);
    assert!(!was_read(), "a declared size over the limit is refused before the source is read");
}

/// Content that is shorter or longer than it was declared is an error and stores nothing. Promise 2.
pub async fn save_of_another_size_than_declared_stores_nothing(store: &Store) {
    put(store, "file", "old").await;
    for length in [3, 100_000] {
        let source = |size| Content::stream(chunks(bytes(length, 1), 10_000)).with_size(size);
        let length = length as u64;
        refused(store.save("file", source(length + 1)).overwrite().await, SourceFailed);
        refused(store.save("file", source(length - 1)).overwrite().await, InvalidInput);
        let content = Content::bytes(bytes(3, 1));
        refused(store.save("file", content.with_size(2)).overwrite().await, InvalidInput);
    }
    assert_eq!(get(store, "file").await, "old");
    assert_eq!(names(store, "").await, ["file"]);
}

/// Both durabilities can be asked for where the storage is durable. That power cuts are survived is
/// proved where the power can be cut. Promise 4.
pub async fn save_takes_the_durability_asked_for(store: &Store) {
    for durability in [Durability::Synced, Durability::Buffered] {
        store.save("a/file", "x").durability(durability).overwrite().await.unwrap();
        assert_eq!(get(store, "a/file").await, "x");
    }
}

/// `Synced` is refused before the source is read where nothing survives a power cut. Promise 4.
pub async fn save_synced_is_refused_where_nothing_is_durable(store: &Store) {
    let (content, was_read) = untouched();
    let save = store.save("file", content).durability(Durability::Synced).overwrite();
    refused_naming(save.await, holdall_core::ErrorKind::Unsupported, "file");
    assert!(!was_read());
    assert!(!store.exists("file").await.unwrap());
    store.save("file", "x").durability(Durability::Buffered).overwrite().await.unwrap();
}
