//! Multipart uploads: bounded memory, and nothing left behind.
//!
//! # Which key a large file is uploaded to
//!
//! A multipart upload is bound to its key when it is created, and only its completion says whether the key
//! was still free. By then the bytes of a stream are gone. What follows from that:
//!
//! - `Create`, `Replace`, `Overwrite`: straight to the key, the condition goes with the completion.
//! - `Rename` of bytes in memory: straight to the wanted key; when another writer wins, they are sent again
//!   to the next candidate.
//! - `Rename` of a stream, a reader or a path: where the wanted key is taken already, straight to the next
//!   candidate. Where it is free, to a random candidate (a name that `Rename` may give anyway, and that
//!   nobody else uses), from which the server then copies it to the wanted key *if that is still free*; see
//!   `publish.rs`. So none of a hundred simultaneous savers fails, and no byte is sent twice. It costs a copy
//!   inside the server and a delete; who cannot afford them, and has names that are unique anyway, saves with
//!   `Create`.
//!
//! The alternatives were worse: reporting a conflict breaks the promise of `Rename`, and spooling each stream
//! to the local disk for the sake of a rare race needs a disk.
//!
//! # Nothing left behind
//!
//! [`Upload`] is a guard. An error aborts the upload before it is returned; a dropped future aborts it in a
//! task of the runtime that the save ran on. Creating and completing run in tasks of their own, so that their
//! outcome is known to somebody in any case. What remains is the death of the process, the end of the
//! runtime, and a lost reply to the creation, whose retry makes a second upload that alone is known: a
//! lifecycle rule (`AbortIncompleteMultipartUpload`) is for these.

use std::collections::BTreeMap;
use std::sync::Arc;

use aws_sdk_s3::primitives::ByteStream;
use aws_sdk_s3::types::{ChecksumAlgorithm, ChecksumType, CompletedMultipartUpload, CompletedPart};
use bytes::Bytes;
use holdall_core::{Checksum, Error, ErrorKind, Name, Result, Saved};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::client::{Inner, send};
use crate::conditional::{Condition, Made, Outcome};
use crate::gather::Parts;
use crate::metadata::with_headers;
use crate::naming::Naming;
use crate::publish::to_the_end;
use crate::save::Write;

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
    parts: BTreeMap<i32, CompletedPart>,
    pub(crate) size: u64,
    pub(crate) checksum: Option<Checksum>,
}

/// What became of an upload.
#[derive(Debug)]
pub(crate) enum Finished {
    /// The file is there.
    Done(Made),
    /// Another file has the key, and the upload is gone.
    Taken,
    /// A competing write was in flight; the upload is gone and must be made anew.
    Conflict(Error),
}

impl Write {
    /// Saves bytes that are in memory and larger than a part.
    pub(crate) async fn large_memory(self, mut naming: Naming, bytes: Bytes) -> Result<Saved> {
        let write = Arc::new(self);
        let part_size = write.inner.config.transfers.part_size;
        write.check(Checksum::of(&bytes))?;
        let mut attempt = 0;
        loop {
            let condition = naming.condition();
            if write.is_taken(naming.key(), &condition).await? {
                naming.taken(&write.inner)?;
                continue;
            }
            let parts = Parts::of_bytes(bytes.clone(), part_size);
            let (upload, sent) = upload(&write, naming.key(), None, parts).await?;
            let (saved, finished) = to_the_end(async move { upload.finish(sent, &condition).await }).await?;
            match finished {
                Finished::Done(made) => return Ok(made.complete(saved)),
                Finished::Taken => naming.taken(&write.inner)?,
                Finished::Conflict(_) => {
                    write.inner.before_again(attempt).await?;
                    attempt += 1;
                }
            }
        }
    }

