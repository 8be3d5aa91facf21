//! Every condition by itself: where it is claimed it is raced, and where it is not it is refused before anything is
//! done.

use std::collections::BTreeSet;

use bytes::Bytes;
use holdall_core::ErrorKind::{
    AlreadyExists, Conflict, InvalidName, NotFound, PreconditionFailed, Unsupported,
};
use holdall_core::{Content, ErrorKind, Result, SaveMode, Saved, Store};

use crate::conformance::support::{bytes, chunks, get, names, put, refused_naming, together, untouched};

/// More than storages send in one request.
const LARGE: usize = 13 * 1024 * 1024;

/// Of several simultaneous `Create`s of large files exactly one wins. Promise 3.
pub async fn save_of_large_files_with_create_has_one_winner(store: &Store) {
    let results = together(4, |index| {
        let store = store.clone();
        async move { store.save("race/file", large(index)).create().await }
    });
    one_winner(store, "race/file", &results.await, &[AlreadyExists], |index| content(index, LARGE)).await;
}

/// Of several simultaneous `IfMatch`s by large files exactly one wins. Promise 3.
pub async fn save_of_large_files_with_replace_has_one_winner(store: &Store) {
    let etag = put(store, "race/file", "the old one").await.etag.expect("a storage that replaces has tags");
    let results = together(4, |index| {
        let (store, etag) = (store.clone(), etag.clone());
        async move { store.save("race/file", large(index)).replace(etag).await }
    });
    one_winner(store, "race/file", &results.await, &[PreconditionFailed], |index| content(index, LARGE))
        .await;
}

/// Where `Create` holds for small content only, it is refused for large content, and nothing is stored. Promise 3.
pub async fn save_of_a_large_file_with_create_is_refused_where_it_is_not_atomic(store: &Store) {
    for source in [large(1), Content::bytes(content(1, LARGE))] {
        refused_naming(store.save("file", source).create().await, Unsupported, "file");
    }
    assert!(names(store, "").await.is_empty());
}

/// Where `IfMatch` holds for small content only, it is refused for large content, and the file stays. Promise 3.
pub async fn save_of_a_large_file_with_replace_is_refused_where_it_is_not_atomic(store: &Store) {
    let etag = put(store, "file", "old").await.etag.expect("a storage that replaces has tags");
    for source in [large(1), Content::bytes(content(1, LARGE))] {
        refused_naming(store.save("file", source).replace(etag.clone()).await, Unsupported, "file");
    }
    assert_eq!(get(store, "file").await, "old");
}

/// Where names cannot be made unique, `Unique` is refused before the source is read. Promise 3.
pub async fn save_with_rename_is_refused_where_names_are_not_unique(store: &Store) {
    let (source, was_read) = untouched();
    refused_naming(store.save("file", source).mode(SaveMode::Unique).await, Unsupported, "file");
    assert!(!was_read());
    put(store, "source", "x").await;
    for mode in [None, Some(SaveMode::Unique)] {
        let (copy, rename) = (store.copy("source", "file"), store.rename("source", "file"));
        let (copy, rename) = match mode {
            Some(mode) => (copy.mode(mode.clone()), rename.mode(mode)),
            None => (copy, rename),
        };
        refused_naming(copy.await, Unsupported, "source");
        refused_naming(rename.await, Unsupported, "source");
    }
    assert_eq!(names(store, "").await, ["source"]);
}

