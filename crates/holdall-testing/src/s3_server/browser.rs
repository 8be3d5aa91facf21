//! What browsers ask for that s3s does not know: preflight requests, and the CORS headers of real replies.

use hyper::header::{HOST, ORIGIN};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use s3s::Body;

use super::config::cors;
use super::refusal::refusal;
use super::service::Call;

/// What the headers of a reply to a web page depend on.
#[derive(Debug)]
pub(crate) struct FromPage {
    bucket: String,
    method: String,
    headers: HeaderMap,
}

impl Call {
    /// The answer to a preflight request, if this is one. It needs no signature: browsers send none.
    pub(crate) fn preflight<B>(&self, request: &Request<B>) -> Option<Response<Body>> {
        let backend = self.shared.backend.as_ref().filter(|_| *request.method() == Method::OPTIONS)?;
        let bucket = self.bucket_of(request);
        let state = backend.state();
        let answer = match state.buckets.get(&bucket) {
            Some(bucket) => cors::preflight(bucket.config.cors.as_deref(), request.headers()),
            None => Err(refusal("AccessForbidden", StatusCode::FORBIDDEN, "CORSResponse: Bucket not found")),
        };
        let mut response = Response::new(Body::empty());
        match answer {
            Ok(headers) => *response.headers_mut() = headers,
            Err(error) => response = error.to_http_response().ok()?,
        }
        Some(response)
    }

    /// What [`additions`](Self::additions) will need of a request that a web page has sent.
    pub(crate) fn origin<B>(&self, request: &Request<B>) -> Option<FromPage> {
        request.headers().contains_key(ORIGIN).then(|| FromPage {
            bucket: self.bucket_of(request),
            method: request.method().to_string(),
            headers: request.headers().clone(),
        })
    }

    /// The headers that let the page read the reply.
    pub(crate) fn additions(&self, page: Option<FromPage>) -> HeaderMap {
        let (Some(page), Some(backend)) = (page, &self.shared.backend) else { return HeaderMap::new() };
        let state = backend.state();
        let rules = state.buckets.get(&page.bucket).and_then(|bucket| bucket.config.cors.as_deref());
        rules.map(|rules| cors::additions(rules, &page.method, &page.headers)).unwrap_or_default()
    }

    /// The bucket that a request names, by its host or by its path.
    fn bucket_of<B>(&self, request: &Request<B>) -> String {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
        let host = host.rsplit_once(':').map_or(host, |(host, _port)| host);
        let by_host =
            self.shared.domain.as_deref().and_then(|domain| host.strip_suffix(domain)?.strip_suffix('.'));
        let by_path = request.uri().path().trim_start_matches('/').split('/').next().unwrap_or_default();
        by_host.unwrap_or(by_path).to_owned()
    }
}
