//! Copying inside the storage, by the kernel where it can.

use std::io::{self, Read as _};
use std::sync::Arc;

use holdall_core::{CopyOptions, ETag, Error, ErrorKind, Metadata, Name, Result, SaveMode, Saved};

use crate::attributes;
use crate::directories;
use crate::error::failed;
use crate::hop::{Cancel, hop};
use crate::inherited::Inherited;
use crate::publish::Target;
use crate::root::Root;
use crate::save::acknowledge;
use crate::staging::Staged;
use crate::stat::Stat;

/// How much is copied before the copy asks whether anybody still waits for it, in bytes.
const STRETCH: u64 = 64 * 1024 * 1024;

/// See [`Storage::copy`](holdall_core::Storage::copy).
pub(crate) async fn copy(root: &Arc<Root>, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
    options.check(from, to, &root.capabilities)?;
    let (root, from, to) = (Arc::clone(root), from.clone(), to.clone());
    let cancel = Cancel::default();
    let _guard = cancel.guard();
    hop(move || run(&root, &from, &to, &options, &cancel).map(|(saved, _)| saved)).await
}

/// Copies, and says which version was copied.
pub(crate) fn run(
    root: &Arc<Root>,
    from: &Name,
    to: &Name,
    options: &CopyOptions,
    cancel: &Cancel,
) -> Result<(Saved, ETag)> {
    for _ in directories::attempts() {
        match once(root, from, to, options, cancel) {
            // Somebody saved the file anew while it got its attributes: that version shall have them.
            Err(error)
                if error.kind() == ErrorKind::PreconditionFailed
                    && from == to
                    && !options.names_a_version() => {}
            outcome => return outcome,
        }
    }
    let message = "the file was overwritten each time that its attributes were about to change; try again";
    Err(Error::message(ErrorKind::Conflict, message).with_name(from.as_str()).with_retryable(true))
}

fn once(
    root: &Arc<Root>,
    from: &Name,
    to: &Name,
    options: &CopyOptions,
    cancel: &Cancel,
) -> Result<(Saved, ETag)> {
    cancel.check()?;
    let (file, stat) = root.open_file(from)?;
    let metadata = attributes::metadata(from, &file, &stat)?;
    check_version(from, &stat, options.if_match.as_ref())?;
    let mut target = if from != to {
        Target::new(to, options.mode(), options.max_name_length)?
    } else if options.attributes.is_none() {
        return Ok((metadata.into(), stat.etag()));
    } else {
        // With the new attributes the file takes its own place, and that of no other version. A file that is
        // written anew has no second name (a hard link) whose attributes would change with it.
        options.check_replaced(to, Some(&stat.etag()))?;
        Target::new(to, SaveMode::IfMatch(stat.etag()), None)?
    };
    let mut staged = Staged::new(root, target.directory().as_str(), target.name())?;
    let copied = copy_bytes(&file, &staged, cancel)?;
    let inherit = if from == to { Inherited::of_itself } else { Inherited::of_copy };
    staged.inherit(inherit(&file, staged.file())?);
    let after = Stat::of(&file).map_err(|error| failed("looking at the file", error))?;
    if copied != stat.size || after.etag() != stat.etag() {
        let message = "another program changed the file while it was copied; nothing was stored; try again";
        return Err(Error::message(ErrorKind::Conflict, message)
            .with_name(from.as_str())
            .with_retryable(true));
    }
    let Metadata { attributes, checksum, .. } = metadata;
    let attributes = options.attributes_of_copy(to, attributes);
    let sync = root.is_synced(None);
    let copy = staged.seal(target.name(), &attributes, checksum, sync)?;
    let published = target.publish(root, &mut staged, cancel, sync)?;
    Ok((acknowledge(root, published, &copy, checksum)?, stat.etag()))
}

/// On Linux the standard library copies with `copy_file_range`: file systems that can share blocks do so.
fn copy_bytes(from: &std::fs::File, to: &Staged, cancel: &Cancel) -> Result<u64> {
    let mut copied = 0;
    loop {
        cancel.check()?;
        match io::copy(&mut from.take(STRETCH), &mut to.file()) {
            Ok(0) => return Ok(copied),
            Ok(bytes) => copied += bytes,
            Err(error) => return Err(failed("copying the file", error)),
        }
    }
}

/// Whether the version at hand is the expected one.
pub(crate) fn check_version(name: &Name, stat: &Stat, expected: Option<&ETag>) -> Result<()> {
    match expected {
        Some(expected) if !stat.etag().strong_eq(expected) => {
            Err(Error::new(ErrorKind::PreconditionFailed).with_name(name.as_str()))
        }
        _ => Ok(()),
    }
}
