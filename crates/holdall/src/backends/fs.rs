//! `backend = "fs"`, `file:///var/media`, `file:var/media`: files in a directory.

use holdall_core::{Durability, Result, Store};
use holdall_fs::FileSystemStorage;

use crate::options::StorageSettings;

/// Opens the directory `root` with `location` below it.
///
/// The storage is opened *at* the location instead of being given a prefix: `base_url` is the URL of
/// what the storage holds, so that `cat.jpg` is `/media/cat.jpg` whatever the directories above are
/// called, and nothing leads out of the location on the disk either.
pub(crate) fn open(options: &mut StorageSettings) -> Result<Store> {
    let root = options.require_path("root");
    let location = options.take_location("location");
    let base_url = options.take_str("base_url");
    let file_mode = options.take_mode("file_mode");
    let directory_mode = options.take_mode("directory_mode");
    let durabilities = [("synced", Durability::Synced), ("buffered", Durability::Buffered)];
    let durability = options.take_choice("durability", &durabilities);
    let create_root = options.take_bool("create_root");
    options.finish()?;

    let (root, location, base_url) = (root?, location?.unwrap_or_default(), base_url?);
    let directory = location.segments().fold(root.clone(), |directory, segment| directory.join(segment));
    options.lies_in(directory.clone());
    let mut builder = FileSystemStorage::builder(directory).create_root(true);
    if let Some(mode) = file_mode? {
        builder = builder.file_mode(mode);
    }
    if let Some(mode) = directory_mode? {
        builder = builder.directory_mode(mode);
    }
    if let Some(durability) = durability? {
        builder = builder.durability(durability);
    }

    // A directory that is made at the first start is what development expects. Who mounts a volume there
    // turns it off, lest a missing mount go unnoticed; the location inside the root is made all the
    // same.
    if !create_root?.unwrap_or(true) {
        FileSystemStorage::builder(root).build().map_err(|error| options.refused("root", error))?;
    }
    let Some(base_url) = base_url else {
        return builder.build().map(Store::new).map_err(|error| options.refused("root", error));
    };
    match builder.clone().base_url(base_url).build() {
        Ok(storage) => Ok(Store::new(storage)),
        // Whose fault is it? If it goes away with the base URL, then its.
        Err(error) => Err(match builder.build() {
            Ok(_) => options.refused("base_url", error),
            Err(error) => options.refused("root", error),
        }),
    }
}
