//! What is particular to memory. The conformance suite in `holdall-testing` covers the contract.

use crate::error::ErrorKind;
use crate::{Located, Location, MemoryStorage, Store};

#[tokio::test]
async fn a_file_and_a_directory_share_a_name() {
    let store = Store::new(MemoryStorage::new());
    store.save("a", "file").await.unwrap();
    store.save("a/b", "below").await.unwrap();
    let root = store.listdir("").await.unwrap();
    assert_eq!(root.files[0].name, "a");
    assert_eq!(root.dirs[0].as_str(), "a");
    assert_eq!(store.open("a").await.unwrap().text().await.unwrap(), "file");
}

#[tokio::test]
async fn every_save_has_a_tag_of_its_own() {
    let store = Store::new(MemoryStorage::new());
    let first = store.save("a", "same").overwrite().await.unwrap();
    let second = store.save("a", "same").overwrite().await.unwrap();
    assert_ne!(first.etag, second.etag);
}

#[tokio::test]
async fn it_makes_no_urls_and_says_so() {
    let store = Store::new(Located::new(MemoryStorage::new(), Location::new("x").unwrap()));
    let error = store.url("a").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(error.to_string().starts_with("cannot make a URL for \"a\" in memory/x: "), "{error}");
}
