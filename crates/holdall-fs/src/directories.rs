//! Directories: opened beneath the root, made for a save, made durable, removed when they are empty.
//!
//! A path here is the text of a [`Location`](holdall_core::Location): segments with `/` between them, the
//! root being empty. Directories come and go with files, so that a directory which one operation has just
//! made or opened may be removed by another one; whoever publishes into it sees `NotFound` and starts again.

use std::collections::HashSet;
use std::io;
use std::path::Path;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use cap_std::fs::{Dir, DirBuilder, OpenOptions};
use holdall_core::{Error, ErrorKind, Name, Result};

use crate::error::{below_a_file, failed, is_absence};
use crate::root::Root;
use crate::stat::{Kind, Stat};

/// How often an operation starts again because a directory vanished under it.
const ATTEMPTS: u32 = 100;

/// The attempts of an operation that starts again when a directory vanished under it, with growing pauses
/// between them, about a second in all.
///
/// The pauses are needed: while a directory is being removed there is an instant in which its name still
/// leads to it and nothing can be made in it. If the thread that removes it loses the processor right then,
/// only somebody who waits sees that instant end.
pub(crate) fn attempts() -> impl Iterator<Item = u32> {
    (0..ATTEMPTS).inspect(|attempt| {
        if *attempt > 0 {
            std::thread::sleep(Duration::from_micros(50 << (*attempt).min(8)));
        }
    })
}

/// Opens a directory for reading, with a file description of its own, as locks need it.
pub(crate) fn open(root: &Root, path: impl AsRef<Path>) -> io::Result<Dir> {
    let mut options = OpenOptions::new();
    options.read(true);
    #[cfg(unix)]
    {
        use cap_std::fs::OpenOptionsExt as _;
        let flags = rustix::fs::OFlags::DIRECTORY.bits();
        options.custom_flags(i32::try_from(flags).expect("flags of open are an int"));
    }
    #[cfg(not(unix))]
    {
        use cap_fs_ext::OpenOptionsMaybeDirExt as _;
        options.maybe_dir(true);
    }
    let path = path.as_ref();
    let path = if path.as_os_str().is_empty() { Path::new(".") } else { path };
    Ok(Dir::from_std_file(root.dir.open_with(path, &options)?.into_std()))
}

/// A path and everything above it, from the outside in, without the root: `a`, `a/b`, `a/b/c`.
fn levels(path: &str) -> impl DoubleEndedIterator<Item = &str> {
    let slashes = path.match_indices('/').map(|(index, _)| index);
    let ends: Vec<usize> = slashes.chain((!path.is_empty()).then_some(path.len())).collect();
    ends.into_iter().map(|end| &path[..end])
}

