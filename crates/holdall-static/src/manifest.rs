//! The manifest: which hashed file each name stands for. Django's `staticfiles.json`, version 1.1.
//!
//! Read and written so that Django reads ours and we read Django's: the same keys in the same order, the same
//! text, the same hash over the paths. What Django does not know is in a section of its own, which its reader
//! passes over.

mod python_json;

use std::collections::BTreeMap;
use std::fmt;

use holdall_core::{Error, ErrorKind, Name, Result};
use serde::{Deserialize, Serialize};

use self::python_json::to_json;
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
    details: BTreeMap<Name, FileDetails>,
}

/// What a manifest of ours knows about a file beyond its hashed name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileDetails {
    /// Bytes of the file as it is published.
    pub size: u64,
    /// Its content type, with charset.
    pub content_type: String,
    /// What goes into the `integrity` attribute (Subresource Integrity): SHA-384 of the published bytes.
    pub integrity: String,
    /// The copy under the file's own name, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyDetails>,
}

/// What is known about the copy of a file under its own name: enough to see that it need not be written again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyDetails {
    /// MD5 of its content, in hexadecimal digits.
    pub md5: String,
    /// The tag that the storage gave it.
    pub etag: String,
}

impl CopyDetails {
    /// A copy with that content and tag.
    pub fn new(md5: impl Into<String>, etag: impl Into<String>) -> Self {
        Self { md5: md5.into(), etag: etag.into() }
    }
}

impl FileDetails {
    /// What is known about a file.
    pub fn new(size: u64, content_type: impl Into<String>, integrity: impl Into<String>) -> Self {
        Self { size, content_type: content_type.into(), integrity: integrity.into(), copy: None }
    }

    /// With that copy under the file's own name.
    pub fn with_copy(mut self, copy: impl Into<Option<CopyDetails>>) -> Self {
        self.copy = copy.into();
        self
    }
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
#[derive(Serialize, Deserialize)]
struct Section {
    files: BTreeMap<String, FileDetails>,
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

    /// All names with their hashed ones, in order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&Name, &Name)> {
        self.paths.iter()
    }

    /// Adds a file, or changes what is known about it.
    pub fn insert(&mut self, name: Name, hashed: Name, details: impl Into<Option<FileDetails>>) {
        if let Some(details) = details.into() {
            self.details.insert(name.clone(), details);
        }
        self.paths.insert(name, hashed);
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
        to_json(&Stored {
            paths: self.paths.iter().map(|(name, hashed)| (text(name), text(hashed))).collect(),
            version: VERSION.to_owned(),
            hash: Some(self.hash()),
            holdall: (!files.is_empty()).then_some(Section { files }),
        })
    }

    /// Reads a manifest, Django's or ours.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for what is no manifest, is of a version that is not known, or has names that
    /// no storage takes.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let stored: Stored = serde_json::from_slice(bytes)
            .map_err(|error| broken(format!("it is no manifest of static files ({error})")))?;
        if !matches!(stored.version.as_str(), "1.0" | VERSION) {
            return Err(broken(format!("it has the version {:?}; 1.0 and 1.1 are known", stored.version)));
        }
        let checked = |name: &str| {
            Name::new(name)
                .ok()
                .filter(|checked| checked.as_str() == name)
                .ok_or_else(|| broken(format!("it has the name {name:?}, which no storage takes")))
        };
        let mut manifest = Self::default();
        for (name, hashed) in &stored.paths {
            manifest.paths.insert(checked(name)?, checked(hashed)?);
        }
        for (name, details) in stored.holdall.map(|section| section.files).unwrap_or_default() {
            let name = checked(&name)?;
            if manifest.paths.contains_key(&name) {
                manifest.details.insert(name, details);
            }
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
    let message = format!("the manifest cannot be read: {what}; run collectstatic again to write a new one");
    Error::message(ErrorKind::InvalidInput, message)
}

#[cfg(test)]
mod tests {
    use holdall_core::{ErrorKind, Name};

    use super::{FileDetails, Manifest};

    fn name(text: &str) -> Name {
        Name::new(text).unwrap()
    }

    /// As `json.dumps` of Python 3.12 writes it in Django 6.1's `save_manifest`.
    const OF_DJANGO: &str = "{\"paths\": {\"a \\\"b\\\".css\": \"a \\\"b\\\".5e0040571e1a.css\", \"gr\\u00fc\\u00dfe/\\ud83d\\ude00.png\": \
                             \"gr\\u00fc\\u00dfe/\\ud83d\\ude00.acae32e4532b.png\"}, \"version\": \"1.1\", \"hash\": \"";

    fn example() -> Manifest {
        let mut manifest = Manifest::default();
        manifest.insert(name("grüße/😀.png"), name("grüße/😀.acae32e4532b.png"), None);
        manifest.insert(name("a \"b\".css"), name("a \"b\".5e0040571e1a.css"), None);
        manifest
    }

    #[test]
    fn the_text_is_that_of_django() {
        let written = String::from_utf8(example().to_bytes()).unwrap();
        assert_eq!(written, format!("{OF_DJANGO}{}\"}}", example().hash()));
        assert_eq!(Manifest::parse(written.as_bytes()).unwrap(), example());
        // Of `[]`.
        assert_eq!(Manifest::default().hash(), "d75171398898");
    }

    #[test]
    fn what_is_ours_comes_back_and_is_not_in_the_hash() {
        let mut manifest = example();
        let before = manifest.hash();
        let details = FileDetails::new(7, "text/css; charset=utf-8", "sha384-x");
        manifest.insert(name("a \"b\".css"), name("a \"b\".5e0040571e1a.css"), details.clone());
        assert_eq!(manifest.hash(), before);
        let read = Manifest::parse(&manifest.to_bytes()).unwrap();
        assert_eq!(read.details("a \"b\".css"), Some(&details));
        assert_eq!(read, manifest);
    }

    #[test]
    fn what_is_no_manifest_is_refused_with_a_sentence() {
        for (text, says) in [
            ("", "no manifest"),
            ("{}", "no manifest"),
            ("[]", "no manifest"),
            ("{\"paths\": {}, \"version\": \"2.0\"}", "version \"2.0\""),
            ("{\"paths\": {\"../a\": \"b\"}, \"version\": \"1.0\"}", "\"../a\""),
            ("{\"paths\": {\"a\": \"b//c\"}, \"version\": \"1.0\"}", "\"b//c\""),
            ("{\"paths\": {\"a\": \"b\"}, \"version\": \"1.1\", \"hash\": \"000000000000\"}", "was changed"),
        ] {
            let error = Manifest::parse(text.as_bytes()).unwrap_err();
            assert_eq!(error.kind(), ErrorKind::InvalidInput);
            assert!(error.reason().contains(says), "{text}: {}", error.reason());
        }
    }
}
