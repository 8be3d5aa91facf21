//! `PutObject`, and what every write shares: limits of metadata and the making of an object.

use std::sync::Arc;

use hyper::{HeaderMap, Method};
use s3s::dto::{ChecksumType as WireType, PutObjectInput, PutObjectOutput};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::backend::Backend;
use super::checksum::{ChecksumAlgorithm, ChecksumType, StoredChecksum, claim, set_checksum, value};
use super::conditions::{check_write, strong};
use super::encryption::{Encryption, encryption, show_encryption};
use super::grants::grant_headers;
use super::receive::{Announced, Received, hex, receive};
use super::service::Call;
use super::state::{Attributes, Object};
use super::tags::{self, Tags};
use super::versions::NULL;
use super::{acl, state};

/// User metadata may be 2 KB: the sum of the bytes of names and values (Amazon S3 User Guide, "Object metadata").
const MAX_USER_METADATA: usize = 2048;

/// Takes the attribute fields out of an input structure; `PutObject`, `CopyObject` and `CreateMultipartUpload` have
/// the same ones in three different types.
macro_rules! attributes {
    ($input:expr) => {
        $crate::s3_server::put::checked($crate::s3_server::state::Attributes {
            content_type: $input.content_type.take(),
            content_disposition: $input.content_disposition.take(),
            content_encoding: $input.content_encoding.take(),
            content_language: $input.content_language.take(),
            cache_control: $input.cache_control.take(),
            expires: $input.expires.take(),
            website_redirect: $input.website_redirect_location.take(),
            lock: $crate::s3_server::state::Lock {
                mode: $input.object_lock_mode.take().map(|mode| mode.as_str().to_owned()),
                retain_until: $input.object_lock_retain_until_date.take(),
                legal_hold: $input.object_lock_legal_hold_status.take().map(|hold| hold.as_str().to_owned()),
            },
            storage_class: $input.storage_class.take().map(|class| class.as_str().to_owned()),
            metadata: $input.metadata.take().unwrap_or_default().into_iter().collect(),
        })
    };
}
pub(crate) use attributes;

impl Backend {
    /// A PUT, or a form that a browser posted: s3s verifies its policy and turns its fields into those of a PUT.
    ///
    /// The conditions are checked against what is under the key when the body has arrived, under the lock that the
    /// object is stored under: of any number of racing creators exactly one wins.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MetadataTooLarge`, `AccessControlListNotSupported`, those of [`receive`] and of [`check_write`].
    pub(crate) async fn put(&self, req: S3Request<PutObjectInput>) -> S3Result<S3Response<PutObjectOutput>> {
        if req.method == Method::POST {
            check_form(&req)?;
        }
        let mut input = req.input;
        // The bucket is looked at first, as S3 does: nobody uploads 5 GiB to learn that there is none.
        self.state().bucket(&input.bucket)?;
        let attributes = attributes!(input)?;
        let grants = grant_headers!(input);
        let tags = tags::from_header(input.tagging.take())?;
        let encryption = encryption!(input, self.region())?;
        let received = receive(
            input.body.take(),
            Announced {
                length: input.content_length,
                md5: input.content_md5.as_deref(),
                claim: claim!(input)?,
                trailers: req.trailing_headers.as_ref(),
                trailer_name: req.headers.get("x-amz-trailer").and_then(|name| name.to_str().ok()),
                named: named(&req.headers)?,
                also: None,
            },
            self.discards_content(),
        )
        .await?;

        let mut state = self.state();
        let opaque = encryption.hides_md5().then(|| hex(&state.opaque_etag()));
        let bucket = state.bucket_mut(&input.bucket)?;
        attributes.lock.check(bucket, self.now())?;
        let acl = acl::requested(bucket, input.acl.as_ref(), grants)?;
        let (if_match, if_none_match) = (input.if_match.as_ref(), input.if_none_match.as_ref());
        let if_match = self.heeded(bucket, "PutObject", "if-match", if_match);
        let if_none_match = self.heeded(bucket, "PutObject", "if-none-match", if_none_match);
        check_write(bucket.current(&input.key), if_match, if_none_match)?;
        let mut object = Object { acl, encryption, tags, ..object_of(received, attributes, self.now()) };
        if let Some(etag) = opaque {
            object.etag = etag;
        }
        let mut output = PutObjectOutput {
            e_tag: Some(strong(&object.etag)),
            checksum_type: Some(WireType::from_static(WireType::FULL_OBJECT)),
            ..PutObjectOutput::default()
        };
        set_checksum!(output, object.checksum.algorithm, object.checksum.value.clone());
        show_encryption!(output, object.encryption);
        output.version_id = bucket.store(input.key, object);
        Ok(S3Response::new(output))
    }
}

