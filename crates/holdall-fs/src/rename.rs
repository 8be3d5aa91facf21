//! Moving a file to another name in one step, without copying it.

use std::cell::Cell;
use std::io;
use std::sync::Arc;

use cap_std::fs::Dir;
use holdall_core::{CopyOptions, ETag, Error, ErrorKind, Metadata, Name, Result, Saved, guess_content_type};

use crate::attributes::{self, Record};
use crate::copy::{self, check_version};
use crate::delete;
use crate::directories;
use crate::error::{failed, failed_to_find, is_absence};
use crate::hop::{Cancel, hop};
use crate::placing::move_new;
use crate::publish::{Failure, Publishable, Target};
use crate::root::{Methods, Root};
use crate::save::acknowledge;
use crate::stat::{Kind, Stat};

/// See [`Storage::rename`](holdall_core::Storage::rename).
pub(crate) async fn rename(root: &Arc<Root>, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
    options.check(from, to, &root.capabilities)?;
    let (root, from, to) = (Arc::clone(root), from.clone(), to.clone());
    let cancel = Cancel::default();
    let _guard = cancel.guard();
    hop(move || run(&root, &from, &to, &options, &cancel)).await
}

fn run(root: &Arc<Root>, from: &Name, to: &Name, options: &CopyOptions, cancel: &Cancel) -> Result<Saved> {
    cancel.check()?;
    root.check()?;
    let path = from.parent();
    let leaves = directories::open(root, path.as_str())
        .map_err(|error| failed_to_find(from, "opening the file's directory", error))?;
    let (file, stat) = root.open_file(from)?;
    let metadata = attributes::metadata(from, &file, &stat)?;
    check_version(from, &stat, options.if_match.as_ref())?;
    if options.attributes.is_some() {
        // A file that moves would have to get them before or after.
        return copy_and_delete(root, from, to, options, cancel);
    }
    if from == to {
        return Ok(metadata.into());
    }
    let keeps_record = !root.capabilities.attributes || guess_content_type(from) == guess_content_type(to);
    if !keeps_record && stat.has_other_names() {
        // Its type has to be written down, and the other names (hard links) must not get that too.
        return copy_and_delete(root, from, to, options, cancel);
    }
    let sync = root.is_synced(None);
    if sync {
        // It may have been saved without: what is acknowledged here is durable as a whole.
        file.sync_all().map_err(|error| failed("syncing the file to the disk", error))?;
    }
    if !keeps_record {
        keep_content_type(to, &metadata, &file)?;
    }

    let mut target = Target::new(to, options.mode(), options.max_name_length)?;
    let mut moving = Moving {
        methods: root.methods,
        leaves,
        name: from.clone(),
        // Whatever replaced the file meanwhile is moved too, unless one version was asked for.
        version: options.if_match.clone(),
        moved: Cell::new(stat),
    };
    let published = match target.publish(root, &mut moving, cancel, sync) {
        Ok(published) => published,
        // The two names are on different file systems: a mount lies below the root.
        Err(error) if is_crossing(&error) => return copy_and_delete(root, from, to, options, cancel),
        Err(error) => return Err(error),
    };
    let saved = acknowledge(root, published, &moving.moved.get(), metadata.checksum)?;
    if sync {
        directories::sync_removal(root, &moving.leaves, path.as_str()).map_err(|error| {
            let message = format!(
                "the file was renamed to {:?}, but its old directory could not be synced to the disk \
                 ({error}), so that the old name may come back after a power cut",
                saved.name
            );
            Error::from_io(error).with_message(message).with_name(saved.name.as_str())
        })?;
    }
    directories::prune(root, path.as_str());
    Ok(saved)
}

/// A content type that the old name tells and the new one does not has to be written down. As long as the
/// file keeps its old name, that changes nothing.
fn keep_content_type(to: &Name, metadata: &Metadata, file: &std::fs::File) -> Result<()> {
    let stat = Stat::of(file).map_err(|error| failed("looking at the file", error))?;
    let record = Record::new(to, &metadata.attributes, &stat, metadata.checksum);
    attributes::store(to, file, &record, &metadata.attributes)
}

/// A file on its way from one name to another.
struct Moving {
    methods: Methods,
    leaves: Dir,
    name: Name,
    version: Option<ETag>,
    /// What was moved.
    moved: Cell<Stat>,
}

impl Moving {
    /// Looks at the file again, under the lock of its directory.
    fn check(&self) -> Result<(), Failure> {
        let missing = |name: &Name| Failure::Final(Error::not_found(name));
        let stat = match Stat::of_entry(&self.leaves, self.name.file_name()) {
            Ok(stat) if stat.kind == Kind::File => stat,
            Ok(_) => return Err(missing(&self.name)),
            Err(error) if is_absence(&error) => return Err(missing(&self.name)),
            Err(error) => return Err(Failure::Io(error)),
        };
        self.moved.set(stat);
        check_version(&self.name, &stat, self.version.as_ref()).map_err(Failure::Final)
    }
}

impl Publishable for Moving {
    fn place_new(&self, directory: &Dir, segment: &str) -> Result<(), Failure> {
        self.check()?;
        Ok(move_new(self.methods, &self.leaves, self.name.file_name(), directory, segment)?)
    }

    fn place_over(&self, directory: &Dir, segment: &str) -> Result<(), Failure> {
        self.check()?;
        let target = Stat::of_entry(directory, segment)?;
        if target.is_same_file(&self.moved.get()) {
            // Two names that another program gave to one file: the system's rename would keep both.
            return Ok(self.leaves.remove_file(self.name.file_name())?);
        }
        Ok(self.leaves.rename(self.name.file_name(), directory, segment)?)
    }

    fn set_published(&mut self) {}

    fn leaves(&self) -> Option<&Dir> {
        Some(&self.leaves)
    }

    fn needs_lock(&self) -> bool {
        // Where a name has to be reserved, nobody may overwrite the reservation.
        !self.methods.exclusive_rename
    }
}

fn is_crossing(error: &Error) -> bool {
    let source = std::error::Error::source(error).and_then(|source| source.downcast_ref::<io::Error>());
    source.is_some_and(|source| source.kind() == io::ErrorKind::CrossesDevices)
}

/// The slow way. The version that was copied is the one that is deleted.
fn copy_and_delete(
    root: &Arc<Root>,
    from: &Name,
    to: &Name,
    options: &CopyOptions,
    cancel: &Cancel,
) -> Result<Saved> {
    let (saved, version) = copy::run(root, from, to, options, cancel)?;
    if saved.name == *from {
        return Ok(saved);
    }
    let condition = root.capabilities.delete_if_match.then_some(&version);
    match delete::remove(root, from, condition, root.is_synced(None)) {
        Ok(_) => {}
        Err(error) if error.kind() == ErrorKind::PreconditionFailed && options.if_match.is_none() => {
            let message = format!(
                "the file was copied to {:?}, but meanwhile another version was saved under the old name, \
                 which was left there",
                saved.name
            );
            return Err(error.with_message(message));
        }
        Err(error) => return Err(error),
    }
    directories::prune(root, from.parent().as_str());
    Ok(saved)
}
