//! Nothing outside the root is read or written, whatever links say and whoever swaps them.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::Path;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use holdall_core::{Durability, ErrorKind, Store};

use crate::support::{store_in, tree};

/// Content that nothing inside has, nor its size.
const SECRET: &str = "what nobody may read";

/// A root with a neighbour that must never be touched.
struct Neighbours {
    work: tempfile::TempDir,
    store: Store,
}

impl Neighbours {
    fn new() -> Self {
        let work = tempfile::tempdir().unwrap();
        fs::create_dir(work.path().join("root")).unwrap();
        fs::create_dir(work.path().join("outside")).unwrap();
        fs::write(work.path().join("outside/file"), SECRET).unwrap();
        fs::write(work.path().join("outside/outsider"), SECRET).unwrap();
        let store = store_in(&work.path().join("root"));
        Self { work, store }
    }

    fn root(&self) -> std::path::PathBuf {
        self.work.path().join("root")
    }

    fn outside(&self) -> std::path::PathBuf {
        self.work.path().join("outside")
    }
}

/// Every verb against `box/file`, a thousand times, while a thread swaps the directory `box` with a link
/// that leads outside.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn a_directory_that_turns_into_a_link_leads_nowhere() {
    let neighbours = Neighbours::new();
    let (root, before) = (neighbours.root(), tree(&neighbours.outside()));
    fs::create_dir(root.join("box")).unwrap();
    fs::write(root.join("box/file"), "public").unwrap();
    fs::write(root.join("box/keep"), "it is never empty").unwrap();
    symlink(neighbours.outside(), root.join("link")).unwrap();

    let (done, swaps) = (AtomicBool::new(false), AtomicU64::new(0));
    std::thread::scope(|scope| {
        scope.spawn(|| swap(&root, &done, &swaps));
        let workers: Vec<_> = (0..4)
            .map(|worker| {
                let store = neighbours.store.clone();
                scope.spawn(move || {
                    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
                    runtime.block_on(attack(&store, worker))
                })
            })
            .collect();
        let outcomes: Vec<_> = workers.into_iter().map(std::thread::ScopedJoinHandle::join).collect();
        // Before anything is judged: a failure must not leave the other thread swapping for ever.
        done.store(true, Ordering::Relaxed);
        let hits: u32 = outcomes.into_iter().map(Result::unwrap).sum();
        assert!(hits > 0, "no operation ever met the real directory");
    });
    assert!(swaps.load(Ordering::Relaxed) > 100, "nothing was swapped");
    assert_eq!(tree(&neighbours.outside()), before);
}

#[cfg(target_os = "linux")]
fn swap(root: &Path, done: &AtomicBool, swaps: &AtomicU64) {
    use rustix::fs::{CWD, RenameFlags, renameat_with};
    let (directory, link) = (root.join("box"), root.join("link"));
    while !done.load(Ordering::Relaxed) {
        renameat_with(CWD, &directory, CWD, &link, RenameFlags::EXCHANGE).unwrap();
        swaps.fetch_add(1, Ordering::Relaxed);
    }
}

/// Returns how often the real directory was met.
async fn attack(store: &Store, worker: u32) -> u32 {
    let mut hits = 0;
    for round in 0..400 {
        match store.open("box/file").await {
            Ok(file) => {
                let text = file.text().await.unwrap();
                assert!(text.starts_with("public"), "read {text:?}");
                hits += 1;
            }
            Err(error) => refused(&error),
        }
        let fast = Durability::Buffered;
        let name = format!("box/new-{worker}");
        let saves = [
            store.save(&name, "public").overwrite().durability(fast).await,
            store.save("box/file", "public too").durability(fast).await,
            store.copy("box/keep", format!("box/copy-{worker}")).overwrite().await,
        ];
        for outcome in saves {
            outcome.map_or_else(|error| refused(&error), |_| hits += 1);
        }
        match store.metadata("box/file").await {
            Ok(metadata) => assert_ne!(metadata.size, SECRET.len() as u64, "{metadata:?}"),
            Err(error) => refused(&error),
        }
        match store.listdir("box").await {
            Ok(listing) => assert!(listing.files.iter().all(|file| file.name.file_name() != "outsider")),
            Err(error) => refused(&error),
        }
        if round % 5 == 0 {
            store.delete(name).await.unwrap_or_else(|error| refused(&error));
        }
    }
    hits
}

fn refused(error: &holdall_core::Error) {
    use ErrorKind::{Conflict, NotFound, PermissionDenied, Unavailable};
    assert!(matches!(error.kind(), Conflict | NotFound | PermissionDenied | Unavailable), "{error:?}");
}

