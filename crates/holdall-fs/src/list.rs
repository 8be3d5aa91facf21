//! Listing: a walk in the byte order of whole names, a directory counting as its name plus `/`.
//!
//! The walk goes depth first and has at most one directory open. It keeps the names, not the entries, of
//! the directories between the location and where it is; sizes and times are looked up as entries are
//! handed out, a batch of them in one hop.
//!
//! Links are not followed: every symbolic link, FIFO, socket and device is an
//! [`Entry::Foreign`], and so is whatever no [`Name`] can say, and whatever the process may not look at.
//! Reserved names are skipped.

use std::ffi::{OsStr, OsString};
use std::io;
use std::sync::Arc;

use cap_std::fs::Dir;
use futures_util::stream::BoxStream;
use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_core::{Entry, Error, ErrorKind, ForeignEntry, ListOptions, Listing, Location, Name, Result};

use crate::directories;
use crate::error::{failed, is_absence, is_refusal};
use crate::hop::hop;
use crate::root::Root;
use crate::stat::{Kind, Stat};

/// How many entries a hop gives, and how many directories it reads, before the caller is asked whether it
/// still listens.
const BATCH: usize = 1000;

/// See [`Storage::list`](holdall_core::Storage::list).
pub(crate) fn list(
    root: &Arc<Root>,
    location: &Location,
    options: ListOptions,
) -> BoxStream<'static, Result<Entry>> {
    let walk = Walk {
        root: Arc::clone(root),
        recursive: options.recursive,
        after: options.start_after,
        levels: vec![Level::unread(location.as_str().into())],
    };
    let batches = futures_util::stream::unfold(Some(walk), |walk| async {
        let walk = walk?;
        let landed = hop(move || Ok(walk.batch())).await;
        Some(landed.unwrap_or_else(|error| (vec![Err(error)], None)))
    });
    batches.flat_map(futures_util::stream::iter).boxed()
}

/// Where a listing stands.
struct Walk {
    root: Arc<Root>,
    recursive: bool,
    after: Option<Name>,
    /// From the location inwards; the last one is being listed.
    levels: Vec<Level>,
}

/// A directory on the way.
struct Level {
    /// Relative to the root, without a slash at its end.
    path: OsString,
    /// Its names that are still to come, the next one last; `None` before it was read.
    items: Option<Vec<Item>>,
    /// Open while it is the innermost one.
    directory: Option<Dir>,
}

/// A name in a directory.
struct Item {
    segment: OsString,
    is_directory: bool,
}

impl Item {
    /// By whose bytes names are ordered.
    fn key(&self) -> impl Iterator<Item = u8> + '_ {
        let slash = self.is_directory.then_some(b'/');
        self.segment.as_encoded_bytes().iter().copied().chain(slash)
    }
}

impl Level {
    fn unread(path: OsString) -> Self {
        Self { path, items: None, directory: None }
    }

    /// The path of something in this directory.
    fn join(&self, segment: &OsStr) -> OsString {
        let mut path = self.path.clone();
        if !path.is_empty() {
            path.push("/");
        }
        path.push(segment);
        path
    }
}

impl Walk {
    /// The next entries, and the walk unless it is at its end. An error ends it.
    fn batch(mut self) -> (Vec<Result<Entry>>, Option<Self>) {
        let mut entries = Vec::new();
        let mut goes_on = true;
        for _ in 0..BATCH {
            match self.step() {
                Ok(Step::Entry(entry)) => entries.push(Ok(entry)),
                Ok(Step::Nothing) => continue,
                Ok(Step::End) => goes_on = false,
                Err(error) => {
                    entries.push(Err(error));
                    goes_on = false;
                }
            }
            if !goes_on {
                break;
            }
        }
        // What a directory shows that is the root no more is no part of this storage.
        if let Err(gone) = self.root.check() {
            return (vec![Err(gone)], None);
        }
        (entries, goes_on.then_some(self))
    }