/// What the gate cannot see of a form, because it is in the body: the key, and fields that the server does not know.
fn check_form(req: &S3Request<PutObjectInput>) -> S3Result<()> {
    let input = &req.input;
    if let Some(call) = req.extensions.get::<Arc<Call>>() {
        call.identified("PostObject", Some(input.bucket.clone()), Some(input.key.clone()));
    }
    if !s3s::path::check_key(&input.key) {
        return Err(s3_error!(KeyTooLongError, "Your key is too long"));
    }
    let asked = [
        ("x-amz-tagging", input.tagging.is_some()),
        ("x-amz-website-redirect-location", input.website_redirect_location.is_some()),
        ("x-amz-object-lock-mode", input.object_lock_mode.is_some()),
        ("x-amz-object-lock-legal-hold", input.object_lock_legal_hold_status.is_some()),
    ];
    match asked.into_iter().find(|(_, asked)| *asked) {
        Some((name, _)) => Err(s3_error!(NotImplemented, "This test server does not implement {name}.")),
        None => Ok(()),
    }
}

/// The algorithm that a request names; s3s reads another header for it.
pub(crate) fn named(headers: &HeaderMap) -> S3Result<Option<ChecksumAlgorithm>> {
    let name = headers.get("x-amz-sdk-checksum-algorithm");
    name.map(|name| ChecksumAlgorithm::parse(name.to_str().unwrap_or_default())).transpose()
}

/// The object that a single body becomes: its entity tag is the MD5, the checksum is the client's choice or CRC-64/NVME.
pub(crate) fn object_of(received: Received, attributes: Attributes, now: std::time::SystemTime) -> Object {
    let algorithm = received.claimed.unwrap_or(ChecksumAlgorithm::Crc64Nvme);
    let checksum = value(&received.checksums, algorithm).expect("what was claimed was computed").clone();
    Object {
        content: received.content,
        size: received.size,
        etag: hex(&received.md5),
        last_modified: now,
        attributes,
        acl: acl::Acl::default(),
        checksum: StoredChecksum { algorithm, kind: ChecksumType::FullObject, value: checksum },
        parts: Vec::new(),
        encryption: Encryption::default(),
        tags: Tags::new(),
        version_id: NULL.to_owned(),
    }
}

/// Applies S3's rules to attributes.
///
/// # Errors
/// `MetadataTooLarge` (400).
pub(crate) fn checked(mut attributes: state::Attributes) -> S3Result<state::Attributes> {
    let size: usize = attributes.metadata.iter().map(|(name, value)| name.len() + value.len()).sum();
    if size > MAX_USER_METADATA {
        return Err(s3_error!(
            MetadataTooLarge,
            "Your metadata headers exceed the maximum allowed metadata size."
        ));
    }
    // aws-chunked is how the body travelled, not what it is; S3 takes it off.
    attributes.content_encoding = attributes.content_encoding.and_then(|codings| {
        let kept: Vec<&str> = codings
            .split(',')
            .map(str::trim)
            .filter(|coding| !coding.eq_ignore_ascii_case("aws-chunked"))
            .collect();
        (!kept.join("").is_empty()).then(|| kept.join(","))
    });
    Ok(attributes)
}
