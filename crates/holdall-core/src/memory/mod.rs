//! Files in memory: the reference semantics in their plainest form.

mod history;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::path::PathBuf;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime};

use async_trait::async_trait;
use bytes::{Bytes, BytesMut};
use futures_core::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};

use self::history::History;
use crate::attributes::guess_content_type;
use crate::capabilities::Capabilities;
use crate::checksum::Checksum;
use crate::content::Content;
use crate::error::{Error, ErrorKind, Result};
use crate::etag::ETag;
use crate::file::File;
use crate::metadata::{Entry, FileEntry, Metadata, Saved};
use crate::name::{Candidates, Location, Name};
use crate::options::{
    CopyOptions, DeleteOptions, FileUrl, ListOptions, OpenOptions, SaveMode, SaveOptions, UploadPolicy,
    UploadRequest, UrlOptions,
};
use crate::storage::{Storage, delete_each};
use crate::swept::Swept;
use crate::visibility::Visibility;

/// A storage in memory, for tests and for scratch data. What it holds is gone with the last handle.
///
/// It is the model that the other storages are tested against: one map behind one lock. It keeps
/// everything that S3 keeps. Files are held whole, so that the promise of bounded memory does not hold
/// here, and there are no URLs.
#[derive(Default)]
pub struct MemoryStorage {
    state: Mutex<State>,
    capabilities: Capabilities,
}

#[derive(Default)]
struct State {
    files: BTreeMap<Name, Stored>,
    /// Counts saves; it makes the entity tags.
    version: u64,
    /// Where versions are kept.
    history: Option<History>,
    /// `None` is the clock of the system.
    clock: Option<Clock>,
}

type Clock = Box<dyn Fn() -> SystemTime + Send + Sync>;

#[derive(Clone)]
struct Stored {
    content: Bytes,
    metadata: Metadata,
}

impl MemoryStorage {
    /// An empty storage.
    pub fn new() -> Self {
        let capabilities = Capabilities::default()
            .with_writable(true)
            .with_conditions(true)
            .with_attributes(true)
            .with_visibility(true)
            .with_checksum(true)
            .with_files_beside_directories(true);
        Self { state: Mutex::default(), capabilities }
    }

