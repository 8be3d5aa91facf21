//! What holds when many do it at once. The races are real only on a multi-threaded runtime.

use std::collections::BTreeSet;

use bytes::Bytes;
use holdall_core::ErrorKind::{AlreadyExists, PreconditionFailed};
use holdall_core::{Content, Result, Saved, Store};

use crate::conformance::support::{bytes, chunks, get, names, put, together};

/// A hundred simultaneous saves of one name give a hundred names and a hundred contents. Promise 3.
pub async fn save_gives_a_hundred_simultaneous_savers_a_hundred_names(store: &Store) {
    let saved = together(100, |index| {
        let store = store.clone();
        async move { store.save("race/cat.jpg", format!("cat {index}")).await }
    });
    let saved: Vec<Saved> = saved.await.into_iter().map(Result::unwrap).collect();
    for (index, saved) in saved.iter().enumerate() {
        assert_eq!(get(store, &saved.name).await, format!("cat {index}"));
    }
    let distinct: BTreeSet<_> = saved.iter().map(|saved| saved.name.to_string()).collect();
    assert_eq!(distinct.len(), 100);
    let has_plain = distinct.contains("race/cat.jpg");
    assert_eq!(has_plain, store.capabilities().plain_names, "somebody gets the name itself");
    assert_eq!(names(store, "").await, distinct.into_iter().collect::<Vec<_>>());
}

/// Of 32 simultaneous `Create`s exactly one wins, the others are told `AlreadyExists`, and the file is
/// the winner's, whole. Promise 3.
pub async fn save_with_create_has_one_winner(store: &Store) {
    let results = together(32, |index| {
        let store = store.clone();
        async move { store.save("race/file", content_of(index)).create().await }
    });
    one_winner(store, &results.await, AlreadyExists).await;
}

/// The same for sources of unknown length, which storages may send in another way. Promise 3.
pub async fn save_of_streams_with_create_has_one_winner(store: &Store) {
    let results = together(8, |index| {
        let store = store.clone();
        let source = Content::stream(chunks(content_of(index), 10_000));
        async move { store.save("race/file", source).create().await }
    });
    one_winner(store, &results.await, AlreadyExists).await;
}

/// Of 16 simultaneous `IfMatch`s with the same entity tag exactly one wins; the others are told
/// `PreconditionFailed`. Promise 3.
pub async fn save_with_replace_has_one_winner(store: &Store) {
    let etag = put(store, "race/file", "the old one").await.etag.expect("a storage that replaces has tags");
    let results = together(16, |index| {
        let (store, etag) = (store.clone(), etag.clone());
        async move { store.save("race/file", content_of(index)).replace(etag).await }
    });
    one_winner(store, &results.await, PreconditionFailed).await;
}

/// Readers see the old file or the new one, whole and with its own size, while others overwrite it.
/// Promise 2.
pub async fn save_is_never_seen_torn(store: &Store) {
    let contents = [bytes(50_000, 1), bytes(130_000, 2)];
    put(store, "race/file", contents[0].clone()).await;
    let tasks = together(6, |index| {
        let (store, contents) = (store.clone(), contents.clone());
        async move {
            if index < 2 {
                write_in_turns(&store, &contents, index).await;
            } else {
                read_whole(&store, &contents).await;
            }
        }
    });
    tasks.await;
    assert_eq!(names(store, "").await, ["race/file"]);
}

async fn write_in_turns(store: &Store, contents: &[Bytes; 2], first: usize) {
    for round in 0..20 {
        let content = contents[(first + round) % 2].clone();
        if round % 4 < 2 {
            put(store, "race/file", content).await;
        } else {
            let source = Content::stream(chunks(content, 20_000));
            store.save("race/file", source).overwrite().await.unwrap();
        }
    }
}

