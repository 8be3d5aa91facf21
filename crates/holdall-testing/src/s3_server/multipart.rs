//! Multipart uploads: create, parts, complete, abort. The listings of uploads and parts are in `multipart_list.rs`.

use std::collections::BTreeMap;

use s3s::crypto::{Checksum as _, Md5};
use s3s::dto::{
    AbortMultipartUploadInput, AbortMultipartUploadOutput, ChecksumAlgorithm as WireAlgorithm,
    ChecksumType as WireType, CompleteMultipartUploadInput, CompleteMultipartUploadOutput, CompletedPart,
    CopyPartResult, CreateMultipartUploadInput, CreateMultipartUploadOutput, Timestamp, UploadPartCopyInput,
    UploadPartCopyOutput, UploadPartInput, UploadPartOutput,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::acl;
use super::backend::Backend;
use super::checksum::{
    self, ChecksumAlgorithm, Claim, StoredChecksum, UploadChecksum, claim, kind_name, set_checksum,
};
use super::conditions::{ReadConditions, check_write, strong};
use super::copy::{Source, source_conditions};
use super::encryption::{customer_key, encryption, show_encryption, source_key};
use super::grants::grant_headers;
use super::put::{attributes, named};
use super::receive::{Announced, hex, receive};
use super::state::{Content, Object, Part, Upload, checksum_type};
use super::tags;
use super::versions::NULL;

/// Parts are numbered 1 to 10,000 (Amazon S3 User Guide, "Multipart upload limits").
const PART_NUMBERS: std::ops::RangeInclusive<i32> = 1..=10_000;

impl Backend {
    /// `CreateMultipartUpload`: attributes, ACL and the kind of checksum are fixed here, nothing is visible yet.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MetadataTooLarge`, `AccessControlListNotSupported`; `InvalidRequest` for an algorithm that cannot
    /// give the asked type of checksum.
    pub(crate) fn create_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> S3Result<S3Response<CreateMultipartUploadOutput>> {
        let mut input = req.input;
        let attributes = attributes!(input)?;
        let grants = grant_headers!(input);
        let tags = tags::from_header(input.tagging.take())?;
        let encryption = encryption!(input, self.region())?;
        let checksum = UploadChecksum::new(input.checksum_algorithm.as_ref(), input.checksum_type.as_ref())?;
        let mut state = self.state();
        attributes.lock.check(state.bucket(&input.bucket)?, self.now())?;
        let acl = acl::requested(state.bucket(&input.bucket)?, input.acl.as_ref(), grants)?;
        let id = format!("{:016x}{:016x}", state.random.next_u64(), state.random.next_u64());
        let upload = Upload {
            key: input.key.clone(),
            initiated: self.now(),
            attributes,
            acl,
            encryption,
            tags,
            checksum,
            parts: BTreeMap::new(),
        };
        let mut output = CreateMultipartUploadOutput {
            bucket: Some(input.bucket.clone()),
            key: Some(input.key),
            upload_id: Some(id.clone()),
            checksum_algorithm: Some(WireAlgorithm::from_static(checksum.algorithm.as_str())),
            checksum_type: Some(WireType::from_static(kind_name(checksum.kind))),
            ..CreateMultipartUploadOutput::default()
        };
        show_encryption!(output, upload.encryption);
        state.bucket_mut(&input.bucket)?.uploads.insert(id, upload);
        Ok(S3Response::new(output))
    }

    /// `UploadPart`: stored only when the body arrived whole and every claim about it holds.
    ///
    /// # Errors
    /// `InvalidArgument` for a number outside 1 to 10,000, `NoSuchUpload`, and those of [`receive`].
    pub(crate) async fn upload_part(
        &self,
        req: S3Request<UploadPartInput>,
    ) -> S3Result<S3Response<UploadPartOutput>> {
        let mut input = req.input;
        check_part_number(input.part_number)?;
        let key = customer_key!(input)?;
        let (upload, encryption) = {
            let state = self.state();
            let upload = state.bucket(&input.bucket)?.upload(&input.key, &input.upload_id)?;
            (upload.checksum, upload.encryption.clone())
        };
        encryption.check_part(key.as_ref())?;
        let claim = claim!(input)?;
        check_algorithm(upload, &claim)?;
        let received = receive(
            input.body.take(),
            Announced {
                length: input.content_length,
                md5: input.content_md5.as_deref(),
                claim,
                trailers: req.trailing_headers.as_ref(),
                trailer_name: req.headers.get("x-amz-trailer").and_then(|name| name.to_str().ok()),
                named: named(&req.headers)?,
                also: Some(upload.algorithm),
            },
            self.discards_content(),
        )
        .await?;

        let md5 = if encryption.hides_md5() { self.state().opaque_etag() } else { received.md5 };
        let mut output = UploadPartOutput { e_tag: Some(strong(&hex(&md5))), ..UploadPartOutput::default() };
        show_encryption!(output, encryption);
        let shown = received.claimed.unwrap_or(upload.algorithm);
        let value = checksum::value(&received.checksums, shown).expect("it was computed").clone();
        set_checksum!(output, shown, value);
        let part = Part {
            content: received.content,
            size: received.size,
            md5,
            checksums: received.checksums,
            last_modified: self.now(),
        };
        // The upload may have been completed or aborted while the body arrived.
        let mut state = self.state();
        let upload = state.bucket_mut(&input.bucket)?.upload_mut(&input.key, &input.upload_id)?;
        upload.parts.insert(input.part_number, part);
        Ok(S3Response::new(output))
    }

    /// `UploadPartCopy`: bytes of another object, shared with it and not copied, since objects never change in place.
    ///
    /// # Errors
    /// As `UploadPart`; `NoSuchKey` and `PreconditionFailed` for the source, `InvalidArgument` for a range beyond it.
    pub(crate) fn upload_part_copy(
        &self,
        req: S3Request<UploadPartCopyInput>,
    ) -> S3Result<S3Response<UploadPartCopyOutput>> {
        let mut input = req.input;
        check_part_number(input.part_number)?;
        let mut conditions: ReadConditions = source_conditions!(input);
        let from = Source::new(&input.copy_source)?;
        let (key, source_key) = (customer_key!(input)?, source_key!(input)?);
        let mut state = self.state();
        let opaque = state.opaque_etag();
        let upload = state.bucket(&input.bucket)?.upload(&input.key, &input.upload_id)?;
        let (upload, encryption) = (upload.checksum, upload.encryption.clone());
        encryption.check_part(key.as_ref())?;
        let pinned = conditions.matches.take();
        conditions.matches =
            self.heeded(state.bucket(&from.bucket)?, "UploadPartCopy", "x-amz-copy-source-if-match", pinned);
        let source = from.find(&state, &conditions)?;
        source.encryption.check_read(source_key.as_ref())?;
        let source_version = state.bucket(&from.bucket)?.shown(source.version_id.clone());
        let range = match &input.copy_source_range {
            None => 0..source.size,
            Some(range) => parse_source_range(range, source.size)?,
        };
        let segments = source.content.slice(range.clone())?;
        let mut md5 = Md5::new();
        let mut hasher = checksum::hasher([upload.algorithm]);
        for segment in &segments {
            md5.update(segment);
            hasher.update(segment);
        }
        let part = Part {
            content: Content::Kept(segments),
            size: range.end - range.start,
            md5: if encryption.hides_md5() { opaque } else { md5.finalize() },
            checksums: hasher.finalize(),
            last_modified: self.now(),
        };
        let mut result = CopyPartResult {
            e_tag: Some(strong(&hex(&part.md5))),
            last_modified: Some(Timestamp::from(part.last_modified)),
            ..CopyPartResult::default()
        };
        let value = checksum::value(&part.checksums, upload.algorithm).expect("it was computed").clone();
        set_checksum!(result, upload.algorithm, value);
        state
            .bucket_mut(&input.bucket)?
            .upload_mut(&input.key, &input.upload_id)?
            .parts
            .insert(input.part_number, part);
        let mut output = UploadPartCopyOutput {
            copy_part_result: Some(result),
            copy_source_version_id: source_version,
            ..UploadPartCopyOutput::default()
        };
        show_encryption!(output, encryption);
        Ok(S3Response::new(output))
    }

    /// `CompleteMultipartUpload`: the parts become the object in one step, under one lock with every check.
    ///
    /// A refused completion leaves the upload open, as on S3: the client must abort it.
    pub(crate) fn complete_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> S3Result<S3Response<CompleteMultipartUploadOutput>> {
        let mut input = req.input;
        let claim = claim!(input)?;
        let key = customer_key!(input)?;
        let listed = input.multipart_upload.and_then(|upload| upload.parts).unwrap_or_default();
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        let upload = bucket.upload(&input.key, &input.upload_id)?;
        // S3 wants the key again only where it has a checksum to make (API reference, CompleteMultipartUpload).
        if upload.checksum.declared || key.is_some() {
            upload.encryption.check_part(key.as_ref())?;
        }
        let parts = chosen_parts(upload, &listed, self.min_part_size())?;
        let size = parts.iter().map(|part| part.size).sum::<u64>();
        if let Some(expected) = input.mpu_object_size
            && u64::try_from(expected) != Ok(size)
        {
            return Err(s3_error!(
                InvalidRequest,
                "The provided 'x-amz-mp-object-size' header value {expected} does not match what was computed: {size}"
            ));
        }
        let checksum = checksum::of_parts(upload.checksum, &parts);
        check_whole(&claim, input.checksum_type.as_ref(), &checksum)?;
        let (if_match, if_none_match) = (input.if_match.as_ref(), input.if_none_match.as_ref());
        let if_match = self.heeded(bucket, "CompleteMultipartUpload", "if-match", if_match);
        let if_none_match = self.heeded(bucket, "CompleteMultipartUpload", "if-none-match", if_none_match);
        check_write(bucket.current(&input.key), if_match, if_none_match)?;

        let object = Object {
            content: joined(&parts),
            size,
            etag: etag_of(&parts),
            last_modified: self.now(),
            attributes: upload.attributes.clone(),
            acl: upload.acl.clone(),
            encryption: upload.encryption.clone(),
            tags: upload.tags.clone(),
            checksum,
            parts: parts.iter().map(|part| part.size).collect(),
            version_id: NULL.to_owned(),
        };
        let mut output = CompleteMultipartUploadOutput {
            location: Some(format!("/{}/{}", input.bucket, input.key)),
            bucket: Some(input.bucket.clone()),
            key: Some(input.key.clone()),
            e_tag: Some(strong(&object.etag)),
            checksum_type: Some(checksum_type(&object.checksum)),
            server_side_encryption: object.encryption.on_the_wire(),
            ssekms_key_id: object.encryption.kms_key(),
            bucket_key_enabled: object.encryption.bucket_key(),
            ..CompleteMultipartUploadOutput::default()
        };
        set_checksum!(output, object.checksum.algorithm, object.checksum.value.clone());
        bucket.uploads.remove(&input.upload_id);
        output.version_id = bucket.store(input.key, object);
        Ok(S3Response::new(output))
    }

    /// `AbortMultipartUpload`: the parts are gone at once.
    ///
    /// # Errors
    /// `NoSuchUpload`, also for an upload that was completed.
    pub(crate) fn abort_upload(
        &self,
        req: &S3Request<AbortMultipartUploadInput>,
    ) -> S3Result<S3Response<AbortMultipartUploadOutput>> {
        let input = &req.input;
        let mut state = self.state();
        let bucket = state.bucket_mut(&input.bucket)?;
        bucket.upload(&input.key, &input.upload_id)?;
        if !self.habits().keeps_aborted_uploads {
            bucket.uploads.remove(&input.upload_id);
        }
        Ok(S3Response::new(AbortMultipartUploadOutput::default()))
    }
}

fn check_part_number(number: i32) -> S3Result<()> {
    if PART_NUMBERS.contains(&number) {
        return Ok(());
    }
    Err(s3_error!(InvalidArgument, "Part number must be an integer between 1 and 10000, inclusive"))
}

/// Once the client has named an algorithm, a part with another is refused. Without one any is checked and accepted:
/// that is how SDKs with default checksums upload parts to uploads that were created without a word about them.
fn check_algorithm(upload: UploadChecksum, claim: &Claim) -> S3Result<()> {
    match &claim.0 {
        Some((algorithm, _)) if upload.declared && *algorithm != upload.algorithm => {
            let (expected, actual) = (upload.algorithm.as_str(), algorithm.as_str());
            Err(s3_error!(
                InvalidRequest,
                "Checksum Type mismatch occurred, expected checksum Type: {expected}, actual checksum Type: {actual}"
            ))
        }
        _ => Ok(()),
    }
}

/// The parts that the client lists, checked one by one.
fn chosen_parts<'a>(upload: &'a Upload, listed: &[CompletedPart], minimum: u64) -> S3Result<Vec<&'a Part>> {
    if listed.is_empty() {
        return Err(s3_error!(
            MalformedXML,
            "The XML you provided was not well-formed or did not validate against our published schema"
        ));
    }
    let numbers: Vec<i32> = listed.iter().map(|part| part.part_number.unwrap_or_default()).collect();
    if !numbers.is_sorted_by(|left, right| left < right) {
        return Err(s3_error!(
            InvalidPartOrder,
            "The list of parts was not in ascending order. The parts list must be specified in order by part number."
        ));
    }
    let mut parts = Vec::with_capacity(listed.len());
    for (number, claimed) in numbers.into_iter().zip(listed) {
        let part = upload.parts.get(&number).filter(|part| same(part, claimed));
        parts.push(part.ok_or_else(|| {
            s3_error!(
                InvalidPart,
                "One or more of the specified parts could not be found. The part may not have been uploaded, or the \
                 specified entity tag may not match the part's entity tag."
            )
        })?);
    }
    let all_but_last = &parts[..parts.len() - 1];
    if all_but_last.iter().any(|part| part.size < minimum) {
        return Err(s3_error!(
            EntityTooSmall,
            "Your proposed upload is smaller than the minimum allowed size"
        ));
    }
    Ok(parts)
}

