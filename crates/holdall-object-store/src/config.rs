//! The settings of a storage, checked.

use std::time::Duration;

use holdall_core::{Attributes, Location, Visibility};

use crate::profile::Profile;

/// The least size of a part: what S3 and Google Cloud Storage take.
pub(crate) const MIN_PART_SIZE: u64 = 5 << 20;
/// The largest one: Azure's blocks. S3 and Google Cloud Storage take 5 GiB.
pub(crate) const MAX_PART_SIZE: u64 = 4_000 << 20;
/// The longest life of a signed URL, which Google Cloud Storage and S3 have in common; a delegation key of
/// Azure has the same.
pub(crate) const MAX_EXPIRY: Duration = Duration::from_hours(7 * 24);

/// Everything but the store itself. Nothing in here is a secret.
#[derive(Debug, Clone)]
pub(crate) struct Config {
    pub(crate) profile: Profile,
    /// What the storage is called in errors and logs, location included.
    pub(crate) label: String,
    pub(crate) location: Location,
    /// Without a slash at its end.
    pub(crate) base_url: Option<String>,
    pub(crate) visibility: Option<Visibility>,
    pub(crate) url_expires_in: Duration,
    pub(crate) default_attributes: Attributes,
    /// Bytes.
    pub(crate) part_size: u64,
    /// Parts in flight.
    pub(crate) concurrency: usize,
    /// Bytes of a content that are held in memory where it takes one request.
    pub(crate) max_buffer: u64,
}

impl Config {
    /// The size of the parts of content of that declared size.
    pub(crate) fn part_size(&self, size: Option<u64>) -> usize {
        let parts = self.profile.max_parts as u64;
        let needed = size.map_or(0, |size| size.div_ceil(parts));
        usize::try_from(self.part_size.max(needed)).unwrap_or(usize::MAX)
    }
}
