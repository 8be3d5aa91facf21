//! The owner of objects, and whether ACLs mean anything.

use aws_sdk_s3::types::{self as sdk, OwnershipControls, OwnershipControlsRule};
use holdall_core::{Error, ErrorKind, Result};

use super::{Buckets, unmade};

/// The owner of saved objects ("Controlling ownership of objects and disabling ACLs for your bucket", Amazon S3 User
/// Guide).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ObjectOwnership {
    /// The bucket's owner, always; ACLs are disabled. The default of buckets made since April 2023, and the right
    /// one: visibilities of single files need one of the others.
    BucketOwnerEnforced,
    /// The bucket's owner, of what is saved with `bucket-owner-full-control`; ACLs are enabled.
    BucketOwnerPreferred,
    /// The account that saves the object; ACLs are enabled.
    ObjectWriter,
}

impl ObjectOwnership {
    fn to_sdk(self) -> sdk::ObjectOwnership {
        match self {
            Self::BucketOwnerEnforced => sdk::ObjectOwnership::BucketOwnerEnforced,
            Self::BucketOwnerPreferred => sdk::ObjectOwnership::BucketOwnerPreferred,
            Self::ObjectWriter => sdk::ObjectOwnership::ObjectWriter,
        }
    }
}

impl Buckets {
    /// The owner of saved objects; `None` where the bucket has no such setting, which means
    /// [`ObjectOwnership::ObjectWriter`].
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:GetBucketOwnershipControls`); `Unsupported` where the server has none.
    pub async fn object_ownership(&self, bucket: &str) -> Result<Option<ObjectOwnership>> {
        let reply = self.inner.client().await?.get_bucket_ownership_controls().bucket(bucket).send().await;
        let unset = "OwnershipControlsNotFoundError";
        let reply = self.setting(reply, unset, bucket, "s3:GetBucketOwnershipControls")?;
        let controls = reply.and_then(|reply| reply.ownership_controls);
        let Some(rule) = controls.as_ref().and_then(|controls| controls.rules().first()) else {
            return Ok(None);
        };
        match rule.object_ownership() {
            sdk::ObjectOwnership::BucketOwnerEnforced => Ok(Some(ObjectOwnership::BucketOwnerEnforced)),
            sdk::ObjectOwnership::BucketOwnerPreferred => Ok(Some(ObjectOwnership::BucketOwnerPreferred)),
            sdk::ObjectOwnership::ObjectWriter => Ok(Some(ObjectOwnership::ObjectWriter)),
            other => {
                let message =
                    format!("the server has an ownership that is not known here: {}", other.as_str());
                Err(self.located(Error::message(ErrorKind::Other, message), bucket))
            }
        }
    }

    /// Sets the owner of saved objects.
    ///
    /// # Errors
    ///
    /// `NotFound`; `PermissionDenied` (`s3:PutBucketOwnershipControls`); `Unsupported` where the server has none.
    pub async fn set_object_ownership(&self, bucket: &str, ownership: ObjectOwnership) -> Result<()> {
        let rule = OwnershipControlsRule::builder().object_ownership(ownership.to_sdk()).build();
        let rule = rule.map_err(|error| unmade(&error))?;
        let controls = OwnershipControls::builder().rules(rule).build().map_err(|error| unmade(&error))?;
        let request = self.inner.client().await?.put_bucket_ownership_controls().bucket(bucket);
        let reply = request.ownership_controls(controls).send().await;
        reply.map_err(|error| {
            self.failed(self.inner.failure(&error), bucket, "s3:PutBucketOwnershipControls")
        })?;
        Ok(())
    }
}