    /// One name, or one directory read.
    fn step(&mut self) -> Result<Step> {
        let Some(mut level) = self.levels.pop() else { return Ok(Step::End) };
        let directory = match level.directory.take() {
            Some(directory) => directory,
            None => match open(&self.root, &level.path) {
                Ok(Some(directory)) => directory,
                // It vanished, or it never was a directory: there is nothing (more) to list in it.
                Ok(None) => return Ok(Step::Nothing),
                // What was asked for must be readable; what lies below it is told, and the rest follows.
                Err(error) if is_denied(&error) && !self.levels.is_empty() => {
                    return Ok(self
                        .unreadable_directory(&level.path, &error)
                        .map_or(Step::Nothing, Step::Entry));
                }
                Err(error) => return Err(error),
            },
        };
        let items = match &mut level.items {
            Some(items) => items,
            None => match read(&directory, &level.path) {
                Ok(items) => level.items.insert(items),
                Err(error) if is_denied(&error) && !self.levels.is_empty() => {
                    return Ok(self
                        .unreadable_directory(&level.path, &error)
                        .map_or(Step::Nothing, Step::Entry));
                }
                Err(error) => return Err(error),
            },
        };
        let Some(item) = items.pop() else { return Ok(Step::Nothing) };
        let path = level.join(&item.segment);
        if item.is_directory && self.recursive {
            // Only the innermost directory stays open; the way back opens this one again.
            self.levels.push(level);
            if self.is_after_within(&path) {
                self.levels.push(Level::unread(path));
            }
            return Ok(Step::Nothing);
        }
        let entry = if item.is_directory {
            self.directory_entry(&path)
        } else {
            self.file_entry(&directory, &item.segment, &path)
        };
        level.directory = Some(directory);
        self.levels.push(level);
        Ok(entry?.map_or(Step::Nothing, Step::Entry))
    }

    fn file_entry(&self, directory: &Dir, segment: &OsStr, path: &OsStr) -> Result<Option<Entry>> {
        if !self.is_after(path.as_encoded_bytes()) {
            return Ok(None);
        }
        let stat = match directory.symlink_metadata(segment).and_then(|found| Stat::from_metadata(&found)) {
            Ok(stat) => stat,
            Err(error) if is_absence(&error) => return Ok(None),
            Err(error) => {
                let error = failed(format_args!("looking at {:?}", path.to_string_lossy()), error);
                return if is_denied(&error) {
                    Ok(Some(Entry::Foreign(ForeignEntry::unreadable(
                        path.as_encoded_bytes(),
                        error.reason(),
                    ))))
                } else {
                    Err(error)
                };
            }
        };
        Ok(Some(match name(path) {
            Some(name) if stat.kind == Kind::File => Entry::File(stat.entry(name)),
            _ => {
                let size = (stat.kind == Kind::File).then_some(stat.size);
                Entry::Foreign(ForeignEntry::new(path.as_encoded_bytes(), size))
            }
        }))
    }

    fn directory_entry(&self, path: &OsStr) -> Result<Option<Entry>> {
        let key = [path.as_encoded_bytes(), b"/"].concat();
        if !self.is_after(&key) {
            return Ok(None);
        }
        match holds_anything(&self.root, path) {
            Ok(true) => {}
            Ok(false) => return Ok(None),
            Err(error) if is_denied(&error) => return Ok(self.unreadable_directory(path, &error)),
            Err(error) => return Err(error),
        }
        Ok(Some(match location(path) {
            Some(location) => Entry::Directory(location),
            None => Entry::Foreign(ForeignEntry::new(key, None)),
        }))
    }

    /// A directory that the process may not look into.
    fn unreadable_directory(&self, path: &OsStr, error: &Error) -> Option<Entry> {
        let key = [path.as_encoded_bytes(), b"/"].concat();
        self.is_after(&key).then(|| Entry::Foreign(ForeignEntry::unreadable(key, error.reason())))
    }

