//! The beginning of an upload, which must not be lost.
//!
//! `CreateMultipartUpload` is the one request of a save that is neither idempotent nor conditional: each one
//! that arrives begins an upload, and when its reply is lost nobody knows the id. The SDK would simply send it
//! again, and the first upload would stay. So an attempt whose outcome is unknown is tried again here, and
//! afterwards the server is asked (`ListMultipartUploads`) which uploads of that very key it has. Those are
//! aborted that can only be ours:
//!
//! - of exactly that key, and not the one whose id arrived;
//! - begun while our unanswered attempts were under way, by the server's own clock where it showed us one;
//! - without any part: other writers send their first part at once, ours never got that far;
//! - no more of them than there were unanswered attempts.
//!
//! Uploads in doubt stay, without parts and so without cost, for a lifecycle rule
//! (`AbortIncompleteMultipartUpload`). All of them stay where the credentials lack
//! `s3:ListBucketMultipartUploads` or `s3:ListMultipartUploadParts`; the log says so.

use std::sync::Arc;
use std::time::{Duration, Instant, SystemTime};

use aws_sdk_s3::config::interceptors::InterceptorContext;
use aws_sdk_s3::config::retry::{ClassifyRetry, RetryAction};
use aws_sdk_s3::types::{EncodingType, MultipartUpload};
use holdall_core::{Error, ErrorKind, Name, Result};

use super::upload::{Upload, abort};
use crate::verbs::metadata::{KeptChecksum, with_expires, with_headers};
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::error::Failure;

/// S3 takes requests whose clock differs by that much from its own.
const LARGEST_SKEW: Duration = Duration::from_mins(15);
/// Times in listings may be cut to whole seconds.
const TIME_STEP: Duration = Duration::from_secs(1);

/// Creates an upload. One that was begun without our learning of it is gone when this returns.
///
/// # Errors
///
/// Those of the request, after as many attempts as are configured.
pub(super) async fn create(write: Arc<Write>, key: Name) -> Result<Upload> {
    let inner = Arc::clone(&write.inner);
    let began = (Instant::now(), inner.now());
    let mut lost = 0;
    let mut attempt = 0;
    loop {
        attempt += 1;
        let failure = match ask(&write, &key).await? {
            Ok(id) => {
                let upload = Upload::new(write, key, id);
                if lost > 0 {
                    look_for(&inner, &upload.place().0, Some(&upload.place().1), began, lost).await;
                }
                return Ok(upload);
            }
            Err(failure) => failure,
        };
        if failure.unknown && !failure.is_throttled() {
            lost += 1;
        }
        // The SDK itself has repeated requests that were refused because there were too many.
        let goes_on = failure.is_retryable() && !failure.is_throttled();
        if attempt >= inner.config.client.max_attempts || !goes_on {
            if lost > 0 {
                look_for(&inner, &key, None, began, lost).await;
            }
            return Err(failure.into());
        }
        inner.pause_before_retry(attempt).await?;
    }
}

/// One creation, which the SDK repeats only where it certainly was not applied.
async fn ask(write: &Write, key: &Name) -> Result<Result<String, Failure>> {
    let inner = &write.inner;
    let request =
        inner.client().await?.create_multipart_upload().bucket(inner.bucket()).key(for_sdk(key.as_str()));
    let (algorithm, kind) = write.checksum().map(KeptChecksum::of_parts).unzip();
    let request = with_headers!(request, write.headers)
        .set_checksum_algorithm(algorithm)
        .set_checksum_type(kind)
        .customize();
    let reply = with_expires!(request, write.headers)
        .config_override(aws_sdk_s3::Config::builder().retry_classifier(UnknownIsFinal))
        .send()
        .await;
    match reply {
        Ok(reply) => reply.upload_id().map(|id| Ok(id.to_owned())).ok_or_else(|| {
            Error::message(ErrorKind::Other, "the server began a multipart upload but gave it no id")
        }),
        Err(error) => Ok(Err(inner.failure(&error))),
    }
}

/// Keeps the SDK from repeating what may have been applied.
#[derive(Debug)]
struct UnknownIsFinal;

