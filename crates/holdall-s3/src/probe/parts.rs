//! Multipart uploads: conditions and checksums of the whole, copies by parts, parts of different sizes.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{
    ChecksumAlgorithm, ChecksumMode, ChecksumType, CompletedMultipartUpload, CompletedPart,
};
use bytes::Bytes;
use holdall_core::Checksum;

use super::conditions::{settled, stopped};
use super::scratch::{BODY, Scratch};
use super::{Answer, Feature, ProbeReport};
use crate::error::Failure;
use crate::multipart::MIN_PART_SIZE;

/// A part that is larger than the smallest by this much is one of another size.
const MIB: usize = 1 << 20;

/// Asks about uploads: at most 20 requests, which send 6 MiB, or 17 where parts cannot be copied.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::ConditionalComplete, settled(conditional_complete(scratch).await));
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
        let created = request.send().await.map_err(|error| scratch.inner.failure(&error))?;
        let id = created.upload_id.unwrap_or_default();
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

    async fn complete(self, if_none_match: Option<&str>, checksum: Option<String>) -> Result<(), Failure> {
        let parts = CompletedMultipartUpload::builder().set_parts(Some(self.parts)).build();
        let is_full = checksum.is_some().then_some(ChecksumType::FullObject);
        let request = self.scratch.client.complete_multipart_upload().bucket(self.scratch.bucket());
        let request = request
            .key(&self.key)
            .upload_id(&self.id)
            .multipart_upload(parts)
            .set_if_none_match(if_none_match.map(str::to_owned))
            .set_checksum_crc64_nvme(checksum)
            .set_checksum_type(is_full);
        let limits = self.scratch.inner.with_limits(0, 16 << 20);
        crate::client::send!(request, limits).map_err(|error| self.scratch.inner.failure(&error))?;
        self.scratch.completed(&self.id);
        Ok(())
    }
}

async fn conditional_complete(scratch: &Scratch) -> Result<Answer, Failure> {
    let mut first = Upload::begin(scratch, "complete", false).await?;
    first.send(Bytes::from_static(BODY), None).await?;
    first.complete(Some("*"), None).await?;
    let mut second = Upload::begin(scratch, "complete", false).await?;
    second.send(Bytes::from_static(BODY), None).await?;
    stopped(
        second.complete(Some("*"), None).await,
        "it completed onto an object that was there: the header is ignored",
    )
}

async fn checksum(scratch: &Scratch) -> Result<Answer, Failure> {
    let checksum = Checksum::of(BODY).to_string();
    let mut upload = Upload::begin(scratch, "checksum", true).await?;
    upload.send(Bytes::from_static(BODY), Some(checksum.clone())).await?;
    let key = upload.key.clone();
    upload.complete(None, Some(checksum.clone())).await?;
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
    upload.complete(None, None).await?;
    let head = scratch.client.head_object().bucket(scratch.bucket()).key(key);
    let head = head.send().await.map_err(|error| scratch.inner.failure(&error))?;
    let is_whole = head.content_length().and_then(|length| usize::try_from(length).ok()) == Some(size);
    Ok(Answer::yes_if(is_whole, "the object that it made of three parts has another size"))
}
