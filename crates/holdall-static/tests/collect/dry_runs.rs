//! A dry run says exactly what the run that follows does.

use std::path::{Path, PathBuf};

use holdall_core::{MemoryStorage, Store};
use holdall_fs::FileSystemStorage;
use holdall_static::{Action, Collector, Directories, Headers};

use crate::support::{SITE, contents, write};

struct Place {
    _folder: tempfile::TempDir,
    sources: PathBuf,
    store: Store,
}

fn places() -> Vec<Place> {
    let place = |is_disk: bool| {
        let folder = tempfile::tempdir().unwrap();
        write(&folder.path().join("static"), &SITE);
        let root = folder.path().join("collected");
        let store = if is_disk {
            Store::new(FileSystemStorage::builder(root).create_root(true).build().unwrap())
        } else {
            Store::new(MemoryStorage::new())
        };
        Place { sources: folder.path().join("static"), _folder: folder, store }
    };
    vec![place(false), place(true)]
}

/// Runs dry and then really; what was done.
async fn both(place: &Place, change: impl Fn(Collector) -> Collector) -> holdall_static::Published {
    let collector = || change(Collector::new().finder(Directories::new(&place.sources)));
    let before = contents(&place.store).await;
    let pretended = collector().dry_run(true).collect(&place.store).await.unwrap().published;
    assert_eq!(contents(&place.store).await, before, "a dry run changed something");
    let done = collector().collect(&place.store).await.unwrap().published;
    assert_eq!(pretended, done, "{}", place.store);
    // What was said is what is there.
    let after = contents(&place.store).await;
    for change in &done.changes {
        let (was, is) = (before.contains_key(change.name.as_str()), after.contains_key(change.name.as_str()));
        let expected = match change.action {
            Action::Created => (false, true),
            Action::Deleted => (true, false),
            _ => (true, true),
        };
        assert_eq!((was, is), expected, "{change:?}");
    }
    let untold = after.iter().filter(|(name, text)| {
        name.as_str() != "staticfiles.copies.json"
            && before.get(*name) != Some(*text)
            && done.changes.iter().all(|change| change.name.as_str() != name.as_str())
    });
    assert_eq!(untold.count(), 0);
    done
}

#[tokio::test]
async fn every_kind_of_run_is_foretold() {
    for place in places() {
        let at = |name: &str| Path::new(&place.sources).join(name);
        assert_eq!(
            both(&place, |plain| plain).await.with_action(Action::Created).count(),
            SITE.len() * 2 + 2
        );
        assert!(both(&place, |plain| plain).await.changes.is_empty());

        std::fs::write(at("img/cat.png"), "another cat").unwrap();
        std::fs::write(at("new.txt"), "new").unwrap();
        std::fs::remove_file(at("robots.txt")).unwrap();
        let changed = both(&place, |plain| plain).await;
        assert_eq!(changed.post_processed.len(), 3, "{changed:#?}");

        // Somebody took a copy away and changed another one.
        place.store.delete("new.txt").await.unwrap();
        place.store.save("img/cat.png", "ANOTHER CAT").overwrite().await.unwrap();
        assert_eq!(both(&place, |plain| plain).await.changes.len(), 2);

        let no_cache = |plain: Collector| plain.headers("*.js", Headers::new().cache_control("no-cache"));
        let updated = both(&place, no_cache).await;
        // A disk without extended attributes keeps no headers.
        let expected = if place.store.capabilities().attributes { 8 } else { 0 };
        assert_eq!(updated.with_action(Action::Updated).count(), expected, "{updated:#?}");

        std::fs::write(at("new.txt"), "newer").unwrap();
        both(&place, |plain| plain.post_process(false)).await;
        both(&place, |plain| plain.copies(false)).await;
        let cleared = both(&place, |plain| plain.clear(true)).await;
        assert!(cleared.unchanged.is_empty());
        assert!(cleared.with_action(Action::Deleted).any(|name| name.as_str() == "robots.txt"));
        both(&place, |plain| plain.clear(true).post_process(false)).await;
        both(&place, |plain| plain.clear(true).copies(false)).await;
    }
}
