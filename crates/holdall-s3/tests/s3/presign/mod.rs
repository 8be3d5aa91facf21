//! Signed requests: compared with boto3's, changed in every place, sent by clients that know nothing of S3.

mod forms;
mod golden;
mod hosts;
mod life;
mod parts;
mod tampering;
mod uploads;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use holdall_core::{UploadMethod, UploadRequest};
use http_body_util::{BodyExt as _, Full};
use hyper_util::client::legacy::Client;
use hyper_util::rt::TokioExecutor;

use crate::support::Fetched;

/// Seconds since the epoch, set by hand.
#[derive(Debug, Clone)]
struct Clock(Arc<AtomicU64>);

impl Clock {
    fn at(seconds: u64) -> Self {
        Self(Arc::new(AtomicU64::new(seconds)))
    }

    fn set(&self, seconds: u64) {
        self.0.store(seconds, Ordering::SeqCst);
    }
}

impl holdall_s3::sdk::TimeSource for Clock {
    fn now(&self) -> SystemTime {
        at(self.0.load(Ordering::SeqCst))
    }
}

fn at(seconds: u64) -> SystemTime {
    SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
}

/// Sends a request, with nothing but what is given.
pub(crate) async fn send(
    method: &str,
    url: &str,
    headers: &BTreeMap<String, String>,
    body: impl Into<Bytes>,
) -> Fetched {
    let mut request = hyper::Request::builder().method(method).uri(url);
    // As in a browser, the length comes from the body.
    for (name, value) in headers.iter().filter(|(name, _)| *name != "content-length") {
        request = request.header(name, value);
    }
    let request = request.body(Full::new(body.into())).expect("a request");
    let client = Client::builder(TokioExecutor::new()).build_http::<Full<Bytes>>();
    let reply = client.request(request).await.expect("a reply");
    let status = reply.status().as_u16();
    let headers = reply.headers().iter();
    let headers =
        headers.map(|(name, value)| (name.to_string(), value.to_str().unwrap_or_default().to_owned()));
    let headers = headers.collect();
    let body = reply.into_body().collect().await.expect("a body").to_bytes();
    Fetched { status, headers, body }
}

/// A form as a browser sends it, the file last.
fn form(fields: &BTreeMap<String, String>, file_name: &str, content: &[u8]) -> (String, Vec<u8>) {
    const BOUNDARY: &str = "----a-boundary-that-is-in-no-field";
    let mut body = Vec::new();
    let mut part = |name: &str, value: &[u8]| {
        let head = format!("--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(&[head.as_bytes(), value, b"\r\n"].concat());
    };
    for (name, value) in fields {
        part(name, value.as_bytes());
    }
    part(&format!("file\"; filename=\"{file_name}"), content);
    body.extend_from_slice(format!("--{BOUNDARY}--\r\n").as_bytes());
    (format!("multipart/form-data; boundary={BOUNDARY}"), body)
}

/// Uploads as the documentation of `UploadRequest` does it.
pub(crate) async fn upload(request: &UploadRequest, content: &[u8]) -> Fetched {
    if request.method == UploadMethod::Put {
        return send("PUT", &request.url, &request.headers, content.to_vec()).await;
    }
    let (content_type, body) = form(&request.fields, "any.bin", content);
    send("POST", &request.url, &[("content-type".to_owned(), content_type)].into(), body).await
}