async fn read_whole(store: &Store, contents: &[Bytes; 2]) {
    for _ in 0..30 {
        // A storage in memory never waits; it must let the writers run.
        tokio::task::yield_now().await;
        let file = store.open("race/file").await.expect("a file that is overwritten is always there");
        let size = file.size();
        let read = file.bytes().await.expect("a file that is overwritten can be read to its end");
        assert_eq!(read.len() as u64, size);
        assert!(contents.contains(&read), "{size} bytes were read that nobody saved");
    }
}

/// Simultaneous overwrites leave the file of one of them, whole. Promise 2.
pub async fn save_with_overwrite_leaves_one_whole_file(store: &Store) {
    let results = together(16, |index| {
        let store = store.clone();
        async move { store.save("race/file", content_of(index)).overwrite().await }
    });
    for result in results.await {
        assert_eq!(result.unwrap().name, "race/file");
    }
    let left = get(store, "race/file").await;
    assert!((0..16).any(|index| left == content_of(index)), "the file is a mixture");
    assert_eq!(names(store, "").await, ["race/file"]);
}

/// Saving into directories that others empty at the same moment never fails and loses nothing.
/// Promises 2 and 7.
pub async fn save_survives_directories_that_vanish(store: &Store) {
    let tasks = together(8, |index| {
        let store = store.clone();
        async move {
            for round in 0..15 {
                let name = format!("race/deep/{}/{index}", round % 2);
                put(&store, &name, name.clone()).await;
                assert_eq!(get(&store, &name).await, name);
                store.delete(&name).await.unwrap();
            }
        }
    });
    tasks.await;
    assert!(store.list("").collect().await.unwrap().is_empty());
}

/// Simultaneous copies to one name get a name each. Promises 3 and 13.
pub async fn copy_gives_simultaneous_copiers_a_name_each(store: &Store) {
    put(store, "source", "content").await;
    let copies = together(20, |_| {
        let store = store.clone();
        async move { store.copy("source", "race/copy.txt").await.unwrap().name }
    });
    let copies: BTreeSet<_> = copies.await.into_iter().collect();
    assert_eq!(copies.len(), 20);
    for copy in &copies {
        assert_eq!(get(store, copy).await, "content");
    }
    assert_eq!(names(store, "race").await.len(), 20);
}

/// A listing that runs while files come and go does not fail, and shows every file that stays.
/// Promise 8.
pub async fn list_survives_changes(store: &Store) {
    let stable: Vec<_> = (0..10).map(|index| format!("race/{index}/stays")).collect();
    for name in &stable {
        put(store, name, "x").await;
    }
    let tasks = together(4, |index| {
        let (store, stable) = (store.clone(), stable.clone());
        async move {
            for round in 0..12 {
                tokio::task::yield_now().await;
                if index < 2 {
                    let name = format!("race/{round}/{index}/goes");
                    put(&store, &name, "x").await;
                    store.delete(&name).await.unwrap();
                } else {
                    let listed = names(&store, "race").await;
                    assert!(listed.is_sorted(), "{listed:?}");
                    let missing: Vec<_> = stable.iter().filter(|name| !listed.contains(name)).collect();
                    assert!(missing.is_empty(), "the listing lacks {missing:?}");
                }
            }
        }
    });
    tasks.await;
}

/// A content that tells who saved it, of a size of its own.
fn content_of(index: usize) -> Bytes {
    bytes(30_000 + index * 1_000, index as u64)
}

/// Exactly one save went well, the others were refused with that kind, and the winner's file is there.
async fn one_winner(store: &Store, results: &[Result<Saved>], kind: holdall_core::ErrorKind) {
    let winners: Vec<_> = (0..results.len()).filter(|&index| results[index].is_ok()).collect();
    assert_eq!(winners.len(), 1, "the winners were {winners:?}");
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        assert_eq!(error.kind(), kind, "{error:?}");
    }
    assert!(get(store, "race/file").await == content_of(winners[0]), "the file is not the winner's");
    assert_eq!(names(store, "").await, ["race/file"]);
}
