//! The S3 operations over the state: one method an operation, each a line that leads to the room where it is done.

use std::fmt;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

// Sixty names of two each: a list would say nothing.
#[allow(clippy::wildcard_imports)]
use s3s::dto::*;
use s3s::{S3, S3Request, S3Response, S3Result};

use super::bucket::Bucket;
use super::habits::Habits;
use super::state::State;
use super::versions::Versioning;

/// What the builder decided and no request changes.
pub(crate) struct Settings {
    /// Items of a page of any listing, at most.
    pub(crate) page_size: usize,
    /// Bytes of every part but the last, at least.
    pub(crate) min_part_size: u64,
    /// Keep sizes and checksums only.
    pub(crate) discard_content: bool,
    /// Unpack what is packed for readers that do not say that they can.
    pub(crate) decompress_unless_accepted: bool,
    /// In what it differs from S3.
    pub(crate) habits: Habits,
    /// The region that requests must be signed for; any, if none.
    pub(crate) region: Option<String>,
    /// What time it is for objects.
    pub(crate) clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
    /// What time it is for signatures.
    pub(crate) signing_clock: Box<dyn Fn() -> SystemTime + Send + Sync>,
}

impl fmt::Debug for Settings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Settings")
            .field("page_size", &self.page_size)
            .field("min_part_size", &self.min_part_size)
            .field("discard_content", &self.discard_content)
            .field("decompress_unless_accepted", &self.decompress_unless_accepted)
            .field("habits", &self.habits)
            .field("region", &self.region)
            .finish_non_exhaustive()
    }
}

/// The state and the settings, shared by every connection and by [`S3Server`](super::S3Server) itself.
#[derive(Debug, Clone)]
pub(crate) struct Backend(Arc<Inner>);

#[derive(Debug)]
struct Inner {
    state: Mutex<State>,
    settings: Settings,
}

impl Backend {
    /// A backend over that state.
    pub(crate) fn new(state: State, settings: Settings) -> Self {
        Self(Arc::new(Inner { state: Mutex::new(state), settings }))
    }

    /// The state, locked. Held from the check to the write that depends on it, never across an `await`.
    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        // Every change is one insert or remove at the end of its checks, so a panic cannot leave half of one.
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Now, in whole seconds: S3 knows no finer time.
    pub(crate) fn now(&self) -> SystemTime {
        let now = (self.0.settings.clock)();
        now.duration_since(UNIX_EPOCH)
            .map_or(UNIX_EPOCH, |since| UNIX_EPOCH + Duration::from_secs(since.as_secs()))
    }

    /// Now, for what signatures say about their time.
    pub(crate) fn signing_now(&self) -> SystemTime {
        (self.0.settings.signing_clock)()
    }

    /// Items of a page of any listing, at most.
    pub(crate) fn page_size(&self) -> usize {
        self.0.settings.page_size
    }

    /// Bytes of every part but the last, at least.
    pub(crate) fn min_part_size(&self) -> u64 {
        self.0.settings.min_part_size
    }

    /// Whether contents are thrown away on arrival.
    pub(crate) fn discards_content(&self) -> bool {
        self.0.settings.discard_content
    }

    /// In what this server differs from S3.
    pub(crate) fn habits(&self) -> &Habits {
        &self.0.settings.habits
    }

    /// The condition of a request about that bucket, unless the server is one that ignores it.
    pub(crate) fn heeded<T>(
        &self,
        bucket: &Bucket,
        operation: &'static str,
        header: &'static str,
        condition: Option<T>,
    ) -> Option<T> {
        let has_versions = bucket.versioning == Versioning::Enabled;
        condition.filter(|_| self.habits().heeds(operation, header, has_versions))
    }

    /// Whether packed objects are unpacked for readers that do not say that they can.
    pub(crate) fn decompresses(&self) -> bool {
        self.0.settings.decompress_unless_accepted
    }

    /// The region that the server says it is in.
    pub(crate) fn region(&self) -> &str {
        self.0.settings.region.as_deref().unwrap_or("us-east-1")
    }

    /// Whether requests signed for another region are refused.
    pub(crate) fn region_is_fixed(&self) -> bool {
        self.0.settings.region.is_some()
    }
}

/// An alias, because every signature below is this twice.
type Reply<T> = S3Result<S3Response<T>>;

