//! The elements and headers that a success of each operation must have.
//!
//! The SDK has read the reply by then, so that the names of elements are its matter. Asked for is what decides:
//! without the entity tag nothing says that a file was stored, and without `IsTruncated` nothing says that a listing
//! is complete.

use aws_sdk_s3::operation::copy_object::CopyObjectOutput;
use aws_sdk_s3::operation::create_multipart_upload::CreateMultipartUploadOutput;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::head_object::HeadObjectOutput;
use aws_sdk_s3::operation::list_multipart_uploads::ListMultipartUploadsOutput;
use aws_sdk_s3::operation::list_object_versions::ListObjectVersionsOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::operation::list_parts::ListPartsOutput;
use aws_sdk_s3::operation::put_object::PutObjectOutput;
use aws_sdk_s3::operation::upload_part::UploadPartOutput;
use aws_sdk_s3::operation::upload_part_copy::UploadPartCopyOutput;
use aws_smithy_runtime_api::client::interceptors::context::Output;

use super::{Body, Reply};

/// Why a reply with a status of success is none, as the end of a sentence; `None` where nothing speaks against it
/// before the SDK has read it.
pub(super) fn speaks_against(reply: &Reply) -> Option<&'static str> {
    let operation = reply.asked.operation.as_str();
    if !is_due(reply, operation) {
        return Some("where S3 answers with another status");
    }
    let is_other = match reply.body {
        Body::Html => true,
        // A policy is a JSON document.
        Body::Other => operation != "GetBucketPolicy",
        // S3 has nothing to say about most deeds.
        Body::Xml { .. } => !has_answer(operation) && !reply.has_marks,
        Body::Empty => operation == "HeadBucket" && reply.has_foreign_type(),
        // A file may be HTML; its entity tag shows whose it is.
        Body::Unseen | Body::Error => false,
    };
    match reply.body {
        Body::Xml { is_whole: false } => Some("which is no whole document"),
        _ if is_other => Some("which is no reply of S3"),
        Body::Empty if has_answer(operation) && !reply.asked.is_head => Some("where S3 sends a document"),
        _ => None,
    }
}

/// Whether S3 answers the operation with that status when it has done it.
fn is_due(reply: &Reply, operation: &str) -> bool {
    let status = reply.status;
    match operation {
        "GetObject" => status == 200 || (status == 206 && reply.asked.has_range),
        "PutObject" | "UploadPart" => status == 200,
        // Some servers answer 200; they must show that they know S3.
        "DeleteObject" | "AbortMultipartUpload" => status == 204 || (status == 200 && reply.has_marks),
        _ if has_answer(operation) => status == 200,
        _ => matches!(status, 200 | 204),
    }
}

/// Operations whose reply is a document, or the head of a file.
fn has_answer(operation: &str) -> bool {
    ["Get", "Head", "List"].iter().any(|verb| operation.starts_with(verb))
        || matches!(
            operation,
            "CopyObject"
                | "UploadPartCopy"
                | "CompleteMultipartUpload"
                | "CreateMultipartUpload"
                | "DeleteObjects"
        )
}

/// The part that a reply lacks, as the end of a sentence. `output` is the result that the SDK has read in it.
pub(super) fn lacks(reply: &Reply, output: &Output) -> Option<&'static str> {
    const TAG: Option<&str> = Some("without an ETag");
    const MORE: Option<&str> = Some("without IsTruncated");
    let tagged = |tag: Option<&str>| if is_some(tag) { None } else { TAG };
    let listed = |truncated: Option<bool>| if truncated.is_some() { None } else { MORE };
    match reply.asked.operation.as_str() {
        // An object of another program may have no tag that can be read; S3 shows itself in other headers then.
        "GetObject" | "HeadObject" if reply.has_marks => None,
        "PutObject" => tagged(output.downcast_ref::<PutObjectOutput>()?.e_tag()),
        "UploadPart" => tagged(output.downcast_ref::<UploadPartOutput>()?.e_tag()),
        "GetObject" => tagged(output.downcast_ref::<GetObjectOutput>()?.e_tag()),
        "HeadObject" => tagged(output.downcast_ref::<HeadObjectOutput>()?.e_tag()),
        "CopyObject" => {
            let result = output.downcast_ref::<CopyObjectOutput>()?.copy_object_result();
            tagged(result.and_then(|result| result.e_tag()))
        }
        "UploadPartCopy" => {
            let result = output.downcast_ref::<UploadPartCopyOutput>()?.copy_part_result();
            tagged(result.and_then(|result| result.e_tag()))
        }
        // Ceph completes without a tag: `multipart/upload.rs` looks at the file then.
        "CreateMultipartUpload" => {
            let id = output.downcast_ref::<CreateMultipartUploadOutput>()?.upload_id();
            if is_some(id) { None } else { Some("without an UploadId") }
        }
        "ListObjectsV2" => listed(output.downcast_ref::<ListObjectsV2Output>()?.is_truncated()),
        "ListObjectVersions" => listed(output.downcast_ref::<ListObjectVersionsOutput>()?.is_truncated()),
        "ListMultipartUploads" => {
            let listing = output.downcast_ref::<ListMultipartUploadsOutput>()?;
            listed(listing.is_truncated().or_else(|| listing.bucket().map(|_| false)))
        }
        "ListParts" => {
            let listing = output.downcast_ref::<ListPartsOutput>()?;
            listed(listing.is_truncated().or_else(|| listing.upload_id().map(|_| false)))
        }
        _ => None,
    }
}

fn is_some(text: Option<&str>) -> bool {
    text.is_some_and(|text| !text.trim_matches('"').is_empty())
}
