//! `link(root)`: symbolic links to the sources instead of copies.

use std::path::{Path, PathBuf};

use holdall_core::{ErrorKind, Name, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Action, Collector, Directories, Embedded};

use crate::support::{SITE, hashed, write};

/// Sources and a destination on a disk.
struct Place {
    folder: tempfile::TempDir,
    store: Store,
}

impl Place {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("static"), &SITE);
        let disk =
            FileSystemStorage::builder(folder.path().join("collected")).create_root(true).build().unwrap();
        Self { folder, store: Store::new(disk) }
    }

    fn source(&self, name: &str) -> PathBuf {
        self.folder.path().join("static").join(name)
    }

    fn root(&self) -> PathBuf {
        self.folder.path().join("collected")
    }

    fn at(&self, name: &str) -> PathBuf {
        self.root().join(name)
    }

    fn collector(&self) -> Collector {
        Collector::new().finder(Directories::new(self.folder.path().join("static")))
    }
}

fn linked(published: &holdall_static::Published) -> Vec<&str> {
    published.with_action(Action::Linked).map(Name::as_str).collect()
}

fn sorted() -> Vec<&'static str> {
    let mut names: Vec<_> = SITE.iter().map(|(name, _)| *name).collect();
    names.sort_unstable();
    names
}

fn staging_files(root: &Path) -> usize {
    let entries = std::fs::read_dir(root).unwrap().map(|entry| entry.unwrap().file_name());
    entries.filter(|name| name.to_string_lossy().starts_with(Name::RESERVED_PREFIX)).count()
}

#[tokio::test]
async fn copies_are_links_and_hashed_files_are_real() {
    let place = Place::new();
    let pretended = place.collector().link(place.root()).dry_run(true).collect(&place.store).await.unwrap();
    assert!(!place.at("robots.txt").exists());
    let done = place.collector().link(place.root()).collect(&place.store).await.unwrap();
    assert_eq!(pretended.published, done.published);
    assert_eq!(linked(&done.published), sorted());
    for (name, _) in SITE {
        assert_eq!(place.at(name).read_link().unwrap(), place.source(name));
        let hashed = place.at(&hashed(&place.store, name).await);
        assert!(hashed.symlink_metadata().unwrap().is_file());
    }
    assert_eq!(staging_files(&place.root()), 0);

    // An edit shows, and is no change for the next run but for the hashed file.
    std::fs::write(place.source("robots.txt"), "edited").unwrap();
    assert_eq!(std::fs::read(place.at("robots.txt")).unwrap(), b"edited");
    let again = place.collector().link(place.root()).collect(&place.store).await.unwrap().published;
    assert_eq!(linked(&again), [""; 0]);
    assert_eq!(again.post_processed.len(), 1);
}

#[tokio::test]
async fn links_take_the_place_of_files_and_the_other_way_round() {
    let place = Place::new();
    place.collector().collect(&place.store).await.unwrap();
    let link = place.collector().link(place.root());
    assert_eq!(linked(&link.collect(&place.store).await.unwrap().published), sorted());

    // A link elsewhere is made right.
    std::fs::remove_file(place.at("robots.txt")).unwrap();
    std::os::unix::fs::symlink("/nowhere", place.at("robots.txt")).unwrap();
    assert_eq!(linked(&link.collect(&place.store).await.unwrap().published), ["robots.txt"]);

    let back = place.collector().local_root(place.root());
    let pretended = back.clone().dry_run(true).collect(&place.store).await.unwrap().published;
    assert!(place.at("robots.txt").is_symlink());
    let published = back.collect(&place.store).await.unwrap().published;
    assert_eq!(pretended, published);
    assert_eq!(
        published.with_action(Action::Replaced).filter(|name| !name.as_str().contains(".json")).count(),
        SITE.len()
    );
    for (name, text) in SITE {
        assert!(place.at(name).symlink_metadata().unwrap().is_file());
        assert_eq!(std::fs::read_to_string(place.at(name)).unwrap(), text);
        assert_eq!(std::fs::read_to_string(place.source(name)).unwrap(), text);
    }
    // Of the storage, with its headers, and known to the next run.
    let metadata = place.store.metadata("robots.txt").await.unwrap();
    if place.store.capabilities().attributes {
        assert_eq!(metadata.attributes.cache_control.as_deref(), Some("public, max-age=60"));
    }
    assert!(back.collect(&place.store).await.unwrap().published.changes.is_empty());
}