    /// Keeps every version, as a bucket with versioning does: what is overwritten or deleted can still be
    /// opened by [`Saved::version`](crate::Saved::version), until it is deleted by it.
    ///
    /// ```
    /// use holdall_core::{MemoryStorage, Store};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let store = Store::new(MemoryStorage::new().with_versions());
    /// let first = store.save("terms.txt", "1").await?;
    /// store.save("terms.txt", "2").overwrite().await?;
    /// let version = first.version.expect("versions are kept");
    /// assert_eq!(store.open("terms.txt").version(version).await?.text().await?, "1");
    /// # Ok(()) }
    /// ```
    pub fn with_versions(mut self) -> Self {
        self.capabilities.versions = true;
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).history = Some(History::default());
        self
    }

    /// Asks that clock when a file is saved: for tests of what depends on when files were saved.
    ///
    /// ```
    /// use std::time::{Duration, UNIX_EPOCH};
    ///
    /// use holdall_core::{MemoryStorage, Store};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let then = UNIX_EPOCH + Duration::from_secs(1_700_000_000);
    /// let store = Store::new(MemoryStorage::new().with_clock(move || then));
    /// store.save("a.txt", "a").await?;
    /// assert_eq!(store.metadata("a.txt").await?.modified, then);
    /// # Ok(()) }
    /// ```
    pub fn with_clock(mut self, clock: impl Fn() -> SystemTime + Send + Sync + 'static) -> Self {
        self.state.get_mut().unwrap_or_else(PoisonError::into_inner).clock = Some(Box::new(clock));
        self
    }

    /// The map. A panic while it was held cannot have left it half changed: every change is one insert
    /// or one removal.
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn get(&self, name: &Name) -> Result<&Stored> {
        self.files.get(name).ok_or_else(|| Error::not_found(name))
    }

    fn get_version(&self, name: &Name, version: &str) -> Result<&Stored> {
        let found = self.history.as_ref().and_then(|history| history.get(name, version));
        found.ok_or_else(|| Error::not_found(name).with_message("there is no such version of the file"))
    }

    /// Deletes the file; where versions are kept they stay.
    fn remove(&mut self, name: &Name) {
        let removed = self.files.remove(name);
        if let (Some(_), Some(history)) = (removed, &mut self.history) {
            history.delete(name);
        }
    }

    /// Deletes one version for good; what is the last event now is current.
    fn remove_version(&mut self, name: &Name, version: &str) {
        let Some(history) = &mut self.history else { return };
        match history.remove(name, version) {
            Some(current) => self.files.insert(name.clone(), current.clone()),
            None => self.files.remove(name),
        };
    }

    /// The name that a save or copy gets, by the rules of its mode.
    fn choose(&self, name: &Name, mode: &SaveMode, max_name_length: Option<usize>) -> Result<Name> {
        let mut candidates = Candidates::new(name).max_name_length(max_name_length);
        let exact = || match candidates.cut()? {
            cut if cut == *name => Ok(cut),
            _ => {
                Err(Error::message(ErrorKind::InvalidName, "the name is longer than max_name_length allows"))
            }
        };
        match mode {
            SaveMode::Unique => loop {
                let candidate = candidates.next_name()?;
                if !self.files.contains_key(&candidate) {
                    return Ok(candidate);
                }
            },
            SaveMode::Create => {
                let exact = exact()?;
                if self.files.contains_key(&exact) {
                    return Err(Error::new(ErrorKind::AlreadyExists).with_name(exact.as_str()));
                }
                Ok(exact)
            }
            SaveMode::Overwrite => candidates.cut(),
            SaveMode::IfMatch(expected) => {
                let exact = exact()?;
                self.check_version(&exact, Some(expected))?;
                Ok(exact)
            }
        }
    }

    /// Whether the current version has that tag. No file has none.
    fn check_version(&self, name: &Name, expected: Option<&ETag>) -> Result<()> {
        let Some(expected) = expected else { return Ok(()) };
        let current = self.files.get(name).and_then(|stored| stored.metadata.etag.as_ref());
        if current.is_some_and(|current| current.strong_eq(expected)) {
            Ok(())
        } else {
            Err(Error::new(ErrorKind::PreconditionFailed).with_name(name.as_str()))
        }
    }

    fn insert(&mut self, name: Name, content: Bytes, metadata: Metadata) -> Saved {
        self.version += 1;
        let etag = ETag::strong(&format!("{:x}", self.version));
        let version = self.history.is_some().then(|| format!("v{}", self.version));
        let now = self.clock.as_ref().map_or_else(SystemTime::now, |clock| clock());
        let metadata =
            Metadata { name: name.clone(), modified: now, ..metadata }.with_etag(etag).with_version(version);
        let saved = Saved::from(metadata.clone());
        let stored = Stored { content, metadata };
        if let Some(history) = &mut self.history {
            history.save(stored.clone());
        }
        self.files.insert(name, stored);
        saved
    }

    /// Shared by copy and rename.
    fn transfer(&mut self, from: &Name, to: &Name, options: &CopyOptions) -> Result<Saved> {
        let source = self.get(from)?.clone();
        self.check_version(from, options.if_match.as_ref())?;
        if from == to && options.attributes.is_none() {
            return Ok(source.metadata.into());
        }
        let attributes = options.attributes_of_copy(to, source.metadata.attributes.clone());
        let to = if from == to {
            options.check_replaced(to, source.metadata.etag.as_ref())?;
            to.clone()
        } else {
            self.choose(to, &options.mode(), options.max_name_length)?
        };
        Ok(self.insert(to, source.content, source.metadata.with_attributes(attributes)))
    }
}

