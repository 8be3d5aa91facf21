//! Saving: content from the async side to a published file.
//!
//! What is in memory or in a local file is one hop. A stream is gathered on the async side in batches, one
//! hop each, and while a batch is written the next one is gathered: a slow uploader holds no thread, and
//! two batches are all the memory that a save takes.

use std::sync::Arc;

use bytes::{Bytes, BytesMut};
use futures_util::TryStreamExt as _;
use holdall_core::{Attributes, Checksum, Content, ContentStream, Error, Name, Result, SaveOptions, Saved};

use crate::hop::{Cancel, Parked, hop, landed, take_off};
use crate::publish::{Published, Target};
use crate::root::Root;
use crate::staging::{Staged, verify};
use crate::stat::Stat;

/// How many bytes are gathered before a hop. A chunk of the source is never split, so that a batch may be
/// larger by one chunk.
const BATCH: usize = 1024 * 1024;

/// Chunks below this size are copied together, in bytes: kept apart, those of a client that sends byte by
/// byte would take many times the memory of their content, and a system call each.
const CRUMB: usize = 4 * 1024;

/// One save, with everything that the blocking side needs to know.
#[derive(Debug)]
struct Plan {
    root: Arc<Root>,
    target: Target,
    attributes: Attributes,
    checksum: Option<Checksum>,
    sync: bool,
    cancel: Cancel,
}

/// Saves `content`. See [`Storage::save`](holdall_core::Storage::save).
pub(crate) async fn save(
    root: &Arc<Root>,
    name: &Name,
    content: Content<'_>,
    options: SaveOptions,
) -> Result<Saved> {
    options.check(name, &root.capabilities)?;
    let cancel = Cancel::default();
    let _guard = cancel.guard();
    let plan = Plan {
        root: Arc::clone(root),
        target: Target::new(name, options.mode(), options.max_name_length)?,
        attributes: options.attributes,
        checksum: options.checksum,
        sync: root.is_synced(options.durability),
        cancel,
    };
    match content.into_blocking() {
        Ok(content) => hop(move || plan.whole(content)).await,
        Err(content) => stream(plan, content.into_stream()).await,
    }
}

async fn stream(plan: Plan, mut content: ContentStream<'_>) -> Result<Saved> {
    let mut batch = Batch::gather(&mut content).await?;
    if batch.is_last {
        return hop(move || plan.whole(batch.chunks.into_iter().map(Ok))).await;
    }
    let mut work = Parked::new((plan, None));
    loop {
        let flight = take_off(move || {
            let (plan, staged) = work.take();
            plan.write(staged, batch.chunks).map(|(plan, staged)| Parked::new((plan, Some(staged))))
        });
        // Awaited in any case, so that a failed source has left nothing behind when the caller hears of it.
        let next = Batch::gather(&mut content).await;
        work = landed(flight).await?;
        batch = match next {
            Ok(next) => next,
            Err(error) => {
                hop(move || {
                    drop(work.take());
                    Ok(())
                })
                .await?;
                return Err(error);
            }
        };
        if batch.is_last {
            return hop(move || {
                let (plan, staged) = work.take();
                let (plan, staged) = plan.write(staged, batch.chunks)?;
                plan.finish(staged)
            })
            .await;
        }
    }
}

/// What is written in one hop.
struct Batch {
    chunks: Vec<Bytes>,
    is_last: bool,
}

impl Batch {
    async fn gather(content: &mut ContentStream<'_>) -> Result<Self> {
        let (mut chunks, mut crumbs, mut size) = (Vec::new(), BytesMut::new(), 0);
        let mut is_last = false;
        while size < BATCH {
            let Some(chunk) = content.try_next().await? else {
                is_last = true;
                break;
            };
            size += chunk.len();
            if chunk.len() < CRUMB {
                crumbs.extend_from_slice(&chunk);
                continue;
            }
            chunks.extend((!crumbs.is_empty()).then(|| crumbs.split().freeze()));
            chunks.push(chunk);
        }
        chunks.extend((!crumbs.is_empty()).then(|| crumbs.freeze()));
        Ok(Self { chunks, is_last })
    }
}

impl Plan {
    /// The whole save at once.
    fn whole(self, content: impl Iterator<Item = Result<Bytes>>) -> Result<Saved> {
        let mut staged = self.stage()?;
        for chunk in content {
            self.cancel.check()?;
            staged.write(&chunk?)?;
        }
        self.finish(staged)
    }

    fn stage(&self) -> Result<Staged> {
        self.cancel.check()?;
        Staged::new(&self.root, self.target.directory().as_str(), self.target.name())
    }

    /// Writes one batch, into a new staging file if it is the first.
    fn write(self, staged: Option<Staged>, chunks: Vec<Bytes>) -> Result<(Self, Staged)> {
        let mut staged = match staged {
            Some(staged) => staged,
            None => self.stage()?,
        };
        for chunk in chunks {
            self.cancel.check()?;
            staged.write(&chunk)?;
        }
        Ok((self, staged))
    }

    /// Seals and publishes what was written.
    fn finish(mut self, mut staged: Staged) -> Result<Saved> {
        let checksum = staged.checksum();
        verify(self.checksum, checksum)?;
        let stat = staged.seal(self.target.name(), &self.attributes, Some(checksum), self.sync)?;
        let published = self.target.publish(&self.root, &mut staged, &self.cancel, self.sync)?;
        acknowledge(&self.root, published, &stat, Some(checksum))
    }
}

/// The last step of whatever publishes: the name is made durable, and only then told.
pub(crate) fn acknowledge(
    root: &Root,
    published: Published,
    stat: &Stat,
    checksum: Option<Checksum>,
) -> Result<Saved> {
    let Published { name, directory, sync } = published;
    if let Some(sync) = sync {
        sync.run(root, &directory).map_err(|error| not_durable(&name, error))?;
    }
    // What went into a directory that nobody sees any more is not saved.
    root.check().map_err(|gone| gone.with_name(name.as_str()))?;
    Ok(Saved::new(name, stat.size).with_etag(stat.etag()).with_checksum(checksum))
}

/// The file is there and whole, and is not taken back: another reader may have seen it. But nobody knows
/// whether it would survive a power cut.
fn not_durable(name: &Name, error: std::io::Error) -> Error {
    let message = format!(
        "the file was stored as {name:?}, but its directory could not be synced to the disk ({error}), so that \
         it may not survive a power cut; save it again or look at the system's log"
    );
    Error::from_io(error).with_message(message).with_name(name.as_str())
}
