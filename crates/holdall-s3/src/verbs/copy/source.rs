//! The source of a copy: one version of one object, of this or of another bucket.

use std::sync::Arc;

use holdall_core::{Checksum, ETag, Name, Result};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};

use crate::verbs::conditional::tag;
use crate::verbs::metadata::{KeptChecksum, Object};
use crate::verbs::multipart::Claim;
use crate::wire::blank_key::for_sdk;
use crate::wire::client::Inner;
use crate::wire::encoding::path_of;

/// The source of a copy, as a look at it has shown it.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The storage in whose bucket it lies.
    pub(crate) inner: Arc<Inner>,
    pub(crate) key: Name,
    /// The version to copy by its id; the current one without.
    pub(crate) version: Option<String>,
    /// The version to copy by its content, where it is known.
    pub(crate) etag: Option<ETag>,
    pub(crate) size: u64,
    pub(crate) checksum: Option<Checksum>,
    crc32: Option<String>,
    /// The algorithm of its checksum, whichever that is.
    pub(crate) kept_checksum: Option<KeptChecksum>,
    has_tags: bool,
}

impl Source {
    /// From a reply to HEAD.
    ///
    /// # Errors
    ///
    /// `Other` when it does not tell the size.
    pub(crate) fn new(inner: &Arc<Inner>, key: Name, object: &Object) -> Result<Self> {
        Ok(Self {
            inner: Arc::clone(inner),
            key,
            version: None,
            etag: tag(object),
            size: object.size()?,
            checksum: object.checksum(),
            crc32: object.crc32().map(str::to_owned),
            kept_checksum: object.kept_checksum,
            has_tags: object.tags.is_some_and(|tags| tags > 0),
        })
    }

    /// An object that was just written, under a key that nobody else uses.
    pub(crate) fn own(inner: &Arc<Inner>, key: Name, size: u64, checksum: Option<Checksum>) -> Self {
        let (version, etag, crc32) = (None, None, None);
        let (kept_checksum, has_tags) = (None, false);
        let inner = Arc::clone(inner);
        Self { inner, key, version, etag, size, checksum, crc32, kept_checksum, has_tags }
    }

    /// With that version instead of the current one.
    pub(crate) fn with_version(mut self, version: Option<&str>) -> Self {
        self.version = version.map(str::to_owned);
        self
    }

    /// The value of `x-amz-copy-source`.
    pub(crate) fn path(&self) -> String {
        path_of(self.inner.bucket(), self.key.as_str(), self.version.as_deref())
    }

    /// The customer's key and the owner of the source's bucket, where they are not the destination's own.
    pub(crate) fn foreign(&self, to: &Inner) -> Foreign {
        // Those of the destination's own bucket go with every request anyway.
        if self.inner.bucket() == to.bucket() {
            return Foreign::default();
        }
        let requests = &self.inner.config.requests;
        let key = requests.customer_key.as_ref();
        Foreign {
            algorithm: key.map(|_| "AES256".to_owned()),
            key: key.map(|key| key.key.clone()),
            md5: key.map(|key| key.md5.clone()),
            owner: requests.owner.clone(),
        }
    }

    /// Whether it is certain that it is gone.
    pub(crate) async fn is_missing(&self) -> bool {
        let version = self.version.as_deref();
        self.inner.head_version(&self.key, version).await.is_err_and(|failure| failure.is_missing())
    }

    /// The checksum of the whole that goes to the destination, so that it refuses to assemble anything else.
    pub(crate) fn claim(&self, algorithm: Option<KeptChecksum>) -> Claim {
        match algorithm {
            Some(KeptChecksum::Crc64Nvme) => {
                let crc64_nvme = self.checksum.map(|checksum| checksum.to_string());
                Claim { crc64_nvme, ..Claim::default() }
            }
            Some(KeptChecksum::Crc32) => Claim { crc32: self.crc32.clone(), ..Claim::default() },
            _ => Claim::default(),
        }
    }

    /// The tags as `x-amz-tagging` has them: one `GetObjectTagging` where there are any.
    pub(crate) async fn tagging(&self) -> Result<Option<String>> {
        if !self.has_tags {
            return Ok(None);
        }
        let inner = &self.inner;
        let request =
            inner.client().await?.get_object_tagging().bucket(inner.bucket()).key(for_sdk(self.key.as_str()));
        let reply = request.set_version_id(self.version.clone()).send().await;
        let reply = reply.map_err(|error| inner.failure(&error))?;
        let encode = |text| utf8_percent_encode(text, NON_ALPHANUMERIC).to_string();
        let pairs: Vec<_> = reply
            .tag_set()
            .iter()
            .map(|tag| format!("{}={}", encode(tag.key()), encode(tag.value())))
            .collect();
        Ok(Some(pairs.join("&")))
    }
}

/// The headers about a source in another bucket.
#[derive(Default)]
pub(crate) struct Foreign {
    pub(crate) algorithm: Option<String>,
    pub(crate) key: Option<String>,
    pub(crate) md5: Option<String>,
    pub(crate) owner: Option<String>,
}

/// Sets what `CopyObject` and `UploadPartCopy` say about their source.
macro_rules! with_source {
    ($builder:expr, $from:expr, $to:expr) => {{
        let foreign = $from.foreign($to);
        $builder
            .copy_source($from.path())
            .set_copy_source_if_match($from.etag.as_ref().map(|etag| etag.as_str().to_owned()))
            .set_copy_source_sse_customer_algorithm(foreign.algorithm)
            .set_copy_source_sse_customer_key(foreign.key)
            .set_copy_source_sse_customer_key_md5(foreign.md5)
            .set_expected_source_bucket_owner(foreign.owner)
    }};
}
pub(crate) use with_source;
