//! Which operation a request is, told from its line and headers alone.
//!
//! s3s decides the same, but only after it has verified the signature; the log wants to name requests that fail there
//! too. Where s3s gets to decide, its word replaces this one.

use hyper::{HeaderMap, Method};

use super::form::is_form;

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
        (_, "OPTIONS") => "Preflight",
        (Resource::Service, "GET") => "ListBuckets",
        (Resource::Bucket, "PUT") if query.is_empty() || has("x-id") => "CreateBucket",
        (Resource::Bucket, method) if setting(method, query).is_some() => {
            setting(method, query).unwrap_or("Unknown")
        }
        (Resource::Bucket, "HEAD") => "HeadBucket",
        (Resource::Bucket, "DELETE") if query.is_empty() || has("x-id") => "DeleteBucket",
        (Resource::Bucket, "GET") if has("location") => "GetBucketLocation",
        (Resource::Bucket, "GET") if has("uploads") => "ListMultipartUploads",
        (Resource::Bucket, "GET") if has("versions") => "ListObjectVersions",
        (Resource::Bucket, "GET") if has("list-type") => "ListObjectsV2",
        (Resource::Bucket, "POST") if has("delete") => "DeleteObjects",
        (Resource::Bucket, "POST") if is_form(headers) => "PostObject",
        (Resource::Object, "PUT") if has("uploadId") && copies => "UploadPartCopy",
        (Resource::Object, "PUT") if has("uploadId") => "UploadPart",
        (Resource::Object, "PUT") if has("acl") => "PutObjectAcl",
        (Resource::Object, "PUT") if has("tagging") => "PutObjectTagging",
        (Resource::Object, "GET") if has("tagging") => "GetObjectTagging",
        (Resource::Object, "DELETE") if has("tagging") => "DeleteObjectTagging",
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

/// The operations on the settings of a bucket, told by the first parameter of the query.
fn setting(method: &str, query: &str) -> Option<&'static str> {
    let name = query.split(['&', '=']).next()?;
    Some(match (method, name) {
        ("PUT", "ownershipControls") => "PutBucketOwnershipControls",
        ("GET", "ownershipControls") => "GetBucketOwnershipControls",
        ("PUT", "publicAccessBlock") => "PutPublicAccessBlock",
        ("GET", "publicAccessBlock") => "GetPublicAccessBlock",
        ("DELETE", "publicAccessBlock") => "DeletePublicAccessBlock",
        ("PUT", "cors") => "PutBucketCors",
        ("GET", "cors") => "GetBucketCors",
        ("DELETE", "cors") => "DeleteBucketCors",
        ("PUT", "policy") => "PutBucketPolicy",
        ("GET", "policy") => "GetBucketPolicy",
        ("GET", "policyStatus") => "GetBucketPolicyStatus",
        ("DELETE", "policy") => "DeleteBucketPolicy",
        ("PUT", "lifecycle") => "PutBucketLifecycleConfiguration",
        ("GET", "lifecycle") => "GetBucketLifecycleConfiguration",
        ("DELETE", "lifecycle") => "DeleteBucketLifecycle",
        ("PUT", "requestPayment") => "PutBucketRequestPayment",
        ("GET", "requestPayment") => "GetBucketRequestPayment",
        ("PUT", "versioning") => "PutBucketVersioning",
        ("GET", "versioning") => "GetBucketVersioning",
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use hyper::header::{CONTENT_TYPE, HeaderMap, HeaderValue};
    use hyper::{Method, header::HeaderName};

    use super::{Resource, classify};

    #[test]
    fn operations_are_told_apart() {
        let mut copy = HeaderMap::new();
        copy.insert(HeaderName::from_static("x-amz-copy-source"), HeaderValue::from_static("b/k"));
        let mut form = HeaderMap::new();
        form.insert(CONTENT_TYPE, HeaderValue::from_static("multipart/form-data; boundary=x"));
        let none = HeaderMap::new();
        for (method, resource, query, headers, operation) in [
            ("GET", Resource::Service, "", &none, "ListBuckets"),
            ("PUT", Resource::Bucket, "", &none, "CreateBucket"),
            ("PUT", Resource::Bucket, "cors", &none, "PutBucketCors"),
            ("GET", Resource::Bucket, "website", &none, "Unknown"),
            ("OPTIONS", Resource::Object, "", &none, "Preflight"),
            ("POST", Resource::Bucket, "delete", &none, "DeleteObjects"),
            ("POST", Resource::Bucket, "", &form, "PostObject"),
            ("PUT", Resource::Object, "x-id=PutObject", &none, "PutObject"),
            ("PUT", Resource::Object, "x-id=CopyObject", &copy, "CopyObject"),
            ("PUT", Resource::Object, "partNumber=1&uploadId=x", &none, "UploadPart"),
            ("PUT", Resource::Object, "partNumber=1&uploadId=x", &copy, "UploadPartCopy"),
            ("POST", Resource::Object, "uploads", &none, "CreateMultipartUpload"),
            ("POST", Resource::Object, "uploadId=x", &none, "CompleteMultipartUpload"),
            ("DELETE", Resource::Object, "uploadId=x", &none, "AbortMultipartUpload"),
            ("DELETE", Resource::Object, "x-id=DeleteObject", &none, "DeleteObject"),
            ("PATCH", Resource::Object, "", &none, "Unknown"),
        ] {
            let method = Method::from_bytes(method.as_bytes()).unwrap();
            assert_eq!(classify(&method, resource, query, headers), operation, "{method} {query}");
        }
    }
}
