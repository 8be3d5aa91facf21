//! Content that can be read again.

use std::fmt;
use std::path::PathBuf;

use bytes::Bytes;

use super::{Content, Source};

/// Bytes or a local file, which can be read as often as it takes, with declared size and limit. Made by
/// [`Content::repeatable`](super::Content::repeatable).
///
/// A file is opened anew each time: what is read is what is there then.
///
/// ```
/// use holdall_core::Content;
///
/// let again = Content::text("hello").repeatable().expect("it is in memory");
/// assert_eq!(again.content().try_into_bytes().unwrap(), again.content().try_into_bytes().unwrap());
/// ```
#[derive(Clone)]
pub struct RepeatableContent {
    origin: Origin,
    size: Option<u64>,
    limit: Option<u64>,
}

#[derive(Clone)]
enum Origin {
    Bytes(Bytes),
    Path(PathBuf),
}

impl RepeatableContent {
    pub(super) fn of(content: &Content<'_>) -> Option<Self> {
        let origin = match &content.source {
            Source::Bytes(bytes) => Origin::Bytes(bytes.clone()),
            Source::Path(path) => Origin::Path(path.clone()),
            Source::Stream(_) => return None,
        };
        Some(Self { origin, size: content.size, limit: content.limit })
    }

    /// The content from its beginning.
    pub fn content(&self) -> Content<'static> {
        let source = match &self.origin {
            Origin::Bytes(bytes) => Source::Bytes(bytes.clone()),
            Origin::Path(path) => Source::Path(path.clone()),
        };
        Content { source, size: self.size, limit: self.limit }
    }
}

impl fmt::Debug for RepeatableContent {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.content().fmt(f)
    }
}
