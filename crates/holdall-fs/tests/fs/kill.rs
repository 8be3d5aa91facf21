//! `kill -9` in the middle of saves: what has a final name is whole.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

use holdall_core::{Checksum, Durability, Store};
use holdall_fs::FileSystemStorage;

use crate::support::{child, child_directory, paths, store_in};

/// How many processes are killed.
const KILLS: u64 = 60;

/// A content that tells by itself whether it is whole: its own checksum, then bytes.
fn content(seed: u64) -> Vec<u8> {
    // Mostly a few pages, sometimes a few megabytes.
    let length =
        if seed.is_multiple_of(7) { 3_000_000 } else { 20_000 } + usize::try_from(seed % 5_000).unwrap();
    let body: Vec<u8> = seed.to_le_bytes().iter().copied().cycle().take(length).collect();
    [&Checksum::of(&body).crc64_nvme().to_le_bytes()[..], &body].concat()
}

fn is_whole(bytes: &[u8]) -> bool {
    bytes
        .split_at_checked(8)
        .is_some_and(|(head, body)| head == Checksum::of(body).crc64_nvme().to_le_bytes())
}

/// Saves for ever: new names in new directories, the same names over each other, deletes between them.
#[test]
fn child_saves_until_it_is_killed() {
    let Some(root) = child_directory() else { return };
    let store = store_in(&root);
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        for number in 0.. {
            save_one(&store, u64::from(std::process::id()) * 1000 + number).await;
            println!("saved");
        }
    });
}

async fn save_one(store: &Store, seed: u64) {
    let content = content(seed);
    // Every fourth is durable; the others make for more saves between two kills.
    let durability = if seed.is_multiple_of(4) { Durability::Synced } else { Durability::Buffered };
    match seed % 3 {
        0 => drop(store.save("over/one", content).overwrite().durability(durability).await.unwrap()),
        1 => {
            let name = format!("new/{}/{seed}", seed % 10);
            drop(store.save(name, content).durability(durability).await.unwrap());
        }
        _ => {
            let stream = futures_util::stream::iter(
                content
                    .chunks(64 * 1024)
                    .map(|chunk| Ok::<_, std::io::Error>(bytes::Bytes::copy_from_slice(chunk))),
            );
            let content = holdall_core::Content::stream(stream);
            let saved = store.save("stream/one", content).durability(durability).await.unwrap();
            store.delete(&saved.name).await.unwrap();
        }
    }
}

fn check(root: &Path) -> usize {
    let mut whole = 0;
    for path in paths(root) {
        let is_staging = path.rsplit('/').next().unwrap().starts_with(".holdall-");
        if path.ends_with('/') || is_staging {
            continue;
        }
        let bytes = fs::read(root.join(&path)).unwrap();
        assert!(is_whole(&bytes), "{path} is torn: {} bytes", bytes.len());
        whole += 1;
    }
    whole
}

#[tokio::test]
async fn whatever_is_killed_leaves_whole_files_only() {
    let root = tempfile::tempdir().unwrap();
    let mut whole = 0;
    for round in 0..KILLS {
        let mut command = child("kill::child_saves_until_it_is_killed", root.path());
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Another number of saves each time; the signal then comes anywhere in the next one.
        let saves = usize::try_from(round % 7).unwrap() + 1;
        lines.filter(|line| line.as_ref().unwrap().ends_with("saved")).nth(saves);
        child.kill().unwrap();
        child.wait().unwrap();
        whole = check(root.path());
    }
    assert!(whole > 0, "nothing was saved at all");

    // What an overwrite leaves in its short instant is swept; the files stay.
    let storage = FileSystemStorage::new(root.path()).unwrap();
    storage.sweep_stale(Duration::ZERO).await.unwrap();
    assert!(paths(root.path()).iter().all(|path| !path.contains(".holdall-")));
    assert_eq!(check(root.path()), whole);
}

#[test]
fn the_check_finds_torn_files() {
    assert!(is_whole(&content(3)) && !is_whole(&content(3)[..20_000]) && !is_whole(b""));
}
