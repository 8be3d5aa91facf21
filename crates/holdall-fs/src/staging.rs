//! Staging: a file that nobody sees until it is whole.
//!
//! On Linux it has no name at all (`O_TMPFILE`), so that even `kill -9` leaves nothing behind. Elsewhere,
//! and on file systems without that, it has a random reserved name that no verb takes and no listing
//! shows, and it is locked, so that a sweep can tell a live one from what a dead process left.

use std::fs::{File, FileTimes};
use std::io::{self, Write as _};
use std::sync::Arc;

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _};
use cap_std::fs::{Dir, OpenOptions};
use holdall_core::{
    Attributes, Checksum, ChecksumHasher, Error, ErrorKind, Name, Result, random_alphanumeric,
};

use crate::attributes::{self, Record};
use crate::directories;
use crate::error::failed;
use crate::inherited::Inherited;
use crate::root::Root;
use crate::stat::Stat;

/// A staging file. Dropping it removes it, unless it was published.
#[derive(Debug)]
pub(crate) struct Staged {
    root: Arc<Root>,
    file: File,
    place: Place,
    hasher: ChecksumHasher,
    /// Attributes that it takes over from the file that it is a copy of.
    inherited: Inherited,
}

/// Where a staging file is.
#[derive(Debug)]
pub(crate) enum Place {
    /// Nowhere: it has an inode and no name.
    Unnamed,
    /// Under a reserved name in a directory.
    Named { directory: Dir, path: String, segment: String },
    /// Under its final name. It is no staging file any more.
    Published,
}

impl Staged {
    /// Stages in the deepest existing directory on the way to `path`.
    pub(crate) fn new(root: &Arc<Root>, path: &str, name: &Name) -> Result<Self> {
        root.check()?;
        for _ in directories::attempts() {
            let (directory, deepest) = directories::open_deepest(root, path, name)?;
            match Self::create(root, &directory) {
                Ok((file, segment)) => {
                    let (root, hasher) = (Arc::clone(root), Checksum::hasher());
                    let place = segment.map_or(Place::Unnamed, |segment| Place::Named {
                        directory,
                        path: deepest.to_owned(),
                        segment,
                    });
                    return Ok(Self { root, file, place, hasher, inherited: Inherited::default() });
                }
                Err(error) if directories::has_vanished(&directory, &error) => {}
                Err(error) => return Err(failed("making a staging file", error)),
            }
        }
        Err(directories::vanishing(root, name))
    }

    /// A new file, with its name if it needs one.
    fn create(root: &Root, directory: &Dir) -> io::Result<(File, Option<String>)> {
        if root.methods.unnamed_staging
            && let Some(file) = unnamed(directory, staging_mode(root))?
        {
            return Ok((file, None));
        }
        loop {
            let segment = reserved_segment();
            let file = create_new(directory, &segment, staging_mode(root))?;
            // A sweep that was faster holds the lock and removes the file: leave it to it.
            if lock(&file)? && !Stat::of(&file)?.is_unlinked() {
                return Ok((file, Some(segment)));
            }
        }
    }

    /// Appends bytes.
    pub(crate) fn write(&mut self, bytes: &[u8]) -> Result<()> {
        self.hasher.update(bytes);
        self.file.write_all(bytes).map_err(|error| failed("writing the file", error))
    }

    /// The file, for those that fill it by other means and know its checksum themselves.
    pub(crate) fn file(&self) -> &File {
        &self.file
    }

    /// What the file has of the one that it is a copy of; it is complete when the file is sealed.
    pub(crate) fn inherit(&mut self, inherited: Inherited) {
        self.inherited = inherited;
    }

    /// The checksum of what was written.
    pub(crate) fn checksum(&self) -> Checksum {
        self.hasher.finish()
    }

    /// Gives the file everything that it must have before anybody sees it: time, attributes, mode, and
    /// with `sync` its place on the medium.
    ///
    /// An error of the sync is final: after it nobody can know what the medium holds, and a second sync
    /// would report success for lost data. The staging file is thrown away with `self`.
    pub(crate) fn seal(
        &self,
        name: &Name,
        attributes: &Attributes,
        checksum: Option<Checksum>,
        sync: bool,
    ) -> Result<Stat> {
        let times = FileTimes::new().set_modified(self.root.clock.now());
        self.file.set_times(times).map_err(|error| failed("setting the file's time", error))?;
        // As the file system keeps it, which may be coarser.
        let stat = Stat::of(&self.file).map_err(|error| failed("looking at the staged file", error))?;
        if self.root.capabilities.attributes {
            let record = Record::new(name, attributes, &stat, checksum);
            attributes::store(name, &self.file, &record, attributes)?;
        }
        #[cfg(unix)]
        if let Some(mode) = self.inherited.mode.or(self.root.file_mode) {
            let mode = rustix::fs::Mode::from_raw_mode(mode as rustix::fs::RawMode);
            rustix::fs::fchmod(&self.file, mode)
                .map_err(|error| failed("setting the file's mode", error.into()))?;
        }
        self.inherited.finish(&self.file)?;
        if sync {
            self.file.sync_all().map_err(|error| failed("syncing the file to the disk", error))?;
        }
        Ok(stat)
    }

