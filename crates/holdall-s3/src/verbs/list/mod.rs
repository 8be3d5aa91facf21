//! Listing: pages of `ListObjectsV2`, one in memory.
//!
//! Not every server keeps the order of bytes over pages. Where it does not, a listing goes level by level, see
//! `levels.rs`.

mod levels;

use std::time::SystemTime;

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::EncodingType;
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _, try_unfold};
use holdall_core::{ETag, Entry, Error, FileEntry, ForeignEntry, ListOptions, Location, Name, Result};

use crate::verbs::metadata::etag;
use crate::wire::client::Inner;
use crate::wire::encoding::decode;
use crate::wire::reply::{Progress, cut_short};

/// Where the next page begins.
#[derive(Debug)]
enum Page {
    First,
    Behind(String),
    End,
}

/// One listing.
#[derive(Debug)]
struct Lister<'a> {
    inner: &'a Inner,
    /// The beginning of every key of the listing.
    prefix: String,
    options: ListOptions,
    progress: Progress,
}

/// See [`Storage::list`](holdall_core::Storage::list).
pub(crate) fn list<'a>(
    inner: &'a Inner,
    location: &Location,
    options: ListOptions,
) -> BoxStream<'a, Result<Entry>> {
    let prefix = match inner.location().join_location(location) {
        Ok(location) => location.prefix(),
        Err(error) => return stream::iter([Err(error)]).boxed(),
    };
    let lister = Lister { inner, prefix, options, progress: Progress::default() };
    if !inner.config.server.features.ordered_listings {
        return levels::list(lister);
    }
    try_unfold((lister, Page::First), |(mut lister, page)| async move {
        let token = match page {
            Page::End => return Ok(None),
            Page::First => None,
            Page::Behind(token) => Some(token),
        };
        let mut reply = lister.page(token).await?;
        lister.inner.saw_the_bucket();
        let next = Page::behind(&mut reply, &mut lister.progress)?;
        let entries = lister.entries(&reply).into_iter().map(|found| Ok(found.entry));
        Ok::<_, Error>(Some((stream::iter(entries), (lister, next))))
    })
    .try_flatten()
    .boxed()
}

impl Page {
    /// The place that follows a page.
    fn behind(reply: &mut ListObjectsV2Output, progress: &mut Progress) -> Result<Self> {
        match (reply.is_truncated(), reply.next_continuation_token.take()) {
            (Some(true), Some(token)) if !token.is_empty() => {
                progress.page(first(reply), &token)?;
                Ok(Self::Behind(token))
            }
            (Some(true), _) => Err(cut_short()),
            _ => Ok(Self::End),
        }
    }
}

/// The first entry of a page.
fn first(page: &ListObjectsV2Output) -> Option<&[u8]> {
    let key = page.contents().iter().find_map(|object| object.key());
    let prefix = page.common_prefixes().iter().find_map(|prefix| prefix.prefix());
    // One of them alone would be the same on many pages of the other.
    key.into_iter().chain(prefix).min().map(str::as_bytes)
}

/// An entry of a page.
#[derive(Debug)]
struct Found {
    key: Vec<u8>,
    is_prefix: bool,
    entry: Entry,
}

