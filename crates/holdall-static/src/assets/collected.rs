//! Answers from a manifest, with all URLs made beforehand.

use std::collections::HashMap;
use std::fmt;
use std::sync::Arc;

use holdall_core::{Error, ErrorKind, Name, Operation, Result, Store};

use super::asset::Asset;
use crate::collect::content_type;
use crate::manifest::Manifest;
use crate::serving::{Current, unknown};

/// Files that were collected.
pub(super) struct Collected {
    store: Store,
    current: Current<Loaded>,
}

/// A manifest, and where its files are.
struct Loaded {
    manifest: Arc<Manifest>,
    /// By hashed names.
    urls: HashMap<Name, String>,
    /// What all URLs begin with, where the store has such.
    base: Option<String>,
}

impl Collected {
    pub(super) async fn load(store: &Store) -> Result<Self> {
        Self::with_manifest(store, Manifest::load(store).await?).await
    }

    pub(super) async fn with_manifest(store: &Store, manifest: Manifest) -> Result<Self> {
        let current = Current::new(Loaded::new(store, manifest).await?);
        Ok(Self { store: store.clone(), current })
    }

    /// Whether anything has changed.
    pub(super) async fn reload(&self) -> Result<bool> {
        let manifest = Manifest::load(&self.store).await?;
        let changed = manifest != *self.current.get().manifest;
        if changed {
            self.current.set(Loaded::new(&self.store, manifest).await?);
        }
        Ok(changed)
    }

    pub(super) fn find(&self, name: &str) -> Option<Asset> {
        let loaded = self.current.get();
        let url = loaded.urls.get(loaded.manifest.get(name)?)?.clone();
        let name = Name::new(name).ok()?;
        let details = loaded.manifest.details(name.as_str());
        Some(Asset {
            url,
            content_type: details.map_or_else(|| content_type(&name), |details| details.content_type.clone()),
            integrity: details.map(|details| details.integrity.clone()),
            name,
        })
    }

    /// What the URLs of all files begin with.
    pub(super) fn base(&self) -> Option<String> {
        self.current.get().base.clone()
    }

    pub(super) fn manifest(&self) -> Arc<Manifest> {
        Arc::clone(&self.current.get().manifest)
    }

    /// See [`Assets::is_immutable`](super::Assets::is_immutable).
    pub(super) fn is_immutable(&self, name: &str) -> bool {
        let loaded = self.current.get();
        // Where nothing was hashed, a published name is the file's own.
        let is_own = loaded.manifest.get(name).is_some_and(|hashed| *hashed == *name);
        let is_bundled = || loaded.manifest.details(name).is_some_and(|details| details.immutable);
        loaded.urls.contains_key(name) && (!is_own || is_bundled())
    }

    /// Asks the current manifest; the second argument is the URL of a hashed name.
    pub(super) fn ask<T>(&self, question: impl FnOnce(&Manifest, &dyn Fn(&Name) -> String) -> T) -> T {
        let loaded = self.current.get();
        // Every hashed name has one.
        question(&loaded.manifest, &|hashed| loaded.urls.get(hashed).cloned().unwrap_or_default())
    }

    pub(super) fn unknown(&self, name: &str) -> Error {
        unknown(name, self.current.get().manifest.names())
    }
}

impl Loaded {
    /// Asks the store for every URL. That costs no I/O, and what the store says is right whatever it is: a domain
    /// of its own, a location, names that have to be encoded.
    async fn new(store: &Store, manifest: Manifest) -> Result<Self> {
        let mut urls = HashMap::with_capacity(manifest.iter().len());
        for (_, hashed) in manifest.iter() {
            let url = store.url(hashed).await?;
            if url.expires_at.is_some() {
                let message = "its URLs expire, but pages and caches keep the URLs of static files; \
                               make the files public: visibility = \"public\", or policy = \"static\"";
                let error = Error::message(ErrorKind::InvalidConfig, message);
                return Err(error.or_at(Operation::Url, store, Some(hashed.as_str())));
            }
            urls.insert(hashed.clone(), url.url);
        }
        // No file need have that name.
        let probe = store.url("_").await.ok();
        let base = probe.and_then(|url| Some(url.url.strip_suffix('_')?.to_owned()));
        Ok(Self { manifest: Arc::new(manifest), urls, base })
    }
}

impl fmt::Debug for Collected {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let files = self.current.get().urls.len();
        f.debug_struct("Collected").field("store", &self.store).field("files", &files).finish_non_exhaustive()
    }
}
