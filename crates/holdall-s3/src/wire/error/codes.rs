//! The meaning of S3's codes.

use holdall_core::ErrorKind;

use super::network::host;
use crate::config::Config;

/// Codes whose meaning does not depend on anything else ("Error responses", Amazon S3 API Reference, and
/// what compatible servers add).
pub(super) fn known(status: u16, code: &str, words: &str, config: &Config) -> Option<(ErrorKind, String)> {
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
            return Some((Kind::PermissionDenied, access_denied(words, config)));
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

/// Advice where access is refused, as far as settings could be the reason.
fn access_denied(words: &str, config: &Config) -> String {
    let mut sentence = format!(
        "the server refused access{words}; check the keys, and what they, the bucket's policy and its owner allow"
    );
    if config.requests.owner.is_some() {
        sentence += ", and whether the bucket belongs to expected_bucket_owner";
    }
    if config.requests.customer_key.is_some() {
        sentence += ", and whether customer_key is the key that the file was saved with";
    }
    sentence
}

/// The SDK does not follow redirects to another region (awslabs/aws-sdk-rust#1052), and could not: the
/// signature names the region. A redirect alone says nothing about regions: proxies redirect, too.
pub(super) fn wrong_region(
    status: u16,
    code: &str,
    message: Option<&str>,
    bucket_region: Option<&str>,
    config: &Config,
) -> Option<(ErrorKind, String)> {
    let ours = config.server.region.as_deref();
    let elsewhere =
        bucket_region.is_some_and(|region| Some(region) != ours) && matches!(status, 301 | 307 | 400 | 403);
    let named = matches!(
        code,
        "PermanentRedirect"
            | "TemporaryRedirect"
            | "AuthorizationHeaderMalformed"
            | "AuthorizationQueryParametersError"
            | "IllegalLocationConstraintException"
    );
    if !(named || elsewhere) {
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
pub(super) fn by_status(status: u16, code: &str, message: Option<&str>) -> (ErrorKind, String) {
    use ErrorKind as Kind;
    let words = message.map(|message| format!(": {message:?}")).unwrap_or_default();
    let (kind, sentence) = match status {
        304 => (Kind::NotModified, "the file has not changed"),
        401 | 403 => (Kind::PermissionDenied, "the server refused access"),
        404 => (Kind::NotFound, "there is no such file"),
        408 => (Kind::Timeout, "the server waited too long for the request"),
        409 => (Kind::Conflict, "another write was under way"),
        412 => (Kind::PreconditionFailed, "the file is no longer the version that the caller expects"),
        413 => (Kind::TooLarge, "the file is larger than the server takes in one request"),
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
    if matches!(status, 304 | 404 | 412 | 416) {
        return (kind, sentence.to_owned());
    }
    if code.is_empty() {
        return (kind, format!("{sentence} (status {status})"));
    }
    (kind, format!("{sentence} ({status} {code}{words})"))
}
