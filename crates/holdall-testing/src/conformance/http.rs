//! HTTP as a browser would speak it, for the cases about signed URLs and direct uploads.
//!
//! The suite itself knows no HTTP client: who runs it gives one with
//! [`Suite::http`](super::Suite::http), as small as can be.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use bytes::Bytes;
use futures_util::future::BoxFuture;
use holdall_core::{UploadMethod, UploadRequest};

/// A request that a case wants to be sent.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct HttpRequest {
    /// `GET`, `HEAD`, `PUT` or `POST`.
    pub method: String,
    /// The absolute URL.
    pub url: String,
    /// Headers with names in lower case. The length of the body is not among them: clients set it themselves.
    pub headers: BTreeMap<String, String>,
    /// The body.
    pub body: Bytes,
}

/// What came back.
#[derive(Debug, Clone)]
pub struct HttpReply {
    /// The status.
    pub status: u16,
    /// The body.
    pub body: Bytes,
}

/// Sends a request.
#[derive(Clone)]
pub(super) struct Http(pub(super) Arc<dyn Fn(HttpRequest) -> BoxFuture<'static, HttpReply> + Send + Sync>);

impl fmt::Debug for Http {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Http")
    }
}

tokio::task_local! {
    /// The client of the case that runs: cases take a store and nothing else.
    static HTTP: Http;
}

/// Runs a case with that client.
pub(super) async fn with<T>(http: Option<Http>, case: impl Future<Output = T>) -> T {
    match http {
        Some(http) => HTTP.scope(http, case).await,
        None => case.await,
    }
}

/// Sends a request. The suite skips cases that call this where there is no client.
pub(super) async fn send(
    method: &str,
    url: &str,
    headers: &BTreeMap<String, String>,
    body: impl Into<Bytes>,
) -> HttpReply {
    let http = HTTP.with(Clone::clone);
    let mut headers = headers.clone();
    headers.remove("content-length");
    (http.0)(HttpRequest { method: method.to_owned(), url: url.to_owned(), headers, body: body.into() }).await
}

/// Uploads as a page would: the file is the body, or the last part of a form.
pub(super) async fn upload(request: &UploadRequest, content: &[u8]) -> HttpReply {
    if request.method == UploadMethod::Put {
        return send("PUT", &request.url, &request.headers, content.to_vec()).await;
    }
    let boundary = "----conformance-suite-form";
    let mut body = Vec::new();
    let file = [("file\"; filename=\"any.bin", content)];
    let fields = request.fields.iter().map(|(name, value)| (name.as_str(), value.as_bytes()));
    for (name, value) in fields.chain(file) {
        let head = format!("--{boundary}\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n");
        body.extend_from_slice(head.as_bytes());
        body.extend_from_slice(value);
        body.extend_from_slice(b"\r\n");
    }
    body.extend_from_slice(format!("--{boundary}--\r\n").as_bytes());
    let mut headers = request.headers.clone();
    headers.insert("content-type".to_owned(), format!("multipart/form-data; boundary={boundary}"));
    send("POST", &request.url, &headers, body).await
}
