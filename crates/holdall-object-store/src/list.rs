//! Listing: in the byte order of whole names, whatever order the store has.
//!
//! `object_store` promises no order. One level is asked for as a whole and sorted: the names of one directory
//! are in memory, as on a disk. A recursive listing is one stream where the [profile](crate::Profile::with_ordered)
//! says that the store has the right order (which is checked entry by entry), and goes from directory to
//! directory otherwise, one request or more for each.

use std::collections::VecDeque;
use std::sync::Arc;

use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _, try_unfold};
use holdall_core::{Entry, Error, ErrorKind, FileEntry, ForeignEntry, ListOptions, Location, Name, Result};
use object_store::ObjectMeta;
use object_store::path::Path;

use crate::client::{Inner, etag, is_absent, prefix};
use crate::error::translate;

/// One thing that a store told of.
#[derive(Debug)]
struct Found {
    /// What it is sorted by: the name, with a slash at the end of a directory.
    key: String,
    path: Path,
    is_directory: bool,
    entry: Entry,
}

/// One listing.
#[derive(Debug)]
struct Lister {
    inner: Arc<Inner>,
    /// What names have in front of them in the store.
    outer: String,
    start_after: Option<Name>,
}

/// See [`Storage::list`](holdall_core::Storage::list).
pub(crate) fn list(
    inner: &Arc<Inner>,
    location: &Location,
    options: ListOptions,
) -> BoxStream<'static, Result<Entry>> {
    let outer = &inner.config.location;
    let place = match outer.join_location(location) {
        Ok(place) => prefix(&place),
        Err(error) => return stream::iter([Err(error)]).boxed(),
    };
    let ListOptions { recursive, start_after, .. } = options;
    let lister = Lister { inner: Arc::clone(inner), outer: outer.prefix(), start_after };
    match (recursive, inner.config.profile.ordered) {
        (false, _) => stream::once(async move { lister.level(place, |_| false).await })
            .map_ok(|level| stream::iter(level.into_iter().map(|found| Ok(found.entry))))
            .try_flatten()
            .boxed(),
        (true, true) => lister.all(place.as_ref()),
        (true, false) => lister.walk(place),
    }
}

impl Lister {
    /// One level, sorted: what lies behind the start, and what is kept all the same.
    async fn level(&self, place: Option<Path>, keep: impl Fn(&Found) -> bool) -> Result<VecDeque<Found>> {
        let level = match self.inner.store.list_with_delimiter(place.as_ref()).await.map_err(translate) {
            // Where a file stands in the way nothing lies, and where a directory vanished neither.
            Err(error) if is_absent(&error) => return Ok(VecDeque::new()),
            level => level?,
        };
        let files = level.objects.iter().filter_map(|object| self.file(object));
        let directories = level.common_prefixes.iter().filter_map(|path| self.directory(path));
        let mut found: Vec<Found> = files.chain(directories).collect();
        if let Some(start) = &self.start_after {
            found.retain(|found| found.key.as_str() > start.as_str() || keep(found));
        }
        found.sort_by(|left, right| left.key.cmp(&right.key));
        Ok(found.into())
    }

    /// Every file, as the store orders them.
    fn all(self, place: Option<&Path>) -> BoxStream<'static, Result<Entry>> {
        let objects = match &self.start_after {
            None => self.inner.store.list(place),
            Some(start) => {
                let offset = Path::parse(format!("{}{start}", self.outer)).unwrap_or_default();
                self.inner.store.list_with_offset(place, &offset)
            }
        };
        let mut last: Option<Path> = None;
        objects
            .map_err(translate)
            .and_then(move |object| {
                let in_order = last.as_ref().is_none_or(|last| *last < object.location);
                last = Some(object.location.clone());
                std::future::ready(if in_order { Ok(object) } else { Err(out_of_order()) })
            })
            .try_filter_map(move |object| {
                let entry = self.file(&object).map(|found| found.entry);
                std::future::ready(Ok(entry))
            })
            .boxed()
    }

    /// Every file, directory by directory: at most the names of the directories that are open are in memory.
    fn walk(self, place: Option<Path>) -> BoxStream<'static, Result<Entry>> {
        let begin = (self, Some(place), Vec::<VecDeque<Found>>::new());
        try_unfold(begin, |(lister, mut enter, mut open)| async move {
            loop {
                if let Some(place) = enter.take() {
                    // The directory that holds the start sorts before it.
                    let holds_start = |found: &Found| {
                        let start = lister.start_after.as_ref().map_or("", Name::as_str);
                        found.is_directory && start.starts_with(&found.key)
                    };
                    open.push(lister.level(place, holds_start).await?);
                }
                let Some(level) = open.last_mut() else { return Ok(None) };
                match level.pop_front() {
                    None => drop(open.pop()),
                    Some(found) if found.is_directory => enter = Some(Some(found.path)),
                    Some(found) => return Ok(Some((found.entry, (lister, None, open)))),
                }
            }
        })
        .boxed()
    }

    /// An object as a file, or as something foreign when no name can say it. `None` for what is not to be
    /// shown.
    fn file(&self, object: &ObjectMeta) -> Option<Found> {
        let raw = self.inside(&object.location)?;
        let entry = match Name::new(raw) {
            // A key that a name would say differently is another key.
            Ok(name) if name.as_str() == raw => {
                let file = FileEntry::new(name, object.size, object.last_modified.into());
                Entry::File(file.with_etag(etag(object.e_tag.as_deref())))
            }
            _ => Entry::Foreign(ForeignEntry::new(raw, Some(object.size))),
        };
        Some(Found { key: raw.to_owned(), path: object.location.clone(), is_directory: false, entry })
    }

    /// A common prefix as a directory, or as something foreign.
    fn directory(&self, path: &Path) -> Option<Found> {
        let raw = self.inside(path)?;
        let key = format!("{raw}/");
        let entry = match Location::new(raw) {
            Ok(location) if location.as_str() == raw => Entry::Directory(location),
            _ => Entry::Foreign(ForeignEntry::new(key.clone(), None)),
        };
        Some(Found { key, path: path.clone(), is_directory: true, entry })
    }

    /// The path as seen from the storage, unless it is outside or reserved.
    fn inside<'a>(&self, path: &'a Path) -> Option<&'a str> {
        let raw = path.as_ref().strip_prefix(&self.outer)?;
        let reserved = raw.split('/').any(|segment| segment.starts_with(Name::RESERVED_PREFIX));
        (!reserved && !raw.is_empty()).then_some(raw)
    }
}

fn out_of_order() -> Error {
    Error::message(
        ErrorKind::Other,
        "the store does not list in the byte order of names, as its profile says it does; build the storage with \
         Profile::with_ordered(false)",
    )
}
