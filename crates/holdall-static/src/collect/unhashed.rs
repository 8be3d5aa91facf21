//! The manifest of files that are not collected: for development.

use std::collections::{BTreeMap, HashMap};

use holdall_core::Result;

use super::Collector;
use super::problem::refuse;
use crate::bundle::Recognised;
use crate::finders::SourceFile;
use crate::manifest::Manifest;

impl Collector {
    /// The manifest in which every name stands for itself, with what these files' bundlers say about entries and
    /// with the import map; without looking into a single file.
    ///
    /// # Errors
    ///
    /// For an import map that means a file that is not there, as for a collection.
    pub(crate) fn unhashed(&self, sources: &[SourceFile]) -> Result<Manifest> {
        let rules = &self.rules;
        let index: HashMap<&str, usize> =
            sources.iter().enumerate().map(|(at, file)| (file.name.as_str(), at)).collect();
        let mut problems = Vec::new();
        let modules = rules.modules.resolve(sources, &index, &rules.policy, &mut problems)?;
        refuse(&problems)?;
        let mut manifest = Manifest::default();
        for file in sources {
            manifest.insert(file.name.clone(), file.name.clone(), None);
        }
        for (key, entry) in Recognised::by(&self.prehashed, sources, &rules.policy, &rules.base)?.entries {
            manifest.insert_entry(key, entry);
        }
        manifest.set_import_map(modules.planned(&rules.modules, sources, &BTreeMap::new()).import_map);
        Ok(manifest)
    }
}
