//! Versions: what the conformance suite cannot ask, because only S3 lists and restores them.

use futures_util::TryStreamExt as _;
use holdall_core::{ErrorKind, Store, Visibility};
use holdall_s3::{FileVersion, S3Storage};
use holdall_testing::s3_server::S3Server;

use crate::support::{BUCKET, SECRET, builder, fetch, noise, server, stream_of};

/// A server whose bucket keeps versions.
pub(crate) async fn versioned() -> S3Server {
    let server = S3Server::builder().credentials("AKIDCANARY", SECRET).versioned(BUCKET);
    server.start().await.expect("a free port")
}

fn storage(server: &S3Server) -> S3Storage {
    builder(server).versions(true).build().unwrap()
}

async fn all(storage: &S3Storage, name: &str) -> Vec<FileVersion> {
    storage.versions(name).try_collect().await.unwrap()
}

#[tokio::test]
async fn versions_of_exactly_one_name_are_listed() {
    let server = versioned().await;
    let storage = storage(&server);
    let store = Store::new(storage.clone());
    let first = store.save("a+b é.txt", "1").await.unwrap();
    let second = store.save("a+b é.txt", "22").overwrite().await.unwrap();
    for other in ["a+b é.txt.bak", "a+b é.tx", "a+b é.txt/x", "a+b é.tx-"] {
        store.save(other, "other").await.unwrap();
    }
    let versions = all(&storage, "a+b é.txt").await;
    let ids: Vec<_> = versions.iter().map(|version| Some(version.version.clone())).collect();
    assert_eq!(ids, [second.version.clone(), first.version.clone()]);
    assert_eq!(versions.iter().map(|version| version.size).collect::<Vec<_>>(), [Some(2), Some(1)]);
    assert_eq!(versions[0].etag, second.etag);
    assert!(versions[0].is_current && !versions[1].is_current);

    store.delete("a+b é.txt").await.unwrap();
    let versions = all(&storage, "a+b é.txt").await;
    assert_eq!(versions.len(), 3);
    assert!(versions[0].is_delete_marker() && versions[0].is_current);
    // Deleting the marker brings the file back.
    store.delete("a+b é.txt").version(versions[0].version.clone()).await.unwrap();
    assert_eq!(store.open("a+b é.txt").await.unwrap().text().await.unwrap(), "22");
    // A marker is no version that could be read.
    store.delete("a+b é.txt").await.unwrap();
    let marker = all(&storage, "a+b é.txt").await.swap_remove(0).version;
    let error = store.open("a+b é.txt").version(marker).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::NotFound, "{error}");

    assert!(all(&storage, "never").await.is_empty());
}

#[tokio::test]
async fn many_versions_come_page_by_page() {
    let server = S3Server::builder().credentials("AKIDCANARY", SECRET).versioned(BUCKET).page_size(3);
    let server = server.start().await.unwrap();
    let storage = storage(&server);
    let store = Store::new(storage.clone());
    let mut expected = Vec::new();
    for content in 0..8 {
        expected.insert(0, store.save("a", content.to_string()).overwrite().await.unwrap().version.unwrap());
        store.save("a-neighbour", "x").overwrite().await.unwrap();
    }
    server.clear_requests();
    let ids: Vec<_> = all(&storage, "a").await.into_iter().map(|version| version.version).collect();
    assert_eq!(ids, expected);
    assert_eq!(server.count("ListObjectVersions"), 3, "what is behind the name is not asked for");
    // A listing that nobody reads on asks for no second page.
    server.clear_requests();
    let newest = storage.versions("a").try_next().await.unwrap().unwrap();
    assert_eq!(newest.version, expected[0]);
    assert_eq!(server.count("ListObjectVersions"), 1);
}

