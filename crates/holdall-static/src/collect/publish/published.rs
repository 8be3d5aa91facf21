//! What a publication did, file by file.

use std::fmt;

use holdall_core::Name;
use serde::{Serialize, Serializer};

use crate::compress::Encoding;

/// What was done at the destination; in a dry run, what would have been.
///
/// The lists of a dry run are those of the run that follows, if nobody changes sources or destination in between.
/// They leave out one file that a run may keep for itself, `staticfiles.copies.json`: what the tags of copies stand for
/// where they are no MD5.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Published {
    /// Every change, in the order of publishing: variants, hashed files, copies, the manifest of
    /// the generation, the one that makes it current, and what was deleted.
    pub changes: Vec<Change>,
    /// Names that were there already, as they should be: variants, hashed files, copies.
    pub unchanged: Vec<Name>,
    /// What a [clearing](crate::Collector::clear) run left, since no name can say it and no call delete it: for people.
    pub foreign: Vec<String>,
    /// Whether headers were left out, since the storage keeps none (a disk without extended attributes): then they
    /// are the business of whoever serves the files.
    pub headers_left_out: bool,
    /// Names of files whose hashed file was saved, with the names of those: Django's "post-processed".
    pub post_processed: Vec<(Name, Name)>,
    /// What was compressed, in a dry run too: nothing, where nothing has changed. See
    /// [`Compression`](crate::Compression).
    pub compressed: Vec<Compressed>,
}

/// One file that was compressed.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Compressed {
    /// The file's own name.
    pub file: Name,
    /// How.
    pub encoding: Encoding,
    /// Bytes before.
    pub size: u64,
    /// Bytes behind; `None` where it did not pay.
    pub encoded: Option<u64>,
}

/// What was done with one name.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// The name at the destination.
    pub name: Name,
    /// What is published there.
    pub role: Role,
    /// What was done.
    pub action: Action,
}

/// What is published under a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Role {
    /// A file under its hashed name, with references rewritten. Its content never changes.
    Hashed,
    /// A compressed variant of a file under its hashed name.
    Variant,
    /// A file under its own name, as it is in the sources.
    Copy,
    /// A manifest: the one of this generation, or `staticfiles.json`, which says that it is the current one.
    Manifest,
    /// Nothing of this collection.
    Other,
}

/// What was done with a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Action {
    /// A file was saved where none was.
    Created,
    /// A file was saved in the place of another one, or of itself.
    Replaced,
    /// It was made a symbolic link to its source.
    Linked,
    /// It is there already, and only its headers were changed.
    Updated,
    /// It was deleted.
    Deleted,
}

impl Published {
    /// The names that were saved, in the order of publishing.
    pub fn saved(&self) -> impl Iterator<Item = &Name> {
        let is_save = |change: &&Change| matches!(change.action, Action::Created | Action::Replaced);
        self.changes.iter().filter(is_save).map(|change| &change.name)
    }

    /// The names with which that was done, in the order of publishing.
    pub fn with_action(&self, action: Action) -> impl Iterator<Item = &Name> {
        self.changes.iter().filter(move |change| change.action == action).map(|change| &change.name)
    }
}

impl Role {
    /// One word, as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Hashed => "hashed",
            Self::Variant => "variant",
            Self::Copy => "copy",
            Self::Manifest => "manifest",
            Self::Other => "other",
        }
    }
}

impl Action {
    /// One word, as reports spell it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Created => "created",
            Self::Replaced => "replaced",
            Self::Linked => "linked",
            Self::Updated => "updated",
            Self::Deleted => "deleted",
        }
    }
}

impl Serialize for Role {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Display for Action {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
