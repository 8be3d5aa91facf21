//! One bucket in memory: its objects, its open uploads and its settings.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::SystemTime;

use s3s::{S3Result, s3_error};

use super::config::Config;
use super::config::ownership::Ownership;
use super::state::{Object, Upload};
use super::versions::{Former, Versioning};

/// One bucket. Objects are behind an `Arc` so that a reply streams them without holding the lock.
#[derive(Debug)]
pub(crate) struct Bucket {
    /// When it was made.
    pub(crate) created: SystemTime,
    /// What its owner has set.
    pub(crate) config: Config,
    /// The current objects by key. The order of a `BTreeMap<String, _>` is the order of UTF-8 bytes, which is S3's.
    pub(crate) objects: BTreeMap<String, Arc<Object>>,
    /// What writes and deletes have put behind the current objects, newest first. Where a key has no current object,
    /// its first entry here is the delete marker that hides the others.
    pub(crate) former: BTreeMap<String, Vec<Former>>,
    /// Whether writes and deletes keep what was there.
    pub(crate) versioning: Versioning,
    /// How many versions were numbered here.
    pub(crate) versions_made: u64,
    /// Multipart uploads by upload id that were neither completed nor aborted.
    pub(crate) uploads: BTreeMap<String, Upload>,
}

impl Bucket {
    /// An empty bucket without versions.
    pub(crate) fn new(created: SystemTime, config: Config) -> Self {
        Self {
            created,
            config,
            objects: BTreeMap::new(),
            former: BTreeMap::new(),
            versioning: Versioning::Never,
            versions_made: 0,
            uploads: BTreeMap::new(),
        }
    }

    /// False when the owner has disabled ACLs.
    pub(crate) fn acls_enabled(&self) -> bool {
        self.config.ownership != Some(Ownership::BucketOwnerEnforced)
    }

    /// What is under the key now, for the conditions of a write: a delete marker counts as nothing.
    pub(crate) fn current(&self, key: &str) -> Option<&Object> {
        self.objects.get(key).map(Arc::as_ref)
    }

    /// The open upload of that id for that key, or `NoSuchUpload`.
    pub(crate) fn upload_mut(&mut self, key: &str, id: &str) -> S3Result<&mut Upload> {
        self.uploads.get_mut(id).filter(|upload| upload.key == key).ok_or_else(no_such_upload)
    }

    /// The open upload of that id for that key, or `NoSuchUpload`.
    pub(crate) fn upload(&self, key: &str, id: &str) -> S3Result<&Upload> {
        self.uploads.get(id).filter(|upload| upload.key == key).ok_or_else(no_such_upload)
    }
}

fn no_such_upload() -> s3s::S3Error {
    s3_error!(
        NoSuchUpload,
        "The specified multipart upload does not exist. The upload ID might be invalid, or the multipart upload \
         might have been aborted or completed."
    )
}
