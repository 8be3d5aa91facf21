//! A storage that can only be read.

use std::fmt;

use async_trait::async_trait;
use futures_core::stream::BoxStream;

use crate::capabilities::Capabilities;
use crate::content::Content;
use crate::error::{Error, Result};
use crate::file::File;
use crate::metadata::{Entry, Listing, Metadata, Saved};
use crate::name::{Location, Name};
use crate::options::{
    CopyOptions, DeleteOptions, FileUrl, ListOptions, OpenOptions, SaveOptions, UploadPolicy, UploadRequest,
    UrlOptions,
};
use crate::storage::Storage;
use crate::visibility::Visibility;

/// A storage through which nothing can be changed: every verb that would is
/// [`Unsupported`](crate::ErrorKind::Unsupported), before any I/O.
///
/// For a replica, for an archive, for looking into production from a laptop.
#[derive(Debug, Clone)]
pub struct ReadOnly<S> {
    inner: S,
    capabilities: Capabilities,
}

impl<S: Storage> ReadOnly<S> {
    /// A read-only view of `inner`.
    pub fn new(inner: S) -> Self {
        let capabilities = inner.capabilities().clone().with_conditions(false);
        let capabilities =
            capabilities.with_writable(false).with_upload_request(false).with_visibility(false);
        Self { inner, capabilities }
    }
}

fn refused<T>() -> Result<T> {
    Err(Error::unsupported("be written to; it is read-only here"))
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Storage> Storage for ReadOnly<S> {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.inner.open(name, options).await
    }

    async fn save(&self, _: &Name, _: Content<'_>, _: SaveOptions) -> Result<Saved> {
        refused()
    }

    async fn delete(&self, _: &Name, _: DeleteOptions) -> Result<()> {
        refused()
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        names.iter().map(|_| refused()).collect()
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

    async fn copy(&self, _: &Name, _: &Name, _: CopyOptions) -> Result<Saved> {
        refused()
    }

    async fn rename(&self, _: &Name, _: &Name, _: CopyOptions) -> Result<Saved> {
        refused()
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.inner.url(name, options).await
    }

    async fn upload_request(&self, _: &Name, _: UploadPolicy) -> Result<UploadRequest> {
        refused()
    }

    async fn set_visibility(&self, _: &Name, _: Visibility) -> Result<()> {
        refused()
    }
}

impl<S: Storage> fmt::Display for ReadOnly<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (read-only)", self.inner)
    }
}
