//! What the tests share: a storage in a directory of its own, and pictures of a tree.

use std::collections::BTreeMap;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::time::{Duration, Instant};

use holdall_core::Store;
use holdall_fs::FileSystemStorage;
use tempfile::TempDir;

/// A store in a new directory, which goes with the guard.
pub(crate) fn store() -> (TempDir, Store) {
    let directory = tempfile::tempdir().unwrap();
    let store = Store::new(FileSystemStorage::new(directory.path()).unwrap());
    (directory, store)
}

/// Everything below a directory: relative path to what lies there, read past every rule of the storage.
pub(crate) fn tree(root: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    walk(root, root, &mut found);
    found
}

fn walk(root: &Path, directory: &Path, found: &mut BTreeMap<String, String>) {
    // A directory may vanish while the picture is taken.
    let Ok(entries) = fs::read_dir(directory) else { return };
    for entry in entries.flatten() {
        let path = entry.path();
        let relative = path.strip_prefix(root).unwrap().as_os_str().as_bytes().escape_ascii().to_string();
        let Ok(metadata) = fs::symlink_metadata(&path) else { continue };
        if metadata.is_dir() {
            found.insert(format!("{relative}/"), String::new());
            walk(root, &path, found);
        } else if metadata.is_file() {
            let Ok(content) = fs::read(&path) else { continue };
            found.insert(
                relative,
                format!("{} bytes {:?}", metadata.size(), &content[..content.len().min(64)]),
            );
        } else {
            found.insert(relative, format!("{:?}", metadata.file_type()));
        }
    }
}

/// Waits until a condition holds that work on the blocking pool brings about.
pub(crate) async fn eventually(what: &str, mut condition: impl FnMut() -> bool) {
    let patience = Instant::now() + Duration::from_secs(60);
    while !condition() {
        assert!(Instant::now() < patience, "never came true: {what}");
        tokio::task::yield_now().await;
    }
}
