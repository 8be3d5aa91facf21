//! What happens to a request around s3s: it is logged, its faults are carried out, its body is read to the end.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hyper::body::Incoming;
use hyper::header::{CONTENT_LENGTH, CONTENT_TYPE, HeaderValue};
use hyper::{HeaderMap, Method, Request, Response, StatusCode};
use s3s::service::S3Service;
use s3s::{Body, HttpError, S3Error, S3ErrorCode, S3Result};

use super::backend::Backend;
use super::connection::Cut;
use super::faults::{Active, FaultAction, FaultList, Target};
use super::form::{Form, is_form};
use super::log::{EntryId, Log, LoggedRequest};
use super::operation::{Resource, classify};
use super::refusal::{bad_request, permanent_redirect};
use super::reply_body::{flipped, stalled, truncated};
use super::request_body::SharedBody;

/// What every connection of a server shares.
#[derive(Debug, Clone)]
pub(crate) struct Shared {
    pub(crate) s3: S3Service,
    /// The buckets' settings, for what s3s knows nothing of; none for another server behind s3s.
    pub(crate) backend: Option<Backend>,
    /// The domain of virtual-hosted addressing.
    pub(crate) domain: Option<String>,
    pub(crate) log: Arc<Log>,
    pub(crate) faults: Arc<FaultList>,
    /// Whether a write without a body must say so.
    pub(crate) needs_length: bool,
}

/// One request on its way through the server. Travels in the request's extensions, so that the gate finds it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) shared: Shared,
    entry: EntryId,
    cut: Arc<Cut>,
    body: SharedBody,
    /// The form that a browser posted.
    pub(crate) form: Option<Form>,
    fault: Mutex<Option<Arc<Active>>>,
    /// Whether the one who asks pays.
    charged: AtomicBool,
}

impl Call {
    /// The names as s3s read them.
    pub(crate) fn identified(&self, operation: &str, bucket: Option<String>, key: Option<String>) {
        self.shared.log.update(self.entry, |entry| {
            operation.clone_into(&mut entry.operation);
            entry.bucket = bucket;
            entry.key = key;
        });
    }

    /// Notes that the one who asks pays, which the reply says.
    pub(crate) fn charge(&self) {
        self.charged.store(true, Ordering::Relaxed);
    }

    /// Chooses the fault of this request and carries out what comes before the operation.
    ///
    /// # Errors
    /// The error reply that the fault is.
    pub(crate) async fn meet_faults(&self, target: Target<'_>) -> S3Result<()> {
        let Some(active) = self.shared.faults.strike(target) else { return Ok(()) };
        let action = active.action().clone();
        self.shared.log.update(self.entry, |entry| entry.fault = Some(action.clone()));
        *self.fault.lock().unwrap_or_else(PoisonError::into_inner) = Some(Arc::clone(&active));
        match action {
            FaultAction::SlowDown => Err(error("SlowDown", 503, "Please reduce your request rate.")),
            FaultAction::InternalError => Err(internal_error()),
            FaultAction::Error { status, code } => Err(error(&code, status, "A fault of the test server.")),
            FaultAction::OkWithError { code } => {
                let mut refusal = error(&code, 500, "A fault of the test server.");
                refusal.set_status_code(StatusCode::OK);
                Err(refusal)
            }
            FaultAction::ResetBefore => self.cut.reset().await,
            FaultAction::Stall => {
                active.released().await;
                Ok(())
            }
            FaultAction::WrongRegion { region } => Err(permanent_redirect(&region)),
            FaultAction::StallRequest { .. }
            | FaultAction::ResetRequest { .. }
            | FaultAction::FlipRequestBit { .. } => {
                self.body.arm(&active, &self.cut);
                Ok(())
            }
            FaultAction::KeyError { .. }
            | FaultAction::ResetAfter
            | FaultAction::InternalErrorAfter
            | FaultAction::StallAfter
            | FaultAction::StallBody { .. }
            | FaultAction::TruncateBody { .. }
            | FaultAction::ReplyHeaders { .. }
            | FaultAction::FlipBit { .. } => Ok(()),
        }
    }

