//! Directories of the disk: Django's `STATICFILES_DIRS`.

use std::path::{Path, PathBuf};

use holdall_core::{Error, ErrorKind, Location, Name, Operation, Result};
use walkdir::{DirEntry, WalkDir};

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
        Self { roots: Vec::new() }.and_prefixed(prefix, root)
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

impl Finder for Directories {
    fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>> {
        let mut files = Vec::new();
        for (prefix, root) in &self.roots {
            let kept = |entry: &DirEntry| match entry.file_name().to_str() {
                // The root itself may be called anything.
                _ if entry.depth() == 0 => true,
                Some(own_name) if entry.file_type().is_dir() => !ignore.directory(own_name),
                _ => true,
            };
            let walk =
                WalkDir::new(root).follow_links(true).sort_by_file_name().into_iter().filter_entry(kept);
            for entry in walk {
                let entry = entry.map_err(|error| unreadable(root, error))?;
                if entry.file_type().is_dir() {
                    continue;
                }
                let relative = relative(entry.path().strip_prefix(root).unwrap_or(entry.path()))?;
                if !ignore.file(&relative) {
                    let name = prefix.join(&Name::new(&relative)?)?;
                    files.push(SourceFile::new(name, entry.into_path()));
                }
            }
        }
        Ok(files)
    }

    fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
        for (prefix, root) in &self.roots {
            let Some(inside) = name.strip_location(prefix) else { continue };
            let path = root.join(inside.as_str());
            match std::fs::metadata(&path) {
                Ok(metadata) if metadata.is_file() => return Ok(Some(SourceFile::new(name.clone(), path))),
                Ok(_) => {}
                Err(error) => match ErrorKind::from_io(&error) {
                    // `a` beside a look for `a/b` is a miss, too.
                    ErrorKind::NotFound | ErrorKind::Conflict => {}
                    _ => {
                        return Err(
                            Error::from_io(error).with_message(format!("{} cannot be read", path.display()))
                        );
                    }
                },
            }
        }
        Ok(None)
    }

    fn places(&self) -> Vec<String> {
        self.roots.iter().map(|(_, root)| root.display().to_string()).collect()
    }
}

/// The path below a root as a name has it.
fn relative(path: &Path) -> Result<String> {
    let segments: Option<Vec<&str>> = path.iter().map(|segment| segment.to_str()).collect();
    segments.map(|segments| segments.join("/")).ok_or_else(|| {
        let message = format!("the name of {} is not UTF-8; rename it, or ignore it", path.display());
        Error::message(ErrorKind::InvalidName, message).with_operation(Operation::List)
    })
}

fn unreadable(root: &Path, error: walkdir::Error) -> Error {
    let path = error.path().unwrap_or(root).display().to_string();
    if let Some(ancestor) = error.loop_ancestor() {
        let message = format!(
            "{path} is a symbolic link that leads back to {}; remove or ignore it",
            ancestor.display()
        );
        return Error::message(ErrorKind::InvalidInput, message).with_operation(Operation::List);
    }
    let is_root = error.depth() == 0;
    let kind = error.io_error().map_or(ErrorKind::Other, ErrorKind::from_io);
    let message = match kind {
        ErrorKind::NotFound if is_root => format!("the directory {path} of static files does not exist"),
        ErrorKind::NotFound => format!("{path} disappeared, or is a symbolic link that leads nowhere"),
        ErrorKind::PermissionDenied => format!("{path} must not be read; give read permission, or ignore it"),
        _ => format!("{path} cannot be read"),
    };
    Error::message(kind, message).with_operation(Operation::List).with_source(error)
}
