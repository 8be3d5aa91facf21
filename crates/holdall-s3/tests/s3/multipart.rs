//! Files that go by parts.

use std::time::Duration;

use bytes::Bytes;
use futures_util::StreamExt as _;
use holdall_core::{Checksum, Content, ErrorKind, SaveMode, Store, Visibility};
use holdall_testing::s3_server::{ChecksumAlgorithm, ChecksumType, Fault, FaultAction};

use crate::support::{BUCKET, MIB, builder, noise, server, store, stream_of};

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_unknown_size_arrives_with_all_that_belongs_to_it() {
    let server = server().await;
    let store = store(&server);
    let content = noise(40 * MIB + 7);
    for mode in [SaveMode::Unique, SaveMode::Create, SaveMode::Overwrite] {
        let name = format!("{mode:?}.bin");
        let saved = store
            .save(&name, stream_of(&content))
            .mode(mode)
            .content_type("video/mp4")
            .cache_control("max-age=60")
            .user_metadata("album", "Grüße")
            .visibility(Visibility::Public)
            .await
            .unwrap();
        assert_eq!(saved.name, name.as_str());
        assert_eq!(saved.size, content.len() as u64);
        assert_eq!(saved.checksum, Some(Checksum::of(&content)));

        let object = server.object(BUCKET, &name).unwrap();
        assert_eq!(object.content, content);
        assert_eq!(object.checksum.algorithm, ChecksumAlgorithm::Crc64Nvme);
        assert_eq!(object.checksum.kind, ChecksumType::FullObject);
        let metadata = store.metadata(&name).await.unwrap();
        assert_eq!(metadata.checksum, saved.checksum);
        assert_eq!(metadata.etag, saved.etag);
        assert_eq!(metadata.attributes.user["album"], "Grüße");
        assert_eq!(metadata.attributes.cache_control.as_deref(), Some("max-age=60"));
        assert_eq!(metadata.attributes.visibility, Some(Visibility::Public));
        assert_eq!(store.open(&name).await.unwrap().bytes().await.unwrap(), content);
    }
    assert_eq!(server.keys(BUCKET).len(), 3);
    assert!(server.open_uploads(BUCKET).is_empty());
}

/// While the wanted name is free, a stream goes to a random one first, and nothing of that is left.
#[tokio::test(flavor = "multi_thread")]
async fn a_large_stream_is_renamed_only_where_it_must_be() {
    let server = server().await;
    let store = store(&server);
    let content = noise(9 * MIB);
    assert_eq!(store.save("a.tar.gz", stream_of(&content)).await.unwrap().name, "a.tar.gz");
    server.clear_requests();
    let second = store.save("a.tar.gz", stream_of(&content)).await.unwrap();
    assert!(second.name.as_str().starts_with("a_") && second.name.as_str().ends_with(".tar.gz"));
    assert_eq!(server.count("CopyObject"), 0);
    assert_eq!(server.keys(BUCKET).len(), 2);

    // A copy that is refused costs the plain name, never the file.
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("CopyObject"));
    let kept = store.save("b.tar.gz", stream_of(&content)).await.unwrap();
    assert!(kept.name.as_str().starts_with("b_"));
    assert_eq!(server.object(BUCKET, kept.name.as_str()).unwrap().content, content);
    assert_eq!(server.keys(BUCKET).len(), 3);
}

/// Where `CopyObject` has no condition, the completion of an upload of copied parts has one.
#[tokio::test(flavor = "multi_thread")]
async fn without_conditional_copies_a_stream_is_moved_by_parts() {
    let server = server().await;
    let store = Store::new(builder(&server).conditional_copies(false).build().unwrap());
    let content = noise(9 * MIB);
    for name in ["a.bin", "b.bin"] {
        assert_eq!(store.save(name, stream_of(&content)).await.unwrap().name, name);
        assert_eq!(server.object(BUCKET, name).unwrap().content, content);
    }
    assert_eq!((server.count("CopyObject"), server.count("UploadPartCopy")), (0, 2));
    assert_eq!(server.keys(BUCKET), ["a.bin", "b.bin"]);
    assert!(server.open_uploads(BUCKET).is_empty());
}

