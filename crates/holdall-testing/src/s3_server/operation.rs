//! Which operation a request is, told from its line and headers alone.
//!
//! s3s decides the same, but only after it has verified the signature; the log wants to name requests that fail there
//! too. Where s3s gets to decide, its word replaces this one.

use hyper::{HeaderMap, Method};

/// What the path names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Resource {
    Service,
    Bucket,
    Object,
}

/// S3's name of the operation, or `Unknown`.
pub(crate) fn classify(
    method: &Method,
    resource: Resource,
    query: &str,
    headers: &HeaderMap,
) -> &'static str {
    let has = |name: &str| query.split('&').any(|pair| pair.split('=').next() == Some(name));
    let copies = headers.contains_key("x-amz-copy-source");
    match (resource, method.as_str()) {
        (Resource::Service, "GET") => "ListBuckets",
        (Resource::Bucket, "PUT") if query.is_empty() || has("x-id") => "CreateBucket",
        (Resource::Bucket, "HEAD") => "HeadBucket",
        (Resource::Bucket, "DELETE") if query.is_empty() || has("x-id") => "DeleteBucket",
        (Resource::Bucket, "GET") if has("location") => "GetBucketLocation",
        (Resource::Bucket, "GET") if has("uploads") => "ListMultipartUploads",
        (Resource::Bucket, "GET") if has("list-type") => "ListObjectsV2",
        (Resource::Bucket, "POST") if has("delete") => "DeleteObjects",
        (Resource::Object, "PUT") if has("uploadId") && copies => "UploadPartCopy",
        (Resource::Object, "PUT") if has("uploadId") => "UploadPart",
        (Resource::Object, "PUT") if has("acl") => "PutObjectAcl",
        (Resource::Object, "PUT") if copies => "CopyObject",
        (Resource::Object, "PUT") => "PutObject",
        (Resource::Object, "HEAD") => "HeadObject",
        (Resource::Object, "GET") if has("uploadId") => "ListParts",
        (Resource::Object, "GET") if has("acl") => "GetObjectAcl",
        (Resource::Object, "GET") => "GetObject",
        (Resource::Object, "DELETE") if has("uploadId") => "AbortMultipartUpload",
        (Resource::Object, "DELETE") => "DeleteObject",
        (Resource::Object, "POST") if has("uploads") => "CreateMultipartUpload",
        (Resource::Object, "POST") if has("uploadId") => "CompleteMultipartUpload",
        _ => "Unknown",
    }
}
