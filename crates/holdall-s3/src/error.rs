//! What a failed request means: from the SDK's errors to ours, with the mend where it is known.
//!
//! The SDK's own error is not kept as a source. Its `Debug` holds the whole reply, and the reply to a wrong
//! signature repeats the signature; what is kept is the text of the chain of causes.

use std::error::Error as StdError;
use std::fmt;

use aws_credential_types::provider::error::CredentialsError;
use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{ProvideErrorMetadata, SdkError};
use aws_sdk_sts::operation::assume_role::AssumeRoleError;
use aws_sdk_sts::operation::assume_role_with_web_identity::AssumeRoleWithWebIdentityError;
use holdall_core::{Error, ErrorKind};

use crate::config::Config;

/// A request that failed: the error for the caller, and what a conditional write wants to know.
#[derive(Debug)]
pub(crate) struct Failure {
    error: Error,
    status: Option<u16>,
    code: String,
    /// Whether the server may have done what was asked although it did not say so.
    pub(crate) unknown: bool,
}

impl Failure {
    pub(crate) fn status(&self) -> Option<u16> {
        self.status
    }

    /// S3's error code, empty where the reply had none.
    pub(crate) fn code(&self) -> &str {
        &self.code
    }

    /// No object of that key. (A missing bucket has another code, except in reply to HEAD, which has none.)
    pub(crate) fn is_missing(&self) -> bool {
        self.status == Some(404) && !matches!(self.code(), "NoSuchBucket" | "NoSuchUpload")
    }

    /// In reply to a request that names a version: there is none of that id. AWS answers 400 to what cannot be
    /// one, and 405 to that of a delete marker.
    pub(crate) fn is_no_version(&self) -> bool {
        let malformed =
            self.status == Some(400) && matches!(self.code(), "InvalidArgument" | "NoSuchVersion" | "");
        self.is_missing() || malformed || self.status == Some(405)
    }

    /// 412: a condition did not hold.
    pub(crate) fn is_condition(&self) -> bool {
        self.status == Some(412)
    }

    /// 409: a competing write was in flight, and nothing was settled.
    pub(crate) fn is_conflict(&self) -> bool {
        self.status == Some(409)
    }

    /// 404 to a multipart upload that was completed or aborted.
    pub(crate) fn is_lost_upload(&self) -> bool {
        self.code() == "NoSuchUpload"
    }

    /// The server is asked too much and did nothing.
    pub(crate) fn is_throttled(&self) -> bool {
        matches!(self.status, Some(429 | 503))
    }

    /// Whether it may go better next time.
    pub(crate) fn is_retryable(&self) -> bool {
        self.error.is_retryable()
    }

    pub(crate) fn into_error(self) -> Error {
        self.error
    }

    /// The same for a reply to HEAD, which has no body and so no code.
    pub(crate) fn of_head(mut self) -> Self {
        if self.status == Some(403) && matches!(self.code(), "" | "Forbidden" | "AccessDenied") {
            self.error = Error::message(
                ErrorKind::PermissionDenied,
                "the server refused access (403), or there is no such file: without the permission \
                 s3:ListBucket, S3 answers 403 for a missing one too",
            );
        }
        self
    }

    /// The same for a listing, whose permission is one of its own.
    pub(crate) fn of_listing(mut self) -> Self {
        if self.status == Some(403) && self.code() == "AccessDenied" {
            self.error = Error::message(
                ErrorKind::PermissionDenied,
                "the server refused to list the bucket; that takes the permission s3:ListBucket on the bucket                  itself (arn:aws:s3:::bucket, without a path), which those on its objects do not include",
            );
        }
        self
    }
}

impl From<Failure> for Error {
    fn from(failure: Failure) -> Self {
        failure.error
    }
}

/// The causes of an error as one line, for logs. It has no secret: SDK and HTTP stack describe what failed,
/// not what was sent.
#[derive(Debug)]
struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Cause {}

