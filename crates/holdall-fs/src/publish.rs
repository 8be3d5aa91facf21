//! Publishing: the one step in which a whole file gets its name, by the rules of the four modes.
//!
//! The file system's own exclusive create decides whether a name is taken; nobody asks first. A taken name
//! leads to the next candidate without the data being written again.

use std::io;

use cap_std::fs::Dir;
use holdall_core::{Candidates, ETag, Error, ErrorKind, Name, Result, SaveMode};

use crate::directories::{self, SyncPlan, has_vanished};
use crate::error::{failed, in_the_way_of, segment_too_long};
use crate::hop::Cancel;
use crate::lock::DirectoryLock;
use crate::root::{MAX_SEGMENT, Root};
use crate::stat::{Kind, Stat};

/// Something that is ready to get a name: a staged file, or an existing one that moves.
pub(crate) trait Publishable {
    /// Gives it a name that must be free. `AlreadyExists` says that it is not.
    fn place_new(&self, directory: &Dir, segment: &str) -> Result<(), Failure>;

    /// Gives it the name of an existing file, in whose place it comes in one step.
    fn place_over(&self, directory: &Dir, segment: &str) -> Result<(), Failure>;

    /// Notes that it has its name.
    fn set_published(&mut self);

    /// The directory that it leaves, where that has to be locked too.
    fn leaves(&self) -> Option<&Dir>;

    /// Whether even a free name can only be taken under the lock of its directory.
    fn needs_lock(&self) -> bool;
}

/// Why something did not get its name.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The file system said no; `AlreadyExists` and `NotFound` lead to further tries.
    Io(io::Error),
    /// There is nothing to try again.
    Final(Error),
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// Which name is wanted, and what happens when it is taken.
#[derive(Debug)]
pub(crate) struct Target {
    name: Name,
    mode: SaveMode,
    candidates: Candidates,
    /// The candidate that is tried next.
    next: Name,
}

/// What was published where. Its directory is not synced yet.
#[derive(Debug)]
pub(crate) struct Published {
    pub(crate) name: Name,
    pub(crate) directory: Dir,
    /// How to sync it, if that was asked for.
    pub(crate) sync: Option<SyncPlan>,
}

impl Target {
    /// Chooses the first name by the rules of the mode, before any I/O.
    ///
    /// # Errors
    ///
    /// `InvalidName` when limits of length leave no name.
    pub(crate) fn new(name: &Name, mode: SaveMode, max_name_length: Option<usize>) -> Result<Self> {
        let mut candidates =
            Candidates::new(name).max_name_length(max_name_length).max_segment(Some(MAX_SEGMENT));
        let next = match mode {
            SaveMode::Unique => candidates.next_name()?,
            SaveMode::Overwrite => candidates.cut()?,
            _ => match candidates.cut()? {
                cut if cut == *name => cut,
                _ => {
                    let message =
                        "the name is longer than max_name_length allows, and this mode takes no other";
                    return Err(Error::message(ErrorKind::InvalidName, message).with_name(name.as_str()));
                }
            },
        };
        if next.segments().any(|segment| segment.len() > MAX_SEGMENT) {
            return Err(segment_too_long(&next));
        }
        Ok(Self { name: name.clone(), mode, candidates, next })
    }

    /// The path of the directory where the file will be. Candidates differ in the last segment only.
    pub(crate) fn directory(&self) -> holdall_core::Location {
        self.name.parent()
    }

    /// The name as it was asked for.
    pub(crate) fn name(&self) -> &Name {
        &self.name
    }

    /// Publishes. After an error nothing has changed, and directories that were made are gone again.
    pub(crate) fn publish(
        &mut self,
        root: &Root,
        subject: &mut dyn Publishable,
        cancel: &Cancel,
        sync: bool,
    ) -> Result<Published> {
        let location = self.directory();
        let path = location.as_str();
        for _ in directories::attempts() {
            let made = directories::make(root, path, &self.name)?;
            let prepared = sync.then(|| SyncPlan::prepare(root, &made.directory, path)).transpose();
            let outcome = prepared
                .map_err(Failure::Io)
                .and_then(|sync| Ok((self.publish_in(&made.directory, subject, cancel)?, sync)));
            match outcome {
                Ok((name, sync)) => {
                    subject.set_published();
                    return Ok(Published { name, directory: made.directory, sync });
                }
                // A delete of another file emptied the directory and removed it: make it again.
                Err(Failure::Io(error)) if has_vanished(&made.directory, &error) => {}
                Err(failure) => {
                    made.undo();
                    return Err(match failure {
                        Failure::Io(error) => failed("publishing the file", error),
                        Failure::Final(error) => error,
                    });
                }
            }
        }
        Err(directories::vanishing(root, &self.name))
    }

