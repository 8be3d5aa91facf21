//! Finders: where static files come from.

#[cfg(feature = "crates")]
mod crates;
mod directories;
mod embedded;
mod ignore;
mod walk;

use std::borrow::Cow;
use std::path::PathBuf;
use std::{fmt, io};

use bytes::Bytes;
use holdall_core::{Name, Result};

#[cfg(feature = "crates")]
pub use self::crates::Crates;
pub use self::directories::Directories;
pub use self::embedded::Embedded;
pub use self::ignore::Ignore;
pub(crate) use self::ignore::matches;

/// Somewhere to find static files. The order of finders is their priority: where two have a file of one name,
/// the first one's is taken, and the other one is reported.
///
/// One of your own, for what a program makes out of its settings:
///
/// ```
/// use holdall_core::{Name, Result};
/// use holdall_static::{Collector, Finder, Ignore, SourceFile};
///
/// #[derive(Debug)]
/// struct Theme {
///     accent: String,
/// }
///
/// impl Finder for Theme {
///     fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>> {
///         let file = self.find(&Name::new("css/theme.css")?)?;
///         Ok(file.into_iter().filter(|file| !ignore.file(file.name.as_str())).collect())
///     }
///
///     fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
///         let text = format!(":root {{ --accent: {} }}\n", self.accent);
///         Ok((*name == "css/theme.css").then(|| SourceFile::new(name.clone(), bytes::Bytes::from(text))))
///     }
///
///     fn places(&self) -> Vec<String> {
///         vec!["the theme of the settings".to_owned()]
///     }
/// }
///
/// let collector = Collector::new().finder(Theme { accent: "teal".to_owned() });
/// ```
pub trait Finder: fmt::Debug + Send + Sync {
    /// All files, in the order of their names, but for those to ignore.
    ///
    /// # Errors
    ///
    /// What keeps the finder from knowing all of its files: a directory that is missing or cannot be read, a
    /// loop of symbolic links, a name that is no UTF-8. It names the path.
    fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>>;

    /// The file of that name, if the finder has it; what it ignores in a list is found here.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    fn find(&self, name: &Name) -> Result<Option<SourceFile>>;

    /// Every file of that name, where the finder has several: the first is the one that [`find`](Self::find) gives.
    ///
    /// # Errors
    ///
    /// As [`list`](Self::list).
    fn find_all(&self, name: &Name) -> Result<Vec<SourceFile>> {
        Ok(self.find(name)?.into_iter().collect())
    }

    /// Where it looks, for people.
    fn places(&self) -> Vec<String>;

    /// Files and directories of the disk whose change may change what is found: for a build script, which is run
    /// again then. A directory stands for all that is below it. Nothing, unless a finder says otherwise.
    fn watched(&self) -> Vec<PathBuf> {
        Vec::new()
    }
}

/// A static file before it is collected.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct SourceFile {
    /// The name under which it is collected.
    pub name: Name,
    /// Where its bytes are.
    pub source: Source,
}

impl SourceFile {
    /// A file of that name with those bytes.
    pub fn new(name: Name, source: impl Into<Source>) -> Self {
        Self { name, source: source.into() }
    }
}

/// Where the bytes of a static file are.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Source {
    /// In a file.
    Path(PathBuf),
    /// In memory, often as part of the program.
    Bytes(Bytes),
}

impl Source {
    /// Reads everything.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub(crate) fn read(&self) -> io::Result<Bytes> {
        match self {
            Self::Path(path) => {
                walk::check_file(path)?;
                std::fs::read(path).map(Bytes::from)
            }
            Self::Bytes(bytes) => Ok(bytes.clone()),
        }
    }

    /// How many bytes there are now.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub(crate) fn size(&self) -> io::Result<u64> {
        match self {
            Self::Path(path) => std::fs::metadata(path).map(|metadata| metadata.len()),
            Self::Bytes(bytes) => Ok(bytes.len() as u64),
        }
    }

    /// Opens it, to be read piece by piece.
    ///
    /// # Errors
    ///
    /// Those of the file.
    pub(crate) fn open(&self) -> io::Result<Box<dyn io::Read + Send + '_>> {
        match self {
            Self::Path(path) => {
                walk::check_file(path)?;
                Ok(Box::new(std::fs::File::open(path)?))
            }
            Self::Bytes(bytes) => Ok(Box::new(bytes.as_ref())),
        }
    }

    /// For people.
    pub(crate) fn describe(&self) -> Cow<'_, str> {
        match self {
            Self::Path(path) => path.to_string_lossy(),
            Self::Bytes(_) => Cow::Borrowed("embedded in the program"),
        }
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::Path(path)
    }
}

impl From<Bytes> for Source {
    fn from(bytes: Bytes) -> Self {
        Self::Bytes(bytes)
    }
}
