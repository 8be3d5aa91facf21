//! A storage in memory that counts, fills up, gets stuck, or cannot do something.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, Error, ErrorKind, File, FileUrl, ListOptions,
    Location, MemoryStorage, Metadata, Name, OpenOptions, Result, SaveMode, SaveOptions, Saved, Storage,
    Store, UploadPolicy, UploadRequest, UrlOptions, Visibility,
};
use tokio::sync::Notify;

/// What goes wrong with the save of that number, from 0; or with what else is said.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Fault {
    Never,
    /// It and all after it find no room.
    Full(usize),
    /// It never answers, and nothing is stored.
    StuckBefore(usize),
    /// It never answers, though the file is stored.
    StuckAfter(usize),
    /// No file can be opened.
    Unreadable,
    /// The deletion of that number and all after it fail.
    Undeletable(usize),
}

#[derive(Debug)]
pub(crate) struct Faulty {
    inner: Arc<MemoryStorage>,
    capabilities: Capabilities,
    fault: Fault,
    saves: AtomicUsize,
    deletions: AtomicUsize,
    /// What is copied to where as soon as something is deleted.
    pub(crate) meanwhile: Option<(Name, Name)>,
    /// Whether upper and lower case are the same.
    pub(crate) folds_case: bool,
    pub(crate) stuck: Arc<Notify>,
    /// Verbs that changed or asked for a single file, with the name.
    pub(crate) calls: Arc<Mutex<Vec<(&'static str, String)>>>,
}

impl Faulty {
    pub(crate) fn new(inner: &Arc<MemoryStorage>, fault: Fault) -> Self {
        Self {
            inner: Arc::clone(inner),
            capabilities: inner.capabilities().clone(),
            fault,
            saves: AtomicUsize::new(0),
            deletions: AtomicUsize::new(0),
            meanwhile: None,
            folds_case: false,
            stuck: Arc::default(),
            calls: Arc::default(),
        }
    }

    pub(crate) fn with_capabilities(mut self, change: impl FnOnce(Capabilities) -> Capabilities) -> Self {
        self.capabilities = change(self.capabilities);
        self
    }

    fn name(&self, name: &Name) -> Name {
        if self.folds_case { Name::new(&name.as_str().to_lowercase()).unwrap() } else { name.clone() }
    }

    fn note(&self, verb: &'static str, name: &Name) {
        self.calls.lock().unwrap().push((verb, name.to_string()));
    }
}

/// A store around a memory, so that both can be looked at.
pub(crate) fn shared() -> (Arc<MemoryStorage>, Store) {
    let inner = Arc::new(MemoryStorage::new());
    let store = Store::new(Arc::clone(&inner) as Arc<dyn Storage>);
    (inner, store)
}

impl std::fmt::Display for Faulty {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.inner.fmt(f)
    }
}

#[async_trait]
impl Storage for Faulty {
    fn capabilities(&self) -> &Capabilities {
        &self.capabilities
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.note("open", name);
        if self.fault == Fault::Unreadable {
            return Err(Error::new(ErrorKind::Unavailable));
        }
        self.inner.open(&self.name(name), options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.note("save", name);
        options.check(name, &self.capabilities)?;
        let number = self.saves.fetch_add(1, Ordering::Relaxed);
        match self.fault {
            Fault::Full(at) if number >= at => return Err(Error::new(ErrorKind::StorageFull)),
            Fault::StuckBefore(at) if number == at => {
                self.stuck.notify_one();
                std::future::pending::<()>().await;
            }
            _ => {}
        }
        let saved = self.inner.save(&self.name(name), content, options).await?;
        if self.fault == Fault::StuckAfter(number) {
            self.stuck.notify_one();
            std::future::pending::<()>().await;
        }
        Ok(saved)
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.note("delete", name);
        let number = self.deletions.fetch_add(1, Ordering::Relaxed);
        if matches!(self.fault, Fault::Undeletable(at) if number >= at) {
            return Err(Error::new(ErrorKind::PermissionDenied));
        }
        if let Some((from, to)) = &self.meanwhile {
            self.inner.copy(from, to, CopyOptions::default().with_mode(SaveMode::Overwrite)).await?;
        }
        self.inner.delete(&self.name(name), options).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.note("metadata", name);
        self.inner.metadata(&self.name(name)).await
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        self.inner.list(location, options)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.note("copy", from);
        options.check(from, to, &self.capabilities)?;
        self.inner.copy(&self.name(from), &self.name(to), options).await
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
