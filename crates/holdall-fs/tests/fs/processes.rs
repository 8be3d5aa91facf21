//! Several processes on one directory: the promises hold across them.

use std::collections::BTreeSet;
use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::Path;
use std::process::{Child, Stdio};
use std::time::Duration;

use futures_util::future::join_all;
use holdall_core::{Durability, ErrorKind, SaveMode, Storage as _, Store};
use holdall_fs::FileSystemStorage;

use crate::support::{child, child_directory, paths, store_in};

const SAVES: usize = 50;

/// Children that wait for the start, which is the end of their standard input: whatever becomes of the
/// parent, they do not wait for ever.
struct Children(Vec<Child>);

impl Children {
    /// Starts so many, and waits until each has told that it is ready.
    fn start(test: &str, work: &Path, count: usize) -> Self {
        let start = || child(test, work).stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().unwrap();
        let mut children: Vec<_> = (0..count).map(|_| start()).collect();
        for child in &mut children {
            let lines = BufReader::new(child.stdout.as_mut().unwrap()).lines();
            assert!(lines.map(Result::unwrap).any(|line| line.ends_with(READY)), "a child ended early");
        }
        Self(children)
    }

    /// Lets them begin, and waits until they have ended well.
    fn run(mut self) {
        for child in &mut self.0 {
            drop(child.stdin.take());
        }
        for child in &mut self.0 {
            // What the test harness says at the end has to go somewhere.
            let mut rest = String::new();
            child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
            assert!(child.wait().unwrap().success(), "{rest}");
        }
    }
}

const READY: &str = "ready";

/// The child's side: tells that it is ready, and waits for the start.
fn wait_for_start() {
    println!("{READY}");
    let mut nothing = Vec::new();
    std::io::stdin().read_to_end(&mut nothing).unwrap();
}

/// Runs children together on a new directory. Each writes what it has to report into a file of its own,
/// whose lines are returned.
fn together(test: &str, count: usize, prepare: impl FnOnce(&Path)) -> (tempfile::TempDir, Vec<String>) {
    let work = tempfile::tempdir().unwrap();
    fs::create_dir(work.path().join("root")).unwrap();
    prepare(&work.path().join("root"));
    Children::start(test, work.path(), count).run();
    let reports = fs::read_dir(work.path()).unwrap().map(|entry| entry.unwrap().path());
    let reports = reports.filter(|path| path.is_file()).map(|path| fs::read_to_string(path).unwrap());
    let lines =
        reports.collect::<Vec<_>>().iter().flat_map(|report| report.lines().map(str::to_owned)).collect();
    (work, lines)
}

/// The child's side of [`together`].
fn as_child<F: Future<Output = Vec<String>>>(run: impl FnOnce(Store) -> F) {
    let Some(work) = child_directory() else { return };
    let store = store_in(&work.join("root"));
    wait_for_start();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap();
    let lines = runtime.block_on(run(store));
    fs::write(work.join(format!("report-{}", std::process::id())), lines.join("\n")).unwrap();
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
    let (work, reports) = together("processes::child_saves_one_name", 2, |_| ());
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
    let (work, reports) = together("processes::child_creates_one_name", 2, |_| ());
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
                let save = store.save("counter", next.to_string()).mode(SaveMode::IfMatch(etag));
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
    let prepare = |root: &Path| fs::write(root.join("counter"), "0").unwrap();
    let (work, _) = together("processes::child_counts", 3, prepare);
    let counted = fs::read_to_string(work.path().join("root/counter")).unwrap();
    assert_eq!(counted, (3 * INCREMENTS).to_string());
}

#[test]
fn child_holds_a_staging_file() {
    let Some(work) = child_directory() else { return };
    let staged = fs::File::create(work.join("root/.holdall-live")).unwrap();
    staged.lock().unwrap();
    wait_for_start();
}

#[tokio::test]
async fn a_sweep_takes_what_the_dead_left_and_spares_the_living() {
    let work = tempfile::tempdir().unwrap();
    let root = work.path().join("root");
    fs::create_dir_all(root.join("deep/er")).unwrap();
    let child = Children::start("processes::child_holds_a_staging_file", work.path(), 1);
    fs::write(root.join("deep/er/.holdall-dead"), "left").unwrap();
    fs::write(root.join("file"), "kept").unwrap();

    let storage = FileSystemStorage::new(&root).unwrap();
    assert_eq!(storage.sweep(Duration::from_hours(1)).await.unwrap().removed, 0, "they are younger");
    assert_eq!(storage.sweep(Duration::ZERO).await.unwrap().removed, 1);
    assert_eq!(paths(&root), [".holdall-live", "file"]);

    child.run();
    assert_eq!(storage.sweep(Duration::ZERO).await.unwrap().removed, 1);
    assert_eq!(paths(&root), ["file"]);
}
