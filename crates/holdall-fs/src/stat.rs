//! What the file system says about a file, reduced to what a storage needs; and the entity tag made of it.

use std::io;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use cap_fs_ext::MetadataExt as _;
use cap_std::fs::{Dir, Metadata};
use holdall_core::{ETag, FileEntry, Name};

/// What has the name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Kind {
    /// A regular file: the only thing that is a file to a storage.
    File,
    Directory,
    /// A symbolic link, FIFO, socket or device.
    Other,
}

#[derive(Debug, Clone, Copy)]
pub(crate) struct Stat {
    pub(crate) kind: Kind,
    pub(crate) size: u64,
    pub(crate) modified: SystemTime,
    /// When the inode was made, where the file system keeps that.
    pub(crate) created: Option<SystemTime>,
    /// When it was last read, as exactly as the mount counts.
    pub(crate) accessed: Option<SystemTime>,
    device: u64,
    inode: u64,
    links: u64,
}

impl Stat {
    /// Looks at an open file.
    pub(crate) fn of(file: &std::fs::File) -> io::Result<Self> {
        Self::from_metadata(&Metadata::from_file(file)?)
    }

    /// Looks at what has a name in a directory, without following a link.
    pub(crate) fn of_entry(directory: &Dir, segment: &str) -> io::Result<Self> {
        Self::from_metadata(&directory.symlink_metadata(segment)?)
    }

    pub(crate) fn from_metadata(metadata: &Metadata) -> io::Result<Self> {
        let kind = if metadata.is_file() {
            Kind::File
        } else if metadata.is_dir() {
            Kind::Directory
        } else {
            Kind::Other
        };
        Ok(Self {
            kind,
            size: metadata.len(),
            modified: metadata.modified()?.into_std(),
            created: metadata.created().ok().map(cap_std::time::SystemTime::into_std),
            accessed: metadata.accessed().ok().map(cap_std::time::SystemTime::into_std),
            device: metadata.dev(),
            inode: metadata.ino(),
            links: metadata.nlink(),
        })
    }

    /// The time of the last change in nanoseconds since the epoch.
    pub(crate) fn modified_ns(&self) -> i128 {
        let signed = |duration: Duration| i128::try_from(duration.as_nanos()).unwrap_or(i128::MAX);
        match self.modified.duration_since(UNIX_EPOCH) {
            Ok(after) => signed(after),
            Err(before) => -signed(before.duration()),
        }
    }

    /// The tag of this version: time, size and inode, as nginx and Apache make theirs, but with
    /// nanoseconds. Every save makes a new inode and sets a time that it has not used before, so that two
    /// versions share a tag only where the file system cuts times to seconds and gives the inode of the
    /// old version to the next one of the same size.
    pub(crate) fn etag(&self) -> ETag {
        ETag::strong(&format!("{:x}-{:x}-{:x}", self.modified_ns(), self.size, self.inode))
    }

    /// The same file on the same device, whatever its names.
    pub(crate) fn is_same_file(&self, other: &Self) -> bool {
        self.id() == other.id()
    }

    /// Device and inode.
    pub(crate) fn id(&self) -> (u64, u64) {
        (self.device, self.inode)
    }

    /// Whether no name leads here any more.
    pub(crate) fn is_unlinked(&self) -> bool {
        self.links == 0
    }

    /// Whether the file has other names too: hard links.
    pub(crate) fn has_other_names(&self) -> bool {
        self.links > 1
    }

    pub(crate) fn entry(&self, name: Name) -> FileEntry {
        FileEntry::new(name, self.size, self.modified).with_etag(self.etag())
    }
}
