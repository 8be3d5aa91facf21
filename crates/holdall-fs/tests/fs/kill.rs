//! `kill -9` in the middle of saves: what has a final name is whole.

use std::fs;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use bytes::Bytes;
use holdall_core::{Checksum, Content, Durability, Storage as _, Store};
use holdall_fs::FileSystemStorage;

use crate::support::{child, child_directory, paths, store_in};

/// How many processes are killed.
const KILLS: u64 = 60;

/// A content that tells by itself whether it is whole: its own checksum, then bytes.
fn content(size: usize) -> Bytes {
    let body: Vec<u8> = (0..size).map(|index| u8::try_from(index % 251).unwrap()).collect();
    [&Checksum::of(&body).crc64_nvme().to_le_bytes()[..], &body].concat().into()
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
    // Made beforehand, so that nearly all of the time is spent in saves.
    let contents = [20_000, 1_000_000, 4_000_000].map(content);
    runtime.block_on(async {
        for number in 0.. {
            save_one(&store, number, &contents[number % contents.len()]).await;
            println!("saved");
        }
    });
}

async fn save_one(store: &Store, number: usize, content: &Bytes) {
    // Every fourth is durable; the others make for more saves between two kills.
    let durability = if number.is_multiple_of(4) { Durability::Synced } else { Durability::Buffered };
    match number % 7 {
        0 | 3 | 5 => drop(store.save("over/one", content).overwrite().durability(durability).await.unwrap()),
        1 | 4 => {
            let name = format!("new/{}/{}", std::process::id(), number % 10);
            drop(store.save(name, content).durability(durability).await.unwrap());
        }
        _ => {
            let chunks: Vec<_> = content.chunks(64 * 1024).map(|chunk| content.slice_ref(chunk)).collect();
            let stream = futures_util::stream::iter(chunks.into_iter().map(Ok::<_, std::io::Error>));
            let saved =
                store.save("stream/one", Content::stream(stream)).durability(durability).await.unwrap();
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
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        // Another save each time, and another moment in it.
        let saves = usize::try_from(round % 7).unwrap();
        lines.by_ref().filter(|line| line.as_ref().unwrap().ends_with("saved")).nth(saves);
        let moment = Instant::now() + Duration::from_micros(round * 1_373 % 9_000);
        while Instant::now() < moment {
            std::hint::spin_loop();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        whole = check(root.path());
        assert!(whole > 0, "nothing was saved at all");
        // What this round made is judged; the next one begins with little.
        if root.path().join("new").exists() {
            fs::remove_dir_all(root.path().join("new")).unwrap();
            whole = check(root.path());
        }
    }

    // What an overwrite leaves in its short instant is swept; the files stay.
    let storage = FileSystemStorage::new(root.path()).unwrap();
    storage.sweep(Duration::ZERO).await.unwrap();
    assert!(paths(root.path()).iter().all(|path| !path.contains(".holdall-")));
    assert_eq!(check(root.path()), whole);
}

#[test]
fn the_check_finds_torn_files() {
    let content = content(20_000);
    assert!(is_whole(&content) && !is_whole(&content[..10_000]) && !is_whole(b""));
}
