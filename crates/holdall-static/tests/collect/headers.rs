//! What is stored with files beside their bytes.

use std::sync::Arc;

use holdall_core::{Content, MemoryStorage, Name, SaveOptions, Storage as _, Store};
use holdall_static::{Action, Collector, Directories, Event, Generations, Headers};

use crate::faulty::{Fault, Faulty, shared};
use crate::support::{SITE, hashed, manifest, memory, of, saved};

async fn cache_control(store: &Store, name: &str) -> String {
    store.metadata(name).await.unwrap().attributes.cache_control.unwrap_or_default()
}

#[tokio::test]
async fn rules_say_what_is_stored() {
    let store = memory();
    let collector = of(&SITE)
        .headers("robots.txt", Headers::new().content_type("text/x-robots").content_language("en"))
        .headers("css/*", Headers::new().cache_control("private").user_metadata("team", "web"));
    collector.collect(&store).await.unwrap();
    let robots = store.metadata("robots.txt").await.unwrap();
    assert_eq!(robots.content_type(), "text/x-robots");
    assert_eq!(robots.attributes.content_language.as_deref(), Some("en"));
    assert_eq!(robots.attributes.cache_control.as_deref(), Some("public, max-age=60"));
    let css = store.metadata(&hashed(&store, "css/app.css").await).await.unwrap();
    assert_eq!(css.attributes.cache_control.as_deref(), Some("private"));
    assert_eq!(css.attributes.user["team"], "web");
    assert_eq!(manifest(&store).await.details("robots.txt").unwrap().content_type, "text/x-robots");
}

#[tokio::test]
async fn other_headers_change_what_is_there_without_sending_it_again() {
    let (inner, plain) = shared();
    of(&SITE).collect(&plain).await.unwrap();
    let others = || of(&SITE).headers("*.css", Headers::new().copy_cache_control("no-cache"));
    let store = Store::new(Faulty::new(&inner, Fault::Never));

    let pretended = others().dry_run(true).collect(&store).await.unwrap().published;
    let done = others().collect(&store).await.unwrap().published;
    assert_eq!(pretended, done);
    let updated: Vec<_> = done.with_action(Action::Updated).map(Name::as_str).collect();
    assert_eq!(updated, ["css/app.css", "css/base.css"]);
    let versioned = Generations::load(&plain).await.unwrap().current().unwrap().manifest_name.clone();
    let saves: Vec<_> = done.saved().map(Name::as_str).collect();
    assert_eq!(saves, [versioned.as_str(), "staticfiles.json"]);
    assert_eq!(cache_control(&plain, "css/app.css").await, "no-cache");
    assert_eq!(cache_control(&plain, "robots.txt").await, "public, max-age=60");
    assert!(cache_control(&plain, &hashed(&plain, "css/app.css").await).await.contains("immutable"));

    assert_eq!(saved(&others().collect(&store).await.unwrap()), [""; 0]);
    // Back again.
    let back = of(&SITE).collect(&store).await.unwrap().published;
    assert_eq!(back.with_action(Action::Updated).count(), 2);
}

#[tokio::test]
async fn a_second_run_asks_for_no_single_file_but_what_the_last_one_noted() {
    let (inner, plain) = shared();
    of(&SITE).collect(&plain).await.unwrap();
    let storage = Faulty::new(&inner, Fault::Never);
    let calls = Arc::clone(&storage.calls);
    of(&SITE).collect(&Store::new(storage)).await.unwrap();
    let opened = ["staticfiles.json", "staticfiles.copies.json"].map(|name| ("open", name.to_owned()));
    assert_eq!(*calls.lock().unwrap(), opened);
}

#[tokio::test]
async fn files_that_no_manifest_knows_are_looked_at_once() {
    // As another program left them: right bytes, no headers.
    let (inner, plain) = shared();
    for (name, text) in SITE {
        inner.save(&Name::new(name).unwrap(), Content::text(text), SaveOptions::default()).await.unwrap();
    }
    let published = of(&SITE).collect(&plain).await.unwrap().published;
    let updated: Vec<_> = published.with_action(Action::Updated).map(Name::as_str).collect();
    assert_eq!(updated.len(), SITE.len(), "{updated:?}");
    assert_eq!(cache_control(&plain, "robots.txt").await, "public, max-age=60");
    assert_eq!(saved(&of(&SITE).collect(&plain).await.unwrap()), [""; 0]);
}

#[tokio::test]
async fn where_no_headers_are_kept_that_is_told_once_and_is_no_error() {
    let inner = Arc::new(MemoryStorage::new());
    let without = || {
        Store::new(
            Faulty::new(&inner, Fault::Never)
                .with_capabilities(|capabilities| capabilities.with_attributes(false).with_checksum(false)),
        )
    };
    let told = Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let count = Arc::clone(&told);
    let collector =
        of(&SITE).headers("*.css", Headers::new().cache_control("no-cache")).on_event(move |event| {
            if *event == Event::HeadersLeftOut {
                count.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            }
        });
    let report = collector.collect(&without()).await.unwrap();
    assert!(report.published.headers_left_out);
    assert_eq!(told.load(std::sync::atomic::Ordering::Relaxed), 1);
    assert!(manifest(&without()).await.details("robots.txt").unwrap().headers.is_none());
    // Nor does anybody try to change them.
    let again = of(&SITE).collect(&without()).await.unwrap();
    assert!(again.published.changes.is_empty(), "{:?}", again.published.changes);
}

#[tokio::test]
async fn text_that_is_not_utf8_has_no_charset() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("a.txt"), b"caf\xe9").unwrap();
    std::fs::write(folder.path().join("b.txt"), "café").unwrap();
    let store = memory();
    Collector::new().finder(Directories::new(folder.path())).collect(&store).await.unwrap();
    assert_eq!(store.metadata("a.txt").await.unwrap().content_type(), "text/plain");
    assert_eq!(store.metadata("b.txt").await.unwrap().content_type(), "text/plain; charset=utf-8");
}
