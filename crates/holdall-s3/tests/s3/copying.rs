//! Copies inside the bucket.

use holdall_core::{Attributes, ErrorKind, Name, SaveMode, Store, Visibility};
use holdall_s3::Tags;
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::support::{BUCKET, builder, eventually, server, store};

#[tokio::test]
async fn attributes_come_along_and_odd_names_too() {
    let server = server().await;
    let store = store(&server);
    let odd = "usr/a b+c&d=é?#%41.txt";
    store
        .save(odd, "hello")
        .content_type("text/x-odd")
        .content_disposition("attachment")
        .content_language("de")
        .user_metadata("album", " Grüße ")
        .await
        .unwrap();
    let copy = store.copy(odd, "copy ü+.txt").await.unwrap();
    assert_eq!(copy.name, "copy ü+.txt");
    let (from, to) = (store.metadata(odd).await.unwrap(), store.metadata("copy ü+.txt").await.unwrap());
    assert_eq!(from.attributes, to.attributes);
    assert_eq!((from.size, from.checksum), (to.size, to.checksum));
    assert_eq!(copy.etag, to.etag);
    // The copy is marked as a write of its own.
    let id = |key: &str| server.object(BUCKET, key).unwrap().metadata["holdall-put-id"].clone();
    assert_ne!(id(odd), id("copy ü+.txt"));
}

#[tokio::test]
async fn modes_hold_for_the_destination_and_conditions_for_the_source() {
    let server = server().await;
    let store = store(&server);
    let a = store.save("a.txt", "a").await.unwrap();
    let b = store.save("b.txt", "b").await.unwrap();
    let renamed = store.copy("a.txt", "b.txt").await.unwrap();
    assert!(renamed.name.as_str().starts_with("b_"), "{}", renamed.name);
    let taken = store.copy("a.txt", "b.txt").mode(SaveMode::Create).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    let stale = store.copy("a.txt", "b.txt").mode(SaveMode::IfMatch(a.etag.clone().unwrap())).await;
    assert_eq!(stale.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    let swapped = store.copy("a.txt", "b.txt").mode(SaveMode::IfMatch(b.etag.clone().unwrap())).await;
    assert_eq!(swapped.unwrap().name, "b.txt");

    let wrong = store.copy("a.txt", "c.txt").if_match(b.etag.unwrap()).await.unwrap_err();
    assert_eq!(wrong.kind(), ErrorKind::PreconditionFailed);
    let missing = store.copy("missing.txt", "c.txt").await.unwrap_err();
    assert_eq!((missing.kind(), missing.name()), (ErrorKind::NotFound, Some("missing.txt")));
    assert!(server.object(BUCKET, "c.txt").is_none());

    server.clear_requests();
    let same = store.copy("a.txt", "a.txt").await.unwrap();
    assert_eq!((same.name, same.etag), (Name::new("a.txt").unwrap(), a.etag));
    assert_eq!(server.count("CopyObject"), 0);
    let moved = store.rename("a.txt", "d.txt").await.unwrap();
    assert_eq!(moved.name, "d.txt");
    assert!(!store.exists("a.txt").await.unwrap());
}

/// Other attributes are one HEAD and one `CopyObject`, which says of both ends which version it means. What is no
/// attribute of the file stays.
#[tokio::test]
async fn other_attributes_are_one_copy_onto_the_file_itself() {
    let server = server().await;
    let storage = builder(&server).build().unwrap();
    let store = Store::new(storage.clone());
    let tags = Tags::new([("owner", "web")]).unwrap();
    store
        .save("app.css", "body {}")
        .cache_control("no-cache")
        .content_language("de")
        .user_metadata("album", "x")
        .visibility(Visibility::Public)
        .await
        .unwrap();
    storage.set_tags("app.css", &tags).await.unwrap();
    let before = store.metadata("app.css").await.unwrap();
    server.clear_requests();
    let mut attributes = Attributes::default();
    attributes.cache_control = Some("public, max-age=31536000, immutable".to_owned());
    let changed = store.copy("app.css", "app.css").attributes(attributes.clone()).await.unwrap();
    let requests = server.requests();
    let operations: Vec<_> = requests.iter().map(|request| request.operation.as_str()).collect();
    // The ACL is asked for because the file was saved with a visibility.
    assert_eq!(operations, ["HeadObject", "GetObjectAcl", "CopyObject"]);
    let tag = before.etag.as_ref().map(holdall_core::ETag::as_str);
    assert_eq!(requests[2].header("x-amz-copy-source-if-match"), tag);
    assert_eq!(requests[2].header("if-match"), tag);

    let after = store.metadata("app.css").await.unwrap();
    attributes.content_type = Some("text/css".to_owned());
    attributes.visibility = Some(Visibility::Public);
    assert_eq!(after.attributes, attributes);
    assert_eq!(
        (after.size, after.checksum, after.etag.clone()),
        (before.size, before.checksum, changed.etag)
    );
    assert_eq!(storage.tags("app.css").await.unwrap(), tags);
}

/// A save that comes in between the look at a file and the copy onto itself is not undone: it gets the attributes.
#[tokio::test(flavor = "multi_thread")]
async fn other_attributes_undo_no_save_that_comes_in_between() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "old").await.unwrap();
    let held = server.inject(Fault::new(FaultAction::Stall).operation("CopyObject").once());
    let mut attributes = Attributes::default();
    attributes.content_language = Some("fr".to_owned());
    let copying = tokio::spawn({
        let (store, attributes) = (store.clone(), attributes.clone());
        async move { store.copy("a.txt", "a.txt").attributes(attributes).await }
    });
    eventually("the copy reaches the server", || held.hits() == 1).await;
    store.save("a.txt", "new").content_language("de").overwrite().await.unwrap();
    held.release();
    copying.await.unwrap().unwrap();
    let file = store.open("a.txt").await.unwrap();
    assert_eq!(file.metadata().attributes.content_language, attributes.content_language);
    assert_eq!(file.text().await.unwrap(), "new");
    assert_eq!(server.count("CopyObject"), 2);
}

/// A reply to it that is lost is settled, whether the server applied it or not.
#[tokio::test]
async fn other_attributes_survive_lost_replies() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "content").await.unwrap();
    for (language, action) in [("de", FaultAction::ResetAfter), ("fr", FaultAction::ResetBefore)] {
        let fault = server.inject(Fault::new(action).operation("CopyObject").once());
        let mut attributes = Attributes::default();
        attributes.content_language = Some(language.to_owned());
        store.copy("a.txt", "a.txt").attributes(attributes).await.unwrap();
        assert_eq!(fault.hits(), 1);
        let kept = store.metadata("a.txt").await.unwrap().attributes;
        assert_eq!(kept.content_language.as_deref(), Some(language));
    }
}
