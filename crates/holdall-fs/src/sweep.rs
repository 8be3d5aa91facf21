//! Sweeping up what dead processes left.

use std::ffi::{OsStr, OsString};
use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use cap_fs_ext::{FollowSymlinks, OpenOptionsFollowExt as _, OpenOptionsSyncExt as _};
use cap_std::fs::{Dir, OpenOptions};
use holdall_core::{Name, Result, Swept};

use crate::directories;
use crate::error::{failed, is_absence, is_refusal};
use crate::hop::{Cancel, hop};
use crate::root::Root;
use crate::stat::{Kind, Stat};

/// See [`Storage::sweep`](holdall_core::Storage::sweep).
pub(crate) async fn sweep(root: &Arc<Root>, older_than: Duration) -> Result<Swept> {
    let root = Arc::clone(root);
    let cancel = Cancel::default();
    let _guard = cancel.guard();
    hop(move || {
        let mut swept = Swept::default();
        // Nothing is so old that it lies before the beginning of time.
        let Some(limit) = SystemTime::now().checked_sub(older_than) else { return Ok(swept) };
        root.check()?;
        let mut unseen = vec![OsString::new()];
        while let Some(path) = unseen.pop() {
            cancel.check()?;
            let is_root = path.is_empty();
            sweep_directory(&root, &path, limit, &mut unseen, &mut swept)
                // It vanished, or it is somebody else's: no save of ours has staged there.
                .or_else(|error| {
                    let skipped = is_absence(&error) || (is_refusal(&error) && !is_root);
                    if skipped { Ok(()) } else { Err(error) }
                })
                .map_err(|error| failed("sweeping up staging files", error))?;
        }
        Ok(swept)
    })
    .await
}

/// Sweeps one directory and notes those below it.
fn sweep_directory(
    root: &Root,
    path: &OsStr,
    limit: SystemTime,
    unseen: &mut Vec<OsString>,
    swept: &mut Swept,
) -> io::Result<()> {
    let before = swept.removed;
    let directory = directories::open(root, path)?;
    for entry in directory.entries()? {
        let entry = entry?;
        let (segment, kind) = (entry.file_name(), entry.file_type()?);
        if kind.is_dir() {
            let mut below = path.to_owned();
            if !below.is_empty() {
                below.push("/");
            }
            below.push(&segment);
            unseen.push(below);
        } else if kind.is_file()
            && let Some(segment) = segment.to_str()
            && segment.starts_with(Name::RESERVED_PREFIX)
        {
            match remove_stale(&directory, segment, limit) {
                Ok(true) => swept.count(Ok(())),
                Ok(false) => {}
                Err(error) => {
                    let error = failed("removing a staging file", error);
                    swept.count(Err(error.with_name(Path::new(path).join(segment).to_string_lossy())));
                }
            }
        }
    }
    if swept.removed > before
        && let Some(path) = path.to_str()
    {
        // It may have been all that kept its directories.
        directories::prune(root, path);
    }
    Ok(())
}

/// Removes a staging file if it is old and nobody holds it.
fn remove_stale(directory: &Dir, segment: &str, limit: SystemTime) -> io::Result<bool> {
    let mut options = OpenOptions::new();
    options.read(true).follow(FollowSymlinks::No).nonblock(true);
    let file = match directory.open_with(segment, &options) {
        Ok(file) => file.into_std(),
        // Somebody else's, if it may not be opened.
        Err(error) if is_absence(&error) || is_refusal(&error) => return Ok(false),
        Err(error) => return Err(error),
    };
    let stat = Stat::of(&file)?;
    if stat.kind != Kind::File || stat.modified > limit {
        return Ok(false);
    }
    match file.try_lock() {
        Ok(()) => {}
        // It is alive, or nobody can tell: it stays.
        Err(std::fs::TryLockError::WouldBlock) => return Ok(false),
        Err(std::fs::TryLockError::Error(error)) if error.kind() == io::ErrorKind::Unsupported => {
            return Ok(false);
        }
        Err(std::fs::TryLockError::Error(error)) => return Err(error),
    }
    // The file that is locked must be the one that has the name; a name is never used for a second one.
    match Stat::of_entry(directory, segment) {
        Ok(current) if current.is_same_file(&stat) => match directory.remove_file(segment) {
            Ok(()) => Ok(true),
            Err(error) if is_absence(&error) || is_refusal(&error) => Ok(false),
            Err(error) => Err(error),
        },
        Ok(_) => Ok(false),
        Err(error) if is_absence(&error) => Ok(false),
        Err(error) => Err(error),
    }
}
