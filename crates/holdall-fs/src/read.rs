//! Reading: metadata, and a file with its body.
//!
//! Opening is one hop, in which a small body is read too. A larger body is one hop a chunk, the next of
//! which is read while the caller has the last one; no thread is held in between, however slow the reader.

use std::fs::File as DiskFile;
use std::io::{self, Read as _, Seek as _, SeekFrom};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::Stream;
use holdall_core::{Error, File, Metadata, Name, OpenOptions, Result};
use tokio::task::JoinHandle;

use crate::attributes;
use crate::error::failed;
use crate::hop::{hop, landed, take_off};
use crate::root::Root;

/// Bodies up to this size are read in the hop that opens the file, in bytes.
const SMALL: u64 = 256 * 1024;

/// How much of a larger body is read in a hop, in bytes. Two chunks exist at a time.
const CHUNK: u64 = 1024 * 1024;

/// See [`Storage::metadata`](holdall_core::Storage::metadata).
pub(crate) async fn metadata(root: &Arc<Root>, name: &Name) -> Result<Metadata> {
    let (root, name) = (Arc::clone(root), name.clone());
    hop(move || {
        let (file, stat) = root.open_file(&name)?;
        attributes::metadata(&name, &file, &stat)
    })
    .await
}

/// What the opening hop found.
enum Body {
    Small(Bytes),
    Large(DiskFile),
}

/// See [`Storage::open`](holdall_core::Storage::open).
pub(crate) async fn open(root: &Arc<Root>, name: &Name, options: OpenOptions) -> Result<File> {
    let (root, name) = (Arc::clone(root), name.clone());
    let (metadata, range, body) = hop(move || {
        let (mut file, stat) = root.open_file(&name)?;
        let metadata = attributes::metadata(&name, &file, &stat)?;
        options.conditions.check(metadata.etag.as_ref(), metadata.modified)?;
        let range = options.range.map_or(Ok(0..metadata.size), |range| range.resolve(metadata.size))?;
        let length = range.end - range.start;
        if range.start > 0 {
            file.seek(SeekFrom::Start(range.start)).map_err(cannot_read)?;
        }
        let body = if length <= SMALL {
            Body::Small(read_chunk(&mut file, length).map_err(cannot_read)?)
        } else {
            Body::Large(file)
        };
        Ok((metadata, range, body))
    })
    .await?;
    Ok(match body {
        Body::Small(bytes) => File::from_bytes(metadata, range, bytes),
        Body::Large(file) => {
            let body = chunks(file, range.clone());
            File::new(metadata, range, body)
        }
    })
}

fn cannot_read(error: io::Error) -> Error {
    failed("reading the file", error)
}

/// Reads exactly `length` bytes, or what there is when the file has become shorter; the caller's
/// [`File`] reports that.
fn read_chunk(file: &mut DiskFile, length: u64) -> io::Result<Bytes> {
    let mut chunk = Vec::with_capacity(usize::try_from(length).map_err(io::Error::other)?);
    file.take(length).read_to_end(&mut chunk)?;
    Ok(chunk.into())
}

/// A body that is read chunk by chunk from where the file stands.
struct Reading {
    remaining: u64,
    next: Next,
}

enum Next {
    /// Nothing was asked for yet: who only wants the metadata reads nothing.
    Idle(DiskFile),
    /// A chunk is being read.
    Flying(JoinHandle<Result<(DiskFile, Bytes)>>),
    End,
}

impl Reading {
    fn begin(&mut self, mut file: DiskFile) -> Next {
        let length = self.remaining.min(CHUNK);
        self.remaining -= length;
        if length == 0 {
            return Next::End;
        }
        Next::Flying(take_off(move || {
            let chunk = read_chunk(&mut file, length).map_err(cannot_read)?;
            Ok((file, chunk))
        }))
    }

    async fn chunk(&mut self) -> Result<Option<Bytes>> {
        let flying = match std::mem::replace(&mut self.next, Next::End) {
            Next::Idle(file) => self.begin(file),
            next => next,
        };
        let Next::Flying(flight) = flying else { return Ok(None) };
        let (file, chunk) = landed(flight).await?;
        self.next = self.begin(file);
        Ok(Some(chunk))
    }
}

fn chunks(file: DiskFile, range: Range<u64>) -> impl Stream<Item = Result<Bytes>> {
    let reading = Reading { remaining: range.end - range.start, next: Next::Idle(file) };
    futures_util::stream::try_unfold(reading, |mut reading| async {
        Ok(reading.chunk().await?.map(|chunk| (chunk, reading)))
    })
}
