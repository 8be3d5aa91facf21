//! Copies inside the bucket.

use holdall_core::{ErrorKind, Name, SaveMode};

use crate::support::{BUCKET, server, store};

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
    let stale = store.copy("a.txt", "b.txt").mode(SaveMode::Replace(a.etag.clone().unwrap())).await;
    assert_eq!(stale.unwrap_err().kind(), ErrorKind::PreconditionFailed);
    let swapped = store.copy("a.txt", "b.txt").mode(SaveMode::Replace(b.etag.clone().unwrap())).await;
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
