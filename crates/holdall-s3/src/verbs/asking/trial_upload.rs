//! Multipart uploads of a few bytes, and the conditions of their completion.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use holdall_core::{Error, ErrorKind};

use super::answer::{Answer, NO_TAG, no_tag, stopped, taken};
use super::scratch::{BODY, Scratch};
use crate::verbs::conditional::Condition;
use crate::verbs::metadata::etag as parse;
use crate::wire::client::send;
use crate::wire::encoding::path_of;
use crate::wire::error::Failure;

/// An upload that is under way, of an object that is removed at the end.
pub(crate) struct TrialUpload<'a> {
    pub(crate) scratch: &'a Scratch,
    pub(crate) key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

impl<'a> TrialUpload<'a> {
    pub(crate) async fn begin(
        scratch: &'a Scratch,
        name: &str,
        with_checksum: bool,
    ) -> Result<Self, Failure> {
        let key = scratch.key(name);
        let request = scratch.client.create_multipart_upload().bucket(scratch.bucket()).key(&key);
        let request = request
            .set_checksum_algorithm(with_checksum.then_some(ChecksumAlgorithm::Crc64Nvme))
            .set_checksum_type(with_checksum.then_some(ChecksumType::FullObject));
        let created = match request.send().await.map_err(|error| scratch.inner.failure(&error)) {
            Ok(created) => created,
            Err(failure) => {
                if failure.unknown {
                    scratch.opened("", &key);
                }
                return Err(failure);
            }
        };
        let Some(id) = created.upload_id else {
            // It may have begun one all the same, which the end of the probe looks for.
            scratch.opened("", &key);
            let message = "it began a multipart upload and gave it no id";
            return Err(Error::message(ErrorKind::Other, message).into());
        };
        scratch.opened(&id, &key);
        Ok(Self { scratch, key, id, parts: Vec::new() })
    }

    fn number(&self) -> i32 {
        i32::try_from(self.parts.len() + 1).expect("a trial sends three parts")
    }

    pub(crate) async fn send(&mut self, body: Bytes, checksum: Option<String>) -> Result<(), Failure> {
        let number = self.number();
        let size = body.len() as u64;
        let request = self.scratch.client.upload_part().bucket(self.scratch.bucket()).key(&self.key);
        let request = request.upload_id(&self.id).part_number(number).body(ByteStream::from(body));
        let request = request.set_checksum_crc64_nvme(checksum.clone());
        let limits = self.scratch.inner.with_limits(size, 0);
        let sent = send!(request, limits);
        let sent = sent.map_err(|error| self.scratch.inner.failure(&error))?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag);
        self.parts.push(part.set_checksum_crc64_nvme(checksum).build());
        Ok(())
    }

    /// A part that the server takes from an object.
    pub(crate) async fn copy(&mut self, source: &str, range: Option<String>) -> Result<(), Failure> {
        let number = self.number();
        let request = self.scratch.client.upload_part_copy().bucket(self.scratch.bucket()).key(&self.key);
        let request = request
            .upload_id(&self.id)
            .part_number(number)
            .copy_source(path_of(self.scratch.bucket(), source, None))
            .set_copy_source_range(range);
        let copied = request.send().await.map_err(|error| self.scratch.inner.failure(&error))?;
        let etag = copied.copy_part_result.and_then(|result| result.e_tag);
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
        Ok(())
    }

    pub(crate) async fn complete(
        self,
        condition: Condition,
        checksum: Option<String>,
    ) -> Result<(), Failure> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let is_full = checksum.is_some().then_some(ChecksumType::FullObject);
        let request = self.scratch.client.complete_multipart_upload().bucket(self.scratch.bucket());
        let request = request
            .key(&self.key)
            .upload_id(&self.id)
            .multipart_upload(parts)
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .set_checksum_crc64_nvme(checksum)
            .set_checksum_type(is_full);
        let limits = self.scratch.inner.with_limits(0, 16 << 20);
        send!(request, limits).map_err(|error| self.scratch.inner.failure(&error))?;
        self.scratch.completed(&self.id);
        Ok(())
    }
}

/// An upload of one small part, completed on that condition.
async fn completed(
    scratch: &Scratch,
    name: &str,
    condition: Condition,
) -> Result<Result<(), Failure>, Failure> {
    let mut upload = TrialUpload::begin(scratch, name, false).await?;
    upload.send(Bytes::from_static(BODY), None).await?;
    Ok(upload.complete(condition, None).await)
}

pub(super) async fn create(scratch: &Scratch) -> Result<Answer, Failure> {
    scratch.store(&scratch.key("complete")).await?;
    stopped(
        completed(scratch, "complete", Condition::Absent).await?,
        "it completed onto an object that was there: the header is ignored",
    )
}

pub(super) async fn replace(scratch: &Scratch) -> Result<Answer, Failure> {
    let name = "complete-over";
    let Some(etag) = scratch.store(&scratch.key(name)).await? else { return Ok(no_tag()) };
    let (Some(other), Some(etag)) = (parse(Some(NO_TAG)), parse(Some(&etag))) else {
        return Ok(no_tag());
    };
    let refused = stopped(
        completed(scratch, name, Condition::Matches(other)).await?,
        "it completed over another version: the header is ignored",
    )?;
    if !refused.is_yes() {
        return Ok(refused);
    }
    taken(refused, completed(scratch, name, Condition::Matches(etag)).await?)
}
