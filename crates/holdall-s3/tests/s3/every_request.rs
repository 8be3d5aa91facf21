//! Headers of every request, as the server sees them: encryption, the bucket's owner, the payer.

use holdall_core::{ErrorKind, Store};
use holdall_s3::Encryption;
use holdall_testing::s3_server::S3Server;

use crate::support::{BUCKET, MIB, builder, noise, server, stream_of};

const KEY: [u8; 32] = *b"a canary key of thirty-two bytes";
const OWN_KEY: &str = "x-amz-server-side-encryption-customer-key";

/// Every verb that reads or writes a file once, small and in parts.
async fn use_it(store: &Store) {
    let large = noise(11 * MIB);
    store.save("a.txt", "hello").await.unwrap();
    store.save("a.txt", "hello again").await.unwrap();
    store.save("b.bin", stream_of(&large)).await.unwrap();
    store.copy("a.txt", "c.txt").await.unwrap();
    store.rename("c.txt", "d.txt").await.unwrap();
    assert_eq!(store.open("d.txt").await.unwrap().text().await.unwrap(), "hello");
    assert_eq!(store.open("b.bin").await.unwrap().bytes().await.unwrap(), large);
    assert_eq!(store.metadata("b.bin").await.unwrap().size, large.len() as u64);
    assert!(store.exists("a.txt").await.unwrap() && !store.exists("e.txt").await.unwrap());
    assert_eq!(store.listdir("").await.unwrap().files.len(), 4);
    store.delete("a.txt").await.unwrap();
}

/// The operations whose requests had that header, and those that had not, each once.
fn with_and_without(server: &S3Server, header: &str) -> (Vec<String>, Vec<String>) {
    let (with, without): (Vec<_>, Vec<_>) =
        server.requests().into_iter().partition(|request| request.header(header).is_some());
    let names = |requests: Vec<holdall_testing::s3_server::LoggedRequest>| {
        let mut names: Vec<_> = requests.into_iter().map(|request| request.operation).collect();
        names.sort();
        names.dedup();
        names
    };
    (names(with), names(without))
}

#[tokio::test]
async fn writes_ask_for_encryption_and_nothing_else_does() {
    let server = server().await;
    let settings = builder(&server)
        .encryption(Encryption::Kms)
        .kms_key_id("alias/uploads")
        .kms_context("site", "7")
        .bucket_key(true);
    let store = Store::new(settings.build().unwrap());
    use_it(&store).await;
    let (with, without) = with_and_without(&server, "x-amz-server-side-encryption");
    assert_eq!(with, ["CopyObject", "CreateMultipartUpload", "PutObject"]);
    for operation in ["UploadPart", "CompleteMultipartUpload", "GetObject", "HeadObject", "DeleteObject"] {
        assert!(without.contains(&operation.to_owned()), "{operation} in {without:?}");
    }
    let requests = server.requests();
    let put = requests.iter().find(|request| request.operation == "PutObject").unwrap();
    assert_eq!(put.header("x-amz-server-side-encryption"), Some("aws:kms"));
    assert_eq!(put.header("x-amz-server-side-encryption-aws-kms-key-id"), Some("alias/uploads"));
    assert_eq!(put.header("x-amz-server-side-encryption-context"), Some("eyJzaXRlIjoiNyJ9"));
    assert_eq!(put.header("x-amz-server-side-encryption-bucket-key-enabled"), Some("true"));
}

#[tokio::test]
async fn under_a_customer_key_every_verb_works_and_nobody_else_can_read() {
    let server = server().await;
    let store = Store::new(builder(&server).customer_key(KEY).build().unwrap());
    use_it(&store).await;
    let (with, without) = with_and_without(&server, OWN_KEY);
    for operation in [
        "CompleteMultipartUpload",
        "CopyObject",
        "CreateMultipartUpload",
        "GetObject",
        "HeadObject",
        "PutObject",
        "UploadPart",
    ] {
        assert!(with.contains(&operation.to_owned()), "{operation} in {with:?}");
        assert!(!without.contains(&operation.to_owned()), "{operation} in {without:?}");
    }

    let keyless = Store::new(builder(&server).build().unwrap());
    let error = keyless.open("d.txt").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::InvalidConfig, "{error}");
    assert!(error.to_string().contains("customer_key"), "{error}");
    let other = Store::new(builder(&server).customer_key([7; 32]).build().unwrap());
    let error = other.open("d.txt").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied, "{error}");
    assert!(error.to_string().contains("customer_key"), "{error}");
}

#[tokio::test]
async fn there_are_no_links_to_what_is_under_a_customer_key() {
    let server = server().await;
    let store = Store::new(builder(&server).customer_key(KEY).build().unwrap());
    assert!(!store.capabilities().signed_url && !store.capabilities().public_url);
    let error = store.url("a.txt").await.unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
    assert!(error.to_string().contains("customer key"), "{error}");
    assert!(server.requests().is_empty());
}

#[tokio::test]
async fn owner_and_payer_go_with_every_request_and_with_signed_urls() {
    let server = server().await;
    let settings = builder(&server).expected_bucket_owner("123456789012").requester_pays(true);
    let store = Store::new(settings.build().unwrap());
    let url = store.url("a.txt").await.unwrap();
    for part in ["x-amz-expected-bucket-owner=123456789012", "x-amz-request-payer=requester"] {
        assert!(url.as_str().contains(part), "{part}");
    }
    assert!(url.as_str().contains("X-Amz-SignedHeaders=host&"), "whoever has the link sends nothing with it");

    // The server's bucket belongs to somebody else or to nobody: only what is sent matters here.
    let _ = store.save("a.txt", "hello").await;
    let _ = store.save("b.bin", stream_of(&noise(11 * MIB))).overwrite().await;
    let _ = store.open("a.txt").await;
    let _ = store.copy("a.txt", "b.txt").await;
    let _ = store.listdir("").await;
    let _ = store.delete("a.txt").await;
    let requests = server.requests();
    assert!(requests.len() >= 6, "{requests:?}");
    for request in &requests {
        let operation = &request.operation;
        assert_eq!(request.header("x-amz-expected-bucket-owner"), Some("123456789012"), "{operation}");
        assert_eq!(request.header("x-amz-request-payer"), Some("requester"), "{operation}");
        assert_eq!(request.bucket.as_deref(), Some(BUCKET));
    }
}
