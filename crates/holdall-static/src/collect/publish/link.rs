//! Symbolic links instead of copies, for development on one machine: Django's `--link`.
//!
//! A storage has no verb for links, and [`holdall_fs`](https://docs.rs/holdall-fs) neither follows one that is a file's
//! name nor takes it for a file: a web server that reads the directory by itself follows them. So this works on the
//! directory directly, and only on names that a storage would take.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Path, PathBuf};

use holdall_core::{Error, ErrorKind, Name, Operation, Result, random_alphanumeric};

use super::Publishing;
use super::before::Before;
use crate::collect::plan::Plan;
use crate::finders::Source;

/// The directory of a destination on this machine.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Local {
    root: PathBuf,
}

/// What has a name in the directory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Standing {
    Nothing,
    /// A symbolic link, and where it leads.
    Link(PathBuf),
    /// A file, or whatever else is no link.
    File,
}

impl Standing {
    /// Whether it is a link to that source.
    pub(super) fn leads_to(&self, source: &Source) -> bool {
        match (self, source) {
            (Self::Link(there), Source::Path(path)) => target(path).is_ok_and(|target| target == *there),
            _ => false,
        }
    }
}

/// What has the own names of files in the destination's directory, where that may be links: all of them when links
/// are to be made, and otherwise those that the listing calls foreign.
pub(super) async fn standings(
    plan: &Plan,
    before: &Before,
    options: &Publishing,
) -> Result<HashMap<Name, Standing>> {
    let Some(local) = options.local.clone().filter(|_| options.copies) else { return Ok(HashMap::new()) };
    let foreign: HashSet<&[u8]> = before.foreign.iter().map(|entry| entry.raw_name.as_slice()).collect();
    let is_asked = |name: &Name| options.link || foreign.contains(name.as_str().as_bytes());
    let names: Vec<Name> =
        plan.files.iter().map(|file| file.name.clone()).filter(|name| is_asked(name)).collect();
    blocking(move || {
        let stand = |name: Name| Ok((name.clone(), local.standing(&name)?));
        names.into_iter().map(stand).collect()
    })
    .await
}

/// Does something with the disk, off the async threads.
pub(super) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T> + Send + 'static,
) -> Result<T> {
    tokio::task::spawn_blocking(work)
        .await
        .unwrap_or_else(|panic| std::panic::resume_unwind(panic.into_panic()))
}

impl Local {
    pub(crate) fn new(root: PathBuf) -> Self {
        Self { root }
    }

    /// Whether the storage keeps the file of that name in this directory.
    pub(crate) fn has(&self, name: &Name) -> bool {
        self.root.join(name.as_str()).symlink_metadata().is_ok_and(|found| found.is_file())
    }

    /// What has the name.
    pub(crate) fn standing(&self, name: &Name) -> Result<Standing> {
        let path = self.root.join(name.as_str());
        match path.symlink_metadata() {
            Ok(found) if found.is_symlink() => path.read_link().map(Standing::Link),
            Ok(_) => Ok(Standing::File),
            Err(error) if is_absence(&error) => Ok(Standing::Nothing),
            Err(error) => Err(error),
        }
        .map_err(|error| self.failed(name, error))
    }

    /// Makes the name a link to a source, in one step.
    pub(crate) fn link(&self, name: &Name, source: &Path) -> Result<()> {
        let link = || {
            let directory = self.directory(name)?;
            let staged = directory.join(staging_name());
            symlink(&target(source)?, &staged)?;
            put_in_place(&staged, &directory.join(name.file_name()))
        };
        link().map_err(|error| self.failed(name, error))
    }

    /// Makes a file of the link that has the name, in one step: a storage does not save over links. Its content is
    /// that which the link led to, until something else is saved; a link that leads nowhere is removed.
    pub(crate) fn unlink(&self, name: &Name) -> Result<()> {
        let unlink = || {
            let directory = self.directory(name)?;
            let (link, staged) = (directory.join(name.file_name()), directory.join(staging_name()));
            if !link.is_symlink() {
                return Ok(());
            }
            match std::fs::copy(&link, &staged) {
                Ok(_) => put_in_place(&staged, &link),
                Err(error) => {
                    _ = std::fs::remove_file(&staged);
                    if is_absence(&error) { std::fs::remove_file(&link) } else { Err(error) }
                }
            }
        };
        unlink().map_err(|error| self.failed(name, error))
    }

    /// Removes the link that has the name.
    pub(crate) fn remove(&self, name: &Name) -> Result<()> {
        let path = self.root.join(name.as_str());
        if !path.is_symlink() {
            return Ok(());
        }
        std::fs::remove_file(path).map_err(|error| self.failed(name, error))
    }

    /// The directory of a name, made if it is missing. No link on the way may lead out of the root.
    fn directory(&self, name: &Name) -> io::Result<PathBuf> {
        let root = self.root.canonicalize()?;
        let parent = root.join(name.parent().as_str());
        std::fs::create_dir_all(&parent)?;
        let directory = parent.canonicalize()?;
        if directory.starts_with(&root) {
            return Ok(directory);
        }
        let message = format!("{} leads out of {}", parent.display(), root.display());
        Err(io::Error::new(io::ErrorKind::PermissionDenied, message))
    }

    fn failed(&self, name: &Name, error: io::Error) -> Error {
        let message = format!("linking in {} failed ({error})", self.root.display());
        Error::from_io(error).with_message(message).with_operation(Operation::Save).with_name(name.as_str())
    }

    /// The error where a file that was saved is not in the directory.
    pub(crate) fn is_elsewhere(&self, name: &Name) -> Error {
        let message = format!(
            "links were to be made in {}, but the storage does not keep its files there; give the directory of the \
             destination",
            self.root.display()
        );
        Error::message(ErrorKind::InvalidConfig, message).with_name(name.as_str())
    }
}

/// What a link to a source says: its absolute path, in which the developer's own links are kept.
pub(crate) fn target(source: &Path) -> io::Result<PathBuf> {
    std::path::absolute(source)
}

/// A name that no storage lists or takes.
fn staging_name() -> String {
    format!("{}{}", Name::RESERVED_PREFIX, random_alphanumeric(22))
}

fn put_in_place(staged: &Path, path: &Path) -> io::Result<()> {
    std::fs::rename(staged, path).inspect_err(|_| _ = std::fs::remove_file(staged))
}

fn is_absence(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory)
}

#[cfg(unix)]
fn symlink(target: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(target, link)
}

#[cfg(not(unix))]
fn symlink(_: &Path, _: &Path) -> io::Result<()> {
    Err(io::Error::new(io::ErrorKind::Unsupported, "symbolic links are made on Unix only"))
}
