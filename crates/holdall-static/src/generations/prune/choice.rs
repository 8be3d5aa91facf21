//! Which files are deleted.

use std::collections::{BTreeMap, HashSet};

use futures_util::{StreamExt as _, stream};
use holdall_core::{Error, ErrorKind, Name, Result};

use super::report::{Pruned, PrunedFile};
use crate::generations::inventory::Inventory;
use crate::generations::{Generation, GenerationId};
use crate::manifest::{CopyDetails, Manifest};

/// How many manifests are read at once. Each may have some megabytes.
const READS: usize = 4;

/// What is deleted, and what is not.
#[derive(Debug)]
pub(super) struct Choice {
    /// The generations to prune.
    pub(super) generations: Vec<Generation>,
    kept: Vec<GenerationId>,
    files: BTreeMap<Name, u64>,
    unknown: Vec<Name>,
    foreign: usize,
    unreadable: Vec<(GenerationId, String)>,
}

impl Choice {
    /// Reads all manifests and chooses what those in `left` name and those in `kept` do not.
    ///
    /// # Errors
    ///
    /// Where a manifest to be kept cannot be read; where one cannot be read that is no longer needed, unless it is
    /// broken.
    pub(super) async fn make(
        inventory: &Inventory,
        kept: &[Generation],
        left: Vec<Generation>,
        copies: bool,
    ) -> Result<Self> {
        // Every name that a kept manifest has, and every one that a manifest has at all.
        let mut needed: HashSet<Name> = HashSet::new();
        let mut manifests = read(inventory, kept);
        while let Some((generation, manifest)) = manifests.next().await {
            needed.extend(names(&manifest.map_err(|error| refuse(error, generation))?));
        }
        drop(manifests);

        let mut known = needed.clone();
        let (mut files, mut generations, mut unreadable) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut manifests = read(inventory, &left);
        while let Some((generation, manifest)) = manifests.next().await {
            let manifest = match manifest {
                Ok(manifest) => manifest,
                Err(error) if error.kind() == ErrorKind::InvalidInput => {
                    unreadable.push((generation.id, error.reason().to_owned()));
                    continue;
                }
                Err(error) => return Err(error),
            };
            let hashed = manifest.published().map(|published| published.name);
            let ours =
                manifest.copies().filter(|(name, copy)| copies && is_as_recorded(inventory, name, copy));
            let own = ours.map(|(name, _)| name.clone());
            for name in hashed.chain(own).filter(|name| !needed.contains(name)) {
                if let Some(file) = inventory.files.get(&name) {
                    files.insert(name, file.size);
                }
            }
            known.extend(names(&manifest));
            generations.push(generation.clone());
        }
        drop(manifests);
        Ok(Self {
            generations,
            kept: kept.iter().map(|generation| generation.id).collect(),
            files,
            unknown: inventory.files.keys().filter(|name| !known.contains(*name)).cloned().collect(),
            foreign: inventory.foreign,
            unreadable,
        })
    }

    /// The report, should everything go well.
    pub(super) fn report(&self) -> Pruned {
        Pruned {
            kept: self.kept.clone(),
            pruned: self.generations.iter().map(|generation| generation.id).collect(),
            deleted: self
                .files
                .iter()
                .map(|(name, size)| PrunedFile { name: name.clone(), size: *size })
                .collect(),
            unknown: self.unknown.clone(),
            foreign: self.foreign,
            unreadable: self.unreadable.clone(),
            failed: Vec::new(),
        }
    }
}

/// The manifests of these generations, some at once.
fn read<'a>(
    inventory: &'a Inventory,
    generations: &'a [Generation],
) -> impl futures_util::Stream<Item = (&'a Generation, Result<Manifest>)> + Unpin {
    let read =
        async |generation: &'a Generation| (generation, inventory.generations.manifest(generation.id).await);
    // Made here, so that the stream need not be generic over the life of each borrowed generation.
    let reads: Vec<_> = generations.iter().map(read).collect();
    Box::pin(stream::iter(reads).buffered(READS))
}

/// Every name that a manifest has: own ones, hashed ones, those of variants.
fn names(manifest: &Manifest) -> impl Iterator<Item = Name> {
    let own = manifest.iter().map(|(name, _)| name.clone());
    own.chain(manifest.published().map(|published| published.name))
}

/// Whether the copy that was recorded is what lies there still.
fn is_as_recorded(inventory: &Inventory, name: &Name, copy: &CopyDetails) -> bool {
    let tag = inventory.files.get(name).and_then(|file| file.etag.as_ref());
    tag.is_some_and(|tag| inventory.copies.has(name, &copy.md5, tag.as_str().trim_matches('"')))
}

/// Without this manifest nobody knows what must stay.
fn refuse(error: Error, generation: &Generation) -> Error {
    let advice = match error.kind() {
        ErrorKind::InvalidInput if generation.is_current => {
            "; `holdall manifest rollback` makes an earlier generation current, and `holdall collectstatic --force` \
             publishes a new one over it"
        }
        ErrorKind::InvalidInput if !error.reason().contains("delete it") => {
            "; delete it, if the generation is not needed"
        }
        _ => "",
    };
    let message = format!("{}{advice}; as long as it cannot be read nothing is pruned", error.reason());
    error.with_message(message)
}