#[tokio::test]
async fn an_old_version_is_restored_with_its_attributes() {
    let server = versioned().await;
    let storage = storage(&server);
    let store = Store::new(storage.clone());
    let first = store
        .save("a.txt", "first")
        .content_language("de")
        .user_metadata("album", "Grüße")
        .visibility(Visibility::Public)
        .await
        .unwrap();
    let first_version = first.version.unwrap();
    let old = store.metadata("a.txt").await.unwrap();
    store.save("a.txt", "second").visibility(Visibility::Private).overwrite().await.unwrap();
    store.delete("a.txt").await.unwrap();

    server.clear_requests();
    let restored = storage.restore_version("a.txt", &first_version).await.unwrap();
    assert_eq!((server.count("HeadObject"), server.count("CopyObject")), (1, 1));
    let now = store.metadata("a.txt").await.unwrap();
    assert_eq!(now.version, restored.version);
    assert_ne!(restored.version.as_deref(), Some(first_version.as_str()));
    assert_eq!((now.attributes, now.checksum, now.size), (old.attributes, old.checksum, old.size));
    assert_eq!(store.open("a.txt").await.unwrap().text().await.unwrap(), "first");
    // Nothing was lost: two saves, a deletion, the restored one.
    assert_eq!(all(&storage, "a.txt").await.len(), 4);

    for wrong in ["no-such-version", "0", ""] {
        let error = storage.restore_version("a.txt", wrong).await.unwrap_err();
        assert_eq!((error.kind(), error.name()), (ErrorKind::NotFound, Some("a.txt")), "{wrong:?}: {error}");
    }
}

#[tokio::test]
async fn multipart_and_lost_replies_tell_their_version_too() {
    use holdall_testing::s3_server::{Fault, FaultAction};

    let server = versioned().await;
    let store = Store::new(storage(&server));
    let bytes = noise(9 << 20);
    let large = store.save("large", bytes.clone()).await.unwrap();
    assert_eq!(store.metadata("large").await.unwrap().version, large.version);
    let stream = store.save("stream", stream_of(&bytes)).await.unwrap();
    assert_eq!(store.metadata("stream").await.unwrap().version, stream.version);
    assert!(large.version.is_some() && stream.version.is_some());

    server.inject(Fault::new(FaultAction::ResetAfter).operation("PutObject").once());
    let lost = store.save("lost", "x").await.unwrap();
    assert_eq!(store.metadata("lost").await.unwrap().version, lost.version);
    assert!(lost.version.is_some());
}

#[tokio::test]
async fn a_signed_url_shows_its_version() {
    let server = versioned().await;
    let store = Store::new(storage(&server));
    let first = store.save("a.txt", "first").await.unwrap();
    store.save("a.txt", "second").overwrite().await.unwrap();
    let old = store.url("a.txt").version(first.version.unwrap()).await.unwrap();
    assert_eq!(fetch("GET", old.as_str()).await.body, "first");
    let current = store.url("a.txt").await.unwrap();
    assert_eq!(fetch("GET", current.as_str()).await.body, "second");
}

#[tokio::test]
async fn without_the_setting_nothing_is_asked() {
    let server = versioned().await;
    let storage = builder(&server).build().unwrap();
    let error = storage.versions("a").try_next().await.unwrap_err();
    assert_eq!((error.kind(), error.storage()), (ErrorKind::Unsupported, Some("s3://media")));
    assert!(error.to_string().contains("versions(true)"), "{error}");
    let error = storage.restore_version("a", "v").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported);
    assert!(server.requests().is_empty());
}

/// A server that knows no versions, set up as if it did: another version is never passed off as the one asked for.
#[tokio::test]
async fn a_bucket_without_versions_is_noticed() {
    let server = server().await;
    let store = Store::new(storage(&server));
    let saved = store.save("a.txt", "x").await.unwrap();
    assert_eq!(saved.version, None);
    let error = store.open("a.txt").version("made-up").await.unwrap_err();
    assert!(matches!(error.kind(), ErrorKind::NotFound | ErrorKind::Unsupported), "{error}");
}
