//! One header of another program, or of a server that gets it wrong, makes no file unreadable.

use holdall_core::{ErrorKind, Store};
use holdall_testing::s3_server::{Fault, FaultAction};

use crate::support::{BUCKET, builder, server, store};

/// Every header that a reply about an object can have, with values that nobody should store.
const HEADERS: [&str; 24] = [
    "cache-control",
    "content-disposition",
    "content-encoding",
    "content-language",
    "content-type",
    "etag",
    "expires",
    "last-modified",
    "accept-ranges",
    "x-amz-meta-note",
    "x-amz-missing-meta",
    "x-amz-tagging-count",
    "x-amz-mp-parts-count",
    "x-amz-storage-class",
    "x-amz-version-id",
    "x-amz-delete-marker",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-bucket-key-enabled",
    "x-amz-object-lock-mode",
    "x-amz-object-lock-retain-until-date",
    "x-amz-object-lock-legal-hold",
    "x-amz-website-redirect-location",
    "x-amz-expiration",
    "x-amz-restore",
];

const VALUES: [&[&[u8]]; 9] = [
    &[b""],
    &[b"never"],
    &[b"-1"],
    &[b"99999999999999999999"],
    &[b"caf\xe9.txt"],
    &["Grüße.txt".as_bytes()],
    &[b"\xff\xfe\x80"],
    &[b"a", b"b"],
    &[b"\xe9", b"\xfc"],
];

#[tokio::test(flavor = "multi_thread")]
async fn no_header_makes_a_file_unreadable() {
    let server = server().await;
    let store = Store::new(builder(&server).max_attempts(1).build().unwrap());
    store.save("a.txt", "hello").await.unwrap();
    for name in HEADERS {
        for values in VALUES {
            let headers = values.iter().map(|value| (name, value.to_vec())).collect();
            server.inject(Fault::new(FaultAction::ReplyHeaders { headers }));
            let what = format!("{name}: {values:?}");
            let file = store.open("a.txt").await.unwrap_or_else(|error| panic!("{what}: {error}"));
            // A checksum or tag that is another one would be an error of the bytes, which these headers do not touch.
            assert_eq!(file.bytes().await.unwrap_or_else(|error| panic!("{what}: {error}")), "hello");
            let part =
                store.open("a.txt").range(1..3).await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(part.bytes().await.unwrap(), "el", "{what}");
            let metadata = store.metadata("a.txt").await.unwrap_or_else(|error| panic!("{what}: {error}"));
            assert_eq!(metadata.size, 5, "{what}");
            assert!(store.exists("a.txt").await.unwrap(), "{what}");
            server.clear_faults();
        }
    }
}

#[tokio::test]
async fn text_is_read_as_utf8_or_latin1() {
    let server = server().await;
    let store = store(&server);
    store.save("a.txt", "hello").await.unwrap();
    let headers = vec![
        ("content-disposition", b"inline; filename=\"caf\xe9\"".to_vec()),
        ("x-amz-meta-note", "Grüße".as_bytes().to_vec()),
        ("content-type", b"".to_vec()),
        ("last-modified", b"yesterday".to_vec()),
        ("etag", b"no tag".to_vec()),
    ];
    server.inject(Fault::new(FaultAction::ReplyHeaders { headers }));
    let metadata = store.metadata("a.txt").await.unwrap();
    assert_eq!(metadata.attributes.content_disposition.as_deref(), Some("inline; filename=\"café\""));
    assert_eq!(metadata.attributes.user["note"], "Grüße");
    // It says nothing, so that the name does.
    assert_eq!(metadata.attributes.content_type.as_deref(), Some("text/plain"));
    assert_eq!(metadata.modified, std::time::UNIX_EPOCH);
    assert_eq!(metadata.etag, None);
}

/// Letters that this crate would not send are copied by the server itself, and encoded where it cannot.
#[tokio::test(flavor = "multi_thread")]
async fn a_copy_keeps_values_that_are_no_ascii() {
    let server = server().await;
    server.put_object(BUCKET, "a.txt", "hello");
    let store = Store::new(builder(&server).build().unwrap());
    let headers = || FaultAction::ReplyHeaders {
        headers: vec![
            ("x-amz-meta-note", b"caf\xe9".to_vec()),
            ("content-disposition", b"inline; filename=\"caf\xe9\"".to_vec()),
        ],
    };
    server.inject(Fault::new(headers()).operation("HeadObject").once());
    store.copy("a.txt", "b.txt").await.unwrap();
    let requests = server.requests();
    let copy = requests.iter().find(|request| request.operation == "CopyObject").unwrap();
    assert_eq!(copy.header("x-amz-metadata-directive"), Some("COPY"));
    assert_eq!(copy.header("x-amz-meta-note"), None);
    assert_eq!(copy.header("if-none-match"), Some("*"));
}

/// A control character is no HTTP at all. Trying again does not help, and the error does not say so.
#[tokio::test]
async fn what_is_no_http_is_said_to_be_none() {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let endpoint = format!("http://{}", listener.local_addr().unwrap());
    let serving = tokio::spawn(async move {
        loop {
            let (mut connection, _) = listener.accept().await.unwrap();
            let mut request = vec![0; 64 << 10];
            let _read = connection.read(&mut request).await;
            let reply =
                "HTTP/1.1 200 OK\r\netag: \"a\"\r\nx-amz-meta-note: a\u{1}b\r\ncontent-length: 0\r\n\r\n";
            let _written = connection.write_all(reply.as_bytes()).await;
        }
    });
    let storage = holdall_s3::S3Storage::builder(BUCKET).endpoint(endpoint).region("us-east-1");
    let storage = storage.access_key("a").secret_key("b").max_attempts(1).build().unwrap();
    let error = Store::new(storage).open("a.txt").await.unwrap_err();
    serving.abort();
    assert_eq!(error.kind(), ErrorKind::Other, "{error}");
    assert!(error.to_string().contains("no HTTP") && !error.is_retryable(), "{error}");
}
