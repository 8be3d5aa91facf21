//! A collection that fails or is dropped at any save leaves what was published before whole, and the next one goes on
//! from there.

use std::collections::BTreeMap;
use std::sync::Arc;

use holdall_core::{ErrorKind, Store};
use holdall_static::{Collector, Directories, Event, Manifest};

use crate::faulty::{Fault, Faulty, shared};
use crate::support::{SITE, contents, manifest, memory, of, saved, write};

/// The site, after an edit that gives two files other hashed names.
fn edited() -> [(&'static str, &'static str); 8] {
    let mut changed = SITE;
    changed[0].1 = "@import 'base.css'; b { background: url(../img/cat.png) }";
    changed[2].1 = "another cat";
    changed
}

/// Everything that the manifest names is there as it was.
async fn is_whole(store: &Store, old: &Manifest, before: &BTreeMap<String, String>) {
    assert_eq!(manifest(store).await, *old);
    let now = contents(store).await;
    for (_, hashed) in old.iter() {
        assert_eq!(now[hashed.as_str()], before[hashed.as_str()]);
    }
}

/// A manifest, or what is remembered about copies.
fn is_record(name: &str) -> bool {
    name.starts_with("staticfiles.")
}

/// Runs again, and sees that exactly what is missing is sent.
async fn goes_on(store: &Store) {
    let there = contents(store).await;
    let report = of(&edited()).collect(store).await.unwrap();
    for name in saved(&report) {
        let is_new = there.get(name) != contents(store).await.get(name);
        assert!(is_new || is_record(name), "{name} was sent again");
    }
    let fresh = memory();
    of(&edited()).collect(&fresh).await.unwrap();
    let (now, expected) = (contents(store).await, contents(&fresh).await);
    assert!(expected.iter().all(|(name, text)| is_record(name) || now[name] == *text));
    assert_eq!(manifest(store).await, manifest(&fresh).await);
}

#[tokio::test]
async fn a_failure_at_any_save_leaves_the_last_generation_whole() {
    let mut failures = 0;
    for room in 0.. {
        let (inner, plain) = shared();
        of(&SITE).collect(&plain).await.unwrap();
        let (old, before) = (manifest(&plain).await, contents(&plain).await);
        let filling = Store::new(Faulty::new(&inner, Fault::Full(room)));
        match of(&edited()).jobs(1).collect(&filling).await {
            Ok(report) => {
                // The last save, of what the copies' tags stand for, is none of the collection.
                assert_eq!((report.published.saved().count() + 1, failures), (room, room));
                break;
            }
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::StorageFull, "{error}");
                let text = error.to_string();
                assert!(text.contains("there is no space left") && text.contains("make room"), "{text}");
                assert!(text.starts_with("cannot save \"") && text.contains("whole"), "{text}");
            }
        }
        failures += 1;
        is_whole(&plain, &old, &before).await;
        goes_on(&plain).await;
    }
    assert_eq!(failures, 7);
}

#[tokio::test]
async fn dropped_at_any_save_it_leaves_the_last_generation_whole() {
    let faults = (0..7).flat_map(|at| [Fault::StuckBefore(at), Fault::StuckAfter(at)]);
    for fault in faults {
        let (inner, plain) = shared();
        of(&SITE).collect(&plain).await.unwrap();
        let (old, before) = (manifest(&plain).await, contents(&plain).await);
        let storage = Faulty::new(&inner, fault);
        let stuck = Arc::clone(&storage.stuck);
        let store = Store::new(storage);
        let collector = of(&edited()).jobs(1);
        tokio::select! {
            ended = collector.collect(&store) => panic!("{fault:?}: {ended:?}"),
            () = stuck.notified() => {}
        }
        if fault != Fault::StuckAfter(6) {
            is_whole(&plain, &old, &before).await;
        }
        goes_on(&plain).await;
    }
}

#[tokio::test]
async fn a_source_that_changes_while_it_is_collected_is_not_published() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), &[("a.txt", "one"), ("b.txt", "two")]);
    let path = folder.path().join("b.txt");
    // Of the same size, between reading and saving.
    let collector = Collector::new().finder(Directories::new(folder.path())).jobs(1).on_event(move |event| {
        if let Event::Publishing { .. } = event {
            std::fs::write(&path, "TWO").unwrap();
        }
    });
    let store = memory();
    let error = collector.collect(&store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
    assert!(error.to_string().contains("the source was changed"), "{error}");
    assert_eq!(contents(&store).await.len(), 1);
}
