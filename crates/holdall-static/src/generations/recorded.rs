//! The manifests in a listing, and which of them have to be saved to make a generation current.

use std::collections::BTreeMap;
use std::time::SystemTime;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use holdall_core::{Entry, FileEntry, Name, Result, SaveMode, SaveOptions, Store};

use super::GenerationId;
use crate::manifest::{COPIES_NAME, MANIFEST_NAME, Manifest};

/// The manifests that a listing shows: the pointer, and those of the generations.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Recorded {
    /// `staticfiles.json`.
    pub(super) pointer: Option<FileEntry>,
    /// `staticfiles.<id>.json`.
    pub(super) generations: BTreeMap<GenerationId, FileEntry>,
}

impl Recorded {
    /// Lists the manifests of a storage and nothing else: one page, if nobody else's files are called so.
    pub(super) async fn look(store: &Store) -> Result<Self> {
        let mut recorded = Self::default();
        // `staticfiles.`, which every name of a manifest begins with.
        let first = Name::new(MANIFEST_NAME.trim_end_matches("json"))?;
        let mut entries = store.list("").start_after(&first).stream();
        while let Some(entry) = entries.try_next().await? {
            if !entry.sort_key().starts_with(first.as_str().as_bytes()) {
                break;
            }
            if let Entry::File(file) = &entry {
                recorded.see(file);
            }
        }
        Ok(recorded)
    }

    /// Takes note of a file of a listing, if it is a manifest; whether it is.
    pub(crate) fn see(&mut self, file: &FileEntry) -> bool {
        if file.name.as_str() == MANIFEST_NAME {
            self.pointer = Some(file.clone());
        } else if let Some(id) = GenerationId::of_manifest_name(&file.name) {
            self.generations.insert(id, file.clone());
        } else {
            return false;
        }
        true
    }

    /// What has to be saved, in this order, so that `next` is the current manifest: names and bytes.
    ///
    /// - Nothing where it is current already and its generation is recorded.
    /// - The versioned manifest comes before the pointer, so that whatever was current once is recorded, and is
    ///   saved also where it is there: its modified time tells when the generation was made current last.
    /// - Before both comes the versioned manifest of what is current until now, unless that is the newest one. It
    ///   is not recorded where Django wrote it; and where another one is newer, a run died after recording that
    ///   one, or somebody moved the pointer by hand. Its time then says that it was current until now, which is
    ///   what its grace period begins with.
    pub(crate) fn to_make_current(&self, current: Option<&Bytes>, next: Bytes) -> Vec<(Name, Bytes)> {
        let id = GenerationId::of(&next);
        let versioned = |id: GenerationId, bytes: &Bytes| (id.manifest_name(), bytes.clone());
        let current = current.map(|bytes| (GenerationId::of(bytes), bytes));
        let mut saves = Vec::new();
        match current {
            Some((current, _)) if current == id => {
                saves.extend((!self.generations.contains_key(&id)).then(|| versioned(id, &next)));
                return saves;
            }
            // What is broken names nothing that could be kept.
            Some((current, bytes)) if !self.is_newest(current) && Manifest::parse(bytes).is_ok() => {
                saves.push(versioned(current, bytes));
            }
            _ => {}
        }
        saves.push(versioned(id, &next));
        saves.push((pointer_name(), next));
        saves
    }

    /// Whether that generation is recorded, and none later.
    fn is_newest(&self, id: GenerationId) -> bool {
        let newest: Option<SystemTime> = self.generations.values().map(|file| file.modified).max();
        self.generations.get(&id).is_some_and(|file| Some(file.modified) == newest)
    }
}

/// Whether a collection itself writes what has that name: a manifest, or what is remembered beside it.
pub(crate) fn is_manifest_name(name: &Name) -> bool {
    matches!(name.as_str(), MANIFEST_NAME | COPIES_NAME) || GenerationId::of_manifest_name(name).is_some()
}

/// The name of the manifest that is current.
pub(crate) fn pointer_name() -> Name {
    Name::new(MANIFEST_NAME).expect("the name of the manifest is a name")
}

/// How a manifest is saved, or what is remembered beside it. Only what has its content in its name may be cached.
pub(crate) fn manifest_options(store: &Store, name: &Name) -> SaveOptions {
    let options = SaveOptions::default().with_mode(SaveMode::Overwrite);
    if !store.capabilities().attributes {
        return options;
    }
    let is_versioned = GenerationId::of_manifest_name(name).is_some();
    let cache_control = if is_versioned { "public, max-age=31536000, immutable" } else { "no-cache" };
    options.with_content_type("application/json").with_cache_control(cache_control)
}
