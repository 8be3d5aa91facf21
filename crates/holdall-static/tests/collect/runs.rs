//! One run after the other.

use std::fs::FileTimes;
use std::time::{Duration, SystemTime};

use holdall_core::{MemoryStorage, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Collector, Directories, Embedded, MANIFEST_NAME};

use crate::support::{RECORDS, SITE, contents, memory, of, saved, write};

/// A directory of sources, and a disk and a memory to collect to.
fn places() -> (tempfile::TempDir, Vec<Store>) {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("static"), &SITE);
    let disk = FileSystemStorage::builder(folder.path().join("collected")).create_root(true).build().unwrap();
    (folder, vec![Store::new(disk), Store::new(MemoryStorage::new())])
}

#[tokio::test]
async fn the_second_run_writes_nothing_also_when_all_times_are_new() {
    let (folder, stores) = places();
    let collector = Collector::new().finder(Directories::new(folder.path().join("static")));
    for store in stores {
        let first = collector.collect(&store).await.unwrap();
        assert_eq!(
            (first.published.saved().count(), first.published.unchanged.len()),
            (SITE.len() * 2 + RECORDS - 1, 0)
        );
        let before = contents(&store).await;
        for (name, _) in SITE {
            let file =
                std::fs::File::options().write(true).open(folder.path().join("static").join(name)).unwrap();
            let later = SystemTime::now() + Duration::from_hours(1);
            file.set_times(FileTimes::new().set_modified(later)).unwrap();
        }
        let again = collector.collect(&store).await.unwrap();
        assert_eq!(saved(&again), [""; 0], "{store}");
        assert_eq!(again.published.unchanged.len(), SITE.len() * 2);
        assert_eq!(contents(&store).await, before);
    }
}

#[tokio::test]
async fn only_what_changed_is_sent() {
    let (folder, stores) = places();
    let collector = Collector::new().finder(Directories::new(folder.path().join("static")));
    for (number, store) in stores.iter().enumerate() {
        collector.collect(store).await.unwrap();
        let text = format!("Disallow: {number}\n");
        std::fs::write(folder.path().join("static/robots.txt"), &text).unwrap();
        let report = collector.collect(store).await.unwrap();
        let [hashed, "robots.txt", versioned, MANIFEST_NAME] = saved(&report)[..] else {
            panic!("{:?}", saved(&report))
        };
        let contents = contents(store).await;
        assert_eq!(contents[versioned], contents[MANIFEST_NAME]);
        assert_eq!(contents[hashed], text);
    }
}

#[tokio::test]
async fn a_copy_that_somebody_changed_is_mended() {
    let (folder, stores) = places();
    let collector = Collector::new().finder(Directories::new(folder.path().join("static")));
    for store in stores {
        collector.collect(&store).await.unwrap();
        // Of the same size.
        store.save("robots.txt", "User-agent: x\n").overwrite().await.unwrap();
        let report = collector.collect(&store).await.unwrap();
        // It is the same generation still.
        assert_eq!(saved(&report), ["robots.txt"], "{store}");
        assert_eq!(contents(&store).await["robots.txt"], "User-agent: *\n");
    }
}

#[tokio::test]
async fn a_dry_run_says_what_would_be_done_and_does_nothing() {
    let store = memory();
    let pretended = of(&SITE).dry_run(true).collect(&store).await.unwrap();
    assert!(contents(&store).await.is_empty());
    let done = of(&SITE).collect(&store).await.unwrap();
    assert_eq!(saved(&pretended), saved(&done));
}

#[tokio::test]
async fn without_copies_only_hashed_files_are_there() {
    let store = memory();
    of(&SITE).copies(false).collect(&store).await.unwrap();
    let names: Vec<String> = contents(&store).await.into_keys().collect();
    assert_eq!(names.len(), SITE.len() + 2);
    assert!(SITE.iter().all(|(name, _)| !names.contains(&(*name).to_owned())));
}

#[tokio::test]
async fn the_first_finder_wins_and_the_other_is_told() {
    let store = memory();
    let other = Embedded::new([("robots.txt", "other"), ("more.txt", "more")]).unwrap();
    let report = of(&SITE).finder(other).collect(&store).await.unwrap();
    assert_eq!(contents(&store).await["robots.txt"], "User-agent: *\n");
    assert_eq!(report.files, SITE.len() + 1);
    assert_eq!(
        report.conflicts.iter().map(|conflict| conflict.name.as_str()).collect::<Vec<_>>(),
        ["robots.txt"]
    );
}

/// An application may run it in a task of its own.
#[tokio::test]
async fn a_collection_can_be_spawned() {
    let store = memory();
    let task = tokio::spawn(async move { of(&SITE).collect(&store).await });
    assert_eq!(task.await.unwrap().unwrap().files, SITE.len());
}
