//! Roots and settings that are wrong are told when the storage is built.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;

use holdall_core::{ErrorKind, Store};
use holdall_fs::FileSystemStorage;

#[tokio::test]
async fn roots_are_checked_and_made_on_request() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("var/media");
    let error = FileSystemStorage::new(&root).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(
        error.to_string().contains("does not exist") && error.to_string().contains("create_root"),
        "{error}"
    );
    assert!(!directory.path().join("var").exists());

    let builder = || FileSystemStorage::builder(&root).create_root(true).directory_mode(0o2770);
    builder().build().unwrap();
    let store = Store::new(builder().build().unwrap());
    store.save("a", "x").await.unwrap();
    for made in ["var", "var/media"] {
        let mode = fs::metadata(directory.path().join(made)).unwrap().permissions().mode();
        assert_eq!(mode & 0o7777, 0o2770, "{made}");
    }

    for (file, create) in [("var/media/a", false), ("var/media/a", true), ("var/media/a/b", true)] {
        let builder = FileSystemStorage::builder(directory.path().join(file)).create_root(create);
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{file} {error}");
        assert_eq!(error.setting_key(), Some("root"));
        assert!(error.to_string().contains("is not a directory"), "{error}");
    }
}

#[test]
fn settings_are_checked() {
    let directory = tempfile::tempdir().unwrap();
    let builder = || FileSystemStorage::builder(directory.path());
    for (builder, setting) in [
        (builder().base_url("media"), "base_url"),
        (builder().base_url("//elsewhere.example/"), "base_url"),
        (builder().file_mode(0o10_000), "file_mode"),
        (builder().directory_mode(0o20_755), "directory_mode"),
    ] {
        let error = builder.build().unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidConfig);
        assert_eq!(error.setting_key(), Some(setting));
        assert!(error.to_string().contains(setting), "{error}");
    }
    // Building leaves no trace of its probes.
    builder().build().unwrap();
    assert_eq!(fs::read_dir(directory.path()).unwrap().count(), 0);
}

/// A root that is itself reached through a link is what the operator wants; the link is followed once.
#[tokio::test]
async fn the_root_is_opened_once() {
    let directory = tempfile::tempdir().unwrap();
    let (first, second) = (directory.path().join("first"), directory.path().join("second"));
    fs::create_dir(&first).unwrap();
    fs::create_dir(&second).unwrap();
    let link = directory.path().join("link");
    std::os::unix::fs::symlink(&first, &link).unwrap();
    let storage = FileSystemStorage::new(&link).unwrap();
    assert_eq!(storage.root(), fs::canonicalize(&first).unwrap());
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&second, &link).unwrap();
    let store = Store::new(storage);
    // It is not followed again: a storage does not go on in another directory.
    let error = store.save("x", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(!first.join("x").exists() && !second.join("x").exists());
    fs::remove_file(&link).unwrap();
    std::os::unix::fs::symlink(&first, &link).unwrap();
    store.save("x", "x").await.unwrap();
    assert!(first.join("x").exists() && !second.join("x").exists());
}
