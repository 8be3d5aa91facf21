//! Multipart uploads: bounded memory, and nothing left behind.
//!
//! # Nothing left behind
//!
//! [`Upload`] is a guard. An error aborts the upload before it is returned; a dropped future aborts it in a
//! task of the runtime that the save ran on. Creating and completing run in tasks of their own, so that their
//! outcome is known to somebody in any case. An upload whose creation was not answered is looked for, see
//! `create.rs`. Two cases remain, the death of the process and the end of the runtime: a lifecycle rule
//! (`AbortIncompleteMultipartUpload`) is for these.

mod create;
mod gather;
mod part_plan;
mod send;
mod upload;

use std::sync::Arc;

use bytes::Bytes;
use holdall_core::{Name, Result};

pub(crate) use self::gather::Parts;
pub(crate) use self::part_plan::PartPlan;
pub(crate) use self::upload::{Claim, Finished, Sent, Upload, abort};
use crate::verbs::write::Write;
use crate::wire::tasks::to_the_end;

/// Creates an upload, in a task that goes on when nobody waits for it: the upload is aborted then.
pub(crate) async fn create(write: &Arc<Write>, key: &Name) -> Result<Upload> {
    to_the_end(create::create(Arc::clone(write), key.clone())).await
}

/// Creates an upload and sends its parts. After an error nothing of it is left.
pub(crate) async fn upload(
    write: &Arc<Write>,
    key: &Name,
    first: Option<Bytes>,
    parts: Parts<'_>,
) -> Result<(Upload, Sent)> {
    let upload = create(write, key).await?;
    let sent = match upload.send(first, parts).await {
        Ok(sent) => sent.checksum.map_or(Ok(()), |checksum| write.check(checksum)).map(|()| sent),
        Err(error) => Err(error),
    };
    match sent {
        Ok(sent) => Ok((upload, sent)),
        Err(error) => Err(upload.abort_after(error).await),
    }
}
