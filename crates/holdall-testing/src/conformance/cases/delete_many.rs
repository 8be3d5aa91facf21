//! What deleting many files and whole locations promises.

use std::collections::BTreeSet;

use futures_util::TryStreamExt as _;
use holdall_core::ErrorKind::{InvalidInput, InvalidName};
use holdall_core::{Listing, Name, Store};

use crate::conformance::support::{names, put, refused, together};

/// More than the 1,000 that S3 lists and deletes with one request.
const MANY: usize = 1_020;

/// All of the names and nothing else is gone, whatever is odd about them; directories that became empty are too.
/// Promise 7.
pub async fn delete_many_deletes_exactly_these(store: &Store) {
    let gone =
        ["a", "a b+c&d=e?#%41.txt", "dir/<x>&\"y\"", "dir/caf\u{e9}", "deep/er/file", "\u{d55c}\u{ae00}"];
    let kept = ["a.b", "b", "dir/cafe\u{301}", "dir/kept"];
    for name in gone.iter().chain(&kept) {
        put(store, *name, *name).await;
    }
    let results = store.delete_many(gone).await;
    assert_eq!(results.len(), gone.len());
    for result in results {
        result.unwrap();
    }
    assert_eq!(names(store, "").await, kept);
    assert_eq!(store.listdir("deep").await.unwrap(), Listing::default());
    assert!(store.delete_many::<&str>([]).await.is_empty());
}

/// There is a result for each name, in their order: `Ok` for what is gone and for what never was, also when a
/// name comes twice; an error that names it for what is no name. Promise 7.
pub async fn delete_many_tells_what_became_of_each(store: &Store) {
    put(store, "a", "x").await;
    put(store, "b", "x").await;
    let results = store.delete_many(["a", "missing", "../out", "b", "a", "no/such/dir/x"]).await;
    let went_well: Vec<_> = results.iter().map(Result::is_ok).collect();
    assert_eq!(went_well, [true, true, false, true, true, true]);
    let error = refused(results.into_iter().nth(2).expect("six results"), InvalidName);
    assert!(error.to_string().contains("../out"), "{error}");
    assert!(names(store, "").await.is_empty());
}

/// More names than one request takes are all deleted. Promise 7.
pub async fn delete_many_takes_more_than_a_page(store: &Store) {
    let all: Vec<_> = (0..MANY).map(|number| format!("dir/{number:04}")).collect();
    fill(store, &all).await;
    put(store, "dir/kept", "x").await;
    for result in store.delete_many(&all).await {
        result.unwrap();
    }
    assert_eq!(names(store, "").await, ["dir/kept"]);
}

/// Saves a file under each name, some at a time.
async fn fill(store: &Store, all: &[String]) {
    const AT_ONCE: usize = 16;
    let (store, all) = (store.clone(), all.to_vec());
    together(AT_ONCE, move |task| {
        let (store, all) = (store.clone(), all.clone());
        async move {
            for name in all.iter().skip(task).step_by(AT_ONCE) {
                put(&store, name, "x").await;
            }
        }
    })
    .await;
}

/// What lies below the location is gone at any depth; what merely begins with the same letters, and a file of the
/// location's own name, stays. Promise 7.
pub async fn delete_location_deletes_what_is_below_and_nothing_else(store: &Store) {
    let below = ["usr/a", "usr/b/c", "usr/b/d/e", "usr/z"];
    let others = ["other", "us", "usr-b/c", "usr.txt", "usr0"];
    for name in below.iter().chain(&others) {
        put(store, *name, "x").await;
    }
    let deleted = store.delete_location("usr").await.unwrap();
    assert_eq!((deleted.deleted, deleted.failed), (4, 0), "{deleted:?}");
    assert_eq!(deleted.into_result().unwrap(), 4);
    assert_eq!(names(store, "").await, others);
    assert!(store.listdir("").await.unwrap().dirs.iter().all(|dir| dir.as_str() != "usr"));
}

/// A location that has nothing is deleted already; a file is no location and stays. Promise 7.
pub async fn delete_location_of_nothing_is_ok(store: &Store) {
    put(store, "file", "x").await;
    for location in ["missing", "no/such/place/", "file"] {
        assert_eq!(store.delete_location(location).await.unwrap().into_result().unwrap(), 0, "{location:?}");
    }
    refused(store.delete_location("../out").await, InvalidName);
    assert_eq!(names(store, "").await, ["file"]);
}

/// Everything is deleted only by who says so. Promise 7.
pub async fn delete_location_refuses_the_root_unless_forced(store: &Store) {
    put(store, "a", "x").await;
    put(store, "b/c", "x").await;
    for root in ["", "./"] {
        let error = refused(store.delete_location(root).await, InvalidInput);
        assert!(error.to_string().contains("force"), "{error}");
    }
    assert_eq!(names(store, "").await, ["a", "b/c"]);
    assert_eq!(store.delete_location("").force().await.unwrap().into_result().unwrap(), 2);
    assert!(names(store, "").await.is_empty());
}

/// The stream gives every name that is gone, once, and does nothing before it is polled. Promise 7.
pub async fn delete_location_streams_what_it_deletes(store: &Store) {
    for name in ["dir/a", "dir/b/c", "dir/d"] {
        put(store, name, "x").await;
    }
    drop(store.delete_location("dir").stream());
    assert_eq!(names(store, "dir").await.len(), 3);
    let deleted: Vec<Name> = store.delete_location("dir").stream().try_collect().await.unwrap();
    let deleted: BTreeSet<_> = deleted.iter().map(Name::as_str).collect();
    assert_eq!(deleted, BTreeSet::from(["dir/a", "dir/b/c", "dir/d"]));
    assert!(names(store, "").await.is_empty());
}
