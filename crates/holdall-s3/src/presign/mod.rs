//! Signed requests, both ways: links to files, and requests with which clients upload.
//!
//! | room | job |
//! | --- | --- |
//! | `address.rs` | the host that a request is signed for |
//! | `life.rs` | how long a signature really lives, and with which credentials |
//! | `sign.rs` | signature version 4 over a URL, or over the policy of a form |
//! | `url.rs` | [`Storage::url`](holdall_core::Storage::url): links |
//! | `request.rs` | any request for one object, as boto3's `generate_presigned_url` |
//! | `upload.rs`, `form.rs` | [`Storage::upload_request`](holdall_core::Storage::upload_request): PUT and POST |
//! | `parts.rs` | uploads in parts, for files that one request cannot carry |
//!
//! The SDK can presign too, but only its own operations, only for the endpoint of the client, without the
//! headers that an upload has to be bound to, and no forms at all. What it signs with, `aws-sigv4`, is used
//! here directly. Its URLs differ in one parameter, `x-id=GetObject`, which names the operation for the
//! SDK's own tests; S3 and boto3 know nothing of it.

mod address;
mod form;
mod life;
mod parts;
mod request;
mod sign;
mod upload;
mod url;

use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC};

pub(crate) use self::address::Address;
pub use self::parts::{MultipartUpload, MultipartUploads, PartRequest};
pub use self::request::{PresignMethod, PresignRequest, PresignedRequest};
pub(crate) use self::url::overrides;

/// The longest life of a signed request: S3's limit.
pub(crate) const MAX_EXPIRY: Duration = Duration::from_hours(7 * 24);

/// What stays as it is in a query: RFC 3986's unreserved characters.
pub(crate) const QUERY: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// What stays as it is in a path: the same, and the slash.
pub(crate) const PATH: &AsciiSet = &QUERY.remove(b'/');
