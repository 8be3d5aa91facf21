//! The fallbacks for lesser file systems, forced on one that has everything.
//!
//! What the file system here cannot refuse by itself (files without names, exclusive renames, hard links)
//! is switched off, and the same promises have to hold.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use holdall_core::{Content, Durability, ErrorKind, Storage as _, Store};
use holdall_testing::conformance::{Suite, suite};
use tempfile::TempDir;

use crate::FileSystemStorage;
use crate::root::Methods;

/// Staging under reserved names, and the ways to publish from there.
const NAMED: Methods =
    Methods { unnamed_staging: false, exclusive_rename: true, link: true, sync_of_removed: true };
const LINKED: Methods = Methods { exclusive_rename: false, ..NAMED };
const RESERVED: Methods = Methods { link: false, ..LINKED };

fn storage(methods: Methods) -> (TempDir, FileSystemStorage) {
    let root = tempfile::tempdir().unwrap();
    let builder = FileSystemStorage::builder(root.path()).durability(Durability::Buffered);
    (root, builder.methods(methods).build().unwrap())
}

/// Every path below a directory.
fn paths(directory: &Path) -> Vec<String> {
    let mut found = Vec::new();
    let mut unseen = vec![directory.to_owned()];
    while let Some(directory) = unseen.pop() {
        // It may vanish while it is looked at.
        for entry in std::fs::read_dir(directory).into_iter().flatten().flatten() {
            found.push(entry.path().display().to_string());
            if entry.path().is_dir() {
                unseen.push(entry.path());
            }
        }
    }
    found
}

fn suite_in(root: &TempDir) -> Suite {
    let path = root.path().to_owned();
    suite().leftovers(move || std::future::ready(paths(&path)))
}

async fn conforms(methods: Methods) {
    let (root, storage) = storage(methods);
    suite_in(&root).run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn named_staging_conforms() {
    conforms(NAMED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_by_link_conforms() {
    conforms(LINKED).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn publishing_by_reservation_conforms() {
    let (root, storage) = storage(RESERVED);
    // Whoever looks in the very instant of a reservation sees an empty file, as the documentation says.
    let reason = "a reserved name is visible without content for an instant";
    let look_meanwhile = [
        "save_dropped_at_any_poll_leaves_none_or_all",
        "save_of_a_stream_dropped_at_any_poll_leaves_none_or_all",
        "save_of_a_large_stream_dropped_leaves_none_or_all",
        "copy_dropped_at_any_poll_leaves_none_or_all",
        "rename_dropped_at_any_poll_keeps_the_file",
        "writer_dropped_at_any_poll_leaves_none_or_all",
    ];
    let suite = look_meanwhile.iter().fold(suite_in(&root), |suite, case| suite.skip(*case, reason));
    suite.run(&Store::new(storage)).await.assert();
}

/// A staging file of a save that is under way survives a sweep, and the directory that it lies in a prune.
#[tokio::test]
async fn a_live_staging_file_is_left_alone() {
    let (root, storage) = storage(NAMED);
    let store = Store::new(storage.clone());
    store.save("a/first", "x").await.unwrap();

    let (sender, receiver) = tokio::sync::mpsc::channel::<Bytes>(1);
    let chunks = futures_util::stream::unfold(receiver, |mut receiver| async {
        let chunk = receiver.recv().await?;
        Some((Ok::<_, std::io::Error>(chunk), receiver))
    });
    let saving = tokio::spawn({
        let store = store.clone();
        async move { store.save("a/b/second", Content::stream(chunks.boxed())).await }
    });
    // The third chunk is taken once the first batch is on its way.
    for _ in 0..4 {
        sender.send(vec![b'x'; 1024 * 1024].into()).await.unwrap();
    }
    while !paths(root.path()).iter().any(|path| path.contains("/a/.holdall-")) {
        tokio::task::yield_now().await;
    }
    assert_eq!(storage.sweep(Duration::ZERO).await.unwrap().removed, 0);
    store.delete("a/first").await.unwrap();
    drop(sender);
    assert_eq!(saving.await.unwrap().unwrap().size, 4 * 1024 * 1024);
    assert_eq!(store.open("a/b/second").await.unwrap().bytes().await.unwrap().len(), 4 * 1024 * 1024);

    store.delete("a/b/second").await.unwrap();
    assert!(paths(root.path()).is_empty(), "{:?}", paths(root.path()));
}

/// What a failed save staged is gone when the caller hears of it, and so is what only it still kept.
#[tokio::test]
async fn a_failed_save_removes_its_named_staging_file() {
    let (root, storage) = storage(NAMED);
    let store = Store::new(storage);
    let (sender, receiver) = tokio::sync::oneshot::channel();
    store.save("a/first", "x").await.unwrap();
    let chunks = (0..40).map(|_| Ok(Bytes::from(vec![b'x'; 64 * 1024])));
    let failure = futures_util::stream::once(async {
        receiver.await.unwrap();
        Err(std::io::Error::other("hung up"))
    });
    let content = Content::stream(futures_util::stream::iter(chunks).chain(failure).boxed());
    let saving = tokio::spawn({
        let store = store.clone();
        async move { store.save("a/b/second", content).await }
    });
    while !paths(root.path()).iter().any(|path| path.contains("/a/.holdall-")) {
        tokio::task::yield_now().await;
    }
    store.delete("a/first").await.unwrap();
    sender.send(()).unwrap();
    assert_eq!(saving.await.unwrap().unwrap_err().kind(), ErrorKind::SourceFailed);
    assert!(paths(root.path()).is_empty(), "{:?}", paths(root.path()));
}

/// FUSE refuses to sync a directory that was removed, which the last of several deletes meets.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn deletes_of_a_whole_directory_at_once_all_succeed() {
    let (root, storage) = storage(Methods { sync_of_removed: false, ..RESERVED });
    let root = root.path();
    let storage = Store::new(storage);
    let synced = FileSystemStorage::builder(root).methods(Methods { sync_of_removed: false, ..RESERVED });
    let synced = Store::new(synced.build().unwrap());
    for round in 0..100 {
        let names: Vec<_> = (0..8).map(|number| format!("a/b/{round}/{number}")).collect();
        for name in &names {
            storage.save(name, "x").await.unwrap();
        }
        let deletes = names.iter().map(|name| {
            let (store, name) = (synced.clone(), name.clone());
            tokio::spawn(async move { store.delete(&name).await })
        });
        for deleted in futures_util::future::join_all(deletes).await {
            deleted.unwrap().unwrap();
        }
    }
    assert!(paths(root).is_empty());
}

/// The same for a directory that is removed in the very instant before its sync.
#[test]
fn a_directory_that_vanished_needs_no_sync() {
    let (path, storage) = storage(Methods { sync_of_removed: false, ..NAMED });
    let root = storage.shared_root();
    let path = path.path();
    std::fs::create_dir_all(path.join("a/b")).unwrap();
    let directory = crate::directories::open(root, "a/b").unwrap();
    let plan = crate::directories::SyncPlan::prepare(root, &directory, "a/b").unwrap();
    for gone in ["a/b", "a"] {
        std::fs::remove_dir(path.join(gone)).unwrap();
        crate::directories::sync_removal(root, &directory, "a/b").unwrap();
    }
    plan.run(root, &directory).unwrap();
}

/// Two saves never have the same time, even if the system's clock stands still.
#[test]
fn no_time_is_used_twice() {
    let clock = crate::root::SaveClock::default();
    let times: Vec<_> = (0..10_000).map(|_| clock.now()).collect();
    assert!(times.is_sorted_by(|one, next| one < next));
}
