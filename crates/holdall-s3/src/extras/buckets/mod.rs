//! Buckets themselves: made, listed, deleted, and how they are set up.
//!
//! One module for each kind of setting, with typed calls. A setting that was never made
//! reads as `None` or empty, not as an error.

mod cors;
mod error;
mod lifecycle;
mod ownership;
mod policy;
mod public_access;

use std::fmt;
use std::sync::Arc;
use std::time::SystemTime;

use aws_sdk_s3::config::http::HttpResponse;
use aws_sdk_s3::error::{BuildError, ProvideErrorMetadata, SdkError};
use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use futures_util::stream::{self, BoxStream, StreamExt as _, TryStreamExt as _, try_unfold};
use holdall_core::{Error, ErrorKind, Operation, Result};

pub use self::cors::{CorsMethod, CorsRule, cors_for_browser_uploads};
pub use self::error::BucketNotEmpty;
pub use self::lifecycle::LifecycleRule;
pub use self::ownership::ObjectOwnership;
pub use self::policy::BucketPolicy;
pub use self::public_access::PublicAccessBlock;
use crate::config::check_bucket;
use crate::handle::S3Storage;
use crate::wire::client::Inner;
use crate::wire::error::Failure;
use crate::wire::reply::Progress;

/// The buckets of an account. Made by [`S3Storage::buckets`](crate::S3Storage::buckets), with the client, the region
/// and the credentials of that storage; each call names its bucket.
///
/// For setting up and for tests: the application that serves files should not have the credentials for it. Every
/// error of a missing permission names the IAM action that it takes.
///
/// ```no_run
/// use holdall_s3::{BucketPolicy, PublicAccessBlock, S3Storage, cors_for_browser_uploads};
///
/// # async fn example(storage: S3Storage) -> holdall_core::Result<()> {
/// let buckets = storage.buckets();
/// buckets.create("my-site").await?;
/// buckets.set_public_access_block("my-site", PublicAccessBlock::all()).await?;
/// buckets.set_cors("my-site", &[cors_for_browser_uploads(["https://www.example.com"])?]).await?;
/// buckets.set_policy("my-site", &BucketPolicy::new().deny_insecure_transport()).await?;
/// buckets.abort_abandoned_uploads("my-site", 7).await?;
/// # Ok(()) }
/// ```
#[derive(Clone)]
pub struct Buckets {
    inner: Arc<Inner>,
}

/// A bucket as the listing shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketEntry {
    /// Its name.
    pub name: String,
    /// When it was made; some servers do not tell.
    pub created: Option<SystemTime>,
    /// Where it lies; not all servers tell.
    pub region: Option<String>,
}

impl S3Storage {
    /// The buckets of the account, with this storage's client: to make them, set them up and delete them.
    pub fn buckets(&self) -> Buckets {
        Buckets::new(self.inner())
    }

    /// Makes the bucket in the storage's region, with the server's default settings; one that is there
    /// already and is ours is fine. A bucket for production wants more settings than a region: see
    /// [`buckets`](Self::buckets).
    ///
    /// # Errors
    ///
    /// `PermissionDenied`; `AlreadyExists` where the name is somebody else's.
    pub async fn create_bucket(&self) -> Result<()> {
        self.buckets().create(self.bucket()).await
    }

    /// Whether the bucket exists and the credentials may look at it.
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, never taken for absence.
    pub async fn bucket_exists(&self) -> Result<bool> {
        self.buckets().exists(self.bucket()).await
    }
}

/// Codes of servers for a `LocationConstraint` that is not theirs (API reference, `CreateBucket`, errors; the last two
/// were seen at `MinIO` and Garage).
const REGION_CODES: [&str; 5] = [
    "InvalidLocationConstraint",
    "IllegalLocationConstraintException",
    "InvalidRegion",
    "InvalidLocation",
    "XMinioInvalidRegion",
];

impl Buckets {
    pub(crate) fn new(inner: &Arc<Inner>) -> Self {
        Self { inner: Arc::clone(inner) }
    }

    /// Makes a bucket in the storage's region; one that is there already and is ours is fine.
    ///
    /// The region goes along as `LocationConstraint` at AWS, except for `us-east-1`, which S3 refuses as one. Other
    /// servers get none: most have no regions, and those that do take their own for granted. See
    /// [`create_in`](Self::create_in).
    ///
    /// # Errors
    ///
    /// `InvalidConfig` for what cannot be a bucket's name; `AlreadyExists` where it is somebody else's;
    /// `PermissionDenied` (`s3:CreateBucket`).
    pub async fn create(&self, bucket: &str) -> Result<()> {
        let region = self.inner.sdk().await?.region.clone();
        let constraint =
            (self.inner.config.server.endpoint.is_none() && region != "us-east-1").then_some(region);
        self.create_with(bucket, constraint).await
    }