/// Opens the deepest directory on the way to `path` that exists, and says which it is.
///
/// A save stages there: it is on the file system where the file will be, and no directory has to be made
/// before the content is known to be whole.
pub(crate) fn open_deepest<'p>(root: &Root, path: &'p str, name: &Name) -> Result<(Dir, &'p str)> {
    for level in levels(path).rev() {
        match open(root, level) {
            Ok(directory) => return Ok((directory, level)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(cannot_use(root, path, name, error)),
        }
    }
    let directory = open(root, "").map_err(|error| failed("opening the root", error))?;
    Ok((directory, ""))
}

/// A directory that was made sure to exist.
#[derive(Debug)]
pub(crate) struct Made {
    pub(crate) directory: Dir,
    new: NewDirectories,
}

impl Made {
    /// Removes what was made, where it is still empty: after a failure to use it.
    pub(crate) fn undo(self) {
        self.new.undo();
    }
}

/// Directories that an operation made, from the outside in: each as its open parent and its name there, so
/// that removing them needs nothing that could fail for want of descriptors.
#[derive(Debug, Default)]
struct NewDirectories(Vec<(Dir, String)>);

impl NewDirectories {
    fn undo(self) {
        for (parent, segment) in self.0.iter().rev() {
            // Not empty: somebody uses it, which is fine. Gone: somebody else removed it.
            let _ = parent.remove_dir(segment);
        }
    }
}

/// Opens the directory `path`, making it and those above it where they are missing.
pub(crate) fn make(root: &Root, path: &str, name: &Name) -> Result<Made> {
    let mut new = NewDirectories::default();
    let mut last = io::ErrorKind::NotFound.into();
    for _ in attempts() {
        match make_missing(root, path, &mut new) {
            Ok(directory) => return Ok(Made { directory, new }),
            Err(error) => last = error,
        }
        // A level vanished again, or is a link that leads nowhere.
        if last.kind() != io::ErrorKind::NotFound {
            break;
        }
    }
    new.undo();
    Err(match last.kind() {
        io::ErrorKind::NotFound => in_the_way(root, path, name).unwrap_or_else(|| vanishing(root, name)),
        _ => cannot_use(root, path, name, last),
    })
}

fn make_missing(root: &Root, path: &str, new: &mut NewDirectories) -> io::Result<Dir> {
    let mut missing = Vec::new();
    let mut directory = None;
    for level in levels(path).rev() {
        match open(root, level) {
            Ok(found) => {
                directory = Some(found);
                break;
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => missing.push(level),
            Err(error) => return Err(error),
        }
    }
    let mut directory = match directory {
        Some(directory) => directory,
        None => open(root, "")?,
    };
    while let Some(level) = missing.pop() {
        directory = make_one(root, directory, level, new)?;
    }
    Ok(directory)
}

/// Makes and opens one directory, with exactly the mode of the settings. The process's umask, which
/// belongs to all of its threads, is not touched; the mode is set on the new directory itself instead.
fn make_one(root: &Root, parent: Dir, level: &str, new: &mut NewDirectories) -> io::Result<Dir> {
    let segment = level.rsplit('/').next().unwrap_or(level);
    #[cfg_attr(not(unix), allow(unused_mut))]
    let mut builder = DirBuilder::new();
    #[cfg(unix)]
    if let Some(mode) = root.directory_mode {
        use cap_std::fs::DirBuilderExt as _;
        builder.mode(mode);
    }
    match parent.create_dir_with(segment, &builder) {
        Ok(()) => new.0.push((parent, segment.to_owned())),
        // Another save was faster; or it is a link, which opening resolves.
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => return open(root, level),
        Err(error) if has_vanished(&parent, &error) => return Err(io::ErrorKind::NotFound.into()),
        Err(error) => return Err(error),
    }
    let directory = open(root, level)?;
    #[cfg(unix)]
    if let Some(mode) = root.directory_mode {
        rustix::fs::fchmod(&directory, rustix::fs::Mode::from_raw_mode(mode as rustix::fs::RawMode))?;
    }
    Ok(directory)
}

/// The error of a directory that cannot be used, with the file that stands in the way where one does.
fn cannot_use(root: &Root, path: &str, name: &Name, error: io::Error) -> Error {
    let blocked = matches!(error.kind(), io::ErrorKind::NotADirectory | io::ErrorKind::AlreadyExists);
    let in_the_way = if blocked { in_the_way(root, path, name) } else { None };
    in_the_way.unwrap_or_else(|| failed(format_args!("using the directory {path:?}"), error))
}

/// What stands on the way to `path` and is no directory.
fn in_the_way(root: &Root, path: &str, name: &Name) -> Option<Error> {
    let blocking = |level: &&str| open(root, level).is_err();
    let level = levels(path).find(blocking)?;
    let found = root.dir.symlink_metadata(level).ok()?;
    match Stat::from_metadata(&found).ok()?.kind {
        Kind::File => Some(below_a_file(name, level)),
        Kind::Directory => None,
        Kind::Other => {
            let message = format!(
                "what has the name {level:?} on the disk is neither a directory nor a link to one inside the \
                 root; remove it or choose another name"
            );
            Some(Error::message(ErrorKind::Conflict, message).with_name(name.as_str()))
        }
    }
}

/// Whether an operation in an open directory failed because the directory was removed meanwhile. Mostly
/// that is `NotFound`; ext4 answers "not permitted" to who wants a file in a removed directory.
pub(crate) fn has_vanished(directory: &Dir, error: &io::Error) -> bool {
    let is_removed = || directory.dir_metadata().and_then(|found| Stat::from_metadata(&found));
    error.kind() == io::ErrorKind::NotFound || is_removed().is_ok_and(|stat| stat.is_unlinked())
}

/// The error after all [`attempts`].
pub(crate) fn vanishing(root: &Root, name: &Name) -> Error {
    if let Err(gone) = root.check() {
        return gone.with_name(name.as_str());
    }
    let message = "its directory was removed again and again while it was to be used, by other deletes; \
                   nothing was changed";
    Error::message(ErrorKind::Unavailable, message).with_name(name.as_str())
}

/// Removes the directory `path` and those above it as far as they are empty; the root stays.
pub(crate) fn prune(root: &Root, path: &str) {
    for level in levels(path).rev() {
        // Whatever keeps a directory from being removed (it is in use, it is gone, it may not be removed)
        // is a reason to leave it and those above it alone; an empty directory is listed nowhere.
        if root.dir.remove_dir(level).is_err() {
            return;
        }
    }
}

/// Directories that this process knows to survive a power cut, with everything above them.
///
/// A directory may have been made an instant ago by another save, in this process or in another one,
/// whose sync of the parent has not happened yet. So the first save into a directory syncs all above it,
/// whoever made them; later ones find it here. It is told by device, inode and time of birth: an inode
/// that was given to another directory is another one.
#[derive(Debug, Default)]
pub(crate) struct KnownDurable(Mutex<HashSet<Identity>>);

type Identity = (u64, u64, SystemTime);

impl KnownDurable {
    /// So many are remembered, some hundred kilobytes; then it starts anew.
    const MOST: usize = 8192;

    fn contains(&self, identity: &Identity) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(identity)
    }

    fn insert(&self, identity: Identity) {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if known.len() >= Self::MOST {
            known.clear();
        }
        known.insert(identity);
    }
}

/// What it takes to make a directory and its entries durable, up to the root. It is prepared before a file
/// is published, so that afterwards, when the file is there for all to see, only a sync itself can fail.
#[derive(Debug)]
pub(crate) struct SyncPlan {
    /// The directories above that have to be synced too, open.
    above: Vec<Dir>,
    /// Under which the directory is known afterwards. Without a time of birth there is no identity, and
    /// everything above is synced every time.
    identity: Option<Identity>,
}

impl SyncPlan {
    /// # Errors
    ///
    /// `NotFound` when a directory vanished.
    pub(crate) fn prepare(root: &Root, directory: &Dir, path: &str) -> io::Result<Self> {
        let mut plan = Self { above: Vec::new(), identity: None };
        if path.is_empty() {
            return Ok(plan);
        }
        plan.identity = identity(directory)?;
        if plan.identity.is_some_and(|identity| root.known_durable.contains(&identity)) {
            return Ok(plan);
        }
        for level in levels(path).rev().skip(1).chain([""]) {
            plan.above.push(open(root, level)?);
        }
        Ok(plan)
    }

    /// Syncs the directory and what is above it.
    pub(crate) fn run(self, root: &Root, directory: &Dir) -> io::Result<()> {
        for directory in std::iter::once(directory).chain(&self.above) {
            match sync_one(root, directory) {
                // Others have deleted the file since, and what was left empty by that.
                Err(error) if has_vanished(directory, &error) => {}
                outcome => outcome?,
            }
        }
        if let Some(identity) = self.identity {
            root.known_durable.insert(identity);
        }
        Ok(())
    }
}

fn identity(directory: &Dir) -> io::Result<Option<Identity>> {
    let metadata = directory.dir_metadata()?;
    let (device, inode) = Stat::from_metadata(&metadata)?.id();
    Ok(metadata.created().ok().map(|born| (device, inode, born.into_std())))
}

/// Syncs the directory `path` after a name in it was removed. When others have emptied and removed it since,
/// what has to be made durable is its own removal: that is in the next directory above that is there.
pub(crate) fn sync_removal(root: &Root, directory: &Dir, path: &str) -> io::Result<()> {
    match sync_one(root, directory) {
        Err(error) if has_vanished(directory, &error) => {}
        outcome => return outcome,
    }
    for level in levels(path).rev().skip(1).chain([""]) {
        let synced = open(root, level).and_then(|above| match sync_one(root, &above) {
            Err(error) if has_vanished(&above, &error) => Err(io::ErrorKind::NotFound.into()),
            outcome => outcome,
        });
        match synced {
            Err(error) if is_absence(&error) => {}
            outcome => return outcome,
        }
    }
    Ok(())
}

/// `fsync` of one directory. Some file systems (FUSE, CIFS) have none for directories and say so with
/// `EINVAL`; there is nothing more that could be done there. FUSE finds a directory by its path, and answers "not
/// found" for one that was removed.
#[cfg(unix)]
fn sync_one(root: &Root, directory: &Dir) -> io::Result<()> {
    use rustix::io::Errno;
    root.methods.may_sync(directory)?;
    match rustix::fs::fsync(directory) {
        Ok(()) | Err(Errno::INVAL) => Ok(()),
        Err(error) => Err(error.into()),
    }
}

/// Windows has no sync of directories; NTFS logs changes of names.
#[cfg(not(unix))]
fn sync_one(_: &Root, _: &Dir) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::levels;

    #[test]
    fn levels_go_from_the_outside_in() {
        assert_eq!(levels("a/bc/d").collect::<Vec<_>>(), ["a", "a/bc", "a/bc/d"]);
        assert_eq!(levels("a").collect::<Vec<_>>(), ["a"]);
        assert_eq!(levels("").count(), 0);
    }
}
