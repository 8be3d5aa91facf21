//! Checked names: the only way to say which file is meant.

mod candidates;
mod location;
mod sanitize;
#[cfg(test)]
mod tests;

use std::borrow::{Borrow, Cow};
use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

pub use self::candidates::Candidates;
pub use self::location::{IntoLocation, Location};
use crate::error::{Error, ErrorKind, Result};

/// A checked, relative, `/`-separated name of a file inside a storage: what Django calls *name* and
/// S3 *key*.
///
/// A `Name` that exists is safe: no backend has to check it again, and none can forget to. The same
/// text is accepted or refused on every storage.
///
/// - `\` becomes `/`; empty and `.` segments collapse (`a//./b` is `a/b`).
/// - Refused: `..` segments, a leading `/`, the empty name, a name that ends in `/` (it says
///   "directory"), control characters and NUL, more than [`Name::MAX_BYTES`] bytes (S3's limit), and
///   segments that begin with [`Name::RESERVED_PREFIX`], which storages use for staging.
/// - Everything else is kept byte for byte. Unicode is not normalised: NFC and NFD forms are two
///   names, as on Linux and on S3.
///
/// Cloning is cheap. With serde a name is its text, which is checked when it is read.
///
/// ```
/// use holdall_core::Name;
///
/// assert_eq!(Name::new(r"usr\2026//cat.jpg")?.as_str(), "usr/2026/cat.jpg");
/// assert!(Name::new("../etc/passwd").is_err());
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct Name(Arc<str>);

impl Name {
    /// The most bytes of UTF-8 that a whole name may have: the limit of an S3 key.
    pub const MAX_BYTES: usize = 1024;

    /// Segments that begin so belong to the storages themselves (staging files, probes).
    pub const RESERVED_PREFIX: &'static str = ".holdall-";

    /// Checks a name strictly.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] with a sentence that says which rule was broken.
    pub fn new(name: &str) -> Result<Self> {
        let text = normalise(name)?;
        if text.is_empty() {
            return Err(invalid(name, "it is empty"));
        }
        if names_a_directory(name) {
            return Err(invalid(name, "it ends as a directory does; a file's name must follow"));
        }
        Ok(Self(text.into()))
    }

    /// Makes a valid file name out of what a person or a browser calls a file: Django's
    /// `get_valid_name`.
    ///
    /// Outer white space goes, inner spaces become `_`, and everything but letters and digits (of any
    /// script), `_`, `-` and `.` is dropped, `/` and `\` too: the result is one segment. It is cut to
    /// 255 bytes, on a character boundary, with the extension kept. Unlike Python's `\w`, vowel signs
    /// of scripts that need them are letters here and stay.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`] when nothing is left that could name a file.
    ///
    /// ```
    /// use holdall_core::Name;
    ///
    /// let name = Name::sanitize("john's portrait in 2004.jpg")?;
    /// assert_eq!(name.as_str(), "johns_portrait_in_2004.jpg");
    /// # Ok::<(), holdall_core::Error>(())
    /// ```
    pub fn sanitize(file_name: &str) -> Result<Self> {
        sanitize::sanitize(file_name)
    }

    /// The name as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment.
    pub fn file_name(&self) -> &str {
        self.as_str().rsplit_once('/').map_or(self.as_str(), |(_, file)| file)
    }

    /// Where the file lies: everything before the last segment.
    pub fn parent(&self) -> Location {
        Location::from_checked(self.as_str().rsplit_once('/').map_or("", |(parent, _)| parent))
    }

    /// The text behind the last dot of the file name, if there is one and a stem before it.
    pub fn extension(&self) -> Option<&str> {
        match self.file_name().rsplit_once('.') {
            Some((stem, extension)) if !stem.is_empty() && !extension.is_empty() => Some(extension),
            _ => None,
        }
    }

