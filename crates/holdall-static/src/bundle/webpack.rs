//! The manifests of webpack: what its build made of which source.
//!
//! webpack writes none by itself. Of `webpack-manifest-plugin` it is a flat object of names and paths; of
//! `webpack-assets-manifest` the same, or with objects (`src`, `integrity`) for paths, and with `entrypoints`
//! where that was asked for.

use std::collections::BTreeMap;

use holdall_core::{Error, ErrorKind, Operation, Result};
use serde::Deserialize;

/// Either one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WebpackManifest {
    /// Paths by logical name: `main.js`.
    pub(super) assets: BTreeMap<String, String>,
    /// By name: `main`.
    pub(super) entries: BTreeMap<String, WebpackEntry>,
}

/// What a page loads, in this order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct WebpackEntry {
    pub(super) scripts: Vec<String>,
    pub(super) css: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Asset {
    Path(String),
    Details { src: String },
}

impl Asset {
    fn path(self) -> String {
        match self {
            Self::Path(path) | Self::Details { src: path } => path,
        }
    }
}

#[derive(Deserialize)]
struct Stored {
    #[serde(default)]
    entrypoints: BTreeMap<String, Group>,
    #[serde(flatten)]
    assets: BTreeMap<String, Asset>,
}

#[derive(Deserialize)]
struct Group {
    assets: ByKind,
}

#[derive(Deserialize)]
struct ByKind {
    #[serde(default)]
    js: Vec<Asset>,
    #[serde(default)]
    css: Vec<Asset>,
}

impl WebpackManifest {
    pub(super) fn parse(bytes: &[u8]) -> Result<Self> {
        let stored: Stored = serde_json::from_slice(bytes).map_err(|error| {
            let message = format!(
                "it is no manifest of webpack-manifest-plugin or webpack-assets-manifest ({error}): an object of \
                 names and paths"
            );
            Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::Open)
        })?;
        let paths = |assets: Vec<Asset>| assets.into_iter().map(Asset::path).collect();
        let entry =
            |group: Group| WebpackEntry { scripts: paths(group.assets.js), css: paths(group.assets.css) };
        Ok(Self {
            assets: stored.assets.into_iter().map(|(name, asset)| (name, asset.path())).collect(),
            entries: stored.entrypoints.into_iter().map(|(name, group)| (name, entry(group))).collect(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::WebpackManifest;

    #[test]
    fn both_forms_are_read() {
        let flat = WebpackManifest::parse(br#"{"main.js": "/static/main.b60394e5.js"}"#).unwrap();
        assert_eq!(flat.assets["main.js"], "/static/main.b60394e5.js");
        let rich = WebpackManifest::parse(
            br#"{"main.js": {"src": "main.b60394e5.js", "integrity": "x"}, "a.png": "a.5dc0c307.png",
                 "entrypoints": {"main": {"assets": {"js": ["runtime.js", {"src": "main.b60394e5.js"}], "css": []}}}}"#,
        )
        .unwrap();
        assert_eq!(rich.assets["main.js"], flat.assets["main.js"]["/static/".len()..]);
        assert_eq!(rich.entries["main"].scripts, ["runtime.js", "main.b60394e5.js"]);
        for text in ["", "[]", r#"{"main.js": 1}"#, r#"{"files": {"main.js": "a"}}"#] {
            let error = WebpackManifest::parse(text.as_bytes()).unwrap_err();
            assert!(error.reason().contains("no manifest of webpack"), "{text}: {error}");
        }
    }
}
