//! Import maps: which file a bare module name such as `three` stands for.
//!
//! A browser takes `import "three"` only where an import map (HTML, section 8.1.6.2) says which address that is. The
//! map is part of the page and no part of any module, so that a new version of a pinned module changes no other
//! module's name. Here it is declared, by files; the collector checks it, and writes it to the manifest, from which
//! [`Manifest::import_map_json`](crate::Manifest::import_map_json) makes the text with hashed addresses.

use std::collections::BTreeMap;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};

/// The extensions of what `import` loads: scripts, and the other kinds of module that HTML knows.
const MODULES: [&str; 4] = ["js", "mjs", "json", "css"];

/// Module names and the static files that they stand for.
///
/// ```
/// use holdall_core::{MemoryStorage, Store};
/// use holdall_static::{Collector, Embedded, ImportMap, Manifest};
///
/// # #[tokio::main] async fn main() -> holdall_core::Result<()> {
/// let files = Embedded::new([
///     ("app.js", "import { Scene } from 'three'; import 'three/addons/loader.js';"),
///     ("vendor/three.js", "export class Scene {}"),
///     ("vendor/jsm/loader.js", "import 'three';"),
/// ])?;
/// let map = ImportMap::new().pin("three", "vendor/three.js").pin_prefix("three/addons/", "vendor/jsm");
/// let store = Store::new(MemoryStorage::new());
/// Collector::new().finder(files).import_map(map).preload("app.js").collect(&store).await?;
///
/// let manifest = Manifest::parse(&store.open("staticfiles.json").await?.bytes().await?)?;
/// let hashed = manifest.get("vendor/three.js").unwrap();
/// let json = manifest.import_map_json(|name| format!("/static/{name}"));
/// assert!(json.contains(&format!(r#""three":"/static/{hashed}""#)));
/// let preloads: Vec<_> = manifest.preloads("app.js").into_iter().map(|name| name.as_str()).collect();
/// assert_eq!(preloads, ["vendor/three.js", "vendor/jsm/loader.js"]);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
#[must_use]
pub struct ImportMap {
    pins: BTreeMap<String, String>,
    prefixes: BTreeMap<String, String>,
    modules: Vec<String>,
}

impl ImportMap {
    /// An empty one.
    pub fn new() -> Self {
        Self::default()
    }

    /// That name stands for that file: `pin("three", "vendor/three/build/three.module.js")`. A second pin of one
    /// name takes the place of the first.
    ///
    /// A file that is not there is a problem of the collection, with the nearest name.
    pub fn pin(mut self, specifier: impl Into<String>, file: impl Into<String>) -> Self {
        self.pins.insert(specifier.into(), file.into());
        self
    }

    /// Names that begin so stand for the files below that directory:
    /// `pin_prefix("three/addons/", "vendor/three/examples/jsm")`. The prefix ends with a slash.
    ///
    /// Hashed names cannot be reached by a prefix, so that each module below the directory (`.js`, `.mjs`, `.json`,
    /// `.css`) becomes an entry. A [`pin`](Self::pin) and a longer prefix go before.
    pub fn pin_prefix(mut self, prefix: impl Into<String>, directory: impl Into<String>) -> Self {
        self.prefixes.insert(prefix.into(), directory.into());
        self
    }

    /// Scripts whose names match get an entry from their own address to the hashed one, so that a program that puts
    /// an address together when it runs (`import(base + "de.js")`) gets the hashed file, too. A pattern as in
    /// [`Ignore`](crate::Ignore); `*` for all scripts, which for many makes a long map in every page.
    pub fn modules(mut self, pattern: impl Into<String>) -> Self {
        self.modules.push(pattern.into());
        self
    }

    /// Whether one of the patterns means that script.
    pub(crate) fn maps_module(&self, name: &Name) -> bool {
        is_script(name) && self.modules.iter().any(|pattern| crate::finders::matches(pattern, name.as_str()))
    }

    /// The single pins.
    pub(crate) fn pins(&self) -> &BTreeMap<String, String> {
        &self.pins
    }

    /// The prefixes, longest first, and the directories with a slash behind them.
    pub(crate) fn prefixes(&self) -> impl Iterator<Item = (&str, String)> {
        // Of two prefixes of one name, the longer one comes later.
        self.prefixes.iter().rev().map(|(prefix, directory)| {
            let directory = directory.trim_end_matches('/');
            (prefix.as_str(), if directory.is_empty() { String::new() } else { format!("{directory}/") })
        })
    }

    /// The file that a name stands for, whether it is there or not.
    pub(crate) fn file(&self, specifier: &str) -> Option<String> {
        let pinned = || self.pins.get(specifier).cloned();
        let below = |(prefix, directory): (&str, String)| {
            specifier.strip_prefix(prefix).map(|rest| format!("{directory}{rest}"))
        };
        pinned().or_else(|| self.prefixes().find_map(below))
    }

    /// # Errors
    ///
    /// `InvalidConfig` for a name that no `import` could mean.
    pub(crate) fn check(&self) -> Result<()> {
        let refuse = |message: String| {
            Err(Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure))
        };
        if let Some(pin) = self.pins.keys().find(|pin| pin.is_empty() || pin.ends_with('/')) {
            return refuse(format!(
                "the import map cannot pin {pin:?}: a name that ends with a slash is a prefix"
            ));
        }
        match self.prefixes.keys().find(|prefix| !prefix.ends_with('/')) {
            Some(prefix) => refuse(format!("the prefix {prefix:?} of the import map must end with a slash")),
            None => Ok(()),
        }
    }
}

/// Whether `import` may load a file of that name.
pub(crate) fn is_module(name: &Name) -> bool {
    name.extension().is_some_and(|extension| MODULES.contains(&extension))
}

/// Whether it is a script.
pub(crate) fn is_script(name: &Name) -> bool {
    matches!(name.extension(), Some("js" | "mjs"))
}
