//! Media: what people upload.

use futures_core::stream::BoxStream;

use super::policy::storage_with_policy;
use crate::capabilities::Capabilities;
use crate::content::Content;
use crate::error::Result;
use crate::file::File;
use crate::metadata::{Entry, Listing, Metadata, Saved};
use crate::name::{Location, Name};
use crate::options::{
    CopyOptions, DeleteOptions, FileUrl, ListOptions, OpenOptions, SaveMode, SaveOptions, UploadPolicy,
    UploadRequest, UrlOptions,
};
use crate::storage::Storage;
use crate::visibility::Visibility;

use super::Located;

/// The policy for what people upload: a taken name gives way to a free one, and URLs are signed unless
/// told otherwise.
///
/// It only fills in what a call leaves open; an explicit option always wins. No visibility is written
/// to the files themselves: who may read them by plain URL is the business of the bucket or the server.
#[derive(Debug, Clone)]
pub struct MediaStorage<S> {
    inner: Located<S>,
    visibility: Visibility,
}

impl<S: Storage> MediaStorage<S> {
    /// Private media below that location of `inner`.
    pub fn new(inner: S, location: Location) -> Self {
        Self { inner: Located::new(inner, location), visibility: Visibility::Private }
    }

    /// Sets whether `url` gives plain or signed URLs where a call does not say it.
    pub fn with_visibility(mut self, visibility: Visibility) -> Self {
        self.visibility = visibility;
        self
    }

    /// What `Storage::save` gets for options that leave the mode open.
    #[expect(clippy::unused_self, reason = "one signature for every policy")]
    fn save_options(&self, mut options: SaveOptions) -> SaveOptions {
        options.mode.get_or_insert(SaveMode::Unique);
        options
    }

    #[expect(clippy::unused_self, reason = "one signature for every policy")]
    fn copy_options(&self, mut options: CopyOptions) -> CopyOptions {
        options.mode.get_or_insert(SaveMode::Unique);
        options
    }

    fn url_options(&self, mut options: UrlOptions) -> UrlOptions {
        options.visibility.get_or_insert(self.visibility);
        options
    }

    #[expect(clippy::unused_self, reason = "one signature for every policy")]
    fn upload_policy(&self, mut policy: UploadPolicy) -> UploadPolicy {
        policy.mode.get_or_insert(SaveMode::Unique);
        policy
    }
}

storage_with_policy!(MediaStorage);
