//! Files that other programs stored, on servers with habits of their own, with the client of `object_store`.

use holdall_core::{ErrorKind, Store};
use holdall_object_store::{Connector, ObjectStoreStorage, Profile};
use holdall_testing::s3_server::{Fault, FaultAction, S3Server};
use object_store::client::HttpConnector;
use object_store::gcp::GoogleCloudStorageBuilder;

const BUCKET: &str = "media";

/// Google's client, unsigned, against our server, which speaks the same XML.
fn google(server: &S3Server, connector: impl HttpConnector) -> Store {
    let store = GoogleCloudStorageBuilder::new()
        .with_bucket_name(BUCKET)
        .with_base_url(&server.endpoint())
        .with_client_options(object_store::ClientOptions::new().with_allow_http(true))
        .with_skip_signature(true)
        .with_http_connector(connector)
        .build()
        .unwrap();
    Store::new(ObjectStoreStorage::builder(store, Profile::gcs()).build().unwrap())
}

/// A public object, packed, of a server with Google's habit.
async fn packed() -> (S3Server, Vec<u8>) {
    let server = S3Server::builder().credentials("AKIDCANARY", "secret").bucket(BUCKET);
    let server = server.decompress_unless_accepted(true).start().await.unwrap();
    // "hello", packed.
    let packed =
        vec![31, 139, 8, 0, 0, 0, 0, 0, 0, 255, 203, 72, 205, 201, 201, 7, 0, 134, 166, 16, 54, 5, 0, 0, 0];
    let store = object_store::aws::AmazonS3Builder::new()
        .with_bucket_name(BUCKET)
        .with_region("us-east-1")
        .with_endpoint(server.endpoint())
        .with_allow_http(true)
        .with_access_key_id("AKIDCANARY")
        .with_secret_access_key("secret")
        .with_client_options(
            object_store::ClientOptions::new().with_allow_http(true).with_default_headers(
                [(http::HeaderName::from_static("x-amz-acl"), http::HeaderValue::from_static("public-read"))]
                    .into_iter()
                    .collect(),
            ),
        )
        .build()
        .unwrap();
    let store = Store::new(ObjectStoreStorage::s3(store).build().unwrap());
    store.save("app.css", packed.clone()).content_encoding("gzip").overwrite().await.unwrap();
    (server, packed)
}

#[tokio::test]
async fn google_gives_the_stored_bytes() {
    let (server, packed) = packed().await;
    let store = google(&server, Connector::google());
    let file = store.open("app.css").await.unwrap();
    assert_eq!(file.size(), packed.len() as u64);
    assert_eq!(file.metadata().attributes.content_encoding.as_deref(), Some("gzip"));
    assert_eq!(file.bytes().await.unwrap(), packed);
    assert_eq!(store.open("app.css").range(3..9).await.unwrap().bytes().await.unwrap(), packed[3..9]);
    assert_eq!(store.metadata("app.css").await.unwrap().size, packed.len() as u64);
    // Without it the file cannot be read at all.
    let plain = google(&server, Connector::default());
    assert_ne!(plain.open("app.css").await.unwrap_err().kind(), ErrorKind::NotFound);
}

#[tokio::test]
async fn one_odd_header_makes_no_file_unreadable() {
    let (server, packed) = packed().await;
    let store = google(&server, Connector::google());
    for name in ["content-type", "content-disposition", "content-language", "cache-control", "last-modified"]
    {
        for value in [&b"caf\xe9"[..], "Grüße".as_bytes(), b"never"] {
            server.inject(Fault::new(FaultAction::ReplyHeaders { headers: vec![(name, value.to_vec())] }));
            let file =
                store.open("app.css").await.unwrap_or_else(|error| panic!("{name} {value:?}: {error}"));
            assert_eq!(file.bytes().await.unwrap(), packed, "{name} {value:?}");
            server.clear_faults();
        }
    }
    let headers = vec![("x-goog-meta-note", b"caf\xe9".to_vec())];
    server.inject(Fault::new(FaultAction::ReplyHeaders { headers }));
    assert_eq!(store.metadata("app.css").await.unwrap().attributes.user["note"], "café");
}