impl ClassifyRetry for UnknownIsFinal {
    fn classify_retry(&self, context: &InterceptorContext) -> RetryAction {
        let Some(Err(error)) = context.output_or_error() else { return RetryAction::NoActionIndicated };
        let status = context.response().map(|response| response.status().as_u16());
        let applied = matches!(status, Some(200 | 500 | 502 | 504));
        if applied || error.is_timeout_error() || error.is_connector_error() || error.is_response_error() {
            return RetryAction::RetryForbidden;
        }
        RetryAction::NoActionIndicated
    }

    fn name(&self) -> &'static str {
        "what may have been applied is not repeated"
    }
}

/// Aborts uploads that unanswered attempts have begun. It cannot fail: the log says which of them stay.
async fn look_for(inner: &Inner, key: &Name, known: Option<&str>, began: (Instant, SystemTime), lost: usize) {
    if let Err(error) = try_look_for(inner, key, known, began, lost).await {
        tracing::warn!(
            storage = %inner, key = key.as_str(), %error,
            "the creation of a multipart upload was not answered, and whether it was begun could not be found out \
             (that needs s3:ListBucketMultipartUploads and s3:ListMultipartUploadParts); a lifecycle rule \
             (AbortIncompleteMultipartUpload) removes it"
        );
    }
}

async fn try_look_for(
    inner: &Inner,
    key: &Name,
    known: Option<&str>,
    (began, began_here): (Instant, SystemTime),
    lost: usize,
) -> Result<()> {
    let client = inner.client().await?;
    // Uploads of one key come first and in the order of their beginning.
    let listing = client
        .list_multipart_uploads()
        .bucket(inner.bucket())
        .prefix(key.as_str())
        .encoding_type(EncodingType::Url)
        .send()
        .await
        .map_err(|error| inner.failure(&error))?;
    let is_encoded = listing.encoding_type() == Some(&EncodingType::Url);
    let is_of_key =
        |upload: &&MultipartUpload| upload.key().is_some_and(|found| is_key(found, key, is_encoded));
    let uploads: Vec<_> = listing.uploads().iter().filter(is_of_key).collect();
    let ours = uploads.iter().find(|upload| known.is_some() && upload.upload_id() == known);
    let took = began.elapsed();
    let window = match ours.and_then(|upload| time(upload)) {
        // The one that was answered shows the server's clock.
        Some(answered) => {
            // A time of the server's may be any.
            let least = answered.checked_sub(took + TIME_STEP).unwrap_or(answered);
            least..=answered.checked_add(TIME_STEP).unwrap_or(answered)
        }
        None => began_here - LARGEST_SKEW..=began_here + took + LARGEST_SKEW,
    };
    let candidates = uploads
        .iter()
        .filter(|upload| known.is_none() || upload.upload_id() != known)
        .filter(|upload| time(upload).is_some_and(|time| window.contains(&time)))
        .filter_map(|upload| upload.upload_id());
    let mut left = lost;
    for id in candidates {
        if left == 0 {
            break;
        }
        let parts =
            client.list_parts().bucket(inner.bucket()).key(for_sdk(key.as_str())).upload_id(id).max_parts(1);
        match parts.send().await.map_err(|error| inner.failure(&error)) {
            Ok(parts) if parts.parts().is_empty() => {
                abort(inner, key, id).await?;
                left -= 1;
            }
            Ok(_) => {}
            // Somebody finished or aborted it meanwhile.
            Err(failure) if failure.is_lost_upload() => {}
            Err(failure) => return Err(failure.into()),
        }
    }
    Ok(())
}

/// When an upload was begun.
fn time(upload: &MultipartUpload) -> Option<SystemTime> {
    upload.initiated().and_then(|time| SystemTime::try_from(*time).ok())
}

/// Whether a key of a listing is this one.
fn is_key(found: &str, key: &Name, is_encoded: bool) -> bool {
    let key = key.as_str().as_bytes();
    if is_encoded { crate::wire::encoding::decode(found) == key } else { found.as_bytes() == key }
}
