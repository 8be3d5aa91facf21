//! How many requests each verb makes, and what is in them: what an operator pays for.

use futures_util::TryStreamExt as _;
use holdall_core::{SaveMode, Visibility};

use crate::support::{BUCKET, MIB, builder, noise, server, store, stream_of};

/// The operations since the log was last emptied.
fn operations(server: &holdall_testing::s3_server::S3Server) -> Vec<String> {
    let operations = server.requests().into_iter().map(|request| request.operation).collect();
    server.clear_requests();
    operations
}

#[tokio::test]
async fn each_verb_makes_as_few_requests_as_possible() {
    let server = server().await;
    let store = store(&server);

    store.save("a.txt", "hello").await.unwrap();
    assert_eq!(operations(&server), ["PutObject"]);
    store.save("a.txt", "hello").overwrite().await.unwrap();
    assert_eq!(operations(&server), ["PutObject"]);
    let renamed = store.save("a.txt", "hello").await.unwrap().name;
    assert_eq!(operations(&server), ["PutObject", "HeadObject", "PutObject"]);

    assert_eq!(store.open("a.txt").await.unwrap().text().await.unwrap(), "hello");
    assert_eq!(operations(&server), ["GetObject"]);
    store.open("a.txt").range(1..3).await.unwrap();
    assert_eq!(operations(&server), ["GetObject"]);
    assert!(store.exists("a.txt").await.unwrap());
    assert_eq!(operations(&server), ["HeadObject"]);
    store.metadata("a.txt").await.unwrap();
    assert_eq!(operations(&server), ["HeadObject"]);
    assert_eq!(store.list("").stream().try_collect::<Vec<_>>().await.unwrap().len(), 2);
    assert_eq!(operations(&server), ["ListObjectsV2"]);
    store.copy(&renamed, "b.txt").await.unwrap();
    assert_eq!(operations(&server), ["HeadObject", "CopyObject"]);
    // An object without a put-id may be another program's, with grants.
    store.copy("a.txt", "c.txt").await.unwrap();
    assert_eq!(operations(&server), ["HeadObject", "GetObjectAcl", "CopyObject"]);
    let without = holdall_core::Store::new(builder(&server).acls(false).build().unwrap());
    without.copy("a.txt", "d.txt").await.unwrap();
    assert_eq!(operations(&server), ["HeadObject", "CopyObject"]);
    store.url("a.txt").await.unwrap();
    assert_eq!(operations(&server), [""; 0]);
    store.delete("a.txt").await.unwrap();
    assert_eq!(operations(&server), ["DeleteObject"]);
}

#[tokio::test]
async fn a_large_file_takes_one_request_a_part() {
    let server = server().await;
    let store = store(&server);
    let bytes = noise(20 * MIB);
    store.save("a.bin", stream_of(&bytes)).overwrite().await.unwrap();
    let mut seen = operations(&server);
    seen.sort();
    assert_eq!(
        seen,
        ["CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart", "UploadPart", "UploadPart"]
    );
    assert_eq!(server.object(BUCKET, "a.bin").unwrap().parts, 3);
    assert_eq!(store.open("a.bin").await.unwrap().bytes().await.unwrap(), bytes);
}

#[tokio::test]
async fn what_was_not_asked_for_is_not_sent() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "hello").overwrite().await.unwrap();
    let put = &server.requests()[0];
    for header in ["x-amz-acl", "if-none-match", "if-match", "cache-control", "x-amz-meta-holdall-put-id"] {
        assert_eq!(put.header(header), None, "{header}");
    }
    assert_eq!(put.header("content-type"), Some("text/plain"));
    assert!(put.header("x-amz-checksum-crc64nvme").is_some());

    server.clear_requests();
    store.save("b.txt", "hello").visibility(Visibility::Private).mode(SaveMode::Create).await.unwrap();
    let put = &server.requests()[0];
    assert_eq!(put.header("x-amz-acl"), Some("private"));
    assert_eq!(put.header("if-none-match"), Some("*"));
    assert!(put.header("x-amz-meta-holdall-put-id").is_some());
}

#[tokio::test]
async fn a_server_that_is_not_aws_is_sent_no_checksums_unless_asked() {
    let server = server().await;
    let settings = builder(&server).checksum_mode(holdall_s3::ChecksumMode::Auto);
    let store = holdall_core::Store::new(settings.build().unwrap());
    assert!(!store.capabilities().checksum);
    store.save("a.txt", "hello").await.unwrap();
    store.save("b.bin", noise(9 * MIB)).await.unwrap();
    store.open("a.txt").await.unwrap().text().await.unwrap();
    for request in server.requests() {
        let sent: Vec<_> = request
            .headers
            .keys()
            .filter(|name| {
                name.contains("checksum") || name.contains("trailer") || name.contains("mp-object")
            })
            .collect();
        assert!(sent.is_empty(), "{}: {sent:?}", request.operation);
    }
}

/// Over plain HTTP the hash of a body is all that protects it; it is left out only where somebody says so.
#[tokio::test]
async fn bodies_are_signed_over_plain_http_unless_it_is_said_otherwise() {
    let server = server().await;
    for (setting, is_signed) in [(None, true), (Some(true), true), (Some(false), false)] {
        let settings = match setting {
            Some(sign) => builder(&server).sign_payload(sign),
            None => builder(&server),
        };
        let store = holdall_core::Store::new(settings.build().unwrap());
        server.clear_requests();
        store.save("a.txt", "hello").overwrite().await.unwrap();
        store.save("b.bin", noise(9 * MIB)).overwrite().await.unwrap();
        for request in server.requests() {
            if matches!(&*request.operation, "PutObject" | "UploadPart") {
                let hash = request.header("x-amz-content-sha256").unwrap();
                assert_eq!(hash != "UNSIGNED-PAYLOAD", is_signed, "{setting:?} {}", request.operation);
                assert!(request.header("x-amz-checksum-crc64nvme").is_some());
            }
        }
    }
}
