//! The requests of S3 that take each of the headers that do not depend on the request ("Request Syntax" of
//! each operation in the Amazon S3 API Reference).
//!
//! Only operations that this crate sends are named. Headers that an operation does not know are left out rather than
//! tried: servers that follow the reference closely refuse them.

/// Writes that say what the server shall encrypt a new object with.
pub(crate) fn writes_an_object(operation: &str) -> bool {
    matches!(operation, "PutObject" | "CopyObject" | "CreateMultipartUpload")
}

/// Requests that S3 answers for an object under SSE-C only with its key.
///
/// `CompleteMultipartUpload` and `ListParts` want it for objects with checksums, and ours have some.
pub(crate) fn needs_the_customer_key(operation: &str) -> bool {
    writes_an_object(operation)
        || matches!(
            operation,
            "GetObject"
                | "HeadObject"
                | "UploadPart"
                | "UploadPartCopy"
                | "CompleteMultipartUpload"
                | "ListParts"
        )
}

/// Requests that read one object in order to write another one.
pub(crate) fn reads_a_source(operation: &str) -> bool {
    matches!(operation, "CopyObject" | "UploadPartCopy")
}

/// Requests about a bucket or what is in it. Only these two have none yet, or none at all.
pub(crate) fn has_a_bucket_owner(operation: &str) -> bool {
    !matches!(operation, "CreateBucket" | "ListBuckets")
}

/// Requests that somebody pays for.
pub(crate) fn has_a_payer(operation: &str) -> bool {
    needs_the_customer_key(operation)
        || matches!(
            operation,
            "AbortMultipartUpload"
                | "DeleteObject"
                | "DeleteObjects"
                | "GetObjectAcl"
                | "GetObjectTagging"
                | "ListMultipartUploads"
                | "ListObjectVersions"
                | "ListObjectsV2"
                | "PutObjectAcl"
                | "PutObjectTagging"
        )
}
