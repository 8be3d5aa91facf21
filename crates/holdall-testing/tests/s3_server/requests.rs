//! The request log.

use aws_sdk_s3::primitives::ByteStream;

use crate::{BUCKET, client, config, refusal, server};

#[tokio::test]
async fn every_request_is_logged_once_with_its_names() {
    let server = server().await;
    let s3 = client(&server);
    s3.put_object().bucket(BUCKET).key("a b/한").body(ByteStream::from_static(b"x")).send().await.unwrap();
    assert_eq!(refusal(s3.head_object().bucket(BUCKET).key("none").send().await).0, 404);
    s3.list_objects_v2().bucket(BUCKET).prefix("a b").send().await.unwrap();

    let requests = server.requests();
    let seen: Vec<_> = requests
        .iter()
        .map(|request| {
            (request.method.as_str(), request.operation.as_str(), request.key.as_deref(), request.status)
        })
        .collect();
    assert_eq!(
        seen,
        [
            ("PUT", "PutObject", Some("a b/한"), Some(200)),
            ("HEAD", "HeadObject", Some("none"), Some(404)),
            ("GET", "ListObjectsV2", None, Some(200)),
        ]
    );
    assert!(
        requests.iter().all(|request| request.bucket.as_deref() == Some(BUCKET) && request.fault.is_none())
    );
    assert!(requests[2].query.contains("prefix=a%20b"));
    assert_eq!(requests[0].header("x-amz-acl"), None);
    assert_eq!(requests[0].header("content-length"), Some("1"));
    assert_eq!(requests[0].header("authorization"), None, "credentials are no matter for a log");
    assert_eq!((server.count("HeadObject"), server.count("GetObject")), (1, 0));

    server.clear_requests();
    assert!(server.requests().is_empty());
    assert_eq!(server.count("HeadObject"), 0);
}

#[tokio::test]
async fn a_request_with_a_bad_signature_is_logged_with_its_names_too() {
    let server = server().await;
    let s3 = aws_sdk_s3::Client::from_conf(config(&server.endpoint(), "wrong").build());
    let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(b"x")).send().await;
    assert_eq!(refusal(put), (403, "SignatureDoesNotMatch".into()));
    let request = &server.requests()[0];
    assert_eq!((request.operation.as_str(), request.key.as_deref()), ("PutObject", Some("k")));
    assert_eq!(request.status, Some(403));
}
