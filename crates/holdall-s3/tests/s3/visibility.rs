//! Visibility of single files: canned ACLs, only where somebody asked for them.

use holdall_core::{Attributes, ErrorKind, Store, Visibility};
use holdall_testing::s3_server::{CannedAcl, S3Server};

use crate::support::{BUCKET, SECRET, builder, fetch, server, store};

#[tokio::test]
async fn it_is_kept_asked_for_live_and_copied() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "hello").visibility(Visibility::Public).await.unwrap();
    assert_eq!(server.object(BUCKET, "a.txt").unwrap().acl, CannedAcl::PublicRead);
    assert_eq!(store.metadata("a.txt").await.unwrap().attributes.visibility, Some(Visibility::Public));

    store.copy("a.txt", "b.txt").await.unwrap();
    assert_eq!(server.object(BUCKET, "b.txt").unwrap().acl, CannedAcl::PublicRead);
    assert_eq!(store.metadata("b.txt").await.unwrap().attributes.visibility, Some(Visibility::Public));

    store.set_visibility("a.txt", Visibility::Private).await.unwrap();
    assert_eq!(store.metadata("a.txt").await.unwrap().attributes.visibility, Some(Visibility::Private));
    let opened = store.open("a.txt").await.unwrap();
    assert_eq!(opened.metadata().attributes.visibility, Some(Visibility::Private));
    let url = store.url("a.txt").visibility(Visibility::Public).await.unwrap();
    assert_eq!(fetch("GET", url.as_str()).await.status, 403);
    store.set_visibility("a.txt", Visibility::Public).await.unwrap();
    assert_eq!(fetch("GET", url.as_str()).await.status, 200);

    let missing = store.set_visibility("missing.txt", Visibility::Public).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn nobody_asks_for_the_acl_of_a_file_without_one() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "hello").await.unwrap();
    assert_eq!(store.metadata("a.txt").await.unwrap().attributes.visibility, None);
    store.copy("a.txt", "b.txt").await.unwrap();
    assert_eq!(server.count("GetObjectAcl"), 0);
    assert!(server.requests().iter().all(|request| request.header("x-amz-acl").is_none()));
}

#[tokio::test]
async fn a_bucket_without_acls_says_what_to_do_instead() {
    let server =
        S3Server::builder().credentials("AKIDCANARY", SECRET).acls_disabled(BUCKET).start().await.unwrap();
    let store = store(&server);
    store.save("a.txt", "hello").await.unwrap();
    for error in [
        store.save("b.txt", "hello").visibility(Visibility::Public).await.unwrap_err(),
        store.set_visibility("a.txt", Visibility::Public).await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        assert!(error.to_string().contains("bucket policy"), "{error}");
    }
    assert_eq!(server.keys(BUCKET), ["a.txt"]);
}

#[tokio::test]
async fn a_default_is_sent_with_every_save() {
    let server = server().await;
    let mut defaults = Attributes::default();
    defaults.visibility = Some(Visibility::Public);
    defaults.cache_control = Some("max-age=60".to_owned());
    let store = Store::new(builder(&server).default_attributes(defaults).build().unwrap());
    store.save("a.txt", "hello").await.unwrap();
    store.save("b.txt", "hello").visibility(Visibility::Private).cache_control("no-store").await.unwrap();
    assert_eq!(server.object(BUCKET, "a.txt").unwrap().acl, CannedAcl::PublicRead);
    assert_eq!(server.object(BUCKET, "b.txt").unwrap().acl, CannedAcl::Private);
    let cache = |metadata: holdall_core::Metadata| metadata.attributes.cache_control.unwrap();
    assert_eq!(cache(store.metadata("a.txt").await.unwrap()), "max-age=60");
    assert_eq!(cache(store.metadata("b.txt").await.unwrap()), "no-store");
}
