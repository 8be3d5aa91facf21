//! Headers of every request of a storage: encryption, the expected owner of the bucket,
//! and the payer.
//!
//! All requests go through the SDK's client, and the client has one interceptor, this one, that adds the
//! headers after a request is complete and before it is signed. So no call can forget them, and everything that is
//! added is signed. Signed URLs and upload requests are not the SDK's: `presign/` asks for the same values.
//!
//! A header that a call sets itself stays as it is.

mod stored_bytes;
#[cfg(test)]
mod tests;

use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::{HttpRequest, Metadata};

pub(crate) use self::stored_bytes::{AcceptEncoding, AskForStoredBytes};
use crate::config::EveryRequest;
use crate::config::operations::{needs_the_customer_key, reads_a_source, writes_an_object};
use crate::wire::blank_key::take_off_guard;

/// Adds them to the requests of a client.
#[derive(Debug)]
pub(crate) struct AddToEveryRequest {
    values: EveryRequest,
    bucket: String,
}

impl AddToEveryRequest {
    pub(crate) fn new(values: EveryRequest, bucket: &str) -> Self {
        Self { values, bucket: bucket.to_owned() }
    }

    fn add(&self, operation: &str, request: &mut HttpRequest) -> std::result::Result<(), BoxError> {
        let about_the_bucket = self.values.about_the_bucket(operation);
        for (name, value) in self.headers(operation, request).into_iter().chain(about_the_bucket) {
            if !request.headers().contains_key(name) {
                request.headers_mut().try_insert(name, value)?;
            }
        }
        Ok(())
    }

    /// Encryption, and the owner of what is copied.
    fn headers(&self, operation: &str, request: &HttpRequest) -> Vec<(&'static str, String)> {
        let EveryRequest { customer_key, owner, .. } = &self.values;
        let mut headers =
            if writes_an_object(operation) { self.values.of_a_new_object() } else { Vec::new() };
        if let Some(key) = customer_key.as_ref().filter(|_| needs_the_customer_key(operation)) {
            headers.push(("x-amz-server-side-encryption-customer-algorithm", "AES256".to_owned()));
            headers.push(("x-amz-server-side-encryption-customer-key", key.key.clone()));
            headers.push(("x-amz-server-side-encryption-customer-key-md5", key.md5.clone()));
        }
        // Of a source in another bucket we know neither key nor owner: the call that names it says them.
        if reads_a_source(operation) && self.copies_from_our_bucket(request) {
            if let Some(key) = customer_key {
                let [algorithm, value, md5] = SOURCE_KEY;
                headers.push((algorithm, "AES256".to_owned()));
                headers.push((value, key.key.clone()));
                headers.push((md5, key.md5.clone()));
            }
            if let Some(owner) = owner {
                headers.push(("x-amz-source-expected-bucket-owner", owner.clone()));
            }
        }
        headers
    }

    fn copies_from_our_bucket(&self, request: &HttpRequest) -> bool {
        let source = request.headers().get("x-amz-copy-source").unwrap_or_default();
        source.trim_start_matches('/').split('/').next() == Some(self.bucket.as_str())
    }
}

/// Algorithm, key and MD5 of the key of what is copied.
const SOURCE_KEY: [&str; 3] = [
    "x-amz-copy-source-server-side-encryption-customer-algorithm",
    "x-amz-copy-source-server-side-encryption-customer-key",
    "x-amz-copy-source-server-side-encryption-customer-key-md5",
];

impl Intercept for AddToEveryRequest {
    fn name(&self) -> &'static str {
        "holdall: what every request carries"
    }

    /// Says that a request has no body where one could be: several servers answer 411 otherwise
    /// (awslabs/aws-sdk-rust#1008; RFC 9110, section 8.6). Not signed, as a proxy may leave it out.
    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        _: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let request = context.request_mut();
        let may_have_a_body = matches!(request.method(), "PUT" | "POST");
        if may_have_a_body
            && request.body().content_length() == Some(0)
            && !request.headers().contains_key("content-length")
        {
            request.headers_mut().try_insert("content-length", "0")?;
        }
        Ok(())
    }

    fn modify_before_signing(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> std::result::Result<(), BoxError> {
        let operation = config.load::<Metadata>().ok_or("the SDK names no operation")?.name().to_owned();
        take_off_guard(context.request_mut())?;
        self.add(&operation, context.request_mut())
    }
}
