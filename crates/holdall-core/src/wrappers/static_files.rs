//! Static files: what the application ships.

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

/// The policy for what the application ships: a deployment overwrites, URLs are plain, and browsers may
/// keep the files.
///
/// It only fills in what a call leaves open; an explicit option always wins. Where the storage keeps no
/// attributes, the default cache control is left to whoever serves the files.
#[derive(Debug, Clone)]
pub struct StaticStorage<S> {
    inner: Located<S>,
    cache_control: Option<String>,
}

impl<S: Storage> StaticStorage<S> {
    /// What browsers are told by default. A day, not a year: these names carry no content hash, and a
    /// deployment must reach everybody.
    pub const CACHE_CONTROL: &'static str = "public, max-age=86400";

    /// Static files below that location of `inner`.
    pub fn new(inner: S, location: Location) -> Self {
        Self { inner: Located::new(inner, location), cache_control: Some(Self::CACHE_CONTROL.to_owned()) }
    }

    /// Sets the default `Cache-Control`; `None` stores none.
    pub fn with_cache_control(mut self, value: impl Into<Option<String>>) -> Self {
        self.cache_control = value.into();
        self
    }

    fn save_options(&self, mut options: SaveOptions) -> SaveOptions {
        options.mode.get_or_insert(SaveMode::Overwrite);
        if self.capabilities().attributes && options.attributes.cache_control.is_none() {
            options.attributes.cache_control.clone_from(&self.cache_control);
        }
        options
    }

    fn copy_options(&self, mut options: CopyOptions) -> CopyOptions {
        options.mode.get_or_insert(SaveMode::Overwrite);
        if self.capabilities().attributes
            && let Some(attributes) = &mut options.attributes
            && attributes.cache_control.is_none()
        {
            attributes.cache_control.clone_from(&self.cache_control);
        }
        options
    }

    #[expect(clippy::unused_self, reason = "one signature for every policy")]
    fn url_options(&self, mut options: UrlOptions) -> UrlOptions {
        options.visibility.get_or_insert(Visibility::Public);
        options
    }

    fn upload_policy(&self, mut policy: UploadPolicy) -> UploadPolicy {
        policy.mode.get_or_insert(SaveMode::Overwrite);
        if self.capabilities().attributes && policy.attributes.cache_control.is_none() {
            policy.attributes.cache_control.clone_from(&self.cache_control);
        }
        policy
    }
}

storage_with_policy!(StaticStorage);
