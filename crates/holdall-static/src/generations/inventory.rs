//! Everything that is in the storage, from one listing.

use std::collections::BTreeMap;

use futures_util::TryStreamExt as _;
use holdall_core::{Entry, FileEntry, Name, Result, Store};

use super::{Generations, Recorded};
use crate::manifest::{COPIES_NAME, Copies, Manifest};

/// Everything that is in the storage.
#[derive(Debug)]
pub(super) struct Inventory {
    pub(super) generations: Generations,
    pub(super) recorded: Recorded,
    /// All files but the manifests and what is remembered beside them.
    pub(super) files: BTreeMap<Name, FileEntry>,
    /// What is remembered about copies.
    pub(super) copies: Copies,
    /// How many things are there that no name can say.
    pub(super) foreign: usize,
}

impl Inventory {
    /// One listing, and the pointer.
    pub(super) async fn load(store: &Store) -> Result<Self> {
        let (mut recorded, mut files) = (Recorded::default(), BTreeMap::new());
        let (mut foreign, mut copies) = (0, false);
        let mut entries = store.list("").recursive().stream();
        while let Some(entry) = entries.try_next().await? {
            match entry {
                Entry::File(file) if recorded.see(&file) => {}
                Entry::File(file) if file.name.as_str() == COPIES_NAME => copies = true,
                Entry::File(file) => _ = files.insert(file.name.clone(), file),
                Entry::Foreign(_) => foreign += 1,
                // A listing of everything has no directories.
                _ => {}
            }
        }
        drop(entries);
        let copies = if copies { Copies::load(store).await? } else { Copies::default() };
        Ok(Self { generations: Generations::of(store, &recorded).await?, recorded, files, copies, foreign })
    }

    /// What is missing of a manifest's hashed files: a sentence for each.
    pub(super) fn missing(&self, manifest: &Manifest) -> Vec<String> {
        let missing = manifest.published().filter_map(|published| {
            let problem = match (self.files.get(&published.name), published.size) {
                (None, _) => "it is not there".to_owned(),
                (Some(file), Some(size)) if file.size != size => {
                    format!("it has {} bytes there and {size} in the manifest", file.size)
                }
                _ => return None,
            };
            Some(format!("{}: {problem}", published.name))
        });
        missing.collect()
    }
}
