//! A wrapper that plays a client who goes on writing to a name after it said that its upload is done.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use bytes::Bytes;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, File, FileUrl, ListOptions, Location, Metadata,
    Name, OpenOptions, Result, SaveMode, SaveOptions, Saved, Storage, UploadPolicy, UploadRequest,
    UrlOptions, Visibility,
};

/// Overwrites one name whenever a file was looked at, copied or opened, and before one is saved.
pub(super) struct Meddled {
    inner: Arc<dyn Storage>,
    name: Name,
    content: Bytes,
}

impl Meddled {
    pub(super) fn new(inner: Arc<dyn Storage>, name: Name, content: Bytes) -> Self {
        Self { inner, name, content }
    }

    async fn meddle(&self) {
        let options = SaveOptions::default().with_mode(SaveMode::Overwrite);
        let saved = self.inner.save(&self.name, Content::bytes(self.content.clone()), options).await;
        saved.expect("the client may write to that name");
    }
}

#[async_trait]
impl Storage for Meddled {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        let file = self.inner.open(name, options).await;
        self.meddle().await;
        file
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.meddle().await;
        self.inner.save(name, content, options).await
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.inner.delete(name, options).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        let metadata = self.inner.metadata(name).await;
        self.meddle().await;
        metadata
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(location, options)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.meddle().await;
        let saved = self.inner.copy(from, to, options).await;
        self.meddle().await;
        saved
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
}

impl fmt::Display for Meddled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for Meddled {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Meddled")
            .field("inner", &self.inner)
            .field("name", &self.name)
            .finish_non_exhaustive()
    }
}
