//! What is asked about, and what may be answered.

use std::fmt;

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
    /// `If-None-Match: *` on `CompleteMultipartUpload` refuses a key that is taken.
    ConditionalComplete,
    /// `If-None-Match: *` on `CopyObject` refuses a key that is taken.
    ConditionalCopy,
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
    pub const ALL: [Self; 24] = [
        Self::ConditionalCreate,
        Self::SimultaneousCreates,
        Self::ConditionalReplace,
        Self::ConditionalComplete,
        Self::ConditionalCopy,
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

    /// What follows for a storage where the answer is no.
    pub(super) fn consequence(self) -> &'static str {
        match self {
            Self::ConditionalCreate | Self::SimultaneousCreates | Self::ConditionalComplete => {
                "Two savers of one name may overwrite each other, so that Rename and Create must be refused"
            }
            Self::ConditionalReplace => "Replace cannot be promised",
            Self::ConditionalCopy => "A copy may overwrite what another writer puts there at the same time",
            Self::ConditionalDelete => "Deleting one version only cannot be promised",
            Self::Crc64Nvme => "Files are saved without a checksum",
            Self::Crc32 | Self::Crc32c | Self::Sha256 => "This storage does not use it",
            Self::MultipartChecksum => "Large files are saved without a checksum",
            Self::PartCopy => "Files of more than 5 GiB cannot be copied inside the bucket",
            Self::UnequalParts => "Uploads need parts of one size: set equal_parts",
            Self::BulkDelete => "Many files are deleted one by one",
            Self::ListOrder => "Listings are not what the contract promises",
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
            Self::ConditionalComplete => "Complete, If-None-Match",
            Self::ConditionalCopy => "CopyObject, If-None-Match",
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

/// What was found out about a [`Feature`].
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Answer {
    /// The server does it.
    Yes,
    /// It does not; what was seen, without a full stop.
    No(String),
    /// Nothing is known: the credentials may not ask, or there was no answer.
    Unknown(String),
}

impl Answer {
    /// Whether it is [`Yes`](Self::Yes).
    pub fn is_yes(&self) -> bool {
        matches!(self, Self::Yes)
    }

    /// Whether it is [`No`](Self::No).
    pub fn is_no(&self) -> bool {
        matches!(self, Self::No(_))
    }

    pub(super) fn no(seen: impl Into<String>) -> Self {
        Self::No(seen.into())
    }

    /// A yes if that was seen, else a no.
    pub(super) fn yes_if(holds: bool, otherwise: &str) -> Self {
        if holds { Self::Yes } else { Self::no(otherwise) }
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
