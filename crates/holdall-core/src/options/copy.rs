//! How a file is copied, renamed and deleted.

use super::{SaveMode, check_version};
use crate::attributes::{Attributes, guess_content_type};
use crate::capabilities::Capabilities;
use crate::error::{Error, ErrorKind, Result};
use crate::etag::ETag;
use crate::name::Name;

/// Options of [`Storage::copy`](crate::Storage::copy) and [`Storage::rename`](crate::Storage::rename).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct CopyOptions {
    /// What happens when the destination is taken; as for a save.
    pub mode: Option<SaveMode>,
    /// The most characters that the final name may have; as for a save.
    pub max_name_length: Option<usize>,
    /// Copy only if the source has this tag; otherwise
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    pub if_match: Option<ETag>,
    /// What the copy has beside its bytes; `None` keeps what the source has.
    ///
    /// All of it is replaced, as if the bytes were saved anew with these attributes: what is not among them
    /// is not kept, and a content type that is not given is guessed from the destination's name. Only a
    /// visibility that is not given stays that of the source, so that nobody changes by the way who may read
    /// a file.
    ///
    /// What no attribute can say stays as it is: grants, tags, headers and metadata that only other programs can
    /// store.
    ///
    /// With attributes, a copy of a file onto itself is no longer nothing: it changes them, and them alone.
    /// That takes [`Capabilities::update_attributes`].
    pub attributes: Option<Attributes>,
}

impl CopyOptions {
    /// The mode, with [`SaveMode::Unique`] where none was chosen.
    pub fn mode(&self) -> SaveMode {
        self.mode.clone().unwrap_or_default()
    }

    /// Sets what happens when the destination is taken.
    pub fn with_mode(mut self, mode: SaveMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Sets the most characters that the final name may have.
    pub fn with_max_name_length(mut self, characters: usize) -> Self {
        self.max_name_length = Some(characters);
        self
    }

    /// Copies only that version of the source.
    pub fn with_if_match(mut self, etag: ETag) -> Self {
        self.if_match = Some(etag);
        self
    }

    /// Gives the copy these attributes instead of the source's.
    pub fn with_attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = Some(attributes);
        self
    }

    /// What a copy called `to` has beside its bytes, of a source that has `source`: for storages that write
    /// the attributes of a copy themselves.
    pub fn attributes_of_copy(&self, to: &Name, source: Attributes) -> Attributes {
        let Some(mut attributes) = self.attributes.clone() else { return source };
        attributes.content_type.get_or_insert_with(|| guess_content_type(to).to_owned());
        attributes.visibility = attributes.visibility.or(source.visibility);
        attributes
    }

    /// For a copy onto itself with attributes, where the mode has no name to choose: whether the file, which
    /// has that tag, is the one that [`SaveMode::IfMatch`] names. In the other modes it is.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    pub fn check_replaced(&self, name: &Name, current: Option<&ETag>) -> Result<()> {
        match &self.mode {
            Some(SaveMode::IfMatch(expected)) if current.is_none_or(|etag| !etag.strong_eq(expected)) => {
                Err(Error::new(ErrorKind::PreconditionFailed).with_name(name.as_str()))
            }
            _ => Ok(()),
        }
    }

    /// Whether one version of the file was asked for, so that a copy onto itself is not tried again when
    /// another one is there.
    pub fn names_a_version(&self) -> bool {
        self.if_match.is_some() || matches!(self.mode, Some(SaveMode::IfMatch(_)))
    }

    /// Checks the values, and that a storage with these capabilities can honour all of them for a copy from one
    /// name to the other.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) or
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
    pub fn check(&self, from: &Name, to: &Name, capabilities: &Capabilities) -> Result<()> {
        use Capabilities as C;
        C::require(true, capabilities.writable, "writable")?;
        C::require(self.if_match.is_some(), capabilities.copy_if_match, "copy_if_match")?;
        // Onto itself there is no other file that the mode could speak of.
        match self.mode() {
            _ if from == to => {}
            SaveMode::Unique => C::require(true, capabilities.unique, "unique")?,
            SaveMode::Create => C::require(true, capabilities.copy_create, "copy_create")?,
            SaveMode::IfMatch(_) => C::require(true, capabilities.copy_replace, "copy_replace")?,
            SaveMode::Overwrite => {}
        }
        let Some(attributes) = &self.attributes else { return Ok(()) };
        let needed = attributes.need_storing(to);
        C::require(needed, capabilities.attributes, "attributes")?;
        C::require(needed && from == to, capabilities.update_attributes, "update_attributes")?;
        C::require(attributes.visibility.is_some(), capabilities.visibility, "visibility")?;
        attributes.validate()
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
    /// Delete not the file but the marker of the directory that has this name: the object without bytes, whose key is
    /// the name and a `/`, that consoles of clouds make. Files below stay.
    pub marker: bool,
}

impl DeleteOptions {
    /// Deletes the marker of the directory that has the name, in place of the file. A missing one is fine.
    pub fn with_marker(mut self, marker: bool) -> Self {
        self.marker = marker;
        self
    }

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
        Capabilities::require(self.marker, capabilities.markers, "markers")?;
        if self.marker && (self.version.is_some() || self.if_match.is_some()) {
            let message = "a marker is deleted whatever its version; leave version and if_match out";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        if self.version.is_some() && self.if_match.is_some() {
            let message = "a version says exactly what is deleted; leave if_match out, or the version";
            return Err(Error::message(ErrorKind::InvalidInput, message));
        }
        Ok(())
    }
}
