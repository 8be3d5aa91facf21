//! The parts that the tests share: a server, a store on it, bytes, and a plain HTTP client.

use std::time::{Duration, Instant};

use bytes::Bytes;
use holdall_core::Store;
use holdall_s3::{ChecksumMode, S3Storage, S3StorageBuilder};
use holdall_testing::s3_server::{S3Server, S3ServerBuilder};
use http_body_util::{BodyExt as _, Empty};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

/// The bucket of every server here.
pub(crate) const BUCKET: &str = "media";
/// May appear in no error, `Debug` or `Display`.
pub(crate) const SECRET: &str = "canary-secret-4711";
/// Mebibytes.
pub(crate) const MIB: usize = 1 << 20;

/// A server with one empty bucket, before it starts.
pub(crate) fn configured() -> S3ServerBuilder {
    S3Server::builder().credentials("AKIDCANARY", SECRET).bucket(BUCKET)
}

/// A server with one empty bucket.
pub(crate) async fn server() -> S3Server {
    configured().start().await.expect("a free port")
}

/// Settings for a bucket of a server there, with the keys that every server of these tests has.
pub(crate) fn at(endpoint: impl Into<String>, bucket: &str) -> S3StorageBuilder {
    S3Storage::builder(bucket)
        .endpoint(endpoint)
        .region("us-east-1")
        .access_key("AKIDCANARY")
        .secret_key(SECRET)
}

/// Settings for that server: checksums as at AWS, retries as by default but without the wait.
pub(crate) fn builder(server: &S3Server) -> S3StorageBuilder {
    at(server.endpoint(), BUCKET)
        .checksum_mode(ChecksumMode::WhenSupported)
        // Nothing is to be asked before the requests that a test counts.
        .conditional_writes(true)
        .conditional_copies(true)
        .conditional_deletes(false)
        .retry_backoff(Duration::from_millis(1))
}

/// A store on that server.
pub(crate) fn store(server: &S3Server) -> Store {
    Store::new(builder(server).build().expect("good settings"))
}

/// Bytes that no two positions of share a pattern by accident.
pub(crate) fn noise(length: usize) -> Bytes {
    let mut state = 0x2545_F491_4F6C_DD1D_u64;
    std::iter::repeat_with(|| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state.to_be_bytes()[3]
    })
    .take(length)
    .collect()
}

/// The same bytes as a stream of unknown length.
pub(crate) fn stream_of(bytes: &Bytes) -> holdall_core::Content<'static> {
    let chunks: Vec<_> = bytes.chunks(300_000).map(|chunk| Ok(Bytes::copy_from_slice(chunk))).collect();
    holdall_core::Content::stream(futures_util::stream::iter::<Vec<Result<Bytes, std::io::Error>>>(chunks))
}

/// Polls until the condition holds.
pub(crate) async fn eventually(what: &str, condition: impl Fn() -> bool) {
    let begin = Instant::now();
    while !condition() {
        assert!(begin.elapsed() < Duration::from_secs(30), "it never happened: {what}");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

/// A reply as a browser would see it.
pub(crate) struct Fetched {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Bytes,
}

impl Fetched {
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(header, _)| header == name).map(|(_, value)| value.as_str())
    }
}

/// Fetches a URL with a client that knows nothing of S3.
pub(crate) async fn fetch(method: &str, url: &str) -> Fetched {
    fetch_with(method, url, &[]).await
}

/// Asks what a page of that origin may do, as a browser does before it does it.
pub(crate) async fn preflight(url: &str, origin: &str, method: &str, headers: &str) -> Fetched {
    let mut sent = vec![("origin", origin), ("access-control-request-method", method)];
    if !headers.is_empty() {
        sent.push(("access-control-request-headers", headers));
    }
    fetch_with("OPTIONS", url, &sent).await
}

async fn fetch_with(method: &str, url: &str, headers: &[(&str, &str)]) -> Fetched {
    let client = Client::builder(TokioExecutor::new()).build_http::<Empty<Bytes>>();
    let request = hyper::Request::builder().method(method).uri(url);
    let request = headers.iter().fold(request, |request, (name, value)| request.header(*name, *value));
    let request = request.body(Empty::new()).expect("a request");
    let reply = client.request(request).await.expect("a reply");
    let status = reply.status().as_u16();
    let headers = reply
        .headers()
        .iter()
        .map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()))
        .collect();
    let body = reply.into_body().collect().await.expect("a body").to_bytes();
    Fetched { status, headers, body }
}
