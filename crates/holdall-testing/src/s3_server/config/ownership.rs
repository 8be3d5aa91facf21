//! Ownership controls: whether ACLs count in a bucket.

use s3s::dto::{
    GetBucketOwnershipControlsInput, GetBucketOwnershipControlsOutput, ObjectOwnership, OwnershipControls,
    OwnershipControlsRule, PutBucketOwnershipControlsInput, PutBucketOwnershipControlsOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use crate::s3_server::backend::Backend;
use crate::s3_server::refusal::{malformed_xml, not_found};

/// The three settings of `ObjectOwnership`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ownership {
    /// ACLs are disabled.
    BucketOwnerEnforced,
    /// ACLs count, and the bucket's owner owns what is given to it.
    BucketOwnerPreferred,
    /// ACLs count, and who writes owns.
    ObjectWriter,
}

impl Ownership {
    /// Reads S3's name.
    ///
    /// # Errors
    /// `MalformedXML`.
    pub(crate) fn parse(name: &str) -> S3Result<Self> {
        match name {
            ObjectOwnership::BUCKET_OWNER_ENFORCED => Ok(Self::BucketOwnerEnforced),
            ObjectOwnership::BUCKET_OWNER_PREFERRED => Ok(Self::BucketOwnerPreferred),
            ObjectOwnership::OBJECT_WRITER => Ok(Self::ObjectWriter),
            _ => Err(malformed_xml()),
        }
    }

    fn on_the_wire(self) -> ObjectOwnership {
        ObjectOwnership::from_static(match self {
            Self::BucketOwnerEnforced => ObjectOwnership::BUCKET_OWNER_ENFORCED,
            Self::BucketOwnerPreferred => ObjectOwnership::BUCKET_OWNER_PREFERRED,
            Self::ObjectWriter => ObjectOwnership::OBJECT_WRITER,
        })
    }
}

impl Backend {
    /// `PutBucketOwnershipControls`: exactly one rule.
    ///
    /// # Errors
    /// `NoSuchBucket`, `MalformedXML`.
    pub(crate) fn put_ownership(
        &self,
        req: &S3Request<PutBucketOwnershipControlsInput>,
    ) -> S3Result<S3Response<PutBucketOwnershipControlsOutput>> {
        let [rule] = req.input.ownership_controls.rules.as_slice() else { return Err(malformed_xml()) };
        let ownership = Ownership::parse(rule.object_ownership.as_str())?;
        self.state().bucket_mut(&req.input.bucket)?.config.ownership = Some(ownership);
        Ok(S3Response::new(PutBucketOwnershipControlsOutput::default()))
    }

    /// `GetBucketOwnershipControls`.
    ///
    /// # Errors
    /// `NoSuchBucket`, `OwnershipControlsNotFoundError`.
    pub(crate) fn get_ownership(
        &self,
        req: &S3Request<GetBucketOwnershipControlsInput>,
    ) -> S3Result<S3Response<GetBucketOwnershipControlsOutput>> {
        let ownership = self.state().bucket(&req.input.bucket)?.config.ownership.ok_or_else(|| {
            not_found("OwnershipControlsNotFoundError", "The bucket ownership controls were not found")
        })?;
        let rules = vec![OwnershipControlsRule { object_ownership: ownership.on_the_wire() }];
        Ok(S3Response::new(GetBucketOwnershipControlsOutput {
            ownership_controls: Some(OwnershipControls { rules }),
        }))
    }
}
