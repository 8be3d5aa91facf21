//! The compressor: a block in, some bytes out, the same for every way in which the content arrives.

use std::io::Write as _;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Bytes, BytesMut};
use flate2::{Compression, GzBuilder, write::GzEncoder};
use futures_util::stream::{self, StreamExt as _};

use crate::checksum::{Checksum, ChecksumHasher};
use crate::content::{Content, ContentStream};
use crate::error::{Error, ErrorKind, Result};

/// How much is compressed at once, and up to which size a file is known as a whole, in bytes.
pub(super) const BLOCK: usize = 64 * 1024;

/// How gzip's format begins (RFC 1952, 2.3.1).
const MAGIC: [u8; 2] = [0x1f, 0x8b];

/// What became of a content.
pub(super) enum Encoded<'a> {
    /// The original, which would not get smaller.
    AsItIs(Bytes),
    /// The original, which is compressed already.
    Unchanged(Content<'a>),
    /// Compressed, and checked.
    Small(Bytes),
    /// Compressed while it is read. Why the original could not be read to its end is kept beside it.
    Large(Content<'a>, Failure),
}

/// The first error of an original, for who reports it.
#[derive(Debug, Clone, Default)]
pub(super) struct Failure(Arc<Mutex<Option<Error>>>);

impl Failure {
    pub(super) fn take(&self) -> Option<Error> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Keeps the error, and gives another for the stream that ends with it.
    fn keep(&self, error: Error) -> Error {
        let told = Error::message(error.kind(), error.reason());
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
        told
    }
}

/// Compresses, and compares the original with its checksum.
///
/// # Errors
///
/// Those of the content's first block; `ChecksumMismatch` where that is all.
pub(super) async fn encode(content: Content<'_>, expected: Option<Checksum>) -> Result<Encoded<'_>> {
    let mut blocks = Blocks::new(content);
    let first = blocks.next().await?.unwrap_or_default();
    let is_packed = first.starts_with(&MAGIC);
    if blocks.is_over {
        check(expected, Checksum::of(&first))?;
        if is_packed {
            return Ok(Encoded::AsItIs(first));
        }
        let mut encoder = Encoder::new(expected);
        let mut packed = BytesMut::from(&encoder.block(&first)?[..]);
        packed.extend_from_slice(&encoder.end()?);
        let is_smaller = packed.len() < first.len();
        return Ok(if is_smaller { Encoded::Small(packed.freeze()) } else { Encoded::AsItIs(first) });
    }
    let failure = Failure::default();
    if is_packed {
        return Ok(Encoded::Unchanged(Content::stream(stream::iter([Ok(first)]).chain(blocks.rest()))));
    }
    let state = (Some(Encoder::new(expected)), Some(first), blocks, failure.clone());
    let packed = stream::unfold(state, |(encoder, block, mut blocks, failure)| async move {
        let mut encoder = encoder?;
        let block = match block {
            Some(block) => Ok(Some(block)),
            None => blocks.next().await,
        };
        let (packed, encoder) = match block {
            Ok(Some(block)) => (encoder.block(&block), Some(encoder)),
            Ok(None) => (encoder.end(), None),
            Err(error) => (Err(error), None),
        };
        let packed = packed.map_err(|error| failure.keep(error));
        Some((packed, (encoder, None, blocks, failure)))
    });
    // The compressor may hold a block back.
    let packed = packed.filter(|packed| {
        let is_something = packed.as_ref().map_or(true, |bytes| !bytes.is_empty());
        std::future::ready(is_something)
    });
    Ok(Encoded::Large(Content::stream(packed), failure))
}

fn check(expected: Option<Checksum>, checksum: Checksum) -> Result<()> {
    match expected {
        Some(expected) if expected != checksum => Err(Error::message(
            ErrorKind::ChecksumMismatch,
            format!("the content has the checksum {checksum}, not {expected}; nothing was stored"),
        )),
        _ => Ok(()),
    }
}

/// Content in blocks of one size, the last one shorter. However it arrives, the compressor sees the same.
struct Blocks<'a> {
    chunks: ContentStream<'a>,
    /// The rest of a chunk, which may be a whole file in memory.
    chunk: Bytes,
    /// A block at most, and a byte of the next.
    gathered: BytesMut,
    is_over: bool,
}

impl<'a> Blocks<'a> {
    fn new(content: Content<'a>) -> Self {
        let chunks = content.into_stream();
        Self { chunks, chunk: Bytes::new(), gathered: BytesMut::new(), is_over: false }
    }

    /// The next block; `None` at the end. After a block that `is_over` is set with, there is none.
    async fn next(&mut self) -> Result<Option<Bytes>> {
        while !self.is_over && self.gathered.len() <= BLOCK {
            if self.chunk.is_empty() {
                match self.chunks.next().await {
                    Some(chunk) => self.chunk = chunk?,
                    None => self.is_over = true,
                }
            }
            // The byte beyond a block tells whether there is another one.
            let wanted = self.chunk.len().min(BLOCK + 1 - self.gathered.len());
            self.gathered.extend_from_slice(&self.chunk.split_to(wanted));
        }
        if self.gathered.is_empty() {
            return Ok(None);
        }
        let block = self.gathered.split_to(self.gathered.len().min(BLOCK)).freeze();
        Ok(Some(block))
    }

    /// All that was not given yet, in whatever pieces.
    fn rest(self) -> impl futures_core::Stream<Item = Result<Bytes>> + Send + use<'a> {
        stream::iter([Ok(self.gathered.freeze()), Ok(self.chunk)]).chain(self.chunks)
    }
}

/// Compresses block by block.
struct Encoder {
    gzip: GzEncoder<Vec<u8>>,
    hasher: ChecksumHasher,
    expected: Option<Checksum>,
}

impl Encoder {
    fn new(expected: Option<Checksum>) -> Self {
        // 255: of no particular system. Neither time nor name.
        let gzip = GzBuilder::new().mtime(0).operating_system(255).write(Vec::new(), Compression::best());
        Self { gzip, hasher: Checksum::hasher(), expected }
    }

    fn block(&mut self, block: &[u8]) -> Result<Bytes> {
        self.hasher.update(block);
        self.gzip.write_all(block).map_err(Error::from_io)?;
        Ok(std::mem::take(self.gzip.get_mut()).into())
    }

    fn end(self) -> Result<Bytes> {
        check(self.expected, self.hasher.finish())?;
        Ok(self.gzip.finish().map_err(Error::from_io)?.into())
    }
}
