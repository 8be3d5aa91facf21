//! Signed requests, both ways: links to files, and requests with which clients upload.
//!
//! | module | job |
//! | --- | --- |
//! | `life.rs` | how long a signature really lives, and with which credentials |
//! | `sign.rs` | signature version 4 over a URL, or over the policy of a form |
//! | `url.rs` | [`Storage::url`](holdall_core::Storage::url): links |
//! | `request.rs` | any request for one object, as boto3's `generate_presigned_url` |
//! | `upload.rs`, `form.rs` | [`Storage::upload_request`](holdall_core::Storage::upload_request): PUT and POST |
//! | `parts.rs` | uploads in parts, for files that one request cannot carry |
//!
//! The SDK can presign too, but only its own operations, only for the endpoint of the client, without the
//! headers that an upload has to be bound to, and no forms at all. Its library for signatures, `aws-sigv4`, is used
//! here directly. Its URLs differ in one parameter, `x-id=GetObject`, which names the operation for the
//! SDK's own tests; S3 and boto3 know nothing of it.

mod form;
mod life;
mod parts;
mod request;
mod sign;
mod upload;
mod url;

pub use self::parts::{MultipartUpload, MultipartUploads, PartRequest};
pub use self::request::{PresignMethod, PresignRequest, PresignedRequest};
