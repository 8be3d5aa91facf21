//! How a file is saved.

use crate::attributes::Attributes;
use crate::capabilities::Capabilities;
use crate::checksum::Checksum;
use crate::error::Result;
use crate::etag::ETag;
use crate::name::Name;
use crate::visibility::Visibility;

/// What happens when the name is taken.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SaveMode {
    /// Take another name: `_` and seven random letters go before the first dot of the file name
    /// (Django's `get_available_name`). Never overwrites, also not in a race. See
    /// [`Candidates`](crate::Candidates).
    #[default]
    Unique,
    /// Fail with [`ErrorKind::AlreadyExists`](crate::ErrorKind::AlreadyExists).
    Create,
    /// Put the new file in the old one's place, in one step.
    Overwrite,
    /// Overwrite only if the current version has this tag (compare and swap); otherwise, also when
    /// there is no file, fail with
    /// [`ErrorKind::PreconditionFailed`](crate::ErrorKind::PreconditionFailed).
    IfMatch(ETag),
}

/// What an acknowledged save on a local disk has survived.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Durability {
    /// Bytes, name and new directories are on the medium: they survive a power cut.
    #[default]
    Synced,
    /// The operating system has them: they survive a crash of the process. Faster.
    Buffered,
}

/// Options of [`Storage::save`](crate::Storage::save).
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct SaveOptions {
    /// What happens when the name is taken. `None` is the storage's default: [`SaveMode::Unique`],
    /// and [`SaveMode::Overwrite`] for static files.
    pub mode: Option<SaveMode>,
    /// What is kept beside the bytes.
    pub attributes: Attributes,
    /// The checksum that the content must have; otherwise nothing is stored and the error is
    /// [`ErrorKind::ChecksumMismatch`](crate::ErrorKind::ChecksumMismatch).
    pub checksum: Option<Checksum>,
    /// The most characters that the final name may have, as Django's `max_length`: a database column
    /// decides it. 0 and `None` mean no limit. With `Unique` the stem is cut and made unique, with
    /// `Overwrite` it is cut; with `Create` and `IfMatch`, where another name would be wrong, a name
    /// that is too long is [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName).
    pub max_name_length: Option<usize>,
    /// What must have happened before the save is acknowledged. `None` is the storage's setting.
    pub durability: Option<Durability>,
}

impl SaveOptions {
    /// The mode, with [`SaveMode::Unique`] where none was chosen.
    pub fn mode(&self) -> SaveMode {
        self.mode.clone().unwrap_or_default()
    }

    /// Sets what happens when the name is taken.
    pub fn with_mode(mut self, mode: SaveMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Sets all attributes at once.
    pub fn with_attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// Sets the `Content-Type`. Give what you know, not what a web client claims.
    pub fn with_content_type(mut self, value: impl Into<String>) -> Self {
        self.attributes.content_type = Some(value.into());
        self
    }

    /// Sets the `Content-Disposition`.
    pub fn with_content_disposition(mut self, value: impl Into<String>) -> Self {
        self.attributes.content_disposition = Some(value.into());
        self
    }

    /// Sets the `Content-Encoding`.
    pub fn with_content_encoding(mut self, value: impl Into<String>) -> Self {
        self.attributes.content_encoding = Some(value.into());
        self
    }

    /// Sets the `Content-Language`.
    pub fn with_content_language(mut self, value: impl Into<String>) -> Self {
        self.attributes.content_language = Some(value.into());
        self
    }

    /// Sets the `Cache-Control`.
    pub fn with_cache_control(mut self, value: impl Into<String>) -> Self {
        self.attributes.cache_control = Some(value.into());
        self
    }

    /// Sets who may read the file by its plain URL.
    pub fn with_visibility(mut self, visibility: Visibility) -> Self {
        self.attributes.visibility = Some(visibility);
        self
    }

    /// Adds user metadata. See [`Attributes::user`] for the names that are allowed.
    pub fn with_user_metadata(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.attributes.user.insert(name.into(), value.into());
        self
    }

    /// Sets the checksum that the content must have.
    pub fn with_checksum(mut self, checksum: Checksum) -> Self {
        self.checksum = Some(checksum);
        self
    }

    /// Sets the most characters that the final name may have.
    pub fn with_max_name_length(mut self, characters: usize) -> Self {
        self.max_name_length = Some(characters);
        self
    }

    /// Sets what must have happened before the save is acknowledged.
    pub fn with_durability(mut self, durability: Durability) -> Self {
        self.durability = Some(durability);
        self
    }

    /// Checks the values, and that a storage with these capabilities can honour all of them for a file of
    /// that name (whose content type need not be kept where the name tells it). A storage calls it first of all in
    /// [`Storage::save`](crate::Storage::save), before it reads the content; nobody else does.
    ///
    /// A storage that sends large content in another way than small, and can honour the mode only for small
    /// content, calls [`check_large`](Self::check_large) too, as soon as it knows that the content is large.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported) or
    /// [`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput).
    pub fn check(&self, name: &Name, capabilities: &Capabilities) -> Result<()> {
        use Capabilities as C;
        C::require(true, capabilities.writable, "writable")?;
        check_mode(&self.mode(), capabilities)?;
        let Self { attributes, .. } = self;
        C::require(attributes.need_storing(name), capabilities.attributes, "attributes")?;
        C::require(attributes.visibility.is_some(), capabilities.visibility, "visibility")?;
        C::require(self.durability == Some(Durability::Synced), capabilities.durable, "durable")?;
        attributes.validate()
    }

    /// Checks that the mode can be honoured for content that takes more than one request.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`](crate::ErrorKind::Unsupported).
    pub fn check_large(mode: &SaveMode, capabilities: &Capabilities) -> Result<()> {
        match mode {
            SaveMode::Create => Capabilities::require(true, capabilities.create_large, "create_large"),
            SaveMode::IfMatch(_) => Capabilities::require(true, capabilities.replace_large, "replace_large"),
            SaveMode::Unique | SaveMode::Overwrite => Ok(()),
        }
    }
}

/// Checks the capability that the mode of a save needs.
pub(super) fn check_mode(mode: &SaveMode, capabilities: &Capabilities) -> Result<()> {
    match mode {
        SaveMode::Unique => Capabilities::require(true, capabilities.unique, "unique"),
        SaveMode::Create => Capabilities::require(true, capabilities.create, "create"),
        SaveMode::IfMatch(_) => Capabilities::require(true, capabilities.replace, "replace"),
        SaveMode::Overwrite => Ok(()),
    }
}
