//! Power cuts: what an acknowledged operation has put on the medium.
//!
//! The disk is an image file with ext4 in it, mounted through a loop device. What the file system has not
//! handed to the device is not in the image, and what it has handed over is: a copy of the image is the
//! disk as it would be found after a power cut in that instant. The copy is mounted, which replays its
//! journal, and looked at. Controls without syncs show that the cut does lose what was not synced.

use std::fs;
use std::path::Path;
use std::process::Command;

use holdall_core::{Content, Durability, Store, Visibility};

use crate::mounts::Mount;
use crate::support::{skip, store_in};

/// A disk whose power can be cut.
struct Disk {
    directory: tempfile::TempDir,
    mount: Mount,
}

impl Disk {
    /// `None`, said in words, where there is no loop device or no `mkfs.ext4`.
    fn new() -> Option<Self> {
        let directory = tempfile::tempdir().unwrap();
        let image = directory.path().join("disk");
        fs::File::create(&image).unwrap().set_len(64 << 20).unwrap();
        let made = Command::new("mkfs.ext4").args(["-q", "-F"]).arg(&image).status();
        if !made.is_ok_and(|status| status.success()) {
            skip("power cuts", "mkfs.ext4 is not to be had");
            return None;
        }
        // The journal is not to be written every five seconds by itself: only what is asked for counts.
        let mount = Mount::of_image(&image, "loop,commit=300")?;
        Some(Self { directory, mount })
    }

    fn store(&self) -> Store {
        store_in(&self.root())
    }

    /// Below the root of the file system, which has its own `lost+found`.
    fn root(&self) -> std::path::PathBuf {
        let root = self.mount.path().join("root");
        if !root.exists() {
            fs::create_dir(&root).unwrap();
            fs::File::open(self.mount.path()).unwrap().sync_all().unwrap();
        }
        root
    }

    /// Cuts the power and lets `look` see what the disk holds.
    async fn cut(&self, what: &str, look: impl AsyncFnOnce(&Path)) {
        let copy = self.directory.path().join("copy");
        let image = self.directory.path().join("disk");
        let copied = Command::new("cp").arg("--sparse=always").args([&image, &copy]).status();
        assert!(copied.unwrap().success());
        println!("after a power cut: {what}");
        let found = Mount::of_image(&copy, "loop").expect("the first one could be mounted");
        look(&found.path().join("root")).await;
    }
}

#[tokio::test]
async fn what_is_acknowledged_survives_a_power_cut() {
    let Some(disk) = Disk::new() else { return };
    let store = disk.store();
    let large = || {
        let chunks = (0..60).map(|_| Ok::<_, std::io::Error>(bytes::Bytes::from(vec![b'x'; 64 * 1024])));
        Content::stream(futures_util::stream::iter(chunks))
    };

    store.save("a/b/c/new", "new").user_metadata("key", "value").await.unwrap();
    let saved = store.save("a/stream", large()).await.unwrap();
    disk.cut("saves into new directories", async |root| {
        let found = store_in(root);
        let file = found.open("a/b/c/new").await.unwrap();
        assert_eq!(file.metadata().attributes.user["key"], "value");
        assert_eq!(file.text().await.unwrap(), "new");
        let file = found.open("a/stream").await.unwrap();
        assert_eq!(file.metadata().checksum, saved.checksum);
        assert_eq!(file.bytes().await.unwrap().len(), 60 * 64 * 1024);
    })
    .await;

    store.save("a/b/c/new", "newer").overwrite().await.unwrap();
    store.copy("a/stream", "copies/d/e").await.unwrap();
    disk.cut("an overwrite and a copy", async |root| {
        let found = store_in(root);
        assert_eq!(found.open("a/b/c/new").await.unwrap().text().await.unwrap(), "newer");
        assert_eq!(found.open("copies/d/e").await.unwrap().bytes().await.unwrap().len(), 60 * 64 * 1024);
    })
    .await;

    store.rename("copies/d/e", "moved/f").await.unwrap();
    store.set_visibility("a/stream", Visibility::Private).await.unwrap();
    disk.cut("a rename and another visibility", async |root| {
        let found = store_in(root);
        assert!(!found.exists("copies/d/e").await.unwrap());
        assert_eq!(found.open("moved/f").await.unwrap().bytes().await.unwrap().len(), 60 * 64 * 1024);
        let metadata = found.metadata("a/stream").await.unwrap();
        assert_eq!(metadata.attributes.visibility, Some(Visibility::Private));
    })
    .await;

    // A file that was saved without a sync is durable after a rename that has one.
    store.save("buffered", "content").durability(Durability::Buffered).await.unwrap();
    store.rename("buffered", "g/synced").await.unwrap();
    store.delete("moved/f").await.unwrap();
    disk.cut("a rename of what was not synced, and a delete", async |root| {
        let found = store_in(root);
        assert!(!found.exists("moved/f").await.unwrap());
        assert_eq!(found.open("g/synced").await.unwrap().text().await.unwrap(), "content");
    })
    .await;
}

/// A directory that somebody else has just made is synced by who first saves into it.
#[tokio::test]
async fn directories_that_others_made_survive_too() {
    let Some(disk) = Disk::new() else { return };
    fs::create_dir_all(disk.root().join("theirs/and/more")).unwrap();
    disk.store().save("theirs/and/more/file", "x").await.unwrap();
    disk.cut("a save into directories that were not synced", async |root| {
        assert!(root.join("theirs/and/more/file").is_file());
    })
    .await;
}

/// Without this control the tests above would prove nothing.
#[tokio::test]
async fn a_power_cut_loses_what_was_not_synced() {
    let Some(disk) = Disk::new() else { return };
    let store = disk.store();
    store.save("kept", "old").await.unwrap();
    store.save("lost", "new").durability(Durability::Buffered).await.unwrap();
    store.save("kept", "new").overwrite().durability(Durability::Buffered).await.unwrap();
    disk.cut("saves without syncs", async |root| {
        let found = store_in(root);
        assert!(!found.exists("lost").await.unwrap());
        assert_eq!(found.open("kept").await.unwrap().text().await.unwrap(), "old");
    })
    .await;
}
