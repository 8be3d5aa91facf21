use aws_sdk_s3::primitives::SdkBody;
use aws_smithy_runtime_api::client::orchestrator::HttpRequest;

use super::AddToEveryRequest;
use crate::config::{CustomerKey, Encryption, EveryRequest, ServerKeys};

/// A request of that operation with everything that it carries, as `name: value` lines, and its URI.
fn carried(
    values: &EveryRequest,
    operation: &str,
    own: &[(&'static str, &'static str)],
) -> (Vec<String>, String) {
    let mut request = HttpRequest::new(SdkBody::empty());
    request.set_uri("https://media.s3.amazonaws.com/a.txt?x-id=Any".to_owned()).unwrap();
    for (name, value) in own {
        request.headers_mut().insert(*name, *value);
    }
    AddToEveryRequest::new(values.clone(), "media").add(operation, &mut request).unwrap();
    let mut lines: Vec<_> =
        request.headers().iter().map(|(name, value)| format!("{name}: {value}")).collect();
    lines.sort();
    (lines, request.uri().to_owned())
}

fn customer_key() -> EveryRequest {
    EveryRequest { customer_key: Some(CustomerKey::new(&[0; 32]).unwrap()), ..EveryRequest::default() }
}

fn account() -> EveryRequest {
    EveryRequest { owner: Some("123456789012".to_owned()), requester_pays: true, ..EveryRequest::default() }
}

#[test]
fn nothing_is_carried_that_nobody_asked_for() {
    for operation in ["PutObject", "GetObject", "CopyObject", "ListObjectsV2"] {
        let (lines, uri) = carried(&EveryRequest::default(), operation, &[]);
        assert!(lines.is_empty() && uri.ends_with("?x-id=Any"), "{operation}: {lines:?}");
    }
}

#[test]
fn new_objects_say_how_they_are_encrypted_and_nothing_else_does() {
    let keys = ServerKeys {
        encryption: Encryption::Kms,
        kms_key_id: Some("alias/a".to_owned()),
        context: Some("e30=".to_owned()),
        bucket_key: Some(true),
    };
    let values = EveryRequest { server_keys: Some(keys), ..EveryRequest::default() };
    for operation in ["PutObject", "CopyObject", "CreateMultipartUpload"] {
        let (lines, _) = carried(&values, operation, &[]);
        assert_eq!(
            lines,
            [
                "x-amz-server-side-encryption-aws-kms-key-id: alias/a",
                "x-amz-server-side-encryption-bucket-key-enabled: true",
                "x-amz-server-side-encryption-context: e30=",
                "x-amz-server-side-encryption: aws:kms",
            ],
            "{operation}"
        );
    }
    for operation in ["UploadPart", "CompleteMultipartUpload", "GetObject", "HeadObject", "PutObjectAcl"] {
        assert!(carried(&values, operation, &[]).0.is_empty(), "{operation}");
    }
}

#[test]
fn the_customer_key_goes_wherever_an_object_is_touched() {
    let key = [
        "x-amz-server-side-encryption-customer-algorithm: AES256",
        "x-amz-server-side-encryption-customer-key-md5: cLyPS3KoaSFGi/joRB3OUQ==",
        "x-amz-server-side-encryption-customer-key: AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=",
    ];
    for operation in [
        "PutObject",
        "GetObject",
        "HeadObject",
        "CreateMultipartUpload",
        "UploadPart",
        "CompleteMultipartUpload",
        "ListParts",
    ] {
        assert_eq!(carried(&customer_key(), operation, &[]).0, key, "{operation}");
    }
    for operation in ["DeleteObject", "ListObjectsV2", "AbortMultipartUpload", "PutObjectAcl", "HeadBucket"] {
        assert!(carried(&customer_key(), operation, &[]).0.is_empty(), "{operation}");
    }
}

#[test]
fn a_copy_inside_the_bucket_needs_the_key_twice() {
    for operation in ["CopyObject", "UploadPartCopy"] {
        let ours = carried(&customer_key(), operation, &[("x-amz-copy-source", "media/a.txt")]).0;
        let of_source: Vec<_> = ours.iter().filter(|line| line.contains("copy-source-server-side")).collect();
        assert_eq!(of_source.len(), 3, "{ours:?}");
        assert_eq!(ours.len(), 7, "{ours:?}");
        let theirs = carried(&customer_key(), operation, &[("x-amz-copy-source", "other/a.txt")]).0;
        assert_eq!(theirs.len(), 4, "{theirs:?}");
    }
    let owned = carried(&account(), "CopyObject", &[("x-amz-copy-source", "media/a.txt")]).0;
    assert!(owned.contains(&"x-amz-source-expected-bucket-owner: 123456789012".to_owned()), "{owned:?}");
}

#[test]
fn owner_and_payer_go_with_every_request() {
    let both = ["x-amz-expected-bucket-owner: 123456789012", "x-amz-request-payer: requester"];
    for operation in
        ["PutObject", "GetObject", "DeleteObjects", "ListObjectsV2", "UploadPart", "GetObjectAcl"]
    {
        assert_eq!(carried(&account(), operation, &[]).0, both, "{operation}");
    }
    assert_eq!(carried(&account(), "HeadBucket", &[]).0, both[..1]);
    assert!(carried(&account(), "CreateBucket", &[]).0.is_empty());
}

#[test]
fn what_a_call_says_itself_stays() {
    let own = [("x-amz-server-side-encryption", "AES256"), ("x-amz-expected-bucket-owner", "999999999999")];
    let keys = ServerKeys { encryption: Encryption::S3, kms_key_id: None, context: None, bucket_key: None };
    let values = EveryRequest { server_keys: Some(keys), ..account() };
    let (lines, _) = carried(&values, "PutObject", &own);
    assert!(lines.contains(&"x-amz-expected-bucket-owner: 999999999999".to_owned()), "{lines:?}");
    assert_eq!(lines.len(), 3, "{lines:?}");
}
