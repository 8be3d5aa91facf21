//! The calls of a [`Collector`] that say how it publishes.

use std::path::PathBuf;

use super::link::Local;
use crate::collect::Collector;
use crate::collect::event::Event;
use crate::collect::headers::Headers;
use crate::compress::Compression;

#[cfg(doc)]
use crate::{Ignore, Published, Report};
#[cfg(doc)]
use holdall_core::Store;

impl Collector {
    /// How many files are saved at once; 32 without a call.
    pub fn jobs(mut self, jobs: usize) -> Self {
        self.publishing.jobs = jobs.max(1);
        self
    }

    /// Whether every file is published under its own name too, as Django does; `true` without a call.
    pub fn copies(mut self, copies: bool) -> Self {
        self.publishing.copies = copies;
        self.rules.copies = copies;
        self
    }

    /// Whether there are hashed files and a manifest; `true` without a call. Without them (Django's
    /// `--no-post-process`) files are only copied under their own names: no reference is looked for or rewritten,
    /// and a manifest that is at the destination stays as it is.
    pub fn post_process(mut self, post_process: bool) -> Self {
        self.rules.post_process = post_process;
        self.publishing.post_process = post_process;
        self
    }

    /// Which compressed variants of hashed files are published; none without a call, as in Django.
    pub fn compress(mut self, compression: Compression) -> Self {
        self.publishing.compression = compression;
        self
    }

    /// Whether the destination has nothing but this collection afterwards: Django's `--clear`. Everything is saved
    /// again, even if it looks unchanged; whatever else is in the store is deleted: files that are no longer in the
    /// sources, older generations with their manifests, and what other programs put there.
    ///
    /// Django deletes first and then copies, so that a running site answers 404 in between, and for good when the
    /// copying fails. Here files are saved over those that are there, each in one step, and the rest is deleted when
    /// the new manifest stands. What no call can delete, since no name can say it, is in [`Published::foreign`].
    ///
    /// **Everything in the store is deleted**, so give it one of its own: [`Store::located`] below a location, not
    /// the root of a bucket that holds other things, too. A [dry run](Self::dry_run) lists what would go.
    pub fn clear(mut self, clear: bool) -> Self {
        self.publishing.clear = clear;
        self
    }

    /// Whether a manifest at the destination that cannot be read, because it is damaged or a newer version of this
    /// library wrote it, counts as none and is replaced. `false` by default: then nothing is published, since a running
    /// site may still use the files that it names.
    pub fn replace_manifest(mut self, replace: bool) -> Self {
        self.publishing.replace_manifest = replace;
        self
    }

    /// Makes symbolic links to the sources instead of copies: Django's `--link`, for development on one machine,
    /// where an edit shows without collecting again. `root` is the directory in which the storage keeps its files.
    /// Hashed files are real ones, since their content must not change.
    ///
    /// A link is put in the place of what is there in one step; one that leads to the right source is unchanged.
    /// A file system storage neither opens nor lists links as files, since they lead out of its root: only a server
    /// that reads the directory by itself shows them. On Unix only.
    ///
    /// # Errors
    ///
    /// [`collect`](Self::collect) fails with `InvalidInput` when a file to link is embedded in the program, with
    /// `InvalidConfig` when the storage does not keep its files in `root`, or without copies.
    pub fn link(mut self, root: impl Into<PathBuf>) -> Self {
        self.publishing.link = true;
        self.local_root(root)
    }

    /// Says in which directory of this machine the storage keeps its files. Then links which a run with
    /// [`link`](Self::link) made are replaced by files, each in one step, and [cleared](Self::clear); without this a
    /// storage refuses to save over them. And copies are made from hashed files inside the storage, so that both
    /// share their blocks where the file system can.
    pub fn local_root(mut self, root: impl Into<PathBuf>) -> Self {
        self.publishing.local = Some(Local::new(root.into()));
        self
    }

    /// What is stored with files that match `pattern` (as in [`Ignore`], of a file's own name or whole name): cache
    /// control, content type and the like. The first rule that fits decides about a file; the order of calls is the
    /// order of rules.
    ///
    /// A later run with other rules changes the headers of what is there and sends no file again. Where the storage
    /// keeps no headers (a disk without extended attributes) none are stored, which
    /// [`Published::headers_left_out`] and [`Event::HeadersLeftOut`] tell; only a visibility that cannot be kept is
    /// an error, `Unsupported`.
    pub fn headers(mut self, pattern: impl Into<String>, headers: Headers) -> Self {
        self.publishing.headers.add(pattern.into(), headers);
        self
    }

    /// Only looks what would be done, and tells it in the [`Report`] and by [`Event`]s.
    pub fn dry_run(mut self, dry_run: bool) -> Self {
        self.publishing.dry_run = dry_run;
        self
    }

    /// Calls `listener` with every step, while it happens; each call of this adds one. Steps come from several
    /// threads at once, so that the listener must neither block nor take long.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use std::sync::atomic::{AtomicUsize, Ordering};
    ///
    /// use holdall_core::{MemoryStorage, Store};
    /// use holdall_static::{Collector, Embedded, Event, Role};
    ///
    /// # #[tokio::main] async fn main() -> holdall_core::Result<()> {
    /// let saved = Arc::new(AtomicUsize::new(0));
    /// let counter = Arc::clone(&saved);
    /// let collector = Collector::new().finder(Embedded::new([("a.png", "...")])?).on_event(move |event| {
    ///     if let Event::Saved { role: Role::Hashed, .. } = event {
    ///         counter.fetch_add(1, Ordering::Relaxed);
    ///     }
    /// });
    /// collector.collect(&Store::new(MemoryStorage::new())).await?;
    /// assert_eq!(saved.load(Ordering::Relaxed), 1);
    /// # Ok(()) }
    /// ```
    pub fn on_event(mut self, listener: impl Fn(&Event) + Send + Sync + 'static) -> Self {
        self.publishing.listeners.add(listener);
        self
    }
}
