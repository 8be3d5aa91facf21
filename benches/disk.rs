//! `FileSystemStorage` against plain `std::fs` that keeps the same promise.
//!
//! The plain code stages beside the destination, writes, and renames; with `Synced` it also syncs the file and
//! the directory. It computes no checksum, keeps no attributes and does not confine names: that is the price
//! that the ratio shows.

use std::fs::{self, File};
use std::io::{Read as _, Write as _};
use std::path::Path;

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_benches::{Comparison, print_head};
use holdall_core::{Durability, Result, Store};
use holdall_fs::FileSystemStorage;

const SMALL: usize = 10 * 1024;
const FILES: u32 = 10_000;
const ROUND: u32 = 200;
const LARGE: usize = 1 << 30;
const CONCURRENCY: usize = 32;

#[tokio::main]
async fn main() -> Result<()> {
    // Beside the build, not in a temporary directory that may be in memory.
    let base = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).map_err(holdall_core::Error::from_io)?;
    print_head("The disk: FileSystemStorage against std::fs with the same durability");
    for durability in [Durability::Synced, Durability::Buffered] {
        let directory = base.path().join(format!("{durability:?}"));
        fs::create_dir(&directory).map_err(holdall_core::Error::from_io)?;
        small_files(&directory, durability).await?;
    }
    large_file(base.path()).await
}

fn store(root: &Path, durability: Durability) -> Result<Store> {
    let storage = FileSystemStorage::builder(root).create_root(true).durability(durability).build()?;
    Ok(Store::new(storage))
}

async fn small_files(directory: &Path, durability: Durability) -> Result<()> {
    let plain = directory.join("plain");
    fs::create_dir(&plain).map_err(holdall_core::Error::from_io)?;
    let store = store(&directory.join("holdall"), durability)?;
    let content = Bytes::from(vec![b'x'; SMALL]);
    let names: Vec<String> = (0..FILES).map(|number| format!("{number}.bin")).collect();
    let rounds = || names.chunks(ROUND as usize);
    let title = |verb: &str| format!("{verb} 10,000 of 10 KiB, {durability:?}");

    let mut saving = Comparison::new(title("save"), ROUND);
    for round in rounds() {
        let plain_saves = async {
            for name in round {
                plain_save(&plain, name, &content, durability);
            }
        };
        saving.plain(plain_saves).await;
        let saved = saving.holdall(async {
            for name in round {
                store.save(name, &content).content_type("application/octet-stream").await?;
            }
            Ok(())
        });
        saved.await?;
    }
    saving.print();

    // Alone, a file that is in the cache takes less time to read than a hop to another thread takes. The first
    // row shows that against code that blocks the runtime, the second against code that does not.
    for pooled in [false, true] {
        let pool = if pooled { ", plain on the pool" } else { "" };
        let mut opening = Comparison::new(title("open and read") + pool, ROUND);
        for round in rounds() {
            let plain_reads = async {
                for path in round.iter().map(|name| plain.join(name)) {
                    if pooled {
                        tokio::task::spawn_blocking(move || plain_open(&path)).await.expect("no panic");
                    } else {
                        plain_open(&path);
                    }
                }
            };
            opening.plain(plain_reads).await;
            let reads = async {
                for name in round {
                    assert_eq!(store.open(name).await?.bytes().await?.len(), SMALL);
                }
                Ok(())
            };
            opening.holdall(reads).await?;
        }
        opening.print();
    }

    // What a server does: many at once, with the plain code on the same blocking pool.
    let mut opening = Comparison::new(format!("{}, {CONCURRENCY} at once", title("open and read")), ROUND);
    for round in rounds() {
        let plain_reads = futures_util::stream::iter(round).for_each_concurrent(CONCURRENCY, |name| {
            let path = plain.join(name);
            async move { tokio::task::spawn_blocking(move || plain_open(&path)).await.expect("no panic") }
        });
        opening.plain(plain_reads).await;
        let reads =
            futures_util::stream::iter(round.iter().map(Ok)).try_for_each_concurrent(CONCURRENCY, |name| {
                let store = &store;
                async move { store.open(name).await?.bytes().await.map(drop) }
            });
        opening.holdall(reads).await?;
    }
    opening.print();
    Ok(())
}

async fn large_file(directory: &Path) -> Result<()> {
    let store = store(&directory.join("large"), Durability::Synced)?;
    let content = Bytes::from(vec![b'x'; LARGE]);
    let mut saving = Comparison::new("save one file of 1 GiB, Synced", 1);
    let mut opening = Comparison::new("open and read one file of 1 GiB", 1);
    for _ in 0..5 {
        saving.plain(async { plain_save(directory, "large.bin", &content, Durability::Synced) }).await;
        saving.holdall(async { store.save("large.bin", &content).overwrite().await }).await?;

        opening.plain(async { plain_open(&directory.join("large.bin")) }).await;
        let read = opening.holdall(async {
            let mut file = store.open("large.bin").await?;
            let mut size = 0;
            while let Some(chunk) = file.try_next().await? {
                size += chunk.len();
            }
            Ok::<usize, holdall_core::Error>(size)
        });
        assert_eq!(read.await?, LARGE);
    }
    saving.print();
    opening.print();
    Ok(())
}

fn plain_save(directory: &Path, name: &str, content: &[u8], durability: Durability) {
    let staged = directory.join(format!("{name}.tmp"));
    let mut file = File::create_new(&staged).expect("a fresh name");
    file.write_all(content).expect("space");
    if durability == Durability::Synced {
        file.sync_all().expect("a file that can be synced");
    }
    drop(file);
    fs::rename(&staged, directory.join(name)).expect("one file system");
    if durability == Durability::Synced {
        File::open(directory)
            .and_then(|directory| directory.sync_all())
            .expect("a directory that can be synced");
    }
}

fn plain_open(path: &Path) {
    let mut file = File::open(path).expect("saved before");
    let size = usize::try_from(file.metadata().expect("readable").len()).expect("it fits memory");
    if size <= SMALL {
        let mut content = Vec::with_capacity(size);
        file.read_to_end(&mut content).expect("readable");
        assert_eq!(content.len(), size);
        return;
    }
    let mut buffer = vec![0; 1 << 20];
    while file.read(&mut buffer).expect("readable") > 0 {}
}
