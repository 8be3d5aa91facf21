//! Where a storage of the settings lies.

use std::path::{Path, PathBuf};

use holdall_core::Location;

/// Where a storage that settings describe keeps its files: what a program has to know before it deletes all of
/// them, or links to them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Place {
    pub(crate) directory: Option<PathBuf>,
    pub(crate) location: Location,
}

impl Place {
    /// The directory of this machine that holds the files, its location included; `None` for what is elsewhere.
    pub fn directory(&self) -> Option<&Path> {
        self.directory.as_deref()
    }

    /// The key `location`: the root where the storage has the whole bucket, or directory, for itself.
    pub fn location(&self) -> &Location {
        &self.location
    }
}
