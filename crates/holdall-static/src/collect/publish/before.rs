//! What is at the destination before.

use std::collections::HashMap;

use futures_util::TryStreamExt as _;
use holdall_core::Name;
use holdall_core::{ETag, Entry, ErrorKind, Result, Store};

use crate::collect::plan::Planned;
use crate::manifest::{MANIFEST_NAME, Manifest};

/// What a listing says about a file.
#[derive(Debug)]
pub(crate) struct There {
    pub(crate) size: u64,
    pub(crate) tag: Option<String>,
}

/// What is at the destination before, which one listing tells.
#[derive(Debug, Default)]
pub(crate) struct Before {
    pub(crate) there: HashMap<Name, There>,
    /// The manifest; `None` where there is none that can be read.
    pub(crate) manifest: Option<Manifest>,
}

impl Before {
    /// One listing, and the manifest.
    pub(crate) async fn look(store: &Store) -> Result<Self> {
        let mut entries = store.list("").recursive().stream();
        let mut before = Self::default();
        while let Some(entry) = entries.try_next().await? {
            if let Entry::File(file) = entry {
                let tag = file.etag.as_ref().map(plain);
                before.there.insert(file.name, There { size: file.size, tag });
            }
        }
        drop(entries);
        if before.there.contains_key(MANIFEST_NAME) {
            let bytes = store.open(MANIFEST_NAME).await?.bytes().await?;
            before.manifest = match Manifest::parse(&bytes) {
                Ok(manifest) => Some(manifest),
                // A broken one counts as none: it is about to be replaced by a good one.
                Err(error) if error.kind() == ErrorKind::InvalidInput => None,
                Err(error) => return Err(error),
            };
        }
        Ok(before)
    }

    /// The tag of a file that is there.
    pub(crate) fn tag(&self, name: &Name) -> Option<&str> {
        self.there.get(name)?.tag.as_deref()
    }

    /// A hashed name is its content: what has the name and the size is the file.
    ///
    /// That of a bundler is a hash of what it read, not of what it wrote, so that another release of it may write
    /// something else under the same name. There, what the last manifest says decides, too.
    pub(crate) fn has_hashed(&self, file: &Planned) -> bool {
        let digests = file.digests();
        let is_other = || {
            let known = self.manifest.as_ref()?.details(file.name.as_str())?;
            Some(known.integrity != digests.integrity())
        };
        self.there.get(&file.hashed).is_some_and(|there| there.size == digests.size)
            && !(file.prehashed && is_other() == Some(true))
    }

    /// Any other name is compared by its tag: with the content, where tags are an MD5 of it, and with what the last
    /// manifest says about the copy, where they are not.
    pub(crate) fn has_copy(&self, file: &Planned) -> bool {
        let Some(There { size, tag: Some(tag) }) = self.there.get(&file.name) else { return false };
        let md5 = file.original.md5();
        let known = || self.manifest.as_ref()?.details(file.name.as_str())?.copy.as_ref();
        *size == file.original.size
            && (*tag == md5 || known().is_some_and(|copy| copy.md5 == md5 && copy.etag == *tag))
    }
}

/// A tag without its quotes, as the manifest has it.
pub(crate) fn plain(tag: &ETag) -> String {
    tag.as_str().trim_matches('"').to_owned()
}
