//! What the cases share: putting and getting files, contents of any size, expected refusals.

use std::io;

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use holdall_core::{Content, Entry, Error, ErrorKind, IntoLocation, IntoName, Result, Saved, Store};

/// Saves with `Overwrite`, which every writable storage has.
pub(super) async fn put(store: &Store, name: impl IntoName, content: impl Into<Bytes>) -> Saved {
    store.save(name, Content::bytes(content)).overwrite().await.expect("the file is saved")
}

/// The whole content of a file.
pub(super) async fn get(store: &Store, name: impl IntoName) -> Bytes {
    store.open(name).await.expect("the file opens").bytes().await.expect("the file is read to its end")
}

/// Every name below a location, in the order of the listing.
pub(super) async fn names(store: &Store, location: impl IntoLocation) -> Vec<String> {
    let entries = store.list(location).recursive().collect().await.expect("the location is listed");
    shown(&entries)
}

/// Names as they are sorted: a directory ends in `/`.
pub(super) fn shown(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| String::from_utf8_lossy(&entry.sort_key()).into_owned()).collect()
}

/// `length` bytes that repeat nowhere within 64 KiB and differ for each seed.
pub(super) fn bytes(length: usize, seed: u64) -> Bytes {
    let mut state = seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1;
    let mut content = Vec::with_capacity(length + 8);
    while content.len() < length {
        // Xorshift: plain, fast, and the same everywhere.
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        content.extend_from_slice(&state.to_le_bytes());
    }
    content.truncate(length);
    content.into()
}

/// A source of unknown length that yields chunks of that size and gives way to others in between.
pub(super) fn chunks(content: Bytes, size: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    futures_util::stream::unfold(content, move |mut rest| async move {
        if rest.is_empty() {
            return None;
        }
        tokio::task::yield_now().await;
        let chunk = rest.split_to(size.min(rest.len()));
        Some((Ok(chunk), rest))
    })
}

/// A source that yields all of the content and then fails.
pub(super) fn failing(content: Bytes, size: usize) -> impl Stream<Item = io::Result<Bytes>> + Send + 'static {
    let error = io::Error::new(io::ErrorKind::ConnectionReset, "the client went away");
    chunks(content, size).chain(futures_util::stream::iter([Err(error)]))
}

/// The error of something that must be refused with that kind. It must say where it happened, and name
/// no storage but this one.
#[track_caller]
pub(super) fn refused<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind) -> Error {
    let error = match result {
        Ok(value) => panic!("expected {kind:?}, but it went well: {value:?}"),
        Err(error) => error,
    };
    assert_eq!(error.kind(), kind, "the error was: {error:?}");
    assert!(error.operation().is_some(), "the error says no operation: {error:?}");
    assert!(error.storage().is_some(), "the error says no storage: {error:?}");
    error
}

/// The same, and the error names the file as the caller did.
#[track_caller]
pub(super) fn refused_naming<T: std::fmt::Debug>(result: Result<T>, kind: ErrorKind, name: &str) -> Error {
    let error = refused(result, kind);
    assert_eq!(error.name(), Some(name), "the error was: {error:?}");
    assert!(error.to_string().contains(&format!("{name:?}")), "the sentence does not name it: {error}");
    error
}
