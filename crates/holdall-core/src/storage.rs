//! The trait that a backend implements.

use std::any::Any;
use std::fmt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::capabilities::Capabilities;
use crate::content::Content;
use crate::error::{Error, ErrorKind, Result};
use crate::file::File;
use crate::metadata::{Entry, Listing, Metadata, Saved};
use crate::name::{Location, Name};
use crate::options::{
    CopyOptions, DeleteOptions, FileUrl, ListOptions, OpenOptions, SaveOptions, UploadPolicy, UploadRequest,
    UrlOptions,
};
use crate::swept::Swept;
use crate::visibility::Visibility;

#[doc = include_str!("docs/storage.md")]
#[async_trait]
pub trait Storage: Any + fmt::Debug + fmt::Display + Send + Sync {
    /// What this storage can do. Nothing that was claimed is ever taken back. What a storage has to find out first
    /// is claimed when it is known: the answer may grow.
    fn capabilities(&self) -> &Capabilities;

    /// Opens a file: its metadata and its body from one request.
    ///
    /// The body belongs to one version; what is saved later does not change it.
    ///
    /// # Errors
    ///
    /// `NotFound` (a directory is no file); `PreconditionFailed`, `NotModified` and
    /// `RangeNotSatisfiable` as the options ask; `PermissionDenied`, never taken for absence.
    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File>;

    /// Saves a file and returns the name that it really got.
    ///
    /// All or nothing: nobody sees the file before it is whole, and after an error in the source, an
    /// error of the storage or the drop of the future the old file is there, or none. Nothing else is
    /// left: no staging file, no multipart upload. Memory is bounded whatever the size of the content.
    ///
    /// # Errors
    ///
    /// `AlreadyExists`, `PreconditionFailed` and `InvalidName` as mode and `max_name_length` ask;
    /// `SourceFailed` and `TooLarge` from the content; `ChecksumMismatch`; `Conflict` where another
    /// file stands in the way (`a` for `a/b`); `StorageFull`, `PermissionDenied`, `Unavailable`,
    /// `Timeout` from below.
    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved>;

    /// Deletes a file. A missing file is fine, and directories that became empty disappear.
    ///
    /// # Errors
    ///
    /// `PreconditionFailed` as the options ask; `PermissionDenied`.
    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()>;

    /// Deletes many files: one result for each name, in the order of the names. A missing file is fine, and an
    /// error of one does not stop the others.
    ///
    /// Provided as single deletions, some at a time. A storage that can delete many with one request overrides it.
    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        delete_each(self, names).await
    }

    /// Looks at a file without opening it.
    ///
    /// # Errors
    ///
    /// `NotFound` (a directory is no file); `PermissionDenied`, never taken for absence.
    async fn metadata(&self, name: &Name) -> Result<Metadata>;

    /// Whether there is a file of that name. A pure question: it promises nothing for a later save,
    /// which [`SaveMode::Create`](crate::SaveMode::Create) does.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` and whatever else keeps the storage from knowing.
    async fn exists(&self, name: &Name) -> Result<bool> {
        match self.metadata(name).await {
            Ok(_) => Ok(true),
            Err(error) if error.is_not_found() => Ok(false),
            Err(error) => Err(error),
        }
    }

    /// Lists what lies at a location, in the byte order of whole names, a directory as its name plus
    /// `/` (S3's order). One level with its directories, or every file below.
    ///
    /// The stream is complete at any size, holds at most one page or the names of one directory in
    /// memory, and is empty where there is nothing. What changes meanwhile may or may not be seen.
    /// What no [`Name`] can say comes as [`Entry::Foreign`]. After an error the stream ends.
    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>>;

    /// One level, collected: what Django calls `listdir`.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    async fn listdir(&self, location: &Location) -> Result<Listing> {
        let mut listing = Listing::default();
        let mut entries = self.list(location, ListOptions::default());
        while let Some(entry) = entries.try_next().await? {
            listing.extend([entry]);
        }
        Ok(listing)
    }

    /// Copies a file inside the storage, with the attributes of the source or, where the options have some,
    /// with [those](CopyOptions::attributes). All or nothing, as [`save`](Self::save).
    ///
    /// Onto itself it does nothing and returns the file as it is. With attributes it changes these in one
    /// step and nothing else: not the name, whatever the mode; not the bytes; and what another writer saves
    /// meanwhile is not undone. Whether tag and time change is up to the storage.
    ///
    /// # Errors
    ///
    /// `NotFound` naming the source; the rest as [`save`](Self::save). For a change of attributes also
    /// `Conflict`, retryable, when others overwrote the file each time.
    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved>;

    /// Moves a file inside the storage. Onto itself it does what a [copy](Self::copy) onto itself does.
    ///
    /// Provided as copy, then delete: after an error in between both names hold the file, never none.
    /// Where the storage can compare versions, only the version that was copied is deleted, so that what
    /// another writer saved meanwhile is not lost but `PreconditionFailed`. A storage that can do better
    /// overrides it.
    ///
    /// # Errors
    ///
    /// As [`copy`](Self::copy) and [`delete`](Self::delete).
    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        rename_by_copy(self, from, to, options).await
    }

    /// Makes a URL: the plain one of a public file, or a signed one that grants one name and one method
    /// until it expires. No I/O beyond fetching credentials, so the file need not exist.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the storage has no URL of that kind.
    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl>;

    /// Makes a request with which a client can upload one file straight to the storage.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the storage or the policy does not allow that.
    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest>;

    /// Changes who may read a file by its plain URL.
    ///
    /// # Errors
    ///
    /// `NotFound`; `Unsupported` where files have no visibility of their own.
    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()>;

    /// The path of that file on this machine, as Django's `FileSystemStorage.path`. `None` where the storage keeps
    /// its files elsewhere, which is what the provided method says.
    ///
    /// No I/O: the file need not exist. The path is for programs that read files by themselves, such as a web server
    /// or `ffmpeg`. To write there is to go around every promise of the storage.
    fn path(&self, name: &Name) -> Option<PathBuf> {
        let _ = name;
        None
    }

    /// Removes what processes that died in the middle of an operation have left behind, if it is older than that:
    /// staging files, unfinished uploads. Files of the storage are never touched.
    ///
    /// Most storages cannot tell a leftover from an operation that goes on: `older_than` must be longer than the
    /// longest save takes. A day is a good age. Call it at the start of an application, or once a day.
    ///
    /// Provided for storages whose operations leave nothing: it removes nothing.
    ///
    /// # Errors
    ///
    /// `Unsupported` where the storage cannot be written to; `InvalidInput` for an age in which operations may still
    /// go on; those of listing. A leftover that cannot be removed is counted in [`Swept::failed`], and does not stop
    /// the sweep.
    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        let _ = older_than;
        self.capabilities().check_writable()?;
        Ok(Swept::default())
    }
}