    /// Saves content that can be read once.
    pub(crate) async fn large_stream(
        self,
        mut naming: Naming,
        first: Bytes,
        parts: Parts<'_>,
    ) -> Result<Saved> {
        let write = Arc::new(self);
        let condition = naming.condition();
        let mut wanted = None;
        if write.is_taken(naming.key(), &condition).await? {
            naming.taken(&write.inner)?;
        } else if naming.is_rename() && write.inner.copies_conditionally().await? {
            wanted = Some(naming.key().clone());
            naming.taken(&write.inner)?;
        }
        let (upload, sent) = upload(&write, naming.key(), Some(first), parts).await?;
        to_the_end(async move {
            let (saved, finished) = upload.finish(sent, &condition).await?;
            match (finished, wanted) {
                (Finished::Done(made), Some(wanted)) => {
                    Ok(write.publish(made.complete(saved), &wanted).await)
                }
                (Finished::Done(made), None) => Ok(made.complete(saved)),
                (Finished::Taken, _) if !naming.is_rename() => Err(naming
                    .taken(&write.inner)
                    .err()
                    .unwrap_or_else(|| Error::new(ErrorKind::AlreadyExists))),
                (Finished::Taken, _) => Err(Error::message(
                    ErrorKind::Conflict,
                    "another writer took the name while the file was sent, and its bytes are gone; save it again",
                )
                .with_retryable(true)),
                (Finished::Conflict(error), _) => Err(error),
            }
        })
        .await
    }
}

/// Creates an upload and sends its parts. After an error nothing of it is left.
async fn upload(
    write: &Arc<Write>,
    key: &Name,
    first: Option<Bytes>,
    parts: Parts<'_>,
) -> Result<(Upload, Sent)> {
    let creating = Upload::create(Arc::clone(write), key.clone());
    let upload = to_the_end(creating).await?;
    let sent = match upload.send(first, parts).await {
        Ok(sent) => sent.checksum.map_or(Ok(()), |checksum| write.check(checksum)).map(|()| sent),
        Err(error) => Err(error),
    };
    match sent {
        Ok(sent) => Ok((upload, sent)),
        Err(error) => Err(upload.abort_after(error).await),
    }
}

impl Upload {
    async fn create(write: Arc<Write>, key: Name) -> Result<Self> {
        let inner = &write.inner;
        let request =
            inner.client().await?.create_multipart_upload().bucket(inner.bucket()).key(key.as_str());
        let checksums = inner.config.server.checksums;
        let reply = with_headers!(request, write.headers)
            .set_checksum_algorithm(checksums.then_some(ChecksumAlgorithm::Crc64Nvme))
            .set_checksum_type(checksums.then_some(ChecksumType::FullObject))
            .send()
            .await
            .map_err(|error| inner.failure(&error))?;
        let id = reply.upload_id().ok_or_else(|| {
            Error::message(ErrorKind::Other, "the server began a multipart upload but gave it no id")
        })?;
        let id = id.to_owned();
        Ok(Self { write, key, id, open: true, runtime: Handle::current() })
    }

    fn inner(&self) -> &Arc<Inner> {
        &self.write.inner
    }

    /// Sends all parts, so many at once as memory allows: those in flight and the one that is gathered
    /// meanwhile are together no more than one over the configured number of the configured size, or two.
    async fn send(&self, first: Option<Bytes>, mut parts: Parts<'_>) -> Result<Sent> {
        let config = &self.inner().config;
        let budget = config.transfers.part_size.saturating_mul(config.transfers.concurrency as u64);
        let mut sent = Sent::default();
        let mut flying = JoinSet::new();
        let mut number = 0;
        let mut next = first;
        let mut ended = false;
        loop {
            if let Some(part) = next.take() {
                number += 1;
                let checksum = Checksum::of(&part);
                sent.checksum = Some(match sent.checksum {
                    Some(before) => before.combine(checksum, part.len() as u64),
                    None => checksum,
                });
                sent.size += part.len() as u64;
                flying.spawn(send_part(Arc::clone(&self.write), self.place(), number, part, checksum));
            }
            let room = (budget / parts.part_size().max(1) as u64).max(1);
            let is_full = flying.len() as u64 >= room;
            tokio::select! {
                Some(done) = flying.join_next() => {
                    let part = done.unwrap_or_else(|error| Err(crate::publish::joined(error)))?;
                    sent.parts.insert(part.part_number().unwrap_or_default(), part);
                }
                part = parts.next(), if !ended && !is_full => {
                    next = part?;
                    ended = next.is_none();
                }
                else => return Ok(sent),
            }
        }
    }

