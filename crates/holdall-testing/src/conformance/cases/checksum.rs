//! What is promised about checksums.

use holdall_core::ErrorKind::ChecksumMismatch;
use holdall_core::{Checksum, Content, Store};

use crate::conformance::support::{bytes, chunks, get, names, put, refused_naming};

/// `metadata` and `open` tell the checksum of the content: of an empty file, of bytes, of a stream.
/// Promise 12.
pub async fn metadata_tells_the_checksum(store: &Store) {
    for length in [0, 9, 300_000] {
        let content = bytes(length, 1);
        for source in [Content::bytes(content.clone()), Content::stream(chunks(content.clone(), 33_333))] {
            store.save("a/file", source).overwrite().await.unwrap();
            let expected = Some(Checksum::of(&content));
            assert_eq!(store.metadata("a/file").await.unwrap().checksum, expected, "{length} bytes");
            assert_eq!(store.open("a/file").await.unwrap().metadata().checksum, expected);
        }
    }
}

/// The same for a file that is uploaded in parts: the checksum is that of the whole. Promise 12.
pub async fn metadata_tells_the_checksum_of_a_large_file(store: &Store) {
    let content = bytes(13 * 1024 * 1024 + 7, 1);
    let source = Content::stream(chunks(content.clone(), 700_001));
    store.save("large", source).overwrite().await.unwrap();
    assert_eq!(store.metadata("large").await.unwrap().checksum, Some(Checksum::of(&content)));
}

/// A storage that cannot keep checksums tells none, and guesses none. Promise 12.
pub async fn metadata_guesses_no_checksum(store: &Store) {
    put(store, "file", "content").await;
    assert_eq!(store.metadata("file").await.unwrap().checksum, None);
    assert_eq!(store.open("file").await.unwrap().metadata().checksum, None);
}

/// Content with the expected checksum is stored. Content with another is `ChecksumMismatch`, nothing is
/// stored, and the old file stays. Promise 12.
pub async fn save_with_a_wrong_checksum_stores_nothing(store: &Store) {
    put(store, "old", "old").await;
    for length in [0, 9, 300_000] {
        let content = bytes(length, 1);
        let wrong = Checksum::of(b"something else");
        let source = || Content::stream(chunks(content.clone(), 33_333));
        for name in ["old", "a/new"] {
            let save = store.save(name, content.clone()).checksum(wrong).overwrite();
            refused_naming(save.await, ChecksumMismatch, name);
            let save = store.save(name, source()).checksum(wrong).overwrite();
            refused_naming(save.await, ChecksumMismatch, name);
        }
        assert_eq!(get(store, "old").await, "old");
        assert_eq!(names(store, "").await, ["old"]);

        let right = Checksum::of(&content);
        store.save("right", source()).checksum(right).overwrite().await.unwrap();
        let saved = store.save("right", content.clone()).checksum(right).overwrite().await.unwrap();
        assert_eq!(saved.checksum, Some(right));
        store.delete("right").await.unwrap();
    }
}

/// The same for a file that is uploaded in parts. Promise 12.
pub async fn save_of_a_large_file_with_a_wrong_checksum_stores_nothing(store: &Store) {
    let source = Content::stream(chunks(bytes(13 * 1024 * 1024, 1), 700_001));
    let save = store.save("large", source).checksum(Checksum::of(b"something else")).overwrite();
    refused_naming(save.await, ChecksumMismatch, "large");
    assert!(names(store, "").await.is_empty());
}