/// Moves a file by a copy and a deletion: what [`Storage::rename`] does unless a storage has something better.
///
/// # Errors
///
/// As [`Storage::rename`].
pub async fn rename_by_copy<S: Storage + ?Sized>(
    storage: &S,
    from: &Name,
    to: &Name,
    mut options: CopyOptions,
) -> Result<Saved> {
    options.check(from, to, storage.capabilities())?;
    let mut deletion = DeleteOptions::default();
    if storage.capabilities().copy_if_match && storage.capabilities().delete_if_match {
        if options.if_match.is_none() {
            options.if_match = storage.metadata(from).await?.etag;
        }
        deletion.if_match.clone_from(&options.if_match);
    }
    let saved = storage.copy(from, to, options).await?;
    if saved.name != *from {
        storage.delete(from, deletion).await?;
    }
    Ok(saved)
}

/// How many files are deleted at once.
const DELETIONS: usize = 16;

/// Deletes many files by as many calls of [`Storage::delete`], 16 at a time: what
/// [`Storage::delete_many`] does unless a storage has something better.
pub async fn delete_each<S: Storage + ?Sized>(storage: &S, names: &[Name]) -> Vec<Result<()>> {
    // Boxed here, so that the stream need not be generic over the life of each borrowed name.
    let deletions: Vec<_> = names.iter().map(|name| storage.delete(name, DeleteOptions::default())).collect();
    futures_util::stream::iter(deletions).buffered(DELETIONS).collect().await
}

/// One result for each name: why it is no name, or what became of it. `deleted` has the results of the others.
pub(crate) fn each_result(
    names: Vec<Result<Name>>,
    deleted: Vec<Result<()>>,
    located: impl Fn(&Name, Error) -> Error,
) -> Vec<Result<()>> {
    let mut deleted = deleted.into_iter();
    let result = |name: Result<Name>| {
        let name = name?;
        // A storage that forgets one is at fault; the file may be there still.
        let forgotten = || Err(Error::message(ErrorKind::Other, "the storage did not say what became of it"));
        deleted.next().unwrap_or_else(forgotten).map_err(|error| located(&name, error))
    };
    names.into_iter().map(result).collect()
}

/// Forwards every method, provided ones too: the lint turns a forgotten one into an error.
macro_rules! forward {
    ($pointer:ident) => {
        #[async_trait]
        #[deny(clippy::missing_trait_methods)]
        impl<T: Storage + ?Sized> Storage for $pointer<T> {
            fn capabilities(&self) -> &Capabilities {
                (**self).capabilities()
            }

            async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
                (**self).open(name, options).await
            }

            async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
                (**self).save(name, content, options).await
            }

            async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
                (**self).delete(name, options).await
            }

            async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
                (**self).delete_many(names).await
            }

            async fn metadata(&self, name: &Name) -> Result<Metadata> {
                (**self).metadata(name).await
            }

            async fn exists(&self, name: &Name) -> Result<bool> {
                (**self).exists(name).await
            }

            fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
                (**self).list(location, options)
            }

            async fn listdir(&self, location: &Location) -> Result<Listing> {
                (**self).listdir(location).await
            }

            async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
                (**self).copy(from, to, options).await
            }

            async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
                (**self).rename(from, to, options).await
            }

            async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
                (**self).url(name, options).await
            }

            async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
                (**self).upload_request(name, policy).await
            }

            async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
                (**self).set_visibility(name, visibility).await
            }

            fn path(&self, name: &Name) -> Option<PathBuf> {
                (**self).path(name)
            }

            async fn sweep(&self, older_than: Duration) -> Result<Swept> {
                (**self).sweep(older_than).await
            }
        }
    };
}

forward!(Arc);
forward!(Box);
