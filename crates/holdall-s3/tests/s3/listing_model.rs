//! Listings of every size around a page, with hostile keys, against a map.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use holdall_core::{Entry, ListOptions, Location, Name, Store};
use holdall_testing::s3_server::S3Server;

use crate::support::{BUCKET, builder, configured};

/// Letters that XML, URLs, form encoding and signatures treat differently; at the end those that no [`Name`] can have.
const PIECES: &[&str] = &[
    "a", "Z", "0", " ", "  ", "+", "%", "%20", "%2F", "%25", "&", "&amp;", "<", ">", "\"", "'", "?", "#",
    "=", ";", ":", "@", "!", "$", "(", ")", "*", ",", "[", "]", "{", "|", "}", "~", "^", "`", "-", "_", "é",
    "e\u{301}", "한글", "🦀", "\u{a0}", "\u{202e}", "\u{feff}", "\u{fffd}", "]]>", "\u{1}", "\n", "\\",
    "x//y", "x/../y",
];

/// That many keys, each below the location, every fifth in a directory.
fn keys(count: usize) -> BTreeSet<String> {
    let piece = |index: usize| PIECES[index % PIECES.len()];
    (0..count)
        .map(|index| {
            let directory = if index % 5 == 0 { format!("{}/", piece(index / 7)) } else { String::new() };
            format!("media/{directory}{}{index}{}", piece(index), piece(index / PIECES.len() + index))
        })
        .collect()
}

async fn server(keys: &BTreeSet<String>, page: usize) -> (S3Server, Store) {
    let server = configured().page_size(page);
    let server = server.start().await.unwrap();
    for key in keys {
        server.put_object(BUCKET, key.as_str(), "x");
    }
    let store = Store::new(builder(&server).location("media").build().unwrap());
    (server, store)
}

/// The kind of an entry, and its bytes.
fn shown(entry: &Entry) -> (char, Vec<u8>) {
    let kind = match entry {
        Entry::File(_) => 'f',
        Entry::Directory(_) => 'd',
        _ => '?',
    };
    (kind, entry.sort_key())
}

async fn listed(store: &Store, options: ListOptions) -> Vec<(char, Vec<u8>)> {
    let entries: Vec<Entry> = store.list("").options(options).stream().try_collect().await.unwrap();
    entries.iter().map(shown).collect()
}

/// Every key, told from the map alone.
fn every(keys: &BTreeSet<String>) -> Vec<(char, Vec<u8>)> {
    let relative = keys.iter().filter_map(|key| key.strip_prefix("media/"));
    relative
        .map(|key| {
            let can_be_named = Name::new(key).is_ok_and(|name| name.as_str() == key);
            (if can_be_named { 'f' } else { '?' }, key.as_bytes().to_vec())
        })
        .collect()
}

/// One level, told from the map alone: the part up to the first slash, once.
fn one_level(keys: &BTreeSet<String>) -> Vec<(char, Vec<u8>)> {
    let mut level: Vec<(char, Vec<u8>)> = Vec::new();
    for (kind, key) in every(keys) {
        let text = String::from_utf8(key.clone()).unwrap();
        let entry = match text.split_once('/') {
            None => (kind, key),
            Some((directory, _)) => {
                let can_be_named =
                    Location::new(directory).is_ok_and(|location| location.as_str() == directory);
                (if can_be_named { 'd' } else { '?' }, format!("{directory}/").into_bytes())
            }
        };
        if level.last() != Some(&entry) {
            level.push(entry);
        }
    }
    level
}

async fn check(keys: &BTreeSet<String>, page: usize) {
    let (server, store) = server(keys, page).await;
    let recursive = ListOptions::default().with_recursive(true);
    assert_eq!(listed(&store, recursive.clone()).await, every(keys), "{} by {page}", keys.len());
    assert_eq!(server.count("ListObjectsV2"), keys.len().div_ceil(page).max(1), "{} by {page}", keys.len());
    assert_eq!(listed(&store, ListOptions::default()).await, one_level(keys), "{} by {page}", keys.len());
    // From each of some names on.
    for after in keys.iter().step_by(keys.len() / 5 + 1) {
        let Ok(after) = Name::new(after.trim_start_matches("media/")) else { continue };
        let expected: Vec<_> =
            every(keys).into_iter().filter(|(_, key)| key.as_slice() > after.as_str().as_bytes()).collect();
        let found = listed(&store, recursive.clone().with_start_after(after.clone())).await;
        assert_eq!(found, expected, "{} by {page} behind {after:?}", keys.len());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_size_around_a_page_equals_the_map() {
    for count in [0, 1, 999, 1_000, 1_001, 2_500] {
        let keys = keys(count);
        assert_eq!(keys.len(), count);
        check(&keys, 1_000).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_size_of_a_page_equals_the_map() {
    let keys = keys(120);
    for page in 1..=7 {
        check(&keys, page).await;
    }
}

/// Directories count for a page like keys do.
#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_and_one_directories_are_all_there() {
    let keys: BTreeSet<_> =
        (0..1_001).flat_map(|index| [1, 2].map(|file| format!("media/{index:04} é+/{file}"))).collect();
    let (server, store) = server(&keys, 1_000).await;
    let level = listed(&store, ListOptions::default()).await;
    assert_eq!(level.len(), 1_001);
    assert_eq!(level, one_level(&keys));
    assert_eq!(server.count("ListObjectsV2"), 2);
}
