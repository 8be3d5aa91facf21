//! What time it is for signatures: whether a request is too old, a presigned URL over, a session token expired.

use std::time::{Duration, SystemTime};

use hyper::HeaderMap;
use s3s::dto::{Timestamp, TimestampFormat};
use s3s::{S3Result, s3_error};

use super::access::parameter;
use super::refusal::bad_request;

/// How far the clocks of client and server may lie apart (Amazon S3 API reference, `RequestTimeTooSkewed`).
const MAX_SKEW: Duration = Duration::from_mins(15);

/// Judges the time of a signature by the server's clock.
///
/// # Errors
/// `RequestTimeTooSkewed` (403) for a signature in headers; `AccessDenied` (403) for a presigned URL that is over or not
/// yet valid.
pub(crate) fn check(headers: &HeaderMap, query: &str, now: SystemTime) -> S3Result<()> {
    let lifetime = parameter(query, "X-Amz-Expires").and_then(|seconds| seconds.parse().ok());
    let signed = match lifetime {
        Some(_) => parameter(query, "X-Amz-Date"),
        None => headers.get("x-amz-date").and_then(|date| date.to_str().ok()),
    };
    // Without a date there is no signature, or s3s has refused it already.
    let Some(signed) = signed.and_then(parse) else { return Ok(()) };
    let too_early = signed > Timestamp::from(now + MAX_SKEW);
    let before = |span: Duration| Timestamp::from(now.checked_sub(span).unwrap_or(SystemTime::UNIX_EPOCH));
    match lifetime {
        Some(seconds) if signed < before(Duration::from_secs(seconds)) => {
            Err(s3_error!(AccessDenied, "Request has expired"))
        }
        Some(_) if too_early => Err(s3_error!(AccessDenied, "Request is not yet valid")),
        None if too_early || signed < before(MAX_SKEW) => Err(s3_error!(
            RequestTimeTooSkewed,
            "The difference between the request time and the current time is too large."
        )),
        Some(_) | None => Ok(()),
    }
}

/// Refuses a session token that has expired.
///
/// # Errors
/// `ExpiredToken` (400).
pub(crate) fn check_token(
    headers: &HeaderMap,
    query: &str,
    in_form: Option<&str>,
    expired: &[String],
) -> S3Result<()> {
    let header = headers.get("x-amz-security-token").and_then(|token| token.to_str().ok());
    let parameter = parameter(query, "X-Amz-Security-Token")
        .map(|token| percent_encoding::percent_decode_str(token).decode_utf8_lossy().into_owned());
    let sent = parameter.as_deref().or(header).or(in_form);
    if sent.is_some_and(|sent| expired.iter().any(|token| token == sent)) {
        return Err(bad_request("ExpiredToken", "The provided token has expired."));
    }
    Ok(())
}

/// `20261121T150000Z`.
fn parse(date: &str) -> Option<Timestamp> {
    let (day, time) = date.strip_suffix('Z')?.split_once('T')?;
    if day.len() != 8 || time.len() != 6 || !date.is_ascii() {
        return None;
    }
    let (year, month, day) = (&day[..4], &day[4..6], &day[6..]);
    let (hour, minute, second) = (&time[..2], &time[2..4], &time[4..]);
    let text = format!("{year}-{month}-{day}T{hour}:{minute}:{second}Z");
    Timestamp::parse(TimestampFormat::DateTime, &text).ok()
}
