//! Requests and replies of stores that speak HTTP, such that every stored file can be read as it is.

use async_trait::async_trait;
use holdall_core::header_text;
use http::header::{ACCEPT_ENCODING, LAST_MODIFIED};
use http::{HeaderMap, HeaderValue, Method};
use object_store::ClientOptions;
use object_store::client::{
    HttpClient, HttpConnector, HttpError, HttpRequest, HttpResponse, HttpService, ReqwestConnector,
};

/// Stands in for a `Last-Modified` that is no date.
const NO_DATE: HeaderValue = HeaderValue::from_static("Thu, 01 Jan 1970 00:00:00 GMT");

/// The HTTP client for a store of `object_store`, with which files of other programs can be read:
///
/// - Google unpacks what was stored with `Content-Encoding: gzip` and does not tell its size, unless a request accepts
///   gzip. With [`google`](Self::google), requests for objects do, and the stored bytes arrive.
/// - `object_store` refuses a reply in which one header is no ASCII. User metadata is encoded here (RFC 2047) so that
///   [`ObjectStoreStorage`](crate::ObjectStoreStorage) reads it, and another header is dropped.
///
/// The settings of `holdall` use it for Google and Azure.
///
/// ```no_run
/// use holdall_object_store::object_store::gcp::GoogleCloudStorageBuilder;
/// use holdall_object_store::{Connector, ObjectStoreStorage};
///
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let bucket = GoogleCloudStorageBuilder::from_env()
///     .with_bucket_name("my-site")
///     .with_http_connector(Connector::google())
///     .build()?;
/// let storage = ObjectStoreStorage::gcs(bucket).build()?;
/// # Ok(()) }
/// ```
#[derive(Debug, Clone, Copy, Default)]
pub struct Connector {
    accepts_gzip: bool,
}

impl Connector {
    /// For Google Cloud Storage. For other stores: `Connector::default()`.
    pub fn google() -> Self {
        Self { accepts_gzip: true }
    }
}

impl HttpConnector for Connector {
    fn connect(&self, options: &ClientOptions) -> object_store::Result<HttpClient> {
        let inner = ReqwestConnector::default().connect(options)?;
        Ok(HttpClient::new(Service { inner, accepts_gzip: self.accepts_gzip }))
    }
}

#[derive(Debug)]
struct Service {
    inner: HttpClient,
    accepts_gzip: bool,
}

#[async_trait]
impl HttpService for Service {
    async fn call(&self, mut request: HttpRequest) -> Result<HttpResponse, HttpError> {
        if self.accepts_gzip && is_for_an_object(&request) {
            request.headers_mut().insert(ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        }
        let mut reply = self.inner.execute(request).await?;
        make_readable(reply.headers_mut());
        Ok(reply)
    }
}

/// Listings have a query, and requests for credentials name the flavour of their answer: nobody would unpack these.
fn is_for_an_object(request: &HttpRequest) -> bool {
    matches!(*request.method(), Method::GET | Method::HEAD)
        && !request.headers().contains_key("metadata-flavor")
        && !request
            .uri()
            .query()
            .is_some_and(|query| query.contains("list-type") || query.contains("prefix="))
}

fn make_readable(headers: &mut HeaderMap) {
    let odd: Vec<_> =
        headers.iter().filter(|(_, value)| value.to_str().is_err()).map(|(name, _)| name.clone()).collect();
    for name in odd {
        let Some(value) = headers.remove(&name) else { continue };
        let text = match std::str::from_utf8(value.as_bytes()) {
            Ok(text) => text.to_owned(),
            // Latin-1, in which each byte is the character of that number.
            Err(_) => value.as_bytes().iter().map(|&byte| char::from(byte)).collect(),
        };
        if name == LAST_MODIFIED {
            headers.insert(name, NO_DATE);
        } else if name.as_str().contains("-meta-")
            && let Ok(encoded) = HeaderValue::from_str(&header_text::encode(&text))
        {
            headers.insert(name, encoded);
        }
    }
    let is_date =
        |value: &HeaderValue| value.to_str().is_ok_and(|text| httpdate::parse_http_date(text).is_ok());
    if headers.get(LAST_MODIFIED).is_some_and(|value| !is_date(value)) {
        headers.insert(LAST_MODIFIED, NO_DATE);
    }
}
