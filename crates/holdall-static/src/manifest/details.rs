//! What a manifest of ours knows about a file beyond its hashed name.
//!
//! Every field that comes later is optional: a manifest that was written before must still be read.

use std::collections::BTreeMap;

use holdall_core::{Name, Result};
use serde::{Deserialize, Deserializer, Serialize};

use crate::compress::{Encoding, Variant};

/// What a manifest of ours knows about a file beyond its hashed name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct FileDetails {
    /// Bytes of the file as a client has it, once any encoding is undone. What a listing tells is
    /// [`stored_size`](Self::stored_size).
    pub size: u64,
    /// Its content type, with charset.
    pub content_type: String,
    /// SHA-256 of the published bytes, in 64 hexadecimal digits: what other programs compare files by. Manifests
    /// of before have none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sha256: Option<String>,
    /// What goes into the `integrity` attribute (Subresource Integrity): SHA-384 of the published bytes, once any
    /// encoding is undone.
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
    /// What is known about the file in each encoding that was asked for, those that did not pay among them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty", deserialize_with = "known")]
    pub variants: BTreeMap<Encoding, Variant>,
    /// The encoding of the object under the hashed name itself
    /// ([`Compression::in_place`](crate::Compression::in_place)); then nothing lies beside it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub encoding: Option<Encoding>,
}

/// The variants whose encoding is known; others come from a newer version of this library.
fn known<'de, D: Deserializer<'de>>(manifest: D) -> Result<BTreeMap<Encoding, Variant>, D::Error> {
    let variants = BTreeMap::<String, Variant>::deserialize(manifest)?;
    Ok(variants.into_iter().filter_map(|(token, variant)| Some((token.parse().ok()?, variant))).collect())
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
            variants: BTreeMap::new(),
            encoding: None,
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

    /// With those variants, which lie beside the file or, where an encoding is given, in its place.
    pub fn with_variants(
        mut self,
        variants: BTreeMap<Encoding, Variant>,
        encoding: impl Into<Option<Encoding>>,
    ) -> Self {
        (self.variants, self.encoding) = (variants, encoding.into());
        self
    }

    /// Bytes of the object under the hashed name, as a listing tells them.
    pub fn stored_size(&self) -> u64 {
        let encoded = self.encoding.and_then(|encoding| self.variants.get(&encoding)?.size);
        encoded.unwrap_or(self.size)
    }

    /// The variants that lie beside the file: encoding, name and bytes of each.
    ///
    /// # Errors
    ///
    /// `InvalidName` when a name is longer than a name may be, which that of no variant is that was published.
    pub fn beside(&self, hashed: &Name) -> impl Iterator<Item = Result<(Encoding, Name, u64)>> {
        let variants = if self.encoding.is_none() { Some(&self.variants) } else { None };
        let kept =
            variants.into_iter().flatten().filter_map(|(encoding, variant)| Some((*encoding, variant.size?)));
        kept.map(|(encoding, size)| Ok((encoding, encoding.variant_of(hashed)?, size)))
    }
}
