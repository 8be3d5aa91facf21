//! Downloads to a path: whole, of one version, or nothing.

use std::path::Path;

use holdall_core::{Checksum, ErrorKind, Storage as _};
use holdall_s3::{ChecksumAlgorithm, S3Storage};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, MIB, builder, eventually, noise, server};

fn storage(server: &S3Server) -> S3Storage {
    builder(server).build().unwrap()
}

/// The files of a directory.
fn names(directory: &Path) -> Vec<String> {
    let mut names: Vec<_> = std::fs::read_dir(directory)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[tokio::test(flavor = "multi_thread")]
async fn ranges_make_the_whole_file() {
    let server = server().await;
    let storage = storage(&server);
    let directory = tempfile::tempdir().unwrap();
    for (size, gets) in [(0, 0), (1, 1), (MIB, 1), (MIB + 1, 2), (5 * MIB + 17, 6)] {
        let content = noise(size);
        server.put_object(BUCKET, "a.bin", content.clone());
        server.clear_requests();
        let path = directory.path().join("a.bin");
        let metadata = storage.download("a.bin", &path).part_size(MIB as u64).concurrency(3).await.unwrap();
        assert_eq!((metadata.size, metadata.checksum), (size as u64, Some(Checksum::of(&content))));
        assert_eq!(std::fs::read(&path).unwrap(), content);
        assert_eq!((server.count("HeadObject"), server.count("GetObject")), (1, gets), "{size} bytes");
        let tag = metadata.etag.unwrap().to_string();
        let pinned = |request: &holdall_testing::s3_server::LoggedRequest| {
            request.operation != "GetObject" || request.header("if-match") == Some(&tag)
        };
        assert!(server.requests().iter().all(pinned));
        assert_eq!(names(directory.path()), ["a.bin"]);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn cuts_cost_only_what_had_not_arrived() {
    let server = server().await;
    let storage = storage(&server);
    let directory = tempfile::tempdir().unwrap();
    let content = noise(4 * MIB);
    server.put_object(BUCKET, "a.bin", content.clone());
    for action in
        [FaultAction::TruncateBody { after: 300_000 }, FaultAction::ResetBefore, FaultAction::SlowDown]
    {
        server.clear_requests();
        let fault = server.inject(Fault::new(action).operation("GetObject").skip(1).times(2));
        let path = directory.path().join("a.bin");
        storage.download("a.bin", &path).part_size(MIB as u64).concurrency(2).await.unwrap();
        assert_eq!(fault.hits(), 2);
        assert_eq!(std::fs::read(&path).unwrap(), content);
        assert_eq!(server.count("GetObject"), 4 + 2);
        fault.remove();
    }
    let resumed = |request: &holdall_testing::s3_server::LoggedRequest| {
        request.header("range").is_some_and(|range| range.starts_with("bytes=1748576-"))
    };
    let fault = Fault::new(FaultAction::TruncateBody { after: 700_000 }).operation("GetObject");
    server.inject(fault.skip(1).once());
    let whole = storage.download("a.bin", directory.path().join("b.bin"));
    whole.part_size(MIB as u64).concurrency(1).await.unwrap();
    assert!(server.requests().iter().any(resumed), "the rest of the second range is asked for");
}

#[tokio::test(flavor = "multi_thread")]
async fn every_error_leaves_the_old_file_and_nothing_else() {
    let server = server().await;
    let storage = storage(&server);
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("a.bin");
    server.put_object(BUCKET, "a.bin", noise(3 * MIB));
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    for old in [false, true] {
        if old {
            std::fs::write(&path, "old").unwrap();
        }
        for (action, kind) in [
            (denied.clone(), ErrorKind::PermissionDenied),
            (FaultAction::TruncateBody { after: 1000 }, ErrorKind::Unavailable),
            (FaultAction::FlipBit { at: 500_000 }, ErrorKind::ChecksumMismatch),
        ] {
            let fault = server.inject(Fault::new(action.clone()).operation("GetObject").skip(1));
            let error = storage.download("a.bin", &path).part_size(MIB as u64).await.unwrap_err();
            assert_eq!((error.kind(), error.name()), (kind, Some("a.bin")), "{action:?}: {error}");
            fault.remove();
            assert_eq!(names(directory.path()).len(), usize::from(old), "{action:?}");
        }
        let missing = storage.download("missing.bin", &path).await.unwrap_err();
        assert_eq!((missing.kind(), missing.name()), (ErrorKind::NotFound, Some("missing.bin")));
        assert_eq!(storage.download("../a", &path).await.unwrap_err().kind(), ErrorKind::InvalidName);
        assert_eq!(
            storage.download("a.bin", &path).part_size(0).await.unwrap_err().kind(),
            ErrorKind::InvalidConfig
        );
    }
    let kept = storage.download("a.bin", &path).overwrite(false).await.unwrap_err();
    assert_eq!(kept.kind(), ErrorKind::AlreadyExists);
    assert_eq!(std::fs::read(&path).unwrap(), b"old");
    let nowhere = storage.download("a.bin", directory.path().join("no/such/place")).await.unwrap_err();
    assert!(nowhere.to_string().contains("no/such/place"), "{nowhere}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_replaced_midway_is_a_conflict() {
    let server = server().await;
    let storage = storage(&server);
    let directory = tempfile::tempdir().unwrap();
    server.put_object(BUCKET, "a.bin", noise(3 * MIB));
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("GetObject").nth(2));
    let downloading = tokio::spawn({
        let call = storage.download("a.bin", directory.path().join("a.bin"));
        async move { call.part_size(MIB as u64).concurrency(1).await }
    });
    stalled.wait_for_hits(1).await;
    server.put_object(BUCKET, "a.bin", noise(3 * MIB).slice(1..));
    stalled.release();
    let error = downloading.await.unwrap().unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true), "{error}");
    assert!(names(directory.path()).is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dropped_download_leaves_no_file() {
    let server = server().await;
    let storage = storage(&server);
    let directory = tempfile::tempdir().unwrap();
    server.put_object(BUCKET, "a.bin", noise(3 * MIB));
    let stalled = server.inject(Fault::new(FaultAction::Stall).operation("GetObject").skip(1));
    let downloading = tokio::spawn({
        let call = storage.download("a.bin", directory.path().join("a.bin"));
        async move { call.part_size(MIB as u64).await }
    });
    stalled.wait_for_hits(2).await;
    assert_eq!(names(directory.path()).len(), 1, "a staged file");
    downloading.abort();
    eventually("nothing is left", || names(directory.path()).is_empty()).await;
}

/// Where the server keeps another checksum than ours, that one decides.
#[tokio::test(flavor = "multi_thread")]
async fn a_crc32_of_the_whole_is_checked_too() {
    let server = server().await;
    let storage = builder(&server).checksum_algorithm(ChecksumAlgorithm::Crc32).build().unwrap();
    let directory = tempfile::tempdir().unwrap();
    let name = holdall_core::Name::new("a.bin").unwrap();
    let content = noise(3 * MIB + 5);
    storage.save(&name, content.clone().into(), holdall_core::SaveOptions::default()).await.unwrap();
    let path = directory.path().join("a.bin");
    let metadata = storage.download("a.bin", &path).part_size(MIB as u64).await.unwrap();
    assert_eq!(metadata.checksum, None);
    assert_eq!(std::fs::read(&path).unwrap(), content);
    // The first byte: which range comes second is chance, and the last has five bytes only.
    server.inject(Fault::new(FaultAction::FlipBit { at: 0 }).operation("GetObject").nth(2));
    let error = storage.download("a.bin", &path).part_size(MIB as u64).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);
}
