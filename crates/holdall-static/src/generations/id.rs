//! What a generation is called.

use std::fmt;
use std::str::FromStr;

use holdall_core::{Error, ErrorKind, Name, Result};
use serde::{Serialize, Serializer};

use crate::hash::{ContentHash, HashAlgorithm};
use crate::manifest::MANIFEST_NAME;

/// The id of a generation: the first twelve hexadecimal digits of the MD5 of its manifest's bytes. It is the build
/// id, too: the same sources and settings give the same one on every machine.
///
/// ```
/// use holdall_static::GenerationId;
///
/// # fn main() -> holdall_core::Result<()> {
/// let id: GenerationId = "5e0040571e1a".parse()?;
/// assert_eq!(id.manifest_name().as_str(), "staticfiles.5e0040571e1a.json");
/// assert!("5e00".parse::<GenerationId>().is_err());
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GenerationId(ContentHash);

impl GenerationId {
    /// The id of the generation with that manifest.
    pub(crate) fn of(manifest: &[u8]) -> Self {
        Self(HashAlgorithm::Md5.hash(manifest))
    }

    /// The name of the generation's versioned manifest.
    #[expect(clippy::missing_panics_doc, reason = "of a short constant name, which cannot fail")]
    pub fn manifest_name(self) -> Name {
        let current = Name::new(MANIFEST_NAME).expect("the name of the manifest is a name");
        self.0.name(&current).expect("it is short enough for a hash")
    }

    /// The generation whose versioned manifest has that name, if it is such a name.
    pub(crate) fn of_manifest_name(name: &Name) -> Option<Self> {
        let (stem, extension) = MANIFEST_NAME.rsplit_once('.')?;
        let inner = name.as_str().strip_prefix(stem)?.strip_suffix(extension)?;
        inner.strip_prefix('.')?.strip_suffix('.')?.parse().ok()
    }
}

impl FromStr for GenerationId {
    type Err = Error;

    /// Twelve hexadecimal digits, as they stand in the name of the versioned manifest.
    fn from_str(text: &str) -> Result<Self> {
        ContentHash::parse(text).map(Self).ok_or_else(|| {
            let message = format!(
                "{text:?} is no id of a generation; one has twelve hexadecimal digits in small letters, as \
                 \"5e0040571e1a\" in staticfiles.5e0040571e1a.json"
            );
            Error::message(ErrorKind::InvalidInput, message)
        })
    }
}

impl fmt::Display for GenerationId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Serialize for GenerationId {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::Name;

    use super::GenerationId;

    #[test]
    fn only_names_of_versioned_manifests_have_an_id() {
        let id = GenerationId::of(b"");
        assert_eq!(id.to_string(), "d41d8cd98f00");
        assert_eq!(GenerationId::of_manifest_name(&id.manifest_name()), Some(id));
        for name in [
            "staticfiles.json",
            "staticfiles..json",
            "staticfiles.D41D8CD98F00.json",
            "staticfiles.d41d8cd98f0.json",
            "staticfiles.d41d8cd98f00.json.gz",
            "staticfiles.d41d8cd98f00json",
            "a/staticfiles.d41d8cd98f00.json",
            "staticfiles.é41d8cd98f0.json",
        ] {
            assert_eq!(GenerationId::of_manifest_name(&Name::new(name).unwrap()), None, "{name}");
        }
    }
}