    /// Where s3s refuses a form for its policy, with the answer that S3 gives.
    fn judged(&self, response: Response<Body>) -> Response<Body> {
        let (Some(form), Some(backend)) = (&self.form, &self.shared.backend) else { return response };
        if response.status() != StatusCode::BAD_REQUEST {
            return response;
        }
        let bucket = self.shared.log.bucket_of(self.entry).unwrap_or_default();
        let refusal = form.judge(&bucket, backend.signing_now());
        refusal.and_then(|refusal| refusal.to_http_response().ok()).unwrap_or(response)
    }

    /// The error that a fault makes of one key of a batch.
    pub(crate) fn key_fault(&self, operation: &str, key: &str) -> Option<S3Error> {
        let target = Target { operation, key: Some(key), part_number: None };
        let active = self.shared.faults.strike_key(target)?;
        let FaultAction::KeyError { code } = active.action() else { return None };
        self.shared.log.update(self.entry, |entry| entry.fault = Some(active.action().clone()));
        Some(error(code, 500, "A fault of the test server."))
    }

    /// Carries out what comes after the operation.
    async fn finish(&self, response: Response<Body>) -> Response<Body> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(active) = fault else { return response };
        match *active.action() {
            FaultAction::ReplyHeaders { ref headers } => with_headers(response, headers),
            FaultAction::ResetAfter => self.cut.reset().await,
            FaultAction::StallAfter => {
                active.released().await;
                response
            }
            FaultAction::InternalErrorAfter => internal_error().to_http_response().unwrap_or(response),
            FaultAction::TruncateBody { after } => response.map(|body| truncated(body, after)),
            FaultAction::FlipBit { at } => response.map(|body| flipped(body, at)),
            FaultAction::StallBody { after } => response.map(|body| stalled(body, after, active)),
            // s3s calls it an internal error where it reads a whole document that is not what its hash says.
            FaultAction::FlipRequestBit { .. } if response.status() == StatusCode::INTERNAL_SERVER_ERROR => {
                payload_mismatch().to_http_response().unwrap_or(response)
            }
            // What happened before or while the request was read.
            FaultAction::SlowDown
            | FaultAction::InternalError
            | FaultAction::Error { .. }
            | FaultAction::WrongRegion { .. }
            | FaultAction::KeyError { .. }
            | FaultAction::OkWithError { .. }
            | FaultAction::ResetBefore
            | FaultAction::Stall
            | FaultAction::StallRequest { .. }
            | FaultAction::ResetRequest { .. }
            | FaultAction::FlipRequestBit { .. } => response,
        }
    }
}

impl Shared {
    /// Answers one request of the connection that `cut` can end.
    pub(crate) async fn answer(
        self,
        cut: Arc<Cut>,
        request: Request<Incoming>,
    ) -> Result<Response<Body>, HttpError> {
        let entry = self.log.push(logged(&request));
        if self.needs_length && lacks_length(&request) {
            let error =
                error("MissingContentLength", 411, "You must provide the Content-Length HTTP header.");
            let response = error.to_http_response().map_err(|error| HttpError::new(error.into()))?;
            return Ok(self.log.answered(entry, with_ids(entry, response)));
        }
        let s3 = self.s3.clone();
        let (mut parts, body) = request.into_parts();
        let body = SharedBody::new(body);
        let mut whole = Body::http_body(body.clone());
        let mut form = None;
        if self.backend.is_some() && parts.method == Method::POST && is_form(&parts.headers) {
            let read = Form::read(body.collect().await, parts.headers.get(CONTENT_TYPE));
            parts.headers.insert(CONTENT_LENGTH, read.body.len().into());
            whole = Body::from(read.body.clone());
            form = Some(read);
        }
        let call = Arc::new(Call {
            shared: self,
            entry,
            cut,
            body: body.clone(),
            form,
            fault: Mutex::new(None),
            charged: AtomicBool::new(false),
        });
        let mut request = Request::from_parts(parts, whole);
        if let Some(response) = call.preflight(&request) {
            return Ok(call.shared.log.answered(entry, response));
        }
        let origin = call.origin(&request);
        request.extensions_mut().insert(Arc::clone(&call));
        let response = s3.call(request).await?;
        let response = call.judged(response);
        // A reply before the end of the request would have to close the connection, and the reset that follows from
        // unread bytes can overtake the reply. Reading the rest makes every refusal arrive.
        body.drain().await;
        let mut response = call.finish(response).await;
        response.headers_mut().extend(call.additions(origin));
        if call.charged.load(Ordering::Relaxed) && response.status().is_success() {
            response.headers_mut().insert("x-amz-request-charged", HeaderValue::from_static("requester"));
        }
        Ok(call.shared.log.answered(entry, with_ids(entry, response)))
    }
}

