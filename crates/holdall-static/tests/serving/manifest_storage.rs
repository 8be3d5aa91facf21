//! A storage whose URLs are those of hashed names.

use std::sync::Arc;

use holdall_core::{ErrorKind, MemoryStorage, Storage, Store, UrlOptions};
use holdall_fs::FileSystemStorage;
use holdall_static::{MANIFEST_NAME, Manifest, ManifestStorage};
use holdall_testing::conformance::suite;

use crate::example::{SITE, hashed, manifest};
use crate::site::{collect, collected, disk};

async fn hashing(store: &Store) -> ManifestStorage {
    ManifestStorage::load(Arc::clone(store.storage())).await.unwrap()
}

#[tokio::test]
async fn every_name_has_the_url_of_its_hashed_file() {
    let (_folder, store) = collected("/files/").await;
    let files = Store::new(hashing(&store).await);
    for (name, _) in SITE {
        let url = files.url(name).await.unwrap();
        assert_eq!(url, store.url(&*hashed(&store, name).await).await.unwrap());
        assert!(url.as_str().starts_with("/files/static/") && url.expires_at.is_none(), "{url:?}");
    }
    // Every other verb takes names as they are.
    assert_eq!(files.open("robots.txt").await.unwrap().text().await.unwrap(), "User-agent: *\n");
    assert_eq!(files.to_string(), store.to_string());
}

#[tokio::test]
async fn a_name_that_is_not_there_is_an_error_with_the_nearest_one() {
    let (_folder, store) = collected("/static/").await;
    let files = Store::new(hashing(&store).await);
    for (name, nearest) in
        [("css/App.css", "css/app.css"), ("css/ap.css", "css/app.css"), ("cat.png", "img/cat.png")]
    {
        let error = files.url(name).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::InvalidInput, "a page must not answer 404 for it: {error}");
        let sentence = format!("Missing staticfiles manifest entry for '{name}'; did you mean '{nearest}'?");
        assert_eq!(error.reason(), sentence);
        assert_eq!(error.name(), Some(name));
    }
    let error = files.url("nothing/like/it").await.unwrap_err();
    assert_eq!(error.reason(), "Missing staticfiles manifest entry for 'nothing/like/it'");
    // A hashed name is no name of a file.
    assert!(files.url(&*hashed(&store, "robots.txt").await).await.is_err());
}

#[tokio::test]
async fn what_is_not_strict_has_plain_urls() {
    let (_folder, store) = collected("/static/").await;
    let lenient = Store::new(hashing(&store).await.strict(false));
    assert_eq!(
        lenient.url("robots.txt").await.unwrap(),
        store.url(&*hashed(&store, "robots.txt").await).await.unwrap()
    );
    assert_eq!(lenient.url("later.txt").await.unwrap(), store.url("later.txt").await.unwrap());
    let unhashed = ManifestStorage::unhashed(Arc::clone(store.storage()));
    assert!(unhashed.manifest().is_none() && !unhashed.reload().await.unwrap());
    assert_eq!(Store::new(unhashed).url("robots.txt").await.unwrap(), store.url("robots.txt").await.unwrap());
}

#[tokio::test]
async fn a_missing_or_broken_manifest_says_what_to_do() {
    let (_folder, store) = disk("/static/");
    let error = ManifestStorage::load(Arc::clone(store.storage())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound);
    let sentence = error.to_string();
    assert!(sentence.contains("run `holdall collectstatic`"), "{sentence}");
    assert!(sentence.contains(MANIFEST_NAME) && sentence.contains(&store.to_string()), "{sentence}");

    store.save(MANIFEST_NAME, "{").await.unwrap();
    let error = ManifestStorage::load(Arc::clone(store.storage())).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidInput);
    assert!(error.to_string().contains(&store.to_string()), "{error}");
    assert!(error.to_string().contains("`holdall collectstatic --force`"), "{error}");
}

#[tokio::test]
async fn a_reload_swaps_the_manifest_for_every_clone() {
    let (_folder, store) = collected("/static/").await;
    let files = hashing(&store).await;
    let clone = Store::new(files.clone());
    let before = clone.url("robots.txt").await.unwrap();
    assert!(!files.reload().await.unwrap(), "nothing has changed");

    collect(&store, &[("robots.txt", "Disallow: /\n"), ("new.txt", "new")]).await;
    assert_eq!(clone.url("robots.txt").await.unwrap(), before, "nobody has reloaded");
    assert!(files.reload().await.unwrap());
    assert_ne!(clone.url("robots.txt").await.unwrap(), before);
    assert!(clone.url("new.txt").await.is_ok() && clone.url("css/app.css").await.is_err());

    // What cannot be read changes nothing.
    store.save(MANIFEST_NAME, "[]").await.unwrap();
    assert!(files.reload().await.is_err());
    assert!(clone.url("new.txt").await.is_ok());
}

#[tokio::test]
async fn a_manifest_can_be_part_of_the_program() {
    let (_folder, store) = disk("/static/");
    let manifest =
        Manifest::parse(br#"{"paths": {"a.css": "a.5e0040571e1a.css"}, "version": "1.0"}"#).unwrap();
    let files = ManifestStorage::with_manifest(Arc::clone(store.storage()), manifest);
    assert_eq!(Store::new(files).url("a.css").await.unwrap().as_str(), "/static/static/a.5e0040571e1a.css");
}

#[tokio::test]
async fn url_options_and_refusals_are_those_of_the_storage_below() {
    let store = Store::new(MemoryStorage::new());
    collect(&store, &SITE).await;
    let files = hashing(&store).await;
    let name = holdall_core::Name::new("robots.txt").unwrap();
    let error = files.url(&name, UrlOptions::default()).await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::Unsupported, Some("robots.txt")));
    assert_eq!(files.manifest().unwrap().hash(), manifest(&store).await.hash());
}

#[tokio::test(flavor = "multi_thread")]
async fn it_conforms_as_what_it_wraps() {
    let memory = ManifestStorage::unhashed(MemoryStorage::new().with_versions());
    suite().quick().run(&Store::new(memory)).await.assert();
    let folder = tempfile::tempdir().unwrap();
    let disk = FileSystemStorage::builder(folder.path()).base_url("/static/").build().unwrap();
    let lenient = ManifestStorage::with_manifest(disk, Manifest::default()).strict(false);
    suite().quick().run(&Store::new(lenient)).await.assert();
}
