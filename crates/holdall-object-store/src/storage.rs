//! The storage: thin methods, each of which goes to the room of its verb.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, Error, File, FileUrl, ListOptions, Location,
    Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Swept, UploadPolicy, UploadRequest,
    UrlOptions, Visibility,
};
use object_store::ObjectStore;
use object_store::memory::InMemory;

use crate::builder::ObjectStoreStorageBuilder;
use crate::client::{Inner, path};
use crate::profile::{Profile, Signatures, Update};

/// Files in an [`ObjectStore`]: Google Cloud Storage, Azure, a web server, or whatever somebody wrote. Made by
/// [`ObjectStoreStorage::builder`] or by the functions for the stores that come with `object_store`.
///
/// Cloning is cheap, and clones share one store. All work needs a Tokio runtime.
#[derive(Clone)]
pub struct ObjectStoreStorage {
    inner: Arc<Inner>,
    capabilities: Capabilities,
}

impl ObjectStoreStorage {
    /// Begins to set up a storage in that store, an `Arc<dyn ObjectStore>` too, of which that profile tells
    /// what it can do.
    pub fn builder(store: impl ObjectStore, profile: Profile) -> ObjectStoreStorageBuilder {
        ObjectStoreStorageBuilder::new(Arc::new(store), profile)
    }

    /// Begins to set up a storage in memory.
    pub fn memory(store: InMemory) -> ObjectStoreStorageBuilder {
        Self::builder(store, Profile::memory())
    }

    /// Begins to set up a storage on the local disk. The store should be made `with_automatic_cleanup(true)`:
    /// otherwise directories that became empty stay there.
    #[cfg(feature = "fs")]
    pub fn local(store: object_store::local::LocalFileSystem) -> ObjectStoreStorageBuilder {
        Self::builder(store, Profile::local())
    }

    /// Begins to set up a storage in a bucket of Google Cloud Storage, with signed URLs.
    #[cfg(feature = "gcp")]
    pub fn gcs(store: object_store::gcp::GoogleCloudStorage) -> ObjectStoreStorageBuilder {
        Self::builder(store.clone(), Profile::gcs()).signer(Arc::new(store))
    }

    /// Begins to set up a storage in a container of Azure Blob Storage, with signed URLs.
    #[cfg(feature = "azure")]
    pub fn azure(store: object_store::azure::MicrosoftAzure) -> ObjectStoreStorageBuilder {
        Self::builder(store.clone(), Profile::azure()).signer(Arc::new(store))
    }

    /// Begins to set up a storage in a bucket of Amazon S3 by way of `object_store`, with signed URLs. The
    /// crate `holdall-s3` does more.
    #[cfg(feature = "aws")]
    pub fn s3(store: object_store::aws::AmazonS3) -> ObjectStoreStorageBuilder {
        Self::builder(store.clone(), Profile::s3()).signer(Arc::new(store))
    }

    /// Begins to set up a storage that reads from a web server. For a `WebDAV` server that is also written to:
    /// `.profile(Profile::webdav())`.
    #[cfg(feature = "http")]
    pub fn http(store: object_store::http::HttpStore) -> ObjectStoreStorageBuilder {
        Self::builder(store, Profile::http())
    }

    pub(crate) fn new(inner: Inner) -> Self {
        let profile = &inner.config.profile;
        let signs = inner.signer.is_some();
        let binds = signs && matches!(profile.signatures, Signatures::Gcs | Signatures::S3);
        let capabilities = Capabilities::default()
            .with_writable(profile.writable)
            .with_create(profile.create)
            .with_create_large(profile.create)
            .with_unique(profile.create)
            .with_plain_names(profile.create)
            .with_copy_create(profile.create)
            .with_replace(profile.update != Update::None)
            .with_replace_large(profile.update != Update::None)
            .with_copy_replace(profile.update != Update::None)
            .with_copy_if_match(profile.writable)
            .with_attributes(profile.attributes)
            .with_update_attributes(profile.attributes && profile.update != Update::None)
            .with_durable(profile.durable)
            .with_public_url(inner.config.base_url.is_some())
            .with_signed_url(signs)
            .with_url_overrides(binds)
            .with_upload_request(binds && profile.writable)
            .with_files_beside_directories(profile.files_beside_directories)
            .with_max_segment(profile.max_segment);
        Self { inner: Arc::new(inner), capabilities }
    }

    /// The prefix under which the storage keeps its files.
    pub fn location(&self) -> &Location {
        &self.inner.config.location
    }
}

#[async_trait]
impl Storage for ObjectStoreStorage {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        options.check(&self.capabilities)?;
        self.inner.open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        options.check(name, &self.capabilities)?;
        crate::save::save(&self.inner, name, content, options).await
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        options.check(&self.capabilities)?;
        self.inner.delete(name).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.inner.metadata(name).await
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        Ok(self.inner.head(&path(&self.inner.key(name)?)).await?.is_some())
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        crate::list::list(&self.inner, location, options)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        options.check(from, to, &self.capabilities)?;
        crate::copy::copy(&self.inner, from, to, options).await
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        options.check(&self.capabilities)?;
        self.inner.url(name, options).await
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        policy.check(&self.capabilities)?;
        self.inner.upload_request(name, policy).await
    }

    async fn set_visibility(&self, _: &Name, _: Visibility) -> Result<()> {
        self.capabilities.check_visibility()?;
        Err(Error::unsupported("keep a visibility for each file; set it on the bucket"))
    }

    /// Deletes objects at staging names that are older than that. Saves that are under way must be younger: give
    /// hours, not seconds.
    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        self.capabilities.check_writable()?;
        self.inner.sweep(older_than).await
    }
}

impl fmt::Display for ObjectStoreStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for ObjectStoreStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("ObjectStoreStorage").field(&self.inner.config).finish()
    }
}
