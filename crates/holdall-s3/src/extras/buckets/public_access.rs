//! The lock on everything public.

use aws_sdk_s3::types::PublicAccessBlockConfiguration;
use holdall_core::Result;

use super::Buckets;

/// The kinds of public access that are blocked, even if ACLs and policies allow them ("Blocking public access to your
/// Amazon S3 storage", Amazon S3 User Guide). AWS blocks all of it in new buckets.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
#[expect(clippy::struct_excessive_bools, reason = "four independent switches, named as S3 names them")]
pub struct PublicAccessBlock {
    /// Refuse to set public ACLs.
    pub block_public_acls: bool,
    /// Ignore public ACLs that are there.
    pub ignore_public_acls: bool,
    /// Refuse to set public policies.
    pub block_public_policy: bool,
    /// Let only the account itself and AWS services use a public policy that is there.
    pub restrict_public_buckets: bool,
}

impl PublicAccessBlock {
    /// All four: nothing is public.
    pub fn all() -> Self {
        Self {
            block_public_acls: true,
            ignore_public_acls: true,
            block_public_policy: true,
            restrict_public_buckets: true,
        }
    }

    /// ACLs stay private, while a policy may make files public: for a bucket that serves public files.
    pub fn acls_only() -> Self {
        Self { block_public_acls: true, ignore_public_acls: true, ..Self::default() }
    }
}

/// The code of servers for a bucket without this setting.
const UNSET: &str = "NoSuchPublicAccessBlockConfiguration";

impl Buckets {
    /// The kinds of public access that are blocked; `None` where the bucket has no such setting, which blocks nothing
    /// in the bucket itself (the account may have a block of its own).
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:GetBucketPublicAccessBlock`); `Unsupported` where the server has none.
    pub async fn public_access_block(&self, bucket: &str) -> Result<Option<PublicAccessBlock>> {
        let reply = self.inner.client().await?.get_public_access_block().bucket(bucket).send().await;
        let reply = self.setting(reply, UNSET, bucket, "s3:GetBucketPublicAccessBlock")?;
        let block = reply.and_then(|reply| reply.public_access_block_configuration);
        Ok(block.map(|block| PublicAccessBlock {
            block_public_acls: block.block_public_acls() == Some(true),
            ignore_public_acls: block.ignore_public_acls() == Some(true),
            block_public_policy: block.block_public_policy() == Some(true),
            restrict_public_buckets: block.restrict_public_buckets() == Some(true),
        }))
    }

    /// Sets the kinds of public access that are blocked.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:PutBucketPublicAccessBlock`); `Unsupported` where the server has none.
    pub async fn set_public_access_block(&self, bucket: &str, block: PublicAccessBlock) -> Result<()> {
        let configuration = PublicAccessBlockConfiguration::builder()
            .block_public_acls(block.block_public_acls)
            .ignore_public_acls(block.ignore_public_acls)
            .block_public_policy(block.block_public_policy)
            .restrict_public_buckets(block.restrict_public_buckets)
            .build();
        let request = self.inner.client().await?.put_public_access_block().bucket(bucket);
        let reply = request.public_access_block_configuration(configuration).send().await;
        reply.map_err(|error| {
            self.failed(self.inner.failure(&error), bucket, "s3:PutBucketPublicAccessBlock")
        })?;
        Ok(())
    }

    /// Takes the block away; fine where there is none.
    ///
    /// # Errors
    ///
    /// As [`set_public_access_block`](Self::set_public_access_block).
    pub async fn delete_public_access_block(&self, bucket: &str) -> Result<()> {
        let reply = self.inner.client().await?.delete_public_access_block().bucket(bucket).send().await;
        self.setting(reply, UNSET, bucket, "s3:PutBucketPublicAccessBlock").map(drop)
    }
}
