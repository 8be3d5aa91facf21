//! The limits of S3 ("Multipart upload limits" and "Sharing objects with presigned URLs", Amazon S3 User Guide).

use std::time::Duration;

/// The largest object: 10,000 parts of 5 GiB, which is 48.8 TiB.
pub(crate) const MAX_OBJECT_SIZE: u64 = MAX_PARTS * MAX_PART_SIZE;
/// The smallest part but the last.
pub(crate) const MIN_PART_SIZE: u64 = 5 << 20;
/// The largest part, and the largest single PUT or copy.
pub(crate) const MAX_PART_SIZE: u64 = 5 << 30;
/// The most parts.
pub(crate) const MAX_PARTS: u64 = 10_000;

/// The longest life of a signed request: S3's limit.
pub(crate) const MAX_EXPIRY: Duration = Duration::from_hours(7 * 24);
