//! What `open` promises about bodies, ranges, conditions and absence.

use std::time::{Duration, SystemTime};

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use holdall_core::ErrorKind::{NotFound, NotModified, PreconditionFailed, RangeNotSatisfiable};
use holdall_core::{ByteRange, ETag, ETagCondition, File, Store};
use tokio::io::AsyncReadExt as _;

use crate::conformance::support::{bytes, put, refused, refused_naming, same_file};

/// Opening what is not there is `NotFound` and names it, in a directory that does not exist too,
/// whatever the conditions. Promise 7.
pub async fn open_of_a_missing_file_is_not_found(store: &Store) {
    for name in ["missing", "no/such/directory/missing"] {
        refused_naming(store.open(name).await, NotFound, name);
        refused_naming(store.open(name).range(0..1).await, NotFound, name);
        refused_naming(store.open(name).if_none_match(ETagCondition::Any).await, NotFound, name);
        refused_naming(store.open(name).if_match(ETag::strong("any")).await, NotFound, name);
    }
}

/// A directory is no file, and a file is no directory. Promise 7.
pub async fn open_of_a_directory_is_not_found(store: &Store) {
    put(store, "dir/inner/file", "x").await;
    for name in ["dir", "dir/inner", "dir/inner/file/below"] {
        refused_naming(store.open(name).await, NotFound, name);
    }
}

/// An open file tells all that `metadata` tells. Promise 10.
pub async fn open_tells_what_metadata_tells(store: &Store) {
    put(store, "a/file.txt", "content").await;
    let file = store.open("a/file.txt").await.unwrap();
    same_file(file.metadata(), &store.metadata("a/file.txt").await.unwrap());
    assert_eq!(file.name().as_str(), "a/file.txt");
    assert_eq!((file.size(), file.range()), (7, 0..7));
    let part = store.open("a/file.txt").range(2..4).await.unwrap();
    // S3 tells the checksum of the whole only with the whole; none is no guess.
    let mut expected = file.metadata().clone();
    expected.checksum = expected.checksum.filter(|_| part.metadata().checksum.is_some());
    same_file(part.metadata(), &expected);
}

/// An empty file opens and is empty; no range of it can be satisfied, as in HTTP. Promise 7.
pub async fn open_reads_an_empty_file(store: &Store) {
    put(store, "empty", "").await;
    let file = store.open("empty").await.unwrap();
    assert_eq!((file.size(), file.range()), (0, 0..0));
    assert!(file.bytes().await.unwrap().is_empty());
    for range in [ByteRange::from(0..), ByteRange::from(0..1), ByteRange::Last(1)] {
        refused_naming(store.open("empty").range(range).await, RangeNotSatisfiable, "empty");
    }
}

/// A range that begins where no file reaches is as any other behind the end, up to the largest number. Promise 7.
pub async fn open_refuses_ranges_beyond_every_file(store: &Store) {
    put(store, "file", "content").await;
    for start in [7, 1 << 40, (1 << 63) - 1, 1 << 63, u64::MAX - 1] {
        let beyond =
            [ByteRange::From(start), ByteRange::from(start..start + 1), ByteRange::from(start..u64::MAX)];
        for range in beyond {
            refused_naming(store.open("file").range(range).await, RangeNotSatisfiable, "file");
        }
    }
}

/// A file is a stream of chunks and an `AsyncRead`, and both give the same bytes. Promise 7.
pub async fn open_gives_a_stream_and_a_reader(store: &Store) {
    let content = bytes(200_003, 1);
    put(store, "file", content.clone()).await;
    let mut chunks = store.open("file").await.unwrap();
    let mut streamed = BytesMut::new();
    while let Some(chunk) = chunks.try_next().await.unwrap() {
        streamed.extend_from_slice(&chunk);
    }
    assert!(streamed == content);

    let mut reader = store.open("file").await.unwrap();
    let (mut read, mut buffer) = (BytesMut::new(), [0; 777]);
    loop {
        match reader.read(&mut buffer).await.unwrap() {
            0 => break,
            length => read.extend_from_slice(&buffer[..length]),
        }
    }
    assert!(read == content);
}

/// Every form of range gives exactly the bytes that HTTP says (RFC 9110, section 14.1.2), with the size
/// of the whole file beside them; a range that selects nothing is `RangeNotSatisfiable`. Promise 7.
pub async fn open_reads_every_range(store: &Store) {
    let content = bytes(10_000, 1);
    put(store, "file", content.clone()).await;
    for (range, expected) in [
        (ByteRange::from(0..1), Some(0..1)),
        (ByteRange::from(0..10_000), Some(0..10_000)),
        (ByteRange::from(4_000..4_001), Some(4_000..4_001)),
        (ByteRange::from(5_000..=5_999), Some(5_000..6_000)),
        (ByteRange::from(..100), Some(0..100)),
        (ByteRange::from(9_999..), Some(9_999..10_000)),
        (ByteRange::from(9_000..99_999), Some(9_000..10_000)),
        (ByteRange::from(9_000..u64::MAX), Some(9_000..10_000)),
        (ByteRange::from(..), Some(0..10_000)),
        (ByteRange::Last(1), Some(9_999..10_000)),
        (ByteRange::Last(10_000), Some(0..10_000)),
        (ByteRange::Last(99_999), Some(0..10_000)),
        (ByteRange::from(10_000..), None),
        (ByteRange::from(10_000..10_001), None),
        (ByteRange::from(20_000..), None),
        (ByteRange::from(7..7), None),
        (ByteRange::Last(0), None),
    ] {
        let opened = store.open("file").range(range).await;
        let Some(expected) = expected else {
            refused_naming(opened, RangeNotSatisfiable, "file");
            continue;
        };
        let file = opened.unwrap_or_else(|error| panic!("{range:?}: {error}"));
        let bounds = file.range();
        assert_eq!((bounds.start, bounds.end), (expected.start as u64, expected.end as u64), "{range:?}");
        assert_eq!(file.size(), 10_000, "{range:?}");
        assert!(file.bytes().await.unwrap() == content.slice(expected), "{range:?} gave other bytes");
    }
}