#[async_trait::async_trait]
impl S3 for Backend {
    async fn create_bucket(&self, req: S3Request<CreateBucketInput>) -> Reply<CreateBucketOutput> {
        self.create_bucket(req)
    }

    async fn head_bucket(&self, req: S3Request<HeadBucketInput>) -> Reply<HeadBucketOutput> {
        self.head_bucket(&req)
    }

    async fn delete_bucket(&self, req: S3Request<DeleteBucketInput>) -> Reply<DeleteBucketOutput> {
        self.delete_bucket(&req)
    }

    async fn list_buckets(&self, req: S3Request<ListBucketsInput>) -> Reply<ListBucketsOutput> {
        self.list_buckets(req)
    }

    async fn get_bucket_location(
        &self,
        req: S3Request<GetBucketLocationInput>,
    ) -> Reply<GetBucketLocationOutput> {
        self.bucket_location(&req)
    }

    async fn put_bucket_ownership_controls(
        &self,
        req: S3Request<PutBucketOwnershipControlsInput>,
    ) -> Reply<PutBucketOwnershipControlsOutput> {
        self.put_ownership(&req)
    }

    async fn get_bucket_ownership_controls(
        &self,
        req: S3Request<GetBucketOwnershipControlsInput>,
    ) -> Reply<GetBucketOwnershipControlsOutput> {
        self.get_ownership(&req)
    }

    async fn put_public_access_block(
        &self,
        req: S3Request<PutPublicAccessBlockInput>,
    ) -> Reply<PutPublicAccessBlockOutput> {
        self.put_public_access(req)
    }

    async fn get_public_access_block(
        &self,
        req: S3Request<GetPublicAccessBlockInput>,
    ) -> Reply<GetPublicAccessBlockOutput> {
        self.get_public_access(&req)
    }

    async fn delete_public_access_block(
        &self,
        req: S3Request<DeletePublicAccessBlockInput>,
    ) -> Reply<DeletePublicAccessBlockOutput> {
        self.delete_public_access(&req)
    }

    async fn put_bucket_cors(&self, req: S3Request<PutBucketCorsInput>) -> Reply<PutBucketCorsOutput> {
        self.put_cors(req)
    }

    async fn get_bucket_cors(&self, req: S3Request<GetBucketCorsInput>) -> Reply<GetBucketCorsOutput> {
        self.get_cors(&req)
    }

    async fn delete_bucket_cors(
        &self,
        req: S3Request<DeleteBucketCorsInput>,
    ) -> Reply<DeleteBucketCorsOutput> {
        self.delete_cors(&req)
    }

    async fn put_bucket_policy(&self, req: S3Request<PutBucketPolicyInput>) -> Reply<PutBucketPolicyOutput> {
        self.put_policy(req)
    }

    async fn get_bucket_policy(&self, req: S3Request<GetBucketPolicyInput>) -> Reply<GetBucketPolicyOutput> {
        self.get_policy(&req)
    }

    async fn get_bucket_policy_status(
        &self,
        req: S3Request<GetBucketPolicyStatusInput>,
    ) -> Reply<GetBucketPolicyStatusOutput> {
        self.get_policy_status(&req)
    }

    async fn delete_bucket_policy(
        &self,
        req: S3Request<DeleteBucketPolicyInput>,
    ) -> Reply<DeleteBucketPolicyOutput> {
        self.delete_policy(&req)
    }

    async fn put_bucket_lifecycle_configuration(
        &self,
        req: S3Request<PutBucketLifecycleConfigurationInput>,
    ) -> Reply<PutBucketLifecycleConfigurationOutput> {
        self.put_lifecycle(req)
    }

    async fn get_bucket_lifecycle_configuration(
        &self,
        req: S3Request<GetBucketLifecycleConfigurationInput>,
    ) -> Reply<GetBucketLifecycleConfigurationOutput> {
        self.get_lifecycle(&req)
    }

    async fn delete_bucket_lifecycle(
        &self,
        req: S3Request<DeleteBucketLifecycleInput>,
    ) -> Reply<DeleteBucketLifecycleOutput> {
        self.delete_lifecycle(&req)
    }