impl Lister<'_> {
    async fn page(&self, token: Option<String>) -> Result<ListObjectsV2Output> {
        let after = match &self.options.start_after {
            Some(name) => Some(self.inner.key(name)?.as_str().to_owned()),
            None => None,
        };
        let request = self.inner.client().await?.list_objects_v2().bucket(self.inner.bucket());
        let reply = request
            .set_prefix(Some(self.prefix.clone()).filter(|prefix| !prefix.is_empty()))
            .set_delimiter((!self.options.recursive).then(|| "/".to_owned()))
            .set_start_after(after)
            .set_continuation_token(token)
            // Keys may hold what XML cannot.
            .encoding_type(EncodingType::Url)
            .send()
            .await;
        Ok(reply.map_err(|error| self.inner.failure(&error).of_listing())?)
    }

    /// The entries of a page in the order of their keys. S3 orders keys and common prefixes together, but
    /// writes them in two lists.
    fn entries(&self, page: &ListObjectsV2Output) -> Vec<Found> {
        let encoded = page.encoding_type() == Some(&EncodingType::Url);
        let decode = |text: &str| if encoded { decode(text) } else { text.as_bytes().to_vec() };
        let mut entries: Vec<Found> = Vec::new();
        for object in page.contents() {
            let Some(key) = object.key().map(decode) else { continue };
            let size = object.size().and_then(|size| u64::try_from(size).ok());
            // A server that walks directories has no markers: it lists the directory itself, until it has removed it.
            let walks = !self.inner.config.server.features.ordered_listings;
            if walks && key == self.prefix.as_bytes() && size == Some(0) {
                continue;
            }
            let modified = object.last_modified().and_then(|&time| SystemTime::try_from(time).ok());
            let etag = etag(object.e_tag());
            entries.extend(self.keep(key, false, |raw| file(raw, size, modified, etag)));
        }
        for prefix in page.common_prefixes() {
            let Some(prefix) = prefix.prefix().map(decode) else { continue };
            entries.extend(self.keep(prefix, true, directory));
        }
        entries.sort_by(|left, right| left.key.cmp(&right.key));
        entries
    }

    /// The entry of a key, relative to the storage; `None` for what is not to be shown.
    fn keep(&self, key: Vec<u8>, is_prefix: bool, entry: impl FnOnce(&[u8]) -> Entry) -> Option<Found> {
        let raw = key.strip_prefix(self.inner.location().prefix().as_bytes())?;
        let reserved = Name::RESERVED_PREFIX.as_bytes();
        // The marker of the storage's own location, which is its root.
        if raw.is_empty() {
            return None;
        }
        if raw.split(|&byte| byte == b'/').any(|segment| segment.starts_with(reserved)) {
            return None;
        }
        // A directory that holds the start is behind it for S3, before it in the order of entries.
        if self.options.start_after.as_ref().is_some_and(|after| raw <= after.as_str().as_bytes()) {
            return None;
        }
        let entry = entry(raw);
        Some(Found { key, is_prefix, entry })
    }
}

/// A key as a file, or as something foreign when no name can say it.
fn file(raw: &[u8], size: Option<u64>, modified: Option<SystemTime>, etag: Option<ETag>) -> Entry {
    let name = std::str::from_utf8(raw).ok().and_then(|text| {
        // A key that a name would say differently is another key.
        Name::new(text).ok().filter(|name| name.as_str() == text)
    });
    match (name, size, modified) {
        (Some(name), Some(size), Some(modified)) => {
            Entry::File(FileEntry::new(name, size, modified).with_etag(etag))
        }
        _ => Entry::Foreign(ForeignEntry::new(raw, size)),
    }
}

/// A common prefix as a directory, or as something foreign.
fn directory(raw: &[u8]) -> Entry {
    let location = std::str::from_utf8(raw).ok().and_then(|text| {
        let location = Location::new(text).ok()?;
        (!location.is_root() && location.prefix() == text).then_some(location)
    });
    match location {
        Some(location) => Entry::Directory(location),
        None => Entry::Foreign(ForeignEntry::new(raw, None)),
    }
}

#[cfg(test)]
mod tests {
    use std::time::UNIX_EPOCH;

    use holdall_core::Entry;

    use super::{decode, directory, file};

    #[test]
    fn keys_are_decoded_once() {
        for (written, key) in
            [("a+b", "a b"), ("a%2Bb", "a+b"), ("a%20b", "a b"), ("%2525", "%25"), ("%ED%95%9C/x", "한/x")]
        {
            assert_eq!(decode(written), key.as_bytes());
        }
    }

    #[test]
    fn what_no_name_can_say_is_foreign() {
        let is_foreign = |entry| matches!(entry, Entry::Foreign(_));
        for raw in ["a//b", "/a", "a/", "a/./b", "../a", "a\\b", "a\u{1}", ""] {
            assert!(is_foreign(file(raw.as_bytes(), Some(1), Some(UNIX_EPOCH), None)), "{raw:?}");
        }
        assert!(is_foreign(file(b"\xff", Some(1), Some(UNIX_EPOCH), None)));
        assert!(!is_foreign(file("a/ü b".as_bytes(), Some(1), Some(UNIX_EPOCH), None)));
        for raw in ["a//", "/", "a/../", "\u{1}/"] {
            assert!(is_foreign(directory(raw.as_bytes())), "{raw:?}");
        }
        assert!(!is_foreign(directory(b"a/b/")));
    }
}
