//! The lock of a directory: what makes "compare and then replace" one step among all processes.
//!
//! It is an advisory `flock` on the descriptor of the directory itself, so that no lock file is left
//! behind. Whoever replaces or removes an existing file holds it from the look at the old version to the
//! change of the name, never while data is written. Creating a free name needs no lock.

use std::io;

use cap_std::fs::Dir;

/// Held until it is dropped.
#[derive(Debug)]
pub(crate) struct DirectoryLock<'a> {
    #[cfg_attr(not(unix), allow(dead_code))]
    directory: &'a Dir,
}

#[cfg(unix)]
impl<'a> DirectoryLock<'a> {
    /// Waits for the lock. `directory` must have a file description of its own, as
    /// [`directories::open`](crate::directories::open) makes it: a lock belongs to the description.
    ///
    /// `None` where the file system has no such locks (NFS refuses them on directories).
    pub(crate) fn acquire(directory: &'a Dir) -> io::Result<Option<Self>> {
        use rustix::fs::{FlockOperation, flock};
        use rustix::io::Errno;
        loop {
            match flock(directory, FlockOperation::LockExclusive) {
                Ok(()) => return Ok(Some(Self { directory })),
                Err(Errno::INTR) => {}
                Err(Errno::OPNOTSUPP | Errno::NOSYS | Errno::NOLCK | Errno::BADF | Errno::INVAL) => {
                    return Ok(None);
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

#[cfg(unix)]
impl Drop for DirectoryLock<'_> {
    fn drop(&mut self) {
        // Closing the descriptor, which follows soon, would release it too: nothing depends on this.
        let _ = rustix::fs::flock(self.directory, rustix::fs::FlockOperation::Unlock);
    }
}

#[cfg(not(unix))]
impl<'a> DirectoryLock<'a> {
    /// Directories cannot be locked here.
    pub(crate) fn acquire(_: &'a Dir) -> io::Result<Option<Self>> {
        Ok(None)
    }
}
