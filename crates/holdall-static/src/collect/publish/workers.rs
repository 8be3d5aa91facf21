//! Compressing on all cores, within a budget of memory.

use bytes::Bytes;
use futures_util::stream::{self, Stream, StreamExt as _};
use holdall_core::{Checksum, Error, ErrorKind, Name, Operation, Result};
use tokio::sync::{Semaphore, SemaphorePermit};

use super::published::Role;
use crate::collect::plan::Planned;
use crate::compress::{Cancel, Encoding, Variant, encode, pays};

/// How many bytes of files may be in work at once, in units of [`UNIT`]; a larger file is in work alone.
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
            let bytes = content.read().map_err(|error| {
                let message = format!("{} cannot be read any more ({error})", content.describe());
                Error::from_io(error).with_message(message)
            })?;
            if Checksum::of(&bytes) != checksum {
                return Err(Error::new(ErrorKind::ChecksumMismatch));
            }
            encode(encoding, level, &bytes, &cancel).map_err(|error| {
                let message = format!("{} cannot be compressed as {encoding} ({error})", content.describe());
                Error::from_io(error).with_message(message)
            })
        });
        let encoded = work.await.unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()));
        let encoded = encoded
            .map_err(|error| error.with_operation(Operation::Save).with_name(task.file.name.as_str()))?;
        let is_kept = pays(size, encoded.len() as u64);
        Ok(Encoded {
            variant: Variant::new(level, is_kept.then_some(encoded.len() as u64)),
            bytes: is_kept.then(|| Bytes::from(encoded)),
            task,
            _held: held,
        })
    }
}
