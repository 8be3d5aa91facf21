//! Opened files: conditions, ranges, and bodies that do not arrive as they were saved.

use std::time::Duration;

use holdall_core::{ByteRange, ErrorKind, Store};
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::support::{BUCKET, builder, noise, server, store};

#[tokio::test]
async fn one_condition_is_decided_by_the_server_and_a_list_by_us() {
    let server = server().await;
    let store = store(&server);
    let current = store.save("a.txt", "hello").await.unwrap().etag.unwrap();
    let other = holdall_core::ETag::strong("other");
    server.clear_requests();
    store.open("a.txt").if_match(current.clone()).await.unwrap();
    let not_modified = store.open("a.txt").if_none_match(current.clone()).await.unwrap_err();
    assert_eq!(not_modified.kind(), ErrorKind::NotModified);
    let failed = store.open("a.txt").if_match(other.clone()).await.unwrap_err();
    assert_eq!(failed.kind(), ErrorKind::PreconditionFailed);
    assert_eq!((server.count("GetObject"), server.count("HeadObject")), (3, 0));

    let both = vec![other.clone(), current.clone()];
    assert_eq!(store.open("a.txt").if_match(both.clone()).await.unwrap().text().await.unwrap(), "hello");
    assert_eq!(store.open("a.txt").if_none_match(both).await.unwrap_err().kind(), ErrorKind::NotModified);
    let weak = holdall_core::ETag::parse(&format!("W/{current}")).unwrap();
    assert_eq!(store.open("a.txt").if_none_match(weak).await.unwrap_err().kind(), ErrorKind::NotModified);
    assert_eq!(
        store.open("no").if_match(vec![other, current]).await.unwrap_err().kind(),
        ErrorKind::NotFound
    );
}

#[tokio::test]
async fn ranges_go_to_the_server() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "0123456789").await.unwrap();
    store.save("empty", "").await.unwrap();
    let read = |range: ByteRange| {
        let call = store.open("a.txt").range(range);
        async move {
            let file = call.await?;
            assert_eq!(file.size(), 10);
            let range = file.range();
            Ok::<_, holdall_core::Error>((range, file.text().await?))
        }
    };
    assert_eq!(read(ByteRange::from(2..5)).await.unwrap(), (2..5, "234".to_owned()));
    assert_eq!(read(ByteRange::from(8..99)).await.unwrap(), (8..10, "89".to_owned()));
    assert_eq!(read(ByteRange::Last(3)).await.unwrap(), (7..10, "789".to_owned()));
    assert_eq!(read(ByteRange::Last(99)).await.unwrap(), (0..10, "0123456789".to_owned()));
    for range in [ByteRange::from(10..), ByteRange::from(5..5), ByteRange::Last(0)] {
        assert_eq!(read(range).await.unwrap_err().kind(), ErrorKind::RangeNotSatisfiable, "{range:?}");
    }
    let empty = store.open("empty").range(0..1).await.unwrap_err();
    assert_eq!(empty.kind(), ErrorKind::RangeNotSatisfiable);
    let missing = store.open("missing").range(5..5).await.unwrap_err();
    assert_eq!(missing.kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn a_body_that_is_cut_flipped_or_stalled_is_an_error() {
    let server = server().await;
    let store = Store::new(builder(&server).read_timeout(Duration::from_millis(1500)).build().unwrap());
    store.save("a.bin", noise(500_000)).await.unwrap();
    let fault = server.inject(Fault::new(FaultAction::TruncateBody { after: 1000 }).operation("GetObject"));
    let error = store.open("a.bin").await.unwrap().bytes().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Unavailable, true), "{error}");
    fault.remove();
    let fault = server.inject(Fault::new(FaultAction::FlipBit { at: 400_000 }).operation("GetObject"));
    let error = store.open("a.bin").await.unwrap().bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch, "{error}");
    fault.remove();
    assert_eq!(store.open("a.bin").await.unwrap().bytes().await.unwrap(), noise(500_000));
}

/// A cut costs a request for the rest, of the same version, and the checksum of the whole still decides.
#[tokio::test]
async fn a_body_that_is_cut_goes_on_from_where_it_stood() {
    let server = server().await;
    let store = store(&server);
    let content = noise(500_000);
    let tag = store.save("a.bin", content.clone()).await.unwrap().etag.unwrap();
    for range in [None, Some(ByteRange::from(100..400_000))] {
        server.clear_requests();
        let fault = Fault::new(FaultAction::TruncateBody { after: 100_000 }).operation("GetObject");
        server.inject(fault.times(2));
        let call = store.open("a.bin");
        let file = match range {
            Some(range) => call.range(range).await.unwrap(),
            None => call.await.unwrap(),
        };
        let (start, end) = (file.range().start, file.range().end);
        let expected = content.slice(usize::try_from(start).unwrap()..usize::try_from(end).unwrap());
        assert_eq!(file.bytes().await.unwrap(), expected);
        let requests = server.requests();
        assert_eq!(requests.len(), 3);
        let last = &requests[2];
        assert_eq!(last.header("range"), Some(&*format!("bytes={}-{}", start + 200_000, end - 1)));
        assert_eq!(last.header("if-match"), Some(tag.as_str()));
    }
    // A flipped byte in what came after the cut is found.
    server.inject(Fault::new(FaultAction::TruncateBody { after: 100_000 }).operation("GetObject").once());
    server.inject(Fault::new(FaultAction::FlipBit { at: 7 }).operation("GetObject"));
    let error = store.open("a.bin").await.unwrap().bytes().await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::ChecksumMismatch, "{error}");
}

#[tokio::test]
async fn a_file_that_is_replaced_while_it_is_read_is_not_stitched_together() {
    let server = server().await;
    let store = store(&server);
    store.save("a.bin", noise(500_000)).await.unwrap();
    server.inject(Fault::new(FaultAction::TruncateBody { after: 100_000 }).operation("GetObject").once());
    let file = store.open("a.bin").await.unwrap();
    store.save("a.bin", noise(500_001)).overwrite().await.unwrap();
    let error = file.bytes().await.unwrap_err();
    assert_eq!((error.kind(), error.is_retryable()), (ErrorKind::Conflict, true), "{error}");
    // With retries off there is no second request.
    let single = Store::new(builder(&server).max_attempts(1).build().unwrap());
    server.inject(Fault::new(FaultAction::TruncateBody { after: 100_000 }).operation("GetObject").once());
    server.clear_requests();
    let error = single.open("a.bin").await.unwrap().bytes().await.unwrap_err();
    assert_eq!((error.kind(), server.count("GetObject")), (ErrorKind::Unavailable, 1));
}

#[tokio::test]
async fn a_reply_without_a_checksum_of_ours_is_no_guess() {
    let server = server().await;
    let store = store(&server);
    server.put_object(BUCKET, "foreign.txt", "hello");
    let metadata = store.metadata("foreign.txt").await.unwrap();
    assert_eq!(metadata.checksum, Some(holdall_core::Checksum::of(b"hello")), "S3 computes one itself");
    let range = store.open("foreign.txt").range(1..2).await.unwrap();
    assert_eq!(range.metadata().checksum, None);
}
