//! Changing the visibility of a file that exists.

use std::sync::Arc;

use holdall_core::{Attributes, Name, Result, Visibility};

use crate::attributes::{self, Record};
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
        let directory = directories::open(&root, name.parent().as_str())
            .map_err(|error| failed_to_find(&name, "opening the file's directory", error))?;
        // The record is read and written again: no other writer of it may come in between.
        let lock =
            DirectoryLock::acquire(&directory).map_err(|error| failed("locking the directory", error))?;
        cancel.check()?;
        let (file, stat) = root.open_file(&name)?;
        let mut attributes = Attributes::default();
        attributes.visibility = Some(visibility);
        let record = match Record::read(&file)? {
            Some(record) => record.with_visibility(visibility),
            None => Record::new(&name, &attributes, &stat, None)?,
        };
        attributes::store(&name, &file, &record, &attributes)?;
        drop(lock);
        if root.is_synced(None) {
            file.sync_all().map_err(|error| failed("syncing the file's attributes to the disk", error))?;
        }
        Ok(())
    })
    .await
}
