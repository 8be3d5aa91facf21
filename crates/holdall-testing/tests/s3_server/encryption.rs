//! Encryption at rest: what is asked for comes back, and a customer's key is wanted wherever S3 wants it.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, CompletedMultipartUpload, CompletedPart, ServerSideEncryption};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use holdall_testing::s3_server::Encryption;
use s3s::crypto::{Checksum as _, Md5};

use crate::{BUCKET, client, http, refusal, server};

/// The MD5 of `content`.
const ETAG: &str = "\"9a0364b9e99bb480dd25e1f0284c8555\"";
const BODY: &[u8] = b"content";

/// A customer's key and its MD5, as the headers have them.
fn key(byte: u8) -> (String, String) {
    let raw = [byte; 32];
    (STANDARD.encode(raw), STANDARD.encode(Md5::checksum(&raw)))
}

/// Adds the three headers to a request builder.
macro_rules! with_key {
    ($request:expr, $key:expr) => {{
        let (key, md5) = $key;
        $request.sse_customer_algorithm("AES256").sse_customer_key(key).sse_customer_key_md5(md5)
    }};
}

macro_rules! with_source_key {
    ($request:expr, $key:expr) => {{
        let (key, md5) = $key;
        $request
            .copy_source_sse_customer_algorithm("AES256")
            .copy_source_sse_customer_key(key)
            .copy_source_sse_customer_key_md5(md5)
    }};
}

#[tokio::test]
async fn s3_s_own_keys_are_the_default_and_kms_is_given_back() {
    let server = server().await;
    let s3 = client(&server);
    let put = |key: &str| s3.put_object().bucket(BUCKET).key(key).body(ByteStream::from_static(BODY));
    let plain = put("plain").send().await.unwrap();
    assert_eq!(plain.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
    let asked = put("asked").server_side_encryption(ServerSideEncryption::Aes256).send().await.unwrap();
    assert_eq!(asked.e_tag(), Some(ETAG));

    let kms = put("kms").server_side_encryption(ServerSideEncryption::AwsKms).ssekms_key_id("my-key");
    let kms = kms.bucket_key_enabled(true).send().await.unwrap();
    let arn = "arn:aws:kms:us-east-1:123456789012:key/my-key";
    assert_eq!(
        (kms.server_side_encryption(), kms.ssekms_key_id()),
        (Some(&ServerSideEncryption::AwsKms), Some(arn))
    );
    assert_ne!(kms.e_tag(), Some(ETAG), "the entity tag is no MD5 there");
    let head = s3.head_object().bucket(BUCKET).key("kms").send().await.unwrap();
    assert_eq!(
        (head.ssekms_key_id(), head.bucket_key_enabled(), head.e_tag()),
        (Some(arn), Some(true), kms.e_tag())
    );
    let got = s3.get_object().bucket(BUCKET).key("kms").send().await.unwrap();
    assert_eq!(got.server_side_encryption(), Some(&ServerSideEncryption::AwsKms));
    let stored = server.object(BUCKET, "kms").unwrap().encryption;
    assert_eq!(stored, Encryption::Kms { key_id: arn.into(), dual_layer: false, bucket_key: true });

    // A copy has the encryption that it asks for, not that of its source.
    let copy = s3
        .copy_object()
        .bucket(BUCKET)
        .key("copy")
        .copy_source(format!("{BUCKET}/kms"))
        .send()
        .await
        .unwrap();
    assert_eq!(copy.server_side_encryption(), Some(&ServerSideEncryption::Aes256));
    assert_eq!(copy.copy_object_result().unwrap().e_tag(), Some(ETAG));
    let onto_itself = s3.copy_object().bucket(BUCKET).key("copy").copy_source(format!("{BUCKET}/copy"));
    onto_itself.server_side_encryption(ServerSideEncryption::AwsKms).send().await.unwrap();

    let unfit = put("x").ssekms_key_id("my-key").send().await;
    assert_eq!(refusal(unfit), (400, "InvalidArgument".into()));
    let header = [("x-amz-server-side-encryption", "AES256")];
    let url = format!("{}/{BUCKET}/plain", server.endpoint());
    assert_eq!(http::send("GET", &url, &header, b"").await.unwrap().status, 400);
}

#[tokio::test]
async fn a_customer_s_key_is_wanted_for_every_read() {
    let server = server().await;
    let s3 = client(&server);
    let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(BODY));
    let put = with_key!(put, key(1)).send().await.unwrap();
    assert_eq!(
        (put.sse_customer_algorithm(), put.sse_customer_key_md5()),
        (Some("AES256"), Some(key(1).1.as_str()))
    );
    assert_eq!(put.server_side_encryption(), None);
    assert_ne!(put.e_tag(), Some(ETAG));
    let stored = server.object(BUCKET, "k").unwrap();
    assert_eq!(stored.encryption, Encryption::Customer { key_md5: key(1).1 });

    let get = || s3.get_object().bucket(BUCKET).key("k");
    let head = || s3.head_object().bucket(BUCKET).key("k");
    let got = with_key!(get(), key(1)).send().await.unwrap();
    assert_eq!(got.sse_customer_key_md5(), Some(key(1).1.as_str()));
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), BODY);
    with_key!(head(), key(1)).send().await.unwrap();

    assert_eq!(refusal(get().send().await), (400, "InvalidRequest".into()));
    assert_eq!(refusal(head().send().await).0, 400);
    assert_eq!(refusal(with_key!(get(), key(2)).send().await), (403, "AccessDenied".into()));
    assert_eq!(refusal(with_key!(head(), key(2)).send().await).0, 403);
    server.put_object(BUCKET, "plain", "x");
    let unfit = with_key!(s3.get_object().bucket(BUCKET).key("plain"), key(1)).send().await;
    assert_eq!(refusal(unfit), (400, "InvalidRequest".into()));
}

