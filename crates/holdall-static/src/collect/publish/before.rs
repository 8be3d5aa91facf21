//! What is at the destination before: one listing, the manifest, and what is remembered about copies.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use holdall_core::{ETag, Entry, ErrorKind, ForeignEntry, Name, Result, Store};

use crate::collect::plan::{Plan, Planned};
use crate::generations::Recorded;
use crate::manifest::{COPIES_NAME, Copies, MANIFEST_NAME, Manifest};

/// What a listing says about a file.
#[derive(Debug)]
pub(crate) struct There {
    pub(crate) size: u64,
    pub(crate) tag: Option<String>,
}

/// What is at the destination before.
#[derive(Debug, Default)]
pub(crate) struct Before {
    pub(crate) there: HashMap<Name, There>,
    /// What lies there and no call can take: names that no [`Name`] can say, symbolic links.
    pub(crate) foreign: Vec<ForeignEntry>,
    /// The manifests among it.
    pub(crate) recorded: Recorded,
    /// The bytes of the current manifest, if there is one.
    pub(crate) current: Option<Bytes>,
    /// The current manifest; `None` where there is none that can be read.
    pub(crate) manifest: Option<Manifest>,
    /// Why the manifest that is there cannot be read.
    pub(crate) broken: Option<String>,
    /// What is remembered about the copies; loaded where their tags alone do not tell.
    pub(crate) copies: Copies,
}

impl Before {
    pub(crate) async fn look(store: &Store) -> Result<Self> {
        let mut entries = store.list("").recursive().stream();
        let mut before = Self::default();
        while let Some(entry) = entries.try_next().await? {
            match entry {
                Entry::File(file) => {
                    before.recorded.see(&file);
                    let tag = file.etag.as_ref().map(plain);
                    before.there.insert(file.name, There { size: file.size, tag });
                }
                Entry::Foreign(foreign) => before.foreign.push(foreign),
                _ => {}
            }
        }
        drop(entries);
        if before.there.contains_key(MANIFEST_NAME) {
            let bytes = store.open(MANIFEST_NAME).await?.bytes().await?;
            match Manifest::parse(&bytes) {
                Ok(manifest) => before.manifest = Some(manifest),
                // Whether it may be replaced is decided by the options.
                Err(error) if error.kind() == ErrorKind::InvalidInput => {
                    before.broken = Some(error.reason().to_owned());
                }
                Err(error) => return Err(error),
            }
            before.current = Some(bytes);
        }
        Ok(before)
    }

    /// Loads what is remembered about the copies, unless every one is there with its MD5 as its tag.
    pub(crate) async fn remember_copies(&mut self, store: &Store, plan: &Plan) -> Result<()> {
        let has_md5 = |file: &Planned| self.tag(&file.name).is_some_and(|tag| tag == file.copied().md5());
        let is_plain = |file: &Planned| file.prehashed || has_md5(file);
        if self.there.contains_key(COPIES_NAME) && !plan.files.iter().all(is_plain) {
            self.copies = Copies::load(store).await?;
        }
        Ok(())
    }

    /// The tag of a file that is there.
    pub(crate) fn tag(&self, name: &Name) -> Option<&str> {
        self.there.get(name)?.tag.as_deref()
    }
}

/// A tag without its quotes, as the manifest has it.
pub(crate) fn plain(tag: &ETag) -> String {
    tag.as_str().trim_matches('"').to_owned()
}