    async fn put_bucket_request_payment(
        &self,
        req: S3Request<PutBucketRequestPaymentInput>,
    ) -> Reply<PutBucketRequestPaymentOutput> {
        self.put_payer(&req)
    }

    async fn get_bucket_request_payment(
        &self,
        req: S3Request<GetBucketRequestPaymentInput>,
    ) -> Reply<GetBucketRequestPaymentOutput> {
        self.get_payer(&req)
    }

    async fn put_bucket_versioning(
        &self,
        req: S3Request<PutBucketVersioningInput>,
    ) -> Reply<PutBucketVersioningOutput> {
        self.put_versioning(req)
    }

    async fn get_bucket_versioning(
        &self,
        req: S3Request<GetBucketVersioningInput>,
    ) -> Reply<GetBucketVersioningOutput> {
        self.get_versioning(&req)
    }

    async fn list_object_versions(
        &self,
        req: S3Request<ListObjectVersionsInput>,
    ) -> Reply<ListObjectVersionsOutput> {
        self.list_versions(req)
    }

    async fn put_object(&self, req: S3Request<PutObjectInput>) -> Reply<PutObjectOutput> {
        self.put(req).await
    }

    async fn get_object(&self, req: S3Request<GetObjectInput>) -> Reply<GetObjectOutput> {
        self.get(req)
    }

    async fn head_object(&self, req: S3Request<HeadObjectInput>) -> Reply<HeadObjectOutput> {
        self.head(req)
    }

    async fn copy_object(&self, req: S3Request<CopyObjectInput>) -> Reply<CopyObjectOutput> {
        self.copy(req)
    }

    async fn delete_object(&self, req: S3Request<DeleteObjectInput>) -> Reply<DeleteObjectOutput> {
        self.delete(&req)
    }

    async fn delete_objects(&self, req: S3Request<DeleteObjectsInput>) -> Reply<DeleteObjectsOutput> {
        self.delete_batch(req)
    }

    async fn list_objects_v2(&self, req: S3Request<ListObjectsV2Input>) -> Reply<ListObjectsV2Output> {
        self.list(req)
    }

    async fn put_object_acl(&self, req: S3Request<PutObjectAclInput>) -> Reply<PutObjectAclOutput> {
        self.put_acl(req)
    }

    async fn get_object_acl(&self, req: S3Request<GetObjectAclInput>) -> Reply<GetObjectAclOutput> {
        self.get_acl(&req)
    }

    async fn put_object_tagging(
        &self,
        req: S3Request<PutObjectTaggingInput>,
    ) -> Reply<PutObjectTaggingOutput> {
        self.put_tags(req)
    }

    async fn get_object_tagging(
        &self,
        req: S3Request<GetObjectTaggingInput>,
    ) -> Reply<GetObjectTaggingOutput> {
        self.get_tags(&req)
    }

    async fn delete_object_tagging(
        &self,
        req: S3Request<DeleteObjectTaggingInput>,
    ) -> Reply<DeleteObjectTaggingOutput> {
        self.delete_tags(&req)
    }

    async fn create_multipart_upload(
        &self,
        req: S3Request<CreateMultipartUploadInput>,
    ) -> Reply<CreateMultipartUploadOutput> {
        self.create_upload(req)
    }

    async fn upload_part(&self, req: S3Request<UploadPartInput>) -> Reply<UploadPartOutput> {
        self.upload_part(req).await
    }

    async fn upload_part_copy(&self, req: S3Request<UploadPartCopyInput>) -> Reply<UploadPartCopyOutput> {
        self.upload_part_copy(req)
    }

    async fn complete_multipart_upload(
        &self,
        req: S3Request<CompleteMultipartUploadInput>,
    ) -> Reply<CompleteMultipartUploadOutput> {
        self.complete_upload(req)
    }

    async fn abort_multipart_upload(
        &self,
        req: S3Request<AbortMultipartUploadInput>,
    ) -> Reply<AbortMultipartUploadOutput> {
        self.abort_upload(&req)
    }

    async fn list_parts(&self, req: S3Request<ListPartsInput>) -> Reply<ListPartsOutput> {
        self.list_parts(req)
    }

    async fn list_multipart_uploads(
        &self,
        req: S3Request<ListMultipartUploadsInput>,
    ) -> Reply<ListMultipartUploadsOutput> {
        self.list_uploads(req)
    }
}