    /// The segments from the outside in; there is at least one.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.as_str().split('/')
    }

    /// Splits the file name before its first dot, as Django does when it looks for a free name:
    /// `a/x.tar.gz` is `("x", ".tar.gz")`. Leading dots belong to the stem, and a file name that ends
    /// in a dot has no suffix.
    pub fn stem_and_suffix(&self) -> (&str, &str) {
        let file = self.file_name();
        if file.ends_with('.') {
            return (file, "");
        }
        let leading = file.len() - file.trim_start_matches('.').len();
        match file[leading..].find('.') {
            Some(dot) => file.split_at(leading + dot),
            None => (file, ""),
        }
    }

    /// The name below a location, or `None` when it lies elsewhere. Whole segments are compared.
    pub fn strip_location(&self, location: &Location) -> Option<Self> {
        if location.is_root() {
            return Some(self.clone());
        }
        let rest = self.as_str().strip_prefix(location.as_str())?.strip_prefix('/')?;
        Some(Self(rest.into()))
    }
}

/// Whether the text says "directory": its last segment is empty or `.`.
fn names_a_directory(text: &str) -> bool {
    matches!(text.rsplit(['/', '\\']).next(), Some("" | "."))
}

/// What [`Name`] and [`Location`] have in common: separators, empty segments and what is refused.
fn normalise(text: &str) -> Result<Cow<'_, str>> {
    if text.starts_with(['/', '\\']) {
        return Err(invalid(text, "it is absolute; names are relative to the storage"));
    }
    if text.chars().any(char::is_control) {
        return Err(invalid(text, "it has a control character"));
    }
    let mut collapse = text.contains('\\');
    for segment in text.split(['/', '\\']) {
        match segment {
            ".." => {
                return Err(invalid(text, "it has a \"..\" segment, which could lead outside the storage"));
            }
            "" | "." => collapse = true,
            _ if segment.starts_with(Name::RESERVED_PREFIX) => {
                return Err(invalid(text, "segments that begin with \".holdall-\" are reserved"));
            }
            _ => {}
        }
    }
    let normal = if collapse {
        let segments = text.split(['/', '\\']).filter(|segment| !matches!(*segment, "" | "."));
        Cow::Owned(segments.collect::<Vec<_>>().join("/"))
    } else {
        Cow::Borrowed(text)
    };
    if normal.len() > Name::MAX_BYTES {
        return Err(invalid(text, &format!("it has {} bytes; at most 1,024 are allowed", normal.len())));
    }
    Ok(normal)
}

/// The error of this module. Long names are shortened: the message is for people and logs.
fn invalid(name: &str, reason: &str) -> Error {
    let shown: String = name.chars().take(120).collect();
    let dots = if shown.len() < name.len() { "..." } else { "" };
    Error::message(ErrorKind::InvalidName, format!("{:?} is not a valid name: {reason}", shown + dots))
}

/// A name orders and hashes as its text does, so that maps by name can be asked with text.
impl Borrow<str> for Name {
    fn borrow(&self) -> &str {
        self.as_str()
    }
}

impl fmt::Display for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Name {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl AsRef<str> for Name {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl PartialEq<str> for Name {
    fn eq(&self, other: &str) -> bool {
        self.as_str() == other
    }
}

impl PartialEq<&str> for Name {
    fn eq(&self, other: &&str) -> bool {
        self.as_str() == *other
    }
}

impl FromStr for Name {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl TryFrom<&str> for Name {
    type Error = Error;

    fn try_from(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

impl TryFrom<String> for Name {
    type Error = Error;

    fn try_from(text: String) -> Result<Self> {
        Self::new(&text)
    }
}

impl From<Name> for String {
    fn from(name: Name) -> Self {
        name.as_str().to_owned()
    }
}

/// What can stand where a name is asked for: text, which is checked, or a [`Name`].
pub trait IntoName {
    /// Checks the text, or hands the name on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`], see [`Name::new`].
    fn into_name(self) -> Result<Name>;
}

impl IntoName for Name {
    fn into_name(self) -> Result<Name> {
        Ok(self)
    }
}

impl IntoName for &Name {
    fn into_name(self) -> Result<Name> {
        Ok(self.clone())
    }
}

impl IntoName for &str {
    fn into_name(self) -> Result<Name> {
        Name::new(self)
    }
}

impl IntoName for &String {
    fn into_name(self) -> Result<Name> {
        Name::new(self)
    }
}

impl IntoName for String {
    fn into_name(self) -> Result<Name> {
        Name::new(&self)
    }
}
