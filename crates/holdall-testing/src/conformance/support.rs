//! What the cases share: putting and getting files, contents of any size, expected refusals.

use std::fmt::Debug;
use std::future::poll_fn;
use std::io;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::Poll;
use std::time::{SystemTime, UNIX_EPOCH};

use bytes::Bytes;
use futures_util::{Stream, StreamExt as _};
use holdall_core::{
    Content, Entry, Error, ErrorKind, IntoLocation, IntoName, Metadata, Name, Result, Saved, Store,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;

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

/// One level below a location: files, and directories with a `/` at their end.
pub(super) async fn level(store: &Store, location: impl IntoLocation) -> Vec<String> {
    shown(&store.list(location).collect().await.expect("the location is listed"))
}

/// Names as they are sorted: a directory ends in `/`.
pub(super) fn shown(entries: &[Entry]) -> Vec<String> {
    entries.iter().map(|entry| String::from_utf8_lossy(&entry.sort_key()).into_owned()).collect()
}

/// `length` bytes that look random and differ for each seed.
pub(super) fn bytes(length: usize, seed: u64) -> Bytes {
    let mut state = (seed + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
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

/// A content that must not be read, and whether it was: what is refused "before any I/O".
pub(super) fn untouched() -> (Content<'static>, impl Fn() -> bool) {
    let was_read = Arc::new(AtomicBool::new(false));
    let flag = Arc::clone(&was_read);
    let stream = futures_util::stream::poll_fn(move |_| {
        flag.store(true, Ordering::SeqCst);
        Poll::Ready(None::<io::Result<Bytes>>)
    });
    (Content::stream(stream), move || was_read.load(Ordering::SeqCst))
}

/// The error of something that must be refused with that kind. It must say where it happened.
#[track_caller]
pub(super) fn refused<T: Debug>(result: Result<T>, kind: ErrorKind) -> Error {
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
pub(super) fn refused_naming<T: Debug>(result: Result<T>, kind: ErrorKind, name: &str) -> Error {
    let error = refused(result, kind);
    assert_eq!(error.name(), Some(name), "the error was: {error:?}");
    assert!(error.to_string().contains(&format!("{name:?}")), "the sentence does not name it: {error}");
    error
}

/// Two answers about the same version of a file. Times are compared in whole seconds: S3 tells no finer
/// ones in some of its answers. Between the two somebody may have read the file, which changes when it was last read.
#[track_caller]
pub(super) fn same_file(one: &Metadata, other: &Metadata) {
    let whole = |metadata: &Metadata| {
        let mut metadata = metadata.clone();
        metadata.modified = UNIX_EPOCH + std::time::Duration::from_secs(seconds(metadata.modified));
        metadata.with_accessed(None)
    };
    assert_eq!(whole(one), whole(other));
}

/// Whole seconds since the epoch.
pub(super) fn seconds(time: SystemTime) -> u64 {
    time.duration_since(UNIX_EPOCH).expect("files are younger than Unix").as_secs()
}

/// Runs `count` tasks that begin at the same moment, and gives their results in their order.
pub(super) async fn together<T, F>(count: usize, task: impl Fn(usize) -> F) -> Vec<T>
where
    T: Send + 'static,
    F: Future<Output = T> + Send + 'static,
{
    let barrier = Arc::new(Barrier::new(count));
    let mut tasks = JoinSet::new();
    for index in 0..count {
        let (barrier, work) = (Arc::clone(&barrier), task(index));
        tasks.spawn(async move {
            barrier.wait().await;
            (index, work.await)
        });
    }
    let mut results = tasks.join_all().await;
    results.sort_by_key(|(index, _)| *index);
    results.into_iter().map(|(_, result)| result).collect()
}

/// Polls a future at most so many times and then drops it. `Some` when it ended before that.
pub(super) async fn interrupted<F: Future>(future: F, polls: usize) -> Option<F::Output> {
    let mut future = pin!(future);
    let mut left = polls;
    poll_fn(|context| {
        if left == 0 {
            return Poll::Ready(None);
        }
        left -= 1;
        match future.as_mut().poll(context) {
            Poll::Ready(output) => Poll::Ready(Some(output)),
            Poll::Pending if left == 0 => Poll::Ready(None),
            Poll::Pending => Poll::Pending,
        }
    })
    .await
}

/// Whether `name` is what `Unique` makes: `before`, seven of `[A-Za-z0-9]`, `after`.
#[track_caller]
pub(super) fn is_alternative(name: &Name, before: &str, after: &str) {
    let random = name.as_str().strip_prefix(before).and_then(|rest| rest.strip_suffix(after));
    let random = random.unwrap_or_else(|| panic!("{name:?} is not {before:?}, seven letters and {after:?}"));
    assert_eq!(random.len(), 7, "{name:?}");
    assert!(random.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{name:?}");
}
