//! Bodies that are files of the local disk: read in chunks of a size that a network would use, where
//! `object_store` itself reads 8 KiB at a time, each with a hop to another thread.

use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom};

use bytes::Bytes;
use futures_util::stream::{BoxStream, StreamExt as _, TryStreamExt as _, try_unfold};
use holdall_core::{Error, ErrorKind, Result};
use object_store::{GetResult, GetResultPayload};

use crate::error::translate;

/// Bytes that are read at once.
const CHUNK: u64 = 256 * 1024;

/// The bytes of the range, from the open file: what is saved later does not change them.
pub(crate) fn body(reply: GetResult) -> BoxStream<'static, Result<Bytes>> {
    let GetResultPayload::File(file, _) = reply.payload else {
        return reply.into_stream().map_err(translate).boxed();
    };
    try_unfold((file, reply.range), |(file, range)| async move {
        if range.is_empty() {
            return Ok(None);
        }
        let wanted = (range.end - range.start).min(CHUNK);
        let reading = tokio::task::spawn_blocking(move || read(file, range.start, wanted)).await;
        let (file, chunk) = match reading {
            Ok(read) => read.map_err(Error::from_io)?,
            Err(error) => return Err(Error::message(ErrorKind::Unavailable, "the runtime shut down").with_source(error)),
        };
        // The file ended before its size: core tells that.
        let next = if chunk.is_empty() { range.end } else { range.start + chunk.len() as u64 };
        Ok(Some((chunk, (file, next..range.end))))
    })
    .boxed()
}

fn read(mut file: File, start: u64, wanted: u64) -> io::Result<(File, Bytes)> {
    file.seek(SeekFrom::Start(start))?;
    let mut chunk = Vec::with_capacity(usize::try_from(wanted).unwrap_or_default());
    (&mut file).take(wanted).read_to_end(&mut chunk)?;
    Ok((file, chunk.into()))
}
