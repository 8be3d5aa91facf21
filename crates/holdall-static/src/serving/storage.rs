//! A storage whose URLs are those of hashed names.

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, File, FileUrl, ListOptions, Listing, Location,
    Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Swept, UploadPolicy, UploadRequest,
    UrlOptions, Visibility,
};

use super::current::Current;
use super::unknown::unknown;
use crate::manifest::Manifest;

/// A storage of collected static files: [`url`](Storage::url) of `css/app.css` is the URL of
/// `css/app.5e0040571e1a.css`. Every other verb means the storage below, names as they are. Django's
/// `ManifestStaticFilesStorage`, its reading half; [`Collector`](crate::Collector) is the other one.
///
/// The manifest is read once, and making a URL costs no I/O. A clone shares it.
///
/// ```
/// use holdall_core::Store;
/// use holdall_fs::FileSystemStorage;
/// use holdall_static::{Collector, Embedded, ManifestStorage};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// # let root = tempfile::tempdir().unwrap();
/// # let root = root.path();
/// let disk = FileSystemStorage::builder(root).base_url("/static/").visibility(holdall_core::Visibility::Public);
/// let collected = Store::new(disk.build()?);
/// Collector::new().finder(Embedded::new([("css/app.css", "p { margin: 0 }")])?).collect(&collected).await?;
///
/// let files = Store::new(ManifestStorage::load(collected.storage().clone()).await?);
/// assert_eq!(files.url("css/app.css").await?.as_str(), "/static/css/app.93b5ecd0106c.css");
/// let slip = files.url("css/apps.css").await.unwrap_err();
/// assert!(slip.to_string().contains("did you mean 'css/app.css'?"));
/// # Ok(()) }
/// ```
///
/// # Names that the manifest does not have
///
/// | | Django | here |
/// | --- | --- | --- |
/// | strict (the default) | `ValueError` | [`InvalidInput`](holdall_core::ErrorKind::InvalidInput), with the nearest name |
/// | not strict | reads and hashes the stored file on every call, and answers with the URL of a name that it may never have saved | the plain URL of the name, without I/O |
/// | debug | the plain URL, not even checked | [`unhashed`](Self::unhashed): the same; [`Live`](crate::Live) checks |
/// | no manifest at all | every look-up fails, one by one | [`load`](Self::load) fails |
pub struct ManifestStorage<S = Arc<dyn Storage>> {
    inner: S,
    /// `None` where names are not hashed.
    manifest: Option<Arc<Current<Manifest>>>,
    strict: bool,
}

impl<S: Storage> ManifestStorage<S> {
    /// The storage with the manifest that lies in it.
    ///
    /// # Errors
    ///
    /// [`NotFound`](holdall_core::ErrorKind::NotFound) when nothing was collected yet;
    /// [`InvalidInput`](holdall_core::ErrorKind::InvalidInput) for a broken manifest; those of the storage.
    pub async fn load(storage: S) -> Result<Self> {
        let manifest = Manifest::load_from(&storage).await?;
        Ok(Self::with_manifest(storage, manifest))
    }

    /// The storage with a manifest from elsewhere: one that is part of the program
    /// (`Manifest::parse(include_bytes!(...))`), which belongs to this version of it.
    pub fn with_manifest(storage: S, manifest: Manifest) -> Self {
        Self { inner: storage, manifest: Some(Arc::new(Current::new(manifest))), strict: true }
    }

    /// The storage without a manifest: every URL is that of the name itself, and none is checked. What Django does
    /// with `DEBUG = True`.
    pub fn unhashed(storage: S) -> Self {
        Self { inner: storage, manifest: None, strict: false }
    }

    /// Whether a name that is not in the manifest is an error; `true` without a call. Otherwise its URL is that of
    /// the name itself.
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    /// The current manifest; `None` where names are not hashed.
    pub fn manifest(&self) -> Option<Arc<Manifest>> {
        self.manifest.as_ref().map(|current| current.get())
    }

    /// Reads the manifest again, for a program that runs on while files are collected anew, and says whether it has
    /// changed. It is swapped at once and for every clone.
    ///
    /// Hashed files of the previous manifest stay where they are, so that pages that are being rendered lead to
    /// them still.
    ///
    /// # Errors
    ///
    /// As [`load`](Self::load); the manifest from before stays in place then.
    pub async fn reload(&self) -> Result<bool> {
        let Some(current) = &self.manifest else { return Ok(false) };
        let manifest = Manifest::load_from(&self.inner).await?;
        let changed = manifest != *current.get();
        if changed {
            current.set(manifest);
        }
        Ok(changed)
    }

    /// The name whose URL is meant.
    fn stored_name(&self, name: &Name) -> Result<Name> {
        let Some(current) = &self.manifest else { return Ok(name.clone()) };
        let manifest = current.get();
        match manifest.get(name.as_str()) {
            Some(hashed) => Ok(hashed.clone()),
            None if self.strict => Err(unknown(name.as_str(), manifest.names())),
            None => Ok(name.clone()),
        }
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Storage> Storage for ManifestStorage<S> {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.inner.open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.inner.save(name, content, options).await
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
        self.inner.copy(from, to, options).await
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.inner.rename(from, to, options).await
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        let stored = self.stored_name(name)?;
        // The caller knows the file by its own name.
        self.inner.url(&stored, options).await.map_err(|error| error.with_name(name.as_str()))
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

impl<S: Clone> Clone for ManifestStorage<S> {
    fn clone(&self) -> Self {
        Self { inner: self.inner.clone(), manifest: self.manifest.clone(), strict: self.strict }
    }
}

impl<S: Storage> fmt::Display for ManifestStorage<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.inner, f)
    }
}

impl<S: fmt::Debug> fmt::Debug for ManifestStorage<S> {
    /// Without the thousands of names of a manifest.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.manifest.as_ref().map(|current| current.get().iter().len());
        f.debug_struct("ManifestStorage")
            .field("inner", &self.inner)
            .field("files", &files)
            .field("strict", &self.strict)
            .finish()
    }
}
