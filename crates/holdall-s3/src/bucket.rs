//! The bucket itself. More than making one for development and tests is a later piece.

use aws_sdk_s3::types::{BucketLocationConstraint, CreateBucketConfiguration};
use holdall_core::Result;

use crate::client::Inner;

impl Inner {
    /// Makes the bucket; one that is there already and is ours is fine.
    pub(crate) async fn create_bucket(&self) -> Result<()> {
        let sdk = self.sdk().await?;
        // us-east-1 has no constraint, at AWS it is refused; most other servers have no regions and want
        // none.
        let constraint = (self.config.server.endpoint.is_none() && sdk.region != "us-east-1").then(|| {
            let region = BucketLocationConstraint::from(sdk.region.as_str());
            CreateBucketConfiguration::builder().location_constraint(region).build()
        });
        let request = sdk.client.create_bucket().bucket(self.bucket());
        let reply = request.set_create_bucket_configuration(constraint).send().await;
        match reply.map_err(|error| self.failure(&error)) {
            Ok(_) => Ok(()),
            Err(failure) if failure.code() == "BucketAlreadyOwnedByYou" => Ok(()),
            Err(failure) => Err(failure.into()),
        }
    }

    /// Whether there is such a bucket that we may look at: one `HeadBucket`.
    pub(crate) async fn bucket_exists(&self) -> Result<bool> {
        let request = self.client().await?.head_bucket().bucket(self.bucket());
        match request.send().await.map_err(|error| self.failure(&error).of_head()) {
            Ok(_) => Ok(true),
            Err(failure) if failure.status() == Some(404) => Ok(false),
            Err(failure) => Err(failure.into()),
        }
    }
}
