//! Files with a second name, of a far time, and of a mode without the right to write.

use std::fs;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::time::{Duration, UNIX_EPOCH};

use holdall_core::{Attributes, Metadata, Store, Visibility};
use holdall_fs::FileSystemStorage;

use crate::support::{child_directory, child_of_nobody, store};

/// Attributes of a file belong to its inode, which its other names share.
#[tokio::test]
async fn a_change_of_one_name_does_not_change_its_twin() {
    let (directory, store) = store();
    let at = |name: &str| directory.path().join(name);
    store.save("one.txt", "x").user_metadata("album", "7").cache_control("no-store").await.unwrap();
    for twin in ["two.txt", "three.html"] {
        fs::hard_link(at("one.txt"), at(twin)).unwrap();
    }
    // To read it is to change when it was last read.
    let unread = |metadata: Metadata| metadata.with_accessed(None);
    let twin = unread(store.metadata("two.txt").await.unwrap());
    store.set_visibility("one.txt", Visibility::Private).await.unwrap();
    let one = store.metadata("one.txt").await.unwrap().attributes;
    assert_eq!(one.visibility, Some(Visibility::Private));
    assert_eq!((one.user.len(), one.cache_control.as_deref()), (1, Some("no-store")));
    assert_eq!(store.open("one.txt").await.unwrap().text().await.unwrap(), "x");
    assert_eq!(unread(store.metadata("two.txt").await.unwrap()), twin);
    assert_eq!(fs::metadata(at("one.txt")).unwrap().nlink(), 1);

    // A name that tells another type makes the old type an attribute.
    store.rename("two.txt", "two.bin").await.unwrap();
    assert_eq!(store.metadata("two.bin").await.unwrap().content_type(), "text/plain");
    assert_eq!(store.metadata("three.html").await.unwrap().content_type(), "text/html");
    assert_eq!(fs::metadata(at("three.html")).unwrap().nlink(), 1);
}

/// ext4 keeps times up to the year 2446.
#[tokio::test]
async fn a_file_of_a_far_time_is_a_file_for_every_verb() {
    let (directory, store) = store();
    let path = directory.path().join("far.txt");
    for seconds in [15_000_000_000, 10_000_000_000] {
        let far = UNIX_EPOCH + Duration::from_secs(seconds);
        fs::write(&path, "x").unwrap();
        fs::File::options().write(true).open(&path).unwrap().set_modified(far).unwrap();
        if fs::metadata(&path).unwrap().modified().unwrap() != far {
            println!("skipped: the file system keeps no time of {seconds} seconds");
            continue;
        }
        store.set_visibility("far.txt", Visibility::Private).await.unwrap();
        let metadata = store.metadata("far.txt").await.unwrap();
        assert_eq!((metadata.modified, metadata.checksum), (far, None));
        assert_eq!(metadata.attributes.visibility, Some(Visibility::Private));
        assert_eq!(store.list("").collect().await.unwrap().len(), 1);
        store.rename("far.txt", "far.bin").await.unwrap();
        assert_eq!(store.metadata("far.bin").await.unwrap().content_type(), "text/plain");
        store.copy("far.bin", "copy").await.unwrap();
        store.delete_many(["far.bin", "copy"]).await.into_iter().for_each(|deleted| deleted.unwrap());
    }
}

/// The part that is played by an ordinary user.
#[tokio::test]
async fn child_with_read_only_files() {
    let Some(root) = child_directory() else { return };
    for mode in [0o444, 0o440, 0o400] {
        let store = Store::new(FileSystemStorage::builder(&root).file_mode(mode).build().unwrap());
        let has_mode = |name: &str| {
            let found = fs::metadata(root.join(name)).unwrap().permissions().mode() & 0o7777;
            assert_eq!(found, mode, "{name}: {found:o}");
        };
        store.save("a/one.txt", "x").user_metadata("album", "7").await.unwrap();
        has_mode("a/one.txt");
        store.set_visibility("a/one.txt", Visibility::Private).await.unwrap();
        has_mode("a/one.txt");
        let found = store.metadata("a/one.txt").await.unwrap();
        assert_eq!(found.attributes.visibility, Some(Visibility::Private));
        assert_eq!(found.attributes.user.len(), 1);
        store.save("a/one.txt", "y").overwrite().await.unwrap();
        store.copy("a/one.txt", "a/two.txt").await.unwrap();
        let mut attributes = Attributes::default();
        attributes.cache_control = Some("no-store".to_owned());
        store.copy("a/two.txt", "a/two.txt").attributes(attributes).await.unwrap();
        store.rename("a/two.txt", "a/three.bin").await.unwrap();
        has_mode("a/three.bin");
        assert_eq!(store.metadata("a/three.bin").await.unwrap().content_type(), "text/plain");
        assert_eq!(store.delete_location("").force().await.unwrap().into_result().unwrap(), 2);
    }
}

#[test]
fn a_mode_without_the_right_to_write_works_for_an_ordinary_user() {
    let directory = tempfile::tempdir().unwrap();
    let root = directory.path().join("root");
    fs::create_dir(&root).unwrap();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o777)).unwrap();
    let status = child_of_nobody(directory.path(), "hard_links::child_with_read_only_files", &root).status();
    assert!(status.unwrap().success());
}
