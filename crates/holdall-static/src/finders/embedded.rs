//! Files that are part of the program.

use std::collections::BTreeMap;

use bytes::Bytes;
use holdall_core::{Name, Result};

use super::{Finder, Ignore, SourceFile};

/// Files in memory: those of `rust-embed`, `include_dir` or `include_bytes!`.
///
/// ```
/// use holdall_static::Embedded;
///
/// # fn main() -> holdall_core::Result<()> {
/// let files = Embedded::new([("css/app.css", b"body { margin: 0 }".as_slice())])?;
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
