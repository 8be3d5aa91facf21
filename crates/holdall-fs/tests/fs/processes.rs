//! Several processes on one directory: the promises hold across them.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use futures_util::future::join_all;
use holdall_core::{Durability, ErrorKind, SaveMode, Store};

use crate::support::{child, child_directory, store_in};

const SAVES: usize = 50;

/// Starts two children on a directory and lets them begin together. Each writes what it has to report
/// into a file of its own, whose lines are returned.
fn two_children(test: &str) -> (tempfile::TempDir, Vec<String>) {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("root")).unwrap();
    let mut children: Vec<_> = (0..2).map(|_| child(test, work.path()).spawn().unwrap()).collect();
    wait(|| reports(work.path(), "ready-").len() == 2);
    fs::write(work.path().join("go"), "").unwrap();
    for child in &mut children {
        assert!(child.wait().unwrap().success());
    }
    let reports = reports(work.path(), "report-");
    (work, reports.iter().flat_map(|report| report.lines().map(str::to_owned)).collect())
}

fn reports(work: &Path, prefix: &str) -> Vec<String> {
    let entries = fs::read_dir(work).unwrap().map(|entry| entry.unwrap());
    let ours = entries.filter(|entry| entry.file_name().to_str().unwrap().starts_with(prefix));
    ours.map(|entry| fs::read_to_string(entry.path()).unwrap()).collect()
}

fn wait(condition: impl Fn() -> bool) {
    while !condition() {
        std::thread::yield_now();
    }
}

/// The child's side: tells that it is ready, waits for the start and runs.
fn as_child<F: Future<Output = Vec<String>>>(run: impl FnOnce(Store) -> F) {
    let Some(work) = child_directory() else { return };
    let store = store_in(&work.join("root"));
    let id = std::process::id();
    fs::write(work.join(format!("ready-{id}")), "").unwrap();
    wait(|| work.join("go").exists());
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let lines = runtime.block_on(run(store));
    fs::write(work.join(format!("report-{id}")), lines.join("\n")).unwrap();
}

#[test]
fn child_saves_one_name() {
    as_child(|store| async move {
        let saves = (0..SAVES).map(|number| {
            let store = store.clone();
            tokio::spawn(async move {
                let content = format!("{}-{number}", std::process::id());
                let saved = store.save("usr/a.tar.gz", &content).await.unwrap();
                format!("{} {content}", saved.name)
            })
        });
        join_all(saves).await.into_iter().map(Result::unwrap).collect()
    });
}

#[test]
fn a_hundred_simultaneous_saves_of_one_name_are_a_hundred_names_and_contents() {
    let (work, reports) = two_children("processes::child_saves_one_name");
    assert_eq!(reports.len(), 2 * SAVES);
    let (mut names, mut contents) = (BTreeSet::new(), BTreeSet::new());
    for report in &reports {
        let (name, content) = report.split_once(' ').unwrap();
        assert_eq!(fs::read_to_string(work.path().join("root").join(name)).unwrap(), content);
        names.insert(name.to_owned());
        contents.insert(content.to_owned());
    }
    assert_eq!((names.len(), contents.len()), (2 * SAVES, 2 * SAVES));
    assert!(names.contains("usr/a.tar.gz"));
    assert_eq!(fs::read_dir(work.path().join("root/usr")).unwrap().count(), 2 * SAVES);
}

#[test]
fn child_creates_one_name() {
    as_child(|store| async move {
        let saves = (0..SAVES).map(|number| {
            let content = format!("{}-{number}", std::process::id());
            let store = store.clone();
            tokio::spawn(async move {
                match store.save("only", &content).create().await {
                    Ok(_) => Some(content),
                    Err(error) => {
                        assert_eq!(error.kind(), ErrorKind::AlreadyExists, "{error}");
                        None
                    }
                }
            })
        });
        join_all(saves).await.into_iter().filter_map(Result::unwrap).collect()
    });
}

#[test]
fn of_a_hundred_simultaneous_creates_one_wins() {
    let (work, reports) = two_children("processes::child_creates_one_name");
    assert_eq!(reports.len(), 1, "{reports:?}");
    assert_eq!(fs::read_to_string(work.path().join("root/only")).unwrap(), reports[0]);
}

const INCREMENTS: u64 = 40;

#[test]
fn child_counts() {
    as_child(|store| async move {
        let mut lost = 0;
        for _ in 0..INCREMENTS {
            loop {
                let file = store.open("counter").await.unwrap();
                let etag = file.metadata().etag.clone().unwrap();
                let next = file.text().await.unwrap().parse::<u64>().unwrap() + 1;
                let save = store.save("counter", next.to_string()).mode(SaveMode::Replace(etag));
                match save.durability(Durability::Buffered).await {
                    Ok(_) => break,
                    Err(error) => assert_eq!(error.kind(), ErrorKind::PreconditionFailed, "{error}"),
                }
                lost += 1;
            }
        }
        vec![lost.to_string()]
    });
}

#[test]
fn compare_and_swap_loses_no_update() {
    // The counter has to be there before the children begin.
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("root")).unwrap();
    fs::write(work.path().join("root/counter"), "0").unwrap();
    fs::write(work.path().join("go"), "").unwrap();
    let children: Vec<_> =
        (0..3).map(|_| child("processes::child_counts", work.path()).spawn().unwrap()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    let counted = fs::read_to_string(work.path().join("root/counter")).unwrap();
    assert_eq!(counted, (3 * INCREMENTS).to_string());
}

#[test]
fn child_holds_a_staging_file() {
    let Some(work) = child_directory() else { return };
    let staged = fs::File::create(work.join("root/.holdall-live")).unwrap();
    staged.lock().unwrap();
    fs::write(work.join("ready-"), "").unwrap();
    wait(|| work.join("go").exists());
}

#[tokio::test]
async fn a_sweep_takes_what_the_dead_left_and_spares_the_living() {
    let work = tempfile::tempdir().unwrap();
    let root = work.path().join("root");
    fs::create_dir_all(root.join("deep/er")).unwrap();
    let mut child = child("processes::child_holds_a_staging_file", work.path()).spawn().unwrap();
    wait(|| work.path().join("ready-").exists());
    fs::write(root.join("deep/er/.holdall-dead"), "left").unwrap();
    fs::write(root.join("file"), "kept").unwrap();

    let storage = holdall_fs::FileSystemStorage::new(&root).unwrap();
    let hour = std::time::Duration::from_hours(1);
    assert_eq!(storage.sweep_stale(hour).await.unwrap(), 0, "they are younger than an hour");
    assert_eq!(storage.sweep_stale(std::time::Duration::ZERO).await.unwrap(), 1);
    assert_eq!(crate::support::paths(&root), [".holdall-live", "file"]);

    fs::write(work.path().join("go"), "").unwrap();
    assert!(child.wait().unwrap().success());
    assert_eq!(storage.sweep_stale(std::time::Duration::ZERO).await.unwrap(), 1);
    assert_eq!(crate::support::paths(&root), ["file"]);
}
