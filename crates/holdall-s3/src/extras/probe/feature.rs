//! The questions of a probe.

use std::fmt;

use crate::config::ServerCondition;

/// Something that one S3 server does and another does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Feature {
    /// `If-None-Match: *` on `PutObject` refuses a key that is taken.
    ConditionalCreate,
    /// Of several who create one key at the same moment, one succeeds. A yes is an observation of one race, not a
    /// proof.
    SimultaneousCreates,
    /// `If-Match` on `PutObject` takes the current entity tag and refuses another.
    ConditionalReplace,
    /// Of several who replace one version at the same moment, one succeeds. As above.
    SimultaneousReplaces,
    /// `If-None-Match: *` on `CompleteMultipartUpload` refuses a key that is taken.
    ConditionalComplete,
    /// `If-Match` on `CompleteMultipartUpload` takes the current entity tag and refuses another.
    ConditionalCompleteReplace,
    /// `If-None-Match: *` on `CopyObject` refuses a key that is taken.
    ConditionalCopy,
    /// Of several who copy to one key with that at the same moment, one succeeds. As above.
    SimultaneousCopies,
    /// `If-Match` on `CopyObject` takes the current entity tag of the destination and refuses another.
    ConditionalCopyReplace,
    /// `x-amz-copy-source-if-match` on `CopyObject` takes the current entity tag of the source and refuses another.
    ConditionalCopySource,
    /// `If-Match` on `DeleteObject` refuses another entity tag.
    ConditionalDelete,
    /// A CRC-64/NVME with an object is verified and kept.
    Crc64Nvme,
    /// A CRC-32 with an object is verified and kept.
    Crc32,
    /// A CRC-32C with an object is verified and kept.
    Crc32c,
    /// A SHA-256 with an object is verified and kept.
    Sha256,
    /// A CRC-64/NVME of a whole multipart upload is kept.
    MultipartChecksum,
    /// `UploadPartCopy` takes a part, and a range, of an object.
    PartCopy,
    /// The parts of a multipart upload may have different sizes.
    UnequalParts,
    /// `DeleteObjects` deletes several keys with one request.
    BulkDelete,
    /// Listings are in the byte order of the keys, over pages too, and complete.
    ListOrder,
    /// The same where keys share parts of a path, and behind a `start-after`.
    ListTree,
    /// `encoding-type=url` brings back odd keys byte for byte.
    ListEncoding,
    /// An object that is put with the ACL `public-read` can be read by everybody.
    Acl,
    /// Tags of objects are kept.
    Tags,
    /// The bucket keeps versions. Nothing is switched on to find out.
    Versions,
    /// The bucket has CORS rules, which browsers need to upload to it directly, and preflight requests are answered.
    Cors,
    /// A lifecycle rule removes multipart uploads that nobody completes.
    AbortRule,
    /// Presigned GET: works, and a changed signature is refused.
    PresignedGet,
    /// Presigned PUT: works, and another content type than the signed one is refused.
    PresignedPut,
    /// Presigned POST: works, and a file that is larger than its policy allows is refused.
    PresignedPost,
}

impl Feature {
    /// Every feature, in the order of the report.
    pub const ALL: [Self; 30] = [
        Self::ConditionalCreate,
        Self::SimultaneousCreates,
        Self::ConditionalReplace,
        Self::SimultaneousReplaces,
        Self::ConditionalComplete,
        Self::ConditionalCompleteReplace,
        Self::ConditionalCopy,
        Self::SimultaneousCopies,
        Self::ConditionalCopyReplace,
        Self::ConditionalCopySource,
        Self::ConditionalDelete,
        Self::Crc64Nvme,
        Self::Crc32,
        Self::Crc32c,
        Self::Sha256,
        Self::MultipartChecksum,
        Self::PartCopy,
        Self::UnequalParts,
        Self::BulkDelete,
        Self::ListOrder,
        Self::ListTree,
        Self::ListEncoding,
        Self::Acl,
        Self::Tags,
        Self::Versions,
        Self::Cors,
        Self::AbortRule,
        Self::PresignedGet,
        Self::PresignedPut,
        Self::PresignedPost,
    ];

    /// The feature that stands for that condition.
    pub(crate) fn of(condition: ServerCondition) -> Self {
        match condition {
            ServerCondition::PutIfNoneMatch => Self::ConditionalCreate,
            ServerCondition::PutIfMatch => Self::ConditionalReplace,
            ServerCondition::CompleteIfNoneMatch => Self::ConditionalComplete,
            ServerCondition::CompleteIfMatch => Self::ConditionalCompleteReplace,
            ServerCondition::CopyIfNoneMatch => Self::ConditionalCopy,
            ServerCondition::CopyIfMatch => Self::ConditionalCopyReplace,
            ServerCondition::CopySourceIfMatch => Self::ConditionalCopySource,
            ServerCondition::DeleteIfMatch => Self::ConditionalDelete,
        }
    }

