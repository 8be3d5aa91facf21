//! How URLs are made.

use std::fmt;
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use holdall_core::{FileUrl, Result, Visibility};
use url::Url;

/// How URLs are made.
#[derive(Debug, Clone)]
pub(crate) struct Urls {
    pub(crate) visibility: Visibility,
    /// The part of plain URLs before the key, without a slash at its end.
    pub(crate) public_base: Option<String>,
    /// Where browsers reach the server, if not at its endpoint.
    pub(crate) public_endpoint: Option<PublicEndpoint>,
    pub(crate) expires_in: Duration,
    /// Whether a shorter life than asked for is an error.
    pub(crate) strict_expiry: bool,
    /// The window that the time of signing is rounded to.
    pub(crate) expiry_window: Option<Duration>,
    /// Signs the URLs of private files instead of S3.
    pub(crate) signed_domain: Option<SignedDomain>,
}

/// The server as browsers reach it.
#[derive(Debug, Clone)]
pub(crate) struct PublicEndpoint {
    pub(crate) url: Url,
    pub(crate) path_style: bool,
}

/// A custom domain whose private URLs somebody else than S3 checks.
#[derive(Debug, Clone)]
pub(crate) struct SignedDomain {
    pub(crate) signer: Arc<dyn LinkSigner>,
    /// The part of every URL before the key, without a slash at its end.
    pub(crate) base: String,
}

/// Signs URLs for a content delivery network.
pub(crate) trait LinkSigner: fmt::Debug + Send + Sync {
    /// Signs one URL, until then.
    ///
    /// # Errors
    ///
    /// `InvalidInput` for a URL or a time that the network would not take.
    fn sign(&self, url: &str, expires_at: SystemTime) -> Result<FileUrl>;
}
