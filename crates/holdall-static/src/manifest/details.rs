//! What a manifest of ours knows about a file beyond its hashed name.
//!
//! Every field that comes later is optional: a manifest that was written before must still be read.

use holdall_core::Name;
use serde::{Deserialize, Serialize};

/// What a manifest of ours knows about a file beyond its hashed name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileDetails {
    /// Bytes of the file as it is published.
    pub size: u64,
    /// Its content type, with charset.
    pub content_type: String,
    /// SHA-256 of the published bytes, in 64 hexadecimal digits: what other programs compare files by. Manifests
    /// of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What goes into the `integrity` attribute (Subresource Integrity): SHA-384 of the published bytes.
    pub integrity: String,
    /// Whether a bundler hashed the file's name, so that the file is published under it and has no other one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub immutable: bool,
    /// A fingerprint of the headers that it was published with: a run with others sees by it what to change. `None`
    /// where the storage keeps none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<String>,
    /// The copy under the file's own name, if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub copy: Option<CopyDetails>,
    /// What a module imports when it is loaded, in its own order, by the files' own names; of the entries that were
    /// to be [preloaded](crate::Collector::preload) and all that they reach.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub imports: Vec<Name>,
}

/// The copy of a file under its own name, with the content that the file has in the sources.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct CopyDetails {
    /// MD5 of its content, in hexadecimal digits: what the tag of an object on S3 is.
    pub md5: String,
    /// As [`FileDetails::headers`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub headers: Option<String>,
}

impl CopyDetails {
    /// A copy with that content.
    pub fn new(md5: impl Into<String>) -> Self {
        Self { md5: md5.into(), headers: None }
    }

    /// Published with headers of that fingerprint.
    pub fn with_headers(mut self, fingerprint: impl Into<Option<String>>) -> Self {
        self.headers = fingerprint.into();
        self
    }
}

impl FileDetails {
    /// What is known about a file.
    pub fn new(size: u64, content_type: impl Into<String>, integrity: impl Into<String>) -> Self {
        Self {
            size,
            content_type: content_type.into(),
            integrity: integrity.into(),
            sha256: None,
            immutable: false,
            headers: None,
            copy: None,
            imports: Vec::new(),
        }
    }

    /// With those imports.
    pub fn with_imports(mut self, imports: Vec<Name>) -> Self {
        self.imports = imports;
        self
    }

    /// With that SHA-256, in hexadecimal digits.
    pub fn with_sha256(mut self, sha256: impl Into<Option<String>>) -> Self {
        self.sha256 = sha256.into();
        self
    }

    /// Of a file that a bundler hashed.
    pub fn with_immutable(mut self, immutable: bool) -> Self {
        self.immutable = immutable;
        self
    }

    /// Published with headers of that fingerprint.
    pub fn with_headers(mut self, fingerprint: impl Into<Option<String>>) -> Self {
        self.headers = fingerprint.into();
        self
    }

    /// With that copy under the file's own name.
    pub fn with_copy(mut self, copy: impl Into<Option<CopyDetails>>) -> Self {
        self.copy = copy.into();
        self
    }
}