    /// Makes a bucket with that `LocationConstraint`, on any server.
    ///
    /// # Errors
    ///
    /// As [`create`](Self::create); `InvalidConfig` where the server does not know the region.
    pub async fn create_in(&self, bucket: &str, region: &str) -> Result<()> {
        let constraint = (region != "us-east-1").then(|| region.to_owned());
        self.create_with(bucket, constraint).await
    }

    async fn create_with(&self, bucket: &str, constraint: Option<String>) -> Result<()> {
        self.check_name(bucket)?;
        let configuration = constraint.map(|region| {
            let region = BucketLocationConstraint::from(region.as_str());
            CreateBucketConfiguration::builder().location_constraint(region).build()
        });
        let request = self.inner.client().await?.create_bucket().bucket(bucket);
        let reply = request.set_create_bucket_configuration(configuration).send().await;
        match reply.map_err(|error| self.inner.failure(&error)) {
            Ok(_) => Ok(()),
            Err(failure) if failure.code() == "BucketAlreadyOwnedByYou" => Ok(()),
            Err(failure) if failure.code() == "BucketAlreadyExists" => {
                let message = "the name is taken by a bucket of somebody else; bucket names are worldwide";
                Err(self.located(Error::message(ErrorKind::AlreadyExists, message), bucket))
            }
            Err(failure) if REGION_CODES.contains(&failure.code()) => {
                let reason = failure.into_error();
                let message = format!(
                    "the server does not make buckets in that region: {}; give its own region, or create the bucket \
                     without one",
                    reason.reason()
                );
                Err(self.located(Error::message(ErrorKind::InvalidConfig, message), bucket))
            }
            Err(failure) => Err(self.failed(failure, bucket, "s3:CreateBucket")),
        }
    }

    /// Whether there is such a bucket that the credentials may look at: one `HeadBucket`.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` (`s3:ListBucket`), never taken for absence; `InvalidConfig` where it lies in another region.
    pub async fn exists(&self, bucket: &str) -> Result<bool> {
        self.check_name(bucket)?;
        let request = self.inner.client().await?.head_bucket().bucket(bucket);
        match request.send().await.map_err(|error| self.inner.failure(&error)) {
            Ok(_) => Ok(true),
            Err(failure) if failure.is_missing() || failure.code() == "NoSuchBucket" => Ok(false),
            Err(failure) => Err(self.failed(failure, bucket, "s3:ListBucket")),
        }
    }

    /// Deletes an empty bucket; a missing one is fine.
    ///
    /// S3 refuses to delete what is not empty, versions and delete markers included. Some servers (`SeaweedFS`) delete
    /// it with everything in it, so that on other servers than AWS the bucket is looked at first: one
    /// `ListObjectsV2` more, and no protection against what is saved in between.
    ///
    /// # Errors
    ///
    /// `Conflict` with [`BucketNotEmpty`] as its [`source`](std::error::Error::source); `PermissionDenied`
    /// (`s3:DeleteBucket`).
    pub async fn delete(&self, bucket: &str) -> Result<()> {
        self.check_name(bucket)?;
        let client = self.inner.client().await?;
        if self.inner.config.server.endpoint.is_some() {
            let listing = client.list_objects_v2().bucket(bucket).max_keys(1).send().await;
            match listing.map_err(|error| self.inner.failure(&error)) {
                Ok(listing) if listing.contents().is_empty() => {}
                Ok(_) => return Err(self.located(BucketNotEmpty.into(), bucket)),
                Err(failure) if failure.code() == "NoSuchBucket" => return Ok(()),
                Err(failure) => return Err(self.failed(failure, bucket, "s3:ListBucket")),
            }
        }
        match client.delete_bucket().bucket(bucket).send().await.map_err(|error| self.inner.failure(&error)) {
            Ok(_) => Ok(()),
            Err(failure) if failure.code() == "NoSuchBucket" => Ok(()),
            Err(failure) if failure.code() == "BucketNotEmpty" => {
                Err(self.located(BucketNotEmpty.into(), bucket))
            }
            Err(failure) => Err(self.failed(failure, bucket, "s3:DeleteBucket")),
        }
    }

