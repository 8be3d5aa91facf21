//! Facts about an object beyond its metadata.

use std::str::FromStr as _;

use aws_sdk_s3::operation::head_object::HeadObjectOutput;

use crate::config::Encryption;
use crate::config::objects::StorageClass;

/// Facts about an object beyond [`Metadata`](holdall_core::Metadata). See
/// [`S3Storage::details`](crate::S3Storage::details).
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ObjectDetails {
    /// The storage class; [`StorageClass::STANDARD`] where the server says none, which is what that means.
    pub storage_class: StorageClass,
    /// The version, in a bucket that has or had versioning enabled.
    pub version: Option<String>,
    /// The number of parts of its multipart upload, as the entity tag has it; `None` for what one request stored.
    pub parts: Option<u32>,
    /// The number of tags, where the server tells (it does if the credentials may read them).
    pub tags: Option<u32>,
    /// The encryption that the server says; `None` where it says none or the key is the customer's.
    pub encryption: Option<Encryption>,
    /// The key of the Key Management Service, if one is used.
    pub kms_key_id: Option<String>,
    /// Whether a key that only the application has is needed to read it (SSE-C).
    pub has_customer_key: bool,
    /// Whether the checksum that the server keeps is that of the whole content; `false` where it is one of the parts'
    /// checksums, `None` where it keeps none or does not tell.
    pub has_full_checksum: Option<bool>,
    /// Whether it lies in an archive and cannot be read before it is restored.
    pub is_archived: bool,
    /// `x-amz-restore` as the server sends it: whether a restoration is under way, or until when its result stays.
    pub restore: Option<String>,
    /// `x-amz-expiration` as the server sends it: when a lifecycle rule will delete it, and which.
    pub expiration: Option<String>,
}

impl ObjectDetails {
    pub(super) fn new(reply: &HeadObjectOutput) -> Self {
        let class = reply
            .storage_class()
            .map_or(Ok(StorageClass::STANDARD), |class| StorageClass::new(class.as_str()));
        let class = class.unwrap_or(StorageClass::STANDARD);
        let archived = [StorageClass::GLACIER, StorageClass::DEEP_ARCHIVE].contains(&class)
            || reply.archive_status().is_some();
        // `ongoing-request="false", expiry-date="..."`: a copy that can be read is there.
        let restored = reply.restore().is_some_and(|restore| restore.contains("ongoing-request=\"false\""));
        let encryption = reply.server_side_encryption();
        Self {
            storage_class: class,
            version: reply.version_id().map(str::to_owned),
            parts: reply.e_tag().and_then(parts),
            tags: reply.tag_count().and_then(|count| u32::try_from(count).ok()),
            encryption: encryption.and_then(|kind| Encryption::from_str(kind.as_str()).ok()),
            kms_key_id: reply.ssekms_key_id().map(str::to_owned),
            has_customer_key: reply.sse_customer_algorithm().is_some(),
            has_full_checksum: reply
                .checksum_type()
                .map(|kind| *kind == aws_sdk_s3::types::ChecksumType::FullObject),
            is_archived: archived && !restored,
            restore: reply.restore().map(str::to_owned),
            expiration: reply.expiration().map(str::to_owned),
        }
    }
}

/// The tag of a multipart upload ends in `-` and the number of its parts.
fn parts(etag: &str) -> Option<u32> {
    etag.trim_matches('"').rsplit_once('-')?.1.parse().ok().filter(|&count| count > 0)
}

#[cfg(test)]
mod tests {
    use super::parts;

    #[test]
    fn the_tag_tells_the_parts() {
        assert_eq!(parts("\"d41d8cd98f00b204e9800998ecf8427e-7\""), Some(7));
        for whole in ["\"d41d8cd98f00b204e9800998ecf8427e\"", "", "\"-\"", "\"a-0\"", "\"a-b\""] {
            assert_eq!(parts(whole), None, "{whole}");
        }
    }
}
