//! The public access block: four switches that outweigh ACLs and policy.

use s3s::dto::{
    DeletePublicAccessBlockInput, DeletePublicAccessBlockOutput, GetPublicAccessBlockInput,
    GetPublicAccessBlockOutput, PublicAccessBlockConfiguration, PutPublicAccessBlockInput,
    PutPublicAccessBlockOutput,
};
use s3s::{S3Request, S3Response, S3Result};

use super::Config;
use crate::s3_server::backend::Backend;
use crate::s3_server::refusal::not_found;

/// All four, as in every bucket that was created since April 2023.
pub(crate) fn everything_blocked() -> PublicAccessBlockConfiguration {
    PublicAccessBlockConfiguration {
        block_public_acls: Some(true),
        block_public_policy: Some(true),
        ignore_public_acls: Some(true),
        restrict_public_buckets: Some(true),
    }
}

impl Config {
    /// Whether a write with a public ACL is refused.
    pub(crate) fn blocks_public_acls(&self) -> bool {
        self.blocks(|block| block.block_public_acls)
    }

    /// Whether public ACLs count for nothing.
    pub(crate) fn ignores_public_acls(&self) -> bool {
        self.blocks(|block| block.ignore_public_acls)
    }

    /// Whether a public policy is refused.
    pub(crate) fn blocks_public_policy(&self) -> bool {
        self.blocks(|block| block.block_public_policy)
    }

    /// Whether a public policy opens the bucket to nobody.
    pub(crate) fn restricts_public_bucket(&self) -> bool {
        self.blocks(|block| block.restrict_public_buckets)
    }

    fn blocks(&self, which: impl Fn(&PublicAccessBlockConfiguration) -> Option<bool>) -> bool {
        self.public_access.as_ref().and_then(which) == Some(true)
    }
}

impl Backend {
    /// `PutPublicAccessBlock`: what is not mentioned is false.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn put_public_access(
        &self,
        req: S3Request<PutPublicAccessBlockInput>,
    ) -> S3Result<S3Response<PutPublicAccessBlockOutput>> {
        let asked = req.input.public_access_block_configuration;
        let said = |switch: Option<bool>| Some(switch.unwrap_or(false));
        let block = PublicAccessBlockConfiguration {
            block_public_acls: said(asked.block_public_acls),
            block_public_policy: said(asked.block_public_policy),
            ignore_public_acls: said(asked.ignore_public_acls),
            restrict_public_buckets: said(asked.restrict_public_buckets),
        };
        self.state().bucket_mut(&req.input.bucket)?.config.public_access = Some(block);
        Ok(S3Response::new(PutPublicAccessBlockOutput::default()))
    }

    /// `GetPublicAccessBlock`.
    ///
    /// # Errors
    /// `NoSuchBucket`, `NoSuchPublicAccessBlockConfiguration`.
    pub(crate) fn get_public_access(
        &self,
        req: &S3Request<GetPublicAccessBlockInput>,
    ) -> S3Result<S3Response<GetPublicAccessBlockOutput>> {
        let block =
            self.state().bucket(&req.input.bucket)?.config.public_access.clone().ok_or_else(|| {
                not_found(
                    "NoSuchPublicAccessBlockConfiguration",
                    "The public access block configuration was not found",
                )
            })?;
        Ok(S3Response::new(GetPublicAccessBlockOutput { public_access_block_configuration: Some(block) }))
    }

    /// `DeletePublicAccessBlock`.
    ///
    /// # Errors
    /// `NoSuchBucket`.
    pub(crate) fn delete_public_access(
        &self,
        req: &S3Request<DeletePublicAccessBlockInput>,
    ) -> S3Result<S3Response<DeletePublicAccessBlockOutput>> {
        self.state().bucket_mut(&req.input.bucket)?.config.public_access = None;
        Ok(S3Response::new(DeletePublicAccessBlockOutput::default()))
    }
}
