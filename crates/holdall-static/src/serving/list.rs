//! Listings of files that are all known at once.

use std::collections::BTreeMap;

use holdall_core::{Entry, FileEntry, ListOptions, Location, Name, Result};

/// The entries of a location, in the order of whole names, as every storage lists them. `entry` says what is known
/// of a file; `None` leaves it out.
pub(crate) fn list<'a, T>(
    files: impl IntoIterator<Item = (&'a Name, T)>,
    location: &Location,
    options: &ListOptions,
    entry: impl Fn(T) -> Result<Option<FileEntry>>,
) -> Result<Vec<Entry>> {
    let prefix = location.prefix();
    let mut entries = BTreeMap::new();
    for (name, file) in files {
        let Some(rest) = name.as_str().strip_prefix(&prefix) else { continue };
        let entry = match rest.split_once('/') {
            Some((directory, _)) if !options.recursive => {
                Entry::Directory(Location::new(&format!("{prefix}{directory}"))?)
            }
            _ => match entry(file)? {
                Some(file) => Entry::File(file),
                None => continue,
            },
        };
        let key = entry.sort_key();
        if options.start_after.as_ref().is_none_or(|after| key.as_slice() > after.as_str().as_bytes()) {
            entries.insert(key, entry);
        }
    }
    Ok(entries.into_values().collect())
}
