//! `CopyObject`, and the source of `UploadPartCopy`.

use std::sync::Arc;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    CopyObjectInput, CopyObjectOutput, CopyObjectResult, CopySource, MetadataDirective, TaggingDirective,
    Timestamp,
};
use s3s::{S3ErrorCode, S3Request, S3Response, S3Result, s3_error};

use super::acl;
use super::backend::Backend;
use super::checksum::{self, ChecksumAlgorithm, ChecksumType, StoredChecksum, set_checksum};
use super::conditions::{ReadConditions, check_write, header_condition, strong};
use super::encryption::{encryption, show_encryption, source_key};
use super::grants::grant_headers;
use super::put::attributes;
use super::receive::{MAX_SINGLE_BODY, hex};
use super::state::{Content, Object, State, checksum_type};
use super::tags;

/// The four `x-amz-copy-source-if-*` conditions of an input.
macro_rules! source_conditions {
    ($input:expr) => {
        $crate::s3_server::conditions::ReadConditions {
            matches: $input.copy_source_if_match.take(),
            none_match: $input.copy_source_if_none_match.take(),
            modified_since: $input.copy_source_if_modified_since.take(),
            unmodified_since: $input.copy_source_if_unmodified_since.take(),
        }
    };
}
pub(crate) use source_conditions;

impl Backend {
    /// `CopyObject`: the attributes of the source, or with `REPLACE` those of the request, and so the
    /// tags; ACL and encryption of the request always.
    ///
    /// # Errors
    /// `NoSuchBucket` and `NoSuchKey` for the source, `PreconditionFailed` on either end, `InvalidRequest` for a copy
    /// onto itself that changes nothing and for a source over 5 GiB.
    pub(crate) fn copy(&self, req: S3Request<CopyObjectInput>) -> S3Result<S3Response<CopyObjectOutput>> {
        let mut input = req.input;
        let if_match = header_condition(&req.headers, "if-match")?;
        let if_none_match = header_condition(&req.headers, "if-none-match")?;
        let mut conditions: ReadConditions = source_conditions!(input);
        let replace = match input.metadata_directive.as_ref().map(MetadataDirective::as_str) {
            None | Some(MetadataDirective::COPY) => false,
            Some(MetadataDirective::REPLACE) => true,
            Some(other) => return Err(s3_error!(InvalidArgument, "Unknown metadata directive {other}.")),
        };
        let retag = match input.tagging_directive.as_ref().map(TaggingDirective::as_str) {
            None | Some(TaggingDirective::COPY) => false,
            Some(TaggingDirective::REPLACE) => true,
            Some(other) => return Err(s3_error!(InvalidArgument, "Unknown tagging directive {other}.")),
        };
        let grants = grant_headers!(input);
        let new_tags = tags::from_header(input.tagging.take())?;
        let algorithm = input.checksum_algorithm.as_ref();
        let algorithm = algorithm.map(|name| ChecksumAlgorithm::parse(name.as_str())).transpose()?;
        let source_key = source_key!(input)?;
        // What is said of encryption is enough of a change to copy an object onto itself.
        let changes = input.storage_class.is_some()
            || input.website_redirect_location.is_some()
            || input.server_side_encryption.is_some()
            || input.sse_customer_algorithm.is_some()
            || source_key.is_some();
        let encryption = encryption!(input, self.region())?;
        let from = Source::new(&input.copy_source)?;

        let mut state = self.state();
        let pinned = conditions.matches.take();
        conditions.matches =
            self.heeded(state.bucket(&from.bucket)?, "CopyObject", "x-amz-copy-source-if-match", pinned);
        let source = from.find(&state, &conditions)?;
        source.encryption.check_read(source_key.as_ref())?;
        let source_version = state.bucket(&from.bucket)?.shown(source.version_id.clone());
        if source.size > MAX_SINGLE_BODY {
            return Err(s3_error!(
                InvalidRequest,
                "The specified copy source is larger than the maximum allowable size for a copy source: {MAX_SINGLE_BODY}"
            ));
        }
        // An older version may be copied over the current one: that is how it is restored.
        let onto_itself = from.bucket == input.bucket && from.key == input.key && from.version.is_none();
        if onto_itself && !replace && !changes {
            return Err(s3_error!(
                InvalidRequest,
                "This copy request is illegal because it is trying to copy an object to itself without changing the \
                 object's metadata, storage class, website redirect location or encryption attributes."
            ));
        }
        let requested = attributes!(input)?;
        let attributes = if replace {
            requested
        } else {
            // Class, redirect and lock belong to the copy, not to what is copied.
            super::state::Attributes {
                storage_class: requested.storage_class,
                website_redirect: requested.website_redirect,
                lock: requested.lock,
                ..source.attributes.clone()
            }
        };

        let tags = if retag { new_tags } else { source.tags.clone() };
        let opaque = encryption.hides_md5().then(|| hex(&state.opaque_etag()));
        let bucket = state.bucket_mut(&input.bucket)?;
        attributes.lock.check(bucket, self.now())?;
        // The source's ACL is never copied.
        let acl = acl::requested(bucket, input.acl.as_ref(), grants)?;
        let if_match = self.heeded(bucket, "CopyObject", "if-match", if_match.as_ref());
        let if_none_match = self.heeded(bucket, "CopyObject", "if-none-match", if_none_match.as_ref());
        check_write(bucket.current(&input.key), if_match, if_none_match)?;
        if self.habits().copies_without_a_lock {
            drop(state);
            // Long enough for another one to come as far as this.
            (0..1_000).for_each(|_| std::thread::yield_now());
            state = self.state();
        }
        let bucket = state.bucket_mut(&input.bucket)?;
        let rehashed = rehashed(&source, algorithm.unwrap_or(source.checksum.algorithm));
        let etag = opaque.unwrap_or(rehashed.etag);
        let last_modified = self.now();
        let object = Object { etag, last_modified, attributes, acl, encryption, tags, ..rehashed };
        let mut result = CopyObjectResult {
            e_tag: Some(strong(&object.etag)),
            last_modified: Some(Timestamp::from(object.last_modified)),
            checksum_type: Some(checksum_type(&object.checksum)),
            ..CopyObjectResult::default()
        };
        set_checksum!(result, object.checksum.algorithm, object.checksum.value.clone());
        let mut output = CopyObjectOutput {
            copy_object_result: Some(result),
            copy_source_version_id: source_version,
            ..CopyObjectOutput::default()
        };
        show_encryption!(output, object.encryption);
        output.version_id = bucket.store(input.key, object);
        Ok(S3Response::new(output))
    }
}

