//! Deleting a file, and the directories that it leaves empty.

use std::io;
use std::sync::Arc;

use holdall_core::{DeleteOptions, ETag, Error, ErrorKind, Name, Result};

use crate::directories;
use crate::error::{failed, is_absence};
use crate::hop::{Cancel, hop};
use crate::lock::DirectoryLock;
use crate::publish::no_locks;
use crate::root::Root;
use crate::stat::{Kind, Stat};

/// See [`Storage::delete`](holdall_core::Storage::delete).
pub(crate) async fn delete(root: &Arc<Root>, name: &Name, options: DeleteOptions) -> Result<()> {
    options.check(&root.capabilities)?;
    let (root, name) = (Arc::clone(root), name.clone());
    let cancel = Cancel::default();
    let _guard = cancel.guard();
    hop(move || {
        cancel.check()?;
        root.check()?;
        if remove(&root, &name, options.if_match.as_ref(), root.is_synced(None))? {
            directories::prune(&root, name.parent().as_str());
        }
        Ok(())
    })
    .await
}

/// Removes the file and says whether there was one. Its directories stay.
pub(crate) fn remove(root: &Root, name: &Name, if_match: Option<&ETag>, sync: bool) -> Result<bool> {
    let nothing_there = || match if_match {
        Some(_) => Err(Error::new(ErrorKind::PreconditionFailed).with_name(name.as_str())),
        None => Ok(false),
    };
    let path = name.parent();
    let directory = match directories::open(root, path.as_str()) {
        Ok(directory) => directory,
        Err(error) if is_absence(&error) => return nothing_there(),
        Err(error) => return Err(failed("opening the file's directory", error)),
    };
    let cannot = |error: io::Error| failed("deleting the file", error);
    {
        // So that nobody who compares and replaces the file has it removed in between.
        let lock = match DirectoryLock::acquire(&directory) {
            Ok(lock) => lock,
            Err(error) if directories::has_vanished(&directory, &error) => return nothing_there(),
            Err(error) => return Err(cannot(error)),
        };
        if lock.is_none() && if_match.is_some() {
            return Err(no_locks("delete a file only if it is the expected version"));
        }
        let stat = match Stat::of_entry(&directory, name.file_name()) {
            Ok(stat) if stat.kind == Kind::File => stat,
            // What is no regular file is no file of this storage, and is left alone.
            Ok(_) => return nothing_there(),
            Err(error) if is_absence(&error) => return nothing_there(),
            Err(error) => return Err(cannot(error)),
        };
        if if_match.is_some_and(|expected| !stat.etag().strong_eq(expected)) {
            return nothing_there();
        }
        match directory.remove_file(name.file_name()) {
            Ok(()) => {}
            Err(error) if is_absence(&error) => return nothing_there(),
            Err(error) => return Err(cannot(error)),
        }
    }
    if sync {
        directories::sync_removal(root, &directory, path.as_str()).map_err(|error| {
            let message = format!(
                "the file was deleted, but its directory could not be synced to the disk ({error}), so that it \
                 may come back after a power cut; delete it again or look at the system's log"
            );
            Error::from_io(error).with_message(message)
        })?;
    }
    Ok(true)
}
