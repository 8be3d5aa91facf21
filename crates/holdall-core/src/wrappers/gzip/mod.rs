//! Compress text while it is saved.

mod encode;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use self::encode::{Encoded, encode};
use crate::attributes::guess_content_type;
use crate::capabilities::Capabilities;
use crate::content::Content;
use crate::error::{Error, ErrorKind, Operation, Result};
use crate::file::File;
use crate::metadata::{Entry, Listing, Metadata, Saved};
use crate::name::{Location, Name};
use crate::options::{
    CopyOptions, DeleteOptions, FileUrl, ListOptions, OpenOptions, SaveOptions, UploadPolicy, UploadRequest,
    UrlOptions,
};
use crate::storage::Storage;
use crate::swept::Swept;
use crate::visibility::Visibility;

/// A storage that saves content of chosen types compressed with gzip, and says so in its `Content-Encoding`.
///
/// Browsers unpack what has that header by themselves, so that this is for what browsers fetch straight from the
/// storage, as django-storages' `gzip` is: CSS, JavaScript and SVG in a bucket. A storage that keeps no
/// attributes refuses such saves.
///
/// ```
/// use holdall_core::{Gzipped, MemoryStorage, Store};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let site = Store::new(Gzipped::new(MemoryStorage::new()));
/// site.save("app.css", "body { color: teal }\n".repeat(1000)).await?;
///
/// let file = site.open("app.css").await?;
/// assert_eq!(file.metadata().attributes.content_encoding.as_deref(), Some("gzip"));
/// assert!(file.size() < 500);
/// # Ok(()) }
/// ```
///
/// - **What is compressed.** Content whose type, given or else guessed from the name, is
///   [among those chosen](Self::content_types); without a `Content-Encoding` of its own; and not in gzip's
///   format already. What ends within 64 KiB and does not shrink is stored as it is.
/// - **What is told.** Everything behind this wrapper speaks of what is stored: `open` gives the compressed bytes
///   with their `Content-Encoding`, as HTTP does, and size, checksum and `ETag` are theirs, also in [`Saved`].
///   Declared sizes, limits and the checksum that a save is given are those of the original, and enforced.
/// - **What it costs.** A block of 64 KiB is compressed at a time, whatever the size of the file, and its size is
///   not known beforehand. The best compression (level 9), since a file is read more often than saved.
/// - **Stable bytes.** No time and no name go into the header, so that the same content gives the same bytes, from
///   memory and from a stream, until the compressor itself is updated.
///
/// Copies, renames and uploads that clients make directly are passed on as they are. A copy that is given
/// [other attributes](CopyOptions::attributes) without a `Content-Encoding` keeps the one that its source was given
/// here, since the bytes are packed as before.
#[derive(Debug, Clone)]
pub struct Gzipped<S> {
    inner: S,
    content_types: Vec<String>,
}

impl<S: Storage> Gzipped<S> {
    /// The types that are compressed without a choice: those of django-storages.
    pub const CONTENT_TYPES: [&str; 5] = [
        "text/css",
        "text/javascript",
        "application/javascript",
        "application/x-javascript",
        "image/svg+xml",
    ];

    /// Compresses what has one of [`CONTENT_TYPES`](Self::CONTENT_TYPES).
    pub fn new(inner: S) -> Self {
        Self { inner, content_types: Self::CONTENT_TYPES.map(str::to_owned).to_vec() }
    }

    /// Compresses content of these types instead. They are compared without regard to case and to parameters:
    /// `text/html` is for `text/html; charset=utf-8` too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`] for what is no plain media type, wildcards and parameters included.
    pub fn content_types<T: Into<String>>(mut self, types: impl IntoIterator<Item = T>) -> Result<Self> {
        self.content_types = types.into_iter().map(Into::into).collect();
        match self.content_types.iter().find(|content_type| !is_media_type(content_type)) {
            None => Ok(self),
            Some(wrong) => Err(Error::message(
                ErrorKind::InvalidConfig,
                format!("{wrong:?} is no content type to compress; write it as \"text/html\""),
            )
            .with_operation(Operation::Configure)),
        }
    }

