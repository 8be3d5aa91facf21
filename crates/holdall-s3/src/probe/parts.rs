//! Multipart uploads: conditions and checksums of the whole, copies by parts, parts of different sizes.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart,
};
use bytes::Bytes;
use holdall_core::{Checksum, Error, ErrorKind};

use super::conditions::settled;
use super::scratch::{BODY, Scratch};
use super::{Answer, Feature, ProbeReport};
use crate::conditional::Condition;
use crate::error::{Failure, local};
use crate::multipart::MIN_PART_SIZE;

/// A part that is larger than the smallest by this much is one of another size.
const MIB: usize = 1 << 20;

/// Asks about uploads: at most 16 requests, which send 6 MiB, or 17 where parts cannot be copied.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::MultipartChecksum, settled(checksum(scratch).await));
    let (copied, unequal) = copied_parts(scratch).await;
    report.record(Feature::PartCopy, copied);
    report.record(Feature::UnequalParts, unequal);
}

/// An upload that is under way.
struct Upload<'a> {
    scratch: &'a Scratch,
    key: String,
    id: String,
    parts: Vec<CompletedPart>,
}

impl<'a> Upload<'a> {
    async fn begin(scratch: &'a Scratch, name: &str, with_checksum: bool) -> Result<Self, Failure> {
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
            return Err(local(
                Error::message(ErrorKind::Other, "it began a multipart upload and gave it no id"),
                false,
            ));
        };
        scratch.opened(&id, &key);
        Ok(Self { scratch, key, id, parts: Vec::new() })
    }

    fn number(&self) -> i32 {
        i32::try_from(self.parts.len() + 1).expect("a probe sends three parts")
    }

    async fn send(&mut self, body: Bytes, checksum: Option<String>) -> Result<(), Failure> {
        let number = self.number();
        let size = body.len() as u64;
        let request = self.scratch.client.upload_part().bucket(self.scratch.bucket()).key(&self.key);
        let request = request.upload_id(&self.id).part_number(number).body(ByteStream::from(body));
        let request = request.set_checksum_crc64_nvme(checksum.clone());
        let limits = self.scratch.inner.with_limits(size, 0);
        let sent = crate::client::send!(request, limits);
        let sent = sent.map_err(|error| self.scratch.inner.failure(&error))?;
        let part = CompletedPart::builder().part_number(number).set_e_tag(sent.e_tag);
        self.parts.push(part.set_checksum_crc64_nvme(checksum).build());
        Ok(())
    }

    /// A part that the server takes from an object.
    async fn copy(&mut self, source: &str, range: Option<String>) -> Result<(), Failure> {
        let number = self.number();
        let request = self.scratch.client.upload_part_copy().bucket(self.scratch.bucket()).key(&self.key);
        let request = request
            .upload_id(&self.id)
            .part_number(number)
            .copy_source(crate::copy::path_of(self.scratch.bucket(), source, None))
            .set_copy_source_range(range);
        let copied = request.send().await.map_err(|error| self.scratch.inner.failure(&error))?;
        let etag = copied.copy_part_result.and_then(|result| result.e_tag);
        self.parts.push(CompletedPart::builder().part_number(number).set_e_tag(etag).build());
        Ok(())
    }

    async fn complete(self, condition: Condition, checksum: Option<String>) -> Result<(), Failure> {
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
        crate::client::send!(request, limits).map_err(|error| self.scratch.inner.failure(&error))?;
        self.scratch.completed(&self.id);
        Ok(())
    }
}

/// The conditions of `CompleteMultipartUpload`.
pub(super) mod completion {
    use super::super::conditions::{NO_TAG, no_tag, stopped, taken};
    use super::{Answer, BODY, Bytes, Condition, Failure, Scratch, Upload};

    /// An upload of one small part, completed on that condition.
    async fn completed(
        scratch: &Scratch,
        name: &str,
        condition: Condition,
    ) -> Result<Result<(), Failure>, Failure> {
        let mut upload = Upload::begin(scratch, name, false).await?;
        upload.send(Bytes::from_static(BODY), None).await?;
        Ok(upload.complete(condition, None).await)
    }

