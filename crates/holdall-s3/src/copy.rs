//! Copying inside the bucket.
//!
//! Attributes are read with a HEAD and sent again with the copy (`REPLACE`) instead of left to the server:
//! only so can the copy carry a put-id of its own, by which a lost reply is told from a lost race, and only
//! so does the visibility of a file come along (`CopyObject` never copies an ACL).

use std::sync::Arc;

use aws_sdk_s3::types::MetadataDirective;
use holdall_core::{CopyOptions, ETag, Error, ErrorKind, Name, Result, Saved};
use percent_encoding::utf8_percent_encode;

use crate::client::{Inner, send};
use crate::conditional::{Condition, Made, Outcome, tag};
use crate::metadata::{Headers, Object, PUT_ID, canned, with_headers};
use crate::naming::Naming;
use crate::presign::PATH;

/// What one `CopyObject` takes: 5 GiB. Larger files go by parts, which is not built yet.
pub(crate) const MAX_COPY_SIZE: u64 = crate::part_plan::MAX_PART_SIZE;

/// `x-amz-copy-source`: percent-encoding is left to the caller of the SDK.
pub(crate) fn source(bucket: &str, key: &str, version: Option<&str>) -> String {
    let source = format!("{bucket}/{}", utf8_percent_encode(key, PATH));
    match version {
        Some(version) => format!("{source}?versionId={}", utf8_percent_encode(version, PATH)),
        None => source,
    }
}

/// One `CopyObject`.
#[derive(Debug)]
pub(crate) struct Copying<'a> {
    pub(crate) from: &'a Name,
    /// Of the source; the current one without.
    pub(crate) from_version: Option<&'a str>,
    pub(crate) to: &'a Name,
    pub(crate) headers: &'a Headers,
    pub(crate) put_id: Option<&'a str>,
    pub(crate) condition: &'a Condition,
    /// The version to copy.
    pub(crate) source_etag: Option<&'a ETag>,
    pub(crate) size: u64,
}

/// See [`Storage::copy`](holdall_core::Storage::copy).
pub(crate) async fn copy(inner: &Arc<Inner>, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
    let source = inner.key(from)?;
    let mut naming = Naming::new(inner, to, options.mode(), options.max_length)?;
    let mut attempt = 0;
    loop {
        let object = inner.head(&source).await.map_err(|failure| missing(failure.into(), from))?;
        let etag = tag(&object);
        if let Some(expected) = &options.if_match
            && etag.as_ref().is_none_or(|etag| !etag.strong_eq(expected))
        {
            return Err(Error::new(ErrorKind::PreconditionFailed).with_name(from.as_str()));
        }
        let metadata = object.metadata(from)?;
        if from == to {
            return Ok(metadata.into());
        }
        if metadata.size > MAX_COPY_SIZE {
            return Err(Error::unsupported("copy files of more than 5 GiB inside the bucket yet")
                .with_name(from.as_str()));
        }
        let mut headers = inner.headers_of(&object, &source, None).await?;
        let condition = naming.condition();
        let put_id = if condition == Condition::None { None } else { headers.mark() };
        let copying = Copying {
            from: &source,
            from_version: None,
            to: naming.key(),
            headers: &headers,
            put_id: put_id.as_deref(),
            condition: &condition,
            source_etag: etag.as_ref(),
            size: metadata.size,
        };
        match inner.copy_object(copying).await {
            Ok(Outcome::Written(made)) => {
                let name = inner.name_of(naming.key());
                return Ok(made.complete(Saved::new(name, metadata.size).with_checksum(metadata.checksum)));
            }
            Ok(Outcome::Taken) => naming.taken(inner)?,
            Ok(Outcome::Again) => {}
            // Nothing was asked of the destination, so that it was the source that changed meanwhile; unless
            // the caller named the version, the new one is as good.
            Err(error)
                if error.kind() == ErrorKind::PreconditionFailed
                    && condition == Condition::None
                    && options.if_match.is_none() => {}
            Err(error) if error.kind() == ErrorKind::PreconditionFailed => {
                let refused = if condition == Condition::None { from } else { to };
                return Err(error.with_name(refused.as_str()));
            }
            Err(error) => return Err(missing(error, from)),
        }
        inner.before_again(attempt).await?;
        attempt += 1;
    }
}

/// A source that is not there is named.
fn missing(error: Error, from: &Name) -> Error {
    if error.is_not_found() { Error::not_found(from) } else { error }
}

impl Inner {
    /// What a copy of that object is sent with: its own headers without our mark, and its visibility.
    pub(crate) async fn headers_of(
        &self,
        object: &Object,
        key: &Name,
        version: Option<&str>,
    ) -> Result<Headers> {
        let mut headers = object.headers.clone();
        headers.user.remove(PUT_ID);
        if object.is_marked() {
            headers.acl = self.visibility(key, version).await?.map(canned);
        }
        Ok(headers)
    }

    /// Copies one object, of at most [`MAX_COPY_SIZE`], and settles a reply that was lost.
    ///
    /// # Errors
    ///
    /// `NotFound` when the source is gone; `PreconditionFailed` when it is another version.
    pub(crate) async fn copy_object(&self, copying: Copying<'_>) -> Result<Outcome> {
        let Copying { from, from_version, to, headers, put_id, condition, source_etag, size } = copying;
        let request = self
            .client()
            .await?
            .copy_object()
            .bucket(self.bucket())
            .key(to.as_str())
            .copy_source(source(self.bucket(), from.as_str(), from_version))
            .set_copy_source_if_match(source_etag.map(|etag| etag.as_str().to_owned()))
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .metadata_directive(MetadataDirective::Replace);
        let limits = self.with_limits(0, size);
        let failure = match send!(with_headers!(request, headers), limits) {
            Ok(reply) => {
                let etag = reply.copy_object_result().and_then(|result| result.e_tag());
                return Ok(Outcome::Written(Made::new(etag, reply.version_id())));
            }
            Err(error) => self.failure(&error),
        };
        if failure.is_missing() && self.head(from).await.is_err_and(|source| source.is_missing()) {
            return Err(failure.into());
        }
        self.settle(to, condition, put_id, failure).await
    }
}
