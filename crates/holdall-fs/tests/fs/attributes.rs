//! What is kept beside the bytes, and what becomes of it when other programs edit, damage or cannot keep it.

use std::collections::HashSet;
use std::fs::{self, File};
use std::io::Write as _;
use std::os::unix::fs::MetadataExt as _;
use std::time::SystemTime;

use holdall_core::{Durability, ErrorKind, SaveMode, Store, Visibility};
use holdall_fs::FileSystemStorage;

use crate::mounts::Mount;
use crate::support::{paths, store, store_in};

#[tokio::test]
async fn a_checksum_counts_for_the_saved_version_only() {
    let (directory, store) = store();
    let path = directory.path().join("x.txt");
    let save = store.save("x.txt", "saved").user_metadata("a", "b");
    let saved = save.await.unwrap();
    assert!(saved.checksum.is_some());
    assert_eq!(store.metadata("x.txt").await.unwrap().checksum, saved.checksum);

    // Another program edits the file in place: other bytes of the same size.
    File::options().write(true).open(&path).unwrap().write_all(b"EDITS").unwrap();
    let metadata = store.metadata("x.txt").await.unwrap();
    assert_eq!(metadata.checksum, None);
    assert_ne!(metadata.etag, saved.etag);
    assert_eq!(metadata.attributes.user["a"], "b", "what was given still belongs to the file");
    assert_eq!(store.open("x.txt").await.unwrap().text().await.unwrap(), "EDITS");
    // A copy invents none either.
    assert_eq!(store.copy("x.txt", "y.txt").await.unwrap().checksum, None);
    assert_eq!(store.rename("x.txt", "z.txt").await.unwrap().checksum, None);

    // Bytes that changed behind the back of the time stamp are found by who reads them.
    let saved = store.save("w", "saved").await.unwrap();
    let modified = fs::metadata(directory.path().join("w")).unwrap().modified().unwrap();
    let mut file = File::options().write(true).open(directory.path().join("w")).unwrap();
    file.write_all(b"ROTTEN").unwrap();
    file.set_len(5).unwrap();
    file.set_modified(modified).unwrap();
    assert_eq!(store.metadata("w").await.unwrap().checksum, saved.checksum);
    let read = store.open("w").await.unwrap().bytes().await;
    assert_eq!(read.unwrap_err().kind(), ErrorKind::ChecksumMismatch);
}

#[tokio::test]
async fn every_save_has_a_tag_of_its_own_and_all_verbs_agree_on_it() {
    let (_directory, store) = store();
    let mut tags = HashSet::new();
    for _ in 0..300 {
        // File systems keep the time of the last tick of the kernel, in which many saves have room; a
        // save sets the precise one, which never lies before the save.
        let begin = SystemTime::now();
        let save = store.save("x", "same bytes").overwrite().durability(Durability::Buffered);
        assert!(tags.insert(save.await.unwrap().etag.unwrap()), "a tag came again");
        assert!(store.metadata("x").await.unwrap().modified >= begin);
    }
    let saved = store.save("d/y", "bytes").await.unwrap().etag;
    assert_eq!(store.metadata("d/y").await.unwrap().etag, saved);
    assert_eq!(store.open("d/y").await.unwrap().metadata().etag, saved);
    assert_eq!(store.listdir("d").await.unwrap().files[0].etag, saved);
    let copied = store.copy("d/y", "d/z").await.unwrap().etag;
    assert_ne!(copied, saved);
    assert_eq!(store.metadata("d/z").await.unwrap().etag, copied);
    let moved = store.rename("d/y", "d/w").await.unwrap().etag;
    assert_eq!(store.metadata("d/w").await.unwrap().etag, moved);
}

#[tokio::test]
async fn visibility_changes_without_a_new_version() {
    let (directory, store) = store();
    let saved = store.save("x.txt", "saved").content_type("text/html").await.unwrap();
    for visibility in [Visibility::Private, Visibility::Public] {
        store.set_visibility("x.txt", visibility).await.unwrap();
        let metadata = store.metadata("x.txt").await.unwrap();
        assert_eq!(metadata.attributes.visibility, Some(visibility));
        assert_eq!((metadata.etag, metadata.checksum), (saved.etag.clone(), saved.checksum));
        assert_eq!(metadata.attributes.content_type.as_deref(), Some("text/html"));
    }
    // A file that another program put there.
    fs::write(directory.path().join("theirs"), "x").unwrap();
    store.set_visibility("theirs", Visibility::Private).await.unwrap();
    let metadata = store.metadata("theirs").await.unwrap();
    assert_eq!((metadata.attributes.visibility, metadata.checksum), (Some(Visibility::Private), None));
    for missing in ["missing", "no/such"] {
        let error = store.set_visibility(missing, Visibility::Public).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::NotFound);
    }
}

