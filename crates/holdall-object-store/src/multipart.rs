//! Multipart uploads: bounded memory, and nothing left behind.
//!
//! [`Upload`] is a guard. An error aborts the upload before it is returned; a dropped future aborts it in a task
//! of the runtime that the save ran on. Creating and completing run in tasks of their own, so that their
//! outcome is known to somebody in any case. What remains is the death of the process and the end of the
//! runtime: a lifecycle rule for unfinished uploads is for these. (Azure has no uploads to abort: blocks that
//! no list names are gone after a week.)

use std::sync::Arc;

use holdall_core::{ETag, Error, ErrorKind, Result, Saved};
use object_store::path::Path;
use object_store::{MultipartUpload, PutMultipartOptions, PutPayload};
use tokio::runtime::Handle;
use tokio::task::JoinSet;

use crate::client::{Inner, etag, joined, path, to_the_end};
use crate::conditional::Outcome;
use crate::error::translate;
use crate::gather::Payloads;
use crate::naming::{Condition, Naming};
use crate::save::Write;

/// An upload that was created and neither completed nor aborted. Dropping it aborts it.
#[derive(Debug)]
pub(crate) struct Upload {
    inner: Arc<Inner>,
    /// `None` when it is completed or aborted.
    theirs: Option<Box<dyn MultipartUpload>>,
    runtime: Handle,
}

impl Write {
    /// Saves content of any size with `Overwrite`.
    pub(crate) async fn in_parts(
        self,
        naming: Naming,
        first: PutPayload,
        mut payloads: Payloads<'_>,
        part_size: usize,
    ) -> Result<Saved> {
        let path = path(naming.key());
        let upload = self.upload(&path, first, &mut payloads, part_size).await?;
        let (size, checksum) = payloads.seen();
        let saved = Saved::new(self.inner.name_of(naming.key()), size).with_checksum(checksum);
        let etag = to_the_end(async move { upload.complete(&path, self.put_id()).await }).await?;
        Ok(saved.with_etag(etag))
    }

    /// Creates an upload and sends all parts. After an error nothing of it is left.
    pub(crate) async fn upload(
        &self,
        path: &Path,
        first: PutPayload,
        payloads: &mut Payloads<'_>,
        part_size: usize,
    ) -> Result<Upload> {
        let mut upload = self.create(path).await?;
        let sent = match upload.send(first, payloads, part_size).await {
            Ok(()) => self.check(payloads.seen().1),
            Err(error) => Err(error),
        };
        match sent {
            Ok(()) => Ok(upload),
            Err(error) => Err(upload.abort_after(error).await),
        }
    }

    async fn create(&self, path: &Path) -> Result<Upload> {
        let mut attempt = 0;
        loop {
            let (inner, path) = (Arc::clone(&self.inner), path.clone());
            let attributes = self.sent.attributes.clone();
            let creating = async move {
                let options = PutMultipartOptions { attributes, ..PutMultipartOptions::default() };
                match inner.store.put_multipart_opts(&path, options).await {
                    Ok(upload) => {
                        Ok(Some(Upload { inner, theirs: Some(upload), runtime: Handle::current() }))
                    }
                    Err(error) => {
                        let error = translate(error);
                        match inner.settle(&path, &Condition::None, None, error).await? {
                            Outcome::Again => Ok(None),
                            // Without a mark nothing is found out that is not an error.
                            _ => Err(Error::new(ErrorKind::Other)),
                        }
                    }
                }
            };
            if let Some(upload) = to_the_end(creating).await? {
                return Ok(upload);
            }
            self.inner.before_again(&mut attempt).await?;
        }
    }
}

impl Upload {
    /// Sends all parts, so many at once as the settings allow, and gathers one more meanwhile.
    async fn send(&mut self, first: PutPayload, payloads: &mut Payloads<'_>, part_size: usize) -> Result<()> {
        let (concurrency, max_parts) = (self.inner.config.concurrency, self.inner.config.profile.max_parts);
        let Some(upload) = &mut self.theirs else { return Ok(()) };
        let mut flying = JoinSet::new();
        let mut next = Some(first);
        let mut ended = false;
        let mut count = 0;
        loop {
            if let Some(part) = next.take() {
                count += 1;
                if count > max_parts {
                    return Err(Error::message(
                        ErrorKind::TooLarge,
                        format!(
                            "the content did not end within the {max_parts} parts that the store takes; declare its \
                             size, or make the parts larger"
                        ),
                    ));
                }
                flying.spawn(upload.put_part(part));
            }
            let is_full = flying.len() >= concurrency;
            tokio::select! {
                Some(done) = flying.join_next() => match done {
                    Ok(Ok(())) => {}
                    Ok(Err(error)) => return Err(translate(error)),
                    Err(error) => return Err(joined(error)),
                },
                part = payloads.next(part_size), if !ended && !is_full => {
                    next = part?;
                    ended = next.is_none();
                }
                else => return Ok(()),
            }
        }
    }

    /// Completes the upload, or sees to it that nothing of it is left.
    ///
    /// # Errors
    ///
    /// Those of the store, unless the upload turns out to be complete after all.
    pub(crate) async fn complete(mut self, path: &Path, put_id: Option<&str>) -> Result<Option<ETag>> {
        let Some(upload) = &mut self.theirs else { return Ok(None) };
        let error = match upload.complete().await {
            Ok(result) => {
                self.theirs = None;
                return Ok(etag(result.e_tag.as_deref()));
            }
            Err(error) => translate(error),
        };
        let error = match self.inner.settle(path, &Condition::None, put_id, error).await {
            Ok(Outcome::Written(etag)) => {
                self.theirs = None;
                return Ok(etag);
            }
            Ok(_) => {
                let message = "the place of the file vanished while it was completed; try again";
                Error::message(ErrorKind::Conflict, message).with_retryable(true)
            }
            Err(error) => error,
        };
        Err(self.abort_after(error).await)
    }

    /// Aborts the upload because of that error, which comes back; with a word where aborting failed too.
    async fn abort_after(mut self, error: Error) -> Error {
        let Some(upload) = &mut self.theirs else { return error };
        let aborted = upload.abort().await.map_err(translate);
        // Only now: dropped while it waited, the guard would try again.
        self.theirs = None;
        match aborted {
            Ok(()) => error,
            Err(abort) if abort.is_not_found() => error,
            Err(abort) => {
                let (reason, abort) = (error.reason(), abort.reason());
                let message = format!(
                    "{reason}; what was sent could not be removed either ({abort}) and waits for a lifecycle rule"
                );
                error.with_message(message)
            }
        }
    }
}

impl Drop for Upload {
    fn drop(&mut self) {
        let Some(mut upload) = self.theirs.take() else { return };
        let inner = Arc::clone(&self.inner);
        self.runtime.spawn(async move {
            if let Err(error) = upload.abort().await.map_err(translate)
                && !error.is_not_found()
            {
                tracing::warn!(storage = %inner, %error, "a multipart upload was left open");
            }
        });
    }
}
