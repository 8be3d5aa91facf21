//! Directories of the disk: Django's `STATICFILES_DIRS`.

use std::path::PathBuf;

use holdall_core::{Error, ErrorKind, Location, Name, Result};

use super::walk::walk;
use super::{Finder, Ignore, SourceFile};

/// A directory, and the prefix that its files get. Symbolic links are followed; what they lead to is collected
/// as if it lay there.
///
/// ```
/// use holdall_static::Directories;
///
/// # fn main() -> holdall_core::Result<()> {
/// // `node_modules/htmx.org/dist/htmx.js` becomes `vendor/htmx.js`.
/// let finder = Directories::new("static").and_prefixed("vendor", "node_modules/htmx.org/dist")?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone)]
pub struct Directories {
    roots: Vec<(Location, PathBuf)>,
}

impl Directories {
    /// The files below that directory, under their own names.
    pub fn new(root: impl Into<PathBuf>) -> Self {
        Self { roots: vec![(Location::root(), root.into())] }
    }

    /// The files below that directory, under names that begin with a prefix.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the prefix is none.
    pub fn prefixed(prefix: &str, root: impl Into<PathBuf>) -> Result<Self> {
        Ok(Self { roots: vec![(Location::new(prefix)?, root.into())] })
    }

    /// No directory yet.
    #[cfg(feature = "crates")]
    pub(super) fn none() -> Self {
        Self { roots: Vec::new() }
    }

    /// And the files below another one, with less priority.
    pub fn and(mut self, root: impl Into<PathBuf>) -> Self {
        self.roots.push((Location::root(), root.into()));
        self
    }

    /// And the files below another one, under names that begin with a prefix.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when the prefix is none.
    pub fn and_prefixed(mut self, prefix: &str, root: impl Into<PathBuf>) -> Result<Self> {
        self.roots.push((Location::new(prefix)?, root.into()));
        Ok(self)
    }
}

impl Directories {
    /// The files of that name, root by root.
    fn files(&self, name: &Name) -> impl Iterator<Item = Result<SourceFile>> {
        self.roots.iter().filter_map(|(prefix, root)| {
            let path = root.join(name.strip_location(prefix)?.as_str());
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => Some(Ok(SourceFile::new(name.clone(), path))),
                Ok(_) => None,
                Err(error) => match ErrorKind::from_io(&error) {
                    // `a` beside a look for `a/b` is a miss, too.
                    ErrorKind::NotFound | ErrorKind::Conflict => None,
                    _ => {
                        let message = format!("{} cannot be read", path.display());
                        Some(Err(Error::from_io(error).with_message(message)))
                    }
                },
            }
        })
    }
}

impl Finder for Directories {
    fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>> {
        let walks = self.roots.iter().map(|(prefix, root)| walk(prefix, root, ignore));
        Ok(walks.collect::<Result<Vec<_>>>()?.concat())
    }

    fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
        self.files(name).next().transpose()
    }

    fn find_all(&self, name: &Name) -> Result<Vec<SourceFile>> {
        self.files(name).collect()
    }

    fn places(&self) -> Vec<String> {
        self.roots.iter().map(|(_, root)| root.display().to_string()).collect()
    }

    fn watched(&self) -> Vec<PathBuf> {
        self.roots.iter().map(|(_, root)| root.clone()).collect()
    }
}
