//! Dropping the future of a save after any number of polls leaves the old file or the new one.

use std::path::Path;
use std::pin::pin;
use std::task::Poll;

use bytes::Bytes;
use futures_util::StreamExt as _;
use holdall_core::{Content, SaveMode, Store};

use crate::support::{paths, store_in};

/// What a content is called, and how it is made anew.
type Kind = (&'static str, fn() -> Content<'static>);

/// The contents that are saved: in memory, as a small stream, as a stream of several batches.
fn contents() -> Vec<Kind> {
    vec![
        ("bytes", || Content::bytes(vec![b'n'; 300_000])),
        ("small stream", || chunks(4)),
        ("large stream", || chunks(80)),
    ]
}

/// Chunks of 64 KiB, every third of which is waited for.
fn chunks(count: usize) -> Content<'static> {
    let chunks = futures_util::stream::iter(0..count).then(|number| async move {
        if number % 3 == 0 {
            tokio::task::yield_now().await;
        }
        Ok::<_, std::io::Error>(Bytes::from(vec![b'n'; 64 * 1024]))
    });
    Content::stream(chunks.boxed())
}

/// Polls the save `polls` times, whenever it is woken, and drops it. `true` if it had ended by then.
///
/// The runtime is dropped too, which waits for what has begun on the blocking pool: afterwards nothing
/// moves any more.
fn save_for(polls: usize, store: &Store, name: &str, content: Content<'static>, mode: SaveMode) -> bool {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    runtime.block_on(async {
        let mut save = pin!(store.save(name, content).mode(mode).into_future());
        let mut left = polls;
        std::future::poll_fn(|cx| {
            if left == 0 {
                return Poll::Ready(false);
            }
            left -= 1;
            match save.as_mut().poll(cx) {
                Poll::Ready(saved) => {
                    saved.unwrap();
                    Poll::Ready(true)
                }
                Poll::Pending if left == 0 => Poll::Ready(false),
                Poll::Pending => Poll::Pending,
            }
        })
        .await
    })
}

fn letter(path: &Path) -> Option<char> {
    let bytes = std::fs::read(path).ok()?;
    let first = bytes[0];
    assert!(bytes.iter().all(|byte| *byte == first), "a mixture of versions");
    Some(char::from(first))
}

#[test]
fn a_dropped_save_leaves_the_old_or_the_new_and_nothing_else() {
    for (what, content) in contents() {
        for overwrite in [false, true] {
            let mut outcomes = [0, 0];
            for polls in 0.. {
                let root = tempfile::tempdir().unwrap();
                let store = store_in(root.path());
                let path = root.path().join("new/dir/file");
                if overwrite {
                    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
                    std::fs::write(&path, "oooo").unwrap();
                }
                let mode = if overwrite { SaveMode::Overwrite } else { SaveMode::Create };
                let ended = save_for(polls, &store, "new/dir/file", content(), mode);
                let found = letter(&path);
                let expected: &[&str] =
                    if found.is_some() { &["new/", "new/dir/", "new/dir/file"] } else { &[] };
                assert_eq!(paths(root.path()), expected, "{what} after {polls} polls");
                assert_ne!(found, if overwrite { None } else { Some('o') });
                if let Some('n') = found {
                    let size = std::fs::metadata(&path).unwrap().len();
                    assert!([300_000, 4 * 65_536, 80 * 65_536].contains(&size), "torn at {size} bytes");
                }
                outcomes[usize::from(found == Some('n'))] += 1;
                if ended {
                    assert_eq!(found, Some('n'));
                    break;
                }
                assert!(polls < 10_000, "the save never ends");
            }
            assert!(outcomes[0] > 0, "{what}: no drop came early");
        }
    }
}