#[tokio::test]
async fn a_customer_s_key_must_be_well_formed() {
    let server = server().await;
    let s3 = client(&server);
    let (good, md5) = key(1);
    let short = STANDARD.encode([1_u8; 16]);
    let invalid = "InvalidArgument";
    for (algorithm, key, md5, code) in [
        (Some("AES256"), Some(good.as_str()), Some(md5.as_str()), None),
        (Some("AES128"), Some(&good), Some(&md5), Some("InvalidEncryptionAlgorithmError")),
        (None, Some(&good), Some(&md5), Some(invalid)),
        (Some("AES256"), None, None, Some(invalid)),
        (Some("AES256"), Some(&short), Some(&md5), Some(invalid)),
        (Some("AES256"), Some(&good), Some("bm90IHRoZSBNRDUgb2YgaQ=="), Some(invalid)),
    ] {
        let put =
            s3.put_object().bucket(BUCKET).key("k").set_sse_customer_algorithm(algorithm.map(str::to_owned));
        let put =
            put.set_sse_customer_key(key.map(str::to_owned)).set_sse_customer_key_md5(md5.map(str::to_owned));
        let sent = put.send().await;
        match code {
            None => assert!(sent.is_ok()),
            Some(code) => assert_eq!(refusal(sent), (400, code.into()), "{algorithm:?} {key:?} {md5:?}"),
        }
    }
    // (The SDK computes a missing MD5 itself, so this one goes without it.)
    let url = format!("{}/{BUCKET}/k", server.endpoint());
    let headers = [
        ("x-amz-server-side-encryption-customer-algorithm", "AES256"),
        ("x-amz-server-side-encryption-customer-key", good.as_str()),
    ];
    let acl = s3.put_object().bucket(BUCKET).key("k").acl(aws_sdk_s3::types::ObjectCannedAcl::PublicRead);
    acl.send().await.unwrap();
    assert_eq!(http::send("GET", &url, &headers, b"").await.unwrap().status, 400);
    let both = s3.put_object().bucket(BUCKET).key("k").server_side_encryption(ServerSideEncryption::AwsKms);
    assert_eq!(refusal(with_key!(both, key(1)).send().await), (400, invalid.into()));
}

