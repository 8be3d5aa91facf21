//! The second server answers, under the same kind of keys.

use aws_sdk_s3::Client;
use aws_sdk_s3::primitives::ByteStream;
use holdall_testing::s3_server::S3FsServer;

use crate::{BUCKET, config};

#[tokio::test]
async fn s3s_fs_stores_and_returns() {
    let server = S3FsServer::builder().credentials("AKID", "secret").bucket(BUCKET).start().await.unwrap();
    let s3 = Client::from_conf(config(&server.endpoint(), "secret").build());
    s3.put_object().bucket(BUCKET).key("usr/k").body(ByteStream::from_static(b"x")).send().await.unwrap();
    let got = s3.get_object().bucket(BUCKET).key("usr/k").send().await.unwrap();
    assert_eq!(got.body.collect().await.unwrap().into_bytes(), "x");
    let operations: Vec<_> = server.requests().into_iter().map(|request| request.operation).collect();
    assert_eq!(operations, ["PutObject", "GetObject"]);
    assert!(server.root().join(BUCKET).join("usr/k").is_file());
    let root = server.root().to_owned();
    drop(server);
    assert!(!root.exists());
}
