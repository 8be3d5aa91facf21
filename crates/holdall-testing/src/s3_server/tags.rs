//! Object tags: given with a write or set later, counted in reads, limited as on S3.

use std::collections::BTreeMap;

use percent_encoding::percent_decode_str;
use s3s::dto::{
    DeleteObjectTaggingInput, DeleteObjectTaggingOutput, GetObjectTaggingInput, GetObjectTaggingOutput,
    PutObjectTaggingInput, PutObjectTaggingOutput, Tag,
};
use s3s::{S3Error, S3Request, S3Response, S3Result, s3_error};

use super::backend::Backend;
use super::refusal::bad_request;

/// Tags of an object by name.
pub(crate) type Tags = BTreeMap<String, String>;

/// The limits of the Amazon S3 User Guide, "Categorizing your objects using tags": tags of an object, characters of a
/// key, characters of a value.
const MAX_TAGS: usize = 10;
const MAX_KEY: usize = 128;
const MAX_VALUE: usize = 256;

/// Reads `x-amz-tagging`: the pairs of a URL query.
///
/// # Errors
/// `InvalidArgument` (400) where it is no such query or names a tag twice, and those of [`checked`].
pub(crate) fn from_header(header: Option<String>) -> S3Result<Tags> {
    let Some(header) = header.filter(|header| !header.is_empty()) else { return Ok(Tags::new()) };
    let malformed = || {
        s3_error!(
            InvalidArgument,
            "The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag \
             name duplicates."
        )
    };
    let decoded = |text: &str| {
        let spaced = text.replace('+', " ");
        percent_decode_str(&spaced).decode_utf8().map(std::borrow::Cow::into_owned).map_err(|_| malformed())
    };
    let mut tags = Tags::new();
    for pair in header.split('&') {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if tags.insert(decoded(key)?, decoded(value)?).is_some() {
            return Err(malformed());
        }
    }
    checked(tags)
}

/// Reads a `TagSet`.
///
/// # Errors
/// `InvalidTag` (400) for a name that is there twice, and those of [`checked`].
fn from_set(set: Vec<Tag>) -> S3Result<Tags> {
    let mut tags = Tags::new();
    for tag in set {
        if tags.insert(tag.key.unwrap_or_default(), tag.value.unwrap_or_default()).is_some() {
            return Err(invalid("Cannot provide multiple Tags with the same key"));
        }
    }
    checked(tags)
}

/// Applies S3's limits.
///
/// # Errors
/// `BadRequest` (400) for more than ten tags; `InvalidTag` (400) for a name or value that is too long, empty, reserved
/// or of other characters than S3 allows.
fn checked(tags: Tags) -> S3Result<Tags> {
    if tags.len() > MAX_TAGS {
        return Err(bad_request("BadRequest", "Object tags cannot be greater than 10"));
    }
    for (key, value) in &tags {
        if key.is_empty() || key.chars().count() > MAX_KEY || !key.chars().all(allowed) {
            return Err(invalid("The TagKey you have provided is invalid"));
        }
        if key.to_ascii_lowercase().starts_with("aws:") {
            return Err(invalid("System tags cannot be added/updated by requester"));
        }
        if value.chars().count() > MAX_VALUE || !value.chars().all(allowed) {
            return Err(invalid("The TagValue you have provided is invalid"));
        }
    }
    Ok(tags)
}

/// Letters, digits and spaces of any script, and `+ - = . _ : / @`.
fn allowed(character: char) -> bool {
    character.is_alphanumeric() || character == ' ' || "+-=._:/@".contains(character)
}

fn invalid(message: &'static str) -> S3Error {
    bad_request("InvalidTag", message)
}

impl Backend {
    /// `PutObjectTagging`: replaces all tags; neither entity tag nor time change.
    ///
    /// # Errors
    /// Those of [`from_set`], `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`, `MethodNotAllowed`.
    pub(crate) fn put_tags(
        &self,
        req: S3Request<PutObjectTaggingInput>,
    ) -> S3Result<S3Response<PutObjectTaggingOutput>> {
        let input = req.input;
        let tags = from_set(input.tagging.tag_set)?;
        let version_id = self.amend_tags((&input.bucket, &input.key, input.version_id.as_deref()), tags)?;
        Ok(S3Response::new(PutObjectTaggingOutput { version_id }))
    }

    /// `GetObjectTagging`: an empty set where there are none.
    ///
    /// # Errors
    /// As `PutObjectTagging`.
    pub(crate) fn get_tags(
        &self,
        req: &S3Request<GetObjectTaggingInput>,
    ) -> S3Result<S3Response<GetObjectTaggingOutput>> {
        let input = &req.input;
        let state = self.state();
        let bucket = state.bucket(&input.bucket)?;
        let object = bucket.version(&input.key, input.version_id.as_deref())?;
        let tag =
            |(key, value): (&String, &String)| Tag { key: Some(key.clone()), value: Some(value.clone()) };
        Ok(S3Response::new(GetObjectTaggingOutput {
            tag_set: object.tags.iter().map(tag).collect(),
            version_id: bucket.shown(object.version_id.clone()),
        }))
    }

    /// `DeleteObjectTagging`.
    ///
    /// # Errors
    /// As `PutObjectTagging`.
    pub(crate) fn delete_tags(
        &self,
        req: &S3Request<DeleteObjectTaggingInput>,
    ) -> S3Result<S3Response<DeleteObjectTaggingOutput>> {
        let input = &req.input;
        let object = (input.bucket.as_str(), input.key.as_str(), input.version_id.as_deref());
        let version_id = self.amend_tags(object, Tags::new())?;
        Ok(S3Response::new(DeleteObjectTaggingOutput { version_id }))
    }

    fn amend_tags(
        &self,
        (bucket, key, version): (&str, &str, Option<&str>),
        tags: Tags,
    ) -> S3Result<Option<String>> {
        let mut state = self.state();
        let bucket = state.bucket_mut(bucket)?;
        let id = bucket.version(key, version)?.version_id.clone();
        bucket.amend(key, Some(&id), |object| object.tags = tags)?;
        Ok(bucket.shown(id))
    }
}