    /// The consequence for a storage where the answer is no.
    pub(super) fn consequence(self) -> &'static str {
        match self {
            Self::ConditionalCreate | Self::SimultaneousCreates => {
                "Two savers of one name may overwrite each other, so that Create is refused and Unique adds random \
                 letters to every name"
            }
            Self::ConditionalReplace | Self::SimultaneousReplaces => "IfMatch is refused",
            Self::ConditionalComplete => {
                "Create is refused for large files, and Unique adds random letters to every name"
            }
            Self::ConditionalCompleteReplace => "IfMatch is refused for large files",
            Self::ConditionalCopy | Self::SimultaneousCopies => {
                "Copies with Create go by way of a multipart upload, or are refused where that has no condition either"
            }
            Self::ConditionalCopyReplace => {
                "Copies with IfMatch and changes of attributes go by way of a multipart upload, or are refused where \
                 that has no condition either"
            }
            Self::ConditionalCopySource => "if_match of copies and renames is refused",
            Self::ConditionalDelete => "Deleting one version only cannot be promised",
            Self::Crc64Nvme => "Files are saved without a checksum",
            Self::Crc32 | Self::Crc32c | Self::Sha256 => "This storage does not use it",
            Self::MultipartChecksum => "Large files are saved without a checksum",
            Self::PartCopy => "Files of more than 5 GiB cannot be copied inside the bucket",
            Self::UnequalParts => "Uploads need parts of one size: set equal_parts",
            Self::BulkDelete => "Many files are deleted one by one",
            Self::ListOrder | Self::ListTree => {
                "Listings go level by level: one request more for each directory"
            }
            Self::ListEncoding => "Files with odd names are listed under other names",
            Self::Acl => "Save without a visibility, and publish with a bucket policy or a CDN",
            Self::Tags => "Objects cannot have tags",
            Self::Versions => "What is overwritten or deleted is gone",
            Self::Cors => "Browsers of other origins cannot upload to or read from the bucket with scripts",
            Self::AbortRule => {
                "What a process leaves that dies in the middle of an upload is kept and paid for: give the bucket a \
                 lifecycle rule AbortIncompleteMultipartUpload"
            }
            Self::PresignedGet => "Do not hand out signed links to files",
            Self::PresignedPut => "Do not hand out signed PUT requests",
            Self::PresignedPost => "Do not hand out upload forms",
        }
    }
}

impl fmt::Display for Feature {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::ConditionalCreate => "PutObject, If-None-Match",
            Self::SimultaneousCreates => "the same at once",
            Self::ConditionalReplace => "PutObject, If-Match",
            Self::SimultaneousReplaces => "that one at once",
            Self::ConditionalComplete => "Complete, If-None-Match",
            Self::ConditionalCompleteReplace => "Complete, If-Match",
            Self::ConditionalCopy => "CopyObject, If-None-Match",
            Self::SimultaneousCopies => "copies at once",
            Self::ConditionalCopyReplace => "CopyObject, If-Match",
            Self::ConditionalCopySource => "CopyObject, source",
            Self::ConditionalDelete => "DeleteObject, If-Match",
            Self::Crc64Nvme => "checksum CRC-64/NVME",
            Self::Crc32 => "checksum CRC-32",
            Self::Crc32c => "checksum CRC-32C",
            Self::Sha256 => "checksum SHA-256",
            Self::MultipartChecksum => "checksum of multipart",
            Self::PartCopy => "UploadPartCopy",
            Self::UnequalParts => "parts of unequal size",
            Self::BulkDelete => "DeleteObjects",
            Self::ListOrder => "listing: order",
            Self::ListTree => "listing: order of a tree",
            Self::ListEncoding => "listing: encoding",
            Self::Acl => "ACL public-read",
            Self::Tags => "tags",
            Self::Versions => "versions",
            Self::Cors => "CORS",
            Self::AbortRule => "abort rule (lifecycle)",
            Self::PresignedGet => "presigned GET",
            Self::PresignedPut => "presigned PUT",
            Self::PresignedPost => "presigned POST",
        })
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::Feature;

    #[test]
    fn each_feature_is_there_once_and_says_something_of_its_own() {
        let features: BTreeSet<_> = Feature::ALL.into_iter().collect();
        let titles: BTreeSet<_> = Feature::ALL.iter().map(ToString::to_string).collect();
        assert_eq!((features.len(), titles.len()), (Feature::ALL.len(), Feature::ALL.len()));
    }
}
