//! An open multipart upload: a guard that completes it or leaves nothing of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::types::{CompletedMultipartUpload, CompletedPart};
use holdall_core::{Checksum, Error, ErrorKind, Name, Result, Saved};
use tokio::runtime::Handle;

use crate::verbs::conditional::{Condition, Made, Outcome};
use crate::verbs::metadata::Object;
use crate::verbs::sums::Sums;
use crate::verbs::write::Write;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::{Inner, send};

/// An upload that was created and neither completed nor aborted. Dropping it aborts it.
#[derive(Debug)]
pub(crate) struct Upload {
    write: Arc<Write>,
    key: Name,
    id: String,
    open: bool,
    runtime: Handle,
}

/// The parts that arrived.
#[derive(Debug, Default)]
pub(crate) struct Sent {
    pub(crate) parts: BTreeMap<i32, CompletedPart>,
    pub(crate) size: u64,
    /// Of the whole content, where it is known.
    pub(crate) checksum: Option<Checksum>,
    /// The same as it is sent to the server, if at all.
    pub(crate) claim: Claim,
}

/// The checksum of the whole content, as it is sent to the server.
#[derive(Debug, Clone, Default)]
pub(crate) struct Claim {
    pub(crate) crc64_nvme: Option<String>,
    pub(crate) crc32: Option<String>,
}

impl From<Sums> for Claim {
    fn from(sums: Sums) -> Self {
        Self { crc64_nvme: sums.crc64_nvme(), crc32: sums.crc32() }
    }
}

/// The outcome of an upload.
#[derive(Debug)]
pub(crate) enum Finished {
    /// The file is there.
    Done(Made),
    /// Another file has the key, and the upload is gone.
    Taken,
    /// A competing write was in flight; the upload is gone and must be made anew.
    Conflict(Error),
}

impl Upload {
    /// The guard of an upload that the server has begun.
    pub(super) fn new(write: Arc<Write>, key: Name, id: String) -> Self {
        Self { write, key, id, open: true, runtime: Handle::current() }
    }

    pub(crate) fn write(&self) -> &Arc<Write> {
        &self.write
    }

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.write.inner
    }

    /// Key and upload id: what every request about the upload names.
    pub(crate) fn place(&self) -> (Name, String) {
        (self.key.clone(), self.id.clone())
    }

    /// Completes the upload, or sees to it that nothing of it is left.
    pub(crate) async fn finish(mut self, sent: Sent, condition: &Condition) -> Result<(Saved, Finished)> {
        let saved = Saved::new(self.inner().name_of(&self.key), sent.size).with_checksum(sent.checksum);
        match self.complete(sent, condition).await {
            Ok(done @ Finished::Done(..)) => {
                self.open = false;
                Ok((saved, done))
            }
            Ok(refused) => {
                self.abort_now().await?;
                Ok((saved, refused))
            }
            Err(error) => Err(self.abort_after(error).await),
        }
    }

    async fn complete(&self, sent: Sent, condition: &Condition) -> Result<Finished> {
        let inner = self.inner();
        let size = sent.size;
        let Claim { crc64_nvme, crc32 } = sent.claim;
        let checksums = inner.config.server.checksums;
        let parts: Vec<_> = sent.parts.into_values().collect();
        let request = inner
            .client()
            .await?
            .complete_multipart_upload()
            .bucket(inner.bucket())
            .key(for_sdk(self.key.as_str()))
            .upload_id(&self.id)
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .set_checksum_crc64_nvme(crc64_nvme)
            .set_checksum_crc32(crc32)
            .set_checksum_type(self.write.checksum().map(|algorithm| algorithm.of_parts().1))
            // The server refuses to assemble anything but so many bytes.
            .set_mpu_object_size(i64::try_from(size).ok().filter(|_| checksums))
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build());
        let mut attempt = 0;
        loop {
            let limits = inner.with_limits(0, size);
            let failure = match send!(request.clone(), limits) {
                Ok(reply) => {
                    let made = Made::new(reply.e_tag(), reply.version_id());
                    let put_id = self.write.put_id.as_deref();
                    return inner.look_at_completed(&self.key, made, put_id, size).await.map(Finished::Done);
                }
                Err(error) => inner.failure(&error),
            };
            if failure.is_conflict() {
                return Ok(Finished::Conflict(failure.into_error()));
            }
            match inner.settle(&self.key, condition, self.write.put_id.as_deref(), failure).await? {
                Outcome::Written(made) => return Ok(Finished::Done(made)),
                Outcome::Taken => return Ok(Finished::Taken),
                Outcome::Again(why) => inner.before_again(attempt, why).await?,
            }
            attempt += 1;
        }
    }

    /// Aborts the upload because of that error, which comes back; with a word where aborting failed too.
    pub(crate) async fn abort_after(mut self, error: Error) -> Error {
        match self.abort_now().await {
            Ok(()) => error,
            Err(abort) => {
                let (reason, abort) = (error.reason(), abort.reason());
                let message = format!(
                    "{reason}; what was sent could not be removed either ({abort}) and waits for a lifecycle rule \
                     (AbortIncompleteMultipartUpload)"
                );
                error.with_message(message)
            }
        }
    }

    /// Aborts the upload.
    pub(crate) async fn abort(mut self) -> Result<()> {
        self.abort_now().await
    }

    async fn abort_now(&mut self) -> Result<()> {
        let result = abort(self.inner(), &self.key, &self.id).await;
        // Only now: dropped while it waited, the guard would try again.
        self.open = false;
        result
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        if !self.open {
            return;
        }
        let inner = Arc::clone(self.inner());
        let (key, id) = self.place();
        self.runtime.spawn(async move {
            if let Err(error) = abort(&inner, &key, &id).await {
                tracing::warn!(storage = %inner, key = key.as_str(), %error, "a multipart upload was left open");
            }
        });
    }
}

impl Inner {
    /// Settles a completion that was answered without an entity tag, as Ceph 16 does: a HEAD shows whether the file
    /// is there.
    ///
    /// # Errors
    ///
    /// `Other` where it is not.
    pub(crate) async fn look_at_completed(
        &self,
        key: &Name,
        made: Made,
        put_id: Option<&str>,
        size: u64,
    ) -> Result<Made> {
        if made.etag.is_some() {
            return Ok(made);
        }
        let found = self.head(key).await;
        let is_ours = |object: &Object| match put_id {
            Some(_) => object.put_id() == put_id,
            None => object.size().is_ok_and(|found| found == size),
        };
        match found {
            Ok(object) if is_ours(&object) => {
                let found = Made::new(object.etag.as_deref(), object.version.as_deref());
                Ok(Made { version: made.version.or(found.version), ..found })
            }
            Err(failure) if !failure.is_missing() => Err(failure.into()),
            _ => {
                let message = "the server completed the upload without an ETag, and the file is not there";
                Err(Error::message(ErrorKind::Other, message))
            }
        }
    }
}

/// Aborts an upload; one that is gone is fine.
pub(crate) async fn abort(inner: &Inner, key: &Name, id: &str) -> Result<()> {
    let request =
        inner.client().await?.abort_multipart_upload().bucket(inner.bucket()).key(for_sdk(key.as_str()));
    match request.upload_id(id).send().await.map_err(|error| inner.failure(&error)) {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_lost_upload() => Ok(()),
        Err(failure) => Err(failure.into()),
    }
}
