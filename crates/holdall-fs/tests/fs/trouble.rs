//! What goes wrong has the right kind and a sentence to act on, and nothing is left behind.

use std::fs;
use std::io;

use bytes::Bytes;
use futures_util::StreamExt as _;
use holdall_core::{Checksum, Content, Error, ErrorKind, SaveMode, Store};

use crate::mounts::Mount;
use crate::support::{child_after, child_directory, paths, store, store_in, tree};

/// Every byte of `size`, in chunks, then perhaps an error.
fn source(size: usize, failure: Option<&'static str>) -> Content<'static> {
    let chunk = Bytes::from(vec![b'x'; 64 * 1024]);
    let chunks = (0..size.div_ceil(chunk.len())).map(move |_| Ok(chunk.clone()));
    let failure = failure.map(|failure| Err(io::Error::other(failure)));
    Content::stream(futures_util::stream::iter(chunks.chain(failure)).boxed())
}

async fn refused(store: &Store, name: &str, content: Content<'_>, kind: ErrorKind, sentence: &str) -> Error {
    let error = store.save(name, content).await.unwrap_err();
    assert_eq!(error.kind(), kind, "{error:?}");
    let shown = error.to_string();
    assert!(shown.contains(sentence) && shown.contains("file:///"), "{shown}");
    error
}

#[tokio::test]
async fn a_full_disk_keeps_what_it_has() {
    let Some(mount) = Mount::new("tmpfs", "size=64k") else { return };
    let store = store_in(mount.path());
    store.save("kept", "kept").await.unwrap();
    let before = tree(mount.path());
    let full = ErrorKind::StorageFull;
    let large = vec![0_u8; 200_000];
    refused(&store, "new/dir/large", Content::bytes(large.clone()), full, "no space").await;
    refused(&store, "new/dir/large", source(4_000_000, None), full, "no space").await;
    let error = store.save("kept", large).overwrite().await.unwrap_err();
    assert_eq!(error.kind(), full);
    assert_eq!(tree(mount.path()), before);
    assert_eq!(store.open("kept").await.unwrap().text().await.unwrap(), "kept");
    store.save("new/dir/small", "there is room for this").await.unwrap();
}

#[tokio::test]
async fn a_disk_without_inodes_keeps_what_it_has() {
    // Extended attributes count a little too: five are the root, a directory, two files and their attributes.
    let Some(mount) = Mount::new("tmpfs", "size=1m,nr_inodes=5") else { return };
    let store = store_in(mount.path());
    store.save("kept", "kept").await.unwrap();
    let before = tree(mount.path());
    refused(&store, "a/b/c/d/file", "x".into(), ErrorKind::StorageFull, "no inodes").await;
    refused(&store, "a/b/file", "x".into(), ErrorKind::StorageFull, "no inodes").await;
    assert_eq!(tree(mount.path()), before);
    store.save("a/file", "x").await.unwrap();
    refused(&store, "another", "x".into(), ErrorKind::StorageFull, "no inodes").await;
    assert_eq!(paths(mount.path()), ["a/", "a/file", "kept"]);
}

#[tokio::test]
async fn a_read_only_root_can_be_read() {
    let Some(mount) = Mount::new("tmpfs", "size=1m") else { return };
    store_in(mount.path()).save("a/kept", "kept").await.unwrap();
    mount.remount("ro");
    let store = store_in(mount.path());
    let before = tree(mount.path());
    assert!(store.capabilities().attributes, "what is stored can be read");
    assert_eq!(store.open("a/kept").await.unwrap().text().await.unwrap(), "kept");
    assert_eq!(store.list("").recursive().collect().await.unwrap().len(), 1);
    let denied = ErrorKind::PermissionDenied;
    refused(&store, "new", "x".into(), denied, "mounted read-only").await;
    refused(&store, "b/new", source(3_000_000, None), denied, "mounted read-only").await;
    for error in [
        store.delete("a/kept").await.unwrap_err(),
        store.copy("a/kept", "b").await.unwrap_err(),
        store.rename("a/kept", "b").await.unwrap_err(),
        store.set_visibility("a/kept", holdall_core::Visibility::Private).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), denied, "{error}");
        assert!(error.to_string().contains("read-only"), "{error}");
    }
    assert_eq!(tree(mount.path()), before);
}

#[tokio::test]
async fn sources_that_fail_or_are_too_long_leave_nothing() {
    let (directory, store) = store();
    store.save("old", "old").await.unwrap();
    let before = tree(directory.path());
    let failed = ErrorKind::SourceFailed;
    // In the first batch, and after several are on the disk already.
    for size in [0, 100_000, 5_000_000] {
        refused(&store, "a/b/c", source(size, Some("hung up")), failed, "hung up").await;
    }
    let overwrite = store.save("old", source(5_000_000, Some("hung up"))).overwrite();
    assert_eq!(overwrite.await.unwrap_err().kind(), failed);

    let large = ErrorKind::TooLarge;
    refused(&store, "a/b/c", source(5_000_000, None).with_max_size(4_500_000), large, "4500000").await;
    refused(&store, "a/b/c", Content::bytes("12345").with_max_size(4), large, "more than the 4 bytes").await;
    refused(&store, "a/b/c", source(5_000_000, None).with_size(9_000_000), failed, "ended after").await;
    let missing = directory.path().join("missing");
    refused(&store, "a/b/c", Content::path(missing), failed, "could not be read").await;

    let checked = store.save("a/b/c", "bytes").checksum(Checksum::of(b"others"));
    assert_eq!(checked.await.unwrap_err().kind(), ErrorKind::ChecksumMismatch);
    assert_eq!(tree(directory.path()), before);
}

