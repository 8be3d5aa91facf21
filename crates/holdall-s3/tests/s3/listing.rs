//! Listings, page by page.

use futures_util::TryStreamExt as _;
use holdall_core::{Entry, ListOptions, Name, Store};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, builder, configured};

/// A server with three items on a page, and a store at a location in it.
async fn paged(keys: &[&str]) -> (S3Server, Store) {
    let server = configured().page_size(3).start().await.unwrap();
    for key in keys {
        let content = if key.ends_with('/') { "" } else { "x" };
        server.put_object(BUCKET, *key, content);
    }
    let store = Store::new(builder(&server).location("media").build().unwrap());
    (server, store)
}

/// Entries as their sort keys: a directory with its slash, something foreign with a question mark.
async fn listed(store: &Store, location: &str, options: ListOptions) -> Vec<String> {
    let entries: Vec<Entry> = store.list(location).options(options).stream().try_collect().await.unwrap();
    let show = |entry: &Entry| {
        let key = String::from_utf8_lossy(&entry.sort_key()).into_owned();
        if matches!(entry, Entry::Foreign(_)) { format!("{key}?") } else { key }
    };
    entries.iter().map(show).collect()
}

const KEYS: &[&str] = &[
    "media/",
    "media/a",
    "media/a b+c.txt",
    "media/a-1",
    "media/a/1",
    "media/a/2",
    "media/a//3",
    "media/a0",
    "media/b/",
    "media/b/x/y",
    "media/\u{1}ctl",
    "media/.holdall-probe-1",
    "media/d/.holdall-x/1",
    "media/z/../q",
    "media/한글/é",
    "mediaz",
    "other/a",
];

#[tokio::test]
async fn one_level_in_the_order_of_keys_over_many_pages() {
    let (server, store) = paged(KEYS).await;
    let root = listed(&store, "", ListOptions::default()).await;
    assert_eq!(root, ["\u{1}ctl?", "a", "a b+c.txt", "a-1", "a/", "a0", "b/", "d/", "z/", "한글/"]);
    assert!(server.count("ListObjectsV2") > 3);
    assert_eq!(listed(&store, "a", ListOptions::default()).await, ["a//?", "a/1", "a/2"]);
    assert_eq!(listed(&store, "b", ListOptions::default()).await, ["b/?", "b/x/"]);
    assert_eq!(listed(&store, "z", ListOptions::default()).await, ["z/../?"]);
    assert_eq!(listed(&store, "nothing", ListOptions::default()).await, [""; 0]);
}

#[tokio::test]
async fn every_depth_and_from_a_name_on() {
    let (_server, store) = paged(KEYS).await;
    let all = ListOptions::default().with_recursive(true);
    let every = [
        "\u{1}ctl?",
        "a",
        "a b+c.txt",
        "a-1",
        "a//3?",
        "a/1",
        "a/2",
        "a0",
        "b/?",
        "b/x/y",
        "z/../q?",
        "한글/é",
    ];
    assert_eq!(listed(&store, "", all.clone()).await, every);
    for (index, name) in ["a", "a b+c.txt", "a-1", "a/1", "a/2", "a0", "b/x/y", "한글/é"].iter().enumerate()
    {
        let after = Name::new(name).unwrap();
        let expected: Vec<_> =
            every.iter().copied().filter(|entry| entry.trim_end_matches('?') > after.as_str()).collect();
        assert_eq!(
            listed(&store, "", all.clone().with_start_after(after)).await,
            expected.as_slice(),
            "{index}"
        );
    }
    // A directory counts with its slash, so that it lies before what it holds.
    let inside = ListOptions::default().with_start_after(Name::new("a/1").unwrap());
    assert_eq!(listed(&store, "", inside).await, ["a0", "b/", "d/", "z/", "한글/"]);
    let before = ListOptions::default().with_start_after(Name::new("a-1").unwrap());
    assert_eq!(listed(&store, "", before).await, ["a/", "a0", "b/", "d/", "z/", "한글/"]);
}

/// A directory is listed exactly if its own listing has something, be it only its marker; and it can be deleted.
#[tokio::test]
async fn markers_of_directories_are_listed_alike_and_deleted() {
    let keys =
        ["media/", "media/photos/", "media/photos/old/", "media/photos/old/2020/", "media/kept/a", "photos/"];
    let (server, store) = paged(&keys).await;
    assert_eq!(listed(&store, "", ListOptions::default()).await, ["kept/", "photos/"]);
    assert_eq!(listed(&store, "photos", ListOptions::default()).await, ["photos/?", "photos/old/"]);
    let all = ListOptions::default().with_recursive(true);
    assert_eq!(
        listed(&store, "", all.clone()).await,
        ["kept/a", "photos/?", "photos/old/?", "photos/old/2020/?"]
    );
    assert!(!store.exists("photos").await.unwrap());
    assert!(store.metadata("photos").await.unwrap_err().is_not_found());
    let inner = store.located("photos").unwrap();
    assert_eq!(listed(&inner, "", all.clone()).await, ["old/?", "old/2020/?"]);
    assert_eq!(inner.listdir("").await.unwrap().foreign.len(), 0);

    let deleted = store.delete_location("photos/old").await.unwrap();
    assert_eq!((deleted.deleted, deleted.failed), (0, 0), "{:?}", deleted.errors);
    assert_eq!(listed(&store, "photos", all.clone()).await, ["photos/?"]);
    server.put_object(BUCKET, "media/photos/cat.jpg", "x");
    server.put_object(BUCKET, "media/photos/other/", "content");
    let deleted = store.delete_location("photos").await.unwrap();
    assert_eq!((deleted.deleted, deleted.failed), (1, 1), "{:?}", deleted.errors);
    assert_eq!(deleted.errors[0].name(), Some("photos/other/"));
    assert_eq!(server.keys(BUCKET), ["media/", "media/kept/a", "media/photos/other/", "photos/"]);
}

#[tokio::test]
async fn one_page_at_a_time_and_an_end_after_an_error() {
    let (server, store) = paged(KEYS).await;
    let mut entries = store.list("").recursive().stream();
    assert_eq!(server.count("ListObjectsV2"), 0, "nothing is asked before somebody wants to know");
    entries.try_next().await.unwrap().unwrap();
    assert_eq!(server.count("ListObjectsV2"), 1);
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("ListObjectsV2"));
    let mut seen = 1;
    let error = loop {
        match entries.try_next().await {
            Ok(Some(_)) => seen += 1,
            Ok(None) => panic!("the end instead of an error"),
            Err(error) => break error,
        }
    };
    assert!(seen <= 3 && error.kind() == holdall_core::ErrorKind::PermissionDenied);
    assert!(entries.try_next().await.unwrap().is_none());
}
