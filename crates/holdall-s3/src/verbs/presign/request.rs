//! Any request for one object, as boto3's `generate_presigned_url` has it.

use std::fmt;
use std::time::{Duration, SystemTime};

use holdall_core::{Error, ErrorKind, IntoName, Name, Result};

use super::sign::{Headers, ToSign};
use crate::wire::client::Inner;

/// The method of a signed request. A signature grants one method and no other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum PresignMethod {
    /// Read the object, or one of its subresources.
    Get,
    /// Read its headers.
    Head,
    /// Write it, or one of its subresources.
    Put,
    /// Delete it.
    Delete,
}

impl PresignMethod {
    /// `GET`, `HEAD`, `PUT` or `DELETE`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Get => "GET",
            Self::Head => "HEAD",
            Self::Put => "PUT",
            Self::Delete => "DELETE",
        }
    }
}

impl fmt::Display for PresignMethod {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

/// A request to be signed, for [`S3Storage::presign`](crate::S3Storage::presign): a method, a name below the
/// storage's location, and the parameters of S3's API as it spells them.
///
/// `url` and `upload_request` are the calls for everyday use: they bind what must be bound. This one signs
/// exactly these parameters and headers.
///
/// ```
/// use std::time::Duration;
///
/// use holdall_s3::{PresignRequest, S3Storage};
///
/// # #[tokio::main(flavor = "current_thread")] async fn main() -> holdall_core::Result<()> {
/// let storage = S3Storage::builder("my-site")
///     .region("eu-central-1")
///     .access_key("AKIDEXAMPLE")
///     .secret_key("a secret from the environment")
///     .build()?;
/// let request = PresignRequest::get("report.pdf")
///     .query("versionId", "3HL4kqtJvjVBH40Nrjfkd")
///     .header("range", "bytes=0-1023")
///     .expires_in(Duration::from_secs(60));
/// let signed = storage.presign(request).await?;
/// assert!(signed.url.starts_with("https://my-site.s3.eu-central-1.amazonaws.com/report.pdf?versionId="));
/// assert_eq!(signed.headers["range"], "bytes=0-1023");
/// # Ok(()) }
/// ```
#[derive(Debug)]
#[must_use = "nothing is signed until it is given to S3Storage::presign"]
pub struct PresignRequest {
    method: PresignMethod,
    name: Result<Name>,
    query: Vec<(String, String)>,
    headers: Vec<(String, String)>,
    expires_in: Option<Duration>,
}

impl PresignRequest {
    /// A request with that method for that name.
    pub fn new(method: PresignMethod, name: impl IntoName) -> Self {
        Self { method, name: name.into_name(), query: Vec::new(), headers: Vec::new(), expires_in: None }
    }

    /// `GetObject`, with a query also `GetObjectTagging` and its like.
    pub fn get(name: impl IntoName) -> Self {
        Self::new(PresignMethod::Get, name)
    }

    /// `HeadObject`.
    pub fn head(name: impl IntoName) -> Self {
        Self::new(PresignMethod::Head, name)
    }

    /// `PutObject`, with a query also `UploadPart` and its like.
    pub fn put(name: impl IntoName) -> Self {
        Self::new(PresignMethod::Put, name)
    }

    /// `DeleteObject`.
    pub fn delete(name: impl IntoName) -> Self {
        Self::new(PresignMethod::Delete, name)
    }

    /// Adds a query parameter: `versionId`, `response-content-type`, `tagging` with an empty value.
    pub fn query(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.query.push((name.into(), value.into()));
        self
    }

    /// Adds a header that the client must send as it is: `content-type`, `x-amz-meta-*`, `if-none-match`.
    pub fn header(mut self, name: impl AsRef<str>, value: impl Into<String>) -> Self {
        self.headers.push((name.as_ref().to_ascii_lowercase(), value.into()));
        self
    }

    /// Sets how long the request is valid; the storage's
    /// [`url_expires_in`](crate::S3StorageBuilder::url_expires_in) by default.
    pub fn expires_in(mut self, duration: Duration) -> Self {
        self.expires_in = Some(duration);
        self
    }
}

/// A signed request. `Debug` shows neither the query nor the headers' values.
#[derive(Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct PresignedRequest {
    /// The method that was signed.
    pub method: PresignMethod,
    /// Where to send it.
    pub url: String,
    /// Headers that must be sent as they are. Names are in lower case.
    pub headers: Headers,
    /// When it stops working.
    pub expires_at: SystemTime,
}

