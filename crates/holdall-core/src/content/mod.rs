//! The bytes to save, wherever they come from.

mod blocking;
mod repeatable;
mod stream;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::io::AsyncRead;
use tokio_util::io::ReaderStream;

pub use self::blocking::BlockingContent;
pub use self::repeatable::RepeatableContent;
pub use self::stream::ContentStream;
use crate::error::{BoxError, Error, ErrorKind, Result};
use crate::file::File;

/// How much is read at once from a path or a reader, in bytes.
const CHUNK: usize = 256 * 1024;

/// The bytes to save: from memory, a path, a reader or a stream, with or without a known size.
///
/// A reader is borrowed, read from where it stands to its end, and never closed or rewound. Whatever
/// converts into `Content` can be given to [`Store::save`](crate::Store::save) directly: bytes, text, a
/// path, an open [`File`] of another store.
///
/// ```
/// use holdall_core::Content;
///
/// # async fn example() -> holdall_core::Result<()> {
/// let mut upload = tokio::io::repeat(b'x'); // any AsyncRead
/// let content = Content::reader(&mut upload).with_size(1_000).with_max_size(5_000_000);
/// # Ok(()) }
/// ```
pub struct Content<'a> {
    source: Source<'a>,
    size: Option<u64>,
    limit: Option<u64>,
}

enum Source<'a> {
    Bytes(Bytes),
    Path(PathBuf),
    Stream(BoxStream<'a, Result<Bytes, BoxError>>),
}

impl<'a> Content<'a> {
    fn new(source: Source<'a>) -> Self {
        Self { source, size: None, limit: None }
    }

    /// Bytes that are in memory already.
    pub fn bytes(bytes: impl Into<Bytes>) -> Self {
        Self::new(Source::Bytes(bytes.into()))
    }

    /// Text, stored as UTF-8.
    pub fn text(text: impl Into<String>) -> Self {
        Self::bytes(text.into().into_bytes())
    }

    /// A file of the local file system, opened when it is saved.
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self::new(Source::Path(path.into()))
    }

    /// A reader, read to its end. Give `&mut reader` to keep it.
    pub fn reader(reader: impl AsyncRead + Send + 'a) -> Self {
        Self::stream(ReaderStream::with_capacity(reader, CHUNK))
    }

    /// A stream of chunks: an HTTP body, an upload field. An error ends the save with
    /// [`ErrorKind::SourceFailed`], and nothing is stored.
    pub fn stream<S, E>(stream: S) -> Self
    where
        S: futures_core::Stream<Item = Result<Bytes, E>> + Send + 'a,
        E: Into<BoxError> + 'a,
    {
        Self::new(Source::Stream(stream.map_err(Into::into).boxed()))
    }

    /// Declares how many bytes there are. It spares a storage from guessing, and it is a promise:
    /// content that turns out longer or shorter is an error, and nothing is stored.
    pub fn with_size(mut self, bytes: u64) -> Self {
        self.size = Some(bytes);
        self
    }

    /// The most bytes that are taken, counted while they pass by whatever their declared size. One more
    /// is [`ErrorKind::TooLarge`], and nothing is stored.
    pub fn with_max_size(mut self, bytes: u64) -> Self {
        self.limit = Some(self.limit.map_or(bytes, |limit| limit.min(bytes)));
        self
    }

    /// The declared or known number of bytes. For a path it is looked up.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::SourceFailed`] when the path cannot be looked at.
    pub fn size(&self) -> impl Future<Output = Result<Option<u64>>> + Send + use<> {
        // The future borrows nothing: content need not be `Sync`, so that a future which borrowed it could not be
        // `Send`.
        let (known, path) = match (&self.source, self.size) {
            (_, Some(size)) => (Some(size), None),
            (Source::Bytes(bytes), None) => (Some(bytes.len() as u64), None),
            (Source::Path(path), None) => (None, Some(path.clone())),
            (Source::Stream(_), None) => (None, None),
        };
        async move {
            let Some(path) = path else { return Ok(known) };
            match tokio::fs::metadata(&path).await {
                Ok(metadata) => Ok(metadata.is_file().then_some(metadata.len())),
                Err(error) => Err(source_failed_at(&path, error)),
            }
        }
    }

    /// The bytes where they are in memory already, checked against size and limit.
    ///
    /// # Errors
    ///
    /// The content itself, unread, when it is somewhere else or when the check fails;
    /// [`into_stream`](Self::into_stream) then tells why.
    pub fn try_into_bytes(self) -> Result<Bytes, Self> {
        match self.source {
            Source::Bytes(ref bytes) if self.meter().check_whole(bytes.len() as u64).is_ok() => {
                Ok(bytes.clone())
            }
            _ => Err(self),
        }
    }

    /// The content as a stream of non-empty chunks that enforces declared size and limit. This is what
    /// a backend reads; every error it gives is final and already has its kind.
    ///
    /// Chunks have any size: bytes from memory come as one chunk.
    pub fn into_stream(self) -> ContentStream<'a> {
        let meter = self.meter();
        let chunks = match self.source {
            Source::Bytes(bytes) => futures_util::stream::iter([Ok(bytes)]).boxed(),
            Source::Path(path) => path_stream(path),
            Source::Stream(stream) => stream,
        };
        ContentStream::new(chunks, meter)
    }

    /// The content as a blocking iterator, where it can be read without the async runtime: bytes and
    /// paths. A backend that works on blocking threads reads these in one go.
    ///
    /// # Errors
    ///
    /// The content itself, unread, when it is a reader or a stream.
    pub fn into_blocking(self) -> Result<BlockingContent, Self> {
        match self.source {
            Source::Bytes(ref bytes) => Ok(BlockingContent::bytes(bytes.clone(), self.meter())),
            Source::Path(ref path) => Ok(BlockingContent::path(path.clone(), self.meter())),
            Source::Stream(_) => Err(self),
        }
    }

    /// A copy that can be read again and again, where there can be one: bytes and paths. A backend that
    /// must send content a second time, under another name, needs no detour then.
    ///
    /// `None` for a reader or a stream.
    pub fn repeatable(&self) -> Option<RepeatableContent> {
        RepeatableContent::of(self)
    }

    fn meter(&self) -> Meter {
        Meter { size: self.size, limit: self.limit, seen: 0 }
    }
}

