//! Compressing on all cores, within a budget of memory.

use std::io;

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use holdall_core::{Checksum, ChecksumHasher, Error, ErrorKind, Name, Operation, Result};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::published::Role;
use crate::collect::plan::Planned;
use crate::compress::{Cancel, Encoding, MARGIN, Variant, encode, pays};

/// How many bytes of files may be in work at once, in units of [`UNIT`]; a larger file is in work alone. Files are read
/// piece by piece, so that this bounds what is made of them.
const BUDGET: u32 = 32 * 1024;
/// One unit of the budget, in bytes.
const UNIT: u64 = 1024;

/// A file that has to be compressed.
#[derive(Debug, Clone)]
pub(super) struct Task<'a> {
    /// Which of the plan's files.
    pub(super) at: usize,
    pub(super) file: &'a Planned,
    /// Where the result goes, if it pays.
    pub(super) name: Name,
    /// What it is there.
    pub(super) role: Role,
    pub(super) encoding: Encoding,
    pub(super) level: u8,
}

/// What came of it.
#[derive(Debug)]
pub(super) struct Encoded<'a, 'b> {
    pub(super) task: Task<'a>,
    /// What to remember.
    pub(super) variant: Variant,
    /// The encoded bytes; `None` where they do not pay.
    pub(super) bytes: Option<Bytes>,
    /// Its part of the budget, until it is saved.
    _held: SemaphorePermit<'b>,
}

/// Compresses, with as many threads as there are cores, in the order of the tasks; results come as they are done.
///
/// A dropped stream ends the threads within 64 KiB of what they compress.
pub(super) fn encode_all<'a: 'b, 'b>(
    tasks: Vec<Task<'a>>,
    workers: &'b Workers,
) -> impl Stream<Item = Result<Encoded<'a, 'b>>> + 'b {
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    stream::iter(tasks).map(|task| workers.encode(task)).buffer_unordered(cores)
}

/// What the threads that compress share. Dropped, it tells those that still compress that nobody waits for them.
#[derive(Debug)]
pub(super) struct Workers {
    budget: Semaphore,
    cancel: Cancel,
}

impl Default for Workers {
    fn default() -> Self {
        Self { budget: Semaphore::new(BUDGET as usize), cancel: Cancel::default() }
    }
}

impl Drop for Workers {
    fn drop(&mut self) {
        self.cancel.cancel();
    }
}

impl Workers {
    async fn encode<'a, 'b>(&'b self, task: Task<'a>) -> Result<Encoded<'a, 'b>> {
        let (size, checksum) = (task.file.digests().size, task.file.digests().checksum);
        let units = u32::try_from(size.div_ceil(UNIT)).unwrap_or(BUDGET).min(BUDGET);
        let held = self.budget.acquire_many(units).await.expect("nobody closes the budget");
        let (content, cancel) = (task.file.content(), self.cancel.clone());
        let (encoding, level) = (task.encoding, task.level);
        let work = tokio::task::spawn_blocking(move || {
            let unreadable = |error: io::Error| {
                let message = format!("{} cannot be read any more ({error})", content.describe());
                Error::from_io(error).with_message(message)
            };
            let source = content.open().map_err(unreadable)?;
            let mut source = Checked { source, hasher: Checksum::hasher(), seen: 0 };
            let most = most(size);
            let encoded = encode(encoding, level, (&mut source, size), most, &cancel);
            let is_same = source.seen == size && source.hasher.finish() == checksum;
            match encoded {
                Ok(Some(_)) if !is_same => Err(Error::new(ErrorKind::ChecksumMismatch)),
                // A compressor that was told another size.
                Err(error) if error.kind() == io::ErrorKind::Other && source.seen != size => {
                    Err(Error::new(ErrorKind::ChecksumMismatch).with_source(error))
                }
                encoded => encoded.map_err(|error| {
                    let message =
                        format!("{} cannot be compressed as {encoding} ({error})", content.describe());
                    Error::from_io(error).with_message(message)
                }),
            }
        });
        let encoded = work.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        let encoded = encoded
            .map_err(|error| error.with_operation(Operation::Save).with_name(task.file.name.as_str()))?;
        let kept = encoded.filter(|encoded| pays(size, encoded.len() as u64));
        Ok(Encoded {
            variant: Variant::new(level, kept.as_ref().map(|encoded| encoded.len() as u64)),
            bytes: kept.map(Bytes::from),
            task,
            _held: held,
        })
    }
}

/// The most bytes that an encoded file may have: more would not pay, or not fit into the budget.
fn most(size: u64) -> usize {
    let pays = size.saturating_sub(size.div_ceil(20).max(MARGIN));
    usize::try_from(pays.min(u64::from(BUDGET) * UNIT)).unwrap_or(usize::MAX)
}

/// A source of which is known what was read.
struct Checked<'a> {
    source: Box<dyn io::Read + Send + 'a>,
    hasher: ChecksumHasher,
    seen: u64,
}

impl io::Read for Checked<'_> {
    fn read(&mut self, to: &mut [u8]) -> io::Result<usize> {
        let read = self.source.read(to)?;
        self.hasher.update(&to[..read]);
        self.seen += read as u64;
        Ok(read)
    }
}

#[cfg(test)]
mod tests {
    use super::most;
    use crate::compress::pays;

    #[test]
    fn what_is_given_up_would_not_pay() {
        for size in [0_u64, 1, 128, 129, 200, 2_559, 2_560, 2_561, 99_999, 1 << 20, 1 << 25] {
            let most = most(size) as u64;
            assert!(most == 0 || pays(size, most), "{size}");
            assert!(!pays(size, most + 1), "{size}");
        }
        assert_eq!(most(1 << 40), 32 << 20);
    }
}