    pub(in crate::probe) async fn create(scratch: &Scratch) -> Result<Answer, Failure> {
        scratch.store(&scratch.key("complete")).await?;
        stopped(
            completed(scratch, "complete", Condition::Absent).await?,
            "it completed onto an object that was there: the header is ignored",
        )
    }

    pub(in crate::probe) async fn replace(scratch: &Scratch) -> Result<Answer, Failure> {
        let name = "complete-over";
        let Some(etag) = scratch.store(&scratch.key(name)).await? else { return Ok(no_tag()) };
        let (Some(other), Some(etag)) =
            (crate::metadata::etag(Some(NO_TAG)), crate::metadata::etag(Some(&etag)))
        else {
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
}

async fn checksum(scratch: &Scratch) -> Result<Answer, Failure> {
    let checksum = Checksum::of(BODY).to_string();
    let mut upload = Upload::begin(scratch, "checksum", true).await?;
    upload.send(Bytes::from_static(BODY), Some(checksum.clone())).await?;
    let key = upload.key.clone();
    upload.complete(Condition::None, Some(checksum.clone())).await?;
    let head = scratch.client.head_object().bucket(scratch.bucket()).key(&key);
    let head = head.checksum_mode(ChecksumMode::Enabled).send().await;
    let head = head.map_err(|error| scratch.inner.failure(&error))?;
    Ok(match head.checksum_crc64_nvme() {
        Some(kept) if kept == checksum => Answer::Yes,
        Some(_) => Answer::no("it gives back another checksum than it was given"),
        None => Answer::no("it does not keep it"),
    })
}

/// Three parts, the second larger than the first: copied from an object where the server can do that, else sent.
async fn copied_parts(scratch: &Scratch) -> (Answer, Answer) {
    let smallest = usize::try_from(MIN_PART_SIZE).expect("5 MiB fit everywhere");
    let source = Bytes::from(vec![b'-'; smallest + MIB]);
    let copied = async {
        let key = scratch.key("source");
        let request = scratch.put(&key).body(ByteStream::from(source.clone()));
        let limits = scratch.inner.with_limits(source.len() as u64, 0);
        crate::client::send!(request, limits).map_err(|error| scratch.inner.failure(&error))?;
        let mut upload = Upload::begin(scratch, "copied", false).await?;
        upload.copy(&key, Some(format!("bytes=0-{}", smallest - 1))).await?;
        upload.copy(&key, None).await?;
        Ok(upload)
    };
    match copied.await {
        Ok(upload) => match finish(upload, 2 * smallest + MIB + 1).await {
            Ok(Answer::Yes) => (Answer::Yes, Answer::Yes),
            // Whether the copies or their sizes are at fault would take another upload; sizes are, where they matter.
            Ok(no) => (no.clone(), no),
            Err(failure) => (Answer::Yes, super::scratch::answer_of(failure)),
        },
        Err(failure) => {
            let sent = async {
                let mut upload = Upload::begin(scratch, "sent", false).await?;
                upload.send(source.slice(..smallest), None).await?;
                upload.send(source.clone(), None).await?;
                finish(upload, 2 * smallest + MIB + 1).await
            };
            (super::scratch::answer_of(failure), settled(sent.await))
        }
    }
}

/// The last part, of one byte, and a look at the size of the whole.
async fn finish(mut upload: Upload<'_>, size: usize) -> Result<Answer, Failure> {
    let scratch = upload.scratch;
    upload.send(Bytes::from_static(b"."), None).await?;
    let key = upload.key.clone();
    upload.complete(Condition::None, None).await?;
    let head = scratch.client.head_object().bucket(scratch.bucket()).key(key);
    let head = head.send().await.map_err(|error| scratch.inner.failure(&error))?;
    let is_whole = head.content_length().and_then(|length| usize::try_from(length).ok()) == Some(size);
    Ok(Answer::yes_if(is_whole, "the object that it made of three parts has another size"))
}
