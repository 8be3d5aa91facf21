//! What a server of S3 would answer, as far as a client needs it to go on.

use super::Reply;

/// The reply to a request of that operation.
pub(super) fn reply(operation: &str) -> Reply {
    let xml = |body: &str| Reply::new("polite", 200).header("content-type", "application/xml").body(body);
    let file = || {
        Reply::new("polite", 200)
            .header("etag", "\"0123456789abcdef0123456789abcdef\"")
            .header("last-modified", "Tue, 01 Dec 2026 00:00:00 GMT")
    };
    match operation {
        "PutObject" | "UploadPart" => file(),
        "HeadObject" => file().header("content-length", &HEAD_LENGTH.to_string()),
        "GetObject" => file().body("content"),
        "CreateMultipartUpload" => xml(
            "<InitiateMultipartUploadResult><UploadId>upload-1</UploadId></InitiateMultipartUploadResult>",
        ),
        "CompleteMultipartUpload" => {
            xml("<CompleteMultipartUploadResult><ETag>\"0-2\"</ETag></CompleteMultipartUploadResult>")
        }
        "CopyObject" => xml("<CopyObjectResult><ETag>\"0\"</ETag></CopyObjectResult>"),
        "UploadPartCopy" => xml("<CopyPartResult><ETag>\"0\"</ETag></CopyPartResult>"),
        "ListObjectsV2" => {
            xml("<ListBucketResult><IsTruncated>false</IsTruncated><Contents><Key>a</Key><Size>1</Size>\
             <LastModified>2026-12-01T00:00:00.000Z</LastModified></Contents><Contents><Key>b</Key><Size>1</Size>\
             <LastModified>2026-12-01T00:00:00.000Z</LastModified></Contents></ListBucketResult>")
        }
        "ListMultipartUploads" => {
            xml("<ListMultipartUploadsResult><IsTruncated>false</IsTruncated></ListMultipartUploadsResult>")
        }
        "ListParts" => xml("<ListPartsResult><IsTruncated>false</IsTruncated></ListPartsResult>"),
        "GetObjectAcl" => {
            xml("<AccessControlPolicy><Owner><ID>owner</ID></Owner><AccessControlList></AccessControlList>\
             </AccessControlPolicy>")
        }
        "DeleteObjects" => xml("<DeleteResult></DeleteResult>"),
        "DeleteObject" | "AbortMultipartUpload" => Reply::new("polite", 204),
        _ => Reply::new("polite", 200),
    }
}

/// The size of the file that every HEAD finds: 12 MiB, so that copies can go by parts.
const HEAD_LENGTH: u64 = 12 << 20;
