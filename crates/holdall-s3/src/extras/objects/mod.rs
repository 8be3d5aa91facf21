//! The ACL, the tags and the other properties of single objects: calls that only S3 has.

mod calls;
mod details;

pub use self::details::ObjectDetails;
