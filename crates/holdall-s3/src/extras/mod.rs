//! The calls of [`S3Storage`](crate::S3Storage) that no other storage has.
//!
//! | module | job |
//! | --- | --- |
//! | `buckets/` | buckets: made, set up, deleted |
//! | `objects/`, `versions.rs` | ACL, tags, class and versions of single objects |
//! | `across.rs` | copies and moves from one storage to another |
//! | `download/` | files downloaded to a local path, in many ranges at once |
//! | `probe/` | a report about a server |
//! | `cloudfront/` | signed URLs and cookies of CloudFront |

mod across;
pub(crate) mod buckets;
pub(crate) mod cloudfront;
pub(crate) mod download;
pub(crate) mod objects;
pub(crate) mod probe;
pub(crate) mod versions;
