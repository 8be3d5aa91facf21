//! What differs between two manifests.

use std::collections::BTreeMap;
use std::fmt;

use holdall_core::Name;
use serde::Serialize;

use super::Manifest;

/// What differs between two manifests, an older and a newer one. See [`Manifest::diff`].
///
/// `Display` gives a list for people, one line for each file: `+` for one that was added, `-` for one that was
/// removed, `*` for one whose content changed, `~` for one of which only something else changed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct ManifestDiff {
    /// Files that only the newer one has, with their hashed names.
    pub added: BTreeMap<Name, Name>,
    /// Files that only the older one has, with their hashed names.
    pub removed: BTreeMap<Name, Name>,
    /// Files with another hashed name.
    pub changed: BTreeMap<Name, Rehashed>,
    /// Files with the same hashed name of which the manifests say different things: other headers, other variants,
    /// a copy that one has and the other has not.
    pub details: Vec<Name>,
    /// What else differs: `"entries"`, `"import map"`.
    pub other: Vec<&'static str>,
}

/// The hashed names of a file that changed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Rehashed {
    /// In the older manifest.
    pub old: Name,
    /// In the newer one.
    pub new: Name,
}

impl Manifest {
    /// What is different in a newer manifest.
    ///
    /// ```
    /// use holdall_static::Manifest;
    ///
    /// # fn main() -> holdall_core::Result<()> {
    /// let old = Manifest::parse(br#"{"paths": {"a.css": "a.5e0040571e1a.css"}, "version": "1.0"}"#)?;
    /// let new = Manifest::parse(br#"{"paths": {"b.css": "b.5e0040571e1a.css"}, "version": "1.0"}"#)?;
    /// assert_eq!(
    ///     old.diff(&new).to_string(),
    ///     "+ b.css (b.5e0040571e1a.css)\n- a.css (a.5e0040571e1a.css)\n1 added, 1 removed, 0 changed"
    /// );
    /// assert!(old.diff(&old).is_empty());
    /// # Ok(()) }
    /// ```
    pub fn diff(&self, newer: &Self) -> ManifestDiff {
        let mut diff = ManifestDiff::default();
        for (name, new) in &newer.paths {
            match self.paths.get(name) {
                None => _ = diff.added.insert(name.clone(), new.clone()),
                Some(old) if old != new => {
                    diff.changed.insert(name.clone(), Rehashed { old: old.clone(), new: new.clone() });
                }
                Some(_) if self.details.get(name) != newer.details.get(name) => {
                    diff.details.push(name.clone());
                }
                Some(_) => {}
            }
        }
        let removed = self.paths.iter().filter(|(name, _)| !newer.paths.contains_key(*name));
        diff.removed = removed.map(|(name, old)| (name.clone(), old.clone())).collect();
        diff.other.extend((self.entries != newer.entries).then_some("entries"));
        diff.other.extend((self.import_map != newer.import_map).then_some("import map"));
        diff
    }
}

impl ManifestDiff {
    /// Whether the manifests say the same.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

impl fmt::Display for ManifestDiff {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, hashed) in &self.added {
            writeln!(f, "+ {name} ({hashed})")?;
        }
        for (name, hashed) in &self.removed {
            writeln!(f, "- {name} ({hashed})")?;
        }
        for (name, Rehashed { old, new }) in &self.changed {
            writeln!(f, "* {name} ({old} -> {new})")?;
        }
        for name in &self.details {
            writeln!(f, "~ {name}")?;
        }
        for other in &self.other {
            writeln!(f, "~ the {other}")?;
        }
        write!(
            f,
            "{} added, {} removed, {} changed",
            self.added.len(),
            self.removed.len(),
            self.changed.len()
        )
    }
}
