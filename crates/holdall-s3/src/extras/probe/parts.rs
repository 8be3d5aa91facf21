//! Multipart uploads: conditions and checksums of the whole, copies by parts, parts of different sizes.

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::ChecksumMode;
use bytes::Bytes;
use holdall_core::Checksum;

use super::{Feature, ProbeReport};
use crate::config::limits::MIN_PART_SIZE;
use crate::verbs::asking::{Answer, BODY, Scratch, TrialUpload, answer_of, settled};
use crate::verbs::conditional::Condition;
use crate::wire::client::send;
use crate::wire::error::Failure;

/// A part that is larger than the smallest by this much is one of another size.
const MIB: usize = 1 << 20;

/// Asks about uploads: at most 16 requests, which send 6 MiB, or 17 where parts cannot be copied.
pub(super) async fn ask(scratch: &Scratch, report: &mut ProbeReport) {
    report.record(Feature::MultipartChecksum, settled(checksum(scratch).await));
    let (copied, unequal) = copied_parts(scratch).await;
    report.record(Feature::PartCopy, copied);
    report.record(Feature::UnequalParts, unequal);
}

async fn checksum(scratch: &Scratch) -> Result<Answer, Failure> {
    let checksum = Checksum::of(BODY).to_string();
    let mut upload = TrialUpload::begin(scratch, "checksum", true).await?;
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
        send!(request, limits).map_err(|error| scratch.inner.failure(&error))?;
        let mut upload = TrialUpload::begin(scratch, "copied", false).await?;
        upload.copy(&key, Some(format!("bytes=0-{}", smallest - 1))).await?;
        upload.copy(&key, None).await?;
        Ok(upload)
    };
    match copied.await {
        Ok(upload) => match finish(upload, 2 * smallest + MIB + 1).await {
            Ok(Answer::Yes) => (Answer::Yes, Answer::Yes),
            // Whether the copies or their sizes are at fault would take another upload; sizes are, where they matter.
            Ok(no) => (no.clone(), no),
            Err(failure) => (Answer::Yes, answer_of(failure)),
        },
        Err(failure) => {
            let sent = async {
                let mut upload = TrialUpload::begin(scratch, "sent", false).await?;
                upload.send(source.slice(..smallest), None).await?;
                upload.send(source.clone(), None).await?;
                finish(upload, 2 * smallest + MIB + 1).await
            };
            (answer_of(failure), settled(sent.await))
        }
    }
}

/// The last part, of one byte, and a look at the size of the whole.
async fn finish(mut upload: TrialUpload<'_>, size: usize) -> Result<Answer, Failure> {
    let scratch = upload.scratch;
    upload.send(Bytes::from_static(b"."), None).await?;
    let key = upload.key.clone();
    upload.complete(Condition::None, None).await?;
    let head = scratch.client.head_object().bucket(scratch.bucket()).key(key);
    let head = head.send().await.map_err(|error| scratch.inner.failure(&error))?;
    let is_whole = head.content_length().and_then(|length| usize::try_from(length).ok()) == Some(size);
    Ok(Answer::yes_if(is_whole, "the object that it made of three parts has another size"))
}
