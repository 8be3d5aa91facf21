//! What `list` and `listdir` promise: completeness, order, and nothing where there is nothing.

use std::collections::BTreeSet;

use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_core::{Entry, Listing, Location, Name, Store, random_alphanumeric};

use crate::conformance::support::{bytes, level, names, put, seconds, shown};

/// Names whose order betrays who sorts by segments, by locale or ignoring case: `-`, `.` and blanks sort
/// before `/`, digits behind it.
const HOSTILE: &[&str] = &[
    "a/b/c/d",
    "a/b0",
    "a/b-",
    "a/0",
    "a-b",
    "a-/x",
    "a.b",
    "a.c/x",
    "a0",
    "a1/x",
    "a b/x",
    "a!",
    "B/x",
    "b/x",
    "A",
    "Z",
    "_",
    "~",
    "\u{e4}/x",
    "\u{e4}-",
    "\u{65e5}/\u{672c}",
    "\u{1f600}",
    "\u{ffff}",
];

/// More of them, where a file may lie beside a directory of its name.
const BESIDE: &[&str] = &["a", "a/b", "a/b/c", "a.c", "a1", "a b", "B", "\u{e4}", "\u{65e5}"];

/// Saves the hostile names that this storage can hold, and returns them.
async fn hostile(store: &Store) -> Vec<&'static str> {
    let beside = if store.capabilities().files_beside_directories { BESIDE } else { &[] };
    let all: Vec<_> = HOSTILE.iter().chain(beside).copied().collect();
    put_all(store, owned(&all)).await;
    all
}

/// Saves files of these names, some at a time.
async fn put_all(store: &Store, all: Vec<String>) {
    let saves = futures_util::stream::iter(all);
    let saves = saves.map(|name| async move {
        put(store, &name, "x").await;
    });
    saves.buffer_unordered(16).collect::<()>().await;
}

fn owned(names: &[&str]) -> Vec<String> {
    names.iter().map(|&name| name.to_owned()).collect()
}

/// What one level of a location holds, by the rule: the next segment, with `/` where more follows.
fn level_of(all: &[&str], location: &str) -> BTreeSet<String> {
    let prefix = if location.is_empty() { String::new() } else { format!("{location}/") };
    let below = all.iter().filter_map(|name| name.strip_prefix(&prefix));
    below
        .map(|rest| match rest.split_once('/') {
            Some((directory, _)) => format!("{prefix}{directory}/"),
            None => format!("{prefix}{rest}"),
        })
        .collect()
}

/// A location that has nothing is empty, whether it is the root, was never there, or is a file.
/// Promise 8.
pub async fn list_of_an_empty_location_is_empty(store: &Store) {
    assert!(store.list("").collect().await.unwrap().is_empty());
    if store.capabilities().writable {
        put(store, "dir/file", "x").await;
    }
    for location in ["missing", "no/such/directory", "dir/missing", "dir/file", "dir/file/below", "di"] {
        assert!(store.list(location).collect().await.unwrap().is_empty(), "{location:?}");
        assert!(store.list(location).recursive().collect().await.unwrap().is_empty(), "{location:?}");
        assert_eq!(store.listdir(location).await.unwrap(), Listing::default(), "{location:?}");
    }
}

/// A recursive listing has every file below the location, and no directory, in the byte order of whole
/// names. Promise 8.
pub async fn list_is_in_the_byte_order_of_whole_names(store: &Store) {
    let all = hostile(store).await;
    let sorted: BTreeSet<_> = owned(&all).into_iter().collect();
    let expected: Vec<_> = sorted.iter().cloned().collect();
    assert_eq!(names(store, "").await, expected);
    for location in ["a", "a/b", "\u{e4}", "B"] {
        let prefix = format!("{location}/");
        let below: Vec<_> = expected.iter().filter(|name| name.starts_with(&prefix)).cloned().collect();
        assert_eq!(names(store, location).await, below, "{location:?}");
    }
}

/// One level has files and directories in one order, a directory sorted as its name plus `/`, each once.
/// Promise 8.
pub async fn list_of_one_level_sorts_directories_with_their_slash(store: &Store) {
    let all = hostile(store).await;
    for location in ["", "a", "a/b", "a.c", "\u{65e5}", "missing"] {
        let expected: Vec<_> = level_of(&all, location).into_iter().collect();
        assert_eq!(level(store, location).await, expected, "{location:?}");
    }
}

/// `start_after` begins behind a name, whether it exists or not: at entries, between them, before all and
/// behind all, recursively and on one level. Promise 8.
pub async fn list_starts_behind_any_name(store: &Store) {
    let all = hostile(store).await;
    let extra = ["!", "a", "a/a", "a/b/c", "a/z", "a/\u{10ffff}", "\u{e4}/z", "\u{1f601}", "zzz", "a0/x/y"];
    let whole: BTreeSet<_> = owned(&all).into_iter().collect();
    for after in all.iter().copied().chain(extra) {
        let name = Name::new(after).unwrap();
        let behind = |all: &BTreeSet<String>| {
            all.iter().filter(|entry| entry.as_str() > after).cloned().collect::<Vec<_>>()
        };
        let recursive = store.list("").recursive().start_after(&name).collect().await.unwrap();
        assert_eq!(shown(&recursive), behind(&whole), "recursively behind {after:?}");
        for location in ["", "a"] {
            let one = store.list(location).start_after(&name).collect().await.unwrap();
            assert_eq!(shown(&one), behind(&level_of(&all, location)), "{location:?} behind {after:?}");
        }
    }
}