/// The targets that a link in place of a file may have.
fn links(neighbours: &Neighbours) -> Vec<std::path::PathBuf> {
    let outside = neighbours.outside();
    vec![outside.join("file"), outside.join("new"), "../outside/file".into(), "nowhere".into(), "file".into()]
}

#[tokio::test]
async fn a_link_in_place_of_a_file_is_neither_followed_nor_replaced() {
    let neighbours = Neighbours::new();
    let (store, root) = (&neighbours.store, neighbours.root());
    store.save("file", "inside").await.unwrap();
    for target in links(&neighbours) {
        symlink(&target, root.join("x")).unwrap();
        let before = tree(neighbours.work.path());

        assert_eq!(store.open("x").await.unwrap_err().kind(), ErrorKind::NotFound, "{target:?}");
        assert!(!store.exists("x").await.unwrap());
        assert_eq!(store.copy("x", "y").await.unwrap_err().kind(), ErrorKind::NotFound);
        assert_eq!(store.rename("x", "y").await.unwrap_err().kind(), ErrorKind::NotFound);
        for save in [store.save("x", "!").create(), store.save("x", "!").overwrite()] {
            let error = save.await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
            assert!(error.to_string().contains("symbolic link"), "{error}");
        }
        assert_eq!(store.copy("file", "x").overwrite().await.unwrap_err().kind(), ErrorKind::Conflict);
        store.delete("x").await.unwrap();
        assert_eq!(tree(neighbours.work.path()), before, "{target:?}");

        // The name is taken, so that a save which may choose takes another one.
        let saved = store.save("x", "new").await.unwrap();
        assert_ne!(saved.name, "x");
        store.delete(&saved.name).await.unwrap();
        assert_eq!(tree(neighbours.work.path()), before, "{target:?}");
        fs::remove_file(root.join("x")).unwrap();
    }
}

#[tokio::test]
async fn a_link_in_place_of_a_directory_is_followed_inside_and_refused_outside() {
    let neighbours = Neighbours::new();
    let (store, root) = (&neighbours.store, neighbours.root());
    store.save("real/file", "inside").await.unwrap();
    symlink("real", root.join("inner")).unwrap();
    assert_eq!(store.open("inner/file").await.unwrap().text().await.unwrap(), "inside");
    store.save("inner/more", "x").await.unwrap();
    assert!(root.join("real/more").is_file());
    // It is shown as what it is, and nothing is listed twice.
    let entries = store.list("").recursive().collect().await.unwrap();
    let keys: Vec<_> = entries.iter().map(|entry| String::from_utf8(entry.sort_key()).unwrap()).collect();
    assert_eq!(keys, ["inner", "real/file", "real/more"]);
    assert!(matches!(entries[0], holdall_core::Entry::Foreign(_)));

    let before = tree(neighbours.work.path());
    for (number, target) in
        [neighbours.outside(), "../outside".into(), "/".into(), "..".into()].iter().enumerate()
    {
        let link = format!("outer{number}");
        symlink(target, root.join(&link)).unwrap();
        let name = format!("{link}/file");
        for error in [
            store.open(&name).await.unwrap_err(),
            store.metadata(&name).await.unwrap_err(),
            store.save(&name, "!").overwrite().await.unwrap_err(),
            store.save(format!("{link}/new/file"), "!").await.unwrap_err(),
            store.copy("real/file", &name).await.unwrap_err(),
            store.rename("real/file", &name).await.unwrap_err(),
            store.delete(&name).await.unwrap_err(),
            store.listdir(&link).await.unwrap_err(),
        ] {
            assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
            assert!(error.to_string().contains("leads outside"), "{error}");
        }
        fs::remove_file(root.join(&link)).unwrap();
    }
    assert_eq!(tree(neighbours.work.path()), before);
}

#[tokio::test]
async fn links_in_circles_and_into_nothing_are_told() {
    let neighbours = Neighbours::new();
    let (store, root) = (&neighbours.store, neighbours.root());
    symlink("circle", root.join("circle")).unwrap();
    symlink("nowhere", root.join("dangling")).unwrap();
    for name in ["circle/x", "dangling/x"] {
        assert_eq!(store.open(name).await.unwrap_err().kind(), ErrorKind::NotFound);
        let error = store.save(name, "!").await.unwrap_err();
        assert!(error.to_string().contains("link"), "{error}");
    }
    assert!(!root.join("nowhere").exists());
    assert_eq!(store.list("").recursive().collect().await.unwrap().len(), 2);
}
