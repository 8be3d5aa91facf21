//! The storage: thin methods, each of which calls the module of its verb.

use std::sync::Arc;
use std::time::Duration;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, File, FileUrl, ListOptions, Location, Metadata,
    Name, OpenOptions, Operation, Result, SaveOptions, Saved, Storage, Swept, UploadPolicy, UploadRequest,
    UrlOptions, Visibility, rename_by_copy,
};

use crate::builder::S3StorageBuilder;
use crate::config::{ObjectParameters, ServerCondition};
use crate::handle::S3Storage;
use crate::verbs::presign::{MultipartUploads, PresignRequest, PresignedRequest};
use crate::verbs::{copy, delete_many, list, save, sweep};

impl S3Storage {
    /// Begins to set up a storage in that bucket. It must exist.
    pub fn builder(bucket: impl Into<String>) -> S3StorageBuilder {
        S3StorageBuilder::new(bucket)
    }

    /// Asks the server about every condition of which nothing is known, so that
    /// [`capabilities`](Storage::capabilities) claims all that it honours.
    ///
    /// Nobody has to call it: what a call needs is asked when it is first needed, with a small object of the storage's
    /// own below its location, and the answer is kept. Until then the capabilities claim only what is known. Where
    /// settings, a [`Preset`](crate::Preset) or a [probe](Self::probe) have said everything, nothing is sent.
    ///
    /// ```no_run
    /// use holdall_core::Storage as _;
    /// use holdall_s3::S3Storage;
    ///
    /// # async fn example() -> holdall_core::Result<()> {
    /// let storage = S3Storage::builder("media").endpoint("http://127.0.0.1:9000").build()?;
    /// storage.connect().await?;
    /// println!("{:?}", storage.capabilities());
    /// # Ok(()) }
    /// ```
    ///
    /// # Errors
    ///
    /// `PermissionDenied`, `InvalidConfig`, `Unavailable`, `Timeout`; what was answered before is kept.
    pub async fn connect(&self) -> Result<()> {
        let asked = self.inner().ask_everything().await;
        asked.map_err(|error| error.or_at(Operation::Configure, self, None))
    }

    /// Signs a request for one object, with any parameters and headers: what boto3 calls
    /// `generate_presigned_url`. No I/O beyond credentials.
    ///
    /// The headers that the storage adds to all its requests (encryption, owner of the bucket, payer) are added to this
    /// one too, unless it has its own. It is valid for as long as asked for, but no longer than seven days, and no
    /// longer than the credentials. `expires_at` of the result says until when.
    ///
    /// # Errors
    ///
    /// `InvalidName`; `InvalidInput` for a parameter or header that belongs to the signature itself, is given
    /// twice or cannot be bound; `PermissionDenied` for credentials that have expired, with
    /// [`strict_expiry`](S3StorageBuilder::strict_expiry) also for those that end too soon.
    pub async fn presign(&self, request: PresignRequest) -> Result<PresignedRequest> {
        let signed = self.inner().presign(request).await;
        signed.map_err(|error| error.or_at(Operation::Url, self, None))
    }

    /// Uploads in parts, straight from clients, for files over 5 GiB and for those that shall be resumed.
    ///
    /// # Errors
    ///
    /// `InvalidInput` and `Unsupported` for a policy that parts cannot keep: it must have a greatest size,
    /// and cannot have a family of types, a checksum or anything of a form.
    pub fn multipart_uploads(&self, policy: UploadPolicy) -> Result<MultipartUploads> {
        let uploads = MultipartUploads::new(Arc::clone(self.inner()), policy);
        uploads.map_err(|error| error.or_at(Operation::UploadRequest, self, None))
    }
}

#[async_trait]
impl Storage for S3Storage {
    fn capabilities(&self) -> &Capabilities {
        self.inner().honoured.claims()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        self.inner().open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        save::save(self.inner(), name, content, options, ObjectParameters::default()).await
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        self.inner().delete(name, options).await
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        delete_many::delete_many(self.inner(), names).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.inner().metadata(name).await
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        let key = self.inner().key(name)?;
        match self.inner().head(&key).await {
            Ok(_) => Ok(true),
            Err(failure) => match self.inner().sure(failure).await {
                missing if missing.is_missing() => Ok(false),
                failure => Err(failure.into()),
            },
        }
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        list::list(self.inner(), location, options)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        let inner = self.inner();
        inner.check_copy(from, to, &options, from == to).await?;
        let copied = copy::copy(inner, inner, from, to, options).await;
        copied.map(|(saved, _)| inner.shown(saved))
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.inner().check_copy(from, to, &options, from == to).await?;
        // These decide whether exactly the version that was copied is deleted.
        self.inner().honours(ServerCondition::CopySourceIfMatch).await?;
        self.inner().deletes_conditionally().await?;
        rename_by_copy(self, from, to, options).await
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.inner().url(name, options).await
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        self.inner().upload_request(name, policy).await
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.capabilities().check_visibility()?;
        self.inner().set_visibility(name, visibility).await
    }

    /// Aborts multipart uploads below the storage's location that were begun longer ago than `older_than` and are
    /// still open. They are paid for without being listed.
    ///
    /// For servers without lifecycle rules. Where there are some,
    /// [`Buckets::abort_abandoned_uploads`](crate::Buckets::abort_abandoned_uploads) does the same without a caller.
    ///
    /// Nothing tells an upload that was left from one that goes on: `older_than` must be longer than the longest save
    /// of every program that writes there. Ages are taken by this machine's clock, which may differ from the server's
    /// by up to 15 minutes.
    ///
    /// Needs `s3:ListBucketMultipartUploads` and `s3:AbortMultipartUpload`.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for less than an hour; `PermissionDenied` and all else that keeps the uploads from being listed.
    async fn sweep(&self, older_than: Duration) -> Result<Swept> {
        sweep::sweep(self.inner(), older_than).await
    }
}