/// Counts bytes against what was declared and what is allowed: the one place that does.
#[derive(Debug, Clone)]
struct Meter {
    size: Option<u64>,
    limit: Option<u64>,
    seen: u64,
}

impl Meter {
    /// Refuses a declared size over the limit before the first byte is read.
    fn check_declared(&self) -> Result<()> {
        match (self.size, self.limit) {
            (Some(size), Some(limit)) if size > limit => Err(too_large(limit)),
            _ => Ok(()),
        }
    }

    fn count(&mut self, bytes: usize) -> Result<()> {
        self.seen += bytes as u64;
        if let Some(limit) = self.limit
            && self.seen > limit
        {
            return Err(too_large(limit));
        }
        if let Some(size) = self.size
            && self.seen > size
        {
            return Err(Error::message(
                ErrorKind::InvalidInput,
                format!("the content is longer than the {size} bytes that were declared; nothing was stored"),
            ));
        }
        Ok(())
    }

    fn end(&self) -> Result<()> {
        match self.size {
            Some(size) if self.seen < size => Err(Error::message(
                ErrorKind::SourceFailed,
                format!(
                    "the content ended after {} of the {size} bytes that were declared; nothing was stored",
                    self.seen
                ),
            )),
            _ => Ok(()),
        }
    }

    /// The checks for content that is known as a whole.
    fn check_whole(&self, bytes: u64) -> Result<()> {
        let mut meter = self.clone();
        meter.check_declared()?;
        meter.count(usize::try_from(bytes).unwrap_or(usize::MAX))?;
        meter.end()
    }
}

fn too_large(limit: u64) -> Error {
    Error::message(
        ErrorKind::TooLarge,
        format!("the content has more than the {limit} bytes that are allowed"),
    )
}

/// An error of the source. The limit of somebody in front of us (a body limit) keeps its kind.
fn source_failed(error: BoxError) -> Error {
    match error.downcast::<Error>() {
        Ok(own) if own.kind() == ErrorKind::TooLarge => *own,
        Ok(own) => failed(own),
        Err(error) => failed(error),
    }
}

fn failed(error: impl Into<BoxError>) -> Error {
    let error = error.into();
    Error::message(
        ErrorKind::SourceFailed,
        format!("the content could not be read ({error}); nothing was stored"),
    )
    .with_source(error)
}

fn source_failed_at(path: &Path, error: std::io::Error) -> Error {
    let message =
        format!("the content could not be read from {}: {error}; nothing was stored", path.display());
    Error::message(ErrorKind::SourceFailed, message).with_source(error)
}

fn path_stream(path: PathBuf) -> BoxStream<'static, Result<Bytes, BoxError>> {
    let opened = async move {
        match tokio::fs::File::open(&path).await {
            Ok(file) => Ok(ReaderStream::with_capacity(file, CHUNK).map_err(BoxError::from)),
            Err(error) => Err(BoxError::from(source_failed_at(&path, error))),
        }
    };
    futures_util::stream::once(opened).try_flatten().boxed()
}

impl fmt::Debug for Content<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let source: &dyn fmt::Debug = match &self.source {
            Source::Bytes(bytes) => &format_args!("{} bytes", bytes.len()),
            Source::Path(path) => &path.display(),
            Source::Stream(_) => &"a stream",
        };
        f.debug_struct("Content")
            .field("source", source)
            .field("size", &self.size)
            .field("limit", &self.limit)
            .finish()
    }
}

/// `From` for what is copied or moved into memory.
macro_rules! from_memory {
    ($($type:ty => $convert:expr),+ $(,)?) => {$(
        impl From<$type> for Content<'_> {
            fn from(value: $type) -> Self {
                let convert: fn($type) -> Bytes = $convert;
                Self::bytes(convert(value))
            }
        }
    )+};
}

from_memory! {
    Bytes => |bytes| bytes,
    &Bytes => Bytes::clone,
    Vec<u8> => Bytes::from,
    String => Bytes::from,
    &[u8] => Bytes::copy_from_slice,
    &Vec<u8> => |bytes| Bytes::copy_from_slice(bytes),
    &str => |text| Bytes::copy_from_slice(text.as_bytes()),
    &String => |text| Bytes::copy_from_slice(text.as_bytes()),
}

impl<const N: usize> From<&[u8; N]> for Content<'_> {
    fn from(bytes: &[u8; N]) -> Self {
        Self::from(bytes.as_slice())
    }
}

impl From<PathBuf> for Content<'_> {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for Content<'_> {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

impl From<File> for Content<'_> {
    /// The body of a file of this or another store; its size is known.
    fn from(file: File) -> Self {
        let size = file.range().end - file.range().start;
        Self::stream(file).with_size(size)
    }
}
