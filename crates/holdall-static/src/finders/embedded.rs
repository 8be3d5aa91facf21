//! Files that are part of the program.

use std::borrow::Cow;
use std::collections::BTreeMap;

use bytes::Bytes;
use holdall_core::{Name, Result};

use super::{Finder, Ignore, SourceFile};

/// Files in memory: those of `rust-embed`, `include_dir` or `include_bytes!`. (What a build script has hashed
/// already is a [`ProgramStorage`](crate::ProgramStorage).)
///
/// ```
/// use holdall_static::Embedded;
///
/// # fn main() -> holdall_core::Result<()> {
/// let files = Embedded::new([("css/app.css", b"body { margin: 0 }".as_slice())])?;
/// # Ok(()) }
/// ```
///
/// Of `rust-embed`:
///
/// ```
/// use holdall_static::Embedded;
///
/// #[derive(rust_embed::Embed)]
/// #[folder = "tests/embed/program/static"]
/// struct Files;
///
/// # fn main() -> holdall_core::Result<()> {
/// let files = Files::iter().filter_map(|name| Files::get(&name).map(|file| (name, file.data)));
/// let finder = Embedded::from_cows(files)?;
/// # use holdall_static::{Finder, Ignore};
/// # assert_eq!(finder.list(&Ignore::default())?.len(), 3);
/// # Ok(()) }
/// ```
///
/// Of `include_dir`:
///
/// ```
/// use holdall_static::Embedded;
/// use include_dir::{Dir, DirEntry, include_dir};
///
/// static FILES: Dir<'static> = include_dir!("$CARGO_MANIFEST_DIR/tests/embed/program/static");
///
/// fn files(directory: &'static Dir<'static>) -> Vec<(&'static str, &'static [u8])> {
///     let each = directory.entries().iter().flat_map(|entry| match entry {
///         DirEntry::Dir(inside) => files(inside),
///         DirEntry::File(file) => file.path().to_str().map(|name| (name, file.contents())).into_iter().collect(),
///     });
///     each.collect()
/// }
///
/// # fn main() -> holdall_core::Result<()> {
/// let finder = Embedded::new(files(&FILES))?;
/// # use holdall_static::{Finder, Ignore};
/// # assert_eq!(finder.list(&Ignore::default())?.len(), 3);
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Default)]
pub struct Embedded {
    files: BTreeMap<Name, Bytes>,
}

impl Embedded {
    /// Files by name. Of two with one name the last is kept.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::InvalidName`](holdall_core::ErrorKind::InvalidName).
    pub fn new<N: AsRef<str>>(files: impl IntoIterator<Item = (N, impl Into<Bytes>)>) -> Result<Self> {
        let files = files.into_iter().map(|(name, bytes)| Ok((Name::new(name.as_ref())?, bytes.into())));
        Ok(Self { files: files.collect::<Result<_>>()? })
    }

    /// Files that are part of the program or, as `rust-embed` does in debug builds, were read a moment ago.
    ///
    /// # Errors
    ///
    /// As [`new`](Self::new).
    pub fn from_cows<N: AsRef<str>>(
        files: impl IntoIterator<Item = (N, Cow<'static, [u8]>)>,
    ) -> Result<Self> {
        Self::new(files.into_iter().map(|(name, bytes)| {
            let bytes = match bytes {
                Cow::Borrowed(bytes) => Bytes::from_static(bytes),
                Cow::Owned(bytes) => Bytes::from(bytes),
            };
            (name, bytes)
        }))
    }
}

impl Finder for Embedded {
    fn list(&self, ignore: &Ignore) -> Result<Vec<SourceFile>> {
        let kept = |name: &Name| {
            let text = name.as_str();
            let mut directories = text.match_indices('/').map(|(slash, _)| &text[..slash]);
            !ignore.file(text) && !directories.any(|directory| ignore.directory(directory))
        };
        let files = self.files.iter().filter(|(name, _)| kept(name));
        Ok(files.map(|(name, bytes)| SourceFile::new(name.clone(), bytes.clone())).collect())
    }

    fn find(&self, name: &Name) -> Result<Option<SourceFile>> {
        Ok(self.files.get(name).map(|bytes| SourceFile::new(name.clone(), bytes.clone())))
    }

    fn places(&self) -> Vec<String> {
        vec!["embedded in the program".to_owned()]
    }
}

#[cfg(test)]
mod tests {
    use super::{Embedded, Finder as _, Ignore};

    #[test]
    fn patterns_hold_for_directories_too() {
        let files =
            Embedded::new([("a/.git/b", "1"), ("a/b.css", "2"), ("CVS/c", "3"), ("d~", "4")]).unwrap();
        let names = |ignore| -> Vec<String> {
            let listed = files.list(&ignore).unwrap();
            listed.into_iter().map(|file| file.name.to_string()).collect()
        };
        assert_eq!(names(Ignore::default()), ["a/b.css"]);
        assert_eq!(names(Ignore::none()), ["CVS/c", "a/.git/b", "a/b.css", "d~"]);
        assert!(Embedded::new([("../a", "1")]).is_err());
    }
}
