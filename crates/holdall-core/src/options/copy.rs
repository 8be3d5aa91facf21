//! How a file is copied, renamed and deleted.

use super::SaveMode;
use super::save::check_mode;
use crate::capabilities::Capabilities;
use crate::error::Result;
use crate::etag::ETag;

/// Options of [`Storage::copy`](crate::Storage::copy) and [`Storage::rename`](crate::Storage::rename).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CopyOptions {
    /// What happens when the destination is taken; as for a save.
    pub mode: Option<SaveMode>,
    /// The most characters that the final name may have; as for a save.
    pub max_length: Option<usize>,
    /// Copy only if the source has this tag; otherwise
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    pub if_match: Option<ETag>,
}

impl CopyOptions {
    /// The mode, with [`SaveMode::Rename`] where none was chosen.
    pub fn mode(&self) -> SaveMode {
        self.mode.clone().unwrap_or_default()
    }

    /// Sets what happens when the destination is taken.
    pub fn with_mode(mut self, mode: SaveMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Sets the most characters that the final name may have.
    pub fn with_max_length(mut self, characters: usize) -> Self {
        self.max_length = Some(characters);
        self
    }

    /// Copies only that version of the source.
    pub fn with_if_match(mut self, etag: ETag) -> Self {
        self.if_match = Some(etag);
        self
    }

    /// Checks that a storage with these capabilities can honour the options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        Capabilities::require(true, capabilities.writable, "writable")?;
        Capabilities::require(self.if_match.is_some(), capabilities.copy_if_match, "copy_if_match")?;
        check_mode(&self.mode(), capabilities)
    }
}

/// Options of [`Storage::delete`](crate::Storage::delete).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct DeleteOptions {
    /// Delete only if the current version has this tag. A file of another version, and no file, are
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    pub if_match: Option<ETag>,
}

impl DeleteOptions {
    /// Deletes only that version.
    pub fn with_if_match(mut self, etag: ETag) -> Self {
        self.if_match = Some(etag);
        self
    }

    /// Checks that a storage with these capabilities can honour the options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        Capabilities::require(true, capabilities.writable, "writable")?;
        Capabilities::require(self.if_match.is_some(), capabilities.delete_if_match, "delete_if_match")
    }
}
