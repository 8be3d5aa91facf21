//! Which file was meant: for references to files that are not there.

use std::cell::Cell;
use std::collections::HashMap;

use holdall_core::Name;

use super::policy::MissingKind;
use crate::finders::SourceFile;
use crate::nearest::Names;

/// How many suggestions a collection makes. Nobody reads more of them, and each costs a search.
const SUGGESTIONS: usize = 1_000;

/// Suggestions for files that are not there.
#[derive(Debug)]
pub(super) struct Suggestions<'a> {
    index: &'a HashMap<&'a str, usize>,
    names: Names<'a, Name>,
    left: Cell<usize>,
}

impl<'a> Suggestions<'a> {
    pub(super) fn new(sources: &'a [SourceFile], index: &'a HashMap<&'a str, usize>) -> Self {
        let names = Names::new(sources.iter().map(|file| &file.name));
        Self { index, names, left: Cell::new(SUGGESTIONS) }
    }

    /// The file that a reference means which stands in the file `from`. That one is not meant, and a source map is no
    /// other kind of file.
    pub(super) fn file(&self, missing: &str, from: &Name, kind: MissingKind) -> Option<Name> {
        if let Some(found) = self.with_ending(missing, kind) {
            return Name::new(found).ok();
        }
        self.left.set(self.left.get().checked_sub(1)?);
        let is_map = missing.rsplit_once('.').is_some_and(|(_, extension)| extension == "map");
        let fits = |name: &Name| name != from && (!is_map || name.extension() == Some("map"));
        self.names.nearest(missing, fits).cloned()
    }

    /// What a bundler would take for it: `lib` is `lib.js` or `lib/index.js` there.
    fn with_ending(&self, missing: &str, kind: MissingKind) -> Option<&'a str> {
        let endings: &[&str] = match kind {
            MissingKind::Import | MissingKind::DynamicImport | MissingKind::Url => {
                &[".js", ".mjs", "/index.js", "/index.mjs"]
            }
            MissingKind::Css => &[".css"],
            _ => &[],
        };
        let mut candidates = endings.iter().map(|ending| format!("{missing}{ending}"));
        candidates.find_map(|name| self.index.get_key_value(name.as_str()).map(|(name, _)| *name))
    }
}
