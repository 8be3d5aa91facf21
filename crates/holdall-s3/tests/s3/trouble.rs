//! Bad settings, bad networks, bad sources: the typed error with a sentence to act on, and nothing left
//! behind.

use std::time::Duration;

use bytes::Bytes;
use holdall_core::{Content, ETag, ErrorKind, SaveMode, Store};
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::support::{BUCKET, MIB, at, builder, configured, noise, server, store, stream_of};

#[tokio::test]
async fn a_wrong_secret_is_named() {
    let server = server().await;
    let store = Store::new(builder(&server).secret_key("canary-wrong-4712").build().unwrap());
    let errors = [
        store.save("a.txt", "x").await.unwrap_err(),
        store.open("a.txt").await.unwrap_err(),
        store.listdir("").await.unwrap_err(),
    ];
    for error in &errors {
        assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
        assert!(error.to_string().contains("secret_key"), "{error}");
    }
    // HEAD has no body to say why.
    let head = store.exists("a.txt").await.unwrap_err();
    assert_eq!(head.kind(), ErrorKind::PermissionDenied);
    assert!(head.to_string().contains("s3:ListBucket"), "{head}");

    let unknown = Store::new(builder(&server).access_key("AKIDUNKNOWN").build().unwrap());
    let error = unknown.save("a.txt", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("access"), "{error}");
}

#[tokio::test]
async fn a_missing_bucket_is_named_and_can_be_made() {
    let server = server().await;
    let storage = at(server.endpoint(), "not-there").build().unwrap();
    let store = Store::new(storage.clone());
    for error in [
        store.save("a.txt", "x").await.unwrap_err(),
        store.save("a.bin", noise(9 * MIB)).overwrite().await.unwrap_err(),
        store.open("a.txt").await.unwrap_err(),
        store.listdir("").await.unwrap_err(),
    ] {
        assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
        assert!(error.to_string().contains("\"not-there\""), "{error}");
    }
    assert!(!storage.bucket_exists().await.unwrap());
    storage.create_bucket().await.unwrap();
    storage.create_bucket().await.unwrap();
    assert!(storage.bucket_exists().await.unwrap());
    assert_eq!(store.save("a.txt", "x").await.unwrap().name, "a.txt");
}

#[tokio::test]
async fn an_unreachable_endpoint_is_named() {
    // A port that was free a moment ago, and that nothing listens on.
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    drop(listener);
    let store = Store::new(at(format!("http://{address}"), BUCKET).max_attempts(1).build().unwrap());
    for error in [store.save("a.txt", "x").await.unwrap_err(), store.exists("a.txt").await.unwrap_err()] {
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true), "{error}");
        assert!(error.to_string().contains(&address.to_string()), "{error}");
    }
}

#[tokio::test]
async fn the_right_region_is_told() {
    let server = configured().region("eu-central-1").start().await.unwrap();
    let store = Store::new(builder(&server).region("us-east-1").build().unwrap());
    let error = store.save("a.txt", "x").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
    assert!(error.to_string().contains("eu-central-1"), "{error}");
}

#[tokio::test]
async fn what_passes_is_waited_for_and_what_stays_is_told() {
    let server = server().await;
    let store = store(&server);
    for fault in [FaultAction::SlowDown, FaultAction::InternalError, FaultAction::ResetBefore] {
        let handle = server.inject(Fault::new(fault.clone()).times(2));
        store.save("a.txt", "x").overwrite().await.unwrap();
        assert_eq!(handle.hits(), 2, "{fault:?}");
        handle.remove();
    }
    let handle = server.inject(Fault::new(FaultAction::SlowDown).operation("PutObject"));
    let error = store.save("a.txt", "x").overwrite().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true));
    assert_eq!(handle.hits(), 3, "three attempts, no more");
    handle.remove();
    for (code, kind, hint) in [
        ("RequestTimeTooSkewed", ErrorKind::PermissionDenied, "clock"),
        ("ExpiredToken", ErrorKind::PermissionDenied, "token"),
        ("AccessDenied", ErrorKind::PermissionDenied, "policy"),
    ] {
        let fault = FaultAction::Error { status: 403, code: code.to_owned() };
        let handle = server.inject(Fault::new(fault));
        let error = store.save("a.txt", "x").overwrite().await.unwrap_err();
        assert_eq!(error.kind(), kind, "{error}");
        assert!(error.to_string().contains(hint), "{error}");
        handle.remove();
    }
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_given_up() {
    let server = server().await;
    let settings = builder(&server).max_attempts(2).attempt_timeout(Duration::from_millis(100));
    let store = Store::new(settings.build().unwrap());
    let stalled = server.inject(Fault::new(FaultAction::Stall));
    for error in [
        store.save("a.txt", "x").await.unwrap_err(),
        store.metadata("a.txt").await.unwrap_err(),
        store.open("a.txt").await.unwrap_err(),
        store.listdir("").await.unwrap_err(),
    ] {
        assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Timeout, true), "{error}");
    }
    assert!(stalled.hits() >= 8);
}

