//! How a storage signs the URLs of private files for its custom domain.

use std::time::SystemTime;

use holdall_core::{FileUrl, Result};

use super::{CloudFrontSigner, resource};
use crate::config::{LinkSigner, invalid};

/// Checks what comes before the key of every URL, once.
///
/// # Errors
///
/// `InvalidConfig` for what could not be signed.
pub(crate) fn check_base(base: &str) -> Result<()> {
    resource::check_exact(&format!("{base}/")).map_err(|error| {
        invalid(
            "custom_domain",
            format!("the custom domain cannot be used with CloudFront: {}", error.reason()),
        )
    })
}

impl LinkSigner for CloudFrontSigner {
    fn sign(&self, url: &str, expires_at: SystemTime) -> Result<FileUrl> {
        self.sign_url(url, expires_at)
    }
}
