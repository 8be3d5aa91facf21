//! The handle that applications hold.

mod calls;
mod delete_location;
mod list;
mod promote;
#[cfg(test)]
mod tests;

use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

pub use self::calls::{Copy, Delete, Open, Rename, Save, Upload, Url, Write};
pub use self::delete_location::{DeleteLocation, DeletedLocation};
pub use self::list::List;
pub use self::promote::{Promote, Promoted};
use crate::capabilities::Capabilities;
use crate::content::Content;
use crate::error::{Error, Operation, Result};
use crate::metadata::{Listing, Metadata};
use crate::name::{IntoLocation, IntoName, Name};
use crate::options::DeleteOptions;
use crate::storage::{Storage, each_result};
use crate::swept::Swept;
use crate::visibility::Visibility;
use crate::wrappers::Located;

/// A storage as applications use it: a handle that is cheap to clone, names as plain strings, options
/// as calls in front of `.await`.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let media = Store::new(MemoryStorage::new());
/// let saved = media.save("usr/cat.jpg", b"...").content_type("image/jpeg").await?;
/// let again = media.save("usr/cat.jpg", b"another cat").await?; // takes usr/cat_Ab3dE9x.jpg
/// assert_ne!(saved.name, again.name);
/// assert_eq!(media.open(&saved.name).await?.bytes().await?, "...");
/// media.delete(&saved.name).await?;
/// # Ok(()) }
/// ```
///
/// Every option is checked against the storage's [`Capabilities`] before any I/O, and every error says
/// operation, storage and name.
#[derive(Clone)]
pub struct Store {
    storage: Arc<dyn Storage>,
}

impl Store {
    /// A handle to that storage.
    pub fn new(storage: impl Storage) -> Self {
        Self { storage: Arc::new(storage) }
    }

    /// The storage behind the handle.
    pub fn storage(&self) -> &Arc<dyn Storage> {
        &self.storage
    }

    /// What the storage can do.
    pub fn capabilities(&self) -> &Capabilities {
        self.storage.capabilities()
    }

    /// A handle to what lies below a location of this store. Names that it takes and gives are relative
    /// to that location, and nothing outside it can be reached.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when that is no location.
    pub fn located(&self, location: impl IntoLocation) -> Result<Self> {
        Ok(Self::new(Located::new(Arc::clone(&self.storage), location.into_location()?)))
    }

