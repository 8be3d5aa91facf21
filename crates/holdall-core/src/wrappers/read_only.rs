//! A storage that can only be read.

use std::fmt;
use std::path::PathBuf;

use futures_core::stream::BoxStream;

use crate::backend::read_only_storage;
use crate::capabilities::Capabilities;
use crate::error::Result;
use crate::file::File;
use crate::metadata::{Entry, Listing, Metadata};
use crate::name::{Location, Name};
use crate::options::{FileUrl, ListOptions, OpenOptions, UrlOptions};
use crate::storage::Storage;

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

read_only_storage! {
    impl [S: Storage] Storage for ReadOnly<S>, "be written to; it is read-only here" => {
        fn capabilities(&self) -> &Capabilities {
            &self.capabilities
        }

        async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
            self.inner.open(name, options).await
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

        async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
            self.inner.url(name, options).await
        }

        fn path(&self, name: &Name) -> Option<PathBuf> {
            self.inner.path(name)
        }
    }
}

impl<S: Storage> fmt::Display for ReadOnly<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (read-only)", self.inner)
    }
}
