//! `ListParts` and `ListMultipartUploads`.

use s3s::dto::{
    ChecksumAlgorithm as WireAlgorithm, ChecksumType as WireType, ListMultipartUploadsInput,
    ListMultipartUploadsOutput, ListPartsInput, ListPartsOutput, MultipartUpload, Part as WirePart,
    StorageClass, Timestamp,
};
use s3s::{S3Request, S3Response, S3Result, s3_error};

use super::acl;
use super::backend::Backend;
use super::checksum::{self, kind_name, set_checksum};
use super::conditions::strong;
use super::listing::{Encoding, count, page_of};
use super::receive::hex;
use super::state::{Part, Upload};

impl Backend {
    /// `ListParts`, by number; at most 1,000 a page.
    ///
    /// # Errors
    /// `NoSuchUpload`; `InvalidArgument` for a negative page size.
    pub(crate) fn list_parts(&self, req: S3Request<ListPartsInput>) -> S3Result<S3Response<ListPartsOutput>> {
        let input = req.input;
        let max = page_of(input.max_parts, "max-parts")?.min(self.page_size());
        let marker = input.part_number_marker.unwrap_or_default();
        let state = self.state();
        let upload = state.bucket(&input.bucket)?.upload(&input.key, &input.upload_id)?;
        let mut rest = upload.parts.range(marker.saturating_add(1)..);
        let parts: Vec<WirePart> =
            rest.by_ref().take(max).map(|(number, part)| describe(upload, *number, part)).collect();
        let is_truncated = max > 0 && rest.next().is_some();
        Ok(S3Response::new(ListPartsOutput {
            next_part_number_marker: parts.last().and_then(|part| part.part_number).filter(|_| is_truncated),
            parts: Some(parts),
            is_truncated: Some(is_truncated),
            max_parts: Some(count(max)),
            part_number_marker: Some(marker),
            checksum_algorithm: Some(WireAlgorithm::from_static(upload.checksum.algorithm.as_str())),
            checksum_type: Some(WireType::from_static(kind_name(upload.checksum.kind))),
            storage_class: Some(class_of(upload)),
            owner: Some(acl::owner()),
            bucket: Some(input.bucket),
            key: Some(input.key),
            upload_id: Some(input.upload_id),
            ..ListPartsOutput::default()
        }))
    }

    /// `ListMultipartUploads`: what was neither completed nor aborted.
    ///
    /// By key, and by the time of creation among the uploads of one key, as S3 orders them.
    pub(crate) fn list_uploads(
        &self,
        req: S3Request<ListMultipartUploadsInput>,
    ) -> S3Result<S3Response<ListMultipartUploadsOutput>> {
        let input = req.input;
        if input.delimiter.as_ref().is_some_and(|delimiter| !delimiter.is_empty()) {
            return Err(s3_error!(
                NotImplemented,
                "This server lists multipart uploads without a delimiter only."
            ));
        }
        let encoding = Encoding::new(input.encoding_type.as_ref())?;
        let max = page_of(input.max_uploads, "max-uploads")?.min(self.page_size());
        let prefix = input.prefix.unwrap_or_default();
        let marker = input.key_marker.unwrap_or_default();
        // S3 ignores the upload-id-marker without a key-marker.
        let id_marker = input.upload_id_marker.filter(|_| !marker.is_empty());

        let state = self.state();
        let bucket = state.bucket(&input.bucket)?;
        let mut open: Vec<(&String, &Upload)> =
            bucket.uploads.iter().filter(|(_, upload)| upload.key.starts_with(&prefix)).collect();
        open.sort_by_key(|(id, upload)| (&upload.key, upload.initiated, *id));
        let start = match &id_marker {
            Some(id) => {
                open.iter().position(|(open, upload)| *open == id && upload.key == marker).map(|at| at + 1)
            }
            None => None,
        };
        let start = start.unwrap_or_else(|| {
            open.partition_point(|(_, upload)| !marker.is_empty() && upload.key <= marker)
        });
        let page: Vec<_> = open[start..].iter().take(max).collect();
        let is_truncated = max > 0 && open.len() > start + page.len();
        let last = page.last().filter(|_| is_truncated);
        Ok(S3Response::new(ListMultipartUploadsOutput {
            next_key_marker: last.map(|(_, upload)| encoding.apply(&upload.key)),
            next_upload_id_marker: last.map(|(id, _)| (*id).clone()),
            uploads: Some(
                page.iter()
                    .map(|(id, upload)| MultipartUpload {
                        key: Some(encoding.apply(&upload.key)),
                        upload_id: Some((*id).clone()),
                        initiated: Some(Timestamp::from(upload.initiated)),
                        storage_class: Some(class_of(upload)),
                        owner: Some(acl::owner()),
                        checksum_algorithm: Some(WireAlgorithm::from_static(
                            upload.checksum.algorithm.as_str(),
                        )),
                        checksum_type: Some(WireType::from_static(kind_name(upload.checksum.kind))),
                        ..MultipartUpload::default()
                    })
                    .collect(),
            ),
            is_truncated: Some(is_truncated),
            max_uploads: Some(count(max)),
            prefix: Some(encoding.apply(&prefix)),
            key_marker: Some(encoding.apply(&marker)),
            upload_id_marker: id_marker,
            encoding_type: input.encoding_type,
            bucket: Some(input.bucket),
            ..ListMultipartUploadsOutput::default()
        }))
    }
}

fn describe(upload: &Upload, number: i32, part: &Part) -> WirePart {
    let mut wire = WirePart {
        part_number: Some(number),
        size: i64::try_from(part.size).ok(),
        e_tag: Some(strong(&hex(&part.md5))),
        last_modified: Some(Timestamp::from(part.last_modified)),
        ..WirePart::default()
    };
    let algorithm = upload.checksum.algorithm;
    if let Some(value) = checksum::value(&part.checksums, algorithm) {
        set_checksum!(wire, algorithm, value.clone());
    }
    wire
}

fn class_of(upload: &Upload) -> StorageClass {
    StorageClass::from(
        upload.attributes.storage_class.clone().unwrap_or_else(|| StorageClass::STANDARD.to_owned()),
    )
}
