//! The refusal that only buckets have.

use std::fmt;

use holdall_core::{Error, ErrorKind};

/// The bucket still holds objects, versions, delete markers or unfinished uploads, and was not deleted.
///
/// The [`source`](std::error::Error::source) of the error of [`Buckets::delete`](super::Buckets::delete):
///
/// ```
/// # fn example(error: &holdall_core::Error) -> bool {
/// use std::error::Error as _;
///
/// error.source().is_some_and(|source| source.is::<holdall_s3::BucketNotEmpty>())
/// # }
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct BucketNotEmpty;

impl fmt::Display for BucketNotEmpty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the bucket is not empty; delete what is in it first, old versions too")
    }
}

impl std::error::Error for BucketNotEmpty {}

impl From<BucketNotEmpty> for Error {
    fn from(error: BucketNotEmpty) -> Self {
        Self::message(ErrorKind::Conflict, error.to_string()).with_source(error)
    }
}
