//! `S3Storage` against the bare SDK client, on the in-memory S3 server in a process of its own.

use std::sync::Arc;

use aws_sdk_s3::config::{BehaviorVersion, Credentials, Region, RequestChecksumCalculation};
use aws_sdk_s3::primitives::ByteStream;
use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _};
use holdall_benches::{Comparison, Part, print_head};
use holdall_core::{Result, Store};
use holdall_s3::S3Storage;
use holdall_testing::s3_server::S3Server;

const SIZE: usize = 10 * 1024;
const OBJECTS: u32 = 1_000;
const CONCURRENCY: usize = 32;
const ROUNDS: u32 = 5;
const BUCKET: &str = "bench";
const KEYS: (&str, &str) = ("bench-access", "bench-secret");

#[tokio::main]
async fn main() -> Result<()> {
    if Part::of_this_process().is_some() {
        return serve().await;
    }
    let server = Part::start("server", &[]).map_err(holdall_core::Error::from_io)?;
    let client = bare_client(&server.greeting);
    let storage = S3Storage::builder(BUCKET)
        .region("us-east-1")
        .endpoint(&server.greeting)
        .access_key(KEYS.0)
        .secret_key(KEYS.1)
        .build()?;
    let store = Arc::new(Store::new(storage));
    let content = Bytes::from(vec![b'x'; SIZE]);

    print_head("S3: S3Storage against the bare aws-sdk-s3 client");
    let mut saving =
        Comparison::new(format!("save {OBJECTS} objects of 10 KiB, {CONCURRENCY} at once"), OBJECTS);
    let mut opening =
        Comparison::new(format!("open and read {OBJECTS} of 10 KiB, {CONCURRENCY} at once"), OBJECTS);
    for round in 0..ROUNDS {
        let key = |side: &str, number: u32| format!("{side}/{round}/{number}.bin");
        saving
            .plain(futures_util::stream::iter(0..OBJECTS).for_each_concurrent(CONCURRENCY, |number| {
                let put = client.put_object().bucket(BUCKET).key(key("plain", number));
                let put =
                    put.content_type("application/octet-stream").body(ByteStream::from(content.clone()));
                async move { drop(put.send().await.expect("stored")) }
            }))
            .await;
        saving
            .holdall(futures_util::stream::iter((0..OBJECTS).map(Ok)).try_for_each_concurrent(
                CONCURRENCY,
                |number| {
                    let (store, name, content) =
                        (Arc::clone(&store), key("holdall", number), content.clone());
                    async move { store.save(name, content).await.map(drop) }
                },
            ))
            .await?;
        opening
            .plain(futures_util::stream::iter(0..OBJECTS).for_each_concurrent(CONCURRENCY, |number| {
                let get = client.get_object().bucket(BUCKET).key(key("plain", number));
                async move {
                    let body = get.send().await.expect("found").body.collect().await.expect("whole");
                    assert_eq!(body.into_bytes().len(), SIZE);
                }
            }))
            .await;
        opening
            .holdall(
                futures_util::stream::iter((0..OBJECTS).map(Ok)).try_for_each_concurrent(
                    CONCURRENCY,
                    |number| {
                        let (store, name) = (Arc::clone(&store), key("holdall", number));
                        async move {
                            store.open(name).await?.bytes().await.map(|body| assert_eq!(body.len(), SIZE))
                        }
                    },
                ),
            )
            .await?;
    }
    saving.print();
    opening.print();
    Ok(())
}

/// The server's part: prints its endpoint and serves until it is ended.
async fn serve() -> Result<()> {
    let server = S3Server::builder().credentials(KEYS.0, KEYS.1).bucket(BUCKET).start().await;
    let server = server.map_err(holdall_core::Error::from_io)?;
    println!("{}", server.endpoint());
    std::future::pending::<()>().await;
    drop(server);
    Ok(())
}

fn bare_client(endpoint: &str) -> aws_sdk_s3::Client {
    let config = aws_sdk_s3::Config::builder()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("us-east-1"))
        .endpoint_url(endpoint)
        .force_path_style(true)
        .request_checksum_calculation(RequestChecksumCalculation::WhenRequired)
        .credentials_provider(Credentials::new(KEYS.0, KEYS.1, None, None, "bench"))
        .build();
    aws_sdk_s3::Client::from_conf(config)
}