    /// Opens a file for reading. See [`Storage::open`].
    pub fn open(&self, name: impl IntoName) -> Open<'_> {
        Open::new(self, name.into_name())
    }

    /// Saves a file; a taken name gives way to a free one. See [`Storage::save`].
    pub fn save<'a>(&'a self, name: impl IntoName, content: impl Into<Content<'a>>) -> Save<'a> {
        Save::new(self, name.into_name(), content.into())
    }

    /// Begins a save into which bytes are pushed. See [`Writer`](crate::Writer).
    pub fn writer(&self, name: impl IntoName) -> Write<'_> {
        Write::new(self, name.into_name())
    }

    /// Deletes a file; a missing one is fine. See [`Storage::delete`].
    pub fn delete(&self, name: impl IntoName) -> Delete<'_> {
        Delete::new(self, name.into_name())
    }

    /// Deletes many files: one result for each name, in the order of the names. Missing ones are fine, a name that
    /// is not valid is an error for that one, and no error stops the others. See [`Storage::delete_many`].
    ///
    /// ```
    /// use holdall_core::{MemoryStorage, Store};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let media = Store::new(MemoryStorage::new());
    /// media.save("a.txt", "a").await?;
    /// for result in media.delete_many(["a.txt", "b.txt"]).await {
    ///     result?;
    /// }
    /// # Ok(()) }
    /// ```
    pub async fn delete_many<N: IntoName>(&self, names: impl IntoIterator<Item = N>) -> Vec<Result<()>> {
        let names: Vec<_> =
            names.into_iter().map(|name| self.name(name.into_name(), Operation::Delete)).collect();
        let valid: Vec<_> = names.iter().filter_map(|name| name.as_ref().ok().cloned()).collect();
        let allowed = || DeleteOptions::default().check(self.capabilities());
        let deleted = if allowed().is_ok() {
            self.storage.delete_many(&valid).await
        } else {
            valid.iter().map(|_| allowed()).collect()
        };
        each_result(names, deleted, |name, error| self.locate(error, Operation::Delete, Some(name.as_str())))
    }

    /// Deletes every file below a location, and says how many and which it could not. The root of the store is
    /// refused unless [`force`](DeleteLocation::force) is called.
    ///
    /// The location is listed page by page and each page is deleted before the next is asked for, so that memory
    /// is bounded at any size. What is saved there meanwhile may or may not be deleted. Where versions are kept,
    /// files are hidden as by [`delete`](Self::delete). What other programs put there and no name can say is left,
    /// and counts as failed.
    ///
    /// Awaited, the call fails when the location is refused or the listing fails; what became of single files is
    /// in the [`DeletedLocation`].
    ///
    /// ```
    /// use holdall_core::{MemoryStorage, Store};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let media = Store::new(MemoryStorage::new());
    /// media.save("usr/7/cat.jpg", b"...").await?;
    /// assert_eq!(media.delete_location("usr/7").await?.into_result()?, 1);
    /// assert!(media.delete_location("").await.is_err(), "without force()");
    /// # Ok(()) }
    /// ```
    pub fn delete_location(&self, location: impl IntoLocation) -> DeleteLocation<'_> {
        DeleteLocation::new(self, location.into_location())
    }

    /// Copies a file inside the storage. See [`Storage::copy`].
    ///
    /// Onto itself with other attributes it changes those and nothing else, without sending the bytes again:
    ///
    /// ```
    /// use holdall_core::{Attributes, MemoryStorage, Store};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let site = Store::new(MemoryStorage::new());
    /// site.save("app.css", "body {}").cache_control("max-age=60").await?;
    ///
    /// let mut attributes = Attributes::default();
    /// attributes.cache_control = Some("public, max-age=31536000, immutable".to_owned());
    /// site.copy("app.css", "app.css").attributes(attributes.clone()).await?;
    ///
    /// let now = site.metadata("app.css").await?;
    /// assert_eq!(now.attributes.cache_control, attributes.cache_control);
    /// assert_eq!(now.content_type(), "text/css");
    /// # Ok(()) }
    /// ```
    pub fn copy(&self, from: impl IntoName, to: impl IntoName) -> Copy<'_> {
        Copy::new(self, from.into_name(), to.into_name())
    }

    /// Moves a file inside the storage. See [`Storage::rename`].
    pub fn rename(&self, from: impl IntoName, to: impl IntoName) -> Rename<'_> {
        Rename::new(self, from.into_name(), to.into_name())
    }

    /// Moves a file that a client uploaded directly to a name that the client never could write to, if it passes
    /// the checks: size, type by its first bytes, checksum.
    ///
    /// ```
    /// # use holdall_core::{MemoryStorage, Store};
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// # let media = Store::new(MemoryStorage::new());
    /// # media.save("incoming/4711", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR").await?;
    /// let promoted = media
    ///     .promote("incoming/4711", "avatars/4711.png")
    ///     .max_size(5_000_000)
    ///     .content_types(["image/png", "image/jpeg"])
    ///     .await?;
    /// assert_eq!(promoted.content_type, "image/png");
    /// assert!(!media.exists("incoming/4711").await?);
    /// # Ok(()) }
    /// ```
    ///
    /// A client that may write the incoming name can go on doing so while it is looked at. So one version of it
    /// is opened, and the very bytes that are checked are those that are saved, in one pass: what the client
    /// writes meanwhile is neither checked nor kept. The save is all or nothing, and what fails a check was never
    /// stored under the final name, nor under any other; nobody can read it before it is checked. The price is
    /// that the bytes travel through this process once, with the memory of a save. After it the incoming
    /// name is deleted, with whatever is there by then.
    ///
    /// A future that is dropped leaves the incoming file, and the final one whole or not at all. With the default
    /// mode, `Unique`, promoting one upload twice gives two files: promote once.
    ///
    /// The final name must lie outside of every location for which upload requests are made. Where nobody may
    /// know it beforehand, choose it with [`random_alphanumeric`](crate::random_alphanumeric): the suffix of
    /// `Unique` only comes in where a name is taken.
    ///
    /// # What the first bytes tell, and what they do not
    ///
    /// Images, audio, video, archives, office documents, fonts, PDF and programs are recognised by their
    /// signatures (crate `infer`); HTML by its first tag and XML by its declaration. Plain text, CSV, JSON and SVG have
    /// none: they are "not recognised" and become `application/octet-stream`, which browsers do not run, unless the
    /// [`attributes`](Promote::attributes) say otherwise. HTML, XML and scripts become the same unless
    /// [`content_types`](Promote::content_types) allows them by name. A signature says how a file begins and no more:
    /// serve what users upload with `X-Content-Type-Options: nosniff`, and decode or scan what must be sound.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::TooLarge`](crate::ErrorKind::TooLarge), `InvalidInput` or `ChecksumMismatch` with the check
    /// that failed, and the incoming file left where it is unless
    /// [`delete_rejected`](Promote::delete_rejected); otherwise those of [`Storage::open`] and
    /// [`Storage::save`]. An incoming file that cannot be deleted afterwards is no error but
    /// [`Promoted::incoming_left`].
    pub fn promote(&self, incoming: impl IntoName, to: impl IntoName) -> Promote<'_> {
        Promote::new(self, incoming.into_name(), to.into_name())
    }

    /// Makes a URL. See [`Storage::url`].
    pub fn url(&self, name: impl IntoName) -> Url<'_> {
        Url::new(self, name.into_name())
    }

    /// Makes a request with which a client can upload one file straight to the storage. See
    /// [`Storage::upload_request`] and [`UploadPolicy`](crate::UploadPolicy).
    pub fn upload_request(&self, name: impl IntoName) -> Upload<'_> {
        Upload::new(self, name.into_name())
    }

    /// Lists a location; `""` is the root. See [`Storage::list`].
    pub fn list(&self, location: impl IntoLocation) -> List<'_> {
        List::new(self, location.into_location())
    }

    /// One level of a location, collected. See [`Storage::listdir`].
    ///
    /// # Errors
    ///
    /// Those of [`Storage::list`].
    pub async fn listdir(&self, location: impl IntoLocation) -> Result<Listing> {
        let location = location.into_location().map_err(|error| self.locate(error, Operation::List, None))?;
        let listing = self.storage.listdir(&location).await;
        listing.map_err(|error| self.locate(error, Operation::List, Some(location.as_str())))
    }

    /// Looks at a file without opening it. See [`Storage::metadata`].
    ///
    /// # Errors
    ///
    /// Those of [`Storage::metadata`].
    pub async fn metadata(&self, name: impl IntoName) -> Result<Metadata> {
        let name = self.name(name.into_name(), Operation::Metadata)?;
        let metadata = self.storage.metadata(&name).await;
        metadata.map_err(|error| self.locate(error, Operation::Metadata, Some(name.as_str())))
    }

    /// Whether there is a file of that name. See [`Storage::exists`].
    ///
    /// # Errors
    ///
    /// Those of [`Storage::exists`].
    pub async fn exists(&self, name: impl IntoName) -> Result<bool> {
        let name = self.name(name.into_name(), Operation::Metadata)?;
        let exists = self.storage.exists(&name).await;
        exists.map_err(|error| self.locate(error, Operation::Metadata, Some(name.as_str())))
    }

    /// Changes who may read a file by its plain URL. See [`Storage::set_visibility`].
    ///
    /// # Errors
    ///
    /// Those of [`Storage::set_visibility`].
    pub async fn set_visibility(&self, name: impl IntoName, visibility: Visibility) -> Result<()> {
        let operation = Operation::SetVisibility;
        let name = self.name(name.into_name(), operation)?;
        let result = self.storage.set_visibility(&name, visibility).await;
        result.map_err(|error| self.locate(error, operation, Some(name.as_str())))
    }

    /// The path of that file on this machine; `None` where the storage keeps its files elsewhere. See
    /// [`Storage::path`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName).
    pub fn path(&self, name: impl IntoName) -> Result<Option<PathBuf>> {
        Ok(self.storage.path(&self.name(name.into_name(), Operation::Path)?))
    }

    /// Removes what dead processes have left behind, if it is older than that. See [`Storage::sweep`].
    ///
    /// ```
    /// use std::time::Duration;
    ///
    /// use holdall_core::{MemoryStorage, Store};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let media = Store::new(MemoryStorage::new());
    /// let swept = media.sweep(Duration::from_hours(24)).await?;
    /// assert_eq!(swept.into_result()?, 0, "memory leaves nothing behind");
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// Those of [`Storage::sweep`].
    pub async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        self.storage.sweep(older_than).await.map_err(|error| self.locate(error, Operation::Sweep, None))
    }

    /// A checked name, or the error with the place where it was given.
    fn name(&self, name: Result<Name>, operation: Operation) -> Result<Name> {
        name.map_err(|error| self.locate(error, operation, None))
    }

    fn locate(&self, error: Error, operation: Operation, name: Option<&str>) -> Error {
        error.or_at(operation, &self.storage, name)
    }
}

impl<S: Storage> From<S> for Store {
    fn from(storage: S) -> Self {
        Self::new(storage)
    }
}

impl fmt::Debug for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Store").field(&self.storage).finish()
    }
}

impl fmt::Display for Store {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.storage, f)
    }
}