/// Where files cannot be moved, a stream goes straight to its name, and a lost race is a typed error.
#[tokio::test(flavor = "multi_thread")]
async fn where_nothing_can_be_moved_a_lost_race_is_a_conflict() {
    let server = server().await;
    let store = store(&server);
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("DeleteObject"));
    let content = noise(9 * MIB);
    assert_eq!(store.save("a.bin", stream_of(&content)).await.unwrap().name, "a.bin");
    assert_eq!(server.count("CopyObject"), 1);
    assert_eq!(server.keys(BUCKET).len(), 2, "it stays under its other name, too, this once");

    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("CompleteMultipartUpload").once());
    let saving = tokio::spawn({
        let store = store.clone();
        async move { store.save("b.bin", stream_of(&content)).await }
    });
    stalled.wait_for_hits(1).await;
    server.put_object(BUCKET, "b.bin", "the winner");
    stalled.release();
    let error = saving.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true), "{error}");
    assert_eq!(server.object(BUCKET, "b.bin").unwrap().content, Bytes::from("the winner"));
    assert!(server.open_uploads(BUCKET).is_empty());
    assert_eq!(server.count("CopyObject"), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn bytes_in_memory_go_straight_to_their_name_and_can_be_sent_again() {
    let server = server().await;
    let store = store(&server);
    let content = noise(9 * MIB);
    store.save("a.bin", content.clone()).await.unwrap();
    assert_eq!(server.count("CopyObject"), 0);
    // Somebody else takes the name between the look and the completion.
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("CompleteMultipartUpload").once());
    let saving = tokio::spawn({
        let (store, content) = (store.clone(), content.clone());
        async move { store.save("b.bin", content).await }
    });
    stalled.wait_for_hits(1).await;
    server.put_object(BUCKET, "b.bin", "the winner");
    stalled.release();
    let saved = saving.await.unwrap().unwrap();
    assert!(saved.name.as_str().starts_with("b_"), "{}", saved.name);
    assert_eq!(server.object(BUCKET, saved.name.as_str()).unwrap().content, content);
    assert_eq!(server.object(BUCKET, "b.bin").unwrap().content, Bytes::from("the winner"));
    assert!(server.open_uploads(BUCKET).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_part_that_is_lost_is_sent_again() {
    let server = server().await;
    let store = store(&server);
    let content = noise(20 * MIB);
    for fault in [FaultAction::ResetBefore, FaultAction::ResetAfter, FaultAction::SlowDown] {
        let handle = server.inject(Fault::new(fault).operation("UploadPart").part_number(2).times(2));
        store.save("a.bin", stream_of(&content)).overwrite().await.unwrap();
        assert_eq!(handle.hits(), 2);
        assert_eq!(server.object(BUCKET, "a.bin").unwrap().content, content);
    }
}

/// Parts are sent while the source still gathers the next one, and never more than allowed.
#[tokio::test(flavor = "multi_thread")]
async fn no_more_parts_are_in_flight_than_configured() {
    let server = server().await;
    let store = Store::new(builder(&server).part_size(5 << 20).concurrency(2).build().unwrap());
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("UploadPart"));
    let pulled = std::sync::Arc::new(std::sync::atomic::AtomicUsize::new(0));
    let counter = std::sync::Arc::clone(&pulled);
    let source = futures_util::stream::iter(0..40).map(move |_| {
        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
        Ok::<_, std::io::Error>(noise(MIB))
    });
    let saving = tokio::spawn({
        let store = store.clone();
        async move { store.save("a.bin", Content::stream(source)).overwrite().await }
    });
    stalled.wait_for_hits(2).await;
    // Both are held by the server; the source must stand still then, one part ahead at most.
    let mut before = usize::MAX;
    for _ in 0..50 {
        tokio::time::sleep(Duration::from_millis(2)).await;
        before = pulled.load(std::sync::atomic::Ordering::SeqCst);
    }
    assert!(before <= 16, "{before} MiB were read while two parts of 5 MiB were in flight");
    assert_eq!(stalled.hits(), 2);
    stalled.release();
    assert_eq!(saving.await.unwrap().unwrap().size, 40 * MIB as u64);
}

/// A path can be read again, so that it needs no way round: straight to its name, and on to the next one.
#[tokio::test(flavor = "multi_thread")]
async fn a_path_is_read_again_for_the_next_name() {
    let server = server().await;
    let store = store(&server);
    let content = noise(9 * MIB);
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), &content).unwrap();
    assert_eq!(store.save("a.bin", file.path()).await.unwrap().name, "a.bin");
    assert_eq!((server.count("CopyObject"), server.count("UploadPart")), (0, 2));

    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("CompleteMultipartUpload").once());
    let saving = tokio::spawn({
        let (store, path) = (store.clone(), file.path().to_owned());
        async move { store.save("b.bin", path).await }
    });
    stalled.wait_for_hits(1).await;
    server.put_object(BUCKET, "b.bin", "the winner");
    stalled.release();
    let saved = saving.await.unwrap().unwrap();
    assert!(saved.name.as_str().starts_with("b_"), "{}", saved.name);
    assert_eq!(saved.checksum, Some(Checksum::of(&content)));
    assert_eq!(server.object(BUCKET, saved.name.as_str()).unwrap().content, content);
    assert_eq!(server.count("CopyObject"), 0);
    assert!(server.open_uploads(BUCKET).is_empty());
}

