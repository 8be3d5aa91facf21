//! The storage: thin methods, each of which goes to the room of its verb.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use futures_util::stream::BoxStream;
use holdall_core::{
    Capabilities, Content, CopyOptions, DeleteOptions, Entry, File, FileUrl, ListOptions, Location, Metadata,
    Name, OpenOptions, Operation, Result, SaveOptions, Saved, Storage, UploadPolicy, UploadRequest,
    UrlOptions, Visibility, rename_by_copy,
};

use crate::buckets::Buckets;
use crate::builder::S3StorageBuilder;
use crate::client::Inner;
use crate::config::ServerCondition;
use crate::objects::ObjectParameters;
use crate::presign::{MultipartUploads, PresignRequest, PresignedRequest};

/// Files in a bucket of Amazon S3 or a compatible server. Made by [`S3Storage::builder`].
///
/// Cloning is cheap, and clones share one pooled client. All work needs a Tokio runtime.
#[derive(Clone)]
pub struct S3Storage {
    inner: Arc<Inner>,
}

impl S3Storage {
    /// Begins to set up a storage in that bucket. It must exist.
    pub fn builder(bucket: impl Into<String>) -> S3StorageBuilder {
        S3StorageBuilder::new(bucket)
    }

    pub(crate) fn new(inner: Arc<Inner>) -> Self {
        Self { inner }
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
        let asked = self.inner.ask_everything().await;
        asked.map_err(|error| error.or_at(Operation::Configure, self, None))
    }

    /// The bucket.
    pub fn bucket(&self) -> &str {
        self.inner.bucket()
    }

    /// The key prefix under which the storage keeps its files.
    pub fn location(&self) -> &Location {
        self.inner.location()
    }

    /// The buckets of the account, with this storage's client: to make them, set them up and delete them.
    pub fn buckets(&self) -> Buckets {
        Buckets::new(&self.inner)
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

    pub(crate) fn inner(&self) -> &Arc<Inner> {
        &self.inner
    }

    /// Signs a request for one object, with any parameters and headers: what boto3 calls
    /// `generate_presigned_url`. No I/O beyond credentials.
    ///
    /// What the storage adds to all its requests (encryption, the bucket's owner, who pays) is added to this
    /// one too, unless it says otherwise. It lives as long as asked for, seven days and the credentials allow; see `expires_at` of the result.
    ///
    /// # Errors
    ///
    /// `InvalidName`; `InvalidInput` for a parameter or header that belongs to the signature itself, is given
    /// twice or cannot be bound; `PermissionDenied` for credentials that have expired, with
    /// [`strict_expiry`](S3StorageBuilder::strict_expiry) also for those that end too soon.
    pub async fn presign(&self, request: PresignRequest) -> Result<PresignedRequest> {
        self.inner.config.requests.check_link()?;
        let signed = self.inner.presign(request).await;
        signed.map_err(|error| error.or_at(Operation::Url, self, None))
    }

    /// Uploads in parts, straight from clients, for files over 5 GiB and for those that shall be resumed.
    ///
    /// # Errors
    ///
    /// `InvalidInput` and `Unsupported` for a policy that parts cannot keep: it must have a greatest size,
    /// and cannot have a family of types, a checksum or anything of a form.
    pub fn multipart_uploads(&self, policy: UploadPolicy) -> Result<MultipartUploads> {
        self.inner.config.requests.check_link()?;
        let checked = policy.check_values(&self.inner.possible());
        let uploads = checked.and_then(|()| MultipartUploads::new(Arc::clone(&self.inner), policy));
        uploads.map_err(|error| error.or_at(Operation::UploadRequest, self, None))
    }

    /// A save with what only S3 has.
    pub(crate) async fn save_parameters(
        &self,
        name: &Name,
        content: Content<'_>,
        options: SaveOptions,
        parameters: ObjectParameters,
    ) -> Result<Saved> {
        options.check(name, &self.inner.possible())?;
        self.inner.ask_for_save(&options.mode()).await?;
        options.check(name, self.capabilities())?;
        let saved = Box::pin(crate::save::save(&self.inner, name, content, options, parameters)).await;
        saved.map(|saved| self.shown(saved))
    }

    /// Refuses what a copy cannot keep, before anything is copied.
    async fn check_copy(&self, from: &Name, to: &Name, options: &CopyOptions) -> Result<()> {
        options.check(from, to, &self.inner.possible())?;
        let is_update = from == to && options.attributes.is_some();
        self.inner.ask_for_copy(&options.mode(), options.if_match.is_some(), is_update).await?;
        options.check(from, to, self.capabilities())
    }

    /// Without the version that a server tells of a bucket which nobody said that it keeps any.
    pub(crate) fn shown(&self, saved: Saved) -> Saved {
        if self.inner.config.server.features.versions { saved } else { saved.with_version(None) }
    }

    #[cfg(test)]
    pub(crate) fn config(&self) -> &crate::config::Config {
        &self.inner.config
    }
}

#[async_trait]
impl Storage for S3Storage {
    fn capabilities(&self) -> &Capabilities {
        self.inner.honoured.claims()
    }