    fn place(&self) -> (Name, String) {
        (self.key.clone(), self.id.clone())
    }

    /// Completes the upload, or sees to it that nothing of it is left.
    async fn finish(mut self, sent: Sent, condition: &Condition) -> Result<(Saved, Finished)> {
        let saved = Saved::new(self.inner().name_of(&self.key), sent.size).with_checksum(sent.checksum);
        match self.complete(sent, condition).await {
            Ok(done @ Finished::Done(..)) => {
                self.open = false;
                Ok((saved, done))
            }
            Ok(refused) => {
                self.abort().await?;
                Ok((saved, refused))
            }
            Err(error) => Err(self.abort_after(error).await),
        }
    }

    async fn complete(&self, sent: Sent, condition: &Condition) -> Result<Finished> {
        let inner = self.inner();
        let size = sent.size;
        let checksum = sent.checksum.filter(|_| inner.config.server.checksums);
        let parts: Vec<_> = sent.parts.into_values().collect();
        let request = inner
            .client()
            .await?
            .complete_multipart_upload()
            .bucket(inner.bucket())
            .key(self.key.as_str())
            .upload_id(&self.id)
            .set_if_none_match(condition.if_none_match())
            .set_if_match(condition.if_match())
            .set_checksum_crc64_nvme(checksum.map(|checksum| checksum.to_string()))
            .set_checksum_type(checksum.map(|_| ChecksumType::FullObject))
            // The server refuses to assemble anything but so many bytes.
            .set_mpu_object_size(checksum.and_then(|_| i64::try_from(size).ok()))
            .multipart_upload(CompletedMultipartUpload::builder().set_parts(Some(parts)).build());
        let mut attempt = 0;
        loop {
            let limits = inner.with_limits(0, size);
            let failure = match send!(request.clone(), limits) {
                Ok(reply) => {
                    return Ok(Finished::Done(Made::new(reply.e_tag(), reply.version_id())));
                }
                Err(error) => inner.failure(&error),
            };
            if failure.is_conflict() {
                return Ok(Finished::Conflict(failure.into_error()));
            }
            match inner.settle(&self.key, condition, self.write.put_id.as_deref(), failure).await? {
                Outcome::Written(made) => return Ok(Finished::Done(made)),
                Outcome::Taken => return Ok(Finished::Taken),
                Outcome::Again => inner.before_again(attempt).await?,
            }
            attempt += 1;
        }
    }

    /// Aborts the upload because of that error, which comes back; with a word where aborting failed too.
    async fn abort_after(mut self, error: Error) -> Error {
        match self.abort().await {
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

    async fn abort(&mut self) -> Result<()> {
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

/// Aborts an upload; one that is gone is fine.
async fn abort(inner: &Inner, key: &Name, id: &str) -> Result<()> {
    let request = inner.client().await?.abort_multipart_upload().bucket(inner.bucket()).key(key.as_str());
    match request.upload_id(id).send().await.map_err(|error| inner.failure(&error)) {
        Ok(_) => Ok(()),
        Err(failure) if failure.is_lost_upload() => Ok(()),
        Err(failure) => Err(failure.into()),
    }
}

/// Sends one part. It is in memory, so that the SDK can send it again.
async fn send_part(
    write: Arc<Write>,
    (key, id): (Name, String),
    number: i32,
    part: Bytes,
    checksum: Checksum,
) -> Result<CompletedPart> {
    let inner = &write.inner;
    let checksum = inner.config.server.checksums.then(|| checksum.to_string());
    let limits = inner.with_limits(part.len() as u64, 0);
    let request = inner
        .client()
        .await?
        .upload_part()
        .bucket(inner.bucket())
        .key(key.as_str())
        .upload_id(id)
        .part_number(number)
        .set_checksum_crc64_nvme(checksum.clone())
        .body(ByteStream::from(part));
    let reply = send!(request, limits).map_err(|error| inner.failure(&error))?;
    Ok(CompletedPart::builder()
        .part_number(number)
        .set_e_tag(reply.e_tag().map(str::to_owned))
        .set_checksum_crc64_nvme(checksum)
        .build())
}
