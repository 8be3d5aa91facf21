//! How many requests a collection takes. On S3 the cost is requests, not bytes.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs::File;
use std::path::Path;
use std::time::{Duration, SystemTime};

use holdall::Store;
use holdall::s3::Encryption;
use holdall::static_files::{Collector, Directories};
use holdall_testing::s3_server::S3Server;

use crate::support::{BUCKET, RECORDS, of, operations, put, server, settings, site, store, whole};

fn counted<const N: usize>(expected: [(&str, usize); N]) -> BTreeMap<String, usize> {
    expected.into_iter().map(|(operation, count)| (operation.to_owned(), count)).collect()
}

/// Exactly one PUT a published file and one listing: no HEAD, no GET, no DELETE, and no object twice.
#[tokio::test(flavor = "multi_thread")]
async fn the_first_run_is_one_put_a_file_and_the_listing() {
    for copies in [true, false] {
        let server = server().await;
        let report = of(site(0)).copies(copies).collect(&store(&server)).await.unwrap();
        let files = if copies { 2 * report.files + RECORDS } else { report.files + RECORDS };
        assert_eq!(operations(&server), counted([("ListObjectsV2", 1), ("PutObject", files)]));
        assert_eq!(server.keys(BUCKET).len(), files);
        whole(&server);
    }
}

/// Hashed files come first, then copies, the records, and the current manifest last of all.
#[tokio::test(flavor = "multi_thread")]
async fn what_refers_comes_after_what_it_refers_to() {
    let server = server().await;
    of(site(0)).collect(&store(&server)).await.unwrap();
    let manifest = whole(&server);
    let role = |name: &String| match name.as_str() {
        "staticfiles.json" => 3,
        name if name.starts_with("staticfiles.") => 2,
        name => i32::from(manifest.iter().all(|(_, hashed)| hashed != name)),
    };
    let roles: Vec<_> = put(&server).iter().map(role).collect();
    assert!(roles.is_sorted(), "{:?}", put(&server));
    assert_eq!(roles.iter().filter(|role| **role == 3).count(), 1);
}

/// What a run of nothing new may ask: the listing and the manifest.
fn nothing_new(pages: usize) -> BTreeMap<String, usize> {
    counted([("GetObject", 1), ("ListObjectsV2", pages)])
}

/// Gives every file a new time, as a fresh checkout does.
fn touch(folder: &Path, time: SystemTime) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            touch(&path, time);
        } else {
            File::options().write(true).open(path).unwrap().set_modified(time).unwrap();
        }
    }
}

async fn runs_again_for_a_listing(server: &S3Server, folder: &Path, copies: bool) {
    let collector = || Collector::new().finder(Directories::new(folder)).copies(copies);
    let first = collector().collect(&store(server)).await.unwrap();
    let objects = server.keys(BUCKET).len();
    assert_eq!(put(server).len(), objects);
    whole(server);
    for time in [None, Some(SystemTime::now() + Duration::from_hours(1)), Some(SystemTime::UNIX_EPOCH)] {
        if let Some(time) = time {
            touch(folder, time);
        }
        server.clear_requests();
        // Another machine: nothing is remembered but what is in the bucket.
        let again = collector().collect(&store(server)).await.unwrap();
        assert_eq!((again.files, again.published.changes.len()), (first.files, 0));
        assert_eq!(operations(server), nothing_new(objects.div_ceil(1000)), "{time:?}");
    }
}

/// Nothing is written and nothing deleted when nothing has changed, also when all files have new times.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_is_the_listing() {
    for copies in [true, false] {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in site(0) {
            let path = folder.path().join(name);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, text).unwrap();
        }
        let server = server().await;
        runs_again_for_a_listing(&server, folder.path(), copies).await;
    }
}

/// The same for 6,000 files: one request a thousand objects that are listed.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_of_six_thousand_files_is_seven_pages() {
    let folder = tempfile::tempdir().unwrap();
    for package in 0..60 {
        let directory = folder.path().join(format!("package-{package}"));
        std::fs::create_dir(&directory).unwrap();
        let mut style = String::new();
        for icon in 0..99 {
            writeln!(style, ".icon-{icon} {{ background: url(icon-{icon}.svg) }}").unwrap();
            std::fs::write(
                directory.join(format!("icon-{icon}.svg")),
                format!("<svg id='{package}-{icon}'/>"),
            )
            .unwrap();
        }
        std::fs::write(directory.join("icons.css"), style).unwrap();
    }
    let server = server().await;
    runs_again_for_a_listing(&server, folder.path(), false).await;
    assert_eq!(server.count("ListObjectsV2"), 7);
}

/// Where an entity tag is no MD5, since the bucket encrypts with a key of its own or of ours, copies are recognized by
/// what is remembered of them.
#[tokio::test(flavor = "multi_thread")]
async fn a_second_run_is_the_listing_where_tags_are_no_md5() {
    let server = server().await;
    let kms = settings(&server).encryption(Encryption::Kms);
    let customer = settings(&server).customer_key(*b"0123456789abcdef0123456789abcdef");
    for settings in [kms, customer] {
        let store = Store::new(settings.build().unwrap());
        of(site(0)).collect(&store).await.unwrap();
        whole(&server);
        server.clear_requests();
        of(site(0)).collect(&store).await.unwrap();
        // The listing, the manifest, and the notes.
        assert_eq!(operations(&server), counted([("GetObject", 2), ("ListObjectsV2", 1)]));
        // And what did change is sent.
        of(site(1)).collect(&store).await.unwrap();
        let changed = put(&server);
        assert!(changed.contains(&"img/cat.png".to_owned()), "{changed:?}");
        assert!(!changed.contains(&"robots.txt".to_owned()), "{changed:?}");
        whole(&server);
        for key in server.keys(BUCKET) {
            server.remove_object(BUCKET, &key);
        }
    }
}