/// Ranges deep inside a large file are exact too. Promise 7.
pub async fn open_reads_ranges_of_a_large_file(store: &Store) {
    let length = 9 * 1024 * 1024;
    let content = bytes(length, 1);
    put(store, "large", content.clone()).await;
    for (start, end) in [(5_242_879, 5_242_881), (0, length), (8_388_000, length), (1, 6_000_000)] {
        let file = store.open("large").range(start as u64..end as u64).await.unwrap();
        assert!(file.bytes().await.unwrap() == content.slice(start..end), "{start}..{end}");
    }
}

/// `if_match` opens only the current version, `if_none_match` only another one; `*` is any. Promise 3.
pub async fn open_honours_etags(store: &Store) {
    let old = put(store, "file", "old").await.etag;
    let now = put(store, "file", "now").await.etag;
    let other = ETag::strong("no-such-version");
    let opened = store.open("file").if_match(ETagCondition::Any).await.unwrap();
    assert_eq!(opened.text().await.unwrap(), "now");
    refused_naming(store.open("file").if_none_match(ETagCondition::Any).await, NotModified, "file");
    refused_naming(store.open("file").if_match(other.clone()).await, PreconditionFailed, "file");
    store.open("file").if_none_match(other.clone()).await.unwrap();

    // A storage may have no entity tags; then only `*` can match.
    let (Some(old), Some(now)) = (old, now) else { return };
    store.open("file").if_match(&now).await.unwrap();
    store.open("file").if_match(vec![other.clone(), now.clone()]).await.unwrap();
    refused_naming(store.open("file").if_match(&old).await, PreconditionFailed, "file");
    refused_naming(store.open("file").if_none_match(&now).await, NotModified, "file");
    refused_naming(store.open("file").if_none_match(vec![other, now.clone()]).await, NotModified, "file");
    store.open("file").if_none_match(&old).await.unwrap();
    // Conditions come before ranges (RFC 9110, section 13.2.2).
    refused(store.open("file").if_none_match(&now).range(99..).await, NotModified);
    refused(store.open("file").if_match(&now).range(99..).await, RangeNotSatisfiable);
    let part = store.open("file").if_match(&now).range(1..).await.unwrap();
    assert_eq!(part.text().await.unwrap(), "ow");
}

/// `if_modified_since` and `if_unmodified_since` compare whole seconds, as HTTP dates do. Promise 3.
pub async fn open_honours_dates(store: &Store) {
    put(store, "file", "content").await;
    let modified = store.metadata("file").await.unwrap().modified;
    let (before, after) = (modified - Duration::from_mins(1), modified + Duration::from_mins(1));
    store.open("file").if_modified_since(before).await.unwrap();
    refused_naming(store.open("file").if_modified_since(modified).await, NotModified, "file");
    store.open("file").if_unmodified_since(modified).await.unwrap();
    refused_naming(store.open("file").if_unmodified_since(before).await, PreconditionFailed, "file");
    store.open("file").if_unmodified_since(after).await.unwrap();
    let ancient = SystemTime::UNIX_EPOCH;
    refused(store.open("file").if_unmodified_since(ancient).await, PreconditionFailed);
}

/// What is saved under the name later does not change a file that is open: it gives the old bytes to
/// their end, or an error, never a mixture. Promise 2.
pub async fn open_keeps_its_version_while_it_is_overwritten(store: &Store) {
    let (old, new) = (bytes(2_000_000, 1), bytes(2_000_000, 2));
    put(store, "file", old.clone()).await;
    let (file, begin) = begun(store).await;
    put(store, "file", new.clone()).await;
    rest_is(file, begin, &old).await;
    assert!(crate::conformance::support::get(store, "file").await == new);
}

/// Nor does a deletion. Promise 2.
pub async fn open_keeps_its_version_while_it_is_deleted(store: &Store) {
    let old = bytes(2_000_000, 1);
    put(store, "file", old.clone()).await;
    let (file, begin) = begun(store).await;
    store.delete("file").await.unwrap();
    rest_is(file, begin, &old).await;
    refused(store.open("file").await, NotFound);
}

/// An open file of which the first chunk was read.
async fn begun(store: &Store) -> (File, Bytes) {
    let mut file = store.open("file").await.unwrap();
    let begin = file.try_next().await.unwrap().expect("there is a first chunk");
    (file, begin)
}

/// The rest completes the old content, or breaks off with an error.
async fn rest_is(mut file: File, begin: Bytes, old: &Bytes) {
    let mut read = BytesMut::from(begin);
    loop {
        match file.try_next().await {
            Ok(Some(chunk)) => read.extend_from_slice(&chunk),
            Ok(None) => break assert!(read == *old, "the open file changed while it was read"),
            Err(_) => break assert!(old.starts_with(&read), "the open file changed before it broke off"),
        }
    }
}
