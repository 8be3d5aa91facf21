//! What a collection does, told while it does it: for a progress bar, a log, a document of what happened.

use std::fmt;
use std::sync::Arc;

use holdall_core::Name;

use super::problem::Problem;
use super::publish::{Action, Role};
use super::report::Conflict;
use crate::compress::Encoding;

/// One step of a collection. See [`Collector::on_event`](super::Collector::on_event).
///
/// In a [dry run](super::Collector::dry_run) there is `Saving` and `Deleting` for everything that would be done,
/// and neither `Saved` nor `Deleted`.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Event {
    /// The finders are through: so many files, each name once.
    Found {
        /// How many.
        files: usize,
    },
    /// A file was not taken, since another finder came first.
    Conflict(Conflict),
    /// One more file was read, hashed and looked through. These come in no order.
    Read {
        /// The file.
        name: Name,
    },
    /// Something is wrong. One of [`Severity::Error`](super::Severity::Error) keeps everything from being
    /// published; all of them are told first.
    Problem(Problem),
    /// There are files to compress; their variants are saved as they are done.
    Compressing {
        /// How many variants there may be.
        variants: usize,
    },
    /// A file was compressed. In a dry run, too.
    Compressed {
        /// The name under which it is saved, if it pays.
        name: Name,
        /// How.
        encoding: Encoding,
        /// Bytes before.
        bytes: u64,
        /// Bytes behind; `None` where it does not pay.
        encoded: Option<u64>,
    },
    /// The destination was compared with what is to be published: what there is to do.
    Publishing {
        /// Files to be saved, linked or given new headers; the manifest is not counted.
        files: usize,
        /// What these have together, in bytes.
        bytes: u64,
        /// Files that need nothing.
        unchanged: usize,
    },
    /// The storage keeps no headers (a disk without extended attributes), so that none are stored: they are the
    /// business of whoever serves the files. Told once.
    HeadersLeftOut,
    /// A file begins to be saved, linked or given new headers.
    Saving {
        /// Its name at the destination.
        name: Name,
        /// What it is.
        role: Role,
        /// What is done.
        action: Action,
        /// Its bytes.
        bytes: u64,
    },
    /// It is at the destination, whole.
    Saved {
        /// Its name at the destination.
        name: Name,
        /// What it is.
        role: Role,
        /// What was done.
        action: Action,
        /// Its bytes.
        bytes: u64,
    },
    /// A file is at the destination already, as it should be.
    Unchanged {
        /// Its name at the destination.
        name: Name,
        /// What it is.
        role: Role,
    },
    /// A file that is not of this collection is about to be deleted.
    Deleting {
        /// Its name at the destination.
        name: Name,
    },
    /// It is gone.
    Deleted {
        /// The name that it had.
        name: Name,
    },
    /// Something that is not of this collection cannot be deleted, since no name can say it. It stays.
    Foreign {
        /// Its name, for people.
        name: String,
    },
    /// Everything was done.
    Done,
}

type Listener = dyn Fn(&Event) + Send + Sync;

/// Those who want to hear of events.
#[derive(Clone, Default)]
pub(crate) struct Listeners(Vec<Arc<Listener>>);

impl Listeners {
    pub(crate) fn add(&mut self, listener: impl Fn(&Event) + Send + Sync + 'static) {
        self.0.push(Arc::new(listener));
    }

    /// Tells all of them. The event is only made when there is somebody to hear it.
    pub(crate) fn tell(&self, event: impl FnOnce() -> Event) {
        if !self.0.is_empty() {
            let event = event();
            self.0.iter().for_each(|listener| listener(&event));
        }
    }
}

impl fmt::Debug for Listeners {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} listeners", self.0.len())
    }
}
