//! Finding out what a server can do.
//!
//! "S3-compatible" says little: of seven servers no two answer alike, and the worst of them answer 200 to a condition
//! that they have ignored. A probe asks, on objects of its own, and believes what it sees:
//!
//! | module | asks about |
//! | --- | --- |
//! | `conditions` | conditional writes, copies and deletes, and a race |
//! | `checksums` | four algorithms: kept, and a wrong one refused |
//! | `parts` | multipart uploads: condition, checksum, copied parts, unequal parts |
//! | `listing` | order, pages, encoding; bulk deletion |
//! | `access` | ACL, tags, versions, CORS, lifecycle |
//! | `links` | presigned requests, as somebody without credentials sends them |
//!
//! `plain` sends requests that the SDK did not sign. The objects of the probe, their end, and the question about a
//! single condition are those of `verbs/asking/`.

mod access;
mod checksums;
mod conditions;
mod feature;
mod links;
mod listing;
mod parts;
mod plain;
mod report;

use std::sync::Arc;

use holdall_core::{Error, Operation, Result};
use tokio::sync::oneshot;

pub use self::feature::Feature;
pub use self::report::ProbeReport;

use crate::handle::S3Storage;
pub use crate::verbs::asking::Answer;
use crate::verbs::asking::Scratch;
use crate::wire::client::Inner;
use crate::wire::error::host;
use crate::wire::tasks::to_the_end;

/// How many requests a probe sends at most, the SDK's retries and the versions of a versioned bucket aside.
pub const MAX_PROBE_REQUESTS: usize = 230;

impl S3Storage {
    /// Finds out what the server and the bucket can do, with a few dozen small objects below the storage's location,
    /// which it removes again.
    ///
    /// For a deployment's checks, and for a server that you do not know. The settings of the storage do not matter:
    /// everything is asked. [`S3StorageBuilder::probed`](crate::S3StorageBuilder::probed) makes
    /// settings of the report.
    ///
    /// ```no_run
    /// use holdall_s3::{Feature, S3Storage};
    ///
    /// # async fn example() -> holdall_core::Result<()> {
    /// let settings = || S3Storage::builder("media").endpoint("https://s3.example.com").region("r1");
    /// let report = settings().build()?.probe().await?;
    /// println!("{report}");
    /// if !report.has(Feature::ConditionalCreate) {
    ///     eprintln!("this server cannot keep names from being taken twice");
    /// }
    /// let storage = settings().probed(&report).build()?;
    /// # Ok(()) }
    /// ```
    ///
    /// # What it costs
    ///
    /// At most [`MAX_PROBE_REQUESTS`] requests, which send 6 MiB (17 where the server cannot copy parts). One object
    /// is put with the ACL `public-read` for the time of four requests; it holds the words `holdall probe`.
    ///
    /// # What the credentials must be allowed
    ///
    /// The permissions of a storage (`s3:PutObject`, `s3:GetObject`, `s3:DeleteObject`, `s3:ListBucket`,
    /// `s3:AbortMultipartUpload`). Answers that need another permission are unknown without it: `s3:PutObjectAcl`,
    /// `s3:GetObjectAcl`, `s3:GetBucketOwnershipControls` (ACL), `s3:PutObjectTagging`, `s3:GetObjectTagging` (tags),
    /// `s3:GetBucketVersioning` (versions), `s3:GetBucketCORS`, `s3:GetLifecycleConfiguration`. In a bucket that keeps
    /// versions, removing what was made takes `s3:ListBucketVersions` and `s3:DeleteObjectVersion`.
    ///
    /// # What is left
    ///
    /// Nothing, also when the future is dropped: the question that is under way is then asked to its end, no further
    /// one is, and everything is removed, as long as the runtime lives. Objects that cannot be removed are named in
    /// [`ProbeReport::left_behind`]. Names begin with [`Name::RESERVED_PREFIX`](holdall_core::Name::RESERVED_PREFIX),
    /// which no storage lists; only that of the upload form begins with `holdall-probe-`.
    ///
    /// # Errors
    ///
    /// That of the first request, a plain PUT, when even this does not work: `InvalidConfig`, `PermissionDenied`,
    /// `Unavailable`, `Timeout`. Later failures are in the report.
    pub async fn probe(&self) -> Result<ProbeReport> {
        let inner = Arc::clone(self.inner());
        // Dropped together with this future; the task sees it.
        let (_listening, gone) = oneshot::channel::<()>();
        let probed = to_the_end(async move { run(&inner, gone).await });
        probed.await.map_err(|error: Error| error.or_at(Operation::Configure, self, None))
    }
}

async fn run(inner: &Arc<Inner>, mut gone: oneshot::Receiver<()>) -> Result<ProbeReport> {
    let scratch = Scratch::new(inner).await?;
    let mut report = ProbeReport::new(inner.to_string(), host(&inner.config));
    // Without this permission there is nothing to find out.
    let first = scratch.key("first");
    if let Err(failure) = scratch.store(&first).await {
        // A reply that was lost may have stored it.
        scratch.clean().await;
        return Err(failure.into());
    }
    let is_gone = &mut || !matches!(gone.try_recv(), Err(oneshot::error::TryRecvError::Empty));
    macro_rules! ask_all {
        ($($room:ident),*) => { $(if !is_gone() { $room::ask(&scratch, &mut report).await; })* };
    }
    ask_all!(conditions, checksums, parts, listing, access, links);
    report.left_behind = scratch.clean().await;
    Ok(report)
}
