//! Content that a blocking thread can read by itself.

use std::fs::File;
use std::io::Read as _;
use std::path::PathBuf;

use bytes::Bytes;

use super::{CHUNK, Meter, source_failed_at};
use crate::error::Result;

/// Bytes or a local file as a blocking iterator of non-empty chunks, with declared size and limit
/// enforced. Made by [`Content::into_blocking`](super::Content::into_blocking).
///
/// After an error or the end it gives `None`.
#[derive(Debug)]
pub struct BlockingContent {
    source: Option<Source>,
    meter: Meter,
}

#[derive(Debug)]
enum Source {
    Bytes(Bytes),
    Path(PathBuf),
    File(File, PathBuf),
}

impl BlockingContent {
    pub(super) fn bytes(bytes: Bytes, meter: Meter) -> Self {
        Self { source: Some(Source::Bytes(bytes)), meter }
    }

    pub(super) fn path(path: PathBuf, meter: Meter) -> Self {
        Self { source: Some(Source::Path(path)), meter }
    }

    /// The next chunk; empty at the end.
    fn read(&mut self) -> Result<Bytes> {
        let (file, path) = match self.source.take() {
            None => return Ok(Bytes::new()),
            Some(Source::Bytes(bytes)) => {
                self.meter.check_declared()?;
                self.source = Some(Source::Bytes(Bytes::new()));
                return Ok(bytes);
            }
            Some(Source::Path(path)) => {
                self.meter.check_declared()?;
                let file = File::open(&path).map_err(|error| source_failed_at(&path, error))?;
                (file, path)
            }
            Some(Source::File(file, path)) => (file, path),
        };
        let mut chunk = Vec::with_capacity(CHUNK);
        (&file).take(CHUNK as u64).read_to_end(&mut chunk).map_err(|error| source_failed_at(&path, error))?;
        self.source = Some(Source::File(file, path));
        Ok(chunk.into())
    }
}

impl Iterator for BlockingContent {
    type Item = Result<Bytes>;

    fn next(&mut self) -> Option<Self::Item> {
        self.source.as_ref()?;
        let item = match self.read() {
            Ok(chunk) if chunk.is_empty() => {
                self.source = None;
                self.meter.end().err().map(Err)
            }
            Ok(chunk) => Some(self.meter.count(chunk.len()).map(|()| chunk)),
            Err(error) => Some(Err(error)),
        };
        if !matches!(item, Some(Ok(_))) {
            self.source = None;
        }
        item
    }
}