/// What a copy reads.
#[derive(Debug)]
pub(crate) struct Source {
    pub(crate) bucket: String,
    pub(crate) key: String,
    /// The version, where the request names one.
    pub(crate) version: Option<String>,
}

impl Source {
    /// From `x-amz-copy-source`.
    pub(crate) fn new(source: &CopySource) -> S3Result<Self> {
        match source {
            CopySource::Bucket { bucket, key, version_id } => Ok(Self {
                bucket: bucket.to_string(),
                key: key.to_string(),
                version: version_id.as_deref().map(str::to_owned),
            }),
            CopySource::AccessPoint { .. } | CopySource::Outpost { .. } => {
                Err(s3_error!(NotImplemented, "This server has no access points."))
            }
        }
    }

    /// The object, once its conditions hold.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchKey`, `NoSuchVersion`, `PreconditionFailed`; `InvalidRequest` for the id of a delete
    /// marker.
    pub(crate) fn find(&self, state: &State, conditions: &ReadConditions) -> S3Result<Arc<Object>> {
        let object = state.bucket(&self.bucket)?.version(&self.key, self.version.as_deref());
        let object = object.map_err(|error| match error.code() {
            S3ErrorCode::MethodNotAllowed => s3_error!(
                InvalidRequest,
                "The source of a copy request may not specifically refer to a delete marker by version id."
            ),
            _ => error,
        })?;
        conditions.check_copy_source(object)?;
        Ok(Arc::clone(object))
    }
}

/// A copy is written in one piece: its entity tag is the MD5 and its checksum is of the whole content, whatever the source
/// had from its parts or its encryption. Discarded content cannot be hashed again and keeps what it had.
fn rehashed(source: &Object, algorithm: ChecksumAlgorithm) -> Object {
    let mut copy = source.clone();
    let Content::Kept(segments) = &source.content else { return copy };
    let known = source.checksum.algorithm == algorithm && !source.encryption.hides_md5();
    if source.parts.is_empty() && known {
        return copy;
    }
    let mut md5 = Md5::new();
    let mut hasher = checksum::hasher([algorithm]);
    for segment in segments {
        md5.update(segment);
        hasher.update(segment);
    }
    copy.etag = hex(&md5.finalize());
    let value = checksum::value(&hasher.finalize(), algorithm).expect("the algorithm was asked for").clone();
    copy.checksum = StoredChecksum { algorithm, kind: ChecksumType::FullObject, value };
    copy.parts = Vec::new();
    copy
}
