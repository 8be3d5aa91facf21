//! Asks every reply whether S3 speaks, after the SDK has read it and before anybody uses what it read.

use std::error::Error as StdError;
use std::fmt;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::config::interceptors::{
    BeforeDeserializationInterceptorContextMut, BeforeTransmitInterceptorContextMut,
    FinalizerInterceptorContextMut,
};
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{Metadata, OrchestratorError};
use aws_smithy_types::config_bag::{Storable, StoreReplace};
use holdall_core::ErrorKind;

use super::success::{lacks, speaks_against};
use super::{Asked, Body, Reply};

impl Storable for Asked {
    type Storer = StoreReplace<Self>;
}

/// A reply that has the status of a success and is none.
#[derive(Debug)]
pub(crate) struct NotS3 {
    pub(crate) kind: ErrorKind,
    pub(crate) sentence: String,
    /// Whether the connection may be at fault, so that the same request can be sent again.
    pub(crate) is_passing: bool,
}

impl fmt::Display for NotS3 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.sentence)
    }
}

impl StdError for NotS3 {}

impl NotS3 {
    fn new(reply: &Reply, why: &str) -> Self {
        let what = reply.what();
        let (kind, sentence) = if reply.is_html() {
            let sentence =
                format!("the endpoint answered with {what}; is it the console's port, or a login page?");
            (ErrorKind::InvalidConfig, sentence)
        } else if reply.body == (Body::Xml { is_whole: false }) {
            (ErrorKind::Unavailable, format!("the endpoint answered with {what}; the connection broke off"))
        } else {
            let sentence = format!("the endpoint answered with {what}, {why}; is it a server of S3?");
            (ErrorKind::Other, sentence)
        };
        Self { kind, sentence, is_passing: kind == ErrorKind::Unavailable }
    }

    /// The SDK could not read a success.
    fn unreadable(reply: &Reply, error: &(dyn StdError + 'static)) -> Self {
        let reason = std::iter::successors(Some(error), |&error| error.source()).last().unwrap_or(error);
        let reason = reason.to_string();
        // From there on the SDK describes an element.
        let reason = reason.split(" but got StartEl").next().unwrap_or_default();
        let sentence = format!("the endpoint answered with {}, which cannot be read: {reason}", reply.what());
        Self { kind: ErrorKind::Other, sentence, is_passing: false }
    }
}

/// The interceptor.
#[derive(Debug)]
pub(crate) struct IsThisS3 {
    /// Set by the first reply that shows that the bucket is there.
    bucket_is_there: Arc<AtomicBool>,
}

impl IsThisS3 {
    pub(crate) fn new(bucket_is_there: Arc<AtomicBool>) -> Self {
        Self { bucket_is_there }
    }
}

impl Intercept for IsThisS3 {
    fn name(&self) -> &'static str {
        "holdall: is this S3 speaking?"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().map(|it| it.name().to_owned()).unwrap_or_default();
        let request = context.request();
        let asked = Asked {
            operation,
            is_head: request.method() == "HEAD",
            has_range: request.headers().contains_key("range"),
        };
        config.interceptor_state().store_put(asked);
        Ok(())
    }

    fn modify_before_deserialization(
        &self,
        context: &mut BeforeDeserializationInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        if let Some(asked) = config.load::<Asked>() {
            context.response_mut().add_extension(asked.clone());
        }
        Ok(())
    }

    fn modify_before_attempt_completion(
        &self,
        context: &mut FinalizerInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let Some(raw) = context.response().filter(|raw| raw.status().is_success()) else { return Ok(()) };
        let reply = Reply::of(raw);
        let verdict = match context.output_or_error() {
            Some(Ok(output)) => {
                speaks_against(&reply).or_else(|| lacks(&reply, output)).map(|why| NotS3::new(&reply, why))
            }
            // An error under a status of success: S3 sends it where it began to answer before it was done.
            Some(Err(_)) if reply.body == Body::Error => None,
            Some(Err(error)) if error.is_operation_error() => Some(match speaks_against(&reply) {
                Some(why) => NotS3::new(&reply, why),
                None => NotS3::unreadable(&reply, error),
            }),
            _ => None,
        };
        match (verdict, context.output_or_error_mut()) {
            (Some(verdict), Some(result)) => {
                // The SDK repeats the one and not the other.
                *result = Err(if verdict.is_passing {
                    OrchestratorError::response(verdict.into())
                } else {
                    OrchestratorError::other(verdict)
                });
            }
            (None, Some(Ok(_))) if shows_the_bucket(&reply.asked.operation) => {
                self.bucket_is_there.store(true, Ordering::Relaxed);
            }
            _ => {}
        }
        Ok(())
    }
}

/// Whether a success of the operation is about an object, and so about the storage's own bucket.
fn shows_the_bucket(operation: &str) -> bool {
    matches!(operation, "GetObject" | "HeadObject" | "PutObject" | "CopyObject" | "CompleteMultipartUpload")
}
