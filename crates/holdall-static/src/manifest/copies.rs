//! What one destination has under the files' own names: the tags of copies.
//!
//! A copy is known by the tag that a listing shows. Where tags are an MD5 of the content, as on S3, that is all.
//! Elsewhere a tag says nothing about the content (on a disk it is made of times), and somebody has to remember
//! which content was saved when the copy got it. That cannot be in the manifest, which is the same on every machine
//! and at every destination. So it is in a file of its own beside it, which nobody needs: without it the next run
//! saves the copies again.

use std::collections::BTreeMap;

use holdall_core::{ErrorKind, Name, Result, Store};
use serde::{Deserialize, Serialize};

use super::python_json::to_json;

/// The name of the file.
pub(crate) const COPIES_NAME: &str = "staticfiles.copies.json";

/// What is known about copies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Copies {
    copies: BTreeMap<Name, Tagged>,
}

/// A copy's content and the tag that it got.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct Tagged {
    /// MD5, in hexadecimal digits.
    md5: String,
    /// Without quotes.
    etag: String,
}

impl Copies {
    /// What the last run remembered; nothing where there is no such file, or where it is broken.
    ///
    /// # Errors
    ///
    /// Those of the storage.
    pub(crate) async fn load(store: &Store) -> Result<Self> {
        match store.open(COPIES_NAME).await {
            Ok(file) => Ok(serde_json::from_slice(&file.bytes().await?).unwrap_or_default()),
            Err(error) if error.kind() == ErrorKind::NotFound => Ok(Self::default()),
            Err(error) => Err(error),
        }
    }

    /// Whether a copy with that tag, which is without quotes, has the content with that MD5.
    pub(crate) fn has(&self, name: &Name, md5: &str, tag: &str) -> bool {
        tag == md5 || self.md5(name, tag) == Some(md5)
    }

    /// The MD5 of the content for which a copy got that tag, if that is remembered.
    pub(crate) fn md5(&self, name: &Name, tag: &str) -> Option<&str> {
        self.copies.get(name).filter(|copy| copy.etag == tag).map(|copy| copy.md5.as_str())
    }

    /// Remembers a copy, unless its tag says it all.
    pub(crate) fn insert(&mut self, name: Name, md5: String, etag: String) {
        if md5 == etag {
            self.copies.remove(&name);
        } else {
            self.copies.insert(name, Tagged { md5, etag });
        }
    }

    /// Forgets the copies that no longer have their tag. `tag` gives what a listing shows, without quotes.
    pub(crate) fn retain<'a>(&mut self, tag: impl Fn(&Name) -> Option<&'a str>) {
        self.copies.retain(|name, copy| tag(name) == Some(&copy.etag));
    }

    pub(crate) fn to_bytes(&self) -> Vec<u8> {
        to_json(self)
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::{MemoryStorage, Name, Store};

    use super::{COPIES_NAME, Copies};

    #[tokio::test(flavor = "current_thread")]
    async fn what_a_tag_stands_for_is_remembered_as_long_as_the_tag_is_there() {
        let name = |text| Name::new(text).unwrap();
        let mut copies = Copies::default();
        copies.insert(name("a"), "1".into(), "tag".into());
        copies.insert(name("b"), "2".into(), "2".into());
        assert!(copies.has(&name("a"), "1", "tag") && !copies.has(&name("a"), "2", "tag"));
        assert!(!copies.has(&name("a"), "1", "other") && copies.has(&name("c"), "3", "3"));

        let store = Store::new(MemoryStorage::new());
        assert_eq!(Copies::load(&store).await.unwrap(), Copies::default());
        store.save(COPIES_NAME, copies.to_bytes()).overwrite().await.unwrap();
        assert_eq!(Copies::load(&store).await.unwrap(), copies);
        store.save(COPIES_NAME, "{ broken").overwrite().await.unwrap();
        assert_eq!(Copies::load(&store).await.unwrap(), Copies::default());

        copies.retain(|_| Some("tag"));
        assert!(copies.has(&name("a"), "1", "tag"));
        copies.retain(|_| None);
        assert_eq!(copies, Copies::default());
    }
}
