//! Entries: what a page loads to run one program of a bundler.

use holdall_core::{Name, Result};
use serde::{Deserialize, Serialize};

/// Everything that a page loads for one entry: in a manifest of static files, under the entry's key.
///
/// The names are those of static files; [`Manifest::get`](crate::Manifest::get) says under which each is published,
/// which is the same for what the bundler hashed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct EntryPoint {
    /// What the bundler made of the entry's source itself; `None` for a group of files.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Name>,
    /// For `<script>` tags, in this order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub scripts: Vec<Name>,
    /// Whether the scripts are modules: `type="module"`.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub module: bool,
    /// For `<link rel="stylesheet">`, in this order: of two rules that differ the later one wins.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub css: Vec<Name>,
    /// For `<link rel="modulepreload">`: what the scripts import, so that a browser need not find it out file by
    /// file.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub preload: Vec<Name>,
}

impl EntryPoint {
    /// All names, each as often as it stands there.
    pub fn names(&self) -> impl Iterator<Item = &Name> {
        self.file.iter().chain(&self.scripts).chain(&self.css).chain(&self.preload)
    }

    /// The same with other names.
    pub(crate) fn try_map(self, mut with: impl FnMut(Name) -> Result<Name>) -> Result<Self> {
        let mut each = |names: Vec<Name>| names.into_iter().map(&mut with).collect::<Result<Vec<Name>>>();
        let file = each(self.file.into_iter().collect())?.pop();
        let (scripts, css, preload) = (each(self.scripts)?, each(self.css)?, each(self.preload)?);
        Ok(Self { file, scripts, module: self.module, css, preload })
    }

    /// Without the names that something is said against.
    pub(crate) fn retain(mut self, mut keep: impl FnMut(&Name) -> bool) -> Self {
        self.file = self.file.filter(&mut keep);
        for names in [&mut self.scripts, &mut self.css, &mut self.preload] {
            names.retain(&mut keep);
        }
        self
    }
}
