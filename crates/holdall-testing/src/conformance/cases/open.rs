//! What `open` promises about bodies, ranges and absence.

use holdall_core::ErrorKind::{NotFound, RangeNotSatisfiable};
use holdall_core::{ByteRange, Store};

use super::support::{bytes, put, refused, refused_naming};

/// Opening what is not there is `NotFound` and names it, in a directory that does not exist too.
/// Promise 7.
pub async fn open_of_a_missing_file_is_not_found(store: &Store) {
    for name in ["missing", "no/such/directory/missing"] {
        refused_naming(store.open(name).await, NotFound, name);
        refused_naming(store.open(name).range(0..1).await, NotFound, name);
    }
}

/// A directory is no file. Promise 7.
pub async fn open_of_a_directory_is_not_found(store: &Store) {
    put(store, "dir/inner/file", "x").await;
    for name in ["dir", "dir/inner"] {
        refused_naming(store.open(name).await, NotFound, name);
    }
}

/// Every form of range gives exactly the bytes that HTTP says (RFC 9110, section 14.1.2), with the size
/// of the whole file beside them; a range that selects nothing is `RangeNotSatisfiable`. Promise 8.
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
            refused(opened, RangeNotSatisfiable);
            continue;
        };
        let file = opened.unwrap_or_else(|error| panic!("{range:?}: {error}"));
        let bounds = file.range();
        assert_eq!((bounds.start, bounds.end), (expected.start as u64, expected.end as u64), "{range:?}");
        assert_eq!(file.size(), 10_000, "{range:?}");
        assert!(file.bytes().await.unwrap() == content.slice(expected), "{range:?} gave other bytes");
    }
}
