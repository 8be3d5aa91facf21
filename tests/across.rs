//! What works on the disk in development works in the bucket in production.

use std::fmt::Write as _;

use futures_util::TryStreamExt as _;
use holdall::{Content, Entry, Result, SaveMode, SaveOptions, Store};
use holdall_tests::House;

/// A program with a bit of everything, and all that it sees, as text. Random letters and tags, which differ
/// from run to run, are left out.
async fn program(store: &Store) -> Result<String> {
    let mut seen = String::new();
    let mut say = |line: String| writeln!(seen, "{line}").expect("a string takes everything");

    let first = store.save("usr/x.tar.gz", "first").user_metadata("album", "Grüße").await?;
    let second = store.save(r"usr\\x.tar.gz", "the second").content_type("text/x-own").await?;
    say(format!("{} {}", first.name, first.size));
    say(format!("{} {} {}", second.name.parent(), second.name.as_str().len(), second.size));
    for name in ["../x", "a\u{7}b", "", "a/", ".holdall-x"] {
        say(format!("{name:?} {:?}", store.save(name, "").await.map_err(|error| error.kind())));
    }
    let taken = store.save("usr/x.tar.gz", "").create().await.unwrap_err();
    say(format!("{:?} {:?}", taken.kind(), taken.name()));
    let long = store.save("usr/long", Content::text("12345")).max_size(4).await.unwrap_err();
    say(format!("{:?} {}", long.kind(), long.reason()));

    let etag = first.etag.clone().expect("every storage has tags");
    store.save("usr/x.tar.gz", "replaced").replace(etag.clone()).await?;
    let stale = store.save("usr/x.tar.gz", "").replace(etag).await.unwrap_err();
    say(format!("{:?} {:?}", stale.kind(), stale.name()));

    let metadata = store.metadata("usr/x.tar.gz").await?;
    say(format!("{} {:?} {:?}", metadata.size, metadata.checksum, metadata.attributes));
    let metadata = store.metadata(&second.name).await?;
    say(format!("{} {:?} {:?}", metadata.size, metadata.checksum, metadata.attributes));
    let file = store.open(&second.name).range(4..).await?;
    say(format!("{:?} {}", file.range(), file.text().await?));
    say(format!("{:?}", store.open("usr/x.tar.gz").range(8..).await.unwrap_err().kind()));
    say(format!("{:?}", store.open("usr").await.unwrap_err().kind()));

    store.copy(&second.name, "usr-2/y").await?;
    store.rename("usr/x.tar.gz", "z/deep/er").await?;
    store.delete(&second.name).await?;
    store.delete("never/there").await?;
    for entry in store.list("").collect().await? {
        say(String::from_utf8_lossy(&entry.sort_key()).into_owned());
    }
    for entry in store.list("").recursive().collect().await? {
        let Entry::File(file) = entry else { continue };
        say(format!("{} {} {:?}", file.name, file.size, store.metadata(&file.name).await?.attributes));
    }
    Ok(seen)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_sees_the_same_on_every_storage() -> Result<()> {
    let house = House::build().await?;
    let on_disk = program(&house.store("disk")?).await?;
    assert!(on_disk.lines().count() > 15, "{on_disk}");
    for name in ["memory", "bucket"] {
        assert_eq!(program(&house.store(name)?).await?, on_disk, "on the {name}, compared with the disk");
    }
    Ok(())
}

/// Copies everything with all that belongs to it, streamed, and checked by the checksum of the source.
async fn migrate(from: &Store, to: &Store) -> Result<usize> {
    let mut moved = 0;
    let mut entries = from.list("").recursive().stream();
    while let Some(entry) = entries.try_next().await? {
        let Entry::File(entry) = entry else { continue };
        let file = from.open(&entry.name).await?;
        let metadata = file.metadata().clone();
        let mut options =
            SaveOptions::default().with_mode(SaveMode::Create).with_attributes(metadata.attributes.clone());
        options.checksum = metadata.checksum;
        let saved = to.save(&entry.name, file).options(options).await?;
        assert_eq!(saved.checksum, metadata.checksum);
        moved += 1;
    }
    Ok(moved)
}

#[tokio::test(flavor = "multi_thread")]
async fn files_move_with_all_that_belongs_to_them() -> Result<()> {
    let house = House::build().await?;
    let (disk, bucket, memory) = (house.store("disk")?, house.store("bucket")?, house.store("memory")?);
    // Larger than a part of an upload, so that the bucket gets it in pieces.
    let large: Vec<u8> = (0..9_000_000_u32).map(|number| number.to_le_bytes()[1]).collect();
    disk.save("a/large.bin", large.clone()).await?;
    disk.save("a b/+%.txt", "odd").content_type("text/plain; charset=utf-8").await?;
    disk.save("日本語.txt", "").user_metadata("who", "私").cache_control("no-store").await?;

    assert_eq!(migrate(&disk, &bucket).await?, 3);
    assert_eq!(migrate(&bucket, &memory).await?, 3);
    for name in ["a/large.bin", "a b/+%.txt", "日本語.txt"] {
        let (before, after) = (disk.metadata(name).await?, memory.metadata(name).await?);
        assert_eq!((before.size, before.checksum), (after.size, after.checksum), "{name}");
        assert_eq!(before.attributes, after.attributes, "{name}");
    }
    assert!(memory.open("a/large.bin").await?.bytes().await? == large);
    Ok(())
}