impl fmt::Debug for PresignedRequest {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PresignedRequest")
            .field("method", &self.method)
            .field("url", &self.url.split('?').next().unwrap_or_default())
            .field("headers", &self.headers.keys())
            .field("expires_at", &self.expires_at)
            .finish()
    }
}

impl Inner {
    /// See [`S3Storage::presign`](crate::S3Storage::presign).
    pub(crate) async fn presign(&self, request: PresignRequest) -> Result<PresignedRequest> {
        self.config.requests.check_link()?;
        let PresignRequest { method, name, mut query, mut headers, expires_in } = request;
        let key = self.key(&name?)?;
        self.add_to(method, &mut query, &mut headers);
        check_query(&query)?;
        let headers = check_headers(headers)?;
        let life = self.life_of_request(expires_in).await?;
        let to_sign = ToSign {
            method: method.as_str(),
            url: self.object_url(key.as_str()).await?,
            query,
            headers: &headers,
        };
        let url = self.sign(to_sign, &life).await?;
        Ok(PresignedRequest { method, url, headers, expires_at: life.expires_at() })
    }

    /// Adds what every request of the storage carries, where the caller does not say otherwise.
    fn add_to(
        &self,
        method: PresignMethod,
        query: &mut Vec<(String, String)>,
        headers: &mut Vec<(String, String)>,
    ) {
        // A PUT without a subresource makes an object.
        if method == PresignMethod::Put && query.is_empty() {
            for (name, value) in self.config.requests.of_a_new_object() {
                if !is_given(headers, name) {
                    headers.push((name.to_owned(), value));
                }
            }
        }
        for (name, value) in self.about_the_bucket("GetObject") {
            if !is_given(query, &name) && !is_given(headers, &name) {
                query.push((name, value));
            }
        }
    }
}

/// Whether a parameter or header of that name is there.
fn is_given(pairs: &[(String, String)], name: &str) -> bool {
    pairs.iter().any(|(given, _)| given.eq_ignore_ascii_case(name))
}

/// Parameters that do not belong to the signature itself, each once: servers disagree about which of two
/// they read.
fn check_query(query: &[(String, String)]) -> Result<()> {
    for (index, (name, _)) in query.iter().enumerate() {
        // x-amz-* parameters are headers in disguise; these are the signature's own.
        let own =
            ["algorithm", "credential", "date", "expires", "signedheaders", "signature", "security-token"];
        let lower = name.to_ascii_lowercase();
        if name.is_empty() || lower.strip_prefix("x-amz-").is_some_and(|rest| own.contains(&rest)) {
            return Err(invalid(format!("{name:?} cannot be a parameter: it belongs to the signature")));
        }
        if query[..index].iter().any(|(other, _)| other == name) {
            return Err(invalid(format!("the parameter {name:?} is given twice")));
        }
    }
    Ok(())
}

/// Headers that a signature can bind.
fn check_headers(given: Vec<(String, String)>) -> Result<Headers> {
    let mut headers = Headers::new();
    for (name, value) in given {
        let is_name =
            !name.is_empty() && name.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b));
        if !is_name || matches!(name.as_str(), "host" | "x-amz-date" | "x-amz-security-token") {
            return Err(invalid(format!("{name:?} cannot be given as a header; the signature sets its own")));
        }
        // Headers that clients and proxies set or change. The signer leaves them out, so that they would not be bound.
        let unbound = [
            "authorization",
            "connection",
            "expect",
            "transfer-encoding",
            "user-agent",
            "x-amz-checksum-mode",
            "x-amz-user-agent",
            "x-amzn-trace-id",
        ];
        if unbound.contains(&name.as_str()) {
            return Err(invalid(format!("a signature in a URL does not bind the header {name:?}")));
        }
        if !value.bytes().all(|byte| matches!(byte, b' '..=b'~')) || value.trim() != value || value.is_empty()
        {
            return Err(invalid(format!("the value of the header {name:?} is not visible ASCII")));
        }
        if headers.insert(name.clone(), value).is_some() {
            return Err(invalid(format!("the header {name:?} is given twice")));
        }
    }
    Ok(headers)
}

fn invalid(message: String) -> Error {
    Error::message(ErrorKind::InvalidInput, message)
}
