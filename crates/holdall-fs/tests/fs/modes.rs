//! Files and directories have exactly the modes of the settings, whatever the umask.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use holdall_core::{Content, Store};
use holdall_fs::{FileSystemStorage, FileSystemStorageBuilder};

use crate::support::{child_after, child_directory};

fn mode(path: &Path) -> u32 {
    fs::symlink_metadata(path).unwrap().permissions().mode() & 0o7777
}

/// Saves in every way into new directories below `root`, and returns the modes that were seen: of files
/// and of directories.
async fn modes(
    root: &Path,
    settings: impl Fn(FileSystemStorageBuilder) -> FileSystemStorageBuilder,
) -> [u32; 2] {
    let store = Store::new(settings(FileSystemStorage::builder(root)).build().unwrap());
    store.save("a/b/bytes", "x").await.unwrap();
    store.save("a/b/bytes", "y").overwrite().await.unwrap();
    let chunks = (0..40).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from(vec![0; 64 * 1024])));
    store.save("a/c/stream", Content::stream(futures_util::stream::iter(chunks))).await.unwrap();
    store.copy("a/b/bytes", "d/e/copy").await.unwrap();
    let same = |paths: &[&str]| {
        let modes: Vec<_> = paths.iter().map(|path| mode(&root.join(path))).collect();
        assert!(modes.iter().all(|mode| *mode == modes[0]), "{paths:?} {modes:?}");
        modes[0]
    };
    [same(&["a/b/bytes", "a/c/stream", "d/e/copy"]), same(&["a", "a/b", "a/c", "d", "d/e"])]
}

#[test]
fn child_under_a_umask() {
    let Some(directory) = child_directory() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        // The umask that the shell set; a directory that is simply made shows it.
        let umask = 0o777
            & !{
                fs::create_dir(directory.join("probe")).unwrap();
                mode(&directory.join("probe"))
            };
        let root = |name: &str| {
            fs::create_dir(directory.join(name)).unwrap();
            directory.join(name)
        };
        assert_eq!(modes(&root("default"), |builder| builder).await, [0o644, 0o777 & !umask]);
        let exact = |builder: FileSystemStorageBuilder| builder.file_mode(0o640).directory_mode(0o2775);
        assert_eq!(modes(&root("exact"), exact).await, [0o640, 0o2775]);
        let left = |builder: FileSystemStorageBuilder| builder.file_mode(None);
        assert_eq!(modes(&root("umask"), left).await, [0o666 & !umask, 0o777 & !umask]);
    });
}

#[test]
fn modes_are_exact_under_any_umask() {
    for umask in ["000", "022", "027", "077"] {
        let directory = tempfile::tempdir().unwrap();
        let first = format!("umask {umask}");
        let status = child_after(&first, "modes::child_under_a_umask", directory.path()).status().unwrap();
        assert!(status.success(), "umask {umask}");
    }
}

#[tokio::test]
async fn directories_that_exist_keep_their_mode() {
    let directory = tempfile::tempdir().unwrap();
    fs::create_dir(directory.path().join("a")).unwrap();
    fs::set_permissions(directory.path().join("a"), fs::Permissions::from_mode(0o711)).unwrap();
    let builder = FileSystemStorage::builder(directory.path()).directory_mode(0o750);
    let store = Store::new(builder.build().unwrap());
    store.save("a/b/c", "x").await.unwrap();
    assert_eq!(mode(&directory.path().join("a")), 0o711);
    assert_eq!(mode(&directory.path().join("a/b")), 0o750);
}
