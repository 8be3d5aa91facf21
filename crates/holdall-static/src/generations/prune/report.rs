//! What was pruned.

use std::fmt;

use holdall_core::{Error, Name, Result};
use serde::{Serialize, Serializer};

use crate::generations::GenerationId;

/// What was pruned; in a dry run, what would have been.
#[derive(Debug, Default, Serialize)]
#[non_exhaustive]
pub struct Pruned {
    /// The generations that stay: the current one, those before it from new to old, and those ahead of it.
    pub kept: Vec<GenerationId>,
    /// The generations that are gone.
    pub pruned: Vec<GenerationId>,
    /// Their files that are gone, in the order of names, manifests not counted.
    pub deleted: Vec<PrunedFile>,
    /// Files of unknown origin, which no manifest names: in the order of names. They are not touched.
    pub unknown: Vec<Name>,
    /// How many more things are there that other programs put there, under names that no call here can take.
    pub foreign: usize,
    /// Old generations whose manifest cannot be read, and why. Nobody knows what they named: they are left as they
    /// are, and what only they named counts as unknown.
    pub unreadable: Vec<(GenerationId, String)>,
    /// What could not be deleted, and why. The manifests of the generations stay then, so that the next run goes
    /// on.
    #[serde(serialize_with = "sentences")]
    pub failed: Vec<(Name, Error)>,
}

/// A file that was deleted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct PrunedFile {
    /// Its name in the storage.
    pub name: Name,
    /// Bytes.
    pub size: u64,
}

impl Pruned {
    /// Bytes of the files that are gone.
    pub fn bytes(&self) -> u64 {
        self.deleted.iter().map(|file| file.size).sum()
    }

    /// An error where something could not be deleted: the first one, which says how many there are.
    ///
    /// # Errors
    ///
    /// As said.
    pub fn into_result(mut self) -> Result<Self> {
        if self.failed.is_empty() {
            return Ok(self);
        }
        let number = self.failed.len();
        let (_, error) = self.failed.swap_remove(0);
        let message = format!(
            "{}; {number} files could not be deleted and {} were; run prune again to go on",
            error.reason(),
            self.deleted.len()
        );
        Err(error.with_message(message))
    }

    /// Takes out of the lists what could not be deleted.
    pub(super) fn keep_what_failed(&mut self) {
        let failed = |name: &Name| self.failed.iter().any(|(other, _)| other == name);
        self.deleted.retain(|file| !failed(&file.name));
        let is_pending = self.failed.iter().any(|(name, _)| GenerationId::of_manifest_name(name).is_none());
        self.pruned.retain(|id| !is_pending && !failed(&id.manifest_name()));
    }
}

impl fmt::Display for Pruned {
    /// One line for each thing that is gone, and a last one that counts.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for file in &self.deleted {
            writeln!(f, "{} ({} bytes)", file.name, file.size)?;
        }
        for (id, reason) in &self.unreadable {
            writeln!(f, "generation {id} is left as it is: {reason}")?;
        }
        for (_, error) in &self.failed {
            writeln!(f, "{error}")?;
        }
        let unknown = self.unknown.len() + self.foreign;
        write!(
            f,
            "{} generations pruned and {} kept; {} files with {} bytes deleted; {unknown} files of unknown origin \
             left",
            self.pruned.len(),
            self.kept.len(),
            self.deleted.len(),
            self.bytes()
        )
    }
}

fn sentences<S: Serializer>(failed: &[(Name, Error)], serializer: S) -> Result<S::Ok, S::Error> {
    serializer.collect_map(failed.iter().map(|(name, error)| (name, error.to_string())))
}