/// Every error of a chain, from the outside in.
fn chain<'a>(error: &'a (dyn StdError + 'static)) -> impl Iterator<Item = &'a (dyn StdError + 'static)> {
    std::iter::successors(Some(error), |&error| error.source())
}

fn cause(error: &(dyn StdError + 'static)) -> Cause {
    let mut texts: Vec<String> = chain(error).map(ToString::to_string).collect();
    texts.dedup();
    Cause(texts.join(": "))
}

/// Turns the SDK's error around.
pub(crate) fn failure<E>(error: &SdkError<E, HttpResponse>, config: &Config) -> Failure
where
    E: ProvideErrorMetadata + StdError + 'static,
{
    match error {
        SdkError::ServiceError(said) => {
            let (status, meta) = (said.raw().status().as_u16(), said.err().meta());
            let region = said.raw().headers().get("x-amz-bucket-region");
            refused(status, meta.code().unwrap_or_default(), meta.message(), region, config)
        }
        SdkError::ResponseError(reply) => {
            let status = reply.raw().status().as_u16();
            let message = format!("the server's reply (status {status}) could not be read");
            local(Error::message(ErrorKind::Unavailable, message).with_source(cause(error)), true)
        }
        SdkError::TimeoutError(_) => {
            let message = format!("{} did not answer in time", host(config));
            local(Error::message(ErrorKind::Timeout, message).with_source(cause(error)), true)
        }
        SdkError::DispatchFailure(failed) => {
            let refused = chain(error).any(is_refused);
            if let Some(reason) = no_http(error) {
                let message = format!("{} answered with what is no HTTP ({reason})", host(config));
                return local(Error::message(ErrorKind::Other, message).with_source(cause(error)), true);
            }
            let (kind, message) = if failed.is_timeout() || stalled(error) {
                (ErrorKind::Timeout, format!("{} did not answer in time", host(config)))
            } else {
                let reason = chain(error).last().map(ToString::to_string).unwrap_or_default();
                (ErrorKind::Unavailable, format!("{} cannot be reached: {reason}", host(config)))
            };
            no_credentials(error)
                .unwrap_or_else(|| local(Error::message(kind, message).with_source(cause(error)), !refused))
        }
        _ => no_credentials(error).unwrap_or_else(|| {
            let reason = chain(error).last().map(ToString::to_string).unwrap_or_default();
            let message = format!("the request could not be made: {reason}");
            local(Error::message(ErrorKind::Other, message).with_source(cause(error)), false)
        }),
    }
}

pub(crate) fn local(error: Error, unknown: bool) -> Failure {
    Failure { error, status: None, code: String::new(), unknown }
}

/// A connection that was never made cannot have done anything.
fn is_refused(error: &(dyn StdError + 'static)) -> bool {
    error
        .downcast_ref::<std::io::Error>()
        .is_some_and(|error| error.kind() == std::io::ErrorKind::ConnectionRefused)
}

/// What the HTTP stack could not parse, such as a header with a control character. hyper's errors are of no type that
/// could be looked at here, and their words are part of its interface ("invalid HTTP header parsed").
fn no_http(error: &(dyn StdError + 'static)) -> Option<String> {
    chain(error).map(ToString::to_string).find(|text| text.starts_with("invalid HTTP"))
}

/// The SDK's protection against stalled streams speaks of throughput.
fn stalled(error: &(dyn StdError + 'static)) -> bool {
    chain(error).any(|error| error.to_string().contains("throughput"))
}

fn no_credentials(error: &(dyn StdError + 'static)) -> Option<Failure> {
    let found = chain(error).find_map(|error| error.downcast_ref::<CredentialsError>())?;
    Some(local(credentials(found), false))
}

/// What a provider of credentials could not do.
pub(crate) fn credentials(error: &CredentialsError) -> Error {
    let reason = || chain(error).last().map(ToString::to_string).unwrap_or_default();
    let (kind, message) = match error {
        CredentialsError::CredentialsNotLoaded(_) => (
            ErrorKind::InvalidConfig,
            "no credentials were found; set access_key and secret_key, or give the process what the AWS SDK \
             looks for (AWS_ACCESS_KEY_ID, a profile, a role)"
                .to_owned(),
        ),
        CredentialsError::InvalidConfiguration(_) => (
            ErrorKind::InvalidConfig,
            format!("the source of the credentials is not set up as it must be: {}", reason()),
        ),
        CredentialsError::ProviderTimedOut(_) => {
            (ErrorKind::Timeout, "the source of the credentials did not answer in time".to_owned())
        }
        _ => match sts_code(error) {
            Some(code) => (
                ErrorKind::PermissionDenied,
                format!(
                    "the security token service gave no credentials for the role ({code}); check the role, whom it \
                     trusts, and the credentials that ask for it"
                ),
            ),
            None => (ErrorKind::Unavailable, "the source of the credentials failed".to_owned()),
        },
    };
    Error::message(kind, message).with_source(cause(error))
}

/// The code of a security token service that said no, not of one that failed.
fn sts_code(error: &(dyn StdError + 'static)) -> Option<String> {
    let said = |error: &(dyn StdError + 'static)| -> Option<String> {
        let assume = error.downcast_ref::<AssumeRoleError>().map(ProvideErrorMetadata::meta);
        let web = error.downcast_ref::<AssumeRoleWithWebIdentityError>().map(ProvideErrorMetadata::meta);
        Some(assume.or(web)?.code()?.to_owned())
    };
    chain(error)
        .find_map(said)
        .filter(|code| !matches!(code.as_str(), "InternalFailure" | "ServiceUnavailable"))
}

/// An error in the middle of a body that is being read.
pub(crate) fn body(error: &(dyn StdError + 'static), config: &Config) -> Error {
    let (kind, message) = if chain(error).any(|error| error.to_string().contains("checksum mismatch")) {
        (ErrorKind::ChecksumMismatch, "the bytes that were read are not the bytes that were saved".to_owned())
    } else if stalled(error) {
        (ErrorKind::Timeout, format!("{} stopped sending the file", host(config)))
    } else {
        (ErrorKind::Unavailable, format!("{} broke off while it sent the file", host(config)))
    };
    Error::message(kind, message).with_source(cause(error))
}

/// Where requests go, for people.
pub(crate) fn host(config: &Config) -> String {
    match (&config.server.endpoint, &config.server.region) {
        (Some(endpoint), _) => {
            let port = endpoint.port().map(|port| format!(":{port}")).unwrap_or_default();
            format!("{}{port}", endpoint.host_str().unwrap_or_default())
        }
        (None, Some(region)) => format!("S3 in {region}"),
        (None, None) => "S3".to_owned(),
    }
}

/// What a server says about one key in a reply about many, where each has a code and no status of its own.
pub(crate) fn of_code(code: &str, message: Option<&str>, config: &Config) -> Failure {
    let status = match code {
        "InternalError" => 500,
        "NoSuchKey" | "NoSuchVersion" => 404,
        "AccessDenied" => 403,
        _ => 400,
    };
    refused(status, code, message, None, config)
}

/// A reply that says no.
fn refused(
    status: u16,
    code: &str,
    message: Option<&str>,
    bucket_region: Option<&str>,
    config: &Config,
) -> Failure {
    let (kind, sentence) = known(status, code, config)
        .or_else(|| wrong_region(status, code, message, bucket_region, config))
        .unwrap_or_else(|| by_status(status, code, message));
    let mut error = Error::message(kind, sentence);
    if matches!(code, "ConditionalRequestConflict" | "OperationAborted" | "NoSuchUpload") {
        error = error.with_retryable(true);
    }
    let said = Cause(format!("the server answered {status} {code}{}", quoted(code, message)));
    // 501 is a plain no; a 200 with an error in it (Complete, Copy) is no yes.
    let unknown = matches!(status, 200 | 500 | 502..=599);
    Failure { error: error.with_source(said), status: Some(status), code: code.to_owned(), unknown }
}

/// The server's own words, except about signatures: some servers repeat what they compared.
fn quoted(code: &str, message: Option<&str>) -> String {
    match message {
        Some(message) if !code.contains("Signature") => format!(": {message:?}"),
        _ => String::new(),
    }
}

/// Codes whose meaning does not depend on anything else ("Error responses", Amazon S3 API Reference, and
/// what compatible servers add).
fn known(status: u16, code: &str, config: &Config) -> Option<(ErrorKind, String)> {
    use ErrorKind as Kind;
    let (kind, sentence) = match code {
        "NoSuchKey" => (Kind::NotFound, "there is no such file"),
        "NoSuchBucket" => {
            let place = host(config);
            let bucket = &config.bucket;
            let sentence =
                format!("there is no bucket {bucket:?} at {place}; create it, or mend the setting");
            return Some((Kind::InvalidConfig, sentence));
        }
        "InvalidBucketName" => (Kind::InvalidConfig, "the server does not take the name of the bucket"),
        "InvalidAccessKeyId" => {
            (Kind::PermissionDenied, "the server does not know the access key; check access_key and endpoint")
        }
        "SignatureDoesNotMatch" => {
            (Kind::PermissionDenied, "the signature does not match; check the secret key (secret_key)")
        }
        "RequestTimeTooSkewed" => (
            Kind::PermissionDenied,
            "this machine's clock and the server's differ by more than 15 minutes; set the clock",
        ),
        "ExpiredToken" | "InvalidToken" | "TokenRefreshRequired" => (
            Kind::PermissionDenied,
            "the session token is not valid (any more); temporary credentials must come from a provider that \
             refreshes them",
        ),
        "AccessDenied" | "AllAccessDisabled" | "AccountProblem" | "NotSignedUp" => {
            return Some((Kind::PermissionDenied, access_denied(config)));
        }
        "KMS.DisabledException"
        | "KMS.NotFoundException"
        | "KMS.InvalidStateException"
        | "KMS.KMSInvalidStateException"
        | "KMS.InvalidKeyUsageException" => {
            (Kind::InvalidConfig, "the key service cannot use the key; check kms_key_id and the key's state")
        }
        "AccessControlListNotSupported" => (
            Kind::Unsupported,
            "the bucket has ACLs disabled (BucketOwnerEnforced, the default since April 2023); save without a \
             visibility, and make files public with a bucket policy or a CDN",
        ),
        "SlowDown"
        | "SlowDownRead"
        | "SlowDownWrite"
        | "ServiceUnavailable"
        | "Throttling"
        | "RequestLimitExceeded"
        | "TooManyRequests" => (Kind::Unavailable, "the server is asked too much at the moment"),
        "RequestTimeout" => (Kind::Timeout, "the server waited too long for the request"),
        "EntityTooLarge" => (Kind::TooLarge, "the file is larger than the server takes"),
        "BadDigest" | "InvalidDigest" | "XAmzContentSHA256Mismatch" | "XAmzContentChecksumMismatch" => {
            (Kind::ChecksumMismatch, "other bytes arrived at the server than were sent; nothing was stored")
        }
        "InvalidRange" => (Kind::RangeNotSatisfiable, "the range begins behind the end of the file"),
        "KeyTooLongError" | "KeyTooLong" | "XMinioInvalidObjectName" | "InvalidURI" => {
            (Kind::InvalidName, "the server does not take the name")
        }
        "MetadataTooLarge" => (Kind::InvalidInput, "the user metadata is larger than the server takes"),
        "QuotaExceeded" | "XMinioStorageFull" | "InsufficientStorage" | "InsufficientCapacity" => {
            (Kind::StorageFull, "the server has no space left, or the quota is used up")
        }
        "ConditionalRequestConflict" | "OperationAborted" => {
            (Kind::Conflict, "another write of the same name was under way; try again")
        }
        "NoSuchUpload" => (
            Kind::Conflict,
            "somebody aborted the multipart upload while it ran (a lifecycle rule does that); try again",
        ),
        "InvalidObjectState" => {
            (Kind::Unsupported, "the file is in an archive storage class and must be restored first")
        }
        "NotImplemented" => (Kind::Unsupported, "the server cannot do this"),
        _ if status == 507 => (Kind::StorageFull, "the server has no space left"),
        _ => return None,
    };
    Some((kind, sentence.to_owned()))
}

/// What to look at where access is refused, as far as settings could be the reason.
fn access_denied(config: &Config) -> String {
    let mut sentence =
        "the server refused access; check what the credentials, the bucket's policy and its owner allow"
            .to_owned();
    if config.requests.owner.is_some() {
        sentence += ", and whether the bucket belongs to expected_bucket_owner";
    }
    if config.requests.customer_key.is_some() {
        sentence += ", and whether customer_key is the key that the file was saved with";
    }
    sentence
}

/// The SDK does not follow redirects to another region (awslabs/aws-sdk-rust#1052), and could not: the
/// signature names the region.
fn wrong_region(
    status: u16,
    code: &str,
    message: Option<&str>,
    bucket_region: Option<&str>,
    config: &Config,
) -> Option<(ErrorKind, String)> {
    let ours = config.server.region.as_deref();
    let elsewhere = bucket_region.is_some_and(|region| Some(region) != ours) && matches!(status, 400 | 403);
    let named = matches!(
        code,
        "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "AuthorizationQueryParametersError"
            | "IllegalLocationConstraintException"
    );
    if !(named || elsewhere || matches!(status, 301 | 307)) {
        return None;
    }
    let bucket = &config.bucket;
    let sentence = match (bucket_region, message) {
        (Some(region), _) => format!("the bucket {bucket:?} lies in the region {region:?}; set region to it"),
        // AWS: "the region 'us-east-1' is wrong; expecting 'eu-west-1'".
        (None, Some(message)) => format!("the region of the bucket {bucket:?} is another one: {message}"),
        (None, None) => format!("the bucket {bucket:?} lies in another region; set region to it"),
    };
    Some((ErrorKind::InvalidConfig, sentence))
}

/// Codes that we do not know, and replies to HEAD, which have none.
fn by_status(status: u16, code: &str, message: Option<&str>) -> (ErrorKind, String) {
    use ErrorKind as Kind;
    let words = message.map(|message| format!(": {message:?}")).unwrap_or_default();
    let (kind, sentence) = match status {
        304 => (Kind::NotModified, "the file has not changed"),
        401 | 403 => (Kind::PermissionDenied, "the server refused access"),
        404 => (Kind::NotFound, "there is no such file"),
        409 => (Kind::Conflict, "another write was under way"),
        412 => (Kind::PreconditionFailed, "the file is no longer the version that the caller expects"),
        416 => (Kind::RangeNotSatisfiable, "the range begins behind the end of the file"),
        429 => (Kind::Unavailable, "the server is asked too much at the moment"),
        501 => (Kind::Unsupported, "the server cannot do this"),
        400 if message.is_some_and(|message| message.contains("Server Side Encryption")) => (
            Kind::InvalidConfig,
            "the file is encrypted with a customer key (SSE-C); set customer_key to the key that it was saved with",
        ),
        400 if code.is_empty() || code == "BadRequest" => (
            Kind::Other,
            "the server refused the request without a reason; check region, keys and the machine's clock",
        ),
        500..=599 | 200 => (Kind::Unavailable, "the server failed"),
        _ => (Kind::Other, "the server refused the request"),
    };
    if matches!(status, 304 | 404 | 412 | 416) || code.is_empty() {
        return (kind, sentence.to_owned());
    }
    (kind, format!("{sentence} ({status} {code}{words})"))
}

#[cfg(test)]
mod tests {
    use holdall_core::ErrorKind;

    use super::{Failure, refused};
    use crate::storage::S3Storage;

    fn said(status: u16, code: &str, message: &str, region: Option<&str>) -> Failure {
        let storage =
            S3Storage::builder("media").region("us-east-1").access_key("a").secret_key("b").build().unwrap();
        refused(status, code, Some(message), region, storage.config())
    }

    #[test]
    fn codes_become_kinds_with_a_sentence_to_act_on() {
        for (status, code, kind, hint) in [
            (403, "SignatureDoesNotMatch", ErrorKind::PermissionDenied, "secret key"),
            (403, "InvalidAccessKeyId", ErrorKind::PermissionDenied, "access key"),
            (403, "RequestTimeTooSkewed", ErrorKind::PermissionDenied, "clock"),
            (403, "AccessDenied", ErrorKind::PermissionDenied, "allow"),
            (404, "NoSuchBucket", ErrorKind::InvalidConfig, "\"media\""),
            (404, "NoSuchKey", ErrorKind::NotFound, "no such file"),
            (400, "AccessControlListNotSupported", ErrorKind::Unsupported, "bucket policy"),
            (400, "EntityTooLarge", ErrorKind::TooLarge, "larger"),
            (400, "BadDigest", ErrorKind::ChecksumMismatch, "nothing was stored"),
            (400, "KeyTooLongError", ErrorKind::InvalidName, "name"),
            (416, "InvalidRange", ErrorKind::RangeNotSatisfiable, "range"),
            (412, "PreconditionFailed", ErrorKind::PreconditionFailed, "version"),
            (409, "ConditionalRequestConflict", ErrorKind::Conflict, "try again"),
            (503, "SlowDown", ErrorKind::Unavailable, "too much"),
            (500, "InternalError", ErrorKind::Unavailable, "InternalError"),
            (507, "XMinioStorageFull", ErrorKind::StorageFull, "space"),
            (501, "NotImplemented", ErrorKind::Unsupported, "cannot"),
        ] {
            let error = said(status, code, "text", None).into_error();
            assert_eq!(error.kind(), kind, "{code}");
            assert!(error.to_string().contains(hint), "{code}: {error}");
        }
    }

    #[test]
    fn the_right_region_is_in_the_message() {
        for (status, code) in [(301, "PermanentRedirect"), (400, ""), (301, "")] {
            let error = said(status, code, "m", Some("eu-west-1")).into_error();
            assert_eq!(error.kind(), ErrorKind::InvalidConfig);
            assert!(error.to_string().contains("\"eu-west-1\""), "{error}");
        }
        let text = "the region 'us-east-1' is wrong; expecting 'eu-west-1'";
        let error = said(400, "AuthorizationHeaderMalformed", text, None).into_error();
        assert!(error.to_string().contains("expecting 'eu-west-1'"), "{error}");
        // Our own region in the reply says nothing.
        assert_eq!(said(403, "", "", Some("us-east-1")).into_error().kind(), ErrorKind::PermissionDenied);
    }

    #[test]
    fn what_a_server_compared_is_not_repeated() {
        let error = said(403, "SignatureDoesNotMatch", "got canary", None).into_error();
        assert!(!format!("{error} {error:?}").contains("canary"));
    }

    #[test]
    fn a_403_to_head_mentions_the_permission_that_is_missing() {
        let error = said(403, "", "", None).of_head().into_error();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("s3:ListBucket"));
        let error = said(403, "AccessDenied", "", None).of_listing().into_error();
        assert_eq!(error.kind(), ErrorKind::PermissionDenied);
        assert!(error.to_string().contains("s3:ListBucket"));
        assert!(
            !said(403, "RequestTimeTooSkewed", "", None)
                .of_listing()
                .into_error()
                .to_string()
                .contains("s3:")
        );
    }

    #[test]
    fn only_replies_that_settle_nothing_are_unknown() {
        assert!(said(500, "InternalError", "", None).unknown && said(503, "SlowDown", "", None).unknown);
        assert!(!said(501, "NotImplemented", "", None).unknown);
        assert!(!said(412, "PreconditionFailed", "", None).unknown && !said(404, "", "", None).unknown);
    }
}
