//! The everyday path through every verb.

use holdall_core::{ErrorKind, Listing, SaveMode, Store};
use holdall_fs::FileSystemStorage;

use crate::support::{store, tree};

#[tokio::test]
async fn a_file_comes_goes_and_leaves_nothing() {
    let (directory, store) = store();
    let saved = store.save("usr/a/cat.jpg", b"meow").user_metadata("album", "pets").await.unwrap();
    assert_eq!(saved.name, "usr/a/cat.jpg");
    let again = store.save("usr/a/cat.jpg", b"another").await.unwrap();
    assert_ne!(again.name, saved.name);
    let file = store.open(&saved.name).await.unwrap();
    assert_eq!(file.metadata().attributes.user["album"], "pets");
    assert_eq!(file.metadata().content_type(), "image/jpeg");
    assert_eq!(file.metadata().checksum, saved.checksum);
    assert_eq!(file.bytes().await.unwrap(), "meow");
    let entries = store.list("").recursive().collect().await.unwrap();
    assert_eq!(entries.len(), 2);
    let Listing { dirs, files, .. } = store.listdir("usr").await.unwrap();
    assert_eq!((dirs.len(), files.len()), (1, 0));
    let copied = store.copy(&saved.name, "other/dog.png").await.unwrap();
    assert_eq!(store.metadata(&copied.name).await.unwrap().content_type(), "image/jpeg");
    let moved = store.rename(&copied.name, "x.gif").await.unwrap();
    assert_eq!(store.metadata(&moved.name).await.unwrap().content_type(), "image/jpeg");
    assert!(!directory.path().join("other").exists());
    store.save("x.gif", b"new").mode(SaveMode::IfMatch(moved.etag.unwrap())).await.unwrap();
    assert_eq!(store.open("x.gif").range(1..).await.unwrap().text().await.unwrap(), "ew");
    for name in [saved.name.as_str(), again.name.as_str(), "x.gif"] {
        store.delete(name).await.unwrap();
        store.delete(name).await.unwrap();
    }
    assert_eq!(tree(directory.path()), [].into());
    assert_eq!(store.open("x.gif").await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[test]
fn display_is_a_url() {
    let directory = tempfile::Builder::new().prefix("a b").tempdir().unwrap();
    let storage = FileSystemStorage::new(directory.path()).unwrap();
    let shown = Store::new(storage).to_string();
    assert!(shown.starts_with("file:///") && shown.contains("/a%20b"), "{shown}");
}
