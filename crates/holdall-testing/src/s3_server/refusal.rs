//! Error replies that s3s has no name for.

use hyper::StatusCode;
use s3s::{S3Error, S3ErrorCode};

/// An error with any code and status.
pub(crate) fn refusal(
    code: &str,
    status: StatusCode,
    message: impl Into<std::borrow::Cow<'static, str>>,
) -> S3Error {
    let code = S3ErrorCode::from_bytes(code.as_bytes()).unwrap_or(S3ErrorCode::InternalError);
    let mut error = S3Error::with_message(code, message);
    error.set_status_code(status);
    error
}

/// 400 with that code.
pub(crate) fn bad_request(code: &str, message: impl Into<std::borrow::Cow<'static, str>>) -> S3Error {
    refusal(code, StatusCode::BAD_REQUEST, message)
}

/// 404 with that code: a setting that a bucket does not have.
pub(crate) fn not_found(code: &str, message: &'static str) -> S3Error {
    refusal(code, StatusCode::NOT_FOUND, message)
}

/// A document that does not say what it has to.
pub(crate) fn malformed_xml() -> S3Error {
    bad_request(
        "MalformedXML",
        "The XML you provided was not well-formed or did not validate against our published schema",
    )
}

/// 301: the bucket lies in another region, which the reply names.
pub(crate) fn permanent_redirect(region: &str) -> S3Error {
    let mut error = refusal(
        "PermanentRedirect",
        StatusCode::MOVED_PERMANENTLY,
        "The bucket you are attempting to access must be addressed using the specified endpoint. Please send all future \
         requests to this endpoint.",
    );
    error.set_headers(region_header(region));
    error
}

/// `x-amz-bucket-region`, with which S3 names the right region in every such refusal.
pub(crate) fn region_header(region: &str) -> hyper::HeaderMap {
    let mut headers = hyper::HeaderMap::new();
    if let Ok(region) = hyper::header::HeaderValue::from_str(region) {
        headers.insert("x-amz-bucket-region", region);
    }
    headers
}
