//! The conformance suite on real directories: plain, behind a location, without syncs, without extended
//! attributes. After every case the root itself has to be empty again: no staging file, no directory.

use std::path::Path;

use holdall_core::{Durability, Located, Location, Store};
use holdall_fs::FileSystemStorage;
use holdall_testing::conformance::{Suite, suite};

use crate::mounts::Mount;
use crate::support::try_paths;

/// The suite for a storage in that root.
fn suite_in(root: &Path) -> Suite {
    let root = root.to_owned();
    suite().leftovers(move || std::future::ready(try_paths(&root)))
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms() {
    let root = tempfile::tempdir().unwrap();
    let storage = FileSystemStorage::builder(root.path()).base_url("/media/").build().unwrap();
    suite_in(root.path()).run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_behind_a_location_and_without_urls() {
    let root = tempfile::tempdir().unwrap();
    let storage = FileSystemStorage::new(root.path()).unwrap();
    let located = Located::new(storage, Location::new("sites/one").unwrap());
    suite_in(root.path()).run(&Store::new(located)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_without_syncs_and_with_strict_modes() {
    let root = tempfile::tempdir().unwrap();
    let builder = FileSystemStorage::builder(root.path()).durability(Durability::Buffered);
    let storage = builder.file_mode(0o600).directory_mode(0o700).build().unwrap();
    suite_in(root.path()).run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_without_extended_attributes() {
    let Some(mount) = Mount::new("ramfs", "mode=700") else { return };
    let storage = FileSystemStorage::new(mount.path()).unwrap();
    suite_in(mount.path()).run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_on_tmpfs() {
    let Some(mount) = Mount::new("tmpfs", "size=256m") else { return };
    let storage = FileSystemStorage::new(mount.path()).unwrap();
    suite_in(mount.path()).run(&Store::new(storage)).await.assert();
}