    /// A copy with other attributes must go on to say how its bytes are packed: `options` with the encoding that
    /// the source was given here, for the version of it that was looked at. Also whether that version was chosen
    /// here.
    async fn with_encoding(
        &self,
        from: &Name,
        to: &Name,
        mut options: CopyOptions,
    ) -> Result<(CopyOptions, bool)> {
        let Some(attributes) = options.attributes.as_mut().filter(|given| given.content_encoding.is_none())
        else {
            return Ok((options, false));
        };
        let source = self.inner.metadata(from).await?;
        let was_compressed = source.attributes.content_encoding.as_deref() == Some(GZIP);
        if was_compressed && self.is_chosen(source.content_type()) {
            attributes.content_encoding = Some(GZIP.to_owned());
        }
        let named = options.if_match.is_some() || (from == to && options.names_a_version());
        let pins = !named && self.capabilities().copy_if_match && source.etag.is_some();
        if pins {
            options.if_match = source.etag;
        }
        Ok((options, pins))
    }

    fn compresses(&self, name: &Name, options: &SaveOptions) -> bool {
        let attributes = &options.attributes;
        let given = attributes.content_type.as_deref().unwrap_or_else(|| guess_content_type(name));
        attributes.content_encoding.is_none() && self.is_chosen(given)
    }

    fn is_chosen(&self, content_type: &str) -> bool {
        let essence = content_type.split(';').next().unwrap_or(content_type).trim();
        self.content_types.iter().any(|chosen| chosen.eq_ignore_ascii_case(essence))
    }
}

/// The coding of RFC 9110, 8.4.1.3.
const GZIP: &str = "gzip";

/// The caller named no version, so that another one is no failed condition of his.
fn replaced(error: Error, from: &Name, pinned: bool) -> Error {
    if pinned && error.kind() == ErrorKind::PreconditionFailed && error.name() == Some(from.as_str()) {
        let message = "the file was replaced while it was copied; try again";
        return Error::message(ErrorKind::Conflict, message).with_retryable(true).with_name(from.as_str());
    }
    error
}

/// `type/subtype` in the characters of RFC 9110, 5.6.2, but for the star, which would look like a wildcard.
fn is_media_type(text: &str) -> bool {
    let token = |part: &str| {
        let good = |byte: u8| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte);
        !part.is_empty() && part.bytes().all(good)
    };
    text.split_once('/').is_some_and(|(kind, subtype)| token(kind) && token(subtype))
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Storage> Storage for Gzipped<S> {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.inner.open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, mut options: SaveOptions) -> Result<Saved> {
        if !self.compresses(name, &options) {
            return self.inner.save(name, content, options).await;
        }
        match encode(content, options.checksum).await? {
            Encoded::AsItIs(bytes) => self.inner.save(name, Content::bytes(bytes), options).await,
            Encoded::Unchanged(content) => self.inner.save(name, content, options).await,
            Encoded::Small(bytes) => {
                options.attributes.content_encoding = Some(GZIP.to_owned());
                // It was that of the original, and is checked.
                options.checksum = None;
                self.inner.save(name, Content::bytes(bytes), options).await
            }
            Encoded::Large(content, failure) => {
                options.attributes.content_encoding = Some(GZIP.to_owned());
                options.checksum = None;
                let saved = self.inner.save(name, content, options).await;
                // What went wrong with the original is not what the storage makes of it.
                saved.map_err(|error| failure.take().unwrap_or(error))
            }
        }
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.inner.delete(name, options).await
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        self.inner.delete_many(names).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.inner.metadata(name).await
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        self.inner.exists(name).await
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(location, options)
    }

    async fn listdir(&self, location: &Location) -> Result<Listing> {
        self.inner.listdir(location).await
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        let (options, pinned) = self.with_encoding(from, to, options).await?;
        self.inner.copy(from, to, options).await.map_err(|error| replaced(error, from, pinned))
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        let (options, pinned) = self.with_encoding(from, to, options).await?;
        self.inner.rename(from, to, options).await.map_err(|error| replaced(error, from, pinned))
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.inner.url(name, options).await
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        self.inner.upload_request(name, policy).await
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.inner.set_visibility(name, visibility).await
    }

    fn path(&self, name: &Name) -> Option<PathBuf> {
        self.inner.path(name)
    }

    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        self.inner.sweep(older_than).await
    }
}

impl<S: Storage> fmt::Display for Gzipped<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}