    /// Lists the buckets of the account, in the server's order (by name). The stream asks for a page at a time.
    ///
    /// # Errors
    ///
    /// `PermissionDenied` (`s3:ListAllMyBuckets`).
    pub fn list(&self) -> BoxStream<'_, Result<BucketEntry>> {
        let start = (Some(None), Progress::default());
        try_unfold(start, move |(page, mut progress): (Option<Option<String>>, Progress)| async move {
            let Some(token) = page else { return Ok(None) };
            // Asked for in pages only where that is known: elsewhere a parameter that a server does not know is a
            // risk, and accounts have few buckets.
            let paged = self.inner.config.server.endpoint.is_none() || token.is_some();
            let request = self.inner.client().await?.list_buckets().set_continuation_token(token);
            let mut reply = request.set_max_buckets(paged.then_some(1000)).send().await.map_err(|error| {
                let failure = self.inner.failure(&error);
                self.denied(failure, "s3:ListAllMyBuckets").or_at(Operation::List, self, None)
            })?;
            let next = reply.continuation_token.take().filter(|token| !token.is_empty());
            if let Some(token) = &next {
                let first = reply.buckets().iter().find_map(|bucket| bucket.name());
                let checked = progress.page(first.map(str::as_bytes), token);
                checked.map_err(|error| error.or_at(Operation::List, self, None))?;
            }
            let entries: Vec<_> = reply.buckets().iter().filter_map(entry).map(Ok).collect();
            Ok::<_, Error>(Some((stream::iter(entries), (next.map(Some), progress))))
        })
        .try_flatten()
        .boxed()
    }

    fn check_name(&self, bucket: &str) -> Result<()> {
        let server = &self.inner.config.server;
        check_bucket(bucket, server.region.as_deref(), server.endpoint.is_some())
    }

    /// The error of a call about that bucket which needs that IAM action.
    fn failed(&self, failure: Failure, bucket: &str, action: &'static str) -> Error {
        if failure.code() == "NoSuchBucket" {
            let found = failure.into_error();
            let error = Error::message(ErrorKind::NotFound, "there is no such bucket");
            let error = found.reply().cloned().into_iter().fold(error, Error::with_reply);
            return self.located(error, bucket);
        }
        self.located(self.denied(failure, action), bucket)
    }

    /// A refusal names the permission that it is about.
    #[expect(clippy::unused_self, reason = "read as one of the ways in which a call fails")]
    fn denied(&self, failure: Failure, action: &'static str) -> Error {
        let refused = failure.is_denied();
        if !refused {
            return failure.into_error();
        }
        let words = failure.words();
        let message = format!(
            "the server refused access{words}; check the keys, and whether they have the permission {action}"
        );
        failure.with_message(message).into_error()
    }

    /// The reply to a request about one setting of a bucket. `None` where the server says by that code that the
    /// setting was never made.
    fn setting<T, E>(
        &self,
        reply: std::result::Result<T, SdkError<E, HttpResponse>>,
        unset: &str,
        bucket: &str,
        action: &'static str,
    ) -> Result<Option<T>>
    where
        E: ProvideErrorMetadata + std::error::Error + 'static,
    {
        match reply.map_err(|error| self.inner.failure(&error)) {
            Ok(reply) => Ok(Some(reply)),
            Err(failure) if failure.code() == unset => Ok(None),
            Err(failure) => Err(self.failed(failure, bucket, action)),
        }
    }

    fn located(&self, error: Error, bucket: &str) -> Error {
        error.with_name(bucket).or_at(Operation::Configure, self, None)
    }
}

/// A request that lacks something that the SDK wants in it.
fn unmade(error: &BuildError) -> Error {
    Error::message(ErrorKind::InvalidInput, format!("the request cannot be made: {error}"))
}

fn entry(bucket: &aws_sdk_s3::types::Bucket) -> Option<BucketEntry> {
    Some(BucketEntry {
        name: bucket.name()?.to_owned(),
        created: bucket.creation_date().and_then(|&time| SystemTime::try_from(time).ok()),
        region: bucket.bucket_region().map(str::to_owned),
    })
}

impl fmt::Display for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.inner.config.server.endpoint {
            Some(endpoint) => write!(f, "S3 at {}", endpoint.as_str().trim_end_matches('/')),
            None => f.write_str("S3"),
        }
    }
}

impl fmt::Debug for Buckets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Buckets").field(&self.inner.config).finish()
    }
}
