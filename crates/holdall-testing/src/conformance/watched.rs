//! A wrapper that looks for secrets in everything that a storage shows.

use std::error::Error as _;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::StreamExt as _;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, Error, File, FileUrl, ListOptions, Listing,
    Location, Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Swept, UploadPolicy,
    UploadRequest, UrlOptions, Visibility,
};

/// Panics as soon as a secret shows in an error (with all its sources), in `Debug` or in `Display`.
pub(super) struct Watched {
    inner: Arc<dyn Storage>,
    secrets: Vec<String>,
}

impl Watched {
    pub(super) fn new(inner: Arc<dyn Storage>, secrets: Vec<String>) -> Self {
        Self { inner, secrets }
    }

    /// Fails without repeating the secret.
    fn clean<T: AsRef<str>>(&self, what: &str, text: T) -> T {
        for secret in &self.secrets {
            let shown = text.as_ref();
            assert!(!shown.contains(secret), "{what} shows a secret: {}", shown.replace(secret, "[SECRET]"));
        }
        text
    }

    fn error(&self, error: Error) -> Error {
        self.clean("an error's Debug", format!("{error:?}"));
        self.clean("an error's Display", error.to_string());
        let mut source = error.source();
        while let Some(inner) = source {
            self.clean("an error's source", format!("{inner} {inner:?}"));
            source = inner.source();
        }
        error
    }

    fn result<T: fmt::Debug>(&self, result: Result<T>) -> Result<T> {
        match result {
            Ok(value) => {
                self.clean("a result's Debug", format!("{value:?}"));
                Ok(value)
            }
            Err(error) => Err(self.error(error)),
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Storage for Watched {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.result(self.inner.open(name, options).await)
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.result(self.inner.save(name, content, options).await)
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.result(self.inner.delete(name, options).await)
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        self.inner.delete_many(names).await.into_iter().map(|result| self.result(result)).collect()
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.result(self.inner.metadata(name).await)
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        self.result(self.inner.exists(name).await)
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(location, options).map(|entry| self.result(entry)).boxed()
    }

    async fn listdir(&self, location: &Location) -> Result<Listing> {
        self.result(self.inner.listdir(location).await)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.result(self.inner.copy(from, to, options).await)
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.result(self.inner.rename(from, to, options).await)
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.result(self.inner.url(name, options).await)
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        self.result(self.inner.upload_request(name, policy).await)
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.result(self.inner.set_visibility(name, visibility).await)
    }

    fn path(&self, name: &Name) -> Option<PathBuf> {
        self.inner.path(name)
    }

    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        self.result(self.inner.sweep(older_than).await)
    }
}

impl fmt::Display for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clean("Display", self.inner.to_string()))
    }
}

impl fmt::Debug for Watched {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.clean("Debug", format!("{:?}", self.inner)))
    }
}
