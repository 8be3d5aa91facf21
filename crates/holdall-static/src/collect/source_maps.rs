//! What becomes of source maps.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};

use crate::hash::ContentHash;
use crate::scan::{Reference, ReferenceKind};

/// What becomes of source maps, the files that debuggers and error trackers find the source with, and of the comments
/// `sourceMappingURL=...` in scripts and style sheets that name them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceMaps {
    /// A map is a file as any other, named after its own content: `app.js.<hash of the map>.map`, as Django names it.
    #[default]
    Hash,
    /// A map has the hash of the file that it belongs to: `app.<hash>.js` and `app.<hash>.js.map`, which is what error
    /// trackers look for. The file's own name is the same as with [`Hash`](Self::Hash), and changes with the map. A
    /// map that several files name, or that something else than a comment refers to, keeps a name of its own.
    Follow,
    /// Maps are not published, and comments that name them, or have them inside as `data:`, are taken out: of
    /// `//# sourceMappingURL=x` nothing is left, of `/*# sourceMappingURL=x */` an empty comment, so that what is
    /// before and behind stays apart. No line gets another number. A map is what is named `.js.map`, `.mjs.map` or
    /// `.css.map`, and what such a comment names. One that another host serves stays.
    Omit,
}

impl SourceMaps {
    /// Whether a file is a map that is not published, going by its name.
    pub(crate) fn omits(self, name: &Name) -> bool {
        let is_map = || {
            let stem = name.as_str().strip_suffix(".map")?.rsplit_once('.')?;
            Some(["js", "mjs", "css"].contains(&stem.1))
        };
        self == Self::Omit && is_map() == Some(true)
    }

    /// Whether the comment with that reference is taken out, wherever it leads.
    pub(crate) fn drops(self, reference: &Reference<'_>) -> bool {
        let scheme = reference.target.split_once(':').map(|(scheme, _)| scheme);
        let is_elsewhere = reference.target.starts_with("//")
            || scheme.is_some_and(|scheme| !scheme.eq_ignore_ascii_case("data") && !scheme.contains('/'));
        self == Self::Omit && reference.kind == ReferenceKind::SourceMap && !is_elsewhere
    }
}

impl FromStr for SourceMaps {
    type Err = Error;

    /// `hash`, `follow` or `omit`, as settings spell it.
    fn from_str(text: &str) -> Result<Self> {
        match text {
            "hash" => Ok(Self::Hash),
            "follow" => Ok(Self::Follow),
            "omit" => Ok(Self::Omit),
            _ => {
                let message = format!(
                    "{text:?} is nothing to do with source maps; use \"hash\", \"follow\" or \"omit\""
                );
                Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
            }
        }
    }
}

impl fmt::Display for SourceMaps {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Hash => "hash",
            Self::Follow => "follow",
            Self::Omit => "omit",
        })
    }
}

/// Which file each map belongs to.
#[derive(Debug, Default)]
pub(crate) struct Owners {
    owners: BTreeMap<usize, usize>,
    shared: BTreeSet<usize>,
}

impl Owners {
    /// Notes a reference of one file to another.
    pub(crate) fn add(&mut self, kind: ReferenceKind, from: usize, to: usize) {
        let owner = *self.owners.entry(to).or_insert(from);
        if owner != from || kind != ReferenceKind::SourceMap {
            self.shared.insert(to);
        }
    }

    /// The maps that belong to one file, each with the name that follows the file's. `names` and `hashes` are those
    /// that files have; one without a hash keeps its name, and so does its map.
    ///
    /// # Errors
    ///
    /// `InvalidName` when a name is too long.
    pub(crate) fn follow(
        &self,
        own: &[&Name],
        names: &[Option<Name>],
        hashes: &[Option<ContentHash>],
    ) -> Result<Vec<(usize, Name)>> {
        let mut renamed = Vec::new();
        for (&map, &owner) in self.owners.iter().filter(|(map, _)| !self.shared.contains(map)) {
            let (Some(name), Some(hash), Some(_)) = (&names[owner], hashes[owner], hashes[map]) else {
                continue;
            };
            let is_usual = own[map].file_name() == format!("{}.map", own[owner].file_name());
            renamed.push((
                map,
                if is_usual {
                    own[map].parent().join(&Name::new(&format!("{}.map", name.file_name()))?)?
                } else {
                    hash.name(own[map])?
                },
            ));
        }
        Ok(renamed)
    }
}
