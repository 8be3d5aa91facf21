//! The conformance suite on real directories: plain, behind a location, without syncs, without extended
//! attributes. After every case the root itself has to be empty again: no staging file, no directory.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;
use std::process::Command;

use holdall_core::{Durability, Located, Location, Store};
use holdall_fs::FileSystemStorage;
use holdall_testing::conformance::{Suite, suite};

use crate::mounts::Mount;
use crate::support::{child_directory, child_of, store_in, try_paths};

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
    let (root, program) = (directory.path().join("root"), directory.path().join("program"));
    let closed = root.join("closed");
    fs::create_dir_all(&closed).unwrap();
    fs::write(closed.join("file"), "secret").unwrap();
    // A copy, because the build may lie where nobody else can look.
    fs::copy(std::env::current_exe().unwrap(), &program).unwrap();
    for (path, mode) in [(directory.path(), 0o755), (&root, 0o777), (&closed, 0)] {
        fs::set_permissions(path, fs::Permissions::from_mode(mode)).unwrap();
    }
    let is_root = fs::metadata(directory.path()).unwrap().uid() == 0;
    let command = if is_root {
        let mut command = Command::new("setpriv");
        command.args(["--reuid=65534", "--regid=65534", "--clear-groups"]).arg(&program);
        command
    } else {
        Command::new(&program)
    };
    let status = child_of(command, "conformance::child_that_is_refused", &root).status();
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o700)).unwrap();
    assert!(status.unwrap().success());
}