async fn upload(s3: &Client, declared: Option<ChecksumAlgorithm>) -> (String, CompletedMultipartUpload) {
    let create = s3.create_multipart_upload().bucket(BUCKET).key("parts").set_checksum_algorithm(declared);
    let created = with_key!(create, key(1)).send().await.unwrap();
    assert_eq!(created.sse_customer_key_md5(), Some(key(1).1.as_str()));
    let id = created.upload_id().unwrap().to_owned();
    let part = || {
        let part = s3.upload_part().bucket(BUCKET).key("parts").upload_id(&id).part_number(1);
        part.body(ByteStream::from_static(BODY))
    };
    assert_eq!(refusal(part().send().await), (400, "InvalidRequest".into()));
    assert_eq!(refusal(with_key!(part(), key(2)).send().await), (400, "InvalidRequest".into()));
    let part = with_key!(part(), key(1)).send().await.unwrap();
    assert_eq!(part.sse_customer_algorithm(), Some("AES256"));
    let part = CompletedPart::builder().part_number(1).e_tag(part.e_tag().unwrap()).build();
    (id, CompletedMultipartUpload::builder().parts(part).build())
}

#[tokio::test]
async fn every_part_and_a_checked_completion_want_the_key() {
    let server = server().await;
    let s3 = client(&server);
    let complete = |id: &str, parts: CompletedMultipartUpload| {
        s3.complete_multipart_upload().bucket(BUCKET).key("parts").upload_id(id).multipart_upload(parts)
    };
    let (id, parts) = upload(&s3, None).await;
    complete(&id, parts).send().await.unwrap();
    assert_eq!(
        server.object(BUCKET, "parts").unwrap().encryption,
        Encryption::Customer { key_md5: key(1).1 }
    );

    let (id, parts) = upload(&s3, Some(ChecksumAlgorithm::Crc64Nvme)).await;
    assert_eq!(refusal(complete(&id, parts.clone()).send().await), (400, "InvalidRequest".into()));
    with_key!(complete(&id, parts), key(1)).send().await.unwrap();

    let plain = s3.create_multipart_upload().bucket(BUCKET).key("plain").send().await.unwrap();
    let part =
        s3.upload_part().bucket(BUCKET).key("plain").upload_id(plain.upload_id().unwrap()).part_number(1);
    assert_eq!(refusal(with_key!(part, key(1)).send().await), (400, "InvalidRequest".into()));
}

#[tokio::test]
async fn a_copy_wants_the_key_of_its_source() {
    let server = server().await;
    let s3 = client(&server);
    let put = s3.put_object().bucket(BUCKET).key("k").body(ByteStream::from_static(BODY));
    with_key!(put, key(1)).send().await.unwrap();
    let copy = || s3.copy_object().bucket(BUCKET).key("to").copy_source(format!("{BUCKET}/k"));
    assert_eq!(refusal(copy().send().await), (400, "InvalidRequest".into()));
    assert_eq!(refusal(with_source_key!(copy(), key(2)).send().await), (403, "AccessDenied".into()));
    with_source_key!(copy(), key(1)).send().await.unwrap();
    assert_eq!(server.object(BUCKET, "to").unwrap().encryption, Encryption::S3);
    let rekeyed = with_key!(with_source_key!(copy(), key(1)), key(2)).send().await.unwrap();
    assert_eq!(rekeyed.sse_customer_key_md5(), Some(key(2).1.as_str()));

    let created = s3.create_multipart_upload().bucket(BUCKET).key("parts").send().await.unwrap();
    let part = || {
        let part = s3.upload_part_copy().bucket(BUCKET).key("parts").upload_id(created.upload_id().unwrap());
        part.part_number(1).copy_source(format!("{BUCKET}/k"))
    };
    assert_eq!(refusal(part().send().await), (400, "InvalidRequest".into()));
    with_source_key!(part(), key(1)).send().await.unwrap();
}
