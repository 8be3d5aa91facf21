//! The conformance suite on both servers, plain and below a location.

use std::sync::Arc;

use holdall_core::Store;
use holdall_s3::{ChecksumMode, S3Storage};
use holdall_testing::conformance::{Suite, suite};
use holdall_testing::s3_server::{S3FsServer, S3Server};

use crate::support::{BUCKET, SECRET, builder, server, store};

/// The suite, watching our server for open uploads.
fn on(server: &Arc<S3Server>) -> Suite {
    let server = Arc::clone(server);
    suite().secret(SECRET).leftovers(move || {
        let open = server.open_uploads(BUCKET).iter().map(|upload| format!("{upload:?}")).collect();
        async move { open }
    })
}

#[tokio::test(flavor = "multi_thread")]
async fn our_server() {
    let server = Arc::new(server().await);
    on(&server).run(&store(&server)).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn our_server_below_a_location() {
    let server = Arc::new(server().await);
    let store = Store::new(builder(&server).location("the/media").build().unwrap());
    on(&server).quick().run(&store.located("inner/place").unwrap()).await.assert();
    assert!(server.keys(BUCKET).is_empty());
}

/// `s3s-fs` and what it gets wrong; each reason was seen in its code or on the wire.
async fn s3s_fs() -> (S3FsServer, Store) {
    let server =
        S3FsServer::builder().credentials("AKIDCANARY", SECRET).bucket(BUCKET).start().await.unwrap();
    let storage = S3Storage::builder(BUCKET)
        .endpoint(server.endpoint())
        .region("us-east-1")
        .access_key(server.access_key())
        .secret_key(server.secret_key())
        .checksum_mode(ChecksumMode::WhenSupported)
        .build()
        .unwrap();
    (server, Store::new(storage))
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server() {
    let (_server, store) = s3s_fs().await;
    suite().secret(SECRET).run(&store).await.assert();
}

#[tokio::test(flavor = "multi_thread")]
async fn another_server_below_a_location() {
    let (_server, store) = s3s_fs().await;
    suite().quick().run(&store.located("inner/place").unwrap()).await.assert();
}
