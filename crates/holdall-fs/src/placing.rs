//! How a staged file gets its name, on every kind of file system.
//!
//! | staging file | free name | taken name |
//! | --- | --- | --- |
//! | unnamed (Linux) | `linkat` | `linkat` to a reserved name, then `rename` |
//! | named | `renameat2(RENAME_NOREPLACE)`, else `link` and `unlink`, else reserve and `rename` | `rename` |
//!
//! The last resort is for file systems that refuse hard links and exclusive renames (exFAT over FUSE): the
//! name is reserved with an empty file, exclusively created, over which the staged file is then renamed.
//! There, and only there, a name is visible with no content for a moment.

use std::io;

use cap_std::fs::Dir;

use crate::publish::{Failure, Publishable};
use crate::staging::{Place, Staged, create_new, lock, reserved_segment};

impl Publishable for Staged {
    fn place_new(&self, directory: &Dir, segment: &str) -> Result<(), Failure> {
        match self.place() {
            Place::Unnamed => link_unnamed(self, directory, segment)?,
            Place::Named { directory: from, segment: staged, .. } => {
                let methods = self.root().methods;
                move_new(methods, from, staged, directory, segment)?;
            }
            Place::Published => unreachable!("a file is published once"),
        }
        Ok(())
    }

    fn place_over(&self, directory: &Dir, segment: &str) -> Result<(), Failure> {
        match self.place() {
            Place::Unnamed => {
                // There is no "link over". The file gets a reserved name for the instant between the two
                // calls; it is locked, so that no sweep takes it for a leftover.
                lock(self.file())?;
                let reserved = reserved_segment();
                link_unnamed(self, directory, &reserved)?;
                if let Err(error) = directory.rename(&reserved, directory, segment) {
                    // The file stays staged without a name; a sweep finds the name if this fails too.
                    let _ = directory.remove_file(&reserved);
                    return Err(error.into());
                }
            }
            Place::Named { directory: from, segment: staged, .. } => {
                from.rename(staged, directory, segment)?;
            }
            Place::Published => unreachable!("a file is published once"),
        }
        Ok(())
    }

    fn set_published(&mut self) {
        Staged::set_published(self);
    }

    fn leaves(&self) -> Option<&Dir> {
        None
    }

    fn needs_lock(&self) -> bool {
        // A reserved name must not be overwritten before its content has come.
        matches!(self.place(), Place::Named { .. })
    }
}

/// Gives an unnamed file a name. Its descriptor is named through `/proc`, which needs no privilege.
#[cfg(target_os = "linux")]
fn link_unnamed(staged: &Staged, directory: &Dir, segment: &str) -> io::Result<()> {
    use std::os::fd::AsRawFd as _;

    use rustix::fs::{AtFlags, CWD, linkat};
    let descriptor = format!("/proc/self/fd/{}", staged.file().as_raw_fd());
    // One segment below an open directory: there is nothing to resolve, and a link of that name is taken.
    Ok(linkat(CWD, descriptor, directory, segment, AtFlags::SYMLINK_FOLLOW)?)
}

#[cfg(not(target_os = "linux"))]
fn link_unnamed(_: &Staged, _: &Dir, _: &str) -> io::Result<()> {
    unreachable!("files without a name are made on Linux only")
}

/// Moves a file to a name that must be free, by the best method that the file system has.
pub(crate) fn move_new(
    methods: crate::root::Methods,
    from: &Dir,
    old: &str,
    to: &Dir,
    new: &str,
) -> io::Result<()> {
    if methods.exclusive_rename
        && let Some(outcome) = rename_exclusively(from, old, to, new)
    {
        return outcome;
    }
    if methods.link {
        match from.hard_link(old, to, new) {
            // The file has its name; without the old one it is moved. If that stays, it is a second name of
            // a whole file.
            Ok(()) => return from.remove_file(old),
            Err(error) if !refuses_links(&error) => return Err(error),
            Err(_) => {}
        }
    }
    // Reserved exclusively: from here on the name is ours.
    drop(create_new(to, new, 0o600)?);
    from.rename(old, to, new).inspect_err(|_| {
        // It is our own empty file; an error here changes nothing about the first one.
        let _ = to.remove_file(new);
    })
}

/// `None` where the system or the file system has no exclusive rename.
#[cfg(any(target_os = "linux", target_vendor = "apple"))]
fn rename_exclusively(from: &Dir, old: &str, to: &Dir, new: &str) -> Option<io::Result<()>> {
    use rustix::fs::{RenameFlags, renameat_with};
    use rustix::io::Errno;
    match renameat_with(from, old, to, new, RenameFlags::NOREPLACE) {
        Err(Errno::INVAL | Errno::NOSYS | Errno::OPNOTSUPP) => None,
        outcome => Some(outcome.map_err(Into::into)),
    }
}

#[cfg(not(any(target_os = "linux", target_vendor = "apple")))]
fn rename_exclusively(_: &Dir, _: &str, _: &Dir, _: &str) -> Option<io::Result<()>> {
    None
}

/// File systems without hard links say "not permitted" or "not supported".
fn refuses_links(error: &io::Error) -> bool {
    #[cfg(unix)]
    {
        use rustix::io::Errno;
        matches!(Errno::from_io_error(error), Some(Errno::PERM | Errno::OPNOTSUPP | Errno::NOSYS))
    }
    #[cfg(not(unix))]
    {
        error.kind() == io::ErrorKind::Unsupported
    }
}
