//! `clear(true)`: nothing but this collection is left, and a site has its files all the time.

use std::sync::{Arc, Mutex};

use holdall_core::{ErrorKind, MemoryStorage, Name, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Action, Collector, Directories, Event, Role};

use crate::faulty::{Fault, Faulty, shared};
use crate::support::{SITE, contents, manifest, memory, of, write};

#[tokio::test]
async fn only_the_collection_is_left_and_all_of_it_was_sent_again() {
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    of(&[("gone.txt", "gone")]).collect(&store).await.unwrap();
    store.save("somebody/else.txt", "else").await.unwrap();
    let published = of(&SITE).clear(true).collect(&store).await.unwrap().published;

    let fresh = memory();
    of(&SITE).collect(&fresh).await.unwrap();
    let names =
        |contents: std::collections::BTreeMap<String, String>| contents.into_keys().collect::<Vec<_>>();
    assert_eq!(names(contents(&store).await), names(contents(&fresh).await));
    assert!(published.unchanged.is_empty());
    let of_files = |role| published.changes.iter().filter(move |change| change.role == role).count();
    assert_eq!((of_files(Role::Hashed), of_files(Role::Copy)), (SITE.len(), SITE.len()));
    let deleted: Vec<_> = published.with_action(Action::Deleted).map(Name::as_str).collect();
    assert!(deleted.contains(&"somebody/else.txt") && deleted.contains(&"gone.txt"), "{deleted:?}");
    // The manifests of both older generations that differ from this one.
    assert!(deleted.iter().any(|name| name.starts_with("staticfiles.")), "{deleted:?}");
    assert!(published.foreign.is_empty());

    // Of what is current already nothing is taken away.
    let again = of(&SITE).clear(true).collect(&store).await.unwrap().published;
    assert_eq!(again.with_action(Action::Deleted).count(), 0);
    assert_eq!(again.changes.len(), SITE.len() * 2 + 2);
    assert_eq!(names(contents(&store).await), names(contents(&fresh).await));
}

#[tokio::test]
async fn nothing_is_deleted_before_the_manifest_stands() {
    let (inner, plain) = shared();
    of(&[("gone.txt", "gone"), ("robots.txt", "x")]).collect(&plain).await.unwrap();
    let storage = Faulty::new(&inner, Fault::Never);
    let calls = Arc::clone(&storage.calls);
    of(&SITE).clear(true).jobs(1).collect(&Store::new(storage)).await.unwrap();
    let calls = calls.lock().unwrap();
    let verbs: Vec<&str> = calls.iter().map(|(verb, _)| *verb).filter(|verb| *verb != "open").collect();
    assert!(verbs.is_sorted_by_key(|verb| *verb == "delete"), "{verbs:?}");
    let last_save = calls.iter().rfind(|(verb, _)| *verb == "save").unwrap();
    assert_eq!(last_save.1, "staticfiles.json");
}

#[tokio::test]
async fn a_clearing_run_that_fails_has_deleted_nothing() {
    for room in 0.. {
        let (inner, plain) = shared();
        of(&[("gone.txt", "gone")]).collect(&plain).await.unwrap();
        let (old, before) = (manifest(&plain).await, contents(&plain).await);
        let filling = Store::new(Faulty::new(&inner, Fault::Full(room)));
        let Err(error) = of(&SITE).clear(true).jobs(1).collect(&filling).await else {
            assert!(room > SITE.len() * 2);
            break;
        };
        assert_eq!(error.kind(), ErrorKind::StorageFull);
        assert_eq!(manifest(&plain).await, old);
        let after = contents(&plain).await;
        assert!(before.iter().all(|(name, text)| name.starts_with("staticfiles.c") || after[name] == *text));
    }
}

#[tokio::test]
async fn without_post_processing_it_takes_the_manifest_away() {
    let store = memory();
    of(&SITE).collect(&store).await.unwrap();
    of(&[("a.css", "a {}")]).clear(true).post_process(false).collect(&store).await.unwrap();
    assert_eq!(contents(&store).await.into_keys().collect::<Vec<_>>(), ["a.css", "staticfiles.copies.json"]);
}

#[tokio::test]
async fn what_no_name_can_say_is_told_and_stays() {
    let folder = tempfile::tempdir().unwrap();
    write(&folder.path().join("static"), &SITE);
    write(&folder.path().join("collected"), &[("old.txt", "old")]);
    std::os::unix::fs::symlink("/dev/null", folder.path().join("collected/pipe")).unwrap();
    let disk = Store::new(FileSystemStorage::builder(folder.path().join("collected")).build().unwrap());
    let told = Arc::new(Mutex::new(Vec::new()));
    let listener = Arc::clone(&told);
    let collector = Collector::new()
        .finder(Directories::new(folder.path().join("static")))
        .clear(true)
        .on_event(move |event| {
            if let Event::Foreign { name } = event {
                listener.lock().unwrap().push(name.clone());
            }
        });
    let published = collector.collect(&disk).await.unwrap().published;
    assert_eq!(published.foreign, ["pipe"]);
    assert_eq!(*told.lock().unwrap(), ["pipe"]);
    assert_eq!(published.with_action(Action::Deleted).map(Name::as_str).collect::<Vec<_>>(), ["old.txt"]);
}

#[tokio::test]
async fn it_does_not_delete_by_another_spelling_what_it_has_just_saved() {
    let inner = Arc::new(MemoryStorage::new());
    let mut storage = Faulty::new(&inner, Fault::Never);
    storage.folds_case = true;
    // As such a disk does: the first spelling stays.
    Store::new(Arc::clone(&inner) as Arc<dyn holdall_core::Storage>).save("robots.txt", "old").await.unwrap();
    let store = Store::new(storage);
    of(&[("ROBOTS.txt", "new")]).clear(true).collect(&store).await.unwrap();
    assert_eq!(store.open("robots.txt").await.unwrap().text().await.unwrap(), "new");
}