/// Where plain names cannot be had, `Unique` adds 22 random letters (130 bits) to every name, before the first dot,
/// for small and large content, copies and renames, and within `max_name_length`. Promise 3.
pub async fn save_adds_random_letters_where_plain_names_are_not_safe(store: &Store) {
    put(store, "dir.d/x.tar.gz", "taken").await;
    for (name, stem, suffix) in [("dir.d/x.tar.gz", "dir.d/x_", ".tar.gz"), ("free", "free_", "")] {
        for source in [Content::text("new"), Content::stream(chunks(bytes(300_000, 1), 20_000))] {
            let saved = store.save(name, source).await.unwrap().name;
            let random = saved.as_str().strip_prefix(stem).and_then(|rest| rest.strip_suffix(suffix));
            let random =
                random.unwrap_or_else(|| panic!("{saved:?} is not {stem:?}, letters and {suffix:?}"));
            assert!(random.len() >= 22 && random.bytes().all(|b| b.is_ascii_alphanumeric()), "{saved:?}");
            assert!(store.exists(&saved).await.unwrap());
        }
    }
    let copy = store.copy("dir.d/x.tar.gz", "free").await.unwrap().name;
    let moved = store.rename(&copy, "free").await.unwrap().name;
    assert!(copy != moved && moved.as_str().len() >= "free_".len() + 22, "{copy} {moved}");
    let short = store.save("longfilename.txt", "x").max_name_length(30).await.unwrap().name;
    assert!(short.as_str().starts_with("lon_") && short.as_str().len() == 30, "{short}");
    refused_naming(
        store.save("longfilename.txt", "x").max_name_length(26).await,
        InvalidName,
        "longfilename.txt",
    );
    assert_eq!(get(store, "dir.d/x.tar.gz").await, "taken");
}

/// `Unique` of a copy or rename to a name that is taken overwrites nothing, by whatever means names are made unique.
/// Promises 3 and 13.
pub async fn copy_with_rename_overwrites_nothing(store: &Store) {
    put(store, "taken.txt", "old").await;
    for (source, moves) in [("one", false), ("two", true)] {
        put(store, source, source).await;
        let transferred = if moves {
            store.rename(source, "taken.txt").await
        } else {
            store.copy(source, "taken.txt").await
        };
        let name = transferred.unwrap().name;
        assert_ne!(name, "taken.txt");
        assert_eq!(get(store, &name).await, source);
        assert_eq!(get(store, "taken.txt").await, "old");
        assert_eq!(store.exists(source).await.unwrap(), !moves);
    }
}

/// Of several simultaneous copies of other files to one name with `Create`, exactly one wins. Promises 3 and 13.
pub async fn copy_with_create_has_one_winner(store: &Store) {
    transfers_have_one_winner(store, false).await;
}

/// The same for renames, and those that lost are where they were. Promises 3 and 13.
pub async fn rename_with_create_has_one_winner(store: &Store) {
    transfers_have_one_winner(store, true).await;
}

async fn transfers_have_one_winner(store: &Store, moves: bool) {
    for index in 0..8 {
        put(store, format!("source/{index}"), small(index)).await;
    }
    let results = together(8, |index| {
        let store = store.clone();
        async move { transfer(&store, moves, &format!("source/{index}"), SaveMode::Create).await }
    });
    let results = results.await;
    let winner = one_winner(store, "race/file", &results, &[AlreadyExists], small).await;
    for index in 0..8 {
        let gone = moves && index == winner;
        assert_eq!(store.exists(format!("source/{index}")).await.unwrap(), !gone);
    }
}

/// Of several simultaneous copies over one version with `IfMatch`, exactly one wins. Promises 3 and 13.
pub async fn copy_with_replace_has_one_winner(store: &Store) {
    for index in 0..8 {
        put(store, format!("source/{index}"), small(index)).await;
    }
    let etag = put(store, "race/file", "the old one").await.etag.expect("a storage that replaces has tags");
    let results = together(8, |index| {
        let (store, mode) = (store.clone(), SaveMode::IfMatch(etag.clone()));
        async move { transfer(&store, false, &format!("source/{index}"), mode).await }
    });
    one_winner(store, "race/file", &results.await, &[PreconditionFailed], small).await;
}

/// Where a copy cannot take a free name only, `Create` is refused before anything is copied. Promises 3 and 13.
pub async fn copy_with_create_is_refused_where_it_is_not_atomic(store: &Store) {
    put(store, "source", "x").await;
    for moves in [false, true] {
        refused_naming(transfer(store, moves, "source", SaveMode::Create).await, Unsupported, "source");
    }
    assert_eq!(names(store, "").await, ["source"]);
}

