//! `GetObject` and `HeadObject`: the same choice of object, conditions and range; only one sends the body.

use std::ops::Range;
use std::sync::Arc;

use futures_util::stream;
use s3s::dto::{
    ChecksumMode, GetObjectInput, GetObjectOutput, HeadObjectInput, HeadObjectOutput, Range as RangeHeader,
    StreamingBlob, Timestamp,
};
use s3s::{Body, S3Request, S3Response, S3Result, s3_error};

use super::acl;
use super::backend::Backend;
use super::checksum::set_checksum;
use super::conditions::{ReadConditions, strong};
use super::encryption::{CustomerKey, customer_key, show_encryption};
use super::state::{Object, checksum_type};
use super::transcoding;

/// What S3 answers where the writer gave no content type.
const DEFAULT_CONTENT_TYPE: &str = "binary/octet-stream";

/// The part of an object that a read is about.
#[derive(Debug)]
struct Selected {
    object: Arc<Object>,
    range: Range<u64>,
    /// Set when the reply is a 206.
    content_range: Option<String>,
    /// Set when the request asked for a part by number.
    parts_count: Option<i32>,
    /// Where the bucket keeps versions.
    version_id: Option<String>,
}

impl Selected {
    fn length(&self) -> i64 {
        i64::try_from(self.range.end - self.range.start).expect("an object in memory is shorter than 8 EiB")
    }

    /// S3 gives the checksum of the whole only with the whole.
    fn checksum_wanted(&self, mode: Option<&ChecksumMode>) -> bool {
        mode.is_some_and(|mode| mode.as_str() == ChecksumMode::ENABLED)
            && self.range == (0..self.object.size)
            && self.parts_count.is_none()
    }
}

/// Fills what both outputs have in common, with the `response-*` parameters of the request in place.
macro_rules! answer {
    ($output:ident, $input:expr, $selected:expr) => {{
        let object = &$selected.object;
        let attributes = object.attributes.clone();
        let mut output = $output {
            accept_ranges: Some("bytes".to_owned()),
            content_length: Some($selected.length()),
            content_range: $selected.content_range.clone(),
            content_type: $input
                .response_content_type
                .or(attributes.content_type)
                .or_else(|| Some(DEFAULT_CONTENT_TYPE.to_owned())),
            content_disposition: $input.response_content_disposition.or(attributes.content_disposition),
            content_encoding: $input.response_content_encoding.or(attributes.content_encoding),
            content_language: $input.response_content_language.or(attributes.content_language),
            cache_control: $input.response_cache_control.or(attributes.cache_control),
            expires: $input.response_expires.or(attributes.expires),
            website_redirect_location: attributes.website_redirect,
            object_lock_mode: attributes.lock.mode.map(Into::into),
            object_lock_retain_until_date: attributes.lock.retain_until,
            object_lock_legal_hold_status: attributes.lock.legal_hold.map(Into::into),
            e_tag: Some(strong(&object.etag)),
            last_modified: Some(Timestamp::from(object.last_modified)),
            metadata: Some(attributes.metadata.into_iter().collect()),
            parts_count: $selected.parts_count,
            version_id: $selected.version_id.clone(),
            // STANDARD is the one class that S3 does not mention in a reply.
            storage_class: attributes.storage_class.filter(|class| class != "STANDARD").map(Into::into),
            ..$output::default()
        };
        show_encryption!(output, object.encryption);
        if $selected.checksum_wanted($input.checksum_mode.as_ref()) {
            output.checksum_type = Some(checksum_type(&object.checksum));
            set_checksum!(output, object.checksum.algorithm, object.checksum.value.clone());
        }
        output
    }};
}

/// Whether the request asks for other response headers than the stored ones.
macro_rules! overrides {
    ($input:expr) => {
        $input.response_content_type.is_some()
            || $input.response_content_disposition.is_some()
            || $input.response_content_encoding.is_some()
            || $input.response_content_language.is_some()
            || $input.response_cache_control.is_some()
            || $input.response_expires.is_some()
    };
}

macro_rules! conditions {
    ($input:expr) => {
        ReadConditions {
            matches: $input.if_match.take(),
            none_match: $input.if_none_match.take(),
            modified_since: $input.if_modified_since.take(),
            unmodified_since: $input.if_unmodified_since.take(),
        }
    };
}

impl Backend {
    /// `GetObject`: the body is cut from the stored object without copying, and read after the lock is released.
    ///
    /// # Errors
    /// Those of [`select`](Self::select); `NotImplemented` where the content was discarded.
    pub(crate) fn get(&self, req: S3Request<GetObjectInput>) -> S3Result<S3Response<GetObjectOutput>> {
        let mut input = req.input;
        let anonymous = req.credentials.is_none();
        check_overrides(anonymous, overrides!(input))?;
        let key = customer_key!(input)?;
        let conditions = conditions!(input);
        let select = |range| {
            let names = (input.bucket.as_str(), input.key.as_str(), input.version_id.as_deref());
            self.select(names, anonymous, key.as_ref(), &conditions, range, input.part_number)
        };
        let whole = self.unpacks(&req.headers).then(|| select(None)).transpose()?;
        if let Some(selected) = whole.filter(|selected| transcoding::is_packed(&selected.object)) {
            let body = transcoding::unpacked(&selected.object)?;
            let output = answer!(GetObjectOutput, input, selected);
            return Ok(S3Response::new(GetObjectOutput {
                body: Some(body),
                content_length: None,
                content_encoding: None,
                ..output
            }));
        }
        let selected = select(input.range)?;
        let segments = selected.object.content.slice(selected.range.clone())?;
        let mut output = answer!(GetObjectOutput, input, selected);
        output.tag_count = i32::try_from(selected.object.tags.len()).ok().filter(|count| *count > 0);
        output.body = Some(match <[_; 1]>::try_from(segments) {
            Ok([segment]) => StreamingBlob::from(Body::from(segment)),
            Err(segments) => {
                StreamingBlob::wrap(stream::iter(segments.into_iter().map(Ok::<_, std::io::Error>)))
            }
        });
        Ok(S3Response::new(output))
    }

