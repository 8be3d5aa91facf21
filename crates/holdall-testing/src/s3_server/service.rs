//! What happens to a request around s3s: it is logged, its faults are carried out, its body is read to the end.

use std::pin::Pin;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::task::{Context, Poll};

use bytes::Bytes;
use futures_util::{StreamExt as _, TryStreamExt as _, future, stream};
use hyper::body::{Body as _, Frame, Incoming, SizeHint};
use hyper::header::HeaderValue;
use hyper::{HeaderMap, Request, Response, StatusCode};
use s3s::dto::StreamingBlob;
use s3s::service::S3Service;
use s3s::{Body, HttpError, S3Error, S3ErrorCode, S3Result};

use super::backend::Backend;
use super::connection::Cut;
use super::faults::{Active, FaultAction, FaultList, Target};
use super::log::{EntryId, Log, LoggedRequest};
use super::operation::{Resource, classify};

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
}

/// One request on its way through the server. Travels in the request's extensions, so that the gate finds it.
#[derive(Debug)]
pub(crate) struct Call {
    pub(crate) shared: Shared,
    entry: EntryId,
    cut: Arc<Cut>,
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
            FaultAction::ResetAfter
            | FaultAction::InternalErrorAfter
            | FaultAction::StallAfter
            | FaultAction::TruncateBody { .. }
            | FaultAction::FlipBit { .. } => Ok(()),
        }
    }

    /// Carries out what comes after the operation.
    async fn finish(&self, response: Response<Body>) -> Response<Body> {
        let fault = self.fault.lock().unwrap_or_else(PoisonError::into_inner).clone();
        let Some(active) = fault else { return response };
        match *active.action() {
            FaultAction::ResetAfter => self.cut.reset().await,
            FaultAction::StallAfter => {
                active.released().await;
                response
            }
            FaultAction::InternalErrorAfter => internal_error().to_http_response().unwrap_or(response),
            FaultAction::TruncateBody { after } => response.map(|body| truncated(body, after)),
            FaultAction::FlipBit { at } => response.map(|body| flipped(body, at)),
            FaultAction::SlowDown
            | FaultAction::InternalError
            | FaultAction::Error { .. }
            | FaultAction::OkWithError { .. }
            | FaultAction::ResetBefore
            | FaultAction::Stall => response,
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
        let s3 = self.s3.clone();
        let call = Arc::new(Call {
            shared: self,
            entry,
            cut,
            fault: Mutex::new(None),
            charged: AtomicBool::new(false),
        });

        if let Some(response) = call.preflight(&request) {
            return Ok(call.shared.log.answered(entry, response));
        }
        let origin = call.origin(&request);
        let (mut parts, body) = request.into_parts();
        parts.extensions.insert(Arc::clone(&call));
        let body = SharedBody(Arc::new(Mutex::new(body)));
        let request = Request::from_parts(parts, Body::http_body(body.clone()));

        let response = s3.call(request).await?;
        // A reply before the end of the request would have to close the connection, and the reset that follows from
        // unread bytes can overtake the reply. Reading the rest makes every refusal arrive.
        body.drain().await;
        let mut response = call.finish(response).await;
        response.headers_mut().extend(call.additions(origin));
        if call.charged.load(Ordering::Relaxed) && response.status().is_success() {
            response.headers_mut().insert("x-amz-request-charged", HeaderValue::from_static("requester"));
        }
        Ok(call.shared.log.answered(entry, response))
    }
}

fn internal_error() -> S3Error {
    error("InternalError", 500, "We encountered an internal error. Please try again.")
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

/// The first `after` bytes, then an error, upon which hyper closes the connection.
fn truncated(body: Body, after: u64) -> Body {
    let mut left = usize::try_from(after).unwrap_or(usize::MAX);
    let kept = body.map(|chunk| chunk.map_err(std::io::Error::other)).map_ok(move |mut chunk| {
        chunk.truncate(left);
        left -= chunk.len();
        chunk
    });
    let kept = kept.try_filter(|chunk| future::ready(!chunk.is_empty()));
    // hyper sends what it has gathered when the body is not ready; an error at once would take the head along.
    let end = stream::once(async {
        tokio::task::yield_now().await;
        Err(std::io::Error::other("the test server ends the body here"))
    });
    Body::from(StreamingBlob::wrap(kept.chain(end)))
}

/// The same bytes but for one bit.
fn flipped(body: Body, at: u64) -> Body {
    let mut position = 0_u64;
    Body::from(StreamingBlob::wrap(body.map(move |chunk| {
        let chunk = chunk.map_err(std::io::Error::other)?;
        let offset = at.checked_sub(position).and_then(|offset| usize::try_from(offset).ok());
        position += chunk.len() as u64;
        match offset.filter(|offset| *offset < chunk.len()) {
            None => Ok::<_, std::io::Error>(chunk),
            Some(offset) => {
                let mut changed = chunk.to_vec();
                changed[offset] ^= 1;
                Ok(Bytes::from(changed))
            }
        }
    })))
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

/// A request body that s3s reads and the server can read on where s3s stopped.
#[derive(Debug, Clone)]
struct SharedBody(Arc<Mutex<Incoming>>);

impl SharedBody {
    /// Reads and forgets what is left. A client that hangs up meanwhile is not an error here: it gets no reply.
    async fn drain(mut self) {
        while let Some(Ok(_)) = future::poll_fn(|cx| Pin::new(&mut self).poll_frame(cx)).await {}
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Incoming> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl hyper::body::Body for SharedBody {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        Pin::new(&mut *self.lock()).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.lock().is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.lock().size_hint()
    }
}