/// The reply with these headers in place of its own of the same names.
fn with_headers(mut response: Response<Body>, headers: &[(&'static str, Vec<u8>)]) -> Response<Body> {
    for (name, _) in headers {
        response.headers_mut().remove(*name);
    }
    for (name, value) in headers {
        let value = HeaderValue::from_bytes(value).expect("a value that HTTP can carry");
        response.headers_mut().append(*name, value);
    }
    response
}

/// Whether a request that could have a body does not say how long it is.
fn lacks_length(request: &Request<Incoming>) -> bool {
    let says = |name| request.headers().contains_key(name);
    matches!(*request.method(), Method::PUT | Method::POST)
        && !says(CONTENT_LENGTH)
        && !says(hyper::header::TRANSFER_ENCODING)
}

/// The two ids that support asks for.
fn with_ids(entry: EntryId, mut response: Response<Body>) -> Response<Body> {
    for (name, value) in [("x-amz-request-id", entry.request_id()), ("x-amz-id-2", entry.host_id())] {
        if let Ok(value) = HeaderValue::from_str(&value) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn internal_error() -> S3Error {
    error("InternalError", 500, "We encountered an internal error. Please try again.")
}

fn payload_mismatch() -> S3Error {
    let message = "The provided 'x-amz-content-sha256' header does not match what was computed.";
    bad_request("XAmzContentSHA256Mismatch", message)
}

fn error(code: &str, status: u16, message: &'static str) -> S3Error {
    let code = S3ErrorCode::from_bytes(code.as_bytes()).unwrap_or(S3ErrorCode::InternalError);
    let mut error = S3Error::with_message(code, message);
    let status = StatusCode::from_u16(status)
        .ok()
        .filter(|status| status.is_client_error() || status.is_server_error());
    error.set_status_code(status.unwrap_or(StatusCode::INTERNAL_SERVER_ERROR));
    error
}

/// What the log knows before s3s has looked at the request.
fn logged(request: &Request<Incoming>) -> LoggedRequest {
    let query = request.uri().query().unwrap_or_default().to_owned();
    let path = percent_encoding::percent_decode_str(request.uri().path()).decode_utf8_lossy();
    let (bucket, key) = match path.trim_start_matches('/').split_once('/') {
        Some((bucket, key)) => (bucket, key),
        None => (path.trim_start_matches('/'), ""),
    };
    let resource = match (bucket, key) {
        ("", _) => Resource::Service,
        (_, "") => Resource::Bucket,
        _ => Resource::Object,
    };
    LoggedRequest {
        method: request.method().to_string(),
        operation: classify(request.method(), resource, &query, request.headers()).to_owned(),
        bucket: Some(bucket.to_owned()).filter(|bucket| !bucket.is_empty()),
        key: Some(key.to_owned()).filter(|key| !key.is_empty()),
        query,
        headers: headers(request.headers()),
        status: None,
        fault: None,
    }
}

fn headers(map: &HeaderMap) -> std::collections::BTreeMap<String, String> {
    map.iter()
        .filter(|(name, _)| !matches!(name.as_str(), "authorization" | "x-amz-security-token"))
        .map(|(name, value)| {
            (name.as_str().to_owned(), String::from_utf8_lossy(value.as_bytes()).into_owned())
        })
        .collect()
}