    pub(crate) fn place(&self) -> &Place {
        &self.place
    }

    pub(crate) fn set_published(&mut self) {
        self.place = Place::Published;
    }

    pub(crate) fn root(&self) -> &Root {
        &self.root
    }
}

impl Drop for Staged {
    fn drop(&mut self) {
        if let Place::Named { directory, path, segment } = &self.place {
            // Nothing more can be done about an error here; a sweep finds what is left.
            let _ = directory.remove_file(segment);
            // While it was there it kept its directory from being pruned.
            directories::prune(&self.root, path);
        }
    }
}

/// An empty staging file in the root, removed when it is dropped: to find out what the file system can do.
pub(crate) fn probe(root: &Root, directory: &Dir) -> io::Result<Probe> {
    if root.methods.unnamed_staging
        && let Some(file) = unnamed(directory, 0o600)?
    {
        return Ok(Probe { file, named: None });
    }
    let segment = reserved_segment();
    let file = create_new(directory, &segment, 0o600)?;
    Ok(Probe { file, named: Some((directory.try_clone()?, segment)) })
}

/// See [`probe`].
#[derive(Debug)]
pub(crate) struct Probe {
    file: File,
    named: Option<(Dir, String)>,
}

impl Probe {
    pub(crate) fn file(&self) -> &File {
        &self.file
    }
}

impl Drop for Probe {
    fn drop(&mut self) {
        if let Some((directory, segment)) = &self.named {
            // As for staging files: a sweep finds what is left.
            let _ = directory.remove_file(segment);
        }
    }
}

/// A new name that only storages use.
pub(crate) fn reserved_segment() -> String {
    format!("{}{}", Name::RESERVED_PREFIX, random_alphanumeric(16))
}

/// The mode while staging: nobody else reads a file that is not published. Where the final mode is left to
/// the umask, it has to be there from the beginning.
fn staging_mode(root: &Root) -> u32 {
    if root.file_mode.is_some() { 0o600 } else { 0o666 }
}

/// A new file under that name; never one that is there, never through a link.
pub(crate) fn create_new(directory: &Dir, segment: &str, mode: u32) -> io::Result<File> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).follow(FollowSymlinks::No);
    #[cfg(unix)]
    cap_std::fs::OpenOptionsExt::mode(&mut options, mode);
    #[cfg(not(unix))]
    let _ = mode;
    Ok(directory.open_with(segment, &options)?.into_std())
}

/// A file without a name, or `None` where the file system cannot have one.
#[cfg(target_os = "linux")]
fn unnamed(directory: &Dir, mode: u32) -> io::Result<Option<File>> {
    use rustix::fs::{Mode, OFlags, openat};
    use rustix::io::Errno;
    let flags = OFlags::TMPFILE | OFlags::WRONLY | OFlags::CLOEXEC;
    match openat(directory, ".", flags, Mode::from_raw_mode(mode)) {
        Ok(file) => Ok(Some(file.into())),
        // Kernels and file systems that do not know the flag say so in different ways.
        Err(Errno::OPNOTSUPP | Errno::ISDIR | Errno::INVAL | Errno::NOSYS) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

#[cfg(not(target_os = "linux"))]
fn unnamed(_: &Dir, _: u32) -> io::Result<Option<File>> {
    Ok(None)
}

/// Marks a named staging file as alive. `false` when a sweep has its lock. Where files cannot be locked
/// this is `true`: there a sweep cannot lock either, and removes nothing.
pub(crate) fn lock(file: &File) -> io::Result<bool> {
    match file.try_lock() {
        Ok(()) => Ok(true),
        Err(std::fs::TryLockError::WouldBlock) => Ok(false),
        Err(std::fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => Ok(true),
        Err(std::fs::TryLockError::Error(error)) => Err(error),
    }
}

/// A checksum that the caller expects and the content does not have.
pub(crate) fn verify(expected: Option<Checksum>, found: Checksum) -> Result<()> {
    match expected {
        Some(expected) if expected != found => {
            let message = format!("the content has the checksum {found}, not {expected}; nothing was stored");
            Err(Error::message(ErrorKind::ChecksumMismatch, message))
        }
        _ => Ok(()),
    }
}