    fn publish_in(
        &mut self,
        directory: &Dir,
        subject: &dyn Publishable,
        cancel: &Cancel,
    ) -> Result<Name, Failure> {
        let replaces = matches!(self.mode, SaveMode::Overwrite | SaveMode::IfMatch(_));
        let lock_target = replaces || subject.needs_lock();
        let _locks = Locks::acquire(lock_target.then_some(directory), subject.leaves(), &self.mode)?;
        cancel.check().map_err(Failure::Final)?;
        match &self.mode {
            SaveMode::Unique => self.rename_in(directory, subject),
            SaveMode::Create => create_in(directory, subject, &self.next).map(|()| self.next.clone()),
            SaveMode::Overwrite => overwrite_in(directory, subject, &self.next).map(|()| self.next.clone()),
            SaveMode::IfMatch(etag) => {
                replace_in(directory, subject, &self.next, etag).map(|()| self.next.clone())
            }
            other => Err(Failure::Final(Error::unsupported(format_args!("save with the mode {other:?}")))),
        }
    }

    fn rename_in(&mut self, directory: &Dir, subject: &dyn Publishable) -> Result<Name, Failure> {
        loop {
            match subject.place_new(directory, self.next.file_name()) {
                Ok(()) => return Ok(self.next.clone()),
                Err(Failure::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {
                    self.next = self.candidates.next_name().map_err(Failure::Final)?;
                }
                Err(failure) => return Err(failure),
            }
        }
    }
}

fn create_in(directory: &Dir, subject: &dyn Publishable, name: &Name) -> Result<(), Failure> {
    loop {
        match subject.place_new(directory, name.file_name()) {
            Err(Failure::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {}
            outcome => return outcome,
        }
        // What it is that has the name; it may be gone again, and then the name is free.
        if let Some(stat) = look(directory, name)? {
            let error = match stat.kind {
                Kind::File => Error::new(ErrorKind::AlreadyExists).with_name(name.as_str()),
                kind => in_the_way_of(name, kind == Kind::Directory),
            };
            return Err(Failure::Final(error));
        }
    }
}

/// Under the lock of the directory.
fn overwrite_in(directory: &Dir, subject: &dyn Publishable, name: &Name) -> Result<(), Failure> {
    loop {
        match look(directory, name)? {
            Some(stat) if stat.kind == Kind::File => return subject.place_over(directory, name.file_name()),
            Some(stat) => return Err(Failure::Final(in_the_way_of(name, stat.kind == Kind::Directory))),
            None => match subject.place_new(directory, name.file_name()) {
                // A save without the lock, in a mode that never overwrites, was faster.
                Err(Failure::Io(error)) if error.kind() == io::ErrorKind::AlreadyExists => {}
                outcome => return outcome,
            },
        }
    }
}

/// Under the lock of the directory: the version that is looked at is the one that is replaced.
fn replace_in(
    directory: &Dir,
    subject: &dyn Publishable,
    name: &Name,
    expected: &ETag,
) -> Result<(), Failure> {
    match look(directory, name)? {
        Some(stat) if stat.kind == Kind::File && stat.etag().strong_eq(expected) => {
            subject.place_over(directory, name.file_name())
        }
        _ => Err(Failure::Final(Error::new(ErrorKind::PreconditionFailed).with_name(name.as_str()))),
    }
}

/// What has the name, if anything.
fn look(directory: &Dir, name: &Name) -> Result<Option<Stat>, Failure> {
    match Stat::of_entry(directory, name.file_name()) {
        Ok(stat) => Ok(Some(stat)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(Failure::Io(error)),
    }
}

/// The locks of a publication: of the directory that the file enters, of the one that it leaves, or both.
struct Locks<'a> {
    _held: [Option<DirectoryLock<'a>>; 2],
}

impl<'a> Locks<'a> {
    fn acquire(enters: Option<&'a Dir>, leaves: Option<&'a Dir>, mode: &SaveMode) -> Result<Self, Failure> {
        let id = |directory: &Dir| -> io::Result<(u64, u64)> {
            Ok(Stat::from_metadata(&directory.dir_metadata()?)?.id())
        };
        let (first, second) = match (enters, leaves) {
            (Some(enters), Some(leaves)) => match id(enters)?.cmp(&id(leaves)?) {
                // Two descriptions of one directory would wait for each other.
                std::cmp::Ordering::Equal => (Some(enters), None),
                // The same order everywhere, so that two renames cannot wait for each other.
                std::cmp::Ordering::Less => (Some(enters), Some(leaves)),
                std::cmp::Ordering::Greater => (Some(leaves), Some(enters)),
            },
            (enters, leaves) => (enters, leaves),
        };
        let lock = |directory: Option<&'a Dir>| -> Result<Option<DirectoryLock<'a>>, Failure> {
            let Some(directory) = directory else { return Ok(None) };
            let lock = DirectoryLock::acquire(directory)?;
            if lock.is_none() && matches!(mode, SaveMode::IfMatch(_)) {
                return Err(Failure::Final(no_locks("replace a file only if it is the expected version")));
            }
            Ok(lock)
        };
        Ok(Self { _held: [lock(first)?, lock(second)?] })
    }
}

/// Where directories cannot be locked, nothing can be compared and changed in one step.
pub(crate) fn no_locks(what: &str) -> Error {
    Error::unsupported(format_args!("{what}: the file system has no locks on directories here"))
}
