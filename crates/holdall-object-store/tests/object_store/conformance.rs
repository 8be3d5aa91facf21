//! The conformance suite over the stores of `object_store` that need no cloud.

use std::path::Path;

use holdall_core::{Entry, ErrorKind, Store};
use holdall_object_store::{ObjectStoreStorage, Profile};
use holdall_testing::conformance::{Suite, suite};

use object_store::ObjectStoreExt as _;
use object_store::memory::InMemory;

use crate::support::{disk, files_below, memory};

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms() {
    suite().run(&memory()).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms_below_a_location() {
    let store = InMemory::new();
    let storage = ObjectStoreStorage::memory(store.clone()).location("the/media").build().unwrap();
    suite().quick().run(&Store::new(storage).located("inner/place").unwrap()).await.assert();
}

/// The ways that stores go which have no order, no copies and nothing to publish with.
#[tokio::test(flavor = "multi_thread")]
async fn memory_conforms_by_the_long_ways() {
    let profile = Profile::memory().with_ordered(false).with_copy(false).with_publish(false);
    let storage = ObjectStoreStorage::memory(InMemory::new()).profile(profile).build().unwrap();
    suite().run(&Store::new(storage)).await.assert();
}

/// What no name can say is shown as foreign, in its place, in both kinds of listing; what is reserved is not.
#[tokio::test]
async fn what_others_put_there_is_foreign() {
    for ordered in [true, false] {
        let objects = InMemory::new();
        let raw = ["a", "a\\b", "c\u{85}/x", "d/e", "d/.holdall-x/y", "z\u{9c}"];
        for raw in raw {
            objects.put(&object_store::path::Path::parse(raw).unwrap(), "x".into()).await.unwrap();
        }
        let profile = Profile::memory().with_ordered(ordered);
        let store = Store::new(ObjectStoreStorage::memory(objects).profile(profile).build().unwrap());
        let shown = |entries: Vec<Entry>| {
            let shown = entries.iter().map(|entry| {
                let mark = if matches!(entry, Entry::Foreign(_)) { "!" } else { "" };
                format!("{mark}{}", String::from_utf8(entry.sort_key()).unwrap())
            });
            shown.collect::<Vec<_>>()
        };
        let all = shown(store.list("").recursive().collect().await.unwrap());
        assert_eq!(all, ["a", "!a\\b", "!c\u{85}/x", "d/e", "!z\u{9c}"], "ordered: {ordered}");
        let level = shown(store.list("").collect().await.unwrap());
        assert_eq!(level, ["a", "!a\\b", "!c\u{85}/", "d/", "!z\u{9c}"]);
    }
}

/// `LocalFileSystem` puts `#1` and the like behind the name of a file while it writes it.
const LONG_NAMES: &str = "leaves no room for file names over 250 bytes, because it adds an ending of its own";
/// It makes paths of URLs, and the `url` crate ends the URL of a drive with a slash, wherever it stands.
const DRIVES: &str = "takes `C:` at the end of a name for a drive, and its path for a directory";
/// What is wrong with the names of `LocalFileSystem`.
const NAMES: [(&str, &str); 4] = [
    ("names_may_have_segments_of_255_bytes", LONG_NAMES),
    ("names_of_255_bytes_can_be_renamed", LONG_NAMES),
    ("names_that_are_odd_are_kept_byte_for_byte", DRIVES),
    ("names_that_are_odd_can_be_copied_and_deleted", DRIVES),
];

/// All other odd names, among them those that `LocalFileSystem` has uses for, are kept or refused in words.
#[tokio::test]
async fn the_disk_keeps_or_refuses_every_name() {
    let root = tempfile::tempdir().unwrap();
    let store = Store::new(ObjectStoreStorage::local(disk(root.path())).build().unwrap());
    for name in ["a#1", "a#123", "#7", "C:", "a/abc:", &"x".repeat(251), &"x".repeat(300)] {
        let error = store.save(name, "x").overwrite().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidName, "{error}");
    }
    for name in [
        "a#",
        "a#1b",
        "a#1/b",
        "a#1#b",
        "1:",
        "a:b",
        "C:/x",
        "%2e%2e",
        "%",
        "~",
        "a|b",
        "日本",
        &"x".repeat(250),
    ] {
        assert_eq!(store.save(name, name).overwrite().await.unwrap().name, *name);
        assert_eq!(store.open(name).await.unwrap().text().await.unwrap(), name);
        store.delete(name).await.unwrap();
    }
    assert!(files_below(root.path()).is_empty());
}

/// The suite for the disk. After every case no file is left, under any name. (Directories are: an upload that
/// was aborted leaves those that were made for it. The crate `holdall-fs` does not.)
fn on_disk(root: &Path) -> Suite {
    let root = root.to_owned();
    let suite = suite().leftovers(move || std::future::ready(files_below(&root)));
    NAMES.iter().fold(suite, |suite, (case, reason)| suite.except(*case, *reason))
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_conforms() {
    let root = tempfile::tempdir().unwrap();
    let storage = ObjectStoreStorage::local(disk(root.path())).base_url("/media/").build().unwrap();
    on_disk(root.path()).run(&Store::new(storage)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_disk_conforms_below_a_location() {
    let root = tempfile::tempdir().unwrap();
    let store = disk(root.path()).with_fsync(true);
    let storage = ObjectStoreStorage::local(store).profile(Profile::local().with_durable(true));
    let storage = storage.location("the/media").build().unwrap();
    on_disk(root.path()).quick().run(&Store::new(storage).located("inner/place").unwrap()).await.assert();
}