    async fn open(&self, name: &Name, options: OpenOptions) -> Result<File> {
        options.check(self.capabilities())?;
        self.inner.open(name, options).await
    }

    async fn save(&self, name: &Name, content: Content<'_>, options: SaveOptions) -> Result<Saved> {
        self.save_parameters(name, content, options, ObjectParameters::default()).await
    }

    async fn delete(&self, name: &Name, options: DeleteOptions) -> Result<()> {
        options.check(&self.inner.possible())?;
        if options.if_match.is_some() {
            self.inner.deletes_conditionally().await?;
        }
        options.check(self.capabilities())?;
        self.inner.delete(name, options).await
    }

    async fn delete_many(&self, names: &[Name]) -> Vec<Result<()>> {
        crate::delete_many::delete_many(&self.inner, names).await
    }

    async fn metadata(&self, name: &Name) -> Result<Metadata> {
        self.inner.metadata(name).await
    }

    async fn exists(&self, name: &Name) -> Result<bool> {
        let key = self.inner.key(name)?;
        match self.inner.head(&key).await {
            Ok(_) => Ok(true),
            Err(failure) => match self.inner.sure(failure).await {
                missing if missing.is_missing() => Ok(false),
                failure => Err(failure.into()),
            },
        }
    }

    fn list(&self, location: &Location, options: ListOptions) -> BoxStream<'_, Result<Entry>> {
        crate::list::list(&self.inner, location, options)
    }

    async fn copy(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.check_copy(from, to, &options).await?;
        let copied = crate::copy::copy(&self.inner, &self.inner, from, to, options).await;
        copied.map(|(saved, _)| self.shown(saved))
    }

    async fn rename(&self, from: &Name, to: &Name, options: CopyOptions) -> Result<Saved> {
        self.check_copy(from, to, &options).await?;
        // What decides whether the very version that was copied is deleted.
        self.inner.honours(ServerCondition::CopySourceIfMatch).await?;
        self.inner.deletes_conditionally().await?;
        rename_by_copy(self, from, to, options).await
    }

    async fn url(&self, name: &Name, options: UrlOptions) -> Result<FileUrl> {
        self.inner.config.requests.check_link()?;
        options.check(self.capabilities())?;
        self.inner.url(name, options).await
    }

    async fn upload_request(&self, name: &Name, policy: UploadPolicy) -> Result<UploadRequest> {
        self.inner.config.requests.check_link()?;
        policy.check(&self.inner.possible())?;
        self.inner.ask_for_save(&policy.mode()).await?;
        policy.check(self.capabilities())?;
        self.inner.upload_request(name, policy).await
    }

    async fn set_visibility(&self, name: &Name, visibility: Visibility) -> Result<()> {
        self.capabilities().check_visibility()?;
        self.inner.set_visibility(name, visibility).await
    }
}

impl fmt::Display for S3Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.inner.fmt(f)
    }
}

impl fmt::Debug for S3Storage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("S3Storage").field(&self.inner.config).finish()
    }
}
