//! Deleting many files and whole locations: the requests that it takes.

use holdall_core::{ErrorKind, Store};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};

use crate::support::{BUCKET, builder, server, store};

/// Puts files under these names, without HTTP.
fn plant(server: &S3Server, names: &[String]) {
    for name in names {
        server.put_object(BUCKET, name.clone(), "x");
    }
}

fn numbered(count: usize) -> Vec<String> {
    (0..count).map(|number| format!("dir/{number:04}")).collect()
}

#[tokio::test]
async fn a_thousand_files_are_one_request_and_one_file_is_a_single_one() {
    let server = server().await;
    let store = store(&server);
    for (count, bulk, single) in [(1, 0, 1), (2, 1, 0), (1000, 1, 0), (1001, 1, 1), (2500, 3, 0)] {
        let names = numbered(count);
        plant(&server, &names);
        server.clear_requests();
        assert!(store.delete_many(&names).await.iter().all(Result::is_ok));
        assert_eq!((server.count("DeleteObjects"), server.count("DeleteObject")), (bulk, single), "{count}");
        assert_eq!(server.requests().len(), bulk + single, "nothing else is asked: {count}");
        assert!(server.keys(BUCKET).is_empty());
    }
    server.clear_requests();
    assert!(store.delete_many::<&str>([]).await.is_empty());
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn the_body_is_vouched_for_without_checksums_too() {
    let server = server().await;
    let storage = builder(&server).checksum_mode(holdall_s3::ChecksumMode::WhenRequired).build().unwrap();
    let names = numbered(3);
    plant(&server, &names);
    assert!(Store::new(storage).delete_many(&names).await.iter().all(Result::is_ok));
    let request = &server.requests()[0];
    let vouched = |header: &str| request.header(header).is_some();
    assert!(vouched("content-md5") || vouched("x-amz-checksum-crc32"), "{request:?}");
}

/// XML cannot carry U+FFFE and U+FFFF: these are deleted singly, the others are not held up.
#[tokio::test]
async fn what_xml_cannot_carry_is_deleted_singly() {
    let server = server().await;
    let store = store(&server);
    let odd = ["a", "b\u{ffff}", "c<&>\"'+%20 ü", "d\u{fffe}", "e\u{85}x"].map(str::to_owned);
    let odd: Vec<_> = odd.into_iter().filter(|name| holdall_core::Name::new(name).is_ok()).collect();
    plant(&server, &odd);
    for (name, result) in odd.iter().zip(store.delete_many(&odd).await) {
        assert!(result.is_ok(), "{name:?}: {result:?}");
    }
    assert!(server.keys(BUCKET).is_empty());
    assert_eq!((server.count("DeleteObjects"), server.count("DeleteObject")), (1, 2));
}

#[tokio::test]
async fn a_server_without_bulk_deletion_is_asked_for_each() {
    let server = server().await;
    for (status, code) in [(501, "NotImplemented"), (405, "MethodNotAllowed"), (400, "MalformedXML")] {
        let names = numbered(30);
        plant(&server, &names);
        server.clear_requests();
        let refusal = FaultAction::Error { status, code: code.to_owned() };
        let fault = server.inject(Fault::new(refusal).operation("DeleteObjects"));
        assert!(store(&server).delete_many(&names).await.iter().all(Result::is_ok), "{code}");
        assert_eq!((server.count("DeleteObjects"), server.count("DeleteObject")), (1, 30), "{code}");
        assert!(server.keys(BUCKET).is_empty());
        fault.remove();
    }
    // A setting can say so.
    let names = numbered(3);
    plant(&server, &names);
    server.clear_requests();
    let storage = builder(&server).bulk_delete(false).build().unwrap();
    assert!(Store::new(storage).delete_many(&names).await.iter().all(Result::is_ok));
    assert_eq!((server.count("DeleteObjects"), server.count("DeleteObject")), (0, 3));
}

#[tokio::test]
async fn a_request_that_fails_is_tried_again_and_then_fails_for_each() {
    let server = server().await;
    let store = store(&server);
    let names = numbered(5);
    plant(&server, &names);
    server.inject(Fault::new(FaultAction::SlowDown).operation("DeleteObjects").times(2));
    assert!(store.delete_many(&names).await.iter().all(Result::is_ok));
    assert_eq!(server.count("DeleteObjects"), 3);

    plant(&server, &names);
    server.inject(Fault::new(FaultAction::ResetAfter).operation("DeleteObjects").once());
    assert!(store.delete_many(&names).await.iter().all(Result::is_ok), "deleting twice is fine");

    plant(&server, &names);
    server.clear_requests();
    server.inject(Fault::new(FaultAction::SlowDown).operation("DeleteObjects"));
    for (name, result) in names.iter().zip(store.delete_many(&names).await) {
        let error = result.unwrap_err();
        assert_eq!((error.kind(), error.name()), (ErrorKind::Unavailable, Some(name.as_str())));
        assert!(error.is_retryable() && error.to_string().contains("s3://media"), "{error}");
    }
    assert_eq!((server.count("DeleteObjects"), server.count("DeleteObject")), (3, 0));
    server.clear_faults();
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("DeleteObjects"));
    server.clear_requests();
    for result in store.delete_many(&names).await {
        assert_eq!(result.unwrap_err().kind(), ErrorKind::PermissionDenied);
    }
    assert_eq!(server.requests().len(), 1, "a refusal is not tried again, nor one by one");
}

#[tokio::test]
async fn a_location_is_listed_and_deleted_page_by_page() {
    let server = server().await;
    let store = Store::new(builder(&server).location("site").build().unwrap());
    let names: Vec<_> = numbered(2500).iter().map(|name| format!("site/{name}")).collect();
    plant(&server, &names);
    plant(&server, &["site/other".to_owned(), "site/dir.txt".to_owned(), "elsewhere".to_owned()]);
    let deleted = store.delete_location("dir").await.unwrap();
    assert_eq!((deleted.deleted, deleted.failed), (2500, 0));
    assert_eq!((server.count("ListObjectsV2"), server.count("DeleteObjects")), (3, 3));
    assert_eq!(server.keys(BUCKET), ["elsewhere", "site/dir.txt", "site/other"]);

    // The root of the storage is not that of the bucket; neither goes without a word.
    let refused = store.delete_location("").await.unwrap_err();
    assert_eq!(refused.kind(), ErrorKind::InvalidInput);
    assert_eq!(store.delete_location("").force().await.unwrap().deleted, 2);
    assert_eq!(server.keys(BUCKET), ["elsewhere"]);
}

#[tokio::test]
async fn what_cannot_be_deleted_is_counted_and_named() {
    let server = server().await;
    let store = store(&server);
    plant(&server, &["dir/a".to_owned(), "dir//b".to_owned(), "dir/c/".to_owned(), "dir/d".to_owned()]);
    let deleted = store.delete_location("dir").await.unwrap();
    assert_eq!((deleted.deleted, deleted.failed, deleted.errors.len()), (2, 2, 2));
    let named: Vec<_> = deleted.errors.iter().filter_map(holdall_core::Error::name).collect();
    assert_eq!(named, ["dir//b", "dir/c/"]);
    assert!(deleted.into_result().is_err());
    assert_eq!(server.keys(BUCKET), ["dir//b", "dir/c/"]);

    // A listing that fails is no location that is empty.
    let denied = FaultAction::Error { status: 403, code: "AccessDenied".to_owned() };
    server.inject(Fault::new(denied).operation("ListObjectsV2"));
    let error = store.delete_location("dir").await.unwrap_err();
    assert_eq!((error.kind(), error.name()), (ErrorKind::PermissionDenied, Some("dir")));
}
