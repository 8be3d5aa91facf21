//! Storages that have URLs, with a small site collected into them.

use holdall_core::{Location, StaticStorage, Store, Visibility};
use holdall_fs::FileSystemStorage;
use holdall_static::Report;

use crate::example::{SITE, of};

/// A disk whose files are below that URL, and a place for them that is gone with the value.
pub(crate) fn disk(base_url: &str) -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().unwrap();
    let disk = FileSystemStorage::builder(folder.path()).base_url(base_url).visibility(Visibility::Public);
    let storage = StaticStorage::new(disk.build().unwrap(), Location::new("static").unwrap());
    (folder, Store::new(storage))
}

/// The same with the site in it.
pub(crate) async fn collected(base_url: &str) -> (tempfile::TempDir, Store) {
    let (folder, store) = disk(base_url);
    collect(&store, &SITE).await;
    (folder, store)
}

pub(crate) async fn collect(store: &Store, files: &[(&'static str, &'static str)]) -> Report {
    of(files).collect(store).await.unwrap()
}
