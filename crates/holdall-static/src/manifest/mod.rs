//! The manifest: which hashed file each name stands for. Django's `staticfiles.json`, version 1.1.
//!
//! Read and written so that Django reads ours and we read Django's: the same keys in the same order, the same
//! text, the same hash over the paths. What Django does not know is in a section of its own, which its reader
//! passes over.

mod copies;
mod details;
mod diff;
mod entry_point;
mod modules;
mod published;
mod python_json;
mod representation;
#[cfg(test)]
mod tests;
mod verify;

use std::collections::BTreeMap;
use std::fmt;

use holdall_core::{Error, ErrorKind, Name, OpenOptions, Operation, Result, Storage, Store};
use serde::{Deserialize, Serialize};

pub(crate) use self::copies::{COPIES_NAME, Copies};
pub use self::details::{CopyDetails, FileDetails};
pub use self::diff::{ManifestDiff, Rehashed};
pub use self::entry_point::EntryPoint;
pub(crate) use self::modules::MappedModules;
use self::python_json::to_json;
pub use self::representation::Representation;
pub use self::verify::{Finding, Verification, Wrong, verify};
use crate::hash::HashAlgorithm;

/// The name of the manifest in the storage of static files.
pub const MANIFEST_NAME: &str = "staticfiles.json";
/// The version of the format that is written. 1.0, which had no hash, is read too.
const VERSION: &str = "1.1";

/// Which hashed file each name stands for, and what is known about it.
///
/// ```
/// use holdall_static::Manifest;
///
/// # fn main() -> holdall_core::Result<()> {
/// let manifest = Manifest::parse(br#"{"paths": {"a.css": "a.5e0040571e1a.css"}, "version": "1.0"}"#)?;
/// assert_eq!(manifest.get("a.css").unwrap().as_str(), "a.5e0040571e1a.css");
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    paths: BTreeMap<Name, Name>,
    /// The other way round.
    names: BTreeMap<Name, Name>,
    details: BTreeMap<Name, FileDetails>,
    entries: BTreeMap<String, EntryPoint>,
    import_map: MappedModules,
}

/// The file as it is written, in the order of its keys.
#[derive(Serialize, Deserialize)]
struct Stored {
    paths: BTreeMap<String, String>,
    version: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    hash: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    holdall: Option<Section>,
}

/// What is ours.
#[derive(Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
struct Section {
    #[serde(default)]
    files: BTreeMap<String, FileDetails>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    entries: BTreeMap<String, EntryPoint>,
    #[serde(default, skip_serializing_if = "MappedModules::is_empty")]
    import_map: MappedModules,
}

impl Manifest {
    /// The hashed name of a file.
    pub fn get(&self, name: &str) -> Option<&Name> {
        self.paths.get(name)
    }

    /// What else is known about a file; nothing in a manifest that Django wrote.
    pub fn details(&self, name: &str) -> Option<&FileDetails> {
        self.details.get(name)
    }

    /// The file that has this hashed name.
    pub fn by_hashed(&self, hashed: &str) -> Option<&Name> {
        self.names.get(hashed)
    }

