//! The conformance suite on real directories: plain, behind a location, without syncs, without extended
//! attributes. After every case the root itself has to be empty again: no staging file, no directory.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use holdall_core::{Durability, Located, Location, Store};
use holdall_fs::FileSystemStorage;
use holdall_testing::conformance::{Suite, suite};

use crate::mounts::Mount;
use crate::support::{child_directory, child_of_nobody, store_in, try_paths};

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

/// The part of [`refusals_are_told`] that is played by somebody who may not look into the directory.
#[tokio::test(flavor = "multi_thread")]
async fn child_that_is_refused() {
    let Some(root) = child_directory() else { return };
    let store = store_in(&root);
    let closed = store.located("closed").unwrap();
    suite().refused(closed).only("refusal_").run(&store).await.assert();
}

/// The superuser is refused nothing, so that somebody else plays the part: `nobody`, where we may become that.
#[test]
fn refusals_are_told() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    let closed = root.join("closed");
    fs::create_dir_all(&closed).unwrap();
    fs::write(closed.join("file"), "secret").unwrap();
    for (path, mode) in [(&root, 0o777), (&closed, 0)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let status = child_of_nobody(directory.path(), "conformance::child_that_is_refused", &root).status();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(status.unwrap().success());
}
