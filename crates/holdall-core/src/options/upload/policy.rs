//! What a client may upload: the options.

use std::time::Duration;

use super::{UploadChecksum, UploadMethod, UploadSuccess};
use crate::attributes::Attributes;
use crate::options::SaveMode;
use crate::visibility::Visibility;

/// Options of [`Storage::upload_request`](crate::Storage::upload_request): what a client may upload.
///
/// The request grants exactly this, to whoever has it, as often as wanted until it expires. Nothing is left
/// to the client that the policy does not leave open: without a content type it is the one that the *name*
/// tells, since a client that may choose stores HTML in your origin.
///
/// # PUT or POST
///
/// Two ways of uploading can promise different things, and what cannot be promised is refused
/// ([`ErrorKind::InvalidInput`](crate::ErrorKind::InvalidInput)), never left out:
///
/// | | `PUT` | `POST` |
/// | --- | --- | --- |
/// | exact type, attributes, metadata, visibility, checksum | yes | yes |
/// | exact size ([`with_size`](Self::with_size)) | yes | yes |
/// | range of sizes ([`with_min_size`](Self::with_min_size), [`with_max_size`](Self::with_max_size)) | no | yes |
/// | family of types (`image/*`) | no | yes |
/// | file name chosen by the client ([`with_any_file_name`](Self::with_any_file_name)) | no | yes |
/// | answer of the server ([`with_success`](Self::with_success)) | no | yes |
/// | [`Create`](SaveMode::Create), [`IfMatch`](SaveMode::IfMatch) | yes | no |
/// | refuses attributes that the policy does not mention | no | yes |
///
/// The last line is S3's: a client may add `Cache-Control`, `Content-Disposition`, `Content-Encoding`,
/// `Content-Language` or `Expires` to a `PUT`, and they are kept. Give those that matter; what is given cannot
/// be changed.
///
/// Without [`with_method`](Self::with_method) it is a form where only a form can do it, else `PUT`.
///
/// # Names that are taken
///
/// The client cannot be asked to try another name, so [`SaveMode::Unique`] (the default) chooses at once:
/// `_` and 22 random letters go before the first dot of the file name, which nobody can guess or meet by
/// chance. The name is in [`UploadRequest::name`](super::UploadRequest::name). What remains open with a form
/// is that the *same* client sends it twice and replaces its own upload; a `PUT` binds that the name is free,
/// where the storage can.
///
/// ```
/// use std::time::Duration;
///
/// use holdall_core::{SaveMode, UploadMethod, UploadPolicy};
///
/// let avatar = UploadPolicy::default()
///     .with_content_type("image/*")
///     .with_max_size(5 << 20)
///     .with_expires_in(Duration::from_secs(300));
/// assert_eq!(avatar.resolve_method()?, UploadMethod::Post);
///
/// let report = UploadPolicy::default().with_mode(SaveMode::Create).with_size(1234);
/// assert_eq!(report.resolve_method()?, UploadMethod::Put);
///
/// // No form can be bound to a free name, and no PUT to a range.
/// assert!(avatar.with_mode(SaveMode::Create).resolve_method().is_err());
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct UploadPolicy {
    /// How the file is sent; `None` chooses, see above.
    pub method: Option<UploadMethod>,
    /// What happens when the name is taken; `None` is [`SaveMode::Unique`].
    pub mode: Option<SaveMode>,
    /// How long the request is valid. `None` is the storage's setting.
    pub expires_in: Option<Duration>,
    /// What is kept with the file. Without a content type it is the one that the name tells.
    pub attributes: Attributes,
    /// A family of content types, such as `image/`, of which the client names one; instead of an exact one.
    pub content_type_prefix: Option<String>,
    /// The fewest bytes that are taken.
    pub min_size: Option<u64>,
    /// The most bytes that are taken.
    pub max_size: Option<u64>,
    /// The checksum that the bytes must have.
    pub checksum: Option<UploadChecksum>,
    /// The most characters that the final name may have, as [`SaveOptions::max_name_length`](crate::SaveOptions).
    pub max_name_length: Option<usize>,
    /// Whether the client chooses the file name, below the name that is asked for.
    pub any_file_name: bool,
    /// What the server answers to a form that it took.
    pub success: Option<UploadSuccess>,
}

impl UploadPolicy {
    /// Sets how the file is sent.
    pub fn with_method(mut self, method: UploadMethod) -> Self {
        self.method = Some(method);
        self
    }

    /// Sets what happens when the name is taken.
    pub fn with_mode(mut self, mode: SaveMode) -> Self {
        self.mode = Some(mode);
        self
    }

    /// Sets how long the request is valid. Minutes: it must only begin in time, not end.
    pub fn with_expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = Some(duration);
        self
    }

    /// Sets the only `Content-Type` that is taken, or a family of them: `image/*`. The header is the
    /// client's claim; look at the bytes before you believe it.
    pub fn with_content_type(mut self, value: impl Into<String>) -> Self {
        let value = value.into();
        if let Some(family) = value.strip_suffix('*').filter(|family| family.ends_with('/')) {
            self.content_type_prefix = Some(family.to_owned());
            self.attributes.content_type = None;
        } else {
            self.content_type_prefix = None;
            self.attributes.content_type = Some(value);
        }
        self
    }

    /// Sets all attributes at once; an exact content type among them.
    pub fn with_attributes(mut self, attributes: Attributes) -> Self {
        self.attributes = attributes;
        self
    }

    /// Sets the `Content-Disposition`; see [`Disposition`](crate::Disposition).
    pub fn with_content_disposition(mut self, value: impl Into<String>) -> Self {
        self.attributes.content_disposition = Some(value.into());
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

    /// Takes exactly so many bytes.
    pub fn with_size(mut self, bytes: u64) -> Self {
        (self.min_size, self.max_size) = (Some(bytes), Some(bytes));
        self
    }

    /// Sets the fewest bytes that are taken.
    pub fn with_min_size(mut self, bytes: u64) -> Self {
        self.min_size = Some(bytes);
        self
    }

    /// Sets the most bytes that are taken.
    pub fn with_max_size(mut self, bytes: u64) -> Self {
        self.max_size = Some(bytes);
        self
    }

    /// Sets the checksum that the bytes must have.
    pub fn with_checksum(mut self, checksum: impl Into<UploadChecksum>) -> Self {
        self.checksum = Some(checksum.into());
        self
    }

    /// Sets the most characters that the final name may have.
    pub fn with_max_name_length(mut self, characters: usize) -> Self {
        self.max_name_length = Some(characters);
        self
    }

    /// Lets the client choose the file name: the name that is asked for is the directory that it lands in.
    ///
    /// The request then grants writing *any* name below it, also one that is taken, which is why
    /// [`SaveMode::Overwrite`] must be said: give each client a directory of its own, and promote from there
    /// what you accept.
    pub fn with_any_file_name(mut self, any: bool) -> Self {
        self.any_file_name = any;
        self
    }

    /// Sets what the server answers to a form that it took.
    pub fn with_success(mut self, success: UploadSuccess) -> Self {
        self.success = Some(success);
        self
    }
}
