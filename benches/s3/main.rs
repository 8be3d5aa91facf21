//! `S3Storage` against the bare SDK client, on the in-memory S3 server in a process of its own.
//!
//! The bare client does the same work as well as the SDK lets one do it: one pooled client, bodies from memory,
//! no checksums, the same parts and the same concurrency, which is searched for first. The server writes with
//! `TCP_NODELAY`; without it every small reply would cost a delayed acknowledgement, on both sides alike.
//!
//! `HOLDALL_BENCH_ONLY=small`, `large` or `keys` runs one of the rooms, for a profiler.

mod keys;
mod large;
mod plain;
mod requests;
mod small;

use bytes::Bytes;
use holdall_benches::{Part, print_head};
use holdall_core::{Error, Result, Store};
use holdall_s3::S3Storage;
use holdall_testing::s3_server::S3Server;

use crate::plain::Plain;

const BUCKET: &str = "bench";
const KEYS: (&str, &str) = ("bench-access", "bench-secret");
/// What is there to be listed.
const LISTED: u32 = 10_000;
/// What is there to be downloaded.
const LARGE: usize = 1 << 30;

#[tokio::main]
async fn main() -> Result<()> {
    if Part::of_this_process().is_some() {
        return serve().await;
    }
    requests::print().await?;
    let server = Part::start("server", &[]).map_err(Error::from_io)?;
    let plain = Plain::new(&server.greeting);
    let storage = storage(&server.greeting)?;
    let store = Store::new(storage.clone());
    let only = std::env::var("HOLDALL_BENCH_ONLY").ok();
    let wanted = |room: &str| only.as_deref().is_none_or(|only| only == room);
    print_head("S3: S3Storage against the bare aws-sdk-s3 client");
    if wanted("small") {
        Box::pin(small::compare(&plain, &store)).await?;
    }
    if wanted("keys") {
        keys::compare(&plain, &store).await?;
    }
    if wanted("large") {
        Box::pin(large::compare(&plain, &store, &storage)).await?;
    }
    Ok(())
}

fn storage(endpoint: &str) -> Result<S3Storage> {
    S3Storage::builder(BUCKET)
        .region("us-east-1")
        .endpoint(endpoint)
        .access_key(KEYS.0)
        .secret_key(KEYS.1)
        .build()
}

/// The server's part: prints its endpoint and serves until it is ended.
async fn serve() -> Result<()> {
    let server = S3Server::builder().credentials(KEYS.0, KEYS.1).bucket(BUCKET).start().await;
    let server = server.map_err(Error::from_io)?;
    for number in 0..LISTED {
        server.put_object(BUCKET, keys::listed(number), "x");
    }
    server.put_object(BUCKET, large::DOWN, Bytes::from(vec![b'x'; LARGE]));
    println!("{}", server.endpoint());
    std::future::pending::<()>().await;
    drop(server);
    Ok(())
}
