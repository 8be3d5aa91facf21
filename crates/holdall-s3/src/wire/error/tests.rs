use std::time::SystemTime;

use holdall_core::ErrorKind;

use super::{Failure, refused};
use crate::handle::S3Storage;
use crate::wire::reply::Reply;

fn said(status: u16, code: &str, message: &str, region: Option<&str>) -> Failure {
    let storage =
        S3Storage::builder("media").region("us-east-1").access_key("a").secret_key("b").build().unwrap();
    let mut reply = Reply::of_key(status);
    reply.bucket_region = region.map(str::to_owned);
    reply.asked.is_head = code.is_empty();
    refused(&reply, code, Some(message), storage.config(), SystemTime::UNIX_EPOCH)
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
    let error = said(403, "", "", None).into_error();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("s3:ListBucket"));
    let error = said(403, "AccessDenied", "", None).of_listing().into_error();
    assert_eq!(error.kind(), ErrorKind::PermissionDenied);
    assert!(error.to_string().contains("s3:ListBucket"));
    assert!(
        !said(403, "RequestTimeTooSkewed", "", None).of_listing().into_error().to_string().contains("s3:")
    );
}

#[test]
fn only_replies_that_settle_nothing_are_unknown() {
    assert!(said(500, "InternalError", "", None).unknown && said(503, "SlowDown", "", None).unknown);
    assert!(!said(501, "NotImplemented", "", None).unknown);
    assert!(!said(412, "PreconditionFailed", "", None).unknown && !said(404, "", "", None).unknown);
}
