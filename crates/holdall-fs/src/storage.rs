//! The storage: the trait's verbs, each in a room of its own.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, Error, File, FileUrl, ListOptions, Listing,
    Location, Metadata, Name, OpenOptions, Result, SaveOptions, Saved, Storage, Swept, UploadPolicy,
    UploadRequest, UrlOptions, Visibility, backend::delete_each,
};
use percent_encoding::percent_encode;

use crate::builder::FileSystemStorageBuilder;
use crate::root::Root;
use crate::{copy, delete, list, read, rename, save, sweep, url, visibility};

/// A directory of the local file system as a storage. Cloning is cheap.
///
/// See the [crate's documentation](crate) for what it promises and how.
///
/// ```
/// use holdall_core::Store;
/// use holdall_fs::FileSystemStorage;
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let directory = tempfile::tempdir()?;
/// # let root = directory.path();
/// let storage = FileSystemStorage::builder(root).base_url("/media/").build()?;
/// let media = Store::new(storage);
/// let saved = media.save("usr/cat.jpg", b"...").await?;
/// assert_eq!(media.url(&saved.name).await?.as_str(), "/media/usr/cat.jpg");
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct FileSystemStorage {
    root: Arc<Root>,
}

impl FileSystemStorage {
    /// A storage in that directory with the default settings.
    ///
    /// # Errors
    ///
    /// As [`FileSystemStorageBuilder::build`].
    pub fn new(root: impl Into<PathBuf>) -> Result<Self> {
        Self::builder(root).build()
    }

    /// The settings of a storage in that directory.
    pub fn builder(root: impl Into<PathBuf>) -> FileSystemStorageBuilder {
        FileSystemStorageBuilder::new(root.into())
    }

    pub(crate) fn from_root(root: Arc<Root>) -> Self {
        Self { root }
    }

    #[cfg(test)]
    pub(crate) fn shared_root(&self) -> &Root {
        &self.root
    }

    /// The directory that was opened, as an absolute path. [`path`](Storage::path) gives those of files.
    pub fn root(&self) -> &Path {
        &self.root.path
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Storage for FileSystemStorage {
    fn capabilities(&self) -> &Capabilities {
        &self.root.capabilities
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        options.check(&self.root.capabilities)?;
        read::open(&self.root, name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        save::save(&self.root, name, content, options).await
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        delete::delete(&self.root, name, options).await
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        delete_each(self, names).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        read::metadata(&self.root, name).await
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        match self.metadata(name).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        list::list(&self.root, location, options)
    }

    async fn listdir(&self, location: &Location) -> Result<Listing> {
        list::collected(&self.root, location).await
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        copy::copy(&self.root, from, to, options).await
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        rename::rename(&self.root, from, to, options).await
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        url::url(&self.root, name, &options)
    }

    async fn upload_request(&self, _: &Name, _: UploadPolicy) -> Result<UploadRequest> {
        Err(Error::unsupported("take uploads directly from clients"))
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        visibility::set(&self.root, name, visibility).await
    }

    fn path(&self, name: &Name) -> Option<PathBuf> {
        Some(name.segments().fold(self.root.path.clone(), |path, segment| path.join(segment)))
    }

    /// Removes staging files to which nobody has written for `older_than`. A file that a live save of any process
    /// holds is left alone, whatever its age, so that an hour is a good age here.
    ///
    /// Where staging files have no names (Linux, on the usual file systems) only a process that was killed in the
    /// instant of an overwrite leaves one. It does no harm but for its space: no verb takes its name and no listing
    /// shows it.
    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        sweep::sweep(&self.root, older_than).await
    }
}

impl fmt::Display for FileSystemStorage {
    /// The root as a URL: `file:///var/media`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let path = self.root.path.as_os_str().as_encoded_bytes();
        let slash = if path.starts_with(b"/") { "" } else { "/" };
        write!(f, "file://{slash}{}", percent_encode(path, url::ENCODED))
    }
}

impl fmt::Debug for FileSystemStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let root = &*self.root;
        f.debug_struct("FileSystemStorage")
            .field("root", &root.path)
            .field("base_url", &root.base_url)
            .field("file_mode", &root.file_mode.map(|mode| format!("{mode:#o}")))
            .field("directory_mode", &root.directory_mode.map(|mode| format!("{mode:#o}")))
            .field("durability", &root.durability)
            .field("visibility", &root.visibility)
            .field("capabilities", &root.capabilities)
            .finish_non_exhaustive()
    }
}
