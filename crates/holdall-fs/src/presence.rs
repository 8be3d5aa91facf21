//! Whether the root is still the directory that was opened.
//!
//! The root is opened once, and everything goes through that handle. The path that leads to it can come to
//! lead elsewhere all the same: the directory is removed or restored from a backup, a link is swapped to a
//! new release, a disk is unmounted. Then the handle shows a directory that nobody else sees any more, and
//! "there is no such file" or "deleted" would be an answer about the wrong place. So no operation ends
//! without a look at the path: one `stat`.
//!
//! Another directory is refused, not followed. Nobody knows here whether a restore is at its end, whether
//! it is the empty directory below a lost mount, or whether its file system can keep what this one could.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use holdall_core::{Error, ErrorKind, Result};

use crate::root::Root;
use crate::stat::Stat;

/// Device and inode.
type Id = (u64, u64);

/// Where the root is, and which directory it was.
#[derive(Debug)]
pub(crate) struct Anchor {
    /// As it was given, with its links, but absolute.
    path: PathBuf,
    id: Id,
}

impl Anchor {
    pub(crate) fn new(given: &Path, dir: &cap_std::fs::Dir) -> io::Result<Self> {
        Ok(Self { path: std::path::absolute(given)?, id: id(dir)? })
    }
}

impl Root {
    /// Whether the root is where it was.
    ///
    /// # Errors
    ///
    /// `Unavailable`, which a repetition does not mend.
    pub(crate) fn check(&self) -> Result<()> {
        let path = &self.anchor.path;
        match id_at(path) {
            Ok(Some(found)) if found == self.anchor.id => Ok(()),
            // Systems that make up the numbers of inodes may give an open directory a new one.
            Ok(found) if found.is_none_or(|found| id(&self.dir).is_ok_and(|id| id == found)) => Ok(()),
            Ok(_) => Err(unavailable(format!(
                "the root directory {} is another one than this storage opened (it was restored or mounted \
                 anew, or a link on the way leads elsewhere now); restart the program to use it",
                path.display()
            ))),
            Err(error) if !is_gone(&error) && !self.is_removed() => Ok(()),
            Err(error) => Err(unavailable(format!(
                "the root directory {} is gone; mount it or put it back, and restart the program if it is a \
                 new one",
                path.display()
            ))
            .with_source(error)),
        }
    }

    /// Whether no name leads to the opened directory any more.
    fn is_removed(&self) -> bool {
        self.dir
            .dir_metadata()
            .and_then(|found| Stat::from_metadata(&found))
            .is_ok_and(|stat| stat.is_unlinked())
    }
}

/// What is at the path; `None` where the system does not tell directories apart.
#[cfg(unix)]
fn id_at(path: &Path) -> io::Result<Option<Id>> {
    use std::os::unix::fs::MetadataExt as _;
    fs::metadata(path).map(|found| Some((found.dev(), found.ino())))
}

#[cfg(not(unix))]
fn id_at(path: &Path) -> io::Result<Option<Id>> {
    if fs::metadata(path)?.is_dir() { Ok(None) } else { Err(io::ErrorKind::NotADirectory.into()) }
}

fn id(dir: &cap_std::fs::Dir) -> io::Result<Id> {
    Ok(Stat::from_metadata(&dir.dir_metadata()?)?.id())
}

/// Whether the error says that nothing is there. Others, a directory on the way that may not be searched
/// any more among them, say nothing about the root.
fn is_gone(error: &io::Error) -> bool {
    crate::error::is_absence(error)
}

fn unavailable(message: String) -> Error {
    Error::message(ErrorKind::Unavailable, message).with_retryable(false)
}
