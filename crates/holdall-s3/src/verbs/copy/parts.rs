//! Copies of more than one request takes: a multipart upload whose parts the server copies itself.
//!
//! `UploadPartCopy` copies bytes and nothing else. Attributes and visibility go with the creation of the upload,
//! as they do with every save; tags are read from the source and sent along; the copy has a checksum of the same
//! algorithm, and where that is one of the whole content, the value of the source is what it must have. Each part names
//! the tag of the source (`x-amz-copy-source-if-match`), so that a source which changes midway is not stitched
//! together.

use std::ops::Range;
use std::sync::Arc;

use aws_sdk_s3::config::StalledStreamProtectionConfig;
use aws_sdk_s3::types::CompletedPart;
use holdall_core::{Error, ErrorKind, Result};
use tokio::task::JoinSet;

use super::{Copying, Source, with_source};
use crate::config::ServerCondition;
use crate::verbs::conditional::{Again, Outcome, tag};
use crate::verbs::multipart::{self, Finished, PartPlan, Sent, Upload};
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::tasks::{joined, to_the_end};

/// Why the copying of a part ended the copy.
enum Stopped {
    /// The source is another version by now.
    Changed,
    Failed(Error),
}

impl Inner {
    /// Copies an object by parts.
    ///
    /// Dropping the future aborts the upload, unless it is being completed already.
    pub(super) async fn copy_by_parts(self: &Arc<Self>, copying: Copying<'_>) -> Result<Outcome> {
        let Copying { from, to, headers, put_id, condition, .. } = copying;
        let mut headers = headers.clone();
        if let Some(tagging) = from.tagging().await? {
            headers.tagging = Some(tagging);
        }
        let algorithm = from.kept_checksum.filter(|_| self.config.server.checksums);
        let write = Write::of_copy(Arc::clone(self), headers, put_id.map(str::to_owned), algorithm);
        let upload = multipart::create(&Arc::new(write), to).await?;
        let sent = match copy_checked(&upload, from).await {
            Ok(sent) => sent,
            Err(Stopped::Failed(error)) => return Err(upload.abort_after(error).await),
            Err(Stopped::Changed) => {
                upload.abort().await?;
                return Ok(Outcome::Again(Again::SourceChanged));
            }
        };
        let condition = condition.clone();
        let (_, finished) = to_the_end(async move { upload.finish(sent, &condition).await }).await?;
        Ok(match finished {
            Finished::Done(made) => Outcome::Written(made),
            Finished::Taken => Outcome::Taken,
            Finished::Conflict(_) => Outcome::Again(Again::Busy),
        })
    }
}

/// Copies all parts, and looks at the source once more where the server may ignore which version of it was meant: as
/// long as its tag is the same, every part is of the version that was looked at first.
async fn copy_checked(upload: &Upload, from: &Source) -> Result<Sent, Stopped> {
    let sent = copy_all(upload, from).await?;
    let is_pinned = upload.inner().knows(ServerCondition::CopySourceIfMatch) == Some(true);
    if from.etag.is_some() && from.version.is_none() && !is_pinned {
        match from.inner.head(&from.key).await {
            Ok(object) if tag(&object) == from.etag => {}
            Ok(_) => return Err(Stopped::Changed),
            Err(failure) => return Err(Stopped::Failed(failure.into())),
        }
    }
    Ok(sent)
}

/// Copies all parts, as many at once as are configured.
async fn copy_all(upload: &Upload, from: &Source) -> Result<Sent, Stopped> {
    if from.size == 0 {
        // Nothing can be copied of it, and an upload wants one part.
        return upload.send_empty().await.map_err(Stopped::Failed);
    }
    let config = &upload.inner().config;
    let plan = PartPlan::new(Some(from.size), config.transfers.copy_part_size, true);
    let claim = from.claim(upload.write().checksum());
    let mut sent = Sent { size: from.size, checksum: from.checksum, claim, ..Sent::default() };
    let mut parts = ranges(plan, from.size).zip(1..);
    let mut flying = JoinSet::new();
    loop {
        while flying.len() < config.transfers.concurrency
            && let Some((range, number)) = parts.next()
        {
            flying.spawn(copy_part(Arc::clone(upload.write()), upload.place(), from.clone(), number, range));
        }
        let Some(done) = flying.join_next().await else { return Ok(sent) };
        let part = done.unwrap_or_else(|error| Err(Stopped::Failed(joined(error))))?;
        sent.parts.insert(part.part_number().unwrap_or_default(), part);
    }
}

/// The bytes of each part.
fn ranges(plan: PartPlan, size: u64) -> impl Iterator<Item = Range<u64>> {
    let part = plan.part_size(0);
    (0..size.div_ceil(part)).map(move |index| index * part..size.min((index + 1).saturating_mul(part)))
}

async fn copy_part(
    write: Arc<Write>,
    (key, id): (holdall_core::Name, String),
    from: Source,
    number: i32,
    range: Range<u64>,
) -> Result<CompletedPart, Stopped> {
    let inner = &write.inner;
    let limits = inner.with_limits(0, range.end - range.start).unwrap_or_default();
    // While the server copies, nothing passes over the wire, which the SDK takes for a stalled stream here
    // (smithy-lang/smithy-rs#4439). The time limit of the attempt is what ends a request that hangs.
    let limits = limits.stalled_stream_protection(StalledStreamProtectionConfig::disabled());
    let request = inner
        .client()
        .await
        .map_err(Stopped::Failed)?
        .upload_part_copy()
        .bucket(inner.bucket())
        .key(for_sdk(key.as_str()))
        .upload_id(id)
        .part_number(number)
        .copy_source_range(format!("bytes={}-{}", range.start, range.end - 1));
    let reply = with_source!(request, from, inner)
        .customize()
        .config_override(limits)
        .send()
        .await
        .map_err(|error| inner.failure(&error));
    let reply = match reply {
        Ok(reply) => reply,
        Err(failure) if failure.is_condition() => return Err(Stopped::Changed),
        Err(failure) => return Err(Stopped::Failed(failure.into())),
    };
    let result = reply.copy_part_result.ok_or_else(|| {
        let message = "the server copied a part of the file but did not say what it made";
        Stopped::Failed(Error::message(ErrorKind::Other, message))
    })?;
    Ok(CompletedPart::builder()
        .part_number(number)
        .set_e_tag(result.e_tag)
        .set_checksum_crc64_nvme(result.checksum_crc64_nvme)
        .set_checksum_crc32(result.checksum_crc32)
        .set_checksum_crc32_c(result.checksum_crc32_c)
        .set_checksum_sha1(result.checksum_sha1)
        .set_checksum_sha256(result.checksum_sha256)
        .set_checksum_sha512(result.checksum_sha512)
        .set_checksum_md5(result.checksum_md5)
        .set_checksum_xxhash64(result.checksum_xxhash64)
        .set_checksum_xxhash3(result.checksum_xxhash3)
        .set_checksum_xxhash128(result.checksum_xxhash128)
        .build())
}

#[cfg(test)]
mod tests {
    use super::{PartPlan, ranges};

    #[test]
    fn ranges_cover_every_byte_once() {
        const PART: u64 = 5 << 20;
        for size in [PART, PART + 1, 2 * PART, 2 * PART + 7] {
            let cut: Vec<_> = ranges(PartPlan::new(Some(size), PART, true), size).collect();
            assert_eq!((cut[0].start, cut[cut.len() - 1].end), (0, size));
            assert!(cut.windows(2).all(|pair| pair[0].end == pair[1].start && !pair[1].is_empty()));
        }
    }
}