fn same(part: &Part, claimed: &CompletedPart) -> bool {
    let checksums = [
        (ChecksumAlgorithm::Crc32, &claimed.checksum_crc32),
        (ChecksumAlgorithm::Crc32c, &claimed.checksum_crc32c),
        (ChecksumAlgorithm::Crc64Nvme, &claimed.checksum_crc64nvme),
        (ChecksumAlgorithm::Sha1, &claimed.checksum_sha1),
        (ChecksumAlgorithm::Sha256, &claimed.checksum_sha256),
    ];
    claimed.e_tag.as_ref().is_some_and(|etag| etag.value() == hex(&part.md5))
        && checksums
            .into_iter()
            .filter_map(|(algorithm, value)| Some((algorithm, value.as_ref()?)))
            .all(|(algorithm, value)| checksum::value(&part.checksums, algorithm) == Some(value))
}

/// What the client says about the whole object, against what its parts give.
fn check_whole(claim: &Claim, kind: Option<&WireType>, computed: &StoredChecksum) -> S3Result<()> {
    if let Some(kind) = kind
        && kind.as_str() != kind_name(computed.kind)
    {
        return Err(s3_error!(InvalidRequest, "The upload was created using another checksum type."));
    }
    match &claim.0 {
        Some((algorithm, value)) if *algorithm != computed.algorithm || *value != computed.value => {
            let name = algorithm.as_str();
            Err(s3_error!(BadDigest, "The {name} you specified did not match the calculated checksum."))
        }
        _ => Ok(()),
    }
}

