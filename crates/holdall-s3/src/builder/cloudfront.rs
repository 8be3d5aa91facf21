//! CloudFront: with which key the URLs of private files are signed.

use std::fmt;
use std::sync::Arc;

use holdall_core::Result;

use super::S3StorageBuilder;
use crate::config::{SignedDomain, both, needs};
use crate::extras::cloudfront::{CloudFrontSigner, check_base};

/// The settings of this module.
#[derive(Default)]
pub(super) struct CloudFrontSettings {
    key_id: Option<String>,
    key: Option<String>,
}

impl S3StorageBuilder {
    /// The id of the public key in CloudFront by which it checks signatures, such as `K2JCJMDEHXQW5F`. Needs
    /// [`cloudfront_key`](Self::cloudfront_key).
    pub fn cloudfront_key_id(mut self, id: impl Into<String>) -> Self {
        self.cloudfront.key_id = Some(id.into());
        self
    }

    /// The private key in PEM by which CloudFront URLs are signed: RSA with 2,048 bits (PKCS#1 or PKCS#8)
    /// or ECDSA P-256 (SEC 1 or PKCS#8), not encrypted. Needs
    /// [`cloudfront_key_id`](Self::cloudfront_key_id) and the [`custom_domain`](Self::custom_domain) of the
    /// distribution.
    ///
    /// With them the URL of a private file is one of the custom domain, signed with a canned policy: for one
    /// file, until [`FileUrl::expires_at`](holdall_core::FileUrl), which no credentials of S3 and no limit of
    /// seven days can shorten. Two things differ from URLs that S3 signs:
    ///
    /// - The signature binds no method. Let the distribution's behaviour allow GET and HEAD alone; a URL for
    ///   HEAD only is refused.
    /// - A version and response headers are asked for by parameters that S3 reads, and these must come through:
    ///   the behaviour has to forward `versionId` and `response-*` to the origin and to cache by them, and the
    ///   distribution must sign its own requests (origin access control), since S3 overrides no headers for
    ///   anonymous readers.
    pub fn cloudfront_key(mut self, pem: impl Into<String>) -> Self {
        self.cloudfront.key = Some(pem.into());
        self
    }
}

impl CloudFrontSettings {
    /// With the base of the custom domain's URLs, if there is one.
    pub(super) fn check(self, base: Option<&str>) -> Result<Option<SignedDomain>> {
        let given = both(("cloudfront_key_id", self.key_id), ("cloudfront_key", self.key))?;
        let Some((id, key)) = given else { return Ok(None) };
        let signer = CloudFrontSigner::new(id, &key)?;
        let base = base.ok_or_else(|| needs("cloudfront_key", "custom_domain, the distribution's host,"))?;
        check_base(base)?;
        Ok(Some(SignedDomain { signer: Arc::new(signer), base: base.to_owned() }))
    }
}

impl fmt::Debug for CloudFrontSettings {
    /// Without the key.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CloudFrontSettings").field("key_id", &self.key_id).finish_non_exhaustive()
    }
}