    /// `HeadObject`: what the `GetObject` would answer, without the body; errors have no body either.
    ///
    /// # Errors
    /// Those of [`select`](Self::select).
    pub(crate) fn head(&self, req: S3Request<HeadObjectInput>) -> S3Result<S3Response<HeadObjectOutput>> {
        let mut input = req.input;
        let anonymous = req.credentials.is_none();
        check_overrides(anonymous, overrides!(input))?;
        let key = customer_key!(input)?;
        let selected = self.select(
            (&input.bucket, &input.key, input.version_id.as_deref()),
            anonymous,
            key.as_ref(),
            &conditions!(input),
            input.range,
            input.part_number,
        )?;
        let partial = selected.content_range.is_some();
        let mut output = answer!(HeadObjectOutput, input, selected);
        if self.unpacks(&req.headers) && transcoding::is_packed(&selected.object) {
            (output.content_length, output.content_encoding) = (None, None);
        }
        let mut response = S3Response::new(output);
        // s3s has no field for it.
        if !selected.object.tags.is_empty() {
            response.headers.insert("x-amz-tagging-count", selected.object.tags.len().into());
        }
        // s3s answers 200 to every HEAD; S3 answers what the GET would.
        Ok(if partial {
            S3Response { status: Some(hyper::StatusCode::PARTIAL_CONTENT), ..response }
        } else {
            response
        })
    }

    /// The object and the bytes of it that a read is about, once the reader may have them and the conditions hold.
    ///
    /// # Errors
    /// In this order: `NoSuchBucket`, `AccessDenied`, `NoSuchKey`, `PreconditionFailed` or `NotModified`, `InvalidRange`.
    fn select(
        &self,
        (name, key, version): (&str, &str, Option<&str>),
        anonymous: bool,
        key_given: Option<&CustomerKey>,
        conditions: &ReadConditions,
        range: Option<RangeHeader>,
        part: Option<i32>,
    ) -> S3Result<Selected> {
        let state = self.state();
        let bucket = state.bucket(name)?;
        let object = bucket.version(key, version);
        let found = object.as_ref().ok().map(AsRef::as_ref);
        acl::check_read(anonymous, (name, bucket), (key, version), found)?;
        let object = Arc::clone(object?);
        object.encryption.check_read(key_given)?;
        let version_id = bucket.shown(object.version_id.clone());
        conditions.check_read(&object)?;
        match (range, part) {
            (None, None) => {
                let range = 0..object.size;
                Ok(Selected { object, range, content_range: None, parts_count: None, version_id })
            }
            (Some(range), None) => {
                let range = satisfy(range, object.size)?;
                let content_range = Some(content_range(&range, object.size));
                Ok(Selected { object, range, content_range, parts_count: None, version_id })
            }
            (None, Some(number)) => Ok(Selected { version_id, ..part_of(object, number)? }),
            (Some(_), Some(_)) => Err(s3_error!(
                InvalidRequest,
                "Cannot specify both Range header and partNumber query parameter."
            )),
        }
    }
}

fn check_overrides(anonymous: bool, any: bool) -> S3Result<()> {
    if anonymous && any {
        return Err(s3_error!(
            InvalidRequest,
            "Request specific response headers cannot be used for anonymous GET requests."
        ));
    }
    Ok(())
}

/// The bytes of a range, or 416 `InvalidRange`. No range of an empty object can be satisfied, a suffix neither.
fn satisfy(range: RangeHeader, size: u64) -> S3Result<Range<u64>> {
    match range.check(size) {
        Ok(range) if size > 0 => Ok(range),
        _ => Err(s3_error!(InvalidRange, "The requested range is not satisfiable")),
    }
}

fn content_range(range: &Range<u64>, size: u64) -> String {
    format!("bytes {}-{}/{size}", range.start, range.end - 1)
}

/// `?partNumber=`: the bytes of that part of a multipart upload; an object of a single PUT is its own part 1.
fn part_of(object: Arc<Object>, number: i32) -> S3Result<Selected> {
    let sizes = if object.parts.is_empty() { vec![object.size] } else { object.parts.clone() };
    let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
    let Some(index) = index.filter(|index| *index < sizes.len()) else {
        return Err(s3_error!(InvalidRange, "The requested partnumber is not satisfiable"));
    };
    let start: u64 = sizes[..index].iter().sum();
    let range = start..start + sizes[index];
    let content_range = (object.size > 0).then(|| content_range(&range, object.size));
    let parts_count = i32::try_from(object.parts.len()).ok().filter(|count| *count > 0);
    Ok(Selected { object, range, content_range, parts_count, version_id: None })
}