    /// All names with their hashed ones, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Name, &Name)> {
        self.paths.iter()
    }

    /// All names, in order.
    pub(crate) fn names(&self) -> impl DoubleEndedIterator<Item = &Name> + Clone {
        self.paths.keys()
    }

    /// What a page loads for an entry of a bundler: `src/main.ts` of Vite, `main` of webpack.
    ///
    /// They come from manifests of bundlers: see [`Collector::prehashed`](crate::Collector::prehashed).
    pub fn entry(&self, key: &str) -> Option<&EntryPoint> {
        self.entries.get(key)
    }

    /// All entries of bundlers, in the order of their keys.
    pub fn entries(&self) -> impl ExactSizeIterator<Item = (&str, &EntryPoint)> {
        self.entries.iter().map(|(key, entry)| (key.as_str(), entry))
    }

    /// Adds an entry of a bundler, or changes it.
    pub fn insert_entry(&mut self, key: impl Into<String>, entry: EntryPoint) {
        self.entries.insert(key.into(), entry);
    }

    /// Adds a file, or changes what is known about it.
    pub fn insert(&mut self, name: Name, hashed: Name, details: impl Into<Option<FileDetails>>) {
        if let Some(details) = details.into() {
            self.details.insert(name.clone(), details);
        }
        let before = self.paths.insert(name.clone(), hashed.clone());
        if let Some(before) = before.filter(|before| self.names.get(before) == Some(&name)) {
            self.names.remove(&before);
        }
        self.names.insert(hashed, name);
    }

    /// With that import map.
    pub(crate) fn set_import_map(&mut self, import_map: MappedModules) {
        self.import_map = import_map;
    }

    /// Django's `manifest_hash`: the first twelve hexadecimal digits of the MD5 of all names with their hashed
    /// ones. Equal manifests of one site mean equal files.
    pub fn hash(&self) -> String {
        let pairs: Vec<_> =
            self.paths.iter().map(|(name, hashed)| (name.as_str(), hashed.as_str())).collect();
        HashAlgorithm::Md5.hash(&to_json(&pairs)).to_string()
    }

    /// The manifest as it is stored. A manifest without details is byte for byte what Django writes.
    pub fn to_bytes(&self) -> Vec<u8> {
        let text = |name: &Name| name.as_str().to_owned();
        let files: BTreeMap<_, _> =
            self.details.iter().map(|(name, known)| (text(name), known.clone())).collect();
        let (entries, import_map) = (self.entries.clone(), self.import_map.clone());
        let section = Section { files, entries, import_map };
        to_json(&Stored {
            paths: self.paths.iter().map(|(name, hashed)| (text(name), text(hashed))).collect(),
            version: VERSION.to_owned(),
            hash: Some(self.hash()),
            holdall: (section != Section::default()).then_some(section),
        })
    }

    /// The current manifest of a storage: its [`MANIFEST_NAME`].
    ///
    /// ```
    /// use holdall_core::{MemoryStorage, Store};
    /// use holdall_static::{Collector, Embedded, Manifest};
    ///
    /// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
    /// let store = Store::new(MemoryStorage::new());
    /// Collector::new().finder(Embedded::new([("a.css", "a {}")])?).collect(&store).await?;
    /// assert!(Manifest::load(&store).await?.get("a.css").is_some());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// [`ErrorKind::NotFound`] where nothing was collected yet; as [`parse`](Self::parse); those of the storage. A
    /// permission that is missing is never taken for a manifest that is.
    pub async fn load(store: &Store) -> Result<Self> {
        Self::load_from(&**store.storage()).await
    }

    /// The current manifest of a storage that no handle is around.
    pub(crate) async fn load_from(storage: &dyn Storage) -> Result<Self> {
        let at = |error: Error| error.or_at(Operation::Open, &storage, Some(MANIFEST_NAME));
        let file = storage.open(&Name::new(MANIFEST_NAME)?, OpenOptions::default()).await;
        let file = file.map_err(|error| match error.kind() {
            ErrorKind::NotFound => at(error).with_message(
                "there is no manifest of static files; collectstatic has not been run for this storage: \
                 run `holdall collectstatic`",
            ),
            _ => at(error),
        })?;
        Self::parse(&file.bytes().await.map_err(at)?).map_err(|error| {
            let advice = "`holdall manifest rollback` makes an earlier one current, and `holdall collectstatic --force` \
                          writes a new one";
            let message = format!("{}; {advice}", error.reason());
            at(match error.kind() {
                ErrorKind::InvalidInput => error.with_message(message),
                _ => error,
            })
        })
    }

    /// Reads a manifest, Django's or ours.
    ///
    /// What stands in our section and is not known is passed over: a newer version of this library wrote it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for what is no manifest, is of a version that is not known, or has names that
    /// no storage takes.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let stored: Stored = serde_json::from_slice(bytes)
            .map_err(|error| broken(format!("it is no manifest of static files ({error})")))?;
        if !matches!(stored.version.as_str(), "1.0" | VERSION) {
            return Err(broken(format!(
                "it has the version {:?}; 1.0 and 1.1 are known, so that a newer program wrote it: update this one",
                stored.version
            )));
        }
        let checked = |name: &str| {
            Name::new(name)
                .ok()
                .filter(|checked| checked.as_str() == name)
                .ok_or_else(|| broken(format!("it has the name {name:?}, which no storage takes")))
        };
        let mut manifest = Self::default();
        for (name, hashed) in &stored.paths {
            manifest.insert(checked(name)?, checked(hashed)?, None);
        }
        if let Some(section) = stored.holdall {
            for (name, details) in section.files {
                let name = checked(&name)?;
                if manifest.paths.contains_key(&name) {
                    manifest.details.insert(name, details);
                }
            }
            manifest.entries = section.entries;
            manifest.import_map = section.import_map;
        }
        match stored.hash {
            Some(hash) if hash != manifest.hash() => Err(broken(format!(
                "its hash is {hash}, but its paths have {}; it was changed",
                manifest.hash()
            ))),
            _ => Ok(manifest),
        }
    }
}

fn broken(what: impl fmt::Display) -> Error {
    let message = format!("the manifest cannot be read: {what}");
    Error::message(ErrorKind::InvalidInput, message)
}