#[tokio::test]
async fn a_link_that_is_in_the_way_is_told_where_nobody_knows_the_directory() {
    let place = Place::new();
    place.collector().link(place.root()).collect(&place.store).await.unwrap();
    let error = place.collector().collect(&place.store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
}

#[tokio::test]
async fn clearing_removes_links_that_are_not_of_the_collection() {
    let place = Place::new();
    place.collector().link(place.root()).collect(&place.store).await.unwrap();
    std::fs::remove_file(place.source("robots.txt")).unwrap();
    // Its source is gone, and so it leads nowhere.
    assert!(place.at("robots.txt").is_symlink() && !place.at("robots.txt").exists());
    let clear = place.collector().link(place.root()).clear(true);
    let pretended = clear.clone().dry_run(true).collect(&place.store).await.unwrap().published;
    let published = clear.collect(&place.store).await.unwrap().published;
    assert_eq!(pretended, published);
    assert!(!place.at("robots.txt").is_symlink());
    assert!(published.foreign.is_empty());
    assert_eq!(linked(&published).len(), SITE.len() - 1);
}

#[tokio::test]
async fn what_cannot_be_linked_is_refused_before_anything_is_published() {
    let place = Place::new();
    let embedded = Embedded::new([("embedded.css", "a {}")]).unwrap();
    let error =
        place.collector().finder(embedded).link(place.root()).collect(&place.store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.reason().contains("embedded.css"), "{error}");
    assert_eq!(std::fs::read_dir(place.root()).unwrap().count(), 0);

    let error = place.collector().link(place.root()).copies(false).collect(&place.store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);

    let elsewhere = tempfile::tempdir().unwrap();
    let error = place.collector().link(elsewhere.path()).collect(&place.store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig);
    assert!(error.reason().contains("does not keep its files there"), "{error}");
    assert_eq!(std::fs::read_dir(elsewhere.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn no_link_leads_a_link_out_of_the_directory() {
    let place = Place::new();
    let outside = tempfile::tempdir().unwrap();
    std::fs::create_dir_all(place.root()).unwrap();
    std::os::unix::fs::symlink(outside.path(), place.at("css")).unwrap();
    let collector = place.collector().link(place.root()).post_process(false);
    let error = collector.collect(&place.store).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert!(error.to_string().contains("leads out of"), "{error}");
    assert_eq!(std::fs::read_dir(outside.path()).unwrap().count(), 0);
}

#[tokio::test]
async fn a_local_copy_is_made_from_its_hashed_file_and_is_what_the_source_says() {
    let place = Place::new();
    let collector = place.collector().local_root(place.root());
    collector.collect(&place.store).await.unwrap();
    for (name, text) in SITE {
        assert_eq!(std::fs::read_to_string(place.at(name)).unwrap(), text);
        if place.store.capabilities().attributes {
            let metadata = place.store.metadata(name).await.unwrap();
            assert_eq!(metadata.attributes.cache_control.as_deref(), Some("public, max-age=60"), "{name}");
        }
    }
    assert!(collector.collect(&place.store).await.unwrap().published.changes.is_empty());

    // Of the same name and size, but not what it should be: the copy comes from the source.
    let robots = hashed(&place.store, "robots.txt").await;
    std::fs::write(place.at(&robots), "User-agent: x\n").unwrap();
    std::fs::remove_file(place.at("robots.txt")).unwrap();
    collector.collect(&place.store).await.unwrap();
    assert_eq!(std::fs::read_to_string(place.at("robots.txt")).unwrap(), "User-agent: *\n");
}
