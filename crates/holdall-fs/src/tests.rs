//! The fallbacks for lesser file systems, forced on one that has everything.
//!
//! What the file system here cannot refuse by itself (files without names, exclusive renames, hard links)
//! is switched off, and the same promises have to hold.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use holdall_core::{Content, Durability, Store};
use holdall_testing::conformance::suite;
use tempfile::TempDir;

use crate::FileSystemStorage;
use crate::root::Methods;

/// Staging under reserved names, and the ways to publish from there.
const NAMED: Methods = Methods { unnamed_staging: false, exclusive_rename: true, link: true };
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

async fn conforms(methods: Methods) {
    let (root, storage) = storage(methods);
    let path = root.path().to_owned();
    let suite = suite().leftovers(move || std::future::ready(paths(&path)));
    suite.run(&Store::new(storage)).await.assert();
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
    conforms(RESERVED).await;
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
    assert_eq!(storage.sweep_stale(Duration::ZERO).await.unwrap(), 0);
    store.delete("a/first").await.unwrap();
    drop(sender);
    assert_eq!(saving.await.unwrap().unwrap().size, 4 * 1024 * 1024);
    assert_eq!(store.open("a/b/second").await.unwrap().bytes().await.unwrap().len(), 4 * 1024 * 1024);

    // A save that is given up leaves neither its file nor the directory that only it still kept.
    store.delete("a/b/second").await.unwrap();
    assert!(paths(root.path()).is_empty(), "{:?}", paths(root.path()));
}
