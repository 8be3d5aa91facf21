//! An opened file: its metadata and its body, from one request.

use std::fmt;
use std::io;
use std::ops::Range;
use std::path::Path;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use bytes::{Buf as _, Bytes, BytesMut};
use futures_core::Stream;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use tokio::io::{AsyncRead, AsyncWriteExt as _, ReadBuf};

use crate::checksum::ChecksumHasher;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::metadata::Metadata;
use crate::name::Name;
use crate::staged::StagedFile;

/// An opened file. It belongs to one version: what is saved under the name later does not change it.
///
/// It is a `Stream` of chunks and an `AsyncRead`; use one of the two. A body that ends early or, when
/// the whole file is read and the storage keeps checksums, has other bytes than were saved, gives an
/// error and not an end. Dropping it ends the transfer.
///
/// ```
/// # async fn example(media: holdall_core::Store) -> holdall_core::Result<()> {
/// let file = media.open("usr/cat.jpg").await?;
/// println!("{} bytes of {}", file.size(), file.metadata().content_type());
/// let bytes = file.bytes().await?;
/// # Ok(()) }
/// ```
pub struct File {
    metadata: Metadata,
    range: Range<u64>,
    body: BoxStream<'static, Result<Bytes>>,
    /// What `AsyncRead` has not handed out yet.
    rest: Bytes,
    remaining: u64,
    /// Runs along where the whole content can be checked.
    hasher: Option<ChecksumHasher>,
    done: bool,
}

impl File {
    /// A file whose body is a stream of exactly the bytes of `range`. For backends.
    pub fn new(
        metadata: Metadata,
        range: Range<u64>,
        body: impl Stream<Item = Result<Bytes>> + Send + 'static,
    ) -> Self {
        let whole = range.start == 0 && range.end == metadata.size;
        let hasher = metadata.checksum.filter(|_| whole).map(|_| crate::Checksum::hasher());
        let remaining = range.end.saturating_sub(range.start);
        Self { metadata, range, body: body.boxed(), rest: Bytes::new(), remaining, hasher, done: false }
    }

    /// A file whose body is in memory already. For backends.
    pub fn from_bytes(metadata: Metadata, range: Range<u64>, body: Bytes) -> Self {
        Self::new(metadata, range, futures_util::stream::iter([Ok(body)]))
    }

    /// Everything that is known about the file.
    pub fn metadata(&self) -> &Metadata {
        &self.metadata
    }

    /// The file's name.
    pub fn name(&self) -> &Name {
        &self.metadata.name
    }

    /// The size of the whole file in bytes, whatever range was asked for.
    pub fn size(&self) -> u64 {
        self.metadata.size
    }

    /// The bytes that the body has: the resolved range, or the whole file.
    pub fn range(&self) -> Range<u64> {
        self.range.clone()
    }

    /// Reads the body into memory. Its size is [`range`](Self::range); check that first where you do
    /// not know what was uploaded.
    pub async fn bytes(mut self) -> Result<Bytes> {
        let Some(first) = self.try_next().await? else { return Ok(Bytes::new()) };
        let Some(second) = self.try_next().await? else { return Ok(first) };
        let mut all = BytesMut::with_capacity(first.len() + second.len());
        all.extend_from_slice(&first);
        all.extend_from_slice(&second);
        while let Some(chunk) = self.try_next().await? {
            all.extend_from_slice(&chunk);
        }
        Ok(all.freeze())
    }

    /// Reads the body as UTF-8.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Other`] when it is not UTF-8; nothing is replaced silently.
    pub async fn text(self) -> Result<String> {
        let name = self.metadata.name.clone();
        String::from_utf8(self.bytes().await?.into()).map_err(|error| {
            Error::message(ErrorKind::Other, format!("the file is not UTF-8 text ({})", error.utf8_error()))
                .with_operation(Operation::Open)
                .with_name(name.as_str())
                .with_source(error)
        })
    }

    /// Writes the body to a path of the local file system, all or nothing: it goes to a temporary file
    /// in the same directory first, which then takes the path. An existing file is replaced. Returns
    /// the number of bytes.
    ///
    /// Dropping the future leaves nothing behind but the old file.
    pub async fn save_to(mut self, path: impl AsRef<Path>) -> Result<u64> {
        let path = path.as_ref().to_owned();
        let failed = |error: io::Error| {
            Error::from_io(error).with_message(format!("the file could not be written to {}", path.display()))
        };
        let staged = StagedFile::beside(&path).await?;
        let mut file = tokio::fs::File::from_std(staged.handle()?);
        let mut written = 0;
        while let Some(chunk) = self.try_next().await? {
            written += chunk.len() as u64;
            file.write_all(&chunk).await.map_err(&failed)?;
        }
        file.flush().await.map_err(&failed)?;
        drop(file);
        staged.publish(true).await?;
        Ok(written)
    }

    /// Checks one answer of the backend.
    fn accept(&mut self, answer: Option<Result<Bytes>>) -> Option<Result<Bytes>> {
        match answer {
            Some(Ok(chunk)) if chunk.len() as u64 > self.remaining => {
                Some(Err(self.error(ErrorKind::Other, "the storage sent more bytes than the file has")))
            }
            Some(Ok(chunk)) => {
                self.remaining -= chunk.len() as u64;
                if let Some(hasher) = &mut self.hasher {
                    hasher.update(&chunk);
                    // Checked with the last chunk, so that nobody sees all bytes without the verdict.
                    if self.remaining == 0 && Some(hasher.finish()) != self.metadata.checksum {
                        let message = "the bytes that were read are not the bytes that were saved";
                        return Some(Err(self.error(ErrorKind::ChecksumMismatch, message)));
                    }
                }
                Some(Ok(chunk))
            }
            // Behind a wrapper the backend knows the file by a longer name.
            Some(Err(error)) => Some(Err(error.with_name(self.metadata.name.as_str()))),
            None if self.remaining > 0 => {
                let message = format!("the storage's answer ended {} bytes too early", self.remaining);
                Some(Err(self.error(ErrorKind::Unavailable, &message)))
            }
            None => None,
        }
    }

    fn error(&self, kind: ErrorKind, message: &str) -> Error {
        Error::message(kind, message).with_operation(Operation::Open).with_name(self.metadata.name.as_str())
    }

    /// For wrappers: the same body under another name.
    pub fn map_name(mut self, name: Name) -> Self {
        self.metadata.name = name;
        self
    }
}

impl Stream for File {
    type Item = Result<Bytes>;

    fn poll_next(self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = self.get_mut();
        if !this.rest.is_empty() {
            return Poll::Ready(Some(Ok(std::mem::take(&mut this.rest))));
        }
        if this.done {
            return Poll::Ready(None);
        }
        loop {
            let answer = ready!(this.body.as_mut().poll_next(cx));
            if matches!(&answer, Some(Ok(chunk)) if chunk.is_empty()) {
                continue;
            }
            let item = this.accept(answer);
            if !matches!(item, Some(Ok(_))) {
                this.done = true;
            }
            return Poll::Ready(item);
        }
    }
}

impl AsyncRead for File {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let mut chunk = match ready!(self.as_mut().poll_next(cx)) {
            Some(chunk) => chunk?,
            None => return Poll::Ready(Ok(())),
        };
        let length = chunk.len().min(buffer.remaining());
        buffer.put_slice(&chunk[..length]);
        chunk.advance(length);
        self.rest = chunk;
        Poll::Ready(Ok(()))
    }
}

impl fmt::Debug for File {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("File")
            .field("metadata", &self.metadata)
            .field("range", &self.range)
            .finish_non_exhaustive()
    }
}
