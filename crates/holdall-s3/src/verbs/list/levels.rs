//! Listing level by level, for servers that do not keep the order of bytes over several pages.
//!
//! `SeaweedFS` keeps keys as paths of a tree: it walks directories by their names, so that `a/c` comes before `a-b`,
//! and compares `start-after` with names. Within one level nothing is ambiguous: each is read to its end and sorted
//! here, a directory as its name plus `/`, and the next deeper one is read when its turn comes. In memory are the
//! entries of the directories on the way down; it costs a request a directory.

use std::vec::IntoIter;

use futures_util::stream::{BoxStream, StreamExt as _, try_unfold};
use holdall_core::{Entry, ListOptions, Result};

use super::{Found, Lister, Page};
use crate::wire::reply::Progress;

/// The entries of a location in the order of their bytes.
pub(super) fn list(lister: Lister<'_>) -> BoxStream<'_, Result<Entry>> {
    let Lister { inner, prefix, options, .. } = lister;
    let after = match options.start_after.as_ref().map(|name| inner.key(name)).transpose() {
        Ok(after) => after.map(|key| key.as_str().to_owned().into_bytes()),
        Err(error) => return futures_util::stream::iter([Err(error)]).boxed(),
    };
    let walk = Walk { recursive: options.recursive, after, open: Vec::new(), next: Some(prefix) };
    try_unfold((inner, walk), |(inner, mut walk)| async move {
        loop {
            if let Some(prefix) = walk.next.take() {
                let progress = Progress::default();
                let level = Lister { inner, prefix, options: ListOptions::default(), progress };
                walk.open.push(level.read_whole().await?.into_iter());
            }
            match walk.step() {
                Step::Entry(entry) => return Ok(Some((entry, (inner, walk)))),
                Step::Down => {}
                Step::End => return Ok(None),
            }
        }
    })
    .boxed()
}

/// Where a listing is.
#[derive(Debug)]
struct Walk {
    recursive: bool,
    /// The key behind which entries are shown.
    after: Option<Vec<u8>>,
    /// The entries that are left of each directory on the way down.
    open: Vec<IntoIter<Found>>,
    /// The directory to read next.
    next: Option<String>,
}

#[derive(Debug)]
enum Step {
    Entry(Entry),
    Down,
    End,
}

impl Walk {
    fn step(&mut self) -> Step {
        while let Some(level) = self.open.last_mut() {
            let Some(Found { key, is_prefix, entry }) = level.next() else {
                self.open.pop();
                continue;
            };
            if self.recursive && is_prefix {
                // One that no text can say cannot be asked for; it is shown itself.
                if let Ok(prefix) = String::from_utf8(key.clone()) {
                    if self.after.as_ref().is_none_or(|after| key > *after || after.starts_with(&key)) {
                        self.next = Some(prefix);
                        return Step::Down;
                    }
                    continue;
                }
            }
            if self.after.as_ref().is_none_or(|after| key > *after) {
                return Step::Entry(entry);
            }
        }
        Step::End
    }
}

impl Lister<'_> {
    /// All of one level, sorted. The server's own `start-after` is not used.
    async fn read_whole(mut self) -> Result<Vec<Found>> {
        let mut found = Vec::new();
        let mut token = None;
        loop {
            let mut reply = self.page(token).await?;
            let next = Page::behind(&mut reply, &mut self.progress)?;
            found.extend(self.entries(&reply));
            match next {
                Page::Behind(behind) => token = Some(behind),
                _ => break,
            }
        }
        found.sort_by(|left, right| left.key.cmp(&right.key));
        // A page that ends within a directory may be followed by one that shows it again.
        found.dedup_by(|left, right| left.is_prefix && right.is_prefix && left.key == right.key);
        Ok(found)
    }
}

#[cfg(test)]
mod tests {
    use holdall_core::{Entry, Location};

    use super::{Found, Step, Walk};

    fn directory(key: &str) -> Found {
        let entry = Entry::Directory(Location::new(key).unwrap());
        Found { key: key.as_bytes().to_vec(), is_prefix: true, entry }
    }

    /// The directories of a level that are read behind a name.
    #[test]
    fn directories_that_end_before_the_start_are_not_read() {
        let level = || vec![directory("a/"), directory("b/"), directory("c/")].into_iter();
        for (after, read) in [("a/x", "a/b/c/"), ("a0", "b/c/"), ("b/", "b/c/"), ("c", "c/"), ("d", "")] {
            let open = vec![level()];
            let mut walk = Walk { recursive: true, after: Some(after.into()), open, next: None };
            let mut seen = String::new();
            while let Step::Down = walk.step() {
                seen += &walk.next.take().unwrap();
            }
            assert_eq!(seen, read, "{after}");
        }
    }
}