/// Sets the attribute from outside, as `setfattr` does.
#[cfg(target_os = "linux")]
fn set_record(path: &std::path::Path, record: &str) {
    use rustix::fs::{XattrFlags, setxattr};
    setxattr(path, "user.holdall", record.as_bytes(), XattrFlags::empty()).unwrap();
}

#[cfg(target_os = "linux")]
#[tokio::test]
async fn records_that_cannot_be_believed_are_told() {
    let (directory, store) = store();
    store.save("x", "x").await.unwrap();
    for (record, sentence) in [
        ("not JSON", "damaged"),
        (r#"{"version":1,"content_type":"text/html\r\nset-cookie: a=b"}"#, "damaged"),
        (r#"{"version":1,"visibility":"secret"}"#, "damaged"),
        (r#"{"version":2}"#, "newer release"),
    ] {
        set_record(&directory.path().join("x"), record);
        for error in [store.metadata("x").await.unwrap_err(), store.open("x").await.unwrap_err()] {
            assert!(error.to_string().contains(sentence), "{record} {error}");
        }
        // It can still be listed, replaced and deleted.
        assert_eq!(store.listdir("").await.unwrap().files.len(), 1);
    }
    store.save("x", "new").overwrite().await.unwrap();
    assert!(store.metadata("x").await.unwrap().checksum.is_some());
}

#[tokio::test]
async fn attributes_that_exceed_the_file_system_are_refused_whole() {
    let (directory, store) = store();
    let long = "x".repeat(200);
    let save = store.save("new/x", "x").cache_control(&long).content_language(&long).content_encoding(&long);
    let save = save
        .content_disposition(&long)
        .content_type(format!("a/{long}"))
        .user_metadata("a", "\"".repeat(1900));
    // Each quote takes two bytes in the record. ext4 has no room for so much; other file systems have.
    match save.await {
        Ok(_) => assert_eq!(store.metadata("new/x").await.unwrap().attributes.cache_control, Some(long)),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::TooLarge, "{error}");
            assert!(error.to_string().contains("shorten them"), "{error}");
            assert!(paths(directory.path()).is_empty());
        }
    }
}

/// ramfs has no extended attributes.
#[tokio::test]
async fn without_extended_attributes_only_what_needs_them_is_refused() {
    let Some(mount) = Mount::new("ramfs", "mode=700") else { return };
    let store = store_in(mount.path());
    let capabilities = store.capabilities();
    assert!(!capabilities.attributes && !capabilities.checksum && !capabilities.visibility);

    let saved = store.save("a/x.png", "x").content_type("image/png").await.unwrap();
    assert!(saved.checksum.is_some(), "the save itself knows it");
    let metadata = store.metadata("a/x.png").await.unwrap();
    assert_eq!((metadata.checksum, metadata.content_type()), (None, "image/png"));
    let moved = store.rename("a/x.png", "a/y.gif").await.unwrap();
    assert_eq!(store.metadata(&moved.name).await.unwrap().content_type(), "image/gif");
    store.save("a/y.gif", "z").mode(SaveMode::IfMatch(moved.etag.unwrap())).await.unwrap();
    store.copy("a/y.gif", "b/c").await.unwrap();

    let before = paths(mount.path());
    for save in [
        store.save("n/ew", "x").content_type("image/png"),
        store.save("n/ew", "x").user_metadata("a", "b"),
        store.save("n/ew", "x").visibility(Visibility::Private),
    ] {
        assert_eq!(save.await.unwrap_err().kind(), ErrorKind::Unsupported);
    }
    let error = store.set_visibility("b/c", Visibility::Private).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert_eq!(paths(mount.path()), before);
}

/// A mount below the root that keeps less than the root, and to which nothing can be linked.
#[tokio::test]
async fn a_mount_below_the_root_is_another_file_system() {
    let outer = tempfile::tempdir().unwrap();
    let Some(mount) = Mount::new("ramfs", "mode=700") else { return };
    fs::create_dir(outer.path().join("below")).unwrap();
    let _bound = mount.bind(&outer.path().join("below"));
    let store = Store::new(FileSystemStorage::new(outer.path()).unwrap());

    store.save("below/x", "plain").await.unwrap();
    let error = store.save("below/y", "x").user_metadata("a", "b").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    store.save("top", "content").await.unwrap();
    assert_ne!(fs::metadata(outer.path()).unwrap().dev(), fs::metadata(mount.path()).unwrap().dev());
    let moved = store.rename("top", "below/new/name").await.unwrap();
    assert_eq!(store.open(&moved.name).await.unwrap().text().await.unwrap(), "content");
    store.rename("below/x", "x").await.unwrap();
    assert_eq!(paths(outer.path()), ["below/", "below/new/", "below/new/name", "x"]);
}
