//! Attributes that other programs gave a file, for its copy or for the file that takes its place.
//!
//! | of the source | a copy | the file itself, with other attributes |
//! | --- | --- | --- |
//! | extended attributes of other programs (`user.`) | has them | keeps them |
//! | mode, owner, group, access control list | as every new file | keeps them |
//!
//! A rename moves the file with everything that it has.

use std::fs::File;
use std::io;

use holdall_core::{Error, ErrorKind, Result};

use crate::error::failed;
use crate::xattr;

/// Attributes that a staged file gets beyond its own record before it is published.
#[derive(Debug, Default)]
pub(crate) struct Inherited {
    /// Permission bits, in place of those of the settings.
    pub(crate) mode: Option<u32>,
    acl: Option<Vec<u8>>,
}

impl Inherited {
    /// Gives `to` the extended attributes of other programs that `from` has.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the file system of `to` takes none.
    pub(crate) fn of_copy(from: &File, to: &File) -> Result<Self> {
        let reading = |error| failed("reading what other programs set on the file", error);
        for (name, value) in xattr::foreign(from).map_err(reading)? {
            xattr::set(to, &name, &value).map_err(|error| match error.kind() {
                io::ErrorKind::Unsupported => Error::message(
                    ErrorKind::Unsupported,
                    format!(
                        "another program set the extended attribute {name:?} on the file, which cannot be kept \
                         there; remove it, or mount a file system that has such attributes"
                    ),
                )
                .with_source(error),
                _ => failed("keeping what other programs set on the file", error),
            })?;
        }
        Ok(Self::default())
    }

    /// Makes `to` a file that can take the place of `from`: the same, and owner, mode and access control list.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` where the file belongs to somebody to whom this process may give nothing.
    pub(crate) fn of_itself(from: &File, to: &File) -> Result<Self> {
        let mut inherited = Self::of_copy(from, to)?;
        let reading = |error| failed("looking at who owns the file", error);
        #[cfg(unix)]
        {
            use std::os::unix::fs::MetadataExt as _;
            let (old, new) = (from.metadata().map_err(reading)?, to.metadata().map_err(reading)?);
            let uid = Some(old.uid()).filter(|&uid| uid != new.uid());
            let gid = Some(old.gid()).filter(|&gid| gid != new.gid());
            if uid.is_some() || gid.is_some() {
                std::os::unix::fs::fchown(to, uid, gid).map_err(|error| match error.kind() {
                    io::ErrorKind::PermissionDenied => Error::message(
                        ErrorKind::PermissionDenied,
                        format!(
                            "the file belongs to user {} and group {}, which a file with other attributes could not \
                             keep; change them as that user",
                            old.uid(),
                            old.gid()
                        ),
                    )
                    .with_source(error),
                    _ => failed("keeping the file's owner", error),
                })?;
            }
            inherited.mode = Some(old.mode() & 0o7777);
        }
        inherited.acl = xattr::acl(from).map_err(reading)?;
        Ok(inherited)
    }

    /// The access control list, last: it may forbid its owner to write.
    pub(crate) fn finish(&self, to: &File) -> Result<()> {
        let Some(acl) = &self.acl else { return Ok(()) };
        xattr::set_acl(to, acl).map_err(|error| failed("keeping the file's access control list", error))
    }
}
