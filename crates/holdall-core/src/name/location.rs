//! A prefix of names: what a listing looks into and what a wrapper puts in front.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use super::{Name, normalise};
use crate::error::{Error, Result};

/// A checked prefix under which names lie: a directory on a disk, a key prefix in a bucket. The empty
/// location is the root of the storage.
///
/// The rules are those of [`Name`], but a trailing `/` is welcome and the empty text is the root.
///
/// ```
/// use holdall_core::{Location, Name};
///
/// let media = Location::new("media/")?;
/// assert_eq!(media.join(&Name::new("cat.jpg")?)?.as_str(), "media/cat.jpg");
/// # Ok::<(), holdall_core::Error>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Location(Arc<str>);

impl Location {
    /// Checks a location.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) with the rule that was broken.
    pub fn new(location: &str) -> Result<Self> {
        Ok(Self(normalise(location)?.into()))
    }

    /// The root of a storage.
    pub fn root() -> Self {
        Self("".into())
    }

    /// Whether this is the root.
    pub fn is_root(&self) -> bool {
        self.0.is_empty()
    }

    /// The location as text, without a slash at its end; empty for the root.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The last segment; empty for the root.
    pub fn file_name(&self) -> &str {
        self.as_str().rsplit_once('/').map_or(self.as_str(), |(_, last)| last)
    }

    /// The text that every name below this location begins with: empty, or ending in `/`.
    pub fn prefix(&self) -> String {
        if self.is_root() { String::new() } else { format!("{}/", self.0) }
    }

    /// The segments from the outside in; none for the root.
    pub fn segments(&self) -> impl DoubleEndedIterator<Item = &str> {
        self.as_str().split('/').filter(|segment| !segment.is_empty())
    }

    /// The name below this location.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when the two together are too long.
    pub fn join(&self, name: &Name) -> Result<Name> {
        if self.is_root() { Ok(name.clone()) } else { Name::new(&format!("{}/{name}", self.0)) }
    }

    /// The location below this location.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName) when the two together are too long.
    pub fn join_location(&self, inner: &Self) -> Result<Self> {
        Self::new(&format!("{}{}", self.prefix(), inner.0))
    }

    /// This location as seen from `outer`, or `None` when it lies elsewhere.
    pub fn strip_location(&self, outer: &Self) -> Option<Self> {
        if self == outer {
            return Some(Self::root());
        }
        self.as_str().strip_prefix(&outer.prefix()).map(Self::from_checked)
    }

    /// A location whose text is known to be valid.
    pub(super) fn from_checked(text: &str) -> Self {
        debug_assert!(normalise(text).is_ok_and(|same| same == text), "{text:?} was not checked");
        Self(text.into())
    }
}

impl Default for Location {
    fn default() -> Self {
        Self::root()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&*self.0, f)
    }
}

impl AsRef<str> for Location {
    fn as_ref(&self) -> &str {
        &self.0
    }
}

impl FromStr for Location {
    type Err = Error;

    fn from_str(text: &str) -> Result<Self> {
        Self::new(text)
    }
}

/// What can stand where a location is asked for: text, which is checked, or a [`Location`].
pub trait IntoLocation {
    /// Checks the text, or hands the location on.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](crate::ErrorKind::InvalidName), see [`Location::new`].
    fn into_location(self) -> Result<Location>;
}

impl IntoLocation for Location {
    fn into_location(self) -> Result<Location> {
        Ok(self)
    }
}

impl IntoLocation for &Location {
    fn into_location(self) -> Result<Location> {
        Ok(self.clone())
    }
}

impl IntoLocation for &str {
    fn into_location(self) -> Result<Location> {
        Location::new(self)
    }
}

impl IntoLocation for &String {
    fn into_location(self) -> Result<Location> {
        Location::new(self)
    }
}

impl IntoLocation for String {
    fn into_location(self) -> Result<Location> {
        Location::new(&self)
    }
}
