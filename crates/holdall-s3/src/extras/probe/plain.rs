//! Requests as a browser sends them: without our credentials, over the connections, proxy and time limits of the
//! client.
//!
//! The SDK cannot send what it did not make. So it is asked for some operation, and just before that leaves, after it
//! was signed, an interceptor puts another request in its place and keeps the reply's status and headers.

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use aws_sdk_s3::config::http::HttpRequest;
use aws_sdk_s3::config::interceptors::{
    BeforeDeserializationInterceptorContextRef, BeforeTransmitInterceptorContextMut,
};
use aws_sdk_s3::config::retry::RetryConfig;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_sdk_s3::primitives::SdkBody;
use bytes::Bytes;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use crate::verbs::asking::Scratch;
use crate::wire::error::Failure;

/// A request to send as it is. `Debug` shows no query: the SDK writes what an interceptor keeps to its log.
#[derive(Clone)]
pub(super) struct Plain {
    pub(super) method: String,
    pub(super) url: String,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

/// A reply, as it came.
#[derive(Debug, Clone, Default)]
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Bytes,
}

impl Reply {
    pub(super) fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let (_, value) = self.headers.iter().find(|(header, _)| header.eq_ignore_ascii_case(name))?;
        Some(value)
    }
}

impl fmt::Debug for Plain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let url = self.url.split('?').next().unwrap_or_default();
        f.debug_struct("Plain").field("method", &self.method).field("url", &url).finish_non_exhaustive()
    }
}

impl Plain {
    pub(super) fn new(method: impl Into<String>, url: impl Into<String>) -> Self {
        Self { method: method.into(), url: url.into(), headers: Vec::new(), body: Bytes::new() }
    }

    pub(super) fn header(mut self, name: impl Into<String>, value: impl Into<String>) -> Self {
        self.headers.push((name.into(), value.into()));
        self
    }

    pub(super) fn body(mut self, body: impl Into<Bytes>) -> Self {
        self.body = body.into();
        self
    }

    /// Sends it, once.
    ///
    /// # Errors
    ///
    /// A failure without a status where no reply came. A reply that says no is no error.
    pub(super) async fn send(self, scratch: &Scratch) -> Result<Reply, Failure> {
        let reply = Arc::new(Mutex::new(None));
        let swap = Swap { request: self, reply: Arc::clone(&reply) };
        let once = aws_sdk_s3::Config::builder().retry_config(RetryConfig::disabled());
        // A GET, because its reply may have any body and need not have one.
        let carrier = scratch.client.get_object().bucket(scratch.bucket()).key("carrier");
        // The SDK writes each request to its log at TRACE as it leaves, with the URL, which is a key here: nobody
        // listens meanwhile.
        let sent = carrier.customize().config_override(once).interceptor(swap).send();
        let sent = sent.with_subscriber(NoSubscriber::new()).await;
        let mut reply: Reply = match reply.lock().unwrap_or_else(PoisonError::into_inner).take() {
            Some(reply) => reply,
            None => {
                return match sent {
                    Err(error) => Err(scratch.inner.failure(&error)),
                    Ok(_) => unreachable!("what the SDK takes for a reply has passed the interceptor"),
                };
            }
        };
        if let Ok(object) = sent
            && let Ok(body) = object.body.collect().await
        {
            reply.body = body.into_bytes();
        }
        Ok(reply)
    }
}

/// See the module.
#[derive(Debug)]
struct Swap {
    request: Plain,
    reply: Arc<Mutex<Option<Reply>>>,
}

impl Swap {
    fn made(&self) -> Result<HttpRequest, BoxError> {
        let mut request = HttpRequest::new(SdkBody::from(self.request.body.clone()));
        request.set_method(&self.request.method)?;
        request.set_uri(self.request.url.as_str())?;
        for (name, value) in &self.request.headers {
            request.headers_mut().try_append(name.clone(), value.clone())?;
        }
        Ok(request)
    }
}

impl Intercept for Swap {
    fn name(&self) -> &'static str {
        "HoldallPlainRequest"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        *context.request_mut() = self.made()?;
        Ok(())
    }

    fn read_before_deserialization(
        &self,
        context: &BeforeDeserializationInterceptorContextRef<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let response = context.response();
        let headers = response.headers().iter();
        let reply = Reply {
            status: response.status().as_u16(),
            headers: headers.map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
            body: Bytes::new(),
        };
        *self.reply.lock().unwrap_or_else(PoisonError::into_inner) = Some(reply);
        Ok(())
    }
}
