//! The encoding that readers accept: the one that makes a server send the stored bytes.
//!
//! Two servers change bodies on their way, and they want opposite headers:
//!
//! - Google unpacks what was stored with `Content-Encoding: gzip`, and leaves out its size, unless the request says
//!   `Accept-Encoding: gzip` (cloud.google.com/storage/docs/transcoding).
//! - Cloudflare R2 packs text, and leaves out its size, unless the request says nothing of gzip
//!   (rclone/rclone#8137); `identity` is what boto3 sends to every server.
//!
//! So `identity` is sent, and `gzip` to Google. Where another endpoint turns out to be like Google (a reply without a
//! size), the request is repeated with `gzip` once, and `gzip` is what the storage sends from then on.
//!
//! The header is added after the request was signed: Google changes it on the way, which broke signatures that
//! contained it (aws/aws-sdk-go-v2#1816).

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use aws_sdk_s3::config::interceptors::BeforeTransmitInterceptorContextMut;
use aws_sdk_s3::config::{ConfigBag, Intercept, RuntimeComponents};
use aws_sdk_s3::error::BoxError;
use aws_smithy_runtime_api::client::orchestrator::Metadata;
use url::Url;

/// The value of `Accept-Encoding`, shared by a storage and its client.
#[derive(Debug, Clone, Default)]
pub(crate) struct AcceptEncoding(Arc<AtomicBool>);

impl AcceptEncoding {
    /// For a server there.
    pub(crate) fn of(endpoint: Option<&Url>) -> Self {
        let host = endpoint.and_then(Url::host_str).unwrap_or_default();
        Self(Arc::new(AtomicBool::new(host == "googleapis.com" || host.ends_with(".googleapis.com"))))
    }

    fn value(&self) -> &'static str {
        if self.0.load(Ordering::Relaxed) { "gzip" } else { "identity" }
    }

    /// Sends `gzip` from now on. Returns whether that is new, so that it is worth another request.
    pub(crate) fn learn(&self) -> bool {
        !self.0.swap(true, Ordering::Relaxed)
    }
}

/// Adds the header to requests that read an object.
#[derive(Debug)]
pub(crate) struct AskForStoredBytes(pub(crate) AcceptEncoding);

impl Intercept for AskForStoredBytes {
    fn name(&self) -> &'static str {
        "holdall: bytes as they are stored"
    }

    fn modify_before_transmit(
        &self,
        context: &mut BeforeTransmitInterceptorContextMut<'_>,
        _: &RuntimeComponents,
        config: &mut ConfigBag,
    ) -> Result<(), BoxError> {
        let operation = config.load::<Metadata>().ok_or("the SDK names no operation")?.name();
        if matches!(operation, "GetObject" | "HeadObject") {
            context.request_mut().headers_mut().try_insert("accept-encoding", self.0.value())?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::AcceptEncoding;

    #[test]
    fn google_is_asked_for_gzip_and_the_others_learn() {
        let of = |endpoint: &str| AcceptEncoding::of(Some(&endpoint.parse().unwrap()));
        assert_eq!(of("https://storage.googleapis.com").value(), "gzip");
        assert_eq!(of("https://storage.europe-west1.rep.googleapis.com").value(), "gzip");
        assert_eq!(of("https://notgoogleapis.com").value(), "identity");
        let other = AcceptEncoding::of(None);
        assert_eq!(other.value(), "identity");
        assert!(other.learn() && !other.learn());
        assert_eq!(other.value(), "gzip");
    }
}
