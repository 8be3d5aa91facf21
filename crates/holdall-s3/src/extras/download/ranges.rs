//! The ranges of a download, from the server into the staged file.

use std::fs::File;
use std::io::{Seek as _, SeekFrom, Write as _};
use std::ops::Range;
use std::sync::Arc;

use bytes::Bytes;
use holdall_core::{ETag, Error, Name, Result, StagedFile};
use tokio::task::{JoinHandle, JoinSet};

use crate::config::ChecksumAlgorithm;
use crate::verbs::read::Body;
use crate::verbs::sums::{Sums, SumsHasher};
use crate::wire::client::Inner;
use crate::wire::tasks::joined;

/// How much of a range is written to the disk at once.
const WRITE_AT_ONCE: usize = 1 << 20;

/// The object to fetch, and the way to fetch it.
#[derive(Debug, Clone)]
pub(super) struct Plan {
    pub(super) inner: Arc<Inner>,
    pub(super) key: Name,
    pub(super) version: Option<String>,
    pub(super) etag: Option<ETag>,
    pub(super) size: u64,
    pub(super) part_size: u64,
    pub(super) concurrency: usize,
    /// The checksum that the server keeps beside a CRC-64.
    pub(super) algorithm: Option<ChecksumAlgorithm>,
}

impl Plan {
    /// The bytes of the `index`th range. Without a tag nothing would hold several together, so that there is
    /// one.
    fn range(&self, index: u64) -> Option<Range<u64>> {
        let part = if self.etag.is_some() { self.part_size } else { self.size.max(1) };
        let start = index.checked_mul(part).filter(|&start| start < self.size)?;
        Some(start..self.size.min(start.saturating_add(part)))
    }
}

/// Fetches all ranges into the file, and returns the checksums of the whole.
///
/// Nothing of it runs on when the future is dropped.
pub(super) async fn fetch_all(plan: Plan, staged: &StagedFile) -> Result<Sums> {
    let mut whole: Option<Sums> = None;
    let mut flying = JoinSet::new();
    // Ranges come to their end in any order; those that wait for an earlier one are numbers, not bytes.
    let mut done = std::collections::BTreeMap::new();
    let (mut begun, mut joined_up) = (0, 0);
    loop {
        while flying.len() < plan.concurrency
            && let Some(range) = plan.range(begun)
        {
            flying.spawn(fetch(plan.clone(), begun, range, staged.handle()?));
            begun += 1;
        }
        let Some(fetched) = flying.join_next().await else { break };
        let (index, sums, length) = fetched.unwrap_or_else(|error| Err(joined(error)))?;
        done.insert(index, (sums, length));
        while let Some((sums, length)) = done.remove(&joined_up) {
            whole = Some(whole.map_or(sums, |before| before.combine(sums, length)));
            joined_up += 1;
        }
    }
    Ok(whole.unwrap_or_else(|| Sums::of(b"", plan.algorithm)))
}

/// Fetches one range.
async fn fetch(plan: Plan, index: u64, range: Range<u64>, file: File) -> Result<(u64, Sums, u64)> {
    let length = range.end - range.start;
    let mut hasher = SumsHasher::new(plan.algorithm);
    let mut output = Output::new(file, range.start);
    let mut body = Body::pinned(&plan.inner, &plan.key, plan.version.as_deref(), plan.etag, range);
    while let Some(chunk) = body.next().await? {
        hasher.update(&chunk);
        output.write(chunk).await?;
    }
    output.finish().await?;
    Ok((index, hasher.finish(), length))
}

/// A place in the staged file. One write is under way while the next one is gathered.
struct Output {
    file: Option<File>,
    start: Option<u64>,
    gathered: Vec<Bytes>,
    size: usize,
    writing: Option<JoinHandle<std::io::Result<File>>>,
}

impl Output {
    fn new(file: File, start: u64) -> Self {
        Self { file: Some(file), start: Some(start), gathered: Vec::new(), size: 0, writing: None }
    }

    async fn write(&mut self, chunk: Bytes) -> Result<()> {
        self.size += chunk.len();
        self.gathered.push(chunk);
        if self.size >= WRITE_AT_ONCE { self.flush().await } else { Ok(()) }
    }

    async fn finish(mut self) -> Result<()> {
        self.flush().await?;
        self.settle().await
    }

    /// Hands over what was gathered.
    async fn flush(&mut self) -> Result<()> {
        self.settle().await?;
        let Some(mut file) = self.file.take() else { return Ok(()) };
        let start = self.start.take();
        let chunks = std::mem::take(&mut self.gathered);
        self.size = 0;
        self.writing = Some(tokio::task::spawn_blocking(move || {
            if let Some(start) = start {
                file.seek(SeekFrom::Start(start))?;
            }
            for chunk in chunks {
                file.write_all(&chunk)?;
            }
            Ok(file)
        }));
        Ok(())
    }

    /// Waits for the write that is under way.
    async fn settle(&mut self) -> Result<()> {
        if let Some(writing) = self.writing.take() {
            let written = writing.await.map_err(joined)?;
            let failed = |error| Error::from_io(error).with_retryable(false);
            self.file = Some(written.map_err(failed)?);
        }
        Ok(())
    }
}
