//! What is embedded: which bytes are which file.

use std::collections::BTreeMap;

use holdall_core::{Attributes, Name};
use serde::{Deserialize, Serialize};

/// The version of this form. The build script and the program may be built with different releases of this crate.
pub(crate) const VERSION: u32 = 1;

/// Everything but the bytes.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct Index {
    pub(crate) version: u32,
    /// The path below which the files are served.
    pub(crate) base: String,
    /// When it was built, in seconds since 1970: when the files were last modified.
    pub(crate) built: u64,
    pub(crate) files: Vec<IndexedFile>,
}

/// One file.
#[derive(Debug, Serialize, Deserialize)]
pub(crate) struct IndexedFile {
    pub(crate) name: Name,
    /// Where it begins among the bytes of all. Several names may mean the same bytes.
    pub(crate) start: u64,
    pub(crate) size: u64,
    /// For its tag: a hash of the bytes.
    pub(crate) hash: String,
    pub(crate) content_type: Option<String>,
    pub(crate) cache_control: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_encoding: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_disposition: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) content_language: Option<String>,
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) user: BTreeMap<String, String>,
}

impl IndexedFile {
    /// The file of these attributes.
    pub(crate) fn new(name: Name, start: u64, size: u64, hash: String, attributes: Attributes) -> Self {
        Self {
            name,
            start,
            size,
            hash,
            content_type: attributes.content_type,
            cache_control: attributes.cache_control,
            content_encoding: attributes.content_encoding,
            content_disposition: attributes.content_disposition,
            content_language: attributes.content_language,
            user: attributes.user,
        }
    }

    pub(crate) fn attributes(&self) -> Attributes {
        let mut attributes = Attributes::default();
        attributes.content_type.clone_from(&self.content_type);
        attributes.cache_control.clone_from(&self.cache_control);
        attributes.content_encoding.clone_from(&self.content_encoding);
        attributes.content_disposition.clone_from(&self.content_disposition);
        attributes.content_language.clone_from(&self.content_language);
        attributes.user.clone_from(&self.user);
        attributes
    }
}
