//! A storage below a location of another.

use std::fmt;
use std::path::PathBuf;
use std::time::Duration;

use async_trait::async_trait;
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};

use crate::capabilities::Capabilities;
use crate::content::Content;
use crate::error::{Error, ErrorKind, Result};
use crate::file::File;
use crate::metadata::{Entry, FileEntry, ForeignEntry, Listing, Metadata, Saved};
use crate::name::{Location, Name};
use crate::options::{
    CopyOptions, DeleteOptions, FileUrl, ListOptions, OpenOptions, SaveOptions, UploadPolicy, UploadRequest,
    UrlOptions,
};
use crate::storage::{Storage, each_result};
use crate::swept::Swept;
use crate::visibility::Visibility;

/// A storage that keeps everything below a location of another one, and can reach nothing outside it.
///
/// Names that it takes, gives and reports in errors are relative to the location; `max_name_length` counts
/// them. Locations nest.
#[derive(Debug, Clone)]
pub struct Located<S> {
    inner: S,
    location: Location,
}

impl<S: Storage> Located<S> {
    /// What lies below `location` in `inner`.
    pub fn new(inner: S, location: Location) -> Self {
        Self { inner, location }
    }

    /// The location.
    pub fn location(&self) -> &Location {
        &self.location
    }

    fn outer(&self, name: &Name) -> Result<Name> {
        self.location.join(name)
    }

    /// A name of the inner storage as seen from here.
    fn inner_name(&self, name: &Name) -> Result<Name> {
        name.strip_location(&self.location).ok_or_else(|| {
            let message =
                format!("the storage answered with {name:?}, which lies outside {:?}", self.location);
            Error::message(ErrorKind::Other, message)
        })
    }

    /// An error of the inner storage as seen from here: relative names, this storage's `Display`.
    fn relative(&self, error: Error) -> Error {
        let name =
            error.name().map(|name| name.strip_prefix(&self.location.prefix()).unwrap_or(name).to_owned());
        let error = error.with_storage(self);
        match name {
            Some(name) => error.with_name(name),
            None => error,
        }
    }

    fn saved(&self, saved: Result<Saved>) -> Result<Saved> {
        let saved = saved.map_err(|error| self.relative(error))?;
        Ok(Saved { name: self.inner_name(&saved.name)?, ..saved })
    }

    /// The caller counts characters of relative names, the inner storage those of whole ones.
    fn outer_length(&self, max_name_length: Option<usize>) -> Option<usize> {
        max_name_length.filter(|&limit| limit > 0).map(|limit| limit + self.location.prefix().chars().count())
    }

    fn copy_options(&self, mut options: CopyOptions) -> CopyOptions {
        options.max_name_length = self.outer_length(options.max_name_length);
        options
    }

    fn entry(&self, entry: Entry) -> Result<Entry> {
        Ok(match entry {
            Entry::File(file) => Entry::File(FileEntry { name: self.inner_name(&file.name)?, ..file }),
            Entry::Directory(directory) => match directory.strip_location(&self.location) {
                Some(directory) => Entry::Directory(directory),
                None => return Err(Error::message(ErrorKind::Other, "the storage listed another location")),
            },
            Entry::Foreign(foreign) => {
                let prefix = self.location.prefix();
                let raw = foreign.raw_name.strip_prefix(prefix.as_bytes()).unwrap_or(&foreign.raw_name);
                Entry::Foreign(ForeignEntry { raw_name: raw.to_vec(), ..foreign })
            }
        })
    }
}

/// Whether it is the marker of the location itself, which is the root here: no entry of its own.
fn is_own_marker(entry: &Entry) -> bool {
    matches!(entry, Entry::Foreign(foreign) if foreign.raw_name.is_empty())
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl<S: Storage> Storage for Located<S> {
    fn capabilities(&self) -> &Capabilities {
        self.inner.capabilities()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        let file =
            self.inner.open(&self.outer(name)?, options).await.map_err(|error| self.relative(error))?;
        Ok(file.map_name(name.clone()))
    }

    async fn save(&self, name: &Name, content: Content<'_>, mut options: SaveOptions) -> Result<Saved> {
        options.max_name_length = self.outer_length(options.max_name_length);
        self.saved(self.inner.save(&self.outer(name)?, content, options).await)
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.inner.delete(&self.outer(name)?, options).await.map_err(|error| self.relative(error))
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        let outer: Vec<_> = names.iter().map(|name| self.outer(name)).collect();
        let valid: Vec<_> = outer.iter().filter_map(|name| name.as_ref().ok().cloned()).collect();
        let deleted = self.inner.delete_many(&valid).await;
        each_result(outer, deleted, |_, error| self.relative(error))
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        let metadata = self.inner.metadata(&self.outer(name)?).await.map_err(|error| self.relative(error))?;
        Ok(Metadata { name: name.clone(), ..metadata })
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        self.inner.exists(&self.outer(name)?).await.map_err(|error| self.relative(error))
    }

    fn list(&self, location: &Location, mut options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        let prepared = self.location.join_location(location).and_then(|outer| {
            options.start_after = options.start_after.map(|name| self.outer(&name)).transpose()?;
            Ok((outer, options))
        });
        match prepared {
            Ok((outer, options)) => self
                .inner
                .list(&outer, options)
                .map_err(|error| self.relative(error))
                .map(|entry| entry.and_then(|entry| self.entry(entry)))
                .try_filter(|entry| std::future::ready(!is_own_marker(entry)))
                .boxed(),
            Err(error) => futures_util::stream::iter([Err(error)]).boxed(),
        }
    }

    async fn listdir(&self, location: &Location) -> Result<Listing> {
        let outer = self.location.join_location(location)?;
        let listing = self.inner.listdir(&outer).await.map_err(|error| self.relative(error))?;
        let Listing { dirs, files, foreign } = listing;
        let entries = dirs.into_iter().map(Entry::Directory);
        let entries = entries.chain(files.into_iter().map(Entry::File));
        let entries = entries.chain(foreign.into_iter().map(Entry::Foreign));
        let mut relative = Listing::default();
        for entry in entries {
            relative.extend(Some(self.entry(entry)?).filter(|entry| !is_own_marker(entry)));
        }
        Ok(relative)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        let options = self.copy_options(options);
        self.saved(self.inner.copy(&self.outer(from)?, &self.outer(to)?, options).await)
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        let options = self.copy_options(options);
        self.saved(self.inner.rename(&self.outer(from)?, &self.outer(to)?, options).await)
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.inner.url(&self.outer(name)?, options).await.map_err(|error| self.relative(error))
    }

    async fn upload_request(&self, name: &Name, mut policy: UploadPolicy) -> Result<UploadRequest> {
        policy.max_name_length = self.outer_length(policy.max_name_length);
        let request = self.inner.upload_request(&self.outer(name)?, policy).await;
        let request = request.map_err(|error| self.relative(error))?;
        Ok(UploadRequest { name: self.inner_name(&request.name)?, ..request })
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.inner.set_visibility(&self.outer(name)?, visibility).await.map_err(|error| self.relative(error))
    }

    fn path(&self, name: &Name) -> Option<PathBuf> {
        self.inner.path(&self.outer(name).ok()?)
    }

    /// Sweeps the whole inner storage: leftovers have no names, and so lie at no location.
    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        self.inner.sweep(older_than).await.map_err(|error| self.relative(error))
    }
}

impl<S: Storage> fmt::Display for Located<S> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = self.inner.to_string();
        if self.location.is_root() {
            return f.write_str(&inner);
        }
        let slash = if inner.ends_with('/') { "" } else { "/" };
        write!(f, "{inner}{slash}{}", self.location)
    }
}
