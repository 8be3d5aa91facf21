//! Which file has a name, as collecting would decide it, asked of the finders each time.

use std::collections::BTreeMap;
use std::time::SystemTime;

use holdall_core::{Error, ErrorKind, Name, Operation, Result};

use crate::collect::{Collector, url_path};
use crate::finders::SourceFile;
use crate::manifest::Manifest;
use crate::serving::{Current, unknown};

/// All files by their names.
type Listed = BTreeMap<Name, SourceFile>;

/// The files of a collector.
#[derive(Debug)]
pub(crate) struct Found {
    collector: Collector,
    /// The last listing. It is no cache of what is there, only of what is known to be right: see
    /// [`find`](Self::find).
    listed: Current<Listed>,
    /// When bytes that are part of the program were last changed, as far as anybody can see: they cannot while it
    /// runs.
    pub(super) started: SystemTime,
}

impl Found {
    pub(super) fn new(collector: &Collector) -> Result<Self> {
        let base = collector.base();
        if !(base.starts_with('/') && base.ends_with('/')) || base.starts_with("//") {
            let message = format!(
                "the base path {base:?} of static files has to begin and end with one slash: \"/static/\""
            );
            return Err(
                Error::message(ErrorKind::InvalidConfig, message).with_operation(Operation::Configure)
            );
        }
        Ok(Self {
            collector: collector.clone(),
            listed: Current::new(Listed::new()),
            started: SystemTime::now(),
        })
    }

    /// The file that would be collected under a name.
    ///
    /// Finders find what they would ignore in a listing, and where the disk takes `App.css` for `app.css` they find
    /// that, too. So a listing decides: the one from before, as long as it has the very file that the first finder
    /// finds now; else a new one. Listing thousands of files for each of twenty tags of a page would be felt.
    pub(crate) fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
        let Some(first) = self.first(name)? else { return Ok(None) };
        if self.listed.get().get(name).is_some_and(|known| known.source == first.source) {
            return Ok(Some(first));
        }
        self.list()?;
        Ok(self.listed.get().get(name).cloned())
    }

    /// What the finders have under a name, in their order.
    fn first(&self, name: &Name) -> Result<Option<SourceFile>> {
        for finder in self.collector.finders() {
            if let Some(file) = finder.find(name)? {
                return Ok(Some(file));
            }
        }
        Ok(None)
    }

    /// Every file that would be collected now.
    pub(super) fn list(&self) -> Result<Listed> {
        let (found, _) = self.collector.find_all()?;
        self.listed.set(found.clone());
        Ok(found)
    }

    /// The path below which the files are served.
    pub(crate) fn base(&self) -> &str {
        self.collector.base()
    }

    /// The URL of a file that exists.
    pub(crate) fn url(&self, name: &Name) -> String {
        format!("{}{}", self.collector.base(), url_path(name))
    }

    /// The error for a name that no finder has.
    pub(crate) fn unknown(&self, name: &str) -> Error {
        match self.list() {
            Ok(listed) => unknown(name, listed.keys()),
            Err(error) => error,
        }
    }
}

/// What a page needs beyond single files.
impl Found {
    /// The manifest that collecting would write if it hashed nothing; bundlers' manifests are read each time.
    pub(crate) fn manifest(&self) -> Result<Manifest> {
        self.collector.unhashed(&self.list()?.into_values().collect::<Vec<_>>())
    }
}
