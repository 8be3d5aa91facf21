//! How files that a bundler hashed are recognised.

use std::path::PathBuf;

use holdall_core::{Error, Location, Operation, Result};

use super::pattern::HashPattern;
use super::vite::ViteManifest;
use super::webpack::WebpackManifest;

#[doc = include_str!("../docs/bundlers.md")]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Prehashed {
    pub(super) rule: Rule,
    pub(super) prefix: Location,
    pub(super) public_path: Option<String>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Rule {
    Vite(PathBuf),
    ViteParsed(ViteManifest),
    Webpack(PathBuf),
    Pattern(HashPattern),
}

impl Prehashed {
    fn new(rule: Rule) -> Self {
        Self { rule, prefix: Location::root(), public_path: None }
    }

    /// What Vite's manifest lists, which `build.manifest: true` makes it write to `dist/.vite/manifest.json`. It is
    /// read when files are collected.
    ///
    /// Its entries come into the manifest of static files, each with its style sheets and the modules to load
    /// ahead: see [`Manifest::entry`](crate::Manifest::entry).
    pub fn vite(manifest: impl Into<PathBuf>) -> Self {
        Self::new(Rule::Vite(manifest.into()))
    }

    /// What that manifest lists, which was read already: for files that are part of the program.
    pub fn vite_manifest(manifest: ViteManifest) -> Self {
        Self::new(Rule::ViteParsed(manifest))
    }

    /// What a manifest of webpack lists: that of `webpack-manifest-plugin`, or of `webpack-assets-manifest`. It is
    /// read when files are collected.
    ///
    /// Names that it gives to files, and with `entrypoints: true` the entries of `webpack-assets-manifest`, come into
    /// the manifest of static files: see [`Manifest::entry`](crate::Manifest::entry).
    pub fn webpack(manifest: impl Into<PathBuf>) -> Self {
        Self::new(Rule::Webpack(manifest.into()))
    }

    /// Names that fit a pattern with `[hash]` where the hash stands: `assets/*-[hash].js`.
    ///
    /// The rest of the pattern is as in [`Ignore`](crate::Ignore). `[hash]` is eight letters, digits, `_` or `-`
    /// (Vite, Rollup, esbuild), or 8 to 64 hexadecimal digits (webpack, Parcel); `[hash:12]` is twelve letters,
    /// digits, `_` or `-`. A digit or an upper-case letter must be among them, so that `my-settings.js` is no
    /// hashed name; an upper-case letter, where a hash of no said length has `_` or `-` inside. Of a thousand hashes
    /// a few look like words all the same: a bundler's manifest knows better.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidConfig`](holdall_core::ErrorKind::InvalidConfig) for a pattern that has not exactly one
    /// `[hash]`.
    pub fn pattern(pattern: &str) -> Result<Self> {
        Ok(Self::new(Rule::Pattern(HashPattern::new(pattern)?)))
    }

    /// The prefix below which the bundler's files are collected: what
    /// [`Directories::and_prefixed`](crate::Directories::and_prefixed) was told. Keys of entries get it too.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](holdall_core::ErrorKind::InvalidName) when the prefix is none.
    pub fn prefix(mut self, prefix: &str) -> Result<Self> {
        self.prefix = Location::new(prefix)?;
        Ok(self)
    }

    /// What webpack writes before every name in its manifest, its `output.publicPath`, where that is neither
    /// relative nor below [`Collector::base_path`](crate::Collector::base_path): the address of a CDN.
    pub fn public_path(mut self, public_path: impl Into<String>) -> Self {
        self.public_path = Some(public_path.into());
        self
    }
}

impl Prehashed {
    /// The manifest whose change changes what is recognised.
    pub(crate) fn watched(&self) -> Option<PathBuf> {
        match &self.rule {
            Rule::Vite(path) | Rule::Webpack(path) => Some(path.clone()),
            Rule::ViteParsed(_) | Rule::Pattern(_) => None,
        }
    }
}

impl Rule {
    /// For people.
    pub(super) fn describe(&self) -> String {
        match self {
            Self::Vite(path) | Self::Webpack(path) => path.display().to_string(),
            Self::ViteParsed(_) => "Vite's manifest".to_owned(),
            Self::Pattern(pattern) => format!("the pattern {}", pattern.text()),
        }
    }

    /// Reads the manifest of a bundler.
    pub(super) fn read(&self) -> Result<Read> {
        let bytes = |path: &PathBuf| {
            std::fs::read(path).map_err(|error| {
                let message = format!(
                    "the bundler's manifest {} cannot be read ({error}); build first, with its manifest switched on",
                    path.display()
                );
                Error::from_io(error).with_message(message).with_operation(Operation::Open)
            })
        };
        let named = |path: &PathBuf, error: Error| {
            let message = format!("{}: {}", path.display(), error.reason());
            error.with_message(message)
        };
        Ok(match self {
            Self::Vite(path) => {
                Read::Vite(ViteManifest::parse(&bytes(path)?).map_err(|error| named(path, error))?)
            }
            Self::Webpack(path) => {
                Read::Webpack(WebpackManifest::parse(&bytes(path)?).map_err(|error| named(path, error))?)
            }
            Self::ViteParsed(manifest) => Read::Vite(manifest.clone()),
            Self::Pattern(pattern) => Read::Pattern(pattern.clone()),
        })
    }
}

/// A rule whose manifest is read.
pub(super) enum Read {
    Vite(ViteManifest),
    Webpack(WebpackManifest),
    Pattern(HashPattern),
}