    /// Whether anything below that directory can be behind `after`: everything there begins with its path
    /// and a slash.
    fn is_after_within(&self, path: &OsStr) -> bool {
        let key = [path.as_encoded_bytes(), b"/"].concat();
        let after = self.after.as_ref().map(|after| after.as_str().as_bytes());
        after.is_none_or(|after| key.as_slice() > after || after.starts_with(&key))
    }

    fn is_after(&self, key: &[u8]) -> bool {
        self.after.as_ref().is_none_or(|after| key > after.as_str().as_bytes())
    }
}

enum Step {
    Entry(Entry),
    Nothing,
    End,
}

/// `None` where there is no such directory.
fn open(root: &Root, path: &OsStr) -> Result<Option<Dir>> {
    match directories::open(root, path) {
        Ok(directory) => Ok(Some(directory)),
        Err(error) if is_absence(&error) => Ok(None),
        Err(error) => Err(cannot_list(path, error)),
    }
}

/// The names in a directory, in reverse order, without the reserved ones.
fn read(directory: &Dir, path: &OsStr) -> Result<Vec<Item>> {
    let mut items = Vec::new();
    let entries = directory.entries().map_err(|error| cannot_list(path, error))?;
    for entry in entries {
        let entry = entry.map_err(|error| cannot_list(path, error))?;
        let segment = entry.file_name();
        if segment.as_encoded_bytes().starts_with(Name::RESERVED_PREFIX.as_bytes()) {
            continue;
        }
        let is_directory = match entry.file_type() {
            Ok(kind) => kind.is_dir(),
            Err(error) if is_absence(&error) => continue,
            // It may not be looked at; its entry says so.
            Err(error) if is_refusal(&error) => false,
            Err(error) => return Err(cannot_list(path, error)),
        };
        items.push(Item { segment, is_directory });
    }
    items.sort_unstable_by(|a, b| b.key().cmp(a.key()));
    Ok(items)
}

/// Whether anything but empty directories lies below. What cannot be looked into there is taken to hold
/// something: it is shown rather than hidden.
///
/// # Errors
///
/// `PermissionDenied` where the directory itself cannot be looked into.
fn holds_anything(root: &Root, path: &OsStr) -> Result<bool> {
    let mut unseen = vec![Level::unread(path.to_owned())];
    while let Some(level) = unseen.pop() {
        let directory = match directories::open(root, &level.path) {
            Ok(directory) => directory,
            Err(error) if is_absence(&error) => continue,
            Err(error) if is_refusal(&error) && level.path != path => return Ok(true),
            Err(error) => return Err(cannot_list(&level.path, error)),
        };
        let items = match read(&directory, &level.path) {
            Err(error) if is_denied(&error) && level.path != path => return Ok(true),
            items => items?,
        };
        for item in items {
            if !item.is_directory {
                return Ok(true);
            }
            unseen.push(Level::unread(level.join(&item.segment)));
        }
    }
    Ok(false)
}

/// The name of that path, if it has one that reads exactly so.
fn name(path: &OsStr) -> Option<Name> {
    let text = path.to_str()?;
    Name::new(text).ok().filter(|name| name.as_str() == text)
}

fn location(path: &OsStr) -> Option<Location> {
    let text = path.to_str()?;
    Location::new(text).ok().filter(|location| location.as_str() == text)
}

fn is_denied(error: &Error) -> bool {
    error.kind() == ErrorKind::PermissionDenied
}

fn cannot_list(path: &OsStr, error: io::Error) -> Error {
    failed(format_args!("reading the directory {:?}", path.to_string_lossy()), error)
}

/// See [`Storage::listdir`](holdall_core::Storage::listdir).
pub(crate) async fn collected(root: &Arc<Root>, location: &Location) -> Result<Listing> {
    let mut listing = Listing::default();
    let mut entries = list(root, location, ListOptions::default());
    while let Some(entry) = entries.try_next().await? {
        listing.extend([entry]);
    }
    Ok(listing)
}