/// The content of the parts in a row, without copying.
fn joined(parts: &[&Part]) -> Content {
    let mut segments = Vec::new();
    for part in parts {
        match &part.content {
            Content::Kept(kept) => segments.extend(kept.iter().cloned()),
            Content::Discarded => return Content::Discarded,
        }
    }
    Content::Kept(segments)
}

/// The MD5 of the parts' MD5s and their number: S3's entity tag of a multipart upload.
fn etag_of(parts: &[&Part]) -> String {
    let mut md5 = Md5::new();
    for part in parts {
        md5.update(&part.md5);
    }
    format!("{}-{}", hex(&md5.finalize()), parts.len())
}

/// `bytes=first-last`, both ends given and inside the source; S3 knows no other form here.
fn parse_source_range(header: &str, size: u64) -> S3Result<std::ops::Range<u64>> {
    let ends = header.strip_prefix("bytes=").and_then(|range| range.split_once('-'));
    let parsed = ends.and_then(|(first, last)| Some((first.parse::<u64>().ok()?, last.parse::<u64>().ok()?)));
    let Some((first, last)) = parsed.filter(|(first, last)| first <= last) else {
        return Err(s3_error!(
            InvalidArgument,
            "The x-amz-copy-source-range value must be of the form bytes=first-last where first and last are the \
             zero-based offsets of the first and last bytes to copy"
        ));
    };
    if last >= size {
        return Err(s3_error!(
            InvalidArgument,
            "Range specified is not valid for source object of size: {size}"
        ));
    }
    Ok(first..last + 1)
}
