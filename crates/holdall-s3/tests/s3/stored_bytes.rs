//! Readers get the bytes that are stored, also of servers that pack or unpack them on the way.

use holdall_core::{Gzipped, Store};

use crate::support::{BUCKET, builder, configured, server};

/// Google's habit. The first reply that has no size teaches the storage, and nothing is asked twice after that.
#[tokio::test]
async fn what_is_stored_packed_is_read_packed() {
    let server = configured();
    let server = server.decompress_unless_accepted(true).start().await.unwrap();
    let text = "body { color: teal }\n".repeat(1000);
    Store::new(Gzipped::new(builder(&server).build().unwrap())).save("app.css", text).await.unwrap();
    let stored = server.object(BUCKET, "app.css").unwrap();
    assert_eq!(stored.content_encoding.as_deref(), Some("gzip"));
    let fresh = || Store::new(builder(&server).build().unwrap());

    let file = fresh().open("app.css").await.unwrap();
    assert_eq!(file.size(), stored.size);
    assert_eq!(file.metadata().attributes.content_encoding.as_deref(), Some("gzip"));
    assert_eq!(file.bytes().await.unwrap(), stored.content);
    let part = fresh().open("app.css").range(3..9).await.unwrap();
    assert_eq!(part.bytes().await.unwrap(), stored.content[3..9]);
    assert_eq!(fresh().metadata("app.css").await.unwrap().size, stored.size);
    let store = fresh();
    store.copy("app.css", "copy.css").await.unwrap();
    assert_eq!(server.object(BUCKET, "copy.css").unwrap().content, stored.content);

    server.clear_requests();
    store.metadata("app.css").await.unwrap();
    store.open("app.css").range(3..9).await.unwrap();
    assert_eq!((server.count("HeadObject"), server.count("GetObject")), (1, 1));
    for request in server.requests() {
        assert_eq!(request.header("accept-encoding"), Some("gzip"));
    }
}

/// Everywhere else nobody is invited to pack (Cloudflare does, and leaves out the size).
#[tokio::test]
async fn other_servers_are_asked_for_identity() {
    let server = server().await;
    let store = Store::new(builder(&server).build().unwrap());
    store.save("a.txt", "hello").await.unwrap();
    server.clear_requests();
    store.open("a.txt").await.unwrap();
    store.metadata("a.txt").await.unwrap();
    let requests = server.requests();
    assert_eq!(requests.len(), 2);
    assert!(requests.iter().all(|request| request.header("accept-encoding") == Some("identity")));
}