/// For servers without CRC-64/NVME: verified on arrival, kept, and checked when it is read.
#[tokio::test(flavor = "multi_thread")]
async fn a_crc32_of_the_whole_travels_instead() {
    let server = server().await;
    let settings = builder(&server).checksum_algorithm(holdall_s3::ChecksumAlgorithm::Crc32);
    let store = Store::new(settings.build().unwrap());
    assert!(!store.capabilities().checksum, "the checksum that metadata tells is a CRC-64");
    for size in [10_000, 20 * MIB] {
        let content = noise(size);
        let saved = store.save("a.bin", stream_of(&content)).overwrite().await.unwrap();
        assert_eq!(saved.checksum, Some(Checksum::of(&content)));
        let object = server.object(BUCKET, "a.bin").unwrap();
        assert_eq!(object.checksum.algorithm, ChecksumAlgorithm::Crc32);
        assert_eq!(object.checksum.kind, ChecksumType::FullObject);
        assert_eq!(store.metadata("a.bin").await.unwrap().checksum, None);
        assert_eq!(store.open("a.bin").await.unwrap().bytes().await.unwrap(), content);
        let fault = server.inject(Fault::new(FaultAction::FlipBit { at: 5_000 }).operation("GetObject"));
        let error = store.open("a.bin").await.unwrap().bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
        fault.remove();
        // Also where the connection was cut in between.
        server.inject(Fault::new(FaultAction::TruncateBody { after: 6_000 }).operation("GetObject").once());
        let fault = server.inject(Fault::new(FaultAction::FlipBit { at: 1_000 }).operation("GetObject"));
        let error = store.open("a.bin").await.unwrap().bytes().await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
        fault.remove();
    }
    let object = server.object(BUCKET, "a.bin").unwrap();
    store.copy("a.bin", "b.bin").await.unwrap();
    assert_eq!(server.object(BUCKET, "b.bin").unwrap().checksum.value, object.checksum.value);
}

/// R2 takes only equal parts. Those of a stream are, however long it becomes.
#[tokio::test(flavor = "multi_thread")]
async fn equal_parts_are_equal() {
    let server = server().await;
    let store = Store::new(builder(&server).part_size(5 << 20).equal_parts(true).build().unwrap());
    store.save("a.bin", stream_of(&noise(17 * MIB))).overwrite().await.unwrap();
    let sizes: Vec<_> = server
        .requests()
        .iter()
        .filter(|request| request.operation == "UploadPart")
        .filter_map(|request| request.header("content-length").map(str::to_owned))
        .collect();
    assert_eq!(sizes.iter().filter(|size| *size == "5242880").count(), 3, "{sizes:?}");
    assert_eq!(sizes.len(), 4);
}
