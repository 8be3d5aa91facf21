//! Changing the visibility of a file that exists.

use std::sync::Arc;

use holdall_core::{Attributes, CopyOptions, Error, ErrorKind, Name, Result, Visibility};

use crate::attributes::{self, Record};
use crate::copy;
use crate::directories;
use crate::error::{failed, failed_to_find};
use crate::hop::{Cancel, hop};
use crate::lock::DirectoryLock;
use crate::root::Root;

/// See [`Storage::set_visibility`](holdall_core::Storage::set_visibility).
pub(crate) async fn set(root: &Arc<Root>, name: &Name, visibility: Visibility) -> Result<()> {
    root.capabilities.check_visibility()?;
    let (root, name) = (Arc::clone(root), name.clone());
    let cancel = Cancel::default();
    let _guard = cancel.guard();
    hop(move || {
        for _ in directories::attempts() {
            match run(&root, &name, visibility, &cancel) {
                // Somebody saved the file anew while it was copied: that version shall have it.
                Err(error) if error.kind() == ErrorKind::PreconditionFailed => {}
                outcome => return outcome,
            }
        }
        let message = "the file was overwritten each time that its visibility was about to change; try again";
        Err(Error::message(ErrorKind::Conflict, message).with_name(name.as_str()).with_retryable(true))
    })
    .await
}

fn run(root: &Arc<Root>, name: &Name, visibility: Visibility, cancel: &Cancel) -> Result<()> {
    root.check()?;
    let directory = directories::open(root, name.parent().as_str())
        .map_err(|error| failed_to_find(name, "opening the file's directory", error))?;
    // The record is read and written again: no other writer of it may come in between.
    let lock = DirectoryLock::acquire(&directory).map_err(|error| failed("locking the directory", error))?;
    cancel.check()?;
    let (file, stat) = root.open_file(name)?;
    if stat.has_other_names() {
        drop(lock);
        return make_separate(root, name, visibility, cancel);
    }
    let mut attributes = Attributes::default();
    attributes.visibility = Some(visibility);
    let record = match Record::read(&file)? {
        Some(record) => record.with_visibility(visibility),
        None => Record::new(name, &attributes, &stat, None),
    };
    attributes::store(name, &file, &record, &attributes)?;
    drop(lock);
    if root.is_synced(None) {
        file.sync_all().map_err(|error| failed("syncing the file's attributes to the disk", error))?;
    }
    Ok(())
}

/// A file with other names (hard links) shares its attributes with them, and only this name was meant. So it gets
/// a copy of its own, as it does when its attributes change.
fn make_separate(root: &Arc<Root>, name: &Name, visibility: Visibility, cancel: &Cancel) -> Result<()> {
    let (file, stat) = root.open_file(name)?;
    let mut attributes = attributes::metadata(name, &file, &stat)?.attributes;
    attributes.visibility = Some(visibility);
    let options = CopyOptions::default().with_attributes(attributes).with_if_match(stat.etag());
    copy::run(root, name, name, &options, cancel).map(drop)
}