#[tokio::test]
async fn names_that_the_disk_cannot_take_are_refused_before_anything_is_made() {
    let (directory, store) = store();
    let long = "x".repeat(256);
    // 86 of these are 258 bytes.
    let wide = "\u{65e5}".repeat(86);
    for name in [format!("a/{long}"), format!("{long}/a"), wide] {
        refused(&store, &name, "x".into(), ErrorKind::InvalidName, "255 bytes").await;
        assert_eq!(store.open(&name).await.unwrap_err().kind(), ErrorKind::NotFound);
        assert!(!store.exists(&name).await.unwrap());
        store.delete(&name).await.unwrap();
    }
    assert!(paths(directory.path()).is_empty());

    // The longest name, twice: the second one is cut to make room for what makes it unique.
    let longest = format!("{}.jpg", "\u{65e5}".repeat(83));
    store.save(&longest, "x").await.unwrap();
    let second = store.save(&longest, "x").await.unwrap();
    assert!(second.name.as_str().len() <= 255 && second.name.extension() == Some("jpg"));
    // A limit of the caller can make a name fit.
    assert_eq!(store.save(&long, "x").max_name_length(20).await.unwrap().name.as_str().len(), 20);
}

#[tokio::test]
async fn a_file_beside_a_directory_is_refused_and_both_are_named() {
    let (directory, store) = store();
    store.save("a", "file").await.unwrap();
    store.save("d/e/f", "file").await.unwrap();
    let before = tree(directory.path());
    for mode in [SaveMode::Unique, SaveMode::Create, SaveMode::Overwrite] {
        for name in ["a/b", "a/b/c"] {
            let error = store.save(name, "x").mode(mode.clone()).await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
            let shown = error.to_string();
            assert!(shown.contains("\"a\"") && shown.contains(&format!("{name:?}")), "{shown}");
        }
    }
    for mode in [SaveMode::Create, SaveMode::Overwrite] {
        for copied in [false, true] {
            let error = if copied {
                store.copy("a", "d/e").mode(mode.clone()).await.unwrap_err()
            } else {
                store.save("d/e", "x").mode(mode.clone()).await.unwrap_err()
            };
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
            assert!(error.to_string().contains("\"d/e/\""), "{error}");
        }
        let error = store.rename("a", "d").mode(mode).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    }
    // Below a file and on a directory there is no file.
    for name in ["a/b", "d", "d/e"] {
        assert_eq!(store.open(name).await.unwrap_err().kind(), ErrorKind::NotFound, "{name}");
        assert_eq!(store.copy(name, "z").await.unwrap_err().kind(), ErrorKind::NotFound, "{name}");
        assert_eq!(store.rename(name, "z").await.unwrap_err().kind(), ErrorKind::NotFound, "{name}");
        assert!(!store.exists(name).await.unwrap());
        store.delete(name).await.unwrap();
        let delete = store.delete(name).if_match(holdall_core::ETag::strong("x"));
        assert_eq!(delete.await.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    }
    assert_eq!(tree(directory.path()), before);
    // A directory makes a name taken, which Unique goes round.
    assert_ne!(store.save("d/e", "x").await.unwrap().name, "d/e");
}

#[tokio::test]
async fn failed_conditions_leave_no_directories() {
    let (directory, store) = store();
    store.save("x", "x").await.unwrap();
    let before = tree(directory.path());
    let mode = SaveMode::IfMatch(holdall_core::ETag::strong("never"));
    for name in ["x", "a/b/c"] {
        let error = store.save(name, "y").mode(mode.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
        let error = store.copy("x", "n/e/w").mode(mode.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
        let error = store.rename("x", "n/e/w").mode(mode.clone()).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::PreconditionFailed);
    }
    assert_eq!(tree(directory.path()), before);
}

/// With few descriptors left: the storage says so, and works again when there are some.
#[test]
fn child_with_few_descriptors() {
    let Some(directory) = child_directory() else { return };
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let store = store_in(&directory);
        store.save("a/b", "x").await.unwrap();
        let before = tree(&directory);
        let mut taken: Vec<_> = std::iter::from_fn(|| fs::File::open("/dev/null").ok()).collect();
        // With none, one, two, ... free, until there are enough.
        let mut failures = 0;
        while let Err(error) = store.save("new/dir/file", source(3_000_000, None)).await {
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
            assert!(error.is_retryable() && error.to_string().contains("ulimit -n"), "{error}");
            failures += 1;
            // Looking needs descriptors too: give all back, look, and take all but so many again.
            taken.clear();
            assert_eq!(tree(&directory), before);
            taken.extend(std::iter::from_fn(|| fs::File::open("/dev/null").ok()));
            taken.truncate(taken.len() - failures);
        }
        assert!(failures > 0);
        assert_eq!(store.open("new/dir/file").await.unwrap().size(), 46 * 64 * 1024);
    });
}

#[test]
fn too_many_open_files_are_told_and_leave_nothing() {
    let directory = tempfile::tempdir().unwrap();
    let test = "trouble::child_with_few_descriptors";
    let status = child_after("ulimit -n 60", test, directory.path()).status().unwrap();
    assert!(status.success());
}
