//! How a file is copied, renamed and deleted.

use super::save::check_mode;
use super::{SaveMode, check_version};
use crate::capabilities::Capabilities;
use crate::error::{Error, ErrorKind, Result};
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
    /// Delete exactly this version, for good. Without it a storage that keeps versions only hides the
    /// file: what was saved before can still be opened by its version.
    pub version: Option<String>,
}

impl DeleteOptions {
    /// Deletes the file only if that is its current version.
    pub fn with_if_match(mut self, etag: ETag) -> Self {
        self.if_match = Some(etag);
        self
    }

    /// Deletes exactly that version, for good. One that does not exist (any more) is fine. When it was the
    /// current one, the version before it becomes current again.
    pub fn with_version(mut self, version: impl Into<String>) -> Self {
        self.version = Some(version.into());
        self
    }

    /// Checks that a storage with these capabilities can honour the options.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported); or
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput) for an empty version, and for a version
    /// together with a tag.
    pub fn check(&self, capabilities: &Capabilities) -> Result<()> {
        Capabilities::require(true, capabilities.writable, "writable")?;
        Capabilities::require(self.if_match.is_some(), capabilities.delete_if_match, "delete_if_match")?;
        check_version(self.version.as_deref(), capabilities)?;
        if self.version.is_some() && self.if_match.is_some() {
            let message = "a version says exactly what is deleted; leave if_match out, or the version";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        Ok(())
    }
}
