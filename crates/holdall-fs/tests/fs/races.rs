//! Many at once in one process: deletes that prune, saves that make the same directories again, and
//! conditional writers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use futures_util::future::join_all;
use holdall_core::{Durability, ErrorKind, SaveMode, Store};
use holdall_fs::FileSystemStorage;

use crate::support::{paths, store};

/// Each save makes `a/b/c` and each delete removes it, a thousand times over each other.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pruning_never_loses_or_fails_a_save() {
    let (directory, store) = store();
    let tasks = (0..8).map(|task| {
        let store = store.clone();
        tokio::spawn(async move {
            for round in 0..150 {
                let name = format!("a/b/c/{task}");
                let content = format!("{task} {round}");
                let save = store.save(&name, &content).durability(Durability::Buffered);
                let saved = if round % 2 == 0 { save.create().await } else { save.overwrite().await };
                let saved = saved.unwrap_or_else(|error| panic!("{name} round {round}: {error}"));
                let file = store.open(&saved.name).await.unwrap_or_else(|error| panic!("{name}: {error}"));
                assert_eq!(file.text().await.unwrap(), content);
                if round % 3 == 0 {
                    let to = format!("a/b/d/{task}");
                    store.rename(&name, &to).mode(SaveMode::Overwrite).await.unwrap();
                    store.delete(&to).await.unwrap();
                }
                store.delete(&name).await.unwrap();
            }
        })
    });
    for outcome in join_all(tasks).await {
        outcome.unwrap();
    }
    assert_eq!(paths(directory.path()), Vec::<String>::new());
}

/// Of a delete and a replacement that expect the same version, one wins.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_version_is_taken_once() {
    let (_directory, store) = store();
    for round in 0..100 {
        let saved =
            store.save("x", format!("{round}")).overwrite().durability(Durability::Buffered).await.unwrap();
        let etag = saved.etag.unwrap();
        let replace = store.save("x", "replaced").mode(SaveMode::IfMatch(etag.clone()));
        let (replaced, deleted, moved) = tokio::join!(
            replace.durability(Durability::Buffered),
            store.delete("x").if_match(etag.clone()),
            store.rename("x", "y").mode(SaveMode::Overwrite).if_match(etag),
        );
        let won = [replaced.is_ok(), deleted.is_ok(), moved.is_ok()];
        assert_eq!(won.iter().filter(|won| **won).count(), 1, "{replaced:?} {deleted:?} {moved:?}");
        for error in [replaced.err(), deleted.err(), moved.err()].into_iter().flatten() {
            assert!(matches!(error.kind(), ErrorKind::PreconditionFailed | ErrorKind::NotFound), "{error}");
        }
        assert_eq!(store.exists("x").await.unwrap(), won[0]);
    }
}

/// Renames in both directions between two directories, which lock both.
#[test]
fn opposite_renames_do_not_wait_for_each_other() {
    let directory = tempfile::tempdir().unwrap();
    let builder = FileSystemStorage::builder(directory.path()).durability(Durability::Buffered);
    let store = Store::new(builder.build().unwrap());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(4).enable_all().build().unwrap();
    let outcome = runtime.block_on(async {
        for name in ["a/x", "a/y", "a/stays", "b/x", "b/y", "b/stays"] {
            store.save(name, name).await.unwrap();
        }
        let renames = [("a/x", "b/x"), ("b/y", "a/y"), ("b/x", "a/x"), ("a/y", "b/y")].map(|(from, to)| {
            let store = store.clone();
            tokio::spawn(async move {
                for _ in 0..3000 {
                    match store.rename(from, to).mode(SaveMode::Overwrite).await {
                        Ok(_) => {}
                        Err(error) => assert_eq!(error.kind(), ErrorKind::NotFound, "{error}"),
                    }
                }
            })
        });
        tokio::time::timeout(Duration::from_mins(2), join_all(renames)).await
    });
    // Threads that wait for each other would keep the runtime from ending.
    runtime.shutdown_background();
    for outcome in outcome.expect("the renames wait for each other") {
        outcome.unwrap();
    }
}

/// A reader sees one version or another, never a mixture, and its own to the end.
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_whole_versions() {
    let (_directory, store) = store();
    let version = |letter: u8| vec![letter; 600_000];
    store.save("x", version(b'a')).await.unwrap();
    let done = Arc::new(AtomicBool::new(false));
    let reader = {
        let (store, done) = (store.clone(), Arc::clone(&done));
        tokio::spawn(async move {
            let mut seen = 0;
            while !done.load(Ordering::Relaxed) || seen == 0 {
                let bytes = store.open("x").await.unwrap().bytes().await.unwrap();
                assert!(bytes.len() == 600_000 && bytes.iter().all(|byte| *byte == bytes[0]));
                seen += 1;
            }
        })
    };
    for letter in b'b'..=b'z' {
        store.save("x", version(letter)).overwrite().await.unwrap();
    }
    done.store(true, Ordering::Relaxed);
    reader.await.unwrap();
}
