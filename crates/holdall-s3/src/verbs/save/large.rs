//! Saving content that is larger than one part.
//!
//! # Which key a large file is uploaded to
//!
//! A multipart upload is bound to its key when it is created, and only its completion says whether the key
//! was still free. By then the bytes of a stream are gone. So content goes:
//!
//! - `Create`, `IfMatch`, `Overwrite`: straight to the key, the condition goes with the completion.
//! - `Unique` of bytes in memory or of a path: straight to the wanted key; when another writer wins, they are
//!   read and sent again to the next candidate.
//! - `Unique` of a stream or a reader: where the wanted key is taken already, straight to the next
//!   candidate. Where it is free, to a random candidate (a name that `Unique` may give anyway, and that
//!   nobody else uses), from which the server then copies it to the wanted key *if that is still free*; see
//!   `publish.rs`. (Without a condition on `CopyObject` the server copies by parts and completes them on that
//!   condition.) So none of a hundred simultaneous savers fails, and no byte is sent twice. It costs a copy
//!   inside the server and a delete; who cannot afford them, and has names that are unique anyway, saves with
//!   `Create`.
//!
//! The alternatives were worse: reporting a conflict breaks the promise of `Unique`, and spooling each stream
//! to the local disk for the sake of a rare race needs a disk.

use std::sync::Arc;

use bytes::Bytes;
use holdall_core::{Error, ErrorKind, RepeatableContent, Result, Saved};

use crate::verbs::conditional::Again;
use crate::verbs::multipart::{Finished, Parts, upload};
use crate::verbs::naming::Naming;
use crate::verbs::write::Write;
use crate::wire::tasks::to_the_end;

impl Write {
    /// Saves content that is larger than a part and can be read again.
    pub(crate) async fn large_repeatable(
        self,
        mut naming: Naming,
        first: Bytes,
        parts: Parts<'_>,
        again: RepeatableContent,
    ) -> Result<Saved> {
        let write = Arc::new(self);
        let mut begun = Some((first, parts));
        let mut attempt = 0;
        loop {
            let condition = naming.condition();
            if write.is_taken(naming.key(), &condition).await? {
                naming.taken(&write.inner)?;
                continue;
            }
            let (upload, sent) = if let Some((first, parts)) = begun.take() {
                upload(&write, naming.key(), Some(first), parts).await?
            } else {
                let parts = Parts::new(again.content(), &write.inner.config.transfers).await?;
                upload(&write, naming.key(), None, parts).await?
            };
            let (saved, finished) = to_the_end(async move { upload.finish(sent, &condition).await }).await?;
            match finished {
                Finished::Done(made) => return Ok(made.complete(saved)),
                Finished::Taken => naming.taken(&write.inner)?,
                Finished::Conflict(_) => {
                    write.inner.before_again(attempt, Again::Busy).await?;
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
        } else if naming.is_rename() && write.inner.honoured.can_move() {
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
