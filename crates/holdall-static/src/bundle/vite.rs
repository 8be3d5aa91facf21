//! Vite's manifest: what its build made of which source.
//!
//! Its form is that of Vite's "Backend Integration": an object whose keys are sources (`src/main.ts`), or, for
//! chunks that several entries share, the file with `_` before it.

use std::collections::BTreeMap;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};
use serde::Deserialize;

/// Vite's `.vite/manifest.json`, of all versions from 2 on.
///
/// ```
/// use holdall_static::ViteManifest;
///
/// # fn main() -> holdall_core::Result<()> {
/// let manifest = ViteManifest::parse(br#"{
///     "src/main.js": {
///         "file": "assets/main-BIedkE5R.js", "isEntry": true,
///         "imports": ["_shared-ChekSBJ8.js"], "css": ["assets/main-BiwzXhey.css"]
///     },
///     "_shared-ChekSBJ8.js": { "file": "assets/shared-ChekSBJ8.js", "css": ["assets/shared-B8TfIxI9.css"] }
/// }"#)?;
/// let entry = manifest.entry("src/main.js").unwrap();
/// assert_eq!(entry.scripts[0], "assets/main-BIedkE5R.js");
/// // What is imported comes first, so that the entry's own rules win.
/// assert_eq!(entry.css, ["assets/shared-B8TfIxI9.css", "assets/main-BiwzXhey.css"]);
/// assert_eq!(entry.preload, ["assets/shared-ChekSBJ8.js"]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ViteManifest {
    pub(super) chunks: BTreeMap<String, ViteChunk>,
}

/// What Vite made of one source.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ViteChunk {
    /// The file that was written.
    pub file: Name,
    /// The chunk's own name, which begins the file's; assets have none.
    #[serde(default)]
    pub name: Option<String>,
    /// The source, if there is one.
    #[serde(default)]
    pub src: Option<String>,
    /// Whether a page loads it.
    #[serde(default)]
    pub is_entry: bool,
    /// Whether it is loaded by `import()`.
    #[serde(default)]
    pub is_dynamic_entry: bool,
    /// Keys of the chunks that it imports.
    #[serde(default)]
    pub imports: Vec<String>,
    /// Keys of the chunks that it loads by `import()`.
    #[serde(default)]
    pub dynamic_imports: Vec<String>,
    /// Style sheets that it needs.
    #[serde(default)]
    pub css: Vec<Name>,
    /// Other files that it refers to.
    #[serde(default)]
    pub assets: Vec<Name>,
}

impl ViteManifest {
    /// Reads a manifest.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidInput`] for what is no manifest of Vite, for names that no storage takes, and for
    /// imports of chunks that are not in it.
    pub fn parse(bytes: &[u8]) -> Result<Self> {
        let wrong = |what: String| {
            let message =
                format!("it is no manifest of Vite ({what}); build again with `build.manifest: true`");
            Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Open)
        };
        let chunks: BTreeMap<String, ViteChunk> =
            serde_json::from_slice(bytes).map_err(|error| wrong(error.to_string()))?;
        for (key, chunk) in &chunks {
            if let Some(missing) = chunk.imports.iter().find(|import| !chunks.contains_key(*import)) {
                return Err(wrong(format!("{key:?} imports {missing:?}, which is not in it")));
            }
        }
        Ok(Self { chunks })
    }

    /// What Vite made of the source of that key.
    pub fn get(&self, key: &str) -> Option<&ViteChunk> {
        self.chunks.get(key)
    }

    /// All keys with what was made of them, in the order of keys.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&str, &ViteChunk)> {
        self.chunks.iter().map(|(key, chunk)| (key.as_str(), chunk))
    }

    /// The keys of what pages load: entries.
    pub fn entries(&self) -> impl Iterator<Item = &str> {
        self.iter().filter(|(_, chunk)| chunk.is_entry).map(|(key, _)| key)
    }
}

#[cfg(test)]
mod tests {
    use super::ViteManifest;

    #[test]
    fn what_is_no_manifest_is_refused_with_a_sentence() {
        for (text, says) in [
            ("", "no manifest of Vite"),
            ("[]", "no manifest of Vite"),
            (r#"{"a": {}}"#, "missing field `file`"),
            (r#"{"a": {"file": "../a.js"}}"#, "\"../a.js\" is not a valid name"),
            (r#"{"a": {"file": "a.js", "imports": ["b"]}}"#, "\"a\" imports \"b\", which is not in it"),
        ] {
            let error = ViteManifest::parse(text.as_bytes()).unwrap_err();
            assert!(error.reason().contains(says), "{text}: {error}");
        }
    }
}