#[async_trait]
#[deny(clippy::missing_trait_methods)]
impl Storage for MemoryStorage {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        options.check(&self.capabilities)?;
        let Stored { content, metadata } = match &options.version {
            Some(version) => self.state().get_version(name, version)?.clone(),
            None => self.state().get(name)?.clone(),
        };
        options.conditions.check(metadata.etag.as_ref(), metadata.modified)?;
        let range = options.range.map_or(Ok(0..metadata.size), |range| range.resolve(metadata.size))?;
        let index = |byte: u64| usize::try_from(byte).expect("inside a slice of memory");
        let body = content.slice(index(range.start)..index(range.end));
        Ok(File::from_bytes(metadata, range, body))
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        options.check(name, &self.capabilities)?;
        let mut chunks = content.into_stream();
        let mut content = BytesMut::new();
        while let Some(chunk) = chunks.try_next().await? {
            content.extend_from_slice(&chunk);
        }
        let content = content.freeze();
        let checksum = Checksum::of(&content);
        if options.checksum.is_some_and(|expected| expected != checksum) {
            return Err(Error::new(ErrorKind::ChecksumMismatch));
        }
        let mode = options.mode();
        let mut attributes = options.attributes;
        attributes.content_type.get_or_insert_with(|| guess_content_type(name).to_owned());

        // Choosing the name and taking it is one step under the lock.
        let mut state = self.state();
        let name = state.choose(name, &mode, options.max_name_length)?;
        let metadata = Metadata::new(name.clone(), content.len() as u64, SystemTime::now());
        Ok(state.insert(name, content, metadata.with_checksum(checksum).with_attributes(attributes)))
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        options.check(&self.capabilities)?;
        let mut state = self.state();
        if let Some(version) = &options.version {
            state.remove_version(name, version);
            return Ok(());
        }
        state.check_version(name, options.if_match.as_ref())?;
        state.remove(name);
        Ok(())
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        delete_each(self, names).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        Ok(self.state().get(name)?.metadata.clone())
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        Ok(self.state().files.contains_key(name))
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        let prefix = location.prefix();
        let mut entries = BTreeMap::new();
        for (name, stored) in &self.state().files {
            let Some(rest) = name.as_str().strip_prefix(&prefix) else { continue };
            let entry = match rest.split_once('/') {
                Some((directory, _)) if !options.recursive => {
                    Entry::Directory(location_in(location, directory))
                }
                _ => Entry::File(FileEntry::from(stored.metadata.clone())),
            };
            let key = entry.sort_key();
            if options.start_after.as_ref().is_none_or(|after| key.as_slice() > after.as_str().as_bytes()) {
                entries.insert(key, entry);
            }
        }
        futures_util::stream::iter(entries.into_values().map(Ok)).boxed()
    }

    async fn listdir(&self, location: &Location) -> Result<crate::Listing> {
        let mut listing = crate::Listing::default();
        listing.extend(self.list(location, ListOptions::default()).try_collect::<Vec<_>>().await?);
        Ok(listing)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        options.check(from, to, &self.capabilities)?;
        self.state().transfer(from, to, &options)
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        options.check(from, to, &self.capabilities)?;
        let mut state = self.state();
        let saved = state.transfer(from, to, &options)?;
        if saved.name != *from {
            state.remove(from);
        }
        Ok(saved)
    }

    async fn url(&self, _: &Name, options: UrlOptions) -> Result<FileUrl> {
        options.check(&self.capabilities)?;
        Err(Error::unsupported("make URLs; what it holds is in the memory of one process"))
    }

    async fn upload_request(&self, _: &Name, _: UploadPolicy) -> Result<UploadRequest> {
        Err(Error::unsupported("take uploads directly from clients"))
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.capabilities.check_visibility()?;
        let mut state = self.state();
        let stored = state.files.get_mut(name).ok_or_else(|| Error::not_found(name))?;
        stored.metadata.attributes.visibility = Some(visibility);
        let changed = stored.clone();
        if let Some(history) = &mut state.history {
            history.change(changed);
        }
        Ok(())
    }

    fn path(&self, _: &Name) -> Option<PathBuf> {
        None
    }

    async fn sweep(&self, _: Duration) -> Result<Swept> {
        self.capabilities.check_writable()?;
        Ok(Swept::default())
    }
}

/// A directory of a listing. Its text is part of a checked name.
fn location_in(location: &Location, directory: &str) -> Location {
    Location::new(&format!("{}{directory}", location.prefix()))
        .expect("a prefix of a checked name is checked")
}

impl fmt::Display for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("memory")
    }
}

impl fmt::Debug for MemoryStorage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MemoryStorage").field("files", &self.state().files.len()).finish_non_exhaustive()
    }
}
