//! What a listing shows.

use crate::name::Name;

/// Options of [`Storage::list`](crate::Storage::list). Every storage honours all of them.
#[derive(Debug, Clone, Default)]
#[non_exhaustive]
pub struct ListOptions {
    /// Every file at any depth, and no directories. Without it one level, with directories.
    pub recursive: bool,
    /// Only what sorts behind this name, which is relative to the storage like the names in the
    /// listing. It need not exist.
    pub start_after: Option<Name>,
}

impl ListOptions {
    /// Sets whether files at any depth are listed.
    pub fn with_recursive(mut self, recursive: bool) -> Self {
        self.recursive = recursive;
        self
    }

    /// Begins behind this name.
    pub fn with_start_after(mut self, name: Name) -> Self {
        self.start_after = Some(name);
        self
    }
}