/// The sources and limits of a save that goes by parts.
#[tokio::test]
async fn a_save_that_fails_half_way_leaves_nothing() {
    let server = server().await;
    let store = store(&server);
    let chunks = noise(20 * MIB).chunks(MIB).map(Bytes::copy_from_slice).map(Ok).collect::<Vec<_>>();
    let broken = chunks.into_iter().chain([Err(std::io::Error::other("the client hung up"))]);
    let content = Content::stream(futures_util::stream::iter(broken.collect::<Vec<_>>()));
    let error = store.save("a.bin", content).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::SourceFailed);
    assert!(error.to_string().contains("the client hung up"), "{error}");

    let error = store.save("a.bin", stream_of(&noise(20 * MIB))).max_size(19 * MIB as u64).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::TooLarge);
    let short = stream_of(&noise(10 * MIB)).with_size(20 * MIB as u64);
    assert_eq!(store.save("a.bin", short).await.unwrap_err().kind(), ErrorKind::SourceFailed);
    let wrong = holdall_core::Checksum::of(b"something else");
    let error = store.save("a.bin", stream_of(&noise(10 * MIB))).checksum(wrong).await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch);

    for operation in ["CreateMultipartUpload", "UploadPart", "CompleteMultipartUpload"] {
        for fault in [FaultAction::SlowDown, FaultAction::ResetBefore] {
            let handle = server.inject(Fault::new(fault).operation(operation));
            let error = store.save("a.bin", stream_of(&noise(20 * MIB))).create().await.unwrap_err();
            assert_eq!(error.kind(), ErrorKind::Unavailable, "{operation}: {error}");
            assert!(server.open_uploads(BUCKET).is_empty(), "{operation}");
            handle.remove();
        }
    }
    assert!(server.open_uploads(BUCKET).is_empty());
    assert!(server.keys(BUCKET).is_empty());
}

#[tokio::test]
async fn an_upload_that_cannot_be_removed_is_mentioned() {
    let server = server().await;
    let store = Store::new(builder(&server).max_attempts(1).build().unwrap());
    for operation in ["UploadPart", "AbortMultipartUpload"] {
        server.inject(Fault::new(FaultAction::InternalError).operation(operation));
    }
    let error = store.save("a.bin", stream_of(&noise(9 * MIB))).overwrite().await.unwrap_err();
    assert!(error.to_string().contains("AbortIncompleteMultipartUpload"), "{error}");
}

#[tokio::test]
async fn a_server_without_conditional_writes_is_never_trusted_with_one() {
    let server = server().await;
    let store = Store::new(builder(&server).conditional_writes(false).build().unwrap());
    for mode in [SaveMode::Create, SaveMode::IfMatch(ETag::strong("x"))] {
        let error = store.save("a.txt", "x").mode(mode).await.unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    }
    assert!(server.requests().is_empty());
    store.save("a.txt", "x").overwrite().await.unwrap();
    assert_ne!(store.save("a.txt", "y").await.unwrap().name, "a.txt");
    assert!(server.requests().iter().all(|request| request.header("if-none-match").is_none()));
}

/// Everything that a person or a log might see, searched for the keys.
#[tokio::test]
async fn no_secret_is_shown() {
    let server = server().await;
    let settings = builder(&server).session_token("canary-token-4713").secret_key("canary-wrong-4712");
    let mut shown = vec![format!("{settings:?}")];
    let storage = settings.build().unwrap();
    shown.push(format!("{storage:?} {storage}"));
    let store = Store::new(storage);
    shown.push(format!("{store:?} {store}"));
    let signed = store.url("a.txt").await.unwrap();
    shown.push(format!("{signed:?}"));
    let mut errors = vec![
        store.save("a.txt", "x").await.unwrap_err(),
        store.save("a.bin", noise(9 * MIB)).await.unwrap_err(),
        store.open("a.txt").await.unwrap_err(),
        store.metadata("a.txt").await.unwrap_err(),
        store.delete("a.txt").await.unwrap_err(),
    ];
    server.inject(Fault::new(FaultAction::ResetBefore));
    errors.push(store.listdir("").await.unwrap_err());
    for error in errors {
        shown.push(format!("{error} {error:?}"));
        let mut source = std::error::Error::source(&error);
        while let Some(error) = source {
            shown.push(format!("{error} {error:?}"));
            source = error.source();
        }
    }
    let signature = signed.as_str().split("X-Amz-Signature=").nth(1).unwrap();
    let shown = shown.join("\n");
    for secret in ["canary", signature, "X-Amz-Security-Token"] {
        assert!(!shown.contains(secret), "{secret} in {shown}");
    }
}
