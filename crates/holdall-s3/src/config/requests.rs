//! The values that every request of a storage carries: encryption, the expected owner of the bucket, and the payer.

use holdall_core::{Error, Result};

use super::operations::{has_a_bucket_owner, has_a_payer};
use super::{CustomerKey, ServerKeys};

/// The headers' values, checked.
#[derive(Debug, Clone, Default)]
pub(crate) struct EveryRequest {
    pub(crate) server_keys: Option<ServerKeys>,
    pub(crate) customer_key: Option<CustomerKey>,
    /// The account that the bucket must belong to.
    pub(crate) owner: Option<String>,
    pub(crate) requester_pays: bool,
}

impl EveryRequest {
    /// Whether somebody who has nothing but a URL can be served: not under a key that goes with every request.
    pub(crate) fn can_be_linked(&self) -> bool {
        self.customer_key.is_none()
    }

    /// # Errors
    ///
    /// `Unsupported` where links cannot work.
    pub(crate) fn check_link(&self) -> Result<()> {
        if self.can_be_linked() {
            return Ok(());
        }
        Err(Error::unsupported(
            "make URLs for files under a customer key: whoever has the URL would need the key, too",
        ))
    }

    /// The headers for the encryption of a new object. They go with the creation of an object and nothing else.
    pub(crate) fn of_a_new_object(&self) -> Vec<(&'static str, String)> {
        let Some(keys) = &self.server_keys else { return Vec::new() };
        let bucket_key = keys.bucket_key.map(|used| used.to_string());
        [
            ("x-amz-server-side-encryption", Some(keys.encryption.to_string())),
            ("x-amz-server-side-encryption-aws-kms-key-id", keys.kms_key_id.clone()),
            ("x-amz-server-side-encryption-context", keys.context.clone()),
            ("x-amz-server-side-encryption-bucket-key-enabled", bucket_key),
        ]
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)))
        .collect()
    }

    /// Owner and payer. Signed requests have these in their query: a client that has one cannot be expected to send
    /// headers with it. S3 takes the payer from there ("Downloading objects from Requester Pays buckets",
    /// Amazon S3 User Guide); that it takes the owner, too, is written nowhere, but the presigner of AWS's own
    /// SDK for JavaScript puts it there.
    pub(crate) fn about_the_bucket(&self, operation: &str) -> Vec<(&'static str, String)> {
        let owner = self.owner.as_ref().filter(|_| has_a_bucket_owner(operation));
        let pays = self.requester_pays && has_a_payer(operation);
        let payer = pays.then(|| ("x-amz-request-payer", "requester".to_owned()));
        owner.map(|owner| ("x-amz-expected-bucket-owner", owner.clone())).into_iter().chain(payer).collect()
    }
}
