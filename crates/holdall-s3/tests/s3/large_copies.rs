//! Copies by parts: what one `CopyObject` does not take.

use holdall_core::{Attributes, ErrorKind, SaveMode, Store, Visibility};
use holdall_s3::Tags;
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, MIB, builder, eventually, noise, server, stream_of};

/// As if the server took copies of 5 MiB at once.
fn store(server: &S3Server) -> Store {
    Store::new(builder(server).max_copy_size(5 << 20).copy_part_size(5 << 20).build().unwrap())
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_that_belongs_to_a_file_comes_along() {
    let server = server().await;
    let store = store(&server);
    let content = noise(12 * MIB + 3);
    let saved = store
        .save("a.mp4", content.clone())
        .content_type("video/mp4")
        .content_disposition("attachment")
        .cache_control("max-age=60")
        .user_metadata("album", "Grüße")
        .visibility(Visibility::Public)
        .await
        .unwrap();
    server.clear_requests();
    let copy = store.copy("a.mp4", "b.mp4").await.unwrap();
    assert_eq!(copy.name, "b.mp4");
    assert_eq!((copy.size, copy.checksum), (saved.size, saved.checksum));
    assert_eq!((server.count("CopyObject"), server.count("UploadPartCopy")), (0, 3));
    let object = server.object(BUCKET, "b.mp4").unwrap();
    assert_eq!((object.content, object.parts), (content.clone(), 3));
    let (from, to) = (store.metadata("a.mp4").await.unwrap(), store.metadata("b.mp4").await.unwrap());
    assert_eq!(from.attributes, to.attributes);
    assert_eq!((to.checksum, to.etag), (saved.checksum, copy.etag));
    assert_eq!(store.open("b.mp4").await.unwrap().bytes().await.unwrap(), content);
    // Every part names the version, and the completion the checksum of the whole.
    let requests = server.requests();
    let parts = requests.iter().filter(|request| request.operation == "UploadPartCopy");
    let tag = saved.etag.as_ref().unwrap().as_str();
    assert!(parts.clone().all(|part| part.header("x-amz-copy-source-if-match") == Some(tag)));
    let mut ranges: Vec<_> = parts.filter_map(|part| part.header("x-amz-copy-source-range")).collect();
    ranges.sort_unstable();
    assert_eq!(ranges, ["bytes=0-5242879", "bytes=10485760-12582914", "bytes=5242880-10485759"]);
    let complete = requests.iter().find(|request| request.operation == "CompleteMultipartUpload").unwrap();
    assert_eq!(
        complete.header("x-amz-checksum-crc64nvme"),
        saved.checksum.map(|sum| sum.to_string()).as_deref()
    );
    assert!(server.open_uploads(BUCKET).is_empty());
}

/// `UploadPartCopy` drops tags, so that they are sent again.
#[tokio::test(flavor = "multi_thread")]
async fn tags_come_along() {
    let server = server().await;
    let storage = builder(&server).max_copy_size(5 << 20).copy_part_size(5 << 20).build().unwrap();
    let store = Store::new(storage.clone());
    store.save("a.bin", noise(6 * MIB)).await.unwrap();
    let tags = Tags::new([("owner", "web + site"), ("paid", "a/b=c")]).unwrap();
    storage.set_tags("a.bin", &tags).await.unwrap();
    store.copy("a.bin", "b.bin").await.unwrap();
    assert_eq!(server.count("UploadPartCopy"), 2);
    assert_eq!(storage.tags("b.bin").await.unwrap(), tags);
}

#[tokio::test(flavor = "multi_thread")]
async fn modes_hold_for_large_copies_too() {
    let server = server().await;
    let store = store(&server);
    let content = noise(11 * MIB);
    store.save("a.bin", content.clone()).await.unwrap();
    let other = store.save("b.bin", "other").await.unwrap();
    let renamed = store.copy("a.bin", "b.bin").await.unwrap();
    assert!(renamed.name.as_str().starts_with("b_"), "{}", renamed.name);
    let taken = store.copy("a.bin", "b.bin").mode(SaveMode::Create).await.unwrap_err();
    assert_eq!(taken.kind(), ErrorKind::AlreadyExists);
    let swapped = store.copy("a.bin", "b.bin").mode(SaveMode::IfMatch(other.etag.unwrap())).await.unwrap();
    assert_eq!(swapped.name, "b.bin");
    let moved = store.rename("a.bin", "c.bin").await.unwrap();
    assert_eq!(server.object(BUCKET, moved.name.as_str()).unwrap().content, content);
    assert!(!store.exists("a.bin").await.unwrap());
    assert!(server.open_uploads(BUCKET).is_empty());
}

/// A stream that is too large for one copy gets its plain name all the same.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_stream_is_renamed_by_parts() {
    let server = server().await;
    let store = store(&server);
    let content = noise(17 * MIB);
    assert_eq!(store.save("a.bin", stream_of(&content)).await.unwrap().name, "a.bin");
    assert_eq!(server.count("UploadPartCopy"), 4);
    assert_eq!(server.keys(BUCKET), ["a.bin"]);
    assert_eq!(server.object(BUCKET, "a.bin").unwrap().content, content);
    assert!(server.open_uploads(BUCKET).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn replies_that_are_lost_are_settled() {
    let server = server().await;
    let store = store(&server);
    let content = noise(12 * MIB);
    store.save("a.bin", content.clone()).await.unwrap();
    for operation in ["CreateMultipartUpload", "UploadPartCopy", "CompleteMultipartUpload"] {
        for mode in [SaveMode::Create, SaveMode::Overwrite, SaveMode::Unique] {
            let fault = server.inject(Fault::new(FaultAction::ResetAfter).operation(operation).once());
            let name = format!("{operation}-{mode:?}.bin");
            assert_eq!(store.copy("a.bin", &name).mode(mode).await.unwrap().name, name.as_str());
            assert_eq!(fault.hits(), 1);
            assert_eq!(server.object(BUCKET, &name).unwrap().content, content);
            assert!(server.open_uploads(BUCKET).is_empty(), "{operation}");
        }
    }
    assert_eq!(server.keys(BUCKET).len(), 10);
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_leaves_nothing() {
    let server = server().await;
    let store = store(&server);
    store.save("a.bin", noise(12 * MIB)).await.unwrap();
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    let inside = FaultAction::OkWithError { code: "InternalError".to_owned() };
    for (operation, action, kind) in [
        ("UploadPartCopy", denied.clone(), ErrorKind::PermissionDenied),
        ("UploadPartCopy", inside.clone(), ErrorKind::Unavailable),
        ("UploadPartCopy", FaultAction::SlowDown, ErrorKind::Unavailable),
        ("CompleteMultipartUpload", denied, ErrorKind::PermissionDenied),
        ("CompleteMultipartUpload", inside, ErrorKind::Unavailable),
    ] {
        let fault = server.inject(Fault::new(action.clone()).operation(operation));
        let error = store.copy("a.bin", "b.bin").await.unwrap_err();
        assert_eq!(error.kind(), kind, "{operation} {action:?}: {error}");
        fault.remove();
        assert_eq!(server.keys(BUCKET), ["a.bin"], "{operation} {action:?}");
        assert!(server.open_uploads(BUCKET).is_empty(), "{operation} {action:?}");
    }
}

/// A source that is replaced while it is copied: the new one is copied from its beginning, unless the caller
/// named the version. The two are never stitched together.
#[tokio::test(flavor = "multi_thread")]
async fn a_source_that_changes_midway_is_not_stitched_together() {
    let server = server().await;
    let store = store(&server);
    let (old, new) = (noise(12 * MIB), noise(13 * MIB).slice(7..));
    for names_version in [false, true] {
        let first = store.save("a.bin", old.clone()).overwrite().await.unwrap();
        let stalled =
            server.inject(Fault::new(FaultAction::Stall).operation("UploadPartCopy").part_number(2).once());
        let copying = tokio::spawn({
            let store = store.clone();
            async move {
                let call = store.copy("a.bin", format!("{names_version}.bin"));
                if names_version { call.if_match(first.etag.unwrap()).await } else { call.await }
            }
        });
        stalled.wait_for_hits(1).await;
        store.save("a.bin", new.clone()).overwrite().await.unwrap();
        stalled.release();
        match copying.await.unwrap() {
            Ok(copy) => {
                assert!(!names_version);
                assert_eq!(server.object(BUCKET, copy.name.as_str()).unwrap().content, new);
            }
            Err(error) => {
                assert!(names_version, "{error}");
                assert_eq!((error.kind(), error.name()), (ErrorKind::PreconditionFailed, Some("a.bin")));
            }
        }
        assert!(server.open_uploads(BUCKET).is_empty());
    }
    assert_eq!(server.keys(BUCKET), ["a.bin", "false.bin"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_copy_is_aborted() {
    let server = server().await;
    let store = store(&server);
    store.save("a.bin", noise(12 * MIB)).await.unwrap();
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("UploadPartCopy"));
    let copying = tokio::spawn({
        let store = store.clone();
        async move { store.copy("a.bin", "b.bin").await }
    });
    stalled.wait_for_hits(1).await;
    assert_eq!(server.open_uploads(BUCKET).len(), 1);
    copying.abort();
    eventually("the upload is aborted", || server.open_uploads(BUCKET).is_empty()).await;
    assert_eq!(server.keys(BUCKET), ["a.bin"]);
}

/// A file that one `CopyObject` does not take gets its new attributes by parts, in its own place.
#[tokio::test(flavor = "multi_thread")]
async fn other_attributes_go_by_parts_too() {
    let server = server().await;
    let storage = builder(&server).max_copy_size(5 << 20).copy_part_size(5 << 20).build().unwrap();
    let store = Store::new(storage.clone());
    let content = noise(12 * MIB + 3);
    let saved = store.save("a.mp4", content.clone()).content_language("de").await.unwrap();
    let tags = Tags::new([("owner", "web")]).unwrap();
    storage.set_tags("a.mp4", &tags).await.unwrap();
    server.clear_requests();
    let mut attributes = Attributes::default();
    attributes.cache_control = Some("no-store".to_owned());
    let changed = store.copy("a.mp4", "a.mp4").attributes(attributes.clone()).await.unwrap();
    assert_eq!((server.count("CopyObject"), server.count("UploadPartCopy")), (0, 3));
    attributes.content_type = Some("video/mp4".to_owned());
    let after = store.metadata("a.mp4").await.unwrap();
    assert_eq!((after.attributes, after.checksum, after.etag), (attributes, saved.checksum, changed.etag));
    assert_eq!(storage.tags("a.mp4").await.unwrap(), tags);
    assert_eq!(server.object(BUCKET, "a.mp4").unwrap().content, content);
    assert!(server.open_uploads(BUCKET).is_empty());
}