/// Entries carry the name, size and entity tag that `metadata` tells, and its time in whole seconds.
/// Promise 8.
pub async fn list_tells_what_metadata_tells(store: &Store) {
    for (index, name) in ["a", "b/c", "b/d.txt"].into_iter().enumerate() {
        put(store, name, bytes(index * 70_000, 1)).await;
    }
    let recursive = store.list("").recursive().collect().await.unwrap();
    let mut one_level = store.list("").collect().await.unwrap();
    one_level.extend(store.list("b").collect().await.unwrap());
    for entries in [recursive, one_level] {
        let files = entries.into_iter().filter_map(|entry| match entry {
            Entry::File(file) => Some(file),
            _ => None,
        });
        let files: Vec<_> = files.collect();
        assert_eq!(files.len(), 3);
        for file in files {
            let metadata = store.metadata(&file.name).await.unwrap();
            assert_eq!((&file.name, file.size, &file.etag), (&metadata.name, metadata.size, &metadata.etag));
            assert_eq!(seconds(file.modified), seconds(metadata.modified), "{:?}", file.name);
        }
    }
}

/// Locations are compared in whole segments: `usr` has nothing of `usr2`, `us` has nothing at all.
/// Promise 8.
pub async fn list_compares_whole_segments(store: &Store) {
    put_all(store, owned(&["usr/a", "usr/b/c", "usr2/a", "usr.txt", "us/r", "x/usr/a"])).await;
    assert_eq!(names(store, "usr").await, ["usr/a", "usr/b/c"]);
    assert_eq!(level(store, "usr").await, ["usr/a", "usr/b/"]);
    assert_eq!(names(store, "us").await, ["us/r"]);
    assert!(names(store, "u").await.is_empty());
    assert_eq!(names(store, r"x\usr/").await, ["x/usr/a"]);
}

/// `listdir` is one level, with directories and files apart, both in the order of the listing.
/// Promise 8.
pub async fn listdir_tells_directories_and_files_apart(store: &Store) {
    let all = hostile(store).await;
    for location in ["", "a"] {
        let Listing { dirs, files, foreign, .. } = store.listdir(location).await.unwrap();
        let dirs: Vec<_> = dirs.iter().map(Location::prefix).collect();
        let files: Vec<_> = files.iter().map(|file| file.name.to_string()).collect();
        let (expected_dirs, expected_files): (Vec<_>, Vec<_>) =
            level_of(&all, location).into_iter().partition(|entry| entry.ends_with('/'));
        assert_eq!(dirs, expected_dirs, "{location:?}");
        assert_eq!(files, expected_files, "{location:?}");
        assert!(foreign.is_empty(), "{foreign:?}");
    }
}

/// Deep and narrow is listed as well as flat and wide. Promise 8.
pub async fn list_reaches_any_depth(store: &Store) {
    let deep = format!("{}file", "d/".repeat(60));
    put(store, &deep, "x").await;
    assert_eq!(names(store, "").await, [deep.as_str()]);
    assert_eq!(level(store, "d/d").await, ["d/d/d/"]);
    let bottom = deep.rsplit_once('/').unwrap().0;
    assert_eq!(level(store, bottom).await, [deep.as_str()]);
}

/// More files than fit a page of S3 (1,000) are all listed, in order, once, recursively and on one level,
/// as files and as directories; and a listing can be taken up where it was left. Promise 8.
pub async fn list_is_complete_beyond_a_page(store: &Store) {
    let all: Vec<_> = (0..1_100)
        .map(|index| match index % 100 {
            // Directories enough to be counted, and the boundary of a page inside one.
            0 => format!("many/{index:04}/file"),
            _ => format!("many/{index:04}"),
        })
        .collect();
    put_all(store, all.clone()).await;
    assert!(names(store, "many").await == all, "the recursive listing is not the 1,100 names in order");
    let one: Vec<_> = all.iter().map(|name| name.strip_suffix("file").unwrap_or(name).to_owned()).collect();
    assert!(level(store, "many").await == one, "the listing of one level is not the 1,100 names in order");

    let middle = Name::new(&all[555]).unwrap();
    let rest = store.list("many").recursive().start_after(&middle).collect().await.unwrap();
    assert!(shown(&rest) == all[556..], "the rest of the listing is not what follows {middle:?}");

    // Two entries are read and the rest is dropped: nobody waits for what nobody reads.
    let first: Vec<_> = store.list("many").recursive().stream().take(2).try_collect().await.unwrap();
    assert_eq!(shown(&first), all[..2]);
}

/// The root of the storage is a location like any other: what lies there is listed by its whole name.
/// Promise 8.
pub async fn list_shows_the_root(store: &Store) {
    let own = format!("conformance-{}", random_alphanumeric(8));
    let (file, inner) = (format!("{own}.txt"), format!("{own}/inner"));
    put(store, &file, "x").await;
    put(store, &inner, "x").await;
    let ours =
        |names: Vec<String>| names.into_iter().filter(|name| name.starts_with(&own)).collect::<Vec<_>>();
    let one_level = ours(level(store, "").await);
    let recursive = ours(names(store, "").await);
    let first = Name::new(&file).unwrap();
    let behind = ours(shown(&store.list("").recursive().start_after(&first).collect().await.unwrap()));
    // Tidied before anything can fail: nobody else empties the root.
    store.delete(&file).await.unwrap();
    store.delete(&inner).await.unwrap();

    assert_eq!(one_level, [file.clone(), format!("{own}/")]);
    assert_eq!(recursive, [file, inner.clone()]);
    assert_eq!(behind, [inner]);
    assert!(ours(names(store, "").await).is_empty());
}
