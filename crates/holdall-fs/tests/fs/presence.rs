//! A root that is removed or replaced while the program runs: no verb answers for a directory that is not there.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use futures_util::TryStreamExt as _;
use holdall_core::{Error, ErrorKind, SaveMode, Storage as _, Store, Visibility};
use holdall_fs::FileSystemStorage;
use tempfile::TempDir;

/// A storage with two files in a root that can be moved away.
async fn storage() -> (TempDir, PathBuf, FileSystemStorage) {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir(&root).unwrap();
    let storage = FileSystemStorage::builder(&root).base_url("/media/").build().unwrap();
    let store = Store::new(storage.clone());
    store.save("file", "x").await.unwrap();
    store.save("a/b", "x").await.unwrap();
    (directory, root, storage)
}

/// What every verb says.
async fn every_verb(storage: &FileSystemStorage) -> Vec<(&'static str, Error)> {
    let store = Store::new(storage.clone());
    let etag = holdall_core::ETag::strong("x");
    vec![
        ("open", store.open("file").await.unwrap_err()),
        ("open of nothing", store.open("nothing").await.unwrap_err()),
        ("metadata", store.metadata("a/b").await.unwrap_err()),
        ("exists", store.exists("file").await.unwrap_err()),
        ("exists of nothing", store.exists("no/thing").await.unwrap_err()),
        ("save", store.save("new", "x").await.unwrap_err()),
        ("create below", store.save("new/dir/file", "x").create().await.unwrap_err()),
        ("overwrite", store.save("file", "y").overwrite().await.unwrap_err()),
        ("replace", store.save("file", "y").mode(SaveMode::IfMatch(etag.clone())).await.unwrap_err()),
        ("delete", store.delete("file").await.unwrap_err()),
        ("delete of nothing", store.delete("no/thing").await.unwrap_err()),
        ("delete if_match", store.delete("file").if_match(etag).await.unwrap_err()),
        ("delete_many", store.delete_many(["file", "a/b"]).await.remove(1).unwrap_err()),
        ("delete_location", store.delete_location("a").await.unwrap_err()),
        ("list", store.list("").collect().await.unwrap_err()),
        ("list recursively", store.list("a").recursive().collect().await.unwrap_err()),
        ("list of nothing", store.list("no/thing").collect().await.unwrap_err()),
        ("listdir", store.listdir("").await.unwrap_err()),
        ("copy", store.copy("file", "copy").await.unwrap_err()),
        ("copy of nothing", store.copy("nothing", "copy").await.unwrap_err()),
        ("rename", store.rename("file", "moved").await.unwrap_err()),
        ("rename of nothing", store.rename("no/thing", "moved").await.unwrap_err()),
        ("set_visibility", store.set_visibility("file", Visibility::Private).await.unwrap_err()),
        ("sweep", storage.sweep(Duration::ZERO).await.unwrap_err()),
    ]
}

async fn all_say(storage: &FileSystemStorage, root: &Path, sentence: &str) {
    let expected = format!("the root directory {} {sentence}", root.display());
    for (verb, error) in every_verb(storage).await {
        assert_eq!(error.kind(), ErrorKind::Unavailable, "{verb}: {error}");
        assert!(error.reason().starts_with(&expected), "{verb}: {error}");
        assert!(!error.is_retryable(), "{verb}");
    }
}

#[tokio::test]
async fn every_verb_says_that_the_root_is_gone() {
    let (directory, root, storage) = storage().await;
    let aside = directory.path().join("aside");
    fs::rename(&root, &aside).unwrap();
    all_say(&storage, &root, "is gone;").await;
    assert_eq!(fs::read(aside.join("file")).unwrap(), b"x");
    assert_eq!(fs::read_dir(&aside).unwrap().count(), 2, "nothing was written where nobody looks");

    // It is back.
    fs::rename(&aside, &root).unwrap();
    assert!(Store::new(storage.clone()).exists("file").await.unwrap());
    fs::remove_dir_all(&root).unwrap();
    all_say(&storage, &root, "is gone;").await;
    // A plain URL is text, and the file need not exist.
    let options = holdall_core::UrlOptions::default();
    storage.url(&holdall_core::Name::new("file").unwrap(), options).await.unwrap();
}

#[tokio::test]
async fn every_verb_says_that_the_root_was_replaced() {
    let (directory, root, storage) = storage().await;
    let aside = directory.path().join("aside");
    fs::rename(&root, &aside).unwrap();
    // A backup, restored.
    fs::create_dir(&root).unwrap();
    fs::write(root.join("file"), "restored").unwrap();
    all_say(&storage, &root, "is another one than this storage opened").await;
    assert_eq!(fs::read(aside.join("file")).unwrap(), b"x");
    assert_eq!(fs::read(root.join("file")).unwrap(), b"restored");
    let fresh = Store::new(FileSystemStorage::new(&root).unwrap());
    assert_eq!(fresh.open("file").await.unwrap().text().await.unwrap(), "restored");
}

#[tokio::test]
async fn every_verb_says_that_a_link_leads_to_another_root() {
    let directory = tempfile::tempdir().unwrap();
    let [one, two, current] = ["one", "two", "current"].map(|name| directory.path().join(name));
    for release in [&one, &two] {
        fs::create_dir_all(release.join("media")).unwrap();
    }
    symlink(&one, &current).unwrap();
    let root = current.join("media");
    let storage = FileSystemStorage::new(&root).unwrap();
    let store = Store::new(storage.clone());
    store.save("file", "x").await.unwrap();
    // The way may change as long as it leads to the same directory.
    let next = directory.path().join("next");
    symlink("one", &next).unwrap();
    fs::rename(&next, &current).unwrap();
    assert!(store.exists("file").await.unwrap());
    symlink("two", &next).unwrap();
    fs::rename(&next, &current).unwrap();
    all_say(&storage, &root, "is another one than this storage opened").await;
}

/// A listing that has begun does not end as if it were whole.
#[tokio::test]
async fn a_listing_does_not_outlive_its_root() {
    let (directory, root, storage) = storage().await;
    for number in 0..2500 {
        fs::write(root.join(format!("many-{number:04}")), "").unwrap();
    }
    let store = Store::new(storage);
    let mut entries = store.list("").stream();
    entries.try_next().await.unwrap().unwrap();
    fs::rename(&root, directory.path().join("aside")).unwrap();
    let error = loop {
        match entries.try_next().await {
            Ok(Some(_)) => {}
            Ok(None) => panic!("the listing ended as if it were whole"),
            Err(error) => break error,
        }
    };
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
}

/// A save that has begun is not acknowledged for a directory that nobody sees.
#[tokio::test]
async fn a_save_does_not_outlive_its_root() {
    let (directory, root, storage) = storage().await;
    let aside = directory.path().join("aside");
    let moved = (root.clone(), aside.clone());
    let chunks = (0..40).map(move |number| {
        if number == 39 {
            fs::rename(&moved.0, &moved.1).unwrap();
        }
        Ok::<_, std::io::Error>(bytes::Bytes::from(vec![0; 64 * 1024]))
    });
    let content = holdall_core::Content::stream(futures_util::stream::iter(chunks));
    let error = Store::new(storage).save("large", content).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unavailable, "{error}");
    assert!(error.to_string().contains("is gone"), "{error}");
}
