//! Conditional requests, for reads, writes, deletes and the source of a copy.
//!
//! Reads follow RFC 9110, section 13.2.2, which S3 follows too; the time conditions count only where the matching
//! entity-tag condition is absent. Writes follow the S3 API reference of `PutObject` and `CompleteMultipartUpload`.
//! The caller holds the state's lock from the check to the write.

use std::time::SystemTime;

use hyper::HeaderMap;
use hyper::header::{CACHE_CONTROL, ETAG, HeaderValue, LAST_MODIFIED};
use s3s::dto::{ETag, ETagCondition, Timestamp, TimestampFormat};
use s3s::{S3Error, S3ErrorCode, S3Result, s3_error};

use super::state::Object;

/// The conditions of `GetObject`, `HeadObject` and of a copy's source.
#[derive(Debug, Default)]
pub(crate) struct ReadConditions {
    pub(crate) matches: Option<ETagCondition>,
    pub(crate) none_match: Option<ETagCondition>,
    pub(crate) modified_since: Option<Timestamp>,
    pub(crate) unmodified_since: Option<Timestamp>,
}

impl ReadConditions {
    /// For reads: `If-None-Match` and `If-Modified-Since` that fail are 304, the other two 412.
    pub(crate) fn check_read(&self, object: &Object) -> S3Result<()> {
        self.check_preconditions(object)?;
        if self.unchanged(object) { Err(not_modified(object)) } else { Ok(()) }
    }

    /// For the source of a copy: every condition that fails is 412.
    pub(crate) fn check_copy_source(&self, object: &Object) -> S3Result<()> {
        self.check_preconditions(object)?;
        if self.unchanged(object) { Err(precondition_failed()) } else { Ok(()) }
    }

    fn check_preconditions(&self, object: &Object) -> S3Result<()> {
        let holds = match (&self.matches, &self.unmodified_since) {
            (Some(condition), _) => matches_strongly(condition, object),
            (None, Some(since)) => modified(object) <= *since,
            (None, None) => true,
        };
        if holds { Ok(()) } else { Err(precondition_failed()) }
    }

    fn unchanged(&self, object: &Object) -> bool {
        match (&self.none_match, &self.modified_since) {
            (Some(ETagCondition::Any), _) => true,
            (Some(ETagCondition::ETag(etag)), _) => etag.value() == object.etag,
            (None, Some(since)) => modified(object) <= *since,
            (None, None) => false,
        }
    }
}

/// The conditions of a write, against what is under the key now.
///
/// # Errors
/// - `PreconditionFailed` (412): `If-None-Match: *` and there is an object, or `If-Match` and its tag is another.
/// - `NoSuchKey` (404): `If-Match` and there is no object.
/// - `NotImplemented` (501): a condition that S3 does not know for writes (`If-None-Match` with a tag, `If-Match: *`,
///   both at once).
pub(crate) fn check_write(
    existing: Option<&Object>,
    if_match: Option<&ETagCondition>,
    if_none_match: Option<&ETagCondition>,
) -> S3Result<()> {
    match (if_match, if_none_match) {
        (None, None) => Ok(()),
        (None, Some(ETagCondition::Any)) => match existing {
            Some(_) => Err(precondition_failed()),
            None => Ok(()),
        },
        (Some(ETagCondition::ETag(etag)), None) => match existing {
            Some(object) if etag.value() == object.etag => Ok(()),
            Some(_) => Err(precondition_failed()),
            None => Err(s3_error!(NoSuchKey, "The specified key does not exist.")),
        },
        _ => Err(s3_error!(
            NotImplemented,
            "A header you provided implies functionality that is not implemented."
        )),
    }
}

/// The condition of `DeleteObject`: a tag that must match, or `*`.
///
/// A missing object satisfies it, as the API reference says ("if the object doesn't exist, the operation will return
/// a 204").
pub(crate) fn check_delete(existing: Option<&Object>, if_match: Option<&ETagCondition>) -> S3Result<()> {
    match (existing, if_match) {
        (Some(object), Some(condition)) if !matches_strongly(condition, object) => Err(precondition_failed()),
        _ => Ok(()),
    }
}

fn matches_strongly(condition: &ETagCondition, object: &Object) -> bool {
    match condition {
        ETagCondition::Any => true,
        ETagCondition::ETag(etag) => etag.as_strong() == Some(object.etag.as_str()),
    }
}

fn modified(object: &Object) -> Timestamp {
    Timestamp::from(object.last_modified)
}

fn precondition_failed() -> S3Error {
    s3_error!(PreconditionFailed, "At least one of the pre-conditions you specified did not hold.")
}

/// A 304 carries the headers that a cache needs to refresh its entry (RFC 9110, section 15.4.5).
fn not_modified(object: &Object) -> S3Error {
    let mut headers = HeaderMap::new();
    let mut put = |name, value: String| {
        if let Ok(value) = HeaderValue::try_from(value) {
            headers.insert(name, value);
        }
    };
    put(ETAG, format!("\"{}\"", object.etag));
    put(LAST_MODIFIED, http_date(object.last_modified));
    if let Some(value) = &object.attributes.cache_control {
        put(CACHE_CONTROL, value.clone());
    }
    let mut error = S3Error::new(S3ErrorCode::NotModified);
    error.set_headers(headers);
    error
}

fn http_date(time: SystemTime) -> String {
    let mut text = Vec::new();
    Timestamp::from(time)
        .format(TimestampFormat::HttpDate, &mut text)
        .expect("every SystemTime of an object is a date");
    String::from_utf8(text).expect("an HTTP date is ASCII")
}

/// The tag on the wire.
pub(crate) fn strong(etag: &str) -> ETag {
    ETag::Strong(etag.to_owned())
}

/// A condition that s3s does not hand over as a field of the input.
pub(crate) fn header_condition(headers: &HeaderMap, name: &str) -> S3Result<Option<ETagCondition>> {
    let Some(value) = headers.get(name) else { return Ok(None) };
    match ETagCondition::parse_http_header(value.as_bytes()) {
        Ok(condition) => Ok(Some(condition)),
        Err(error) => Err(s3_error!(error, InvalidArgument, "The {name} header is not an entity tag or *.")),
    }
}