/// Where a copy cannot replace one version only, `IfMatch` is refused before anything is copied. Promises 3 and 13.
pub async fn copy_with_replace_is_refused_where_it_is_not_atomic(store: &Store) {
    put(store, "source", "x").await;
    let etag = put(store, "race/file", "old").await.etag;
    let mode = || SaveMode::IfMatch(etag.clone().unwrap_or_else(|| holdall_core::ETag::strong("any")));
    for moves in [false, true] {
        refused_naming(transfer(store, moves, "source", mode()).await, Unsupported, "source");
    }
    assert_eq!(get(store, "race/file").await, "old");
}

/// A copy of one version never is a copy of another, also while the source is overwritten. Promise 13.
pub async fn copy_with_if_match_never_copies_another_version(store: &Store) {
    for round in 0..4_u64 {
        let (source, old, new) = (format!("{round}/source"), bytes(30_000, round), bytes(40_000, round + 50));
        let etag =
            put(store, &source, old.clone()).await.etag.expect("a storage that compares has entity tags");
        let results = together(5, |index| {
            let (store, source, etag, new) = (store.clone(), source.clone(), etag.clone(), new.clone());
            async move {
                if index == 0 {
                    return store.save(&source, new).overwrite().await;
                }
                store.copy(&source, format!("{round}/copy-{index}")).overwrite().if_match(etag).await
            }
        });
        for result in results.await.into_iter().skip(1) {
            match result {
                Ok(saved) => assert!(get(store, &saved.name).await == old, "another version was copied"),
                Err(error) => lost_race(&error, &[PreconditionFailed]),
            }
        }
        assert!(get(store, &source).await == new, "a save was undone");
        let late = store.copy(&source, format!("{round}/late")).overwrite().if_match(etag).await;
        refused_naming(late, PreconditionFailed, &source);
    }
}

/// A deletion of one version never deletes another that is saved at the same time. Promise 3.
pub async fn delete_with_if_match_never_deletes_another_version(store: &Store) {
    for round in 0..8_u64 {
        let (name, new) = (format!("{round}/file"), bytes(30_000, round + 50));
        let etag = put(store, &name, bytes(20_000, round)).await.etag.expect("it compares entity tags");
        let results = together(4, |index| {
            let (store, name, etag, new) = (store.clone(), name.clone(), etag.clone(), new.clone());
            async move {
                if index == 0 {
                    return store.save(&name, new).overwrite().await.map(drop);
                }
                store.delete(&name).if_match(etag).await
            }
        });
        for error in results.await.into_iter().filter_map(Result::err) {
            lost_race(&error, &[PreconditionFailed, NotFound]);
        }
        refused_naming(store.delete(&name).if_match(etag).await, PreconditionFailed, &name);
        assert!(get(store, &name).await == new, "what was saved was deleted");
    }
}

async fn transfer(store: &Store, moves: bool, from: &str, mode: SaveMode) -> Result<Saved> {
    if moves {
        store.rename(from, "race/file").mode(mode).await
    } else {
        store.copy(from, "race/file").mode(mode).await
    }
}

fn content(index: usize, length: usize) -> Bytes {
    bytes(length + index, index as u64)
}

fn small(index: usize) -> Bytes {
    content(index, 30_000)
}

/// A large stream, which cannot be read twice.
fn large(index: usize) -> Content<'static> {
    Content::stream(chunks(content(index, LARGE), 1024 * 1024))
}

/// An error of somebody who came too late.
#[track_caller]
fn lost_race(error: &holdall_core::Error, kinds: &[ErrorKind]) {
    let is_retryable = error.kind() == Conflict && error.is_retryable();
    assert!(is_retryable || kinds.contains(&error.kind()), "{error:?}");
}

/// Exactly one went well, and the file is its own. Gives the winner.
async fn one_winner(
    store: &Store,
    name: &str,
    results: &[Result<Saved>],
    kinds: &[ErrorKind],
    content: impl Fn(usize) -> Bytes,
) -> usize {
    let winners: BTreeSet<_> = (0..results.len()).filter(|&index| results[index].is_ok()).collect();
    assert_eq!(winners.len(), 1, "the winners were {winners:?}");
    for error in results.iter().filter_map(|result| result.as_ref().err()) {
        lost_race(error, kinds);
    }
    let winner = winners.into_iter().next().expect("one");
    assert!(get(store, name).await == content(winner), "the file is not the winner's");
    winner
}
