//! Copies and moves between storages.

use holdall_core::{CopyOptions, ErrorKind, SaveMode, Store, Visibility};
use holdall_s3::{S3Storage, S3StorageBuilder};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, MIB, SECRET, builder, configured, eventually, noise, server};

const OTHER: &str = "archive";

async fn two_buckets() -> S3Server {
    let server = configured().bucket(OTHER);
    server.start().await.unwrap()
}

/// A storage in the other bucket of that server.
fn other(server: &S3Server) -> S3StorageBuilder {
    S3Storage::builder(OTHER)
        .endpoint(server.endpoint())
        .region("us-east-1")
        .access_key("AKIDCANARY")
        .secret_key(SECRET)
        .checksum_mode(holdall_s3::ChecksumMode::WhenSupported)
        .location("kept")
        .conditional_writes(true)
        .conditional_copies(true)
        .conditional_deletes(false)
        .max_copy_size(5 << 20)
        .copy_part_size(5 << 20)
}

#[tokio::test(flavor = "multi_thread")]
async fn the_server_copies_from_bucket_to_bucket() {
    let server = two_buckets().await;
    let (from, to) = (builder(&server).build().unwrap(), other(&server).build().unwrap());
    let (source, archive) = (Store::new(from.clone()), Store::new(to.clone()));
    for size in [10, 12 * MIB] {
        let content = noise(size);
        let name = format!("{size} bytes+é.bin");
        let saved = source
            .save(&name, content.clone())
            .content_type("video/mp4")
            .user_metadata("album", "Grüße")
            .visibility(Visibility::Public)
            .await
            .unwrap();
        server.clear_requests();
        let copy = from.copy_to(&name, &to, &name, CopyOptions::default()).await.unwrap();
        assert_eq!((copy.name.as_str(), copy.checksum), (name.as_str(), saved.checksum));
        assert_eq!(server.count("GetObject"), 0);
        assert_eq!(server.object(OTHER, &format!("kept/{name}")).unwrap().content, content);
        let (old, new) = (source.metadata(&name).await.unwrap(), archive.metadata(&name).await.unwrap());
        assert_eq!(old.attributes, new.attributes);
        let again = from.copy_to(&name, &to, &name, CopyOptions::default()).await.unwrap();
        assert_ne!(again.name, copy.name, "a name that is taken is not overwritten");
    }
    let missing = from.copy_to("missing", &to, "x", CopyOptions::default()).await.unwrap_err();
    assert_eq!((missing.kind(), missing.name()), (ErrorKind::NotFound, Some("missing")));
    assert!(server.open_uploads(OTHER).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_moved_is_gone_and_what_was_not_is_there() {
    let server = two_buckets().await;
    let (from, to) = (builder(&server).build().unwrap(), other(&server).build().unwrap());
    let content = noise(6 * MIB);
    server.put_object(BUCKET, "a.bin", content.clone());
    assert_eq!(from.move_to("a.bin", &to, "b.bin", CopyOptions::default()).await.unwrap().name, "b.bin");
    assert_eq!((server.keys(BUCKET).len(), server.keys(OTHER)), (0, vec!["kept/b.bin".to_owned()]));
    assert_eq!(server.object(OTHER, "kept/b.bin").unwrap().content, content);

    // Onto itself.
    let same = to.move_to("b.bin", &to, "b.bin", CopyOptions::default()).await.unwrap();
    assert_eq!((same.name.as_str(), server.keys(OTHER).len()), ("b.bin", 1));

    // The destination is taken, or the copy refused: the source stays.
    server.put_object(BUCKET, "a.bin", "new");
    let create = CopyOptions::default().with_mode(SaveMode::Create);
    let taken = from.move_to("a.bin", &to, "b.bin", create).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("CopyObject").once());
    let refused = from.move_to("a.bin", &to, "c.bin", CopyOptions::default()).await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::PermissionDenied);
    assert_eq!((server.keys(BUCKET), server.keys(OTHER).len()), (vec!["a.bin".to_owned()], 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_was_replaced_meanwhile_is_not_deleted() {
    let server = two_buckets().await;
    let (from, to) = (builder(&server).build().unwrap(), other(&server).build().unwrap());
    server.put_object(BUCKET, "a.txt", "old");
    let stalled = server.inject(Fault::new(FaultAction::StallAfter).operation("CopyObject").once());
    let moving = tokio::spawn({
        let (from, to) = (from.clone(), to.clone());
        async move { from.move_to("a.txt", &to, "a.txt", CopyOptions::default()).await }
    });
    stalled.wait_for_hits(1).await;
    eventually("the copy is made", || server.object(OTHER, "kept/a.txt").is_some()).await;
    server.put_object(BUCKET, "a.txt", "new");
    stalled.release();
    let error = moving.await.unwrap().unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Conflict, "{error}");
    assert_eq!(server.object(BUCKET, "a.txt").unwrap().content, "new");
    assert_eq!(server.object(OTHER, "kept/a.txt").unwrap().content, "old");
}

/// Two servers know nothing of each other: the bytes pass through here.
#[tokio::test(flavor = "multi_thread")]
async fn between_endpoints_the_bytes_pass_through() {
    let (one, two) = (server().await, two_buckets().await);
    let (from, to) = (builder(&one).build().unwrap(), other(&two).build().unwrap());
    let content = noise(9 * MIB);
    Store::new(from.clone())
        .save("a.bin", content.clone())
        .user_metadata("album", "1")
        .visibility(Visibility::Public)
        .await
        .unwrap();
    let moved = from.move_to("a.bin", &to, "b.bin", CopyOptions::default()).await.unwrap();
    assert_eq!((moved.name.as_str(), one.keys(BUCKET).len()), ("b.bin", 0));
    assert_eq!(two.object(OTHER, "kept/b.bin").unwrap().content, content);
    let metadata = Store::new(to.clone()).metadata("b.bin").await.unwrap();
    assert_eq!(metadata.attributes.user["album"], "1");
    assert_eq!(metadata.attributes.visibility, Some(Visibility::Public));

    // Bytes that changed on the way are stored nowhere.
    one.put_object(BUCKET, "c.bin", content);
    one.inject(Fault::new(FaultAction::FlipBit { at: 70_000 }).operation("GetObject"));
    let error = from.move_to("c.bin", &to, "c.bin", CopyOptions::default()).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceFailed, "{error}");
    assert_eq!((one.keys(BUCKET).len(), two.keys(OTHER).len()), (1, 1));
    assert!(two.open_uploads(OTHER).is_empty());
}
