//! What is left when a future is dropped half way: the old file or the new one, whole, and nothing else.
//!
//! A save that was dropped may still be published by work that could not be cancelled (a blocking call,
//! a request that has left), so the new file is as good as the old one. [`Suite::leftovers`] looks for
//! staging files and multipart uploads after each case.
//!
//! [`Suite::leftovers`]: crate::conformance::Suite::leftovers

use std::future::IntoFuture as _;

use bytes::Bytes;
use holdall_core::{Content, SaveMode, Store};
use tokio::io::AsyncWriteExt as _;

use crate::conformance::support::{bytes, chunks, get, interrupted, names, put};

/// Content from memory with `Create`, dropped after k polls for every k until the save ends. Promise 2.
pub async fn save_dropped_at_any_poll_leaves_none_or_all(store: &Store) {
    drop_saves(store, SaveMode::Create, None, |new| Content::bytes(new.clone())).await;
}

/// A source of unknown length with `Create`, dropped after every number of polls. Promise 2.
pub async fn save_of_a_stream_dropped_at_any_poll_leaves_none_or_all(store: &Store) {
    drop_saves(store, SaveMode::Create, None, in_chunks).await;
}

/// Content from memory over an old file, dropped after every number of polls. Promise 2.
pub async fn save_with_overwrite_dropped_at_any_poll_leaves_old_or_new(store: &Store) {
    let old = bytes(40_000, 1);
    drop_saves(store, SaveMode::Overwrite, Some(&old), |new| Content::bytes(new.clone())).await;
}

/// A source of unknown length over an old file, dropped after every number of polls. Promise 2.
pub async fn save_of_a_stream_with_overwrite_dropped_at_any_poll_leaves_old_or_new(store: &Store) {
    drop_saves(store, SaveMode::Overwrite, Some(&bytes(40_000, 1)), in_chunks).await;
}

fn in_chunks(new: &Bytes) -> Content<'static> {
    Content::stream(chunks(new.clone(), 12_000))
}

async fn drop_saves(
    store: &Store,
    mode: SaveMode,
    old: Option<&Bytes>,
    content: fn(&Bytes) -> Content<'static>,
) {
    let new = bytes(60_000, 2);
    for polls in 0.. {
        assert!(polls < 10_000, "the save does not end");
        let name = format!("{polls}/file");
        if let Some(old) = old {
            put(store, &name, old.clone()).await;
        }
        let save = store.save(&name, content(&new)).mode(mode.clone()).into_future();
        if let Some(saved) = interrupted(save, polls).await {
            assert_eq!(saved.unwrap().name.as_str(), name);
            assert!(get(store, &name).await == new);
            break;
        }
        is_old_or_new(store, &name, old, &new).await;
    }
    // Again, now that work which could not be cancelled has had its time.
    for name in names(store, "").await {
        is_old_or_new(store, &name, old, &new).await;
    }
}

/// A large source, dropped at growing distances: after a part was uploaded, between parts, while they
/// are put together. Promise 2.
pub async fn save_of_a_large_stream_dropped_leaves_none_or_all(store: &Store) {
    let new = bytes(13 * 1024 * 1024, 3);
    let mut polls = 1;
    loop {
        let name = format!("{polls}/file");
        let source = Content::stream(chunks(new.clone(), 512 * 1024));
        let save = store.save(&name, source).overwrite().into_future();
        if let Some(saved) = interrupted(save, polls).await {
            assert_eq!(saved.unwrap().size, new.len() as u64);
            break;
        }
        is_old_or_new(store, &name, None, &new).await;
        // Every poll would take minutes on a server; growing steps meet every phase.
        polls += 1 + polls / 2;
    }
    assert!(get(store, format!("{polls}/file")).await == new);
}

/// A copy, dropped after every number of polls, leaves no file or a whole one, and the source. Promises 2
/// and 13.
pub async fn copy_dropped_at_any_poll_leaves_none_or_all(store: &Store) {
    let content = bytes(200_000, 4);
    put(store, "source", content.clone()).await;
    for polls in 0.. {
        assert!(polls < 10_000, "the copy does not end");
        let name = format!("copies/{polls}");
        let ended = interrupted(store.copy("source", &name).overwrite().into_future(), polls).await;
        is_old_or_new(store, &name, None, &content).await;
        if let Some(saved) = ended {
            saved.unwrap();
            break;
        }
    }
    assert!(get(store, "source").await == content);
}

/// A rename, dropped after every number of polls, leaves the file under one of its names or under both,
/// never under none. Promise 13.
pub async fn rename_dropped_at_any_poll_keeps_the_file(store: &Store) {
    let content = bytes(100_000, 5);
    for polls in 0.. {
        assert!(polls < 10_000, "the rename does not end");
        let (from, to) = (format!("{polls}/from"), format!("{polls}/to"));
        put(store, &from, content.clone()).await;
        let ended = interrupted(store.rename(&from, &to).overwrite().into_future(), polls).await;
        let mut found = false;
        // The source is asked first: the file moves from there to the target, and so do we.
        for name in [&from, &to] {
            if let Ok(file) = store.open(name).await {
                found = true;
                assert!(file.bytes().await.unwrap() == content, "{name:?} is torn");
            }
        }
        assert!(found, "after {polls} polls the file was under neither name");
        if let Some(saved) = ended {
            saved.unwrap();
            break;
        }
    }
}

/// A writer that is dropped at any point before `finish` ends stores nothing or all. Promise 2.
pub async fn writer_dropped_at_any_poll_leaves_none_or_all(store: &Store) {
    let new = bytes(200_000, 6);
    for polls in 0.. {
        assert!(polls < 10_000, "the writer does not end");
        let name = format!("{polls}/file");
        let write = async {
            let mut writer = store.writer(&name).overwrite().await.unwrap();
            for chunk in new.chunks(30_000) {
                writer.write_all(chunk).await.unwrap();
            }
            writer.finish().await.unwrap()
        };
        let ended = interrupted(write, polls).await;
        is_old_or_new(store, &name, None, &new).await;
        if ended.is_some() {
            break;
        }
    }
}

/// The file is absent (or the old one) or whole, and no other name has appeared beside it.
async fn is_old_or_new(store: &Store, name: &str, old: Option<&Bytes>, new: &Bytes) {
    match store.open(name).await {
        Ok(file) => {
            let read = file.bytes().await.unwrap();
            assert!(read == *new || Some(&read) == old, "{name:?} is torn: {} bytes", read.len());
        }
        Err(error) => {
            assert!(error.is_not_found(), "{error:?}");
            assert!(old.is_none(), "{name:?} was lost");
        }
    }
    let directory = name.rsplit_once('/').map_or("", |(directory, _)| directory);
    for listed in names(store, directory).await {
        let known = listed == name || directory == "copies";
        assert!(known, "{listed:?} appeared beside {name:?}");
    }
}
